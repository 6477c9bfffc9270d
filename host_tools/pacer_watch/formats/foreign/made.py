"""A workout that grows out of another program's file, and what became of what has no equal here."""

import math
from typing import NamedTuple

from pacer.core import notation
from pacer.core import workout as wk

from ...text import plain
from ..notation import unparse

_FASTEST_MS_KM, _SLOWEST_MS_KM = 60_000, 5_999_000


class NotAWorkout(ValueError):
    """The file holds no workout that can be read; the text says what was expected."""


class Brought(NamedTuple):
    """text: the notation; lost: what was left out; told: what was read as the nearest that there is here."""

    text: str
    lost: list[str]
    told: list[str]


def in_line(text: object) -> str:
    """A name or note on one line, without what the notation would take for its own."""
    return plain(" ".join(str(text or "").replace("|", "/").replace("#", " ").split())).strip()


def pace_ms_km(speed_m_s: float) -> int:
    """A speed as a pace to the second, as a person writes it; files keep a speed to the mm/s only."""
    return 1000 * round(1000 / speed_m_s) if speed_m_s > 0 else 0


class Made:
    """A Workout that grows, and what could not be brought over."""

    def __init__(self, name: object = "") -> None:
        self.workout = wk.Workout()
        self.lost: list[str] = []
        self.told: list[str] = []
        self.name(name)

    def name(self, text: object) -> None:
        self.workout.name = self._cut("name", text)

    def _cut(self, what: str, text: object) -> str:
        line = in_line(text)
        if len(line) > notation.MAX_NOTE:
            self.lost.append(f"the {what} {line[:20]!r}... is cut to {notation.MAX_NOTE} characters")
        return line[: notation.MAX_NOTE].rstrip()

    def step(
        self,
        where: str,
        kind: int,
        end: int,
        amount: float,
        fast: int = 0,
        slow: int = 0,
        note: object = "",
        flags: int = 0,
    ) -> None:
        """A step; amount in ms or mm; fast and slow: targets, 0 for none; where: its name for people."""
        if self.workout.steps >= wk.MAX_STEPS:
            raise NotAWorkout(f"it has more than {wk.MAX_STEPS} steps, as many as a workout here may have")
        if (fast or slow) and kind == wk.REST:
            self.lost.append(f"{where}: a rest has no pace here; it is left out")
            fast = slow = flags = 0
        if any(pace > 0 and not _FASTEST_MS_KM <= pace <= _SLOWEST_MS_KM for pace in (fast, slow)):
            self.lost.append(f"{where}: its pace is none to run; it is left out")
            fast = slow = flags = 0
        if end != wk.END_LAP and not (math.isfinite(amount) and round(amount) > 0):
            self.lost.append(f"{where}: it has no length; here it ends by the lap button")
            end, amount = wk.END_LAP, 0
        most = {wk.END_TIME: wk.MAX_TIME_MS, wk.END_DISTANCE: wk.MAX_DISTANCE_MM}.get(end, 0)
        if amount > most:
            raise NotAWorkout(f"{where}: it is longer than a workout here may be (24 h, 1,000 km)")
        self.workout.add_step(kind, end, round(amount), fast, slow, flags, self._cut("note", note) or None)

    def between(self, row: int) -> None:
        """Leave a step out after the last rep of its repeat."""
        w = self.workout
        row_of = (w.kind(row), w.end(row), w.amount(row), w.target_a(row), w.target_b(row), w.flags(row) | wk.BETWEEN)
        note = w.notes.pop()
        del w.rows[-len(row_of) :], w.paces[-2:]
        w.steps -= 1
        w.add_step(*row_of, note)

    def repeat(self, where: str, first: int, reps: float) -> None:
        """Close a block: the rows from `first` on run `reps` times."""
        if first >= len(self.workout):
            self.lost.append(f"{where}: it repeats no step; it is left out")
            return
        if not 1 <= reps <= wk.MAX_REPS or reps != int(reps):
            raise NotAWorkout(f"{where}: it is repeated {reps:g} times; expected 1 to {wk.MAX_REPS}")
        self.workout.add_repeat(first, int(reps))

    def done(self) -> Brought:
        """The notation, read back once to be sure of it. Raises NotAWorkout."""
        if not len(self.workout):
            raise NotAWorkout("; ".join(["it has no step that could be brought over", *self.lost]))
        out = unparse(self.workout)
        try:
            notation.parse(out)
        except notation.NotationError as e:
            raise NotAWorkout(f"what it holds is no workout here ({e})") from e
        return Brought(out, self.lost, self.told)
