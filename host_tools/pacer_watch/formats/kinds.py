"""What other programs call a kind of step: one table for all files that are written, one for all that are read.

FIT's intensities as Garmin means them: a run is ACTIVE, a stride is an effort among easy running and so an INTERVAL,
what is walked or jogged between is RECOVERY, standing and stretching are REST. TCX knows Active and Resting only.
"""

from typing import NamedTuple

from pacer.core import workout as wk


class Kind(NamedTuple):
    """fit: the word for the intensity of a lap or workout step; tcx: of a lap."""

    fit: str
    tcx: str


KINDS = {
    wk.RUN: Kind("active", "Active"),
    wk.STRIDE: Kind("interval", "Active"),
    wk.WARM_UP: Kind("warmup", "Active"),
    wk.COOL_DOWN: Kind("cooldown", "Active"),
    wk.JOG: Kind("recovery", "Resting"),
    wk.WALK: Kind("recovery", "Resting"),
    wk.REST: Kind("rest", "Resting"),
    wk.STRETCH: Kind("rest", "Resting"),
}
# The words of FIT workouts and of Garmin Connect's. Their intervals are what a Pacer workout calls a run.
_READ = {
    "active": wk.RUN, "interval": wk.RUN, "main": wk.RUN, "other": wk.RUN, "warmup": wk.WARM_UP,
    "cooldown": wk.COOL_DOWN, "recovery": wk.JOG, "rest": wk.REST,
}  # fmt: skip


def written(kind: int | None) -> Kind:
    """What a kind of step is called elsewhere; None, for a lap behind the last step, and a kind not known are a run."""
    return KINDS.get(wk.RUN if kind is None else kind, KINDS[wk.RUN])


def known(word: object) -> bool:
    """Is the word of another program in the table?"""
    return str(word or "active") in _READ


def read(word: object) -> int:
    """The kind of step that a word of another program means, a run for one not known."""
    return int(_READ.get(str(word or "active"), wk.RUN))
