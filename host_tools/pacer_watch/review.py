"""An honest look at runs: plan against run, rep by rep, and what next week's paces should be.

The change is small and bounded: one session may move critical speed by half a per cent, several that agree by one;
a single bad day among good ones moves nothing, and neither does what can't be told apart from chance.
"""

from dataclasses import asdict, dataclass, field
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from pacer.core import profile as pf
from pacer.core import workout as wk

from .formats.runlog import RunLog, Second, mean_cadence
from .text import clock, pace
from .twin.runner import Step, unroll

_MISS = 0.015  # slower than the target by so much is missed
_HARD_SHARE = 0.88  # of critical speed: below it a rep says little about fitness
_ONE, _SEVERAL = 0.005, 0.010
_LEAST_REP_S = 40.0

# The effort on the 10-point scale that a session at this share of critical speed should feel like (profile.ZONES).
_EXPECTED = ((0.82, 3.0), (0.90, 4.5), (0.975, 6.0), (1.02, 7.5), (1.08, 8.5), (9.0, 9.0))


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

    @property
    def speed(self) -> float:
        return self.metres / self.seconds if self.seconds else 0.0

    @property
    def off(self) -> float:
        """Run speed against the nearest edge of the target, as a share; 0 inside."""
        if self.speed > self.target_fast:
            return self.speed / self.target_fast - 1
        return min(0.0, self.speed / self.target_slow - 1)


@dataclass
class Session:
    """One run, looked at."""

    name: str
    workout: str
    reps: list[Rep] = field(default_factory=list)
    effort: int | None = None
    last_rep: str = ""
    expected: float | None = None
    cues: int = 0
    verdict: str = "nothing"  # better, as planned, hard, missed, held back, nothing
    words: list[str] = field(default_factory=list)


@dataclass
class Proposal:
    """What to do with the zones: change is the share by which critical speed moves, 0 for nothing."""

    change: float
    reason: str


