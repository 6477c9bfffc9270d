"""Files on the watch's flash but for the log of a run: workouts, the profile, what was learned, a run to be resumed.

Functions without a memory of their own: what went wrong is returned as a sentence for the screen, "" for nothing.
They take memory and time, so they are borrowed before and after a run.
"""

import binascii
import os

from micropython import const

from ..core import profile as pf
from . import flash
from .flash import LEARNED, MAX_WORKOUT_BYTES, PROFILE, WORKOUTS, replace
from .spare import borrow, give_back

GOOD_PROFILE = "/profile.good"  # the last one that could be read
_CHUNK = const(512)
_MOST_LEARNED = const(8192)


def workouts():
    """The names of the workout files, sorted."""
    try:
        return sorted([n for n in os.listdir(WORKOUTS) if n.endswith(".txt")])
    except OSError:
        return []


def workout_text(name):
    """(a workout file's bytes, what is wrong)."""
    try:
        return flash.read(WORKOUTS + "/" + name, MAX_WORKOUT_BYTES + 1), ""
    except OSError as e:
        return b"", "%s cannot be read (%s)" % (name, e)


def read_workout(text):
    """(Workout, "") of a workout's text, or (None, what is wrong with it)."""
    notation = borrow("core.notation")
    try:
        return notation.parse(text), ""
    except notation.NotationError as e:
        return None, str(e)
    finally:
        give_back("core.notation")


def profile():
    """(the runner's Profile, what is wrong): when it is damaged, the last good one stands in."""
    text = _bytes(PROFILE)
    found, wrong = _read_profile(text) if text else (None, "")
    if found:
        if _bytes(GOOD_PROFILE) != text:
            replace(GOOD_PROFILE, text)
        return found, ""
    text = _bytes(GOOD_PROFILE)
    if text:
        found, worse = _read_profile(text)
        wrong = wrong or worse
    return found or pf.Profile(), wrong


def _bytes(path):
    """A profile's bytes; none where there is no such file."""
    try:
        return flash.read(path, pf.MAX_BYTES + 1)
    except OSError:
        return b""


def _read_profile(text):
    try:
        return pf.parse(text), ""
    except ValueError as e:  # profile.ProfileError
        return None, str(e)


def write_profile(p):
    """Put a Profile in the place of the old one."""
    return replace(PROFILE, p.dump().encode())


def recall(motion):
    """Give motion what earlier runs have learned."""
    try:
        text = flash.read(LEARNED, _MOST_LEARNED)
    except OSError:
        return  # the first run
    borrow("core.learned").load(text, motion.stride, motion.track)
    give_back("core.learned")


class Unfinished:
    """A run that was cut off: its file, its workout's name and text, and where it was (recovery.Recovery)."""

    def __init__(self, path):
        self.path = path
        self.name = ""
        self.workout = b""
        self.where = None

    def read(self):
        """Read the file to its last whole record; False when there is nothing in it to resume."""
        recovery = borrow("core.recovery")
        give_back("core.recovery")
        self.where = recovery.Recovery()
        with open(self.path, "rb") as f:
            size, crc = recovery.header_of(f.readline())
            text = f.read(size) if size >= 0 else b""
            if size < 0 or binascii.crc32(text) != crc:
                return False
            top, _, rest = text.partition(b"\n\n")
            self.workout = rest.partition(b"\n--\n")[0]
            for line in top.split(b"\n"):
                if line[:8] == b"workout ":
                    self.name = line[8:].decode()
            chunk = f.read(_CHUNK)
            while chunk:
                self.where.add(chunk)
                chunk = f.read(_CHUNK)
        return self.where.t_ms > 0 and not self.where.ended


def unfinished():
    """The last run if it was cut off, else None."""
    name = flash.newest_run()
    if not name.endswith(".run"):
        return None
    run = Unfinished(flash.RUNS + "/" + name)
    try:
        return run if run.read() else None
    except (OSError, UnicodeError):
        return None
