"""Modules that a running watch does not need: loaded when wanted, let go afterwards.

On a board without a frozen build a module's code is memory: the parser of workouts alone is 17 KB.
"""

import sys

# Everything that is borrowed, and what comes and goes with it; and the pages that Control.open() is asked for.
BORROWED = {
    "core.notation": (  # a workout is read
        "core.notation.line",
        "core.notation.target",
        "core.notation.reader",
        "core.profile.text",
        "core.profile",
    ),
    "core.profile": ("core.profile.text",),  # a profile is read or written
    "core.plan": ("core.profile.text", "core.profile"),  # targets are looked up
    "core.gnss.setup": (),  # a receiver is set up
    "core.calendar": (),  # the clock is set
    "core.fieldtest": (),  # for workouts that are one
    "core.learned": (),
    "core.recovery": (),  # a run was cut off
    "app.files": ("core.profile.text", "core.profile"),
    "app.fitting": (),  # the parts are set up
    "app.settings": (),
    "app.link": (),  # a laptop has spoken
    "app.demo": (),
}


def borrow(name):
    """A module by its name below pacer."""
    return __import__("pacer." + name, None, None, ("*",))


def give_back(name):
    """Let a module and what came with it go; the next borrow() loads them anew."""
    if sys.implementation.name != "micropython":
        return
    _drop("pacer." + name)
    for other in BORROWED.get(name, ()):
        _drop("pacer." + other)


def _drop(name):
    if sys.modules.pop(name, None):
        package, _, last = name.rpartition(".")
        parent = sys.modules.get(package)
        if parent and hasattr(parent, last):
            delattr(parent, last)
