"""A run: the pace or the countdown large, the target beside it, what is left of the step below, a line at the bottom.

Only what has changed is drawn and sent: each element of the page remembers what it shows. And a run that is paused.
"""

from array import array

from micropython import const

from ...core import events as ev
from ...core import workout as wk
from ...core.coach import NONE
from ...core.engine import PAUSED
from ...core.motion import BY_STEPS, GUESSED
from ...core.pace import (
    hundredths_of_mile,
    of_track,
    pace_of_lap,
    pace_of_speed,
    per_mile,
    put_clock,
    put_distance,
    put_miles,
    put_number,
    put_pace,
    put_tenths,
    way_mm,
)
from ...drivers.button import LONG, SHORT
from . import Page

# What is remembered of each element.
_STEP = const(0)
_LARGE = const(1)
_LARGE_KIND = const(2)
_FAST = const(3)
_SLOW = const(4)
_BEHIND = const(5)
_SIGN = const(6)
_SURE = const(7)
_BALANCE = const(8)
_LEFT = const(9)
_CLOCK = const(10)
_DONE = const(11)
_BOTTOM = const(12)  # which line is at the bottom ...
_OF = const(13)  # ... of which row, lap, place
_PART = const(14)
_ELEMENTS = const(15)

_NOTHING = const(-1)
_UNKNOWN = const(-2)  # an open step has no end to be near to
_HIDDEN = const(-3)

# Kinds of what is large.
_PACE = const(0)
_TIME = const(1)
_METRES = const(2)
_MILES = const(3)

# Lines at the bottom: a fixed one by its number in _LINES, else ...
_LINES = (
    "", "D' will run out", "battery low", "late: no rest", "GPS lost: steps", "GPS is back", "hold BACK: undo",
    "EASY NOW", "HOLD STEADY", "PUSH A LITTLE",
)  # fmt: skip
_UNDO = const(6)  # before it the warnings, by their numbers
_CUE = const(6)  # and the cue's number
_FAULT = const(10)
_NOTE = const(11)
_LAP = const(12)
_SPLIT = const(13)
_LINE = const(14)
_WAY_OUT = const(15)

_DAY_MS = const(86_400_000)  # no step is longer, but an open one may be
_NOTE_MS = const(10_000)  # how long a step's note is on the screen before the last lap's time
_NOTE_PART_MS = const(2_500)
_LINE_SHOWN_MS = const(2_500)


