"""A run beside its plan: each rep as it was planned and run, and the whole as pieces of effort."""

from dataclasses import dataclass, field
from statistics import fmean, pstdev

import numpy as np

from pacer.core import workout as wk

from ..formats.plan import Step, plan_of, planned_mm
from ..formats.runlog import RunLog, Second, mean_cadence
from .effort import Piece

LEAST_REP_S = 30.0  # a shorter one is a stride
_RUNNING = 0.82  # of critical speed, the first threshold (Hunter 2024): below it a run step is a recovery


@dataclass
class Rep:
    """One rep as it was planned and run. Speeds in m/s, seconds, metres."""

    step: int
    rep: int
    kind: str
    seconds: float
    metres: float
    target_fast: float
    target_slow: float
    uneven: float | None  # standard deviation of its 100 m splits, in % of their mean
    fade: float | None  # second half against the first, in %; below zero: slower
    cadence_spm: float | None
    balance: int | None  # of D' at its end, in %
    splits: list[float] = field(default_factory=list)  # seconds for each full 100 m
    done: float = 1.0  # of its length
    planned_mm: int = 0  # its length, 0 where it does not end by distance

    @property
    def speed(self) -> float:
        return self.metres / self.seconds if self.seconds else 0.0

    @property
    def off(self) -> float:
        """Run speed against the nearest edge of the target, as a share; 0 inside."""
        if self.speed > self.target_fast:
            return self.speed / self.target_fast - 1
        return min(0.0, self.speed / self.target_slow - 1)


def splits_of(
    seconds: list[Second], start_ms: int, end_ms: int, metres: float, every_m: float = 100.0
) -> list[float]:  # fmt: skip
    """Times of each full 100 m of a rep, or another length, s, counted from where the runner was at its start."""
    points = [(s.t_ms, s.distance_mm) for s in seconds if start_ms - 1000 <= s.t_ms <= end_ms + 1000]
    if len(points) < 2:
        return []
    start_mm = float(np.interp(start_ms, [t for t, _ in points], [d for _, d in points]))
    out: list[float] = []
    last = float(start_ms)
    for k in range(1, int(metres // every_m) + 1):
        mark = start_mm + 1000 * every_m * k
        after = next((i for i, (_, d) in enumerate(points) if d >= mark), None)
        if after is None or after == 0:
            break
        (t0, d0), (t1, d1) = points[after - 1], points[after]
        at = t0 + (t1 - t0) * (mark - d0) / max(d1 - d0, 1)
        out.append((at - last) / 1000)
        last = at
    return out


def paced(step: Step) -> bool:
    """A run at a pace: a target that is an effort has none."""
    return step.kind == wk.RUN and step.pace_fast > 0


def seconds_of(step: Step) -> float:
    """How long a step takes as it was planned; 0 for one that the button ends."""
    if step.end == wk.END_TIME:
        return step.amount / 1000
    return step.amount * (step.pace_fast + step.pace_slow) / 2e9 if step.end == wk.END_DISTANCE else 0.0


def reps_of(log: RunLog) -> list[Rep]:
    """Every run step with a pace, as it was run."""
    plan = plan_of(log)
    out = []
    for lap in log.laps:
        if lap.index >= len(plan):
            continue
        step = plan[lap.index]
        if not paced(step) or not lap.distance_mm or lap.time_ms < 1000 * LEAST_REP_S / 2:
            continue
        start = lap.t_ms - lap.time_ms
        inside = [s for s in log.seconds if start < s.t_ms <= lap.t_ms]
        splits = splits_of(log.seconds, start, lap.t_ms, lap.distance_mm / 1000)
        half = len(splits) // 2
        fade = None
        if half >= 1:
            fade = 100 * (sum(splits[:half]) / sum(splits[-half:]) - 1)
        run = {wk.END_TIME: lap.time_ms, wk.END_DISTANCE: lap.distance_mm}.get(step.end, 0)
        out.append(
            Rep(
                lap.index + 1, lap.rep, wk.KIND_NAMES[step.kind], lap.time_ms / 1000, lap.distance_mm / 1000,
                1e6 / step.pace_fast, 1e6 / step.pace_slow,
                100 * pstdev(splits) / fmean(splits) if len(splits) > 2 else None, fade,
                mean_cadence(inside), inside[-1].balance if inside else None, splits,
                min(1.0, run / step.amount) if step.amount and run else 1.0,
                planned_mm(step),
            )
        )  # fmt: skip
    return out


def pieces_of(log: RunLog, plan: list[Step], cs_m_s: float) -> list[Piece]:
    """The run as effort.py takes it: laps, and pauses as rests."""
    timed = [(e.t_ms, Piece(e.value / 1000, 0.0, False)) for e in log.events if e.kind == "resume"]
    for lap in log.laps:
        if lap.time_ms > 0 and lap.index < len(plan):
            speed = lap.distance_mm / lap.time_ms
            hard = plan[lap.index].kind == wk.RUN and speed >= _RUNNING * cs_m_s
            timed.append((lap.t_ms, Piece(lap.time_ms / 1000, speed, hard)))
    return [piece for _, piece in sorted(timed, key=lambda p: p[0])]
