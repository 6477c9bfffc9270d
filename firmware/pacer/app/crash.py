"""What went wrong, kept on the flash: the last exception's traceback, and how many starts in a row ended badly."""

import os
import sys

from .. import __version__

TEXT = "/crash.txt"
COUNT = "/crash.count"
SAFE_AFTER = 3  # bad ends in a row


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
