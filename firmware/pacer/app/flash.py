"""The flash: what lies where, the runs on it by their numbers, and how a file is replaced."""

import os

from micropython import const

RUNS = "/runs"
WORKOUTS = "/workouts"
LEARNED = "/learned.txt"
PROFILE = "/profile.txt"
MAX_WORKOUT_BYTES = const(4096)


def outermost_run(oldest, kinds):
    """The name of the newest, or the oldest, of the runs with these endings; "" when there is none.

    Looked at name by name: a list of a thousand would not fit beside a run.
    """
    found = ""
    try:
        for entry in os.ilistdir(RUNS):
            n = entry[0]
            if n[-4:] in kinds and n[:-4].isdigit():
                more = len(n) - len(found)  # 9999 comes before 10000
                if not found or (more < 0 or (not more and n < found)) == oldest:
                    found = n
    except OSError:
        pass  # no run yet
    return found


def newest_run():
    """The name of the run's file with the highest number, "" when there is none."""
    return outermost_run(False, (".run", ".got"))


def read(path, most):
    """A file's bytes, the first `most` of them. A file is asked for no more than it has: the heap gives that whole."""
    with open(path, "rb") as f:
        size = f.seek(0, 2)
        f.seek(0)
        return f.read(size if size < most else most)


def replace(path, data):
    """Write a file beside the old one, then put it in its place: it is there whole, old or new."""
    try:
        with open(path + ".new", "wb") as f:
            f.write(data)
        # Without the slash: VfsPosix joins both names to its root in one buffer (the working folder is /).
        os.rename(path[1:] + ".new", path[1:])
        return ""
    except OSError as e:
        return "%s not written (%s)" % (path, e)
