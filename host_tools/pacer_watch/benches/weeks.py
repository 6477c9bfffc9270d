"""The bench of weeks: twelve weeks of training by the review, beside two simple rules on the same runners.

A runner's true critical speed stays, rises or falls by 3 % over weeks 3 to 10, or falls by 3 % in a break of 18 days
and comes back. Three hard sessions a week, reps at 5k pace, at critical speed and a tempo run, are run at the paces of
the rule's own profile; logs of them go through the very review, week by week. A race opens week 1 and week 5, and sets
the critical speed of each rule.

The runner is not the one that review/effort.py believes in: endurance, recovery, the effort at the start and the
habit of rating too high or too low are drawn for each, D' in the profile is wrong by a fifth, and an effort errs by
three quarters of a point from day to day (Lamb, Eston and Corns 1999) before it is rounded. Form changes from day to
day; there are bad days, hot days (Ely et al., Med Sci Sports Exerc 39, 2007: 2 to 4 % slower), sessions that are left
out or not finished.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean

import numpy as np

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from .. import review
from ..formats.plan import Step, unroll
from ..formats.runlog import Event, RunLog
from ..review import effort as ef
from ..review.memory import Memory
from .accuracy import Figure

SEED = 20261125
RUNNERS = 200
_WEEKS = 12
_BEGIN = date(2026, 3, 2)  # a Monday
_RACES = (0, 4)  # weeks
_BREAK = (33, 51)  # days
_SESSIONS = (  # day of the week, its kind
    (1, "5 x 1000m @ 5k pace, 2min jog between"),
    (3, "3 x 8min @ CS, 2min jog between"),
    (5, "20min @ tempo"),
)
_EASY = (0, "40min @ easy")
_SHARES = {wk.REST: 0.0, wk.WALK: 0.35, wk.JOG: 0.57}
KINDS = ("steady", "rising", "falling", "break")
OURS, SUCCESS, RACE = "the review", "up on success", "last race"
RULES = (OURS, SUCCESS, RACE)
_SUCCESS = 0.005
_MOVE = 0.03

# What is drawn for a runner and a day, standard deviations or chances.
_RACE_ERROR, _FORM = 0.010, 0.006  # of speed
_RATING, _HABIT, _BEGIN_SD = (
    0.75,
    0.4,
    0.4,
)  # points of effort: from day to day; of the runner, all over and at the start
_LEFT_OUT, _BAD, _HOT, _STOPPED = 0.10, 0.06, 0.05, 0.02
_BAD_COST, _HOT_COST = 0.025, 0.03  # of critical speed
_UNEVEN = 0.006  # of a rep's speed


@dataclass
class Runner:
    """Who trains: what is true of him, and what he says of it."""

    kind: str
    rng: random.Random
    cs_m_s: float = 0.0
    dprime_m: float = 0.0
    endurance_s: float = 0.0
    power: float = 0.0
    recovery_s: float = 0.0
    begin: float = 0.0  # effort at the start of a rep at critical speed
    habit: float = 0.0

    def __post_init__(self) -> None:
        r = self.rng
        self.cs_m_s = r.uniform(2.8, 4.8)
        self.dprime_m = self.cs_m_s * r.uniform(35, 65)
        self.endurance_s = 2400 * math.exp(r.gauss(0, 0.25))
        self.power = r.uniform(9, 17)
        self.recovery_s = 450 * math.exp(r.gauss(0, 0.3))
        self.begin = r.gauss(5.5, _BEGIN_SD)
        self.habit = r.gauss(0, _HABIT)

    def true_m_s(self, day: int) -> float:
        """Critical speed on a day from the first."""
        if self.kind == "break":
            start, end = _BREAK
            lost = _MOVE * min(1.0, max(0.0, (day - start) / (end - start)))
            back = _MOVE * min(1.0, max(0.0, (day - end) / 35))
            return self.cs_m_s * (1 - lost + back)
        part = min(1.0, max(0.0, (day - 14) / 56))
        return self.cs_m_s * (1 + {"rising": _MOVE, "falling": -_MOVE}.get(self.kind, 0.0) * part)


@dataclass
class Day:
    """What chance does to a session: the same for each rule."""

    left_out: bool
    stopped: bool
    form: float
    rating: float
    uneven: list[float]

    @classmethod
    def of(cls, rng: random.Random) -> "Day":
        cost = _BAD_COST * (rng.random() < _BAD) + _HOT_COST * (rng.random() < _HOT)
        return cls(
            rng.random() < _LEFT_OUT, rng.random() < _STOPPED, rng.gauss(0, _FORM) - cost, rng.gauss(0, _RATING),
            [rng.gauss(0, _UNEVEN) for _ in range(8)],
        )  # fmt: skip


@dataclass
class Ran:
    """A session as it was run: seconds and m/s of each step, how many were missed, and the effort that was said."""

    steps: list[Step]
    laps: list[tuple[float, float]] = field(default_factory=list)
    missed: int = 0
    effort: int = 0
    finished: bool = True


def run(runner: Runner, plan: list[Step], day: int, chance: Day) -> Ran:
    """A runner does a session: at its paces as long as there is something left, then as fast as that goes."""
    cs = runner.true_m_s(day) * (1 + chance.form)
    out = Ran(plan)
    load = hardest = 0.0
    reps = 0
    for step in plan:
        if step.kind != wk.RUN:
            seconds = step.amount / 1000
            load *= math.exp(-seconds / runner.recovery_s)
            out.laps.append((seconds, _SHARES[step.kind] * cs))
            continue
        if chance.stopped and reps == 2:
            out.finished = False
            break
        target = 2e6 / (step.pace_fast + step.pace_slow)
        wanted = target * (1 + chance.uneven[reps % 8])
        speed, seconds, cost = _rep(runner, step, wanted, cs, 1 - load)
        load += cost
        out.laps.append((seconds, speed))
        out.missed += speed < 0.985e6 / step.pace_slow
        begin = max(2.0, runner.begin - 14 * max(0.0, 1 - speed / cs))
        hardest = max(hardest, begin + (10 - begin) * min(1.0, load))
        reps += 1
    out.effort = min(10, max(1, round(hardest + runner.habit + chance.rating)))
    return out


def _rep(runner: Runner, step: Step, wanted: float, cs: float, left: float) -> tuple[float, float, float]:
    """(m/s, s, share of what there is) of a rep: as wanted, or slower so that no more than what is left goes."""
    speed = wanted
    for _ in range(40):
        seconds = step.amount / 1000 if step.end == wk.END_TIME else step.amount / 1000 / speed
        below = (speed / cs) ** runner.power / runner.endurance_s
        above = max(0.0, speed - cs) / runner.dprime_m
        cost = max(0.0, seconds - 12) * math.hypot(below, above)
        if cost <= left or speed < 0.7 * cs:
            break
        speed *= 0.995
    return speed, seconds, cost


def log_of(ran: Ran, text: str, profile_text: str, day: date) -> RunLog:
    """The watch's log of it."""
    log = RunLog(workout=text, profile=profile_text)
    log.events.append(Event("clock", 1000, 0, 0, 0, 64_800_000, day.day * 10_000 + day.month * 100 + day.year % 100, 0))
    t_ms = 0
    for i, (seconds, speed) in enumerate(ran.laps):
        step = ran.steps[i]
        ms = round(1000 * seconds)
        t_ms += ms
        log.events.append(Event("lap", t_ms, i, step.row, step.rep, ms, round(ms * speed), 0))
    log.events.append(Event("end", t_ms, 0, 0, 0, t_ms, 0, 0))
    log.events.append(Event("effort", t_ms, 0, 0, 0, 0, 0, ran.effort))
    return log


