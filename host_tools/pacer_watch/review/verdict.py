"""What one run says: the verdict on it, and the words for the runner."""

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from statistics import fmean

from pacer.core import profile as pf
from pacer.core import workout as wk

from .. import zones
from ..formats.plan import Step, passed_by, plan_of, unroll
from ..formats.runlog import RunLog
from ..text import Units, clock, plain
from . import effort as ef
from . import tested
from .memory import day_of, mark_of
from .reps import LEAST_REP_S, Rep, paced, pieces_of, reps_of, seconds_of

_MISS = 0.015  # slower than the target by so much is missed
_FAST = 0.02  # faster by so much is too fast
_FAR = 0.08  # no runner loses so much in a week
_HARD_SHARE = 0.88  # of critical speed: below it a rep says little about fitness
_SHORT_S = 75.0  # reps below it are speed and form: they say nothing about critical speed
_LONG_S = 600.0  # a single rep of this length is a session
_DONE = 0.9  # of its length: a rep that ended before was not run
_TRIAL = 0.85  # of what there is: a single rep that asks for so much is a race
_TRIAL_RPE = 9
_POINTS = 2  # of effort beside the expected that count

BETTER, PLANNED, HARD, MAXIMAL, MISSED = "better", "as planned", "hard", "maximal", "missed"
HELD, SHORTENED, PACING, FAST = "held back", "not finished", "pacing", "too fast"
SPEED, TRIAL, NOTHING = "speed", "trial", "nothing"

_ASK = "Was it pain, illness or heat?"


@dataclass
class Session:
    """One run, looked at. counts: it may move the paces; mark: it is known by it (memory.py)."""

    name: str
    workout: str
    reps: list[Rep] = field(default_factory=list)
    effort: int | None = None
    last_rep: str = ""
    expected: float | None = None
    cues: int = 0
    verdict: str = NOTHING
    words: list[str] = field(default_factory=list)
    day: date | None = None
    mark: str = ""
    counts: bool = True
    seen: bool = False  # by an earlier review
    athlete: str = ""  # as the profile in the log names the runner
    tested: str = ""  # what a field test has found, in words
    races: list[str] = field(default_factory=list)  # as `pacer profile --race` takes them


def athlete_of(log: RunLog) -> str:
    """Whose run it is, as the profile in it says; "" where it has no name."""
    return plain(log.read_profile().name).strip()


def look(log: RunLog, name: str, profile: pf.Profile, today: date | None = None) -> Session:
    """One run against its plan. today: in UTC, as the watch's days are."""
    out = Session(name, log.title or "Workout", reps_of(log), day=day_of(log), mark=mark_of(log))
    out.athlete = athlete_of(log)
    out.cues = sum(c.value in (1, 3) for c in log.cues)
    for e in log.events:
        if e.kind == "effort" and 1 <= e.value <= 10:
            out.effort = e.value
        elif e.kind == "last rep":
            out.last_rep = "harder" if e.value == 1 else "more controlled"
    if out.day is None:
        out.counts = False
        out.words.append("The watch did not know the date of this run (no GPS), so it can't count.")
    elif out.day > (today or datetime.now(timezone.utc).date()):
        out.counts = False
        out.words.append(f"This run is dated {out.day}, which is yet to come, so it can't count.")
    _field_test(log, out, profile)
    if log.end is None:
        out.words.append("The log has no end: the run was cut off, and a part of it moves nothing.")
    elif not profile.cs_mm_s:
        out.words.append("The profile has no critical speed yet, so this run can't move it: run pacer profile.")
    else:
        _judge(log, out, profile)
    return out


def _race(out: Session, metres: float, seconds: float, profile: pf.Profile) -> None:
    """An effort as `pacer profile --race` takes it, or a word on why not."""
    names = {m: name for name, m in zip(pf.RACE_NAMES, pf.RACES_M, strict=True)}
    name = names.get(round(metres), f"{metres:.0f}m")
    text = f"{name}={zones.clock_text(seconds)}" + (f"@{out.day}" if out.day else "")
    out.verdict = TRIAL
    try:
        race = zones.read_race(text, out.day or date.today())
    except zones.BadRace:
        out.words.append(f"The profile does not take {name} as a race: run a distance that it does.")
        return
    if race.line in profile.races:
        out.words.append(f"The {name} is in the profile.")
    else:
        out.races.append(text)


