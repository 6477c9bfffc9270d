"""The coach bench: cues against the truth, ours beside three simple coaches in the same run on the same sessions.

The receivers are those of twin/receivers.py, on runners whose step length wanders. All coaches have the same tolerance.
Runners answer 3 s after a cue and overshoot by half.

Beside each delay stands the limit: the quickest test for a drift of known size and sign at the same rate of false
alarms in Brownian motion, which a distance is when looked at for longer than the errors hold (Page's cumulative sum).
"""

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from pacer.core import coach
from pacer.core import workout as wk
from pacer.core.gnss.stream import Fix
from pacer.core.motion import Motion

from ..twin.receivers import RECEIVERS, Errors, Receiver
from ..twin.runner import cadence_of
from .accuracy import Figure
from .accuracy.pace import KINDS, Kind

SEED = 20261124
_HOURS = 40
_OTHERS_HOURS = 4
_TRIALS = 120
_BEFORE_S = 15
_FALSE_S = 4 * 3600.0  # a false cue each so often on either side: one in two hours, as asked for
_SLOPES = (0.0, 10.0)  # steps a minute for each m/s
_TOLERANCE_M_S = coach.Coach().tolerance_mm_s / 1000
_NONE, _EASY, _PUSH = 0, int(coach.EASY_NOW), int(coach.PUSH)
_NAMES = ("ours", "10 s threshold", "RunnerUp", "RunPowerWorkout")


@dataclass
class Step:
    """A step as the bench runs it: seconds or metres, at a pace."""

    pace_s: float
    metres: float = 0.0
    seconds: float = 0.0

    @property
    def speed(self) -> float:
        return 1000 / self.pace_s

    @property
    def length_s(self) -> float:
        return self.seconds or self.metres / self.speed


class Watcher(Protocol):
    """What all coaches look like: a step begins; each fix may bring a cue."""

    def step(self, t_s: float, step: Step) -> None: ...

    def look(self, t_s: float, step_m: float, velocity_m_s: tuple[float, float], cadence_spm: float) -> int: ...


class Ours:
    """core/coach.py behind core/motion.py, as in app/watch.py."""

    def __init__(self, receiver: Receiver) -> None:
        self.coach = coach.Coach()
        self.motion = Motion()
        self.fix = Fix()
        self.fix.valid = self.fix.directed = 1
        self.fix.hdop_c = 90
        self.fix.accuracy_mm_s = -1 if receiver.claims_m_s is None else round(1000 * receiver.claims_m_s)
        self._lat = 0.0
        self._start_mm = 0
        self._last_s = 0.0

    def step(self, t_s: float, step: Step) -> None:
        pace = round(1000 * step.pace_s)
        end, amount = (wk.END_TIME, step.seconds) if step.seconds else (wk.END_DISTANCE, step.metres)
        self.coach.step(round(1000 * t_s), wk.RUN, pace, pace, end, round(1000 * amount))
        self._start_mm = self.motion.distance_mm

    def look(self, t_s: float, step_m: float, velocity_m_s: tuple[float, float], cadence_spm: float) -> int:
        m, f = self.motion, self.fix
        ms = 10_000 + round(1000 * t_s)
        along, across = velocity_m_s
        self._lat += along * (t_s - self._last_s) * 540
        self._last_s = t_s
        f.lat_deg, f.lat_umin = 50, int(self._lat) % 30_000_000
        f.utc_ms = ms
        f.north_mm_s, f.east_mm_s = round(1000 * along), round(1000 * across)
        f.speed_mm_s = round(1000 * math.hypot(along, across))
        m.steps(round(cadence_spm))
        m.fix(f, ms)
        m.advance(ms)
        moved = m.distance_mm - self._start_mm
        return int(self.coach.tick(round(1000 * t_s), moved, m.recent_mm_s, m.noise_mm2_s(), m.confidence))


