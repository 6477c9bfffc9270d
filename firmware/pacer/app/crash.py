"""What went wrong: the last exception's traceback and how many starts in a row ended badly, both kept on the flash; and
the defects that a run lives with.
"""

import os
import sys

from micropython import const

from .. import __version__
from ..core import events as ev
from .flash import replace

SLOT = "/slot"  # see main.py
TEXT = "/crash.txt"
COUNT = "/crash.count"
SAFE_AFTER = 3  # bad ends in a row
_SHOWN_MS = const(8_000)
_TOLD = const(20)  # of a run, in its log; one is enough on the flash


def note(e, where):
    """Write an exception down. Never raises: there may be no memory or no room left."""
    try:
        with open(TEXT, "w") as f:
            f.write("%s, pacer %s\n" % (where, __version__))
            sys.print_exception(e, f)
    except Exception:
        pass


def last():
    """The last exception as one line: where, what, and the line of code; "" when there was none."""
    try:
        with open(TEXT) as f:
            lines = f.read(2000).split("\n")
    except OSError:
        return ""
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) < 2:
        return ""
    place = [line for line in lines if line.startswith("File")]
    return "%s: %s%s" % (lines[0], lines[-1], " at " + place[-1][5:] if place else "")


def count():
    """How many starts in a row have ended badly."""
    try:
        with open(COUNT) as f:
            return int(f.read(4))
    except (OSError, ValueError):
        return 0


def set_count(n):
    """0 is written only if it is not so already: each start would wear the flash."""
    if n == count():
        return
    try:
        if n:
            with open(COUNT, "w") as f:
                f.write("%d" % n)
        else:
            os.remove(COUNT)
    except OSError:
        pass


def slot():
    """The slot that runs, "-" for a firmware at the root or in the image."""
    return _slot()[:1] or "-"


def on_trial():
    """Is this a new firmware, of which main.py counts the starts?"""
    return " " in _slot()


def keep():
    """The new firmware works: it stays."""
    replace(SLOT, slot().encode())


def _slot():
    try:
        with open(SLOT) as f:
            return f.read().strip()
    except OSError:
        return ""


class Faults:
    """Defects in a run: counted, told in its log, shown for a while, and one of them written down.

    place: where the last one was (events.PLACES)
    """

    def __init__(self, engine):
        self.place = 0
        self._engine = engine
        self._count = 0
        self._noted = False
        self._ms = -_SHOWN_MS

    def begin(self):
        """A run begins."""
        self._count = 0
        self._noted = False

    def add(self, e, place, ms, memory):
        """Something failed. memory: there is some to write down what it was."""
        self._count += 1
        self.place = place
        self._ms = ms
        if self._count <= _TOLD:
            self._engine.tell(ev.FAULT, c=place)
        if memory and not self._noted:
            self._noted = True
            note(e, ev.PLACES[place])

    def shown(self, ms):
        """Is the last one still on the screen?"""
        return ms - self._ms < _SHOWN_MS