def _field_test(log: RunLog, out: Session, profile: pf.Profile) -> None:
    """Steps of a field test are races."""
    plan = plan_of(log)
    for lap in log.laps:
        step = plan[lap.index] if lap.index < len(plan) else None
        if not step or not (step.note or "").lower().startswith("test") or step.end != wk.END_DISTANCE:
            continue
        if lap.time_ms and lap.distance_mm >= _DONE * step.amount:
            _race(out, lap.distance_mm / 1000, lap.time_ms / 1000, profile)
    found = tested.result_of(log)
    if found:
        out.verdict = TRIAL
        out.tested = tested.in_words(found, Units(profile.miles))
        out.words.append(f"The field test gives {out.tested}. It is in the watch's profile if it was kept there.")
    elif out.verdict == TRIAL:
        out.words.append("A field test: it sets critical speed, and no review moves it.")


def _judge(log: RunLog, out: Session, profile: pf.Profile) -> None:
    """The verdict on a run, and the words for it."""
    cs = profile.cs_mm_s / 1000
    workout = log.read_workout()
    if workout is None:
        out.words.append("Its workout is damaged, so there is no plan to compare it with.")
        return
    plan = unroll(workout)
    optional = passed_by(log, plan)
    planned = {
        i + 1
        for i, s in enumerate(plan)
        if i not in optional
        and paced(s)
        and 1e6 / s.pace_slow >= _HARD_SHARE * cs
        and not 0 < seconds_of(s) < LEAST_REP_S
    }
    if not planned:
        fast = max((r.off for r in out.reps), default=0.0)
        if out.verdict != TRIAL:
            out.words.append("No hard rep with a pace was planned: such a day moves no paces.")
        if fast > _FAST:
            out.words.append(f"It was {100 * fast:.1f} % faster than planned: easy days are there to recover.")
        return
    hard = [r for r in out.reps if r.step in planned and r.done >= _DONE]
    out.expected = ef.expected(pieces_of(log, plan, cs), cs, profile.dprime_mm / 1000)
    if len(planned) == 1 and _is_trial(plan[min(planned) - 1], workout, profile):
        _trial(out, hard, profile)
    elif len(hard) < len(planned):
        out.verdict = SHORTENED
        out.words.append(f"{len(hard)} of {len(planned)} hard reps were run. {_ASK} The paces stay.")
    else:
        _tell(out, hard)
        _verdict(out, hard)


def _is_trial(step: Step, workout: wk.Workout, profile: pf.Profile) -> bool:
    """Is this step a race at its own pace, or does it ask for all there is?"""
    if step.end == wk.END_DISTANCE and pf.is_trial(workout.target_a(step.row), step.amount):
        return True
    piece = ef.Piece(seconds_of(step), 2e6 / (step.pace_fast + step.pace_slow))
    return ef.spent([piece], profile.cs_mm_s / 1000, profile.dprime_mm / 1000) >= _TRIAL


def _trial(out: Session, hard: list[Rep], profile: pf.Profile) -> None:
    """A race or time trial sets paces by itself."""
    if not hard:
        out.verdict = SHORTENED
        out.words.append(f"The trial was not finished. {_ASK} The paces stay.")
        return
    rep = hard[0]
    mean = (rep.target_fast + rep.target_slow) / 2
    off = 100 * (rep.speed / mean - 1)
    how = "as planned" if abs(off) < 0.5 else f"{abs(off):.1f} % {'quicker' if off > 0 else 'slower'} than planned"
    out.words.append(f"A trial: {rep.metres:.0f} m in {clock(1000 * rep.seconds)}, {how}.")
    if out.effort is not None and out.effort < _TRIAL_RPE:
        out.words.append(f"At RPE {out.effort} it was not all-out, so it is no race result. The paces stay.")
        return
    _race(out, rep.metres, rep.seconds, profile)
    if off < -100 * _FAST:
        out.words.append(f"{_ASK} Then it is no measure of you, and does not belong into the profile.")