class Averaging:
    """The simple coaches: a mean of the last seconds of Doppler against the tolerance, at set times."""

    def __init__(self, rate_hz: int, seconds: float, blind_s: float, every_s: float, most: int, trimmed: bool) -> None:
        self.speeds: deque[float] = deque(maxlen=round(seconds * rate_hz))
        self._blind_s, self._every_s, self._most, self._trimmed = blind_s, every_s, most, trimmed
        self._start = self._next = 0.0
        self._step = Step(300)
        self._given = 0

    def step(self, t_s: float, step: Step) -> None:
        self._start, self._step, self._given = t_s, step, 0
        self._next = t_s + self._blind_s

    def look(self, t_s: float, step_m: float, velocity_m_s: tuple[float, float], cadence_spm: float) -> int:
        self.speeds.append(math.hypot(*velocity_m_s))
        if t_s < self._next or len(self.speeds) < (self.speeds.maxlen or 1):
            return _NONE
        values = sorted(self.speeds)
        if self._trimmed:
            cut = len(values) // 20
            values = values[cut : len(values) - cut]
        off = sum(values) / len(values) - self._step.speed
        if abs(off) <= _TOLERANCE_M_S:
            self._given = 0
            if self._trimmed:
                self._next = t_s + self._every_s
            return _NONE
        self._next = t_s + self._every_s
        if self._given >= self._most:
            return _NONE
        self._given += 1
        return _EASY if off > 0 else _PUSH


def watcher(name: str, receiver: Receiver) -> Watcher:
    rate_hz = receiver.rate_hz
    if name == "10 s threshold":
        return Averaging(rate_hz, 10, 10, 10, 10**9, False)
    if name == "RunnerUp":
        return Averaging(rate_hz, 20, 20, 30, 10**9, True)
    if name == "RunPowerWorkout":
        return Averaging(rate_hz, 3, 10, 10, 3, False)
    return Ours(receiver)


@dataclass
class Runner:
    """Runs a step at an intention that is off, wanders and tires; answers cues late and too much, if at all."""

    rng: random.Random
    answers: bool = True
    off_sd: float = 0.025
    wander: float = 0.004
    late_s: float = 3.0
    overshoot: float = 1.5
    _intent: float = 1.0
    speed: float = 0.0  # true, m/s
    _wander: float = 0.0
    _due: list[tuple[float, int]] = field(default_factory=list)

    def begin(self) -> None:
        self._intent = 1 + self.rng.gauss(0.01, self.off_sd) if self.off_sd else 1.0
        self._due.clear()

    def hear(self, t_s: float, cue: int) -> None:
        if self.answers and cue in (coach.EASY_NOW, coach.PUSH):
            self._due.append((t_s + self.late_s, cue))

    def move(self, t_s: float, dt: float, target: float) -> float:
        while self._due and self._due[0][0] <= t_s:
            cue = self._due.pop(0)[1]
            error = abs(self._intent + self._wander - 1)
            change = max(0.008, min(0.05, self.overshoot * error))
            self._intent += -change if cue == coach.EASY_NOW else change
        self._intent -= 0.00003 * dt if self.off_sd else 0.0
        self._wander += -self._wander * dt / 15 + self.rng.gauss(0, self.wander) * math.sqrt(dt)
        wanted = target * (self._intent + self._wander)
        self.speed += (wanted - self.speed) * min(1.0, dt / 2.0)
        return self.speed


@dataclass
class Ran:
    """What came of one step: cues (seconds into the step, cue), seconds in band and in all, its time off target."""

    cues: list[tuple[float, int]]
    in_band_s: float
    all_s: float
    late_s: float


class Wrist:
    """The receiver and the step counter on a runner whose speed is given epoch by epoch."""

    def __init__(self, receiver: Receiver, seed: int) -> None:
        self._errors = Errors(receiver, seed)
        rng = self._rng = random.Random(seed)
        self._spm = rng.uniform(160, 185)
        self._slope = rng.uniform(*_SLOPES)
        self._length = rng.gauss(0, 0.02)  # by how much the steps are shorter than usual
        self._dt = 1 / receiver.rate_hz
        self._late = round(self._errors.late_s * receiver.rate_hz)
        self._speeds: deque[float] = deque(maxlen=self._late + 1)
        self._told: deque[float] = deque(maxlen=round(1.5 * receiver.rate_hz) + 1)

    def say(self, t_s: float, speed: float) -> tuple[tuple[float, float], float]:
        """(velocity along and across in m/s, cadence in steps a minute) as they are told."""
        keep = math.exp(-self._dt / 60)
        self._length = keep * self._length + self._rng.gauss(0, 0.02 * math.sqrt(1 - keep * keep))
        self._speeds.append(speed)
        spm = (self._spm + self._slope * (speed - 3)) * (1 + self._length) if speed > 2.1 else cadence_of(speed)
        self._told.append(spm)
        told = self._told[0] + self._rng.gauss(0, 0.5)
        return self._errors.speed(t_s, self._speeds[0], spm), told


