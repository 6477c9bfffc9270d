"""Who wears the watch: a virtual runner on the oval, or a recorded run.

The runner knows the workout as a runner does, hears the buzzer, starts reps too fast, tires, drifts, and
answers a cue after a few seconds by changing effort. The receiver on that wrist errs as receivers.py says.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pacer.core import workout as wk

from ..earth import metres_per_degree
from ..formats.plan import Step, unroll
from . import exact
from .chips.gnss import Observation
from .oval import Oval
from .receivers import RECEIVERS, Errors, Receiver

TICK_US = 100_000
# How fast the virtual runner takes a step without a target.
EASY_M_S = {
    wk.REST: 0.0, wk.STRETCH: 0.0, wk.WALK: 1.5, wk.JOG: 2.3, wk.WARM_UP: 2.6, wk.COOL_DOWN: 2.5, wk.STRIDE: 5.0,
    wk.RUN: 3.0,
}  # fmt: skip


@dataclass
class Truth:
    """What was really run, sampled every tenth of a second."""

    distance_m: list[float] = field(default_factory=lambda: [0.0])
    speed_m_s: list[float] = field(default_factory=lambda: [0.0])

    def distance_at(self, us: int) -> float:
        return self._at(self.distance_m, us)

    def speed_at(self, us: int) -> float:
        return self._at(self.speed_m_s, us)

    @staticmethod
    def _at(values: list[float], us: int) -> float:
        i = us // TICK_US
        if i >= len(values) - 1:
            return values[-1]
        part = us % TICK_US / TICK_US
        return values[i] + (values[i + 1] - values[i]) * part


class Hand:
    """The two buttons: presses with the bouncing of real contacts, one behind the other."""

    def __init__(self) -> None:
        self._edges: dict[str, list[tuple[int, int]]] = {"lap": [], "back": []}
        self._levels = {"lap": 1, "back": 1}
        self._taken = False

    def press(self, name: str, at_us: int, hold_us: int = 150_000) -> None:
        """Press "lap" or "back" at a time, and not before the presses that were asked for earlier."""
        for down, up in ((0, 1_000), (2_000, 3_500), (4_000, hold_us), (hold_us + 800, hold_us + 1_500)):
            self._edges[name].append((at_us + down, 0))
            self._edges[name].append((at_us + up, 1))

    def plan(self, presses: Iterable[tuple[float, str, float]]) -> None:
        """Before a session: presses in any order, (seconds, button, seconds held). They may overlap."""
        for at_s, name, hold_s in presses:
            self.press(name, int(at_s * 1e6), int(hold_s * 1e6))
        for edges in self._edges.values():
            edges.sort()

    def clear(self) -> None:
        """Forget what was planned: nobody presses."""
        for name, edges in self._edges.items():
            edges.clear()
            self._levels[name] = 1

    def take_over(self) -> None:
        """Somebody else presses from now on: what was planned is forgotten, once."""
        if not self._taken:
            self.clear()
            self._taken = True

    def level(self, name: str, now_us: int) -> int:
        edges = self._edges[name]
        while edges and edges[0][0] <= now_us:
            self._levels[name] = edges.pop(0)[1]
        return self._levels[name]


_SOON_US = 2_000_000  # a run that begins says so within that time of the press


class VirtualRunner:
    """A runner on the oval who does the workout."""

    START_US = 20_000_000
    CRITICAL_M_S = 4.2
    DPRIME_M = 220.0

    def __init__(
        self, workout: wk.Workout, seed: int, oval: Oval | None = None, receiver: Receiver = RECEIVERS["white"]
    ) -> None:
        self.plan = unroll(workout)
        self.oval = oval or Oval()
        self.effort = 5 + seed % 4
        self.truth = Truth()
        self.hand = Hand()
        self.done = False
        self.cadence_spm = 0.0
        self.speed_m_s = 0.0
        self.distance_m = 0.0
        self.index = -1  # step that the runner believes to be in
        self._rng = exact.Random(seed)
        self._errors = Errors(receiver, seed + 1)
        self._us = 0
        self._step_us = 0
        self._step_m = 0.0
        self._bias = 0.0
        self._wander = 0.0
        self._answers: list[tuple[int, float]] = []
        self._end_us: int | None = None
        self._lap_us: int | None = None
        self._again_us = -_SOON_US
        self.hand.press("lap", self.START_US)

    def again(self, at_us: int) -> None:
        """The watch has started anew: LAP, after a while, resumes the run that was cut off, or begins one."""
        self.hand.clear()
        self._again_us = at_us + self.START_US
        self._end_us = None
        self.done = False
        self.hand.press("lap", self._again_us)

    def hear(self, at_us: int, name: str) -> None:
        if name in ("go", "recover", "complete"):
            if 0 <= at_us - self._again_us < _SOON_US:
                self.index = -1  # a new run; one that is resumed goes on without a tone
            self.index += 1
            if name != "recover" and self.index < len(self.plan) and self.plan[self.index].end == wk.END_SEND_OFF:
                self.index += 1  # too late to rest
            self._step_us = at_us
            self._step_m = self.distance_m
            self._answers.clear()
            self._bias = self._rng.gauss(0.01, 0.025)
            self._lap_us = None
            if name == "complete":
                self._end_us = at_us + 12_000_000
                self.hand.press("back", self._end_us)
                self.hand.press("back", self._end_us + 1_500_000, 1_200_000)
            elif self.index < len(self.plan) and self.plan[self.index].end == wk.END_LAP:
                self._lap_us = at_us + 45_000_000
                self.hand.press("lap", self._lap_us)
        elif name == "easy now":
            self._answers.append((at_us + int(self._rng.uniform(1.5, 3.5) * 1e6), -0.02))
        elif name == "push a little harder":
            self._answers.append((at_us + int(self._rng.uniform(1.5, 3.5) * 1e6), 0.02))
        elif name == "end":
            self.index = len(self.plan) + 1
            # The watch asks how hard it was (LAP counts up from 5), and how the last rep was against the first.
            for k in range(self.effort - 5):
                self.hand.press("lap", at_us + 1_500_000 + 500_000 * k)
            self.hand.press("back", at_us + 4_500_000)
            if sum(s.kind == wk.RUN for s in self.plan) > 1:
                self.hand.press("lap" if self.effort > 7 else "back", at_us + 6_000_000)
            tested = any((s.note or "").lower().startswith("test") for s in self.plan)
            if tested:
                self.hand.press("lap", at_us + 8_000_000)  # keep what the field test has found
            self._end_us = at_us + (8_000_000 if tested else 6_000_000)

    def advance(self, until_us: int) -> None:
        while self._us + TICK_US <= until_us:
            self._us += TICK_US
            self._tick(TICK_US / 1e6)

    def _tick(self, dt: float) -> None:
        wanted = self._wanted()
        self._wander += -self._wander * dt / 15 + self._rng.gauss(0, 0.006) * math.sqrt(dt)
        most = 1.5 * dt if wanted > self.speed_m_s else 2.0 * dt
        self.speed_m_s += max(-most, min(most, (wanted - self.speed_m_s) * min(1.0, 1.2 * dt + 0.05)))
        if wanted == 0 and self.speed_m_s < 0.15:
            self.speed_m_s = 0.0
        self.distance_m += self.speed_m_s * dt
        self.truth.distance_m.append(self.distance_m)
        self.truth.speed_m_s.append(self.speed_m_s)
        self.cadence_spm = cadence_of(self.speed_m_s)
        if self._end_us is not None and self.index > len(self.plan) and self._us > self._end_us + 4_000_000:
            self.done = True

    def _wanted(self) -> float:
        if self.index < 0 or self.index > len(self.plan):
            return 0.0
        while self._answers and self._answers[0][0] <= self._us:
            self._bias += self._answers.pop(0)[1]
        if self.index >= len(self.plan):
            return 1.6
        step = self.plan[self.index]
        if (step.note or "").lower().startswith("test"):
            return self._all_out(step)
        if step.effort:
            return self.CRITICAL_M_S * (0.65 + 0.05 * step.effort)  # 7 is critical speed
        if not step.pace_fast:
            return EASY_M_S.get(step.kind, EASY_M_S[wk.RUN])
        since = (self._us - self._step_us) / 1e6
        target = 2e6 / (step.pace_fast + step.pace_slow)
        if step.ramp:
            moved = 1000 * (self.distance_m - self._step_m)
            target = 1e6 / step.pace_at((1000 * since if step.end == wk.END_TIME else moved) / step.amount)
        eager = 0.05 * exact.exp(-since / 20)
        tired = -0.00003 * since
        return target * (1 + self._bias + eager + tired + self._wander)

    def _all_out(self, step: Step) -> float:
        """The best this runner has: critical speed, and D' spent evenly, or at once in a three-minute test."""
        if step.end == wk.END_DISTANCE:
            metres = step.amount / 1000
            return self.CRITICAL_M_S * metres / (metres - self.DPRIME_M)
        seconds = step.amount / 1000
        if seconds > 300:
            return self.CRITICAL_M_S + self.DPRIME_M / seconds
        since = (self._us - self._step_us) / 1e6
        return self.CRITICAL_M_S + self.DPRIME_M / 35 * exact.exp(-since / 35)

    def observe(self, at_us: int) -> Observation:
        """What the receiver believes at an epoch; epochs come in order."""
        if at_us < 6_000_000:
            return Observation(None)
        errors = self._errors
        then_us = max(0, at_us - int(1e6 * errors.late_s))
        along, across = errors.speed(at_us / 1e6, self.truth.speed_at(then_us), self.cadence_spm)
        lat, lon, course = self.oval.place(self.truth.distance_at(then_us), errors.east_m, errors.north_m)
        said = math.sqrt(along * along + across * across)
        return Observation(lat, lon, said, course - math.degrees(exact.atan2(across, along)))


