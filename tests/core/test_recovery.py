"""A run that is cut off: what its log says of where it was is where the engine was."""

from pacer.core import engine as eg
from pacer.core import events as ev
from pacer.core.geodesy import Plane
from pacer.core.journal import Writer
from pacer.core.notation import parse
from pacer.core.recovery import Recovery

TEXT = "400m\n3 x (200m, 45s rest)\n2 x 100m @ 4'00\"/km on 1min\n1min\n2 x (50m, 20s rest between)"
PLAIN = "400m\n3 x (200m, 45s rest)\n1min\n2 x (50m, 20s rest between)"


class Motion:
    """What the writer reads of core/motion.py."""

    def __init__(self):
        self.plane = Plane()
        self.x_mm = self.y_mm = 0
        self.speed_mm_s = self.raw_mm_s = 4000
        self.confidence = 90
        self.fixed = False


class Logged:
    """An engine whose events and seconds are written as the scribe writes them."""

    def __init__(self, text):
        self.events = ev.Events()
        self.engine = eg.Engine(parse(text), self.events)
        self.writer = Writer(512)
        self.motion = Motion()
        self.data = bytearray()
        self.ms = 5_000
        self.mm = 700
        self.laps = 0
        self.engine.start(self.ms, self.mm)
        self.write()

    def write(self):
        while self.events.take():
            self.laps += 1 if self.events.kind == ev.LAP else -1 if self.events.kind == ev.UNDO else 0
            if self.events.kind != ev.COUNTDOWN:
                self.writer.event(self.events)
        self.data.extend(self.writer.buf[: self.writer.used])
        self.writer.used = 0

    def go(self, ms, mm):
        self.ms += ms
        self.mm += mm
        self.engine.advance(self.ms, self.mm, 4000)
        self.write()
        e = self.engine
        self.writer.second(e.run_ms, e.run_mm, e.cursor.index, e.cursor.row, self.motion, 170, 80)
        self.write()

    def found(self, size=512):
        r = Recovery()
        for at in range(0, len(self.data), size):
            r.add(bytes(self.data[at : at + size]))
        return r


def held(run, size=512):
    """The log tells where the engine is."""
    r = run.found(size)
    e = run.engine
    assert (r.index, r.t_ms, r.run_mm) == (e.cursor.index, e.run_ms, e.run_mm)
    assert (r.step_ms, r.step_mm) == (e.run_ms - e.step_ms, e.run_mm - e.step_mm)
    again = eg.Engine(e.workout, ev.Events())
    again.restore(r.index, r.t_ms, r.run_mm, r.step_ms, r.step_mm, 0, 0, r.rep_ms)
    assert again.amount == e.amount  # behind a send-off that is what is left of its rep
    assert r.laps == run.laps
    assert r.ended == (e.state == eg.DONE)
    return r


def test_wherever_it_is_cut_off_the_log_says_where_the_run_was():
    for seed in range(12):
        run = Logged(TEXT if seed % 2 else PLAIN)
        x = seed * 7919 + 1
        for _ in range(120):
            x = (x * 1103 + 12345) & 0xFFFFF
            kind = x >> 8 & 15
            if kind == 0:
                run.engine.lap()
                run.write()
            elif kind == 1 and run.engine.can_undo():
                run.engine.undo()
                run.write()
            elif kind == 2:
                run.engine.pause()
                run.ms += 30_000
                run.mm += 5_000
                run.engine.resume(run.ms, run.mm)
                run.write()
            else:
                run.go(1000, (x >> 4 & 3) * 1500)
            held(run, 1 + (x & 255))
        run.engine.finish()
        run.write()
        assert held(run).ended


def test_a_run_that_is_resumed_is_the_one_that_was_cut_off():
    for seconds in range(5, 300, 7):
        run = Logged(TEXT)
        for _ in range(seconds):
            run.go(1000, 4000)
        r = held(run)
        again = eg.Engine(parse(TEXT), ev.Events())
        again.restore(r.index, r.t_ms, r.run_mm, r.step_ms, r.step_mm, 90_000, 33, r.rep_ms)
        e = run.engine
        for _ in range(300):
            assert (again.run_ms, again.run_mm, again.step_ms, again.step_mm) == (
                e.run_ms, e.run_mm, e.step_ms, e.step_mm)  # fmt: skip
            assert (again.kind, again.end, again.amount, again.cursor.index) == (
                e.kind, e.end, e.amount, e.cursor.index)  # fmt: skip
            run.ms += 1000
            run.mm += 4000
            e.advance(run.ms, run.mm, 4000)
            again.advance(90_000 + e.run_ms - r.t_ms, 33 + e.run_mm - r.run_mm, 4000)


def test_a_press_that_was_taken_back_leaves_the_send_off_of_its_rep():
    run = Logged("3 x 400m @ 4'00\"/km on 2min")
    for _ in range(105):
        run.go(1000, 4000)
    held(run)
    run.engine.lap()  # the rest is cut short ...
    run.write()
    run.go(2000, 8000)
    run.engine.undo()  # ... and is not
    run.write()
    assert held(run).rep_ms == 0
    for _ in range(60):
        run.go(1000, 4000)
        held(run)


def test_a_log_without_seconds_is_at_its_last_event():
    run = Logged("10s\n10s")
    run.engine.advance(run.ms + 15_000, run.mm + 60_000, 4000)
    run.write()
    r = run.found()
    assert (r.index, r.t_ms, r.run_mm, r.step_ms, r.step_mm) == (1, 10_000, 40_000, 10_000, 40_000)
    assert (r.laps, r.ended) == (1, False)


def test_an_empty_log_is_at_its_begin():
    r = Recovery()
    r.add(b"")
    assert (r.index, r.t_ms, r.run_mm, r.step_ms, r.step_mm, r.rep_ms, r.laps, r.ended) == (0, 0, 0, 0, 0, 0, 0, False)