def run(
    name: str | None, steps: list[Step], receiver: Receiver, seed: int, runner: Runner,
    change: Callable[[float, float], float] = lambda t, speed: speed,
) -> list[Ran]:  # fmt: skip
    """Steps one behind the other with a coach, or none; change(t, speed) bends the truth."""
    wrist = Wrist(receiver, seed + 1)
    watch = watcher(name, receiver) if name else None
    dt = 1 / receiver.rate_hz
    t, out = 0.0, []
    runner.speed = steps[0].speed
    for _ in range(_BEFORE_S * receiver.rate_hz):  # up to speed, before the first step
        t += dt
        said = wrist.say(t, steps[0].speed)
        if watch:
            watch.look(t, 0.0, *said)
    for step in steps:
        runner.begin()
        if watch:
            watch.step(t, step)
        start, metres, cues, inside = t, 0.0, [], 0.0
        while (metres < step.metres) if step.metres else (t - start < step.seconds):
            t += dt
            speed = change(t - start, runner.move(t, dt, step.speed))
            metres += speed * dt
            if abs(speed - step.speed) <= 0.1:
                inside += dt
            said = wrist.say(t, speed)
            cue = watch.look(t, metres, *said) if watch else 0
            if cue:
                cues.append((t - start, cue))
                runner.hear(t, cue)
        over = (metres - step.metres) / max(speed, 1) if step.metres else 0.0
        out.append(Ran(cues, inside, t - start, t - start - over - step.length_s))
    return out


def false_cues(name: str, receiver: Receiver, hours: int) -> int:
    """False cues in so many hours at target pace, from 3'30" to 5'30"."""
    count = 0
    for k in range(hours):
        step = Step(210 + 120 * (k % 8) / 7, seconds=3600)
        runner = Runner(random.Random(k), answers=False, off_sd=0.0, wander=0.0)
        ran = run(name, [step], receiver, SEED + 100 + k, runner)[0]
        count += sum(c in (coach.EASY_NOW, coach.PUSH) for _, c in ran.cues)
    return count


def most_an_hour(count: int, hours: int) -> float:
    """The upper 90 % bound of a rate of which so many were seen (one-sided, Poisson)."""
    low, high = float(count), count + 20.0 + 5 * math.sqrt(count)
    while high - low > 1e-3:
        mean = (low + high) / 2
        term = total = math.exp(-mean)
        for k in range(1, count + 1):
            term *= mean / k
            total += term
        low, high = (mean, high) if total > 0.1 else (low, mean)
    return low / hours


def quickest_s(receiver: Receiver, drift_m_s: float, false_s: float) -> float:
    """The least mean delay of any test for a drift of this size, a false alarm each false_s seconds on either side.

    Page's sum in Brownian motion whose variance grows by S: with u = 2 S / drift**2 a false alarm comes after
    u (e**h - h - 1) on average, a true one after u (h - 1 + e**-h).
    """
    u = 2 * receiver.growth_m2_s / drift_m_s**2
    low, high = 0.0, 50.0
    while high - low > 1e-6:
        h = (low + high) / 2
        low, high = (h, high) if u * (math.exp(h) - h - 1) < false_s else (low, h)
    return u * (low - 1 + math.exp(-low))


def drift(name: str, receiver: Receiver, trials: int) -> tuple[list[float], list[float]]:
    """(seconds from the begin of a drift of 10 s/km that stays to the first cue, 600 where none came; the limits)."""
    rng = random.Random(SEED + 200)
    out, limits = [], []
    for k in range(trials):
        pace, at, sign = rng.uniform(210, 330), rng.uniform(90, 150), rng.choice([-10, 10])
        step = Step(pace, seconds=at + 300)
        ratio = pace / (pace + sign)

        def change(t: float, speed: float, at: float = at, ratio: float = ratio) -> float:
            return speed * (1 + (ratio - 1) * min(1.0, max(0.0, (t - at) / 2)))

        runner = Runner(random.Random(k), answers=False, off_sd=0.0, wander=0.0)
        ran = run(name, [step], receiver, SEED + 300 + k, runner, change)[0]
        right = coach.EASY_NOW if sign < 0 else coach.PUSH
        after = [t - at for t, c in ran.cues if t > at and c == right]
        out.append(after[0] if after else 600.0)
        late = sum(receiver.late_s) / 2
        limits.append(late + quickest_s(receiver, abs(1000 / (pace + sign) - 1000 / pace), _FALSE_S))
    return out, limits


