"""A workout as its steps in running order, and the one that a run had."""

from dataclasses import dataclass

from pacer.core import workout as wk

from ..text import KM, Units
from .runlog import RunLog


@dataclass
class Step:
    """One step in running order."""

    row: int
    rep: int
    reps: int
    kind: int
    end: int
    amount: int
    pace_fast: int
    pace_slow: int
    note: str | None
    ramp: tuple[int, int] | None = None  # its first and last pace, where it changes within the step
    effort: int = 0  # 1 to 10 instead of a pace
    effort_most: int = 0  # of a band, else the same

    def target(self, units: Units = KM) -> str:
        """What is asked for, in words: 3'45", 4'00"-4'10", 5'00" to 4'00", RPE 6-7; a dash for nothing."""
        if self.effort:
            more = f"-{self.effort_most}" if self.effort_most != self.effort else ""
            return f"RPE {self.effort}{more}"
        if self.ramp:
            return f"{units.pace(self.ramp[0])} to {units.pace(self.ramp[1])}"
        return units.band(self.pace_fast, self.pace_slow)

    def edges(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The fast and the slow edge of its target, each where it begins and where it ends, in ms/km."""
        if self.ramp:
            return self.ramp, self.ramp
        return (self.pace_fast, self.pace_fast), (self.pace_slow, self.pace_slow)

    def pace_at(self, done: float) -> float:
        """The pace asked for when a share of the step is done, in ms/km; of a band its middle."""
        if self.ramp:
            first, last = self.ramp
            return first + (last - first) * min(1.0, max(0.0, done))
        return (self.pace_fast + self.pace_slow) / 2


def unroll(workout: wk.Workout) -> list[Step]:
    """The steps in running order, as the firmware's own cursor walks them."""
    out = []
    notes = [*workout.notes, *workout.rep_notes]
    c = wk.Cursor(workout)
    while c.next():
        r = c.row
        ramp = (c.pace_fast, c.ramp) if c.ramp else None
        fast, slow = sorted(ramp) if ramp else (c.pace_fast, c.pace_slow)
        out.append(
            Step(
                r, c.rep, c.reps, workout.kind(r), workout.end(r), workout.amount(r), fast, slow, notes[c.note], ramp,
                c.effort(), c.effort(True),
            )
        )  # fmt: skip
    return out


def planned_mm(step: Step | None) -> int:
    """The length of a step, 0 for one that does not end by distance, or none."""
    return step.amount if step and step.end == wk.END_DISTANCE else 0


def passed_by(log: RunLog, plan: list[Step]) -> set[int]:
    """The indexes of steps that the runner was free to leave out, and did: reps behind the least of a range."""
    out: set[int] = set()
    laps = log.laps
    for lap, after in zip(laps, [*laps[1:], None]):
        if lap.value == 2:
            out |= set(range(lap.index, after.index if after else len(plan)))
    return out


def plan_of(log: RunLog) -> list[Step]:
    """The steps that the watch ran, its targets by name resolved with the profile it had."""
    workout = log.read_workout()
    return unroll(workout) if workout is not None else []  # damaged: the laps stand without their plan