def _verdict(out: Session, hard: list[Rep]) -> None:
    """What a session whose reps were all run says."""
    if len(hard) == 1 and hard[0].seconds < _LONG_S:
        out.words.append("One hard rep of less than ten minutes is too little to say anything about next week's paces.")
        return
    if out.effort is None:
        out.words.append(
            "No RPE was given: without it, met targets and easy targets look alike. No change from this run."
        )
        return
    assert out.expected is not None
    about = round(out.expected)
    rpe = f"RPE {out.effort} where about {about} was expected"
    missed = [r for r in hard if r.off < -_MISS]
    fast = [r for r in hard if r.off > _FAST]
    if fast and missed:
        first = "fast" if fast[0].step < missed[0].step else "slow"
        out.verdict = PACING
        out.words.append(
            f"A pacing fault: started too {first}, {len(fast)} too fast and {len(missed)} missed. The first rep at the "
            "target, not below it: even reps are worth more, and this says nothing about the paces."
        )
    elif 2 * len(fast) >= len(hard):
        out.verdict = MAXIMAL if out.effort == 10 else FAST
        out.words.append(
            f"{len(fast)} of {len(hard)} reps too fast: that is another session than the one planned, and no reason "
            "for faster paces. If it was easy, show it in a race or a trial."
        )
    elif 3 * len(missed) >= len(hard):
        _missed(out, hard, missed, about)
    elif out.effort == 10:
        out.verdict = MAXIMAL
        out.words.append(f"Maximal: {rpe}. Hold these paces, and take two easy days or a rest day before the next.")
    elif out.effort >= about + _POINTS:
        out.verdict = HARD
        out.words.append(f"Harder than it should be: {rpe}. Hold these paces, and give the days around it more rest.")
    elif all(r.seconds < _SHORT_S for r in hard):
        out.verdict = SPEED
        out.words.append(f"{rpe}. Reps this short are for speed and form: they don't move critical speed.")
    elif out.effort <= about - _POINTS:
        _better(out, hard, rpe, len(missed) + len(fast))
    else:
        out.verdict = PLANNED
        met = "Targets met" if not missed else f"{len(missed)} of {len(hard)} reps missed, the others met,"
        out.words.append(f"{met} at about the expected effort (RPE {out.effort}). These paces are right.")


def _missed(out: Session, hard: list[Rep], missed: list[Rep], about: int) -> None:
    """A third of the reps or more were too slow. about: the effort that what was run should cost."""
    assert out.effort is not None
    by = f"{len(missed)} of {len(hard)} reps missed, by {-100 * min(r.off for r in missed):.1f} % at most"
    if out.effort <= about - _POINTS:
        out.verdict = HELD
        out.words.append(
            f"{by}, but at RPE {out.effort} it was not the legs: wind, surface, pacing or a day to hold back."
        )
        return
    out.verdict = MISSED
    out.words.append(f"{by}, at RPE {out.effort}; what was run should feel like {about}. {_ASK}")
    if all(r.off < -_FAR for r in hard):
        out.words.append(
            f"All reps were more than {100 * _FAR:.0f} % slow: nobody loses that in a week. If you were well, and the "
            "distance was right, run a test before the next hard session."
        )


def _better(out: Session, hard: list[Rep], rpe: str, off: int) -> None:
    """Less effort than expected counts only where nothing speaks against it."""
    if off:
        out.verdict = PLANNED
        out.words.append(f"{rpe}, but {off} of {len(hard)} reps off the target: no evidence for more.")
    elif out.last_rep == "harder" and not _faster_last(hard):
        out.verdict = PLANNED
        out.words.append(f"{rpe}, but the last rep felt harder than the first, so the paces stay.")
    else:
        out.verdict = BETTER
        out.words.append(f"Targets met at {rpe}: there is more in it.")


def _faster_last(reps: list[Rep]) -> bool:
    """Was the last rep planned faster than the first?"""
    return reps[-1].target_slow > 1.01 * reps[0].target_slow


def _tell(s: Session, reps: list[Rep]) -> None:
    """What happened, in plain words."""
    if not reps:
        return
    first, last = reps[0], reps[-1]
    met = sum(abs(r.off) <= _MISS for r in reps)
    s.words.append(f"{met} of {len(reps)} reps on target (within {100 * _MISS:.1f} %).")
    fast = [r for r in reps if r.off > _MISS]
    if fast and len(fast) < len(reps):
        s.words.append(f"{len(fast)} too fast, the fastest by {100 * max(r.off for r in fast):.1f} %.")
    elif fast:
        s.words.append(f"All of them too fast, by {100 * fmean(r.off for r in fast):.1f} % in the mean.")
    same = [r for r in reps if abs(r.target_fast / first.target_fast - 1) < 0.01]
    if len(same) > 2:
        change = 100 * (same[-1].speed / same[0].speed - 1)
        if change < -1.5:
            s.words.append(f"The last of these reps was {-change:.1f} % slower than the first.")
        elif change > 1.5:
            s.words.append(f"The last of these reps was {change:.1f} % quicker than the first.")
    fades = [r.fade for r in reps if r.fade is not None]
    if fades and fmean(fades) < -2:
        s.words.append(f"Inside the reps the second half was {-fmean(fades):.1f} % slower: start them quieter.")
    if last.balance is not None and min(r.balance or 100 for r in reps) < 10:
        s.words.append("D' was all but gone at the end of a rep.")
    if s.last_rep and len(reps) > 1:
        than = f"{s.last_rep} than the first"
        s.words.append(f"The last rep was planned faster, so that it felt {than} tells nothing." if _faster_last(reps)
                       else f"The last rep felt {than}.")  # fmt: skip