def contradictions(name: str, sessions: int) -> int:
    """Cues of opposite sense within 20 s, over many sessions of all sorts."""
    rng = random.Random(SEED + 400)
    count = 0
    for k in range(sessions):
        steps = [
            Step(rng.uniform(190, 360), metres=rng.choice([200, 400, 600, 800, 1000]))
            if rng.random() < 0.7 else Step(rng.uniform(190, 360), seconds=rng.choice([30, 60, 120, 180]))
            for _ in range(rng.randint(1, 3))
        ]  # fmt: skip
        ran = run(name, steps, RECEIVERS["white"], SEED + 500 + k, Runner(random.Random(k), off_sd=0.04, wander=0.008))
        at, told = 0.0, []
        for r in ran:
            told += [(at + t, c) for t, c in r.cues if c in (coach.EASY_NOW, coach.PUSH)]
            at += r.all_s
        count += sum(b[1] != a[1] and b[0] - a[0] < 20 for a, b in zip(told, told[1:], strict=False))
    return count


def in_band(name: str | None, receiver: Receiver, runs: int) -> float:
    """Share of the time within 0.1 m/s of the target, in 1000 m reps."""
    inside = total = 0.0
    for k in range(runs):
        steps = [Step(p, metres=1000) for p in (270, 255, 240, 225)]
        for r in run(name, steps, receiver, SEED + 600 + k, Runner(random.Random(1000 + k))):
            inside += r.in_band_s
            total += r.all_s
    return inside / total


def reps(name: str | None, receiver: Receiver, runs: int) -> float:
    """Median error of the time of 400 m reps, seconds."""
    late = []
    for k in range(runs):
        steps = [Step(p, metres=400) for p in (225, 225, 210, 210, 240)]
        late += [abs(r.late_s) for r in run(name, steps, receiver, SEED + 700 + k, Runner(random.Random(2000 + k)))]
    return median(late)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * len(values)))]


def _drifts(kind: Kind) -> list[Figure]:
    found = {n: drift(n, kind.receiver, _TRIALS if n == "ours" else _TRIALS // 4) for n in _NAMES}
    delays, limits = found["ours"]
    figures = []
    for share, what in ((0.5, "median"), (0.95, "95 %")):
        others = {n: percentile(found[n][0], share) for n in _NAMES[1:]}
        others["the quickest mean of any test"] = sum(limits) / len(limits) if share == 0.5 else math.nan
        figures.append(
            Figure(
                f"a drift of 10 s/km that stays: first cue after, {what}, {kind.name}", percentile(delays, share), "s",
                kind.told_s if share == 0.5 else None, {n: v for n, v in others.items() if not math.isnan(v)},
            )
        )  # fmt: skip
    return figures


def bench(sessions: int = 1000, hours: int = _HOURS) -> list[Figure]:
    """All figures of `pacer bench coach`."""
    figures = []
    others = _NAMES[1:]
    for kind in KINDS:
        seen = false_cues("ours", kind.receiver, hours)
        usual = {n: false_cues(n, kind.receiver, _OTHERS_HOURS) / _OTHERS_HOURS for n in others}
        name = f"false cues in an hour at target pace, {kind.name}"
        figures.append(Figure(name, seen / hours, "", 0.5, usual))
        figures.append(Figure(f"the same, upper 90 % bound of {hours} h", most_an_hour(seen, hours), "", 0.6))
        figures += _drifts(kind)
    figures.append(
        Figure(
            f"contradicting cues within 20 s, {sessions} sessions", contradictions("ours", sessions), "", 0,
            {n: contradictions(n, sessions // 5) * 5 for n in others},
        )
    )  # fmt: skip
    for kind in KINDS:
        r = kind.receiver
        alone = in_band(None, r, 12)
        figures.append(
            Figure(
                f"time in band with coach / without, {kind.name}", in_band("ours", r, 12) / alone, "x", None,
                {n: in_band(n, r, 12) / alone for n in others}, least=True,
            )
        )  # fmt: skip
        figures.append(
            Figure(
                f"400 m reps: error of the time with coach, median, {kind.name}", reps("ours", r, 12), "s", None,
                {"no coach": reps(None, r, 12)} | {n: reps(n, r, 12) for n in others},
            )
        )  # fmt: skip
    return figures
