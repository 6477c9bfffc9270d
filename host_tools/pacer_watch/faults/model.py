"""The engine held against a small model of it: random workouts, and random sequences of what may happen to a run.

The model is written for itself: steps unrolled from the random workout and not by the firmware's cursor, whole numbers
without bounds, and what a lap press changes kept as a copy of all.
"""

import copy
import random
from collections.abc import Iterator

from pacer.core import engine as eg
from pacer.core import events as ev
from pacer.core import notation

from .judge import Outcome, settled

_TIME, _DISTANCE, _BUTTON = range(3)
_OPERATIONS = ("advance",) * 8 + ("lap", "lap", "undo", "undo", "pause", "resume", "resume", "restore")
_UNDO_MS = 5000  # as the manual says
# Of a line: so long and so far to either side of it a press is the line's, but no later than that, nor sooner than in
# the last quarter of the step.
_LINE_MS, _LINE_MM, _LATEST_MS = 3200, 15_000, 6000
_SPEED_MM_S = 3000

Step = tuple[int, int, int, int]  # what ends it, how much of it, rep, reps
Told = tuple[int, ...]


class Model:
    """A run of some steps; told: what it has to say, as tuples of an event's kind, t_ms, index and its own numbers."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.told: list[Told] = []
        self.state = eg.READY
        self.k = 0  # the step, in running order
        self.t = self.d = 0  # of the run
        self.since_t = self.since_d = 0  # of the run, where the step began
        self.zero_t = self.zero_d = 0  # of the clock and the way, where the run is 0
        self.held = (0, 0)
        self.total = 0  # the caller's, at last
        self.shown = 0  # the distance that is told: it never goes back
        self.speed = 0
        self.pressed = 0
        self.before: Model | None = None  # as all was before the last press
        self.line: Model | None = None  # as it was when a distance step ended by itself, until a press or the next end

    def step(self) -> Step:
        return self.steps[self.k] if self.k < len(self.steps) else (_BUTTON, 0, 0, 0)

    def tell(self, kind: int, *numbers: int) -> None:
        self.told.append((kind, self.t, self.k, *numbers))

    def start(self, now: int, total: int) -> None:
        self.state, self.zero_t, self.zero_d, self.total = eg.RUNNING, now, total, total
        self.tell(ev.START)
        self.tell(ev.STEP, self.d, self.step()[3])

    def close(self, at: int, where: int, by_button: int, again: bool = False) -> None:
        """The step ends and the next one begins, again or for the first time."""
        self.told.append((ev.LAP, at, self.k, at - self.since_t, where - self.since_d, by_button))
        self.k += 1
        self.since_t, self.since_d = at, where
        if self.k == len(self.steps) and not again:
            self.told.append((ev.COMPLETE, at, self.k, at, where))
        self.told.append((ev.STEP, at, self.k, where, self.step()[3]))

    def advance(self, now: int, total: int) -> None:
        if self.state != eg.RUNNING:
            return
        self.speed, self.total = _SPEED_MM_S, total
        t, d = max(self.t, now - self.zero_t), max(self.d, total - self.zero_d)
        while True:
            end, amount = self.step()[:2]
            at, where = self.since_t + amount, self.since_d + amount
            if end == _TIME and t >= at:
                where = self.d + (d - self.d) * (at - self.t) // max(1, t - self.t) if t > at else d
            elif end == _DISTANCE and d >= where:
                at = self.t + (t - self.t) * (where - self.d) // max(1, d - self.d) if d > where else t
            else:
                break
            self.t, self.d, self.before, self.line = at, where, None, None
            if end == _DISTANCE:
                self.line = copy.copy(self)
            self.close(at, where, 0)
        self.t, self.d = t, d
        self.shown = max(self.shown, d)

    def lap(self, snap: int) -> None:
        if self.state != eg.RUNNING:
            return
        line, self.line, self.before = self.line, None, None
        self.pressed = self.t
        end, amount = self.step()[:2]
        ms, mm = self.t - self.since_t, self.d - self.since_d
        left = amount - mm if end == _DISTANCE else -1
        soon = self.speed > 0 and left * 1000 // _SPEED_MM_S <= _LINE_MS
        before = 0 <= left <= amount // 4 and (left <= _LINE_MM or soon)
        behind = line and (ms <= _LINE_MS or (ms <= _LATEST_MS and mm <= _LINE_MM))
        if line and behind and not (before and left < mm):
            self.before = line
            self.k, self.since_t, self.since_d = line.k, line.since_t, line.since_d
            self.tell(ev.UNDO)
            where = line.d
        else:
            self.before = copy.copy(self)
            where = max(self.since_d, self.d + (left if before else snap))
        self.zero_d += self.d - where
        self.d = where
        self.shown = max(self.shown, where)
        self.close(self.t, where, 1, self.before is line)

    def undo(self) -> None:
        was = self.before
        if self.state != eg.RUNNING or was is None or self.t - self.pressed > _UNDO_MS:
            return
        # What was passed in a pause since then counts in neither.
        now, total = self.t + self.zero_t, self.total
        self.k, self.t, self.d = was.k, self.t, self.d
        self.since_t, self.since_d = was.since_t, was.since_d
        self.before = None
        self.tell(ev.UNDO)
        self.t, self.d, self.zero_d = was.t, was.d, was.zero_d
        self.advance(now, total)

    def pause(self) -> None:
        if self.state == eg.RUNNING:
            self.state, self.held = eg.PAUSED, (self.t + self.zero_t, self.d + self.zero_d)
            self.tell(ev.PAUSE, self.t - self.since_t, self.d - self.since_d)

    def resume(self, now: int, total: int) -> None:
        if self.state != eg.PAUSED:
            return
        self.state = eg.RUNNING
        time, way = now - self.held[0], total - self.held[1]
        self.total = total
        for one in filter(None, (self, self.before, self.line)):
            one.zero_t, one.zero_d = one.zero_t + time, one.zero_d + way
        self.tell(ev.RESUME, time)

    def restore(self, now: int, total: int) -> None:
        """The power was cut, and is there again."""
        self.state, self.before, self.line = eg.RUNNING, None, None
        self.speed, self.shown = 0, self.d
        self.zero_t, self.zero_d, self.total = now - self.t, total - self.d, total
        self.tell(ev.RESTORE, self.t - self.since_t, self.d - self.since_d)

    def finish(self) -> None:
        t, d = self.t - self.since_t, self.d - self.since_d
        if t or d:
            self.tell(ev.LAP, t, d, 1)
        self.tell(ev.END, self.t, self.d)
        self.state = eg.DONE


def workout(rng: random.Random) -> tuple[str, list[Step]]:
    """A random workout as text, and its steps in running order."""
    lines: list[str] = []
    steps: list[Step] = []
    for _ in range(rng.randint(1, 4)):
        reps = rng.choice((0, 0, 2, 3, 5))
        inside: list[tuple[int, int, bool]] = []
        if reps:
            lines.append(f"- {reps} lots of:")
        for k in range(rng.randint(1, 3) if reps else 1):
            end = rng.choice((_TIME, _TIME, _DISTANCE, _DISTANCE, _BUTTON))
            amount = {_TIME: 1000 * rng.randint(2, 60), _DISTANCE: 1000 * rng.randint(10, 300), _BUTTON: 0}[end]
            between = bool(reps) and k > 0 and rng.random() < 0.5
            size = {_TIME: f"{amount // 1000}s", _DISTANCE: f"{amount // 1000} metres", _BUTTON: "lap"}[end]
            lines.append(f"{'  ' if reps else ''}- {size} jog{' between' if between else ''}")
            inside.append((end, amount, between))
        for rep in range(1, max(1, reps) + 1):
            steps += [(end, amount, rep if reps else 0, reps) for end, amount, b in inside if not (b and rep == reps)]
    return "Workout - Random\n" + "\n".join(lines) + "\n", steps


class Pair:
    """An engine and the model beside it, on one clock."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.text, steps = workout(rng)
        self.parsed = notation.parse(self.text)
        self.events = ev.Events()
        self.engine = eg.Engine(self.parsed, self.events)
        self.model = Model(steps)
        self.now, self.total = rng.randrange(10_000_000), rng.randrange(100_000_000)
        self.told: list[Told] = []

    def play(self, operations: int) -> str:
        """Some operations and the end: what was other than in the model first, else ""."""
        self.engine.start(self.now, self.total)
        self.model.start(self.now, self.total)
        done = ["start"]
        for name in (*(self.rng.choice(_OPERATIONS) for _ in range(operations)), "finish"):
            done.append(self._do(name))
            if wrong := next(self._wrong(), ""):
                return f"{wrong}, in {self.text!r} behind {done[-8:]}"
        return ""

    def _do(self, name: str) -> str:
        rng, e, m = self.rng, self.engine, self.model
        slow = rng.random() < 0.3
        self.now += rng.randrange(40 if slow else 20_000)
        self.total += rng.randrange(300 if slow else 90_000) if rng.random() < 0.9 else 0
        here = f"{name} {self.now} {self.total}"
        if name == "advance":
            e.advance(self.now, self.total, 3000)
            m.advance(self.now, self.total)
        elif name == "lap":
            snap = rng.choice((0, 0, rng.randrange(-8_000, 8_000)))
            here += f" snap {snap}"
            e.lap(snap)
            m.lap(snap)
        elif name == "resume":
            e.resume(self.now, self.total)
            m.resume(self.now, self.total)
        elif name == "restore":
            self._take()
            self.engine = eg.Engine(self.parsed, self.events)
            self.engine.restore(m.k, m.t, m.d, m.since_t, m.since_d, self.now, self.total)
            m.restore(self.now, self.total)
        else:
            getattr(e, name)()
            getattr(m, name)()
        return here

    def _take(self) -> None:
        e = self.events
        while e.take():
            count = {ev.START: 0, ev.STEP: 2, ev.LAP: 3, ev.UNDO: 0, ev.RESUME: 1}.get(e.kind, 2)
            numbers = {ev.STEP: (e.b, e.c), ev.RESUME: (e.c,)}.get(e.kind, (e.a, e.b, e.c)[:count])
            if e.kind != ev.COUNTDOWN:
                self.told.append((e.kind, e.t_ms, e.index, *numbers))

    def _wrong(self) -> Iterator[str]:
        self._take()
        e, m = self.engine, self.model
        if self.events.lost:
            yield "events were lost"
        if self.told != m.told:
            at = next(
                (k for k, (a, b) in enumerate(zip(self.told, m.told)) if a != b), min(len(self.told), len(m.told))
            )
            yield f"it told {self.told[at : at + 2]}, expected {m.told[at : at + 2]}"
        mine, theirs = (e.state, e.cursor.index, e.run_ms, e.run_mm), (m.state, m.k, m.t, m.shown)
        if mine != theirs:
            yield f"state, step, ms and mm are {mine}, expected {theirs}"
        if m.state == eg.RUNNING and (e.cursor.rep, e.cursor.reps) != m.step()[2:]:
            yield f"rep {e.cursor.rep} of {e.cursor.reps}, expected {m.step()[2:]}"


def sequences(seed: int, count: int) -> Outcome:
    """So many random runs."""
    out = Outcome("engine", f"{count} random runs beside the model, seed {seed}", True)
    rng = random.Random(seed)
    for n in range(count):
        pair = Pair(random.Random(rng.random()))
        wrong = pair.play(pair.rng.randint(5, 40))
        out.compared["sequences"] += 1
        out.compared["laps"] += sum(told[0] == ev.LAP for told in pair.told)
        if wrong:
            out.survived, out.why = False, f"run {n}: {wrong}"
            break
    return settled(out)
