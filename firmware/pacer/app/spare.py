"""Modules that a running watch does not need: loaded when wanted, let go afterwards.

On a board without a frozen build a module's code is memory: the parser of workouts alone is 17 KB.
"""

import sys


def borrow(name):
    """A module of the package by its dotted name, as in "core.notation"."""
    return __import__("pacer." + name, None, None, ("*",))


def give_back(*names):
    """Let modules go, a package with all that is in it; the next borrow() loads them anew."""
    if sys.implementation.name != "micropython":
        return
    for name in names:
        name = "pacer." + name
        inside = name + "."
        for loaded in list(sys.modules):
            if loaded == name or loaded.startswith(inside):
                del sys.modules[loaded]
        package, _, last = name.rpartition(".")
        parent = sys.modules.get(package)
        if parent and hasattr(parent, last):
            delattr(parent, last)
