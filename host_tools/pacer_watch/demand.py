"""What a session asks of D': the watch's own model of it, run over the plan."""

from dataclasses import dataclass

from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer.core.balance import Balance

from .formats.plan import Step, unroll
from .text import KM, Units
from .twin.runner import EASY_M_S

_EASY_SHARE = 0.7  # of critical speed, at most: a jog, a warm-up


@dataclass
class Demand:
    """The lowest that D' gets, in mm (below zero: more is asked than there is), and the step at whose end that is."""

    least_mm: int
    step: int
    reps: str
    unsure_mm: int

    @property
    def too_much(self) -> bool:
        """Is that beyond what the model can be wrong by?"""
        return self.least_mm < -self.unsure_mm


def demand(workout: wk.Workout, profile: pf.Profile) -> Demand | None:
    """None without critical speed and D', and where nothing is faster than critical speed.

    The workout is resolved with this profile. A step without a target is run easily, a recovery that LAP ends is as
    long as it has to be, and a race at its own pace is left out: it is meant to empty the runner.
    """
    b = Balance()
    b.begin(profile.cs_mm_s, profile.dprime_mm)
    found = None
    rep_ms, before = 0, (0, 0)
    for i, s in enumerate(unroll(workout)):
        if s.rep != before[0] or s.row <= before[1]:
            rep_ms = 0
        before = s.rep, s.row
        trial = s.end == wk.END_DISTANCE and pf.is_trial(workout.target_a(s.row), s.amount)
        if not b.cs_mm_s or trial:
            continue
        if s.end == wk.END_LAP:
            if wk.RESTING[s.kind]:
                b.left_mm = b.dprime_mm
            continue
        speed_mm_s = _speed_mm_s(s, profile.cs_mm_s)
        if s.end == wk.END_READY:
            time_ms = _until_ready(b, workout, s, speed_mm_s)
        else:
            time_ms = s.amount if s.end == wk.END_TIME else s.amount * 1000 // speed_mm_s if speed_mm_s else 0
            if s.end == wk.END_SEND_OFF:
                time_ms = max(0, s.amount - rep_ms)
            b.advance(time_ms, speed_mm_s)
        rep_ms += time_ms
        if speed_mm_s > b.cs_mm_s and (found is None or b.left_mm < found.least_mm):
            found = Demand(b.left_mm, i, f"{s.rep}/{s.reps}" if s.reps else "", profile.dprime_unsure_mm)
    return found


def _until_ready(b: Balance, workout: wk.Workout, s: Step, speed_mm_s: int) -> int:
    """Recover until so much of D' is back as the step waits for, within its times. Returns ms."""
    time_ms: int = workout.target_a(s.row)
    b.advance(time_ms, speed_mm_s)
    while time_ms < s.amount and b.percent() < workout.target_b(s.row):
        b.advance(1000, speed_mm_s)
        time_ms += 1000
    return time_ms


def _speed_mm_s(s: Step, cs_mm_s: int) -> int:
    if s.pace_fast:
        return round(2e9 / (s.pace_fast + s.pace_slow))
    if s.kind in (wk.RUN, wk.STRIDE):
        return cs_mm_s
    return round(min(1000 * EASY_M_S[s.kind], _EASY_SHARE * cs_mm_s))


def text(found: Demand, profile: pf.Profile, units: Units = KM) -> str:
    """One sentence for a runner."""
    who = f"D' of {profile.dprime_mm // 1000} m above {units.pace(1e9 / profile.cs_mm_s)} {units.per}"
    where = f"step {found.step + 1}" + (f", rep {found.reps}" if found.reps else "")
    if found.least_mm >= 0:
        return f"{who}: at the least {found.least_mm // 1000} m are left, at the end of {where}"
    if not found.too_much:
        return f"{who}: used up at the end of {where}, as near as the model can tell"
    return (
        f"{who}: this session asks for {-found.least_mm // 1000} m more than there are, at the end of {where}; "
        "run it slower, rest longer, or do fewer reps"
    )