@dataclass
class Course:
    """How a rule's critical speed went: errors as shares, week by week, and of the last race by then."""

    errors: list[float] = field(default_factory=list)
    at_race: list[float] = field(default_factory=list)
    settled: int = _WEEKS  # the week after which each kind was run three times


def train(runner: Runner, rule: str, seed: int) -> Course:
    """Twelve weeks by one rule."""
    rng = random.Random(seed)
    profile, memory, out = pf.Profile(), Memory(), Course()
    dprime = runner.dprime_m * (1 + rng.gauss(0, 0.2))
    done = [0] * len(_SESSIONS)
    race_error = 0.0
    for week in range(_WEEKS):
        race = rng.gauss(0, _RACE_ERROR)
        if week in _RACES:
            race_error = race
            profile.cs_mm_s = round(1000 * runner.true_m_s(7 * week) * (1 + race))
            profile.dprime_mm = round(1000 * max(50.0, dprime))
        logs = []
        for k, (weekday, line) in enumerate((_EASY, *_SESSIONS)):
            day = 7 * week + weekday
            chance = Day.of(rng)
            if chance.left_out or (runner.kind == "break" and _BREAK[0] <= day < _BREAK[1]):
                continue
            text = f"Workout - A week\n- {line}\n"
            workout = notation.parse(text)
            workout.resolve(profile)
            ran = run(runner, unroll(workout), day, chance)
            done[k - 1] += k > 0
            if rule == OURS:
                logs.append(log_of(ran, text, profile.dump(), _BEGIN + timedelta(days=day)))
            elif rule == SUCCESS and k and ran.finished and not ran.missed:
                review.apply(profile, _SUCCESS)
        if logs:
            _review(logs, profile, memory, _BEGIN + timedelta(days=7 * week + 6))
        true = 1000 * runner.true_m_s(7 * week + 6)
        out.errors.append(profile.cs_mm_s / true - 1)
        out.at_race.append(race_error)
        if min(done) >= 3:
            out.settled = min(out.settled, week)
    return out