def _splits(seconds: list[Second], start_ms: int, end_ms: int, metres: float) -> list[float]:
    """Times of each full 100 m of a rep, s, counted from where the runner was at its start."""
    points = [(s.t_ms, s.distance_mm) for s in seconds if start_ms - 1000 <= s.t_ms <= end_ms + 1000]
    if len(points) < 2:
        return []
    start_mm = float(np.interp(start_ms, [t for t, _ in points], [d for _, d in points]))
    out: list[float] = []
    last = float(start_ms)
    for k in range(1, int(metres // 100) + 1):
        mark = start_mm + 100_000 * k
        after = next((i for i, (_, d) in enumerate(points) if d >= mark), None)
        if after is None or after == 0:
            break
        (t0, d0), (t1, d1) = points[after - 1], points[after]
        at = t0 + (t1 - t0) * (mark - d0) / max(d1 - d0, 1)
        out.append((at - last) / 1000)
        last = at
    return out


def plan_of(log: RunLog) -> list[Step]:
    """The steps that the watch ran, its targets by name resolved with the profile it had."""
    workout = log.read_workout()
    return unroll(workout) if workout is not None else []  # damaged: the laps stand without their plan


def reps_of(log: RunLog) -> list[Rep]:
    """Every run step with a target, as it was run."""
    plan = plan_of(log)
    out = []
    for lap in log.laps:
        if lap.index >= len(plan):
            continue
        step = plan[lap.index]
        if step.kind != wk.RUN or not step.pace_fast or not lap.distance_mm or lap.time_ms < 1000 * _LEAST_REP_S / 2:
            continue
        start = lap.t_ms - lap.time_ms
        inside = [s for s in log.seconds if start < s.t_ms <= lap.t_ms]
        splits = _splits(log.seconds, start, lap.t_ms, lap.distance_mm / 1000)
        half = len(splits) // 2
        fade = None
        if half >= 1:
            fade = 100 * (sum(splits[:half]) / sum(splits[-half:]) - 1)
        out.append(
            Rep(
                lap.index + 1, lap.rep, wk.KIND_NAMES[step.kind], lap.time_ms / 1000, lap.distance_mm / 1000,
                1e6 / step.pace_fast, 1e6 / step.pace_slow,
                100 * pstdev(splits) / fmean(splits) if len(splits) > 2 else None, fade,
                mean_cadence(inside), inside[-1].balance if inside else None, splits,
            )
        )  # fmt: skip
    return out


def look(log: RunLog, name: str, profile: pf.Profile) -> Session:
    """One run against its plan."""
    out = Session(name, log.title or "Workout", reps_of(log))
    out.cues = sum(c.value in (1, 3) for c in log.cues)
    for e in log.events:
        if e.kind == "effort":
            out.effort = e.value
        elif e.kind == "last rep":
            out.last_rep = "harder" if e.value == 1 else "more controlled"
    hard = [r for r in out.reps if profile.cs_mm_s and r.target_slow >= _HARD_SHARE * profile.cs_mm_s / 1000]
    hard = [r for r in hard if r.seconds >= _LEAST_REP_S]
    _tell(out)
    if log.end is None:
        out.words.append("The log has no end: the run was cut off, and what is said here stands on a part of it.")
    if not profile.cs_mm_s:
        out.words.append("The profile has no critical speed yet, so this run can't move it: run pacer profile.")
        return out
    if len(hard) < 2:
        out.words.append("Too few hard reps to say anything about next week's paces.")
        return out
    share = fmean((r.target_fast + r.target_slow) / 2 for r in hard) / (profile.cs_mm_s / 1000)
    out.expected = next(rpe for most, rpe in _EXPECTED if share < most)
    if out.effort is None:
        out.words.append(
            "No RPE was given: without it, met targets and easy targets look alike. No change from this run."
        )
        return out
    missed = sum(r.off < -_MISS for r in hard)
    high = out.effort >= out.expected + 1.5
    low = out.effort <= out.expected - 1.0
    if 2 * missed >= len(hard):
        if out.effort >= out.expected:
            out.verdict = "missed"
            out.words.append(
                f"{missed} of {len(hard)} hard reps were missed at RPE {out.effort}: these paces were too much."
            )
        else:
            out.verdict = "held back"
            out.words.append(
                f"{missed} of {len(hard)} hard reps were missed, but at RPE {out.effort} it was not the legs: "
                "wind, surface, pacing or a day to hold back. No change from this run."
            )
    elif high:
        out.verdict = "hard"
        out.words.append(
            f"Targets met, but at RPE {out.effort} where about {out.expected:.0f} was expected: hold these paces."
        )
    elif low:
        out.verdict = "better"
        out.words.append(
            f"Targets met at RPE {out.effort} where about {out.expected:.0f} was expected: there is more in it."
        )
    else:
        out.verdict = "as planned"
        out.words.append(f"Targets met at about the expected effort (RPE {out.effort}). These paces are right.")
    if out.verdict == "better" and out.last_rep == "harder":
        out.verdict = "as planned"
        out.words.append("The last rep felt harder than the first, though, so the paces stay.")
    return out


def _tell(s: Session) -> None:
    """What happened, in plain words."""
    if not s.reps:
        s.words.append("No rep with a target was run.")
        return
    first, last = s.reps[0], s.reps[-1]
    met = sum(abs(r.off) <= _MISS for r in s.reps)
    s.words.append(f"{met} of {len(s.reps)} reps on target (within {100 * _MISS:.1f} %).")
    fast = [r for r in s.reps if r.off > _MISS]
    if fast:
        s.words.append(
            f"{len(fast)} too fast, the fastest by {100 * max(r.off for r in fast):.1f} %: "
            "that is borrowed from the reps behind it."
        )
    same = [r for r in s.reps if abs(r.target_fast / first.target_fast - 1) < 0.01]
    if len(same) > 2:
        change = 100 * (same[-1].speed / same[0].speed - 1)
        if change < -1.5:
            s.words.append(f"The last of these reps was {-change:.1f} % slower than the first.")
        elif change > 1.5:
            s.words.append(f"The last of these reps was {change:.1f} % quicker than the first: a strong end.")
    fades = [r.fade for r in s.reps if r.fade is not None]
    if fades and fmean(fades) < -2:
        s.words.append(f"Inside the reps the second half was {-fmean(fades):.1f} % slower: start them quieter.")
    if last.balance is not None and min(r.balance or 100 for r in s.reps) < 10:
        s.words.append("D' was all but gone at the end of a rep.")
    if s.last_rep:
        s.words.append(f"The last rep felt {s.last_rep} than the first." if s.last_rep == "harder"
                       else "The last rep was more controlled than the first.")  # fmt: skip


def propose(sessions: list[Session]) -> Proposal:
    """What the sessions together say about critical speed."""
    said = [s for s in sessions if s.verdict != "nothing"]
    if not said:
        return Proposal(0.0, "Too little data: a session with two hard reps and an RPE is needed.")
    better = sum(s.verdict == "better" for s in said)
    missed = sum(s.verdict == "missed" for s in said)
    hard = sum(s.verdict == "hard" for s in said)
    n = len(said)
    if missed and missed == 1 and n > 1 and better + sum(s.verdict == "as planned" for s in said) >= n - 1:
        return Proposal(0.0, "One bad day among good ones: it happens, and it moves nothing.")
    if missed > n / 2:
        size = _SEVERAL if missed > 1 else _ONE
        return Proposal(-size, f"{missed} of {n} sessions missed their targets at full effort.")
    if better > n / 2:
        size = _SEVERAL if better > 1 else _ONE
        return Proposal(size, f"{better} of {n} sessions met their targets with something left.")
    if hard > 1 and hard > n / 2:
        return Proposal(-_ONE, f"{hard} of {n} sessions met their targets, but at more effort than they should cost.")
    if hard == 1 and n == 1:
        return Proposal(0.0, "Met, but dear: hold the paces and look again after the next session.")
    return Proposal(0.0, "The paces fit: hold them.")


def apply(profile: pf.Profile, change: float) -> None:
    """Move critical speed, paces and zones by a share of speed."""
    profile.cs_mm_s = round(profile.cs_mm_s * (1 + change))
    for table in (profile.paces, profile.zones):
        for i, value in enumerate(table):
            table[i] = 100 * round(value / (1 + change) / 100)


def text(sessions: list[Session], proposal: Proposal, profile: pf.Profile) -> str:
    """The review as a runner reads it."""
    out = []
    for s in sessions:
        out.append(f"{s.workout} ({s.name})")
        for r in s.reps:
            target = pace(round(1e6 / r.target_fast))
            if r.target_slow != r.target_fast:
                target += "-" + pace(round(1e6 / r.target_slow))
            extra = []
            if r.uneven is not None:
                extra.append(f"splits +-{r.uneven:.1f} %")
            if r.fade is not None:
                extra.append(f"second half {r.fade:+.1f} %")
            if r.cadence_spm is not None:
                extra.append(f"{r.cadence_spm:.0f} spm")
            if r.balance is not None:
                extra.append(f"D' {r.balance} %")
            run = pace(round(1e6 / r.speed)) if r.speed else "-"
            out.append(
                f"  step {r.step:>2}  {r.metres:7.1f} m in {clock(1000 * r.seconds):>7}  "
                f"{run:>6} for {target}  {100 * r.off:+.1f} %  {', '.join(extra)}"
            )
        out += ["  " + w for w in s.words]
        out.append("")
    if proposal.change:
        way = "up" if proposal.change > 0 else "down"
        new = round(profile.cs_mm_s * (1 + proposal.change))
        out.append(
            f"Next week: critical speed {way} by {100 * abs(proposal.change):.1f} %, from "
            f"{pace(round(1e9 / profile.cs_mm_s))} to {pace(round(1e9 / new))} per km. {proposal.reason}"
        )
    else:
        out.append(f"Next week: no change. {proposal.reason}")
    return "\n".join(out)


def as_dict(sessions: list[Session], proposal: Proposal) -> dict[str, Any]:
    def rep(r: Rep) -> dict[str, Any]:
        return {**asdict(r), "speed": r.speed, "off": r.off}

    return {
        "sessions": [{**asdict(s), "reps": [rep(r) for r in s.reps]} for s in sessions],
        "proposal": asdict(proposal),
    }