class Run(Page):
    """LAP ends the step, BACK pauses, BACK held takes the last press back, or ends a repeat of a range."""

    live = True

    def __init__(self, watch):
        super().__init__(watch)
        self._shown = array("i", (_NOTHING,) * _ELEMENTS)
        self._digits = bytearray(4)  # the large ones
        self._miles = False  # what is left of the step is told in miles

    def press(self, lap, back, ms):
        w = self.watch
        e = w.engine
        if lap:
            e.lap(w.motion.press())
        if back == SHORT:
            e.pause()
        elif back == LONG and not e.undo():
            e.leave()
        return self

    def take(self, kind):
        return self.watch.control.paused if kind == ev.PAUSE else self

    def begin(self, canvas):
        """The glass shows something else: everything is drawn anew."""
        canvas.blank()
        for i in range(_ELEMENTS):
            self._shown[i] = _NOTHING

    def draw(self, canvas, watch):
        e = watch.engine
        c = e.cursor
        m = watch.motion
        shown = self._shown
        resting = wk.RESTING[e.kind]
        pace = pace_of_speed(m.speed_mm_s)
        if canvas.miles:
            pace = per_mile(pace)
        if shown[_STEP] != c.index:
            shown[_STEP] = c.index
            shown[_FAST] = _NOTHING
            self._head(canvas, e, c, watch.desk.run_steps)
        if resting and e.end != wk.END_LAP:
            self._countdown(canvas, e)
        else:
            self._pace(canvas, pace)
            if shown[_FAST] != c.pace_fast or shown[_SLOW] != c.pace_slow:
                self._target(canvas, c)
            if e.kind == wk.RUN and c.pace_fast and c.pace_fast == c.pace_slow and not c.ramp:
                self._difference(canvas, e, watch.guide.coach)
        v = (m.confidence + 24) // 25 if m.confidence > BY_STEPS else -m.confidence
        if shown[_SURE] != v:
            shown[_SURE] = v
            self._confidence(canvas, m.confidence)
        v = watch.guide.balance.percent()
        if shown[_BALANCE] != v:
            shown[_BALANCE] = v
            canvas.clear(0, 9, 128, 1)
            if v >= 0:
                canvas.fb.hline(0, 9, v * 128 // 100, 1)  # what is left above critical speed
        self._step(canvas, e, resting, pace)
        self._bottom(canvas, watch, e, c)

    def _head(self, canvas, e, c, run_steps):
        self._miles = canvas.miles and not (e.end == wk.END_DISTANCE and of_track(e.amount))
        canvas.clear(0, 0, 128, 8)
        if c.row >= len(e.workout):
            canvas.text("DONE: free run", 0, 0)
        else:
            canvas.text(wk.SCREEN_WORDS[e.kind], 0, 0)
            self.rep(canvas, c, run_steps)

    def rep(self, canvas, c, run_steps):
        """Rep k of n, always; outside a repeat the step of all steps."""
        buf = canvas.buf
        k = c.rep
        n = c.reps
        if not n:
            k = c.index + 1
            n = run_steps
        at = put_number(buf, 0, k, 5)
        buf[at] = 47
        at += 1
        size = 1
        while n >= 10 and size < 5:  # n follows its stroke closely, whatever its length
            n //= 10
            size += 1
        at = put_number(buf, at, c.reps or run_steps, size)
        canvas.chars(at, 128 - 8 * at, 0)

    def _pace(self, canvas, pace):
        """The pace, large: M'SS; per mile where the runner thinks so."""
        shown = self._shown
        v = (pace + 500) // 1000
        if shown[_LARGE_KIND] == _PACE and shown[_LARGE] == v:
            return
        self._large(canvas, _PACE, v)
        put_pace(canvas.buf, 0, pace)
        canvas.fb.fill_rect(37, 11, 3, 9, 1)
        buf = canvas.buf
        self._digit(canvas, 0, 0, buf[0] if buf[0] != 32 else 0)
        self._digit(canvas, 1, 18, buf[1])
        self._digit(canvas, 2, 42, buf[3])
        self._digit(canvas, 3, 60, buf[4])

    def _countdown(self, canvas, e):
        """What is left of a recovery, large: a time, metres, or miles. There is no target beside it."""
        shown = self._shown
        if shown[_FAST] != _HIDDEN:
            shown[_FAST] = shown[_BEHIND] = _HIDDEN
            canvas.clear(80, 16, 48, 16)
        by_time = e.end == wk.END_TIME
        kind = _TIME if by_time else _MILES if self._miles else _METRES
        if by_time:
            v = (e.amount - e.step_ms + 500) // 1000
        else:
            v = e.amount - e.step_mm
            v = hundredths_of_mile(v) if kind == _MILES else (v + 999) // 1000
        if shown[_LARGE_KIND] == kind and shown[_LARGE] == v:
            return
        self._large(canvas, kind, v)
        buf = canvas.buf
        if by_time:
            put_clock(buf, 0, e.amount - e.step_ms)
            self._digit(canvas, 0, 0, buf[2] if buf[2] != 32 else 0)
            self._digit(canvas, 1, 18, buf[3])
            canvas.fb.fill_rect(38, 18, 4, 4, 1)
            canvas.fb.fill_rect(38, 30, 4, 4, 1)
            self._digit(canvas, 2, 44, buf[5])
            self._digit(canvas, 3, 62, buf[6])
            return
        if kind == _MILES:
            put_miles(buf, 0, e.amount - e.step_mm)
            self._digit(canvas, 0, 0, buf[0] if buf[0] != 32 else 0)
            self._digit(canvas, 1, 18, buf[1])
            canvas.fb.fill_rect(37, 37, 4, 4, 1)
            self._digit(canvas, 2, 42, buf[3])
            self._digit(canvas, 3, 60, buf[4])
            canvas.text("mi", 84, 24)
            return
        put_number(buf, 0, v, 4)
        for i in range(4):
            self._digit(canvas, i, 18 * i, buf[i] if buf[i] != 32 else 0)
        canvas.text("m", 74, 34)

    def _large(self, canvas, kind, value):
        """A pace, a time or metres: where the digits stand is another thing for each."""
        shown = self._shown
        shown[_LARGE] = value
        if shown[_LARGE_KIND] != kind:
            shown[_LARGE_KIND] = kind
            canvas.clear(0, 11, 82, 31)
            for i in range(4):
                self._digits[i] = 255

    def _digit(self, canvas, i, x, char):
        """One of the four large digits, drawn only if it is another."""
        if self._digits[i] != char:
            self._digits[i] = char
            canvas.clear(x, 11, 17, 30)
            canvas.big.put(canvas.fb, x, 11, char)

    def _target(self, canvas, c):
        shown = self._shown
        shown[_FAST] = c.pace_fast
        shown[_SLOW] = c.pace_slow
        shown[_BEHIND] = _NOTHING
        canvas.clear(80, 16, 48, 16)
        if not c.pace_fast:
            self._effort(canvas, c.effort(), c.effort(True))
            return
        canvas.text(">", 80, 16)
        canvas.pace(c.pace_fast, 5, 88, 16)
        if c.ramp:
            canvas.text(">", 80, 24)
        if c.ramp or c.pace_slow != c.pace_fast:
            canvas.pace(c.ramp or c.pace_slow, 5, 88, 24)

    def _effort(self, canvas, effort, most):
        """An effort instead of a pace, or two as a band; or that there is neither."""
        if not effort:
            canvas.text("no", 96, 16)
            canvas.text("target", 80, 24)
            return
        if effort == most:
            canvas.text("effort", 80, 16)
        canvas.text("RPE", 80, 24 if effort == most else 16)
        canvas.number(most, 2, 112, 24)
        if effort != most:
            x = 104 if most > 9 else 112
            canvas.number(effort, 1, x - 8, 24)
            canvas.text("-", x, 24)

    def _difference(self, canvas, e, coach):
        """Seconds and tenths behind the target (+) or ahead of it (-)."""
        speed = (coach.fast_mm_s + coach.slow_mm_s) >> 1
        if not speed or e.step_ms > _DAY_MS:
            return
        behind = way_mm(speed, e.step_ms) - e.step_mm
        if not -500_000 < behind < 500_000:
            return
        late = behind > 0
        v = (behind if late else -behind) * 10 // speed
        shown = self._shown
        if shown[_BEHIND] == v and shown[_SIGN] == late:
            return
        shown[_BEHIND] = v
        shown[_SIGN] = late
        canvas.clear(80, 24, 48, 8)
        self._late(canvas, v, late, 24)

    def _confidence(self, canvas, percent):
        """Four rising bars: how sure the speed is; or a word, where it is no good fix that says it."""
        canvas.clear(80, 32, 48, 9)
        if 0 < percent <= BY_STEPS:
            canvas.text("steps?" if percent == GUESSED else " steps" if percent == BY_STEPS else "unsure", 80, 33)
            return
        for i in range(4):
            if percent > 25 * i:
                canvas.fb.fill_rect(104 + 6 * i, 40 - 2 * i - 2, 4, 2 * i + 3, 1)
            else:
                canvas.fb.hline(104 + 6 * i, 40, 4, 1)

    def _step(self, canvas, e, resting, pace):
        """What is left (in a recovery, which has that large, the pace), the step's clock, the bar."""
        shown = self._shown
        if resting:
            v = (pace + 500) // 1000
        elif e.end == wk.END_LAP:
            v = _UNKNOWN
        elif e.end == wk.END_TIME:
            v = (e.amount - e.step_ms + 500) // 1000
        elif self._miles:
            v = hundredths_of_mile(e.amount - e.step_mm)
        else:
            v = (e.amount - e.step_mm + 500) // 1000
        if shown[_LEFT] != v:
            shown[_LEFT] = v
            canvas.clear(0, 48, 64, 8)
            self._left(canvas, e, resting, pace)
        v = (e.step_ms + 500) // 1000
        if shown[_CLOCK] != v:
            shown[_CLOCK] = v
            canvas.clear(72, 48, 56, 8)
            canvas.clock(e.step_ms, 72, 48)
        v = self._done(e)
        if shown[_DONE] != v:
            shown[_DONE] = v
            canvas.clear(0, 44, 128, 2)
            if v >= 0:
                canvas.fb.hline(0, 45, 128, 1)
                canvas.fb.hline(0, 44, v, 1)

    def _left(self, canvas, e, resting, pace):
        if resting:
            put_pace(canvas.buf, 0, pace)
            canvas.chars(6, 0, 48)
        elif e.end == wk.END_LAP:
            canvas.text("open", 0, 48)
        elif e.end == wk.END_TIME:
            canvas.clock(e.amount - e.step_ms, 0, 48)
        else:
            if self._miles:
                put_miles(canvas.buf, 0, e.amount - e.step_mm)
            else:
                put_distance(canvas.buf, 0, e.amount - e.step_mm)
            canvas.chars(7, 0, 48)

    def _done(self, e):
        """How much of the step is done, in 128ths; unknown for an open one."""
        if e.end == wk.END_LAP:
            return _UNKNOWN
        done = e.step_ms if e.end == wk.END_TIME else e.step_mm
        amount = e.amount
        while amount > 8_000_000:  # < 2**30 times 128
            amount >>= 1
            done >>= 1
        return done * 128 // amount if amount else 0

    def _bottom(self, canvas, watch, e, c):
        """What has gone wrong, or can be undone; else the cue; else, at first, the step's note; else the last lap."""
        guide = watch.guide
        ms = watch.clock_ms
        what = of = part = 0
        notes = watch.desk.notes
        if watch.control.faults.shown(ms):
            what = _FAULT
            of = watch.control.faults.place
        elif guide.warned(ms):
            what = guide.warning
        elif e.can_undo():
            what = _LINE if e.exact and e.step_ms < _LINE_SHOWN_MS else _UNDO
        elif guide.coach.cue != NONE and guide.cue_shown(ms):
            what = _CUE + guide.coach.cue
        elif ms < guide.split_until_ms:
            what = _SPLIT
            of = guide.split_mm
        elif c.note >= 0 and notes[c.note] and e.step_ms < _NOTE_MS:
            what = _NOTE
            of = c.note
            part = e.step_ms // _NOTE_PART_MS % len(notes[of])
        elif not e.step_ms // _NOTE_PART_MS & 1 and c.way_out() >= 0:
            what = _WAY_OUT
        elif watch.scribe.lap_ms:
            what = _LAP
            of = watch.scribe.laps
        shown = self._shown
        if shown[_BOTTOM] != what or shown[_OF] != of or shown[_PART] != part:
            shown[_BOTTOM] = what
            shown[_OF] = of
            shown[_PART] = part
            canvas.clear(0, 56, 128, 8)
            self._line(canvas, watch, what, of, part)

    def _split(self, canvas, guide, band):
        """At a line of the step: where it is, the time from the last one, how much later than the target that is."""
        buf = canvas.buf
        canvas.chars(self._place(buf, guide.split_mm), 0, 57)
        v = (guide.split_ms + 50) // 100
        if v < 1000:
            put_tenths(buf, 0, v)
            canvas.chars(5, 36, 57)
        else:
            canvas.clock(guide.split_ms, 20, 57)
        late = guide.split_late_ms
        if late or not band:
            self._late(canvas, (abs(late) + 50) // 100, late > 0, 57)

    def _place(self, buf, mm):
        """Where a line of the step is, as 400m, 3km, 0.25 (of a mile) or 2mi. Returns how many characters."""
        if self._miles:
            v = hundredths_of_mile(mm)
            at = put_number(buf, 0, v // 100, 2 if v > 999 else 1)
            if v % 100:
                buf[at] = 46
                return put_number(buf, at + 1, v % 100, 2, 48)
            buf[at + 1] = 105
        else:
            v = mm // 1000
            by_km = v % 1000 == 0
            if by_km:
                v //= 1000
            at = put_number(buf, 0, v, 4 if v > 999 else 3 if v > 99 else 2 if v > 9 else 1)
            if by_km:
                buf[at] = 107
                at += 1
            buf[at + 1] = 32
        buf[at] = 109
        return at + 2

    def _late(self, canvas, tenths, late, y):
        """Seconds and tenths later than the target (+) or earlier (-)."""
        put_tenths(canvas.buf, 0, tenths)
        canvas.chars(5, 88, y)
        canvas.text("+" if late else "-", 80, y)

    def _line(self, canvas, watch, what, of, part):
        """The line at the bottom."""
        if what == _SPLIT:
            c = watch.engine.cursor
            self._split(canvas, watch.guide, c.pace_fast != c.pace_slow)
        elif what == _LAP:
            scribe = watch.scribe
            canvas.text("last", 0, 57)
            canvas.clock(scribe.lap_ms, 24, 57)
            canvas.put_pace(pace_of_lap(scribe.lap_ms, scribe.lap_mm))
            wide = canvas.buf[0] != 32  # from ten minutes on without the last mark, or it touches the time
            canvas.chars(5 if wide else 6, 88 if wide else 80, 57)
        elif what == _LINE:
            canvas.text("to line", 0, 57)
            canvas.clock(watch.scribe.lap_ms, 72, 57)
        elif what == _WAY_OUT:
            canvas.text("hold BACK: done", 0, 57)
        elif what == _NOTE:
            canvas.text(watch.desk.notes[of][part], 0, 57)
        elif what == _FAULT:
            canvas.text("fault:", 0, 57)
            canvas.text(ev.PLACES[of], 56, 57)
        elif what > _CUE:
            canvas.fb.fill_rect(0, 56, 128, 8, 1)
            canvas.text(_LINES[what], 64 - 4 * len(_LINES[what]), 56, 0)
        else:
            canvas.text(_LINES[what], 0, 57)


class Paused(Page):
    """LAP and BACK resume the run, BACK held ends it."""

    def draw(self, canvas, watch):
        e = watch.engine
        canvas.text("PAUSED", 0, 0)
        if e.cursor.row < len(e.workout):
            watch.control.run.rep(canvas, e.cursor, watch.desk.run_steps)
        canvas.put_clock(e.run_ms)
        canvas.middles(7, 29, 14)
        canvas.distance(e.run_mm, 36, 34)
        canvas.feet("LAP goes on", "hold BACK: end")

    def press(self, lap, back, ms):
        w = self.watch
        e = w.engine
        if lap or back == SHORT:
            e.resume(ms, w.motion.distance_mm)
        elif back == LONG and e.state == PAUSED:
            e.finish()
        return self

    def take(self, kind):
        if kind == ev.RESUME:
            return self.watch.control.run
        if kind == ev.END:
            return self.watch.control.summary if self.watch.demo else self.watch.control.effort
        return self