def cadence_of(speed_m_s: float) -> float:
    """Steps a minute at a speed: about 105 to 125 walking, 160 to 190 running."""
    if speed_m_s < 0.3:
        return 0.0
    if speed_m_s < 2.1:
        return 85 + 20 * speed_m_s
    return 148 + 7 * speed_m_s


class RecordedRunner:
    """Replays a track: seconds, places, speeds, distances and cadences of a recording.

    Between two samples it runs a straight line. Where they are much further apart than the others, or one of them has
    no place, there is no fix; the distance and the steps go on as the recording has them.

    errors      of a receiver that is carried along; None for what the recording's own said
    laps        seconds at which LAP is pressed
    """

    GAP_S = 10.0  # at least; four of its usual intervals in a recording with few samples
    STANDS_M_S = 0.5  # slower than this over a gap: nobody took steps
    LEAD_S = 15.0  # standing at the start while the watch finds its fix and is started

    def __init__(
        self,
        seconds: list[float],
        places: list[tuple[float, float] | None],
        speeds: list[float],
        distances: list[float],
        cadences: list[float],
        laps: Sequence[float] = (),
    ) -> None:
        self.truth = Truth()
        self.hand = Hand()
        self.done = False
        self.cadence_spm = 0.0
        self.speed_m_s = 0.0
        self.errors: Errors | None = None
        self._seconds = [s - seconds[0] + self.LEAD_S for s in seconds]
        self._places = places
        self._speeds = speeds
        self._distances = distances
        self._cadences = cadences
        self._us = 0
        intervals = sorted(b - a for a, b in zip(seconds, seconds[1:]))
        self._gap_s = max(self.GAP_S, 4 * intervals[len(intervals) // 2]) if intervals else self.GAP_S
        self.hand.press("lap", int((self.LEAD_S - 0.3) * 1e6))
        for lap_s in laps:
            if 0 < lap_s < seconds[-1] - seconds[0]:
                self.hand.press("lap", int((lap_s + self.LEAD_S) * 1e6), 100_000)
        self._end_us = int((self._seconds[-1] + 0.5) * 1e6)
        self.hand.press("back", self._end_us)
        self.hand.press("back", self._end_us + 1_500_000, 1_200_000)

    def hear(self, at_us: int, name: str) -> None:
        """A recording does not listen."""

    def advance(self, until_us: int) -> None:
        while self._us + TICK_US <= until_us:
            self._us += TICK_US
            i, part, gap = self._find(self._us / 1e6)
            j = min(i + 1, len(self._seconds) - 1)
            self.speed_m_s = self._over_gap(i, j) if gap else self._mix(self._speeds, i, j, part)
            self.cadence_spm = 0.0 if gap and self.speed_m_s < self.STANDS_M_S else self._cadences[i]
            self.truth.speed_m_s.append(self.speed_m_s)
            self.truth.distance_m.append(self._mix(self._distances, i, j, part))
            if self._us > self._end_us + 6_000_000:
                self.done = True

    @staticmethod
    def _mix(values: list[float], i: int, j: int, part: float) -> float:
        return values[i] + (values[j] - values[i]) * part

    def _over_gap(self, i: int, j: int) -> float:
        """The mean speed over a gap, by the recording's own distance; 0 before the first sample and behind the last."""
        now, t = self._us / 1e6, self._seconds
        if i == j or not t[i] <= now <= t[j]:
            return 0.0
        return (self._distances[j] - self._distances[i]) / (t[j] - t[i])

    def _find(self, s: float) -> tuple[int, float, bool]:
        """(sample before, part of the way to the next, is there a gap)."""
        t = self._seconds
        i = max(0, bisect_right(t, s) - 1)
        if i + 1 >= len(t) or s <= t[0]:
            return i, 0.0, s <= t[0] or s > t[-1]
        span = t[i + 1] - t[i]
        return i, (s - t[i]) / span if span > 0 else 0.0, span > self._gap_s

    def observe(self, at_us: int) -> Observation:
        s = at_us / 1e6 - (self.errors.late_s if self.errors else 0.0)
        i, part, gap = self._find(s)
        outside = s <= self._seconds[0] or s >= self._seconds[-1]
        if gap and not outside:
            return Observation(None)
        j = min(i + 1, len(self._seconds) - 1)
        here, there = self._places[i], self._places[j]
        if here is None or there is None:
            return Observation(None)
        lat = here[0] + (there[0] - here[0]) * part
        lon = here[1] + (there[1] - here[1]) * part
        speed = 0.0 if outside else self._mix(self._speeds, i, j, part)
        course = 0.0
        if i != j:
            north = there[0] - here[0]
            east = (there[1] - here[1]) * exact.cos(math.radians(lat))
            course = math.degrees(exact.atan2(east, north))
        if self.errors is None:
            return Observation(lat, lon, speed, course)
        along, across = self.errors.speed(s, speed, self.cadence_spm)
        east_m, north_m = metres_per_degree(lat)
        lat += self.errors.north_m / north_m
        lon += self.errors.east_m / east_m
        said = math.sqrt(along * along + across * across)
        return Observation(lat, lon, said, course - math.degrees(exact.atan2(across, along)))


class Stander:
    """Somebody who stands with the watch on while a receiver's log is played; for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.truth = Truth()
        self.hand = Hand()
        self.done = False
        self.cadence_spm = 0.0
        self.speed_m_s = 0.0
        self._us = 0
        self._end_us = int(seconds * 1e6)
        self.hand.press("lap", min(8_000_000, self._end_us // 2))
        self.hand.press("back", self._end_us)
        self.hand.press("back", self._end_us + 1_500_000, 1_200_000)

    def hear(self, at_us: int, name: str) -> None:
        """Stands."""

    def observe(self, at_us: int) -> Observation:
        """A fix, for a stander with a simulated receiver."""
        return Observation(51.5, 4.3) if at_us > 6_000_000 else Observation(None)

    def advance(self, until_us: int) -> None:
        while self._us + TICK_US <= until_us:
            self._us += TICK_US
            self.truth.distance_m.append(0.0)
            self.truth.speed_m_s.append(0.0)
        if self._us > self._end_us + 6_000_000:
            self.done = True
