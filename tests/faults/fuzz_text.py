"""Coverage-guided fuzzing of what a runner writes: `make fuzz`. Anything but a clear error is a finding.

The first byte says what the rest is: a workout or a profile. A workout that is read has to be written and
read again alike.
"""

import sys

import atheris

with atheris.instrument_imports(include=["pacer"]):
    from pacer.core import notation, profile

from pacer_watch.formats.notation import unparse


def one(data: bytes) -> None:
    text = data[1:4000]
    if data[:1] >= b"\x80":
        try:
            p = profile.parse(profile.HEAD.encode() + b"\n" + text)
        except profile.ProfileError:
            return
        profile.parse(p.dump())
        return
    try:
        workout = notation.parse(text)
    except notation.NotationError:
        return
    again = notation.parse(unparse(workout))
    assert list(again.rows) == list(workout.rows), text


atheris.Setup(sys.argv, one)
atheris.Fuzz()
