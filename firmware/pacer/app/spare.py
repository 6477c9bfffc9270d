"""Room in the heap: modules that a running watch does not need, and the frames of its functions.

On a board without a frozen build a module's code is memory: the parser of workouts alone is 17 KB. So such modules are loaded
when wanted and let go afterwards.

MicroPython takes the frame of a function with more than a few locals from the heap and gives it back on return. It looks
for it from the first free block on: in a heap with small holes that is 20,000 to 140,000 instructions a call. So when a run
starts the small holes are filled, a block each, up to where there is room for all frames that are open at once.
"""

import sys

_ROOM = 1000  # words one behind the other: frames in frames, as deep as a run gets
_MOST = 4000  # holes that are filled
_filler: tuple = ()


def make_room():
    """A run begins: fill the heap's holes up to the first that is large enough for frames.

    To be called with as few frames open as can be: theirs lie before that. Its own is short enough not to be there.
    """
    global _filler
    _filler = ()
    left = _MOST
    row = 0
    while left and row < 4:
        left -= 1
        row = row + 1 if _fill() else 0
        if row == 4 and not _fits():
            row = 0


def _fill():
    """Take a block more. True when it lies right behind the last one."""
    global _filler
    last = _filler
    _filler = (last,)
    return 0 < id(_filler) - id(last) <= 64


def _fits():
    """Is there room right behind the last block that was taken? It is taken, looked behind, and given back."""
    global _filler
    room = [None] * _ROOM
    _filler = (_filler, room)
    far = id(_filler) - id(room) > 4 * _ROOM
    room.clear()
    return far


def borrow(name):
    """A module of the package by its dotted name, as in "core.notation"."""
    return __import__("pacer." + name, None, None, ("*",))


def give_back(*names):
    """Let modules go; the next borrow() loads them anew."""
    if sys.implementation.name != "micropython":
        return
    for name in names:
        sys.modules.pop("pacer." + name, None)
        package, _, last = name.rpartition(".")
        parent = sys.modules.get("pacer." + package)
        if parent and hasattr(parent, last):
            delattr(parent, last)
