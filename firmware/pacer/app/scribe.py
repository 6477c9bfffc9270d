"""What is written down: each event and each second of a run into the journal, laps counted, a field test's efforts."""

from micropython import const

from ..core import events as ev
from ..core import track
from ..core import workout as wk

_FIRST_YEAR = const(2024)  # as calendar.py has it, which is borrowed


class Scribe:
    """Writes into a journal.Writer; the store carries that to the flash.

    due_ms                  when a second() is to be written next
    laps, lap_ms, lap_mm    of the run so far, and the last of them
    reps                    steps to run that were begun
    """

    def __init__(self, journal, engine):
        self.due_ms = 0
        self.laps = self.lap_ms = self.lap_mm = 0
        self.reps = 0
        self._before_ms = self._before_mm = 0  # the lap before the last one, should that be taken back
        self._journal = journal
        self._engine = engine
        self._test = None
        self._dated = False  # this run's log has the time of day, ...
        self._on_oval = False  # ... the oval, ...
        self._lap_length_mm = 0  # ... and the length of a lap

    def begin(self, laps, test):
        """A run begins, or is resumed after so many laps. test: a FieldTest, fed with its efforts, or None."""
        self.laps = laps
        self.lap_ms = self.lap_mm = 0
        self.reps = 0
        self._test = test
        self._dated = self._on_oval = False
        self._lap_length_mm = 0

    def take(self, e):
        """Write down an event."""
        kind = e.kind
        if kind == ev.COUNTDOWN:
            return
        if kind == ev.STEP:
            w = self._engine.workout
            if e.row < len(w) and w.kind(e.row) == wk.RUN:
                self.reps += 1
        elif kind == ev.LAP:
            if self._test:
                self._test.effort(e.row, e.a, e.b)
            self._before_ms = self.lap_ms
            self._before_mm = self.lap_mm
            self.laps += 1
            self.lap_ms = e.a
            self.lap_mm = e.b
        elif kind == ev.UNDO:
            if self._test:
                self._test.undo()
            self.laps -= 1
            self.lap_ms = self._before_ms
            self.lap_mm = self._before_mm
        self._journal.event(e)

    def second(self, motion, fix, cadence_spm, balance, ms):
        """Write down a second of the run. balance: of D' in %."""
        e = self._engine
        c = e.cursor
        if self._test:
            self._test.mark(c.row, e.step_ms, e.step_mm)
        self._journal.second(e.run_ms, e.run_mm, c.index, c.row, motion, cadence_spm, balance)
        self._track(motion)
        if not self._dated:
            self._date(fix, ms - motion.fix_ms)

    def _track(self, motion):
        """That the runner is on an oval, and how long a lap of it is."""
        t = motion.track
        on = t.stage == track.ON
        if on and not self._on_oval and motion.fixed:
            o = t.oval
            x = (o.cx_q8 >> 8) - motion.x_mm // 10
            y = (o.cy_q8 >> 8) - motion.y_mm // 10
            self._engine.tell(
                ev.OVAL, x, y, o.radius_cm | o.straight_cm << 13, rep=o.angle & 0x7FFF | o.clockwise << 15
            )
        self._on_oval = on
        laps = t.laps
        if laps.lap_mm != self._lap_length_mm:
            self._lap_length_mm = laps.lap_mm
            self._engine.tell(ev.LAP_LENGTH, c=laps.lap_mm, rep=laps.lane)

    def _date(self, fix, ago_ms):
        """What time it was at the last fix, once the receiver knows."""
        year = 2000 + fix.date_ddmmyy % 100
        if fix.valid and fix.utc_ms >= 0 and year >= _FIRST_YEAR and self._engine.run_ms >= ago_ms:
            self._dated = True
            self._engine.tell(ev.CLOCK, fix.utc_ms, fix.date_ddmmyy, rep=0, ago_ms=ago_ms)
