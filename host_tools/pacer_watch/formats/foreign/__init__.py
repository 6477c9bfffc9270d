"""Workouts of other programs: FIT, Garmin Connect's JSON, Zwift's .zwo, intervals.icu's text; and FIT to be written.

What has no equal here is not dropped in silence: each reader names what was left out, and refuses what it can't read.
"""

from collections.abc import Callable

from pacer.core import notation
from pacer.core import profile as pf

from .. import shorthand
from . import fit, garmin, intervals_icu, zwift
from .made import Brought, NotAWorkout

__all__ = ("Brought", "NotAWorkout", "read")

# What files begin with, and what to call them.
_OTHERS = (
    (b"PACERRUN", "a run of the watch; pacer export and pacer review take it"),
    (b"# Pacer profile", "a profile of a runner"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive; take the workout out of it"), (b"\x1f\x8b", "a compressed file; unpack it"),
    (b"[COURSE HEADER]", "a workout for the bike in watts (.erg, .mrc)"),
    (b"$G", "a receiver's log; pacer replay plays it"), (b"$P", "a receiver's log; pacer replay plays it"),
)  # fmt: skip
_XML = (
    ("<TrainingCenterDatabase", "a TCX file, a run that was run; pacer replay plays it"),
    ("<gpx", "a GPX file, a way; pacer replay plays it"),
    ("<html", "a web page"),
    ("<!doctype html", "a web page"),
)
_EXPECTED = "expected a workout: the notation, FIT, Garmin Connect JSON, Zwift .zwo or intervals.icu text"


def read(data: bytes, profile: Callable[[], pf.Profile | None] = lambda: None) -> Brought:
    """A workout of another program, or of this one, by what the file looks like. Raises NotAWorkout.

    profile: whose paces shares of a race are taken of, asked where a file has one.
    """
    if data[8:12] == b".FIT":
        return fit.read(data)
    for head, name in _OTHERS:
        if data.lstrip(b"\xef\xbb\xbf\r\n ").startswith(head):
            raise NotAWorkout(f"it is {name}; {_EXPECTED}")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise NotAWorkout(f"it is neither FIT nor text; {_EXPECTED}") from None
    begin = text.lstrip()[:2000]
    if begin.startswith(("{", "[{")):
        return garmin.read(text)
    if begin.startswith("<"):
        for tag, name in _XML:
            if tag.lower() in begin.lower():
                raise NotAWorkout(f"it is {name}; {_EXPECTED}")
        return zwift.read(text, profile)
    if not text.strip():
        raise NotAWorkout(f"it is empty; {_EXPECTED}")
    return _text(text)


def _text(text: str) -> Brought:
    """The notation, a coach's shorthand, or intervals.icu's text."""
    try:
        notation.parse(text)
        return Brought(text, [], [])
    except notation.NotationError:
        refused = ""
    if intervals_icu.is_one(text):
        try:
            return intervals_icu.read(text)
        except NotAWorkout as e:
            refused = str(e)
    try:
        return Brought(shorthand.read(text).text, [], [])
    except notation.NotationError as e:
        raise NotAWorkout(f"it is no workout that can be read: {refused or e}; {_EXPECTED}") from None