def _review(logs: list[RunLog], profile: pf.Profile, memory: Memory, today: date) -> None:
    sessions = [review.look(log, f"{i}.run", profile, today) for i, log in enumerate(logs)]
    review.settle(sessions, memory)
    proposal = review.propose(sessions, memory, profile.cs_mm_s, today)
    review.count(sessions, proposal, memory, profile, today)


def figures(
    seed: int = SEED, runners: int = RUNNERS, tell: Callable[[int, int], None] = lambda done, all_: None
) -> list[Figure]:
    """The rows of the bench; runners: of all kinds together; tell hears how many are done, of how many."""
    courses: dict[str, dict[str, list[Course]]] = {rule: {kind: [] for kind in KINDS} for rule in RULES}
    for i in range(runners):
        kind = KINDS[i % len(KINDS)]
        for rule in RULES:
            runner = Runner(kind, random.Random(seed + 7919 * i))
            courses[rule][kind].append(train(runner, rule, seed + 7919 * i + 1))
        tell(i + 1, runners)
    return _rows(courses)


def _after(courses: list[Course]) -> list[float]:
    """Errors without sign, in %, of the weeks after three sessions of each kind."""
    return [100 * abs(e) for c in courses for e in c.errors[c.settled :]]


def _swings(courses: list[Course]) -> list[float]:
    """For each runner by how much, in %, the rule moved away from the truth beyond where the last race had put it."""
    return [100 * max(0.0, *(abs(e) - abs(r) for e, r in zip(c.errors, c.at_race))) for c in courses]


def _most(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _rows(courses: dict[str, dict[str, list[Course]]]) -> list[Figure]:
    everyone = {rule: [c for kind in KINDS for c in courses[rule][kind]] for rule in RULES}

    def row(name: str, of: Callable[[str], float], most: float | None = None) -> Figure:
        return Figure(name, of(OURS), "%", most, {rule: of(rule) for rule in RULES[1:]})

    def mean(courses: list[Course]) -> float:
        return fmean(_after(courses) or [0.0])

    out = [
        row("error after three sessions of each kind, mean", lambda rule: mean(everyone[rule]), 1.5),
        row("  in nine weeks of ten it is below", lambda rule: _most(_after(everyone[rule]), 0.9)),
    ]
    for kind in KINDS:
        out.append(row(f"  {kind}, mean", lambda rule, kind=kind: mean(courses[rule][kind])))  # type: ignore[misc]
    swings = {rule: _swings(courses[rule]["steady"]) for rule in RULES}
    out.append(row("swing without cause, the largest", lambda rule: max(swings[rule], default=0.0), 1.0))
    out.append(row("  of nine runners in ten it is below", lambda rule: _most(swings[rule], 0.9)))
    own = mean(everyone[OURS])
    out.append(Figure("simple rules with a smaller error", sum(mean(everyone[r]) < own for r in RULES[1:]), "of 2", 0))
    alone, with_race = limits()
    out.append(
        Figure("limit: nine efforts alone, mean error", alone, "%", None, note="no rule on efforts can be better")
    )
    out.append(Figure("limit: the race and nine efforts, steady", with_race, "%", None))
    return out


def _piece(step: Step, cs_m_s: float) -> ef.Piece:
    """A step as planned."""
    speed = 2e6 / (step.pace_fast + step.pace_slow) if step.pace_fast else _SHARES[step.kind] * cs_m_s
    return ef.Piece(step.amount / 1000 / (1 if step.end == wk.END_TIME else speed), speed, step.kind == wk.RUN)


def limits(cs_m_s: float = 4.0) -> tuple[float, float]:
    """Mean errors in % of the best estimates from three sessions of each kind: from efforts alone, and with the race.

    An effort is slope x error + habit + noise. The slope is that of review/effort.py, by a step of 1 %; the habit of
    the runner is drawn once, noise each time. By Gauss and Markov nothing beats least squares with these variances.
    """
    profile = pf.parse(f"# Pacer profile 1\ncritical-speed {cs_m_s:.3f} m/s\nd-prime {50 * cs_m_s:.0f} m\n")
    information = np.diag([0.0, 1 / (_HABIT**2 + _BEGIN_SD**2)])
    for _, line in _SESSIONS:
        workout = notation.parse(f"Workout\n- {line}\n")
        workout.resolve(profile)
        pieces = [_piece(step, cs_m_s) for step in unroll(workout)]
        slope = (ef.expected(pieces, 0.99 * cs_m_s, 50 * cs_m_s) - ef.expected(pieces, 1.01 * cs_m_s, 50 * cs_m_s)) / 2
        row = np.array([slope, 1.0])
        information += 3 * np.outer(row, row) / (_RATING**2 + 1 / 12 + (100 * _FORM * slope) ** 2)
    with_race = information + np.diag([1 / (100 * _RACE_ERROR) ** 2, 0.0])
    alone, both = (math.sqrt(2 / math.pi * np.linalg.inv(m)[0, 0]) for m in (information, with_race))
    return alone, both
