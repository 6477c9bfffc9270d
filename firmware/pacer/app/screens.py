"""What the runner sees: 128x64 pixels, 16 characters by 8 lines of text, and large digits.

All numbers are written into one buffer and drawn character by character, from strings that exist
already: drawing a frame allocates nothing. In a run only what has changed is drawn and sent: each element of the page
remembers in one number what it shows.
"""

from array import array

from micropython import const

from ..core import engine as eg
from ..core import workout as wk
from ..core.coach import CUE_NAMES, NONE
from ..core.pace import pace_of_lap, pace_of_speed, put_clock, put_distance, put_number, put_pace, way_mm
from . import digits

_CHARS = tuple([chr(i) for i in range(32, 127)])
_DAY_MS = const(86_400_000)  # no step is longer, but an open one may be
_NOTE_MS = const(10_000)  # how long a step's note is on the screen before its lap data
_KINDS = ("RUN", "REST", "JOG", "WALK", "STRIDE", "WARM UP", "COOL DOWN")
_EFFORTS = (
    "", "very easy", "easy", "easy", "steady", "steady", "hard", "hard", "very hard", "very hard", "all-out",
)  # fmt: skip
FAULTS = ("", "screen", "imu", "gps", "cable", "sound", "step")
_CUES = tuple([name.upper() for name in CUE_NAMES])


def wrap(text, width=16, lines=2):
    """Text as at most `lines` strings of `width` characters, broken between words where that goes."""
    out = [""]
    for word in text.split(" "):
        if out[-1] and len(out[-1]) + 1 + len(word) > width:
            out.append(word)
        else:
            out[-1] += (" " if out[-1] else "") + word
        while len(out[-1]) > width:
            out.append(out[-1][width:])
            out[-2] = out[-2][:width]
    return tuple(out[:lines])


# Elements of the run page, and what is remembered of each.
_HEAD = const(0)
_REP = const(1)
_LARGE = const(2)
_TARGET = const(3)
_BEHIND = const(4)
_SURE = const(5)
_BALANCE = const(6)
_LEFT = const(7)
_CLOCK = const(8)
_DONE = const(9)
_BOTTOM = const(10)
_ELEMENTS = const(11)
_NOTHING = const(-1)

_RUN_PAGE = const(1)  # other pages are drawn whole, once a second or when a button was pressed
_OTHER_MS = const(1_000)


class Screens:
    """draw(watch, ms) draws what the screen of the watch's state needs; the display then has it to send."""

    def __init__(self, display):
        self._display = display
        self._big = digits.big()
        self._middle = digits.middle()
        self._buf = bytearray(24)
        self._notes: list = []
        self._name: tuple = ()
        self.miles = False
        self._shown = array("i", (_NOTHING,) * _ELEMENTS)
        self._large_shown = bytearray(4)
        self._mode = _NOTHING
        self._page = 0
        self._due = 0

    def renew(self):
        """Something was pressed or has changed: whatever is on the screen is drawn anew with the next frame."""
        self._due = 0
        self._page = 0

    def _pace(self, pace_ms_km):
        """A pace into the buffer, per kilometre or mile as the runner thinks."""
        if self.miles:
            pace_ms_km = pace_ms_km // 100 * 1609 // 10  # < 2**30: 99'59" a kilometre
        put_pace(self._buf, 0, pace_ms_km)

    def load(self, workout):
        """Prepare what a workout shows, so that nothing has to be cut while running."""
        self._name = wrap(workout.name or "Workout")
        self._notes = [wrap(note) if note else None for note in workout.notes]

    def draw(self, watch, ms):
        state = watch.engine.state
        fb = self._display.fb
        if state == eg.RUNNING and not watch.going_down:
            if self._page != _RUN_PAGE:
                self._page = _RUN_PAGE
                fb.fill(0)
                self._display.touch(0, 0, 128, 64)
                for i in range(_ELEMENTS):
                    self._shown[i] = _NOTHING
                self._mode = _NOTHING
            self._run(fb, watch)
            return
        if self._page != _RUN_PAGE and ms < self._due:
            return
        self._page = 0
        self._due = ms + _OTHER_MS
        fb.fill(0)
        self._display.touch(0, 0, 128, 64)
        if watch.going_down:
            fb.text("BATTERY EMPTY", 8, 16)
            fb.text("all is saved", 16, 32)
            fb.text("charge me", 28, 44)
        elif watch.menu:
            watch.menu.draw(fb, self)
        elif state == eg.READY:
            self._ready(fb, watch)
        elif state == eg.PAUSED:
            self._paused(fb, watch)
        elif watch.ask:
            self._question(fb, watch)
        else:
            self._summary(fb, watch)

    def _ready(self, fb, watch):
        fix = watch.nmea.fix
        buf = self._buf
        percent = watch.power.percent
        if percent >= 0:
            put_number(buf, 0, percent, 3)
            buf[3] = 37
            self._text(fb, 4, 32, 0)
            fb.rect(0, 0, 26, 7, 1)
            fb.fill_rect(2, 2, percent * 22 // 100, 3, 1)
            fb.vline(26, 2, 3, 1)
        else:
            fb.text("PACER", 0, 0)
        if fix.sats >= 0:
            put_number(buf, 0, fix.sats, 2)
            self._text(fb, 2, 80, 0)
            fb.text("sat", 104, 0)
        fb.hline(0, 10, 128, 1)
        lines = watch.notice or watch.message
        if lines:
            y = 14
            for line in lines:
                fb.text(line, 0, y)
                y += 10
            return
        y = 14
        for line in self._name:
            fb.text(line, 0, y)
            y += 10
        if watch.motion.fixed:
            fb.text("GPS fix", 0, 38)
            self._signal(fb, watch.nmea.signal_db)
        elif watch.heard:
            fb.text("searching", 0, 38)
            self._signal(fb, watch.nmea.signal_db)
        else:
            fb.text("no GPS: wiring?", 0, 38)
        fb.text("LAP starts", 0, 54)
        if watch.choices > 1:
            fb.text("BACK>", 88, 54)

    def _signal(self, fb, db):
        """How strong the four best satellites are: below 30 the antenna is badly placed, over 40 it is good."""
        if not db:
            return
        put_number(self._buf, 0, db, 2)
        self._text(fb, 2, 80, 38)
        fb.text("dB", 100, 38)
        fb.hline(80, 48, 48, 1)
        fb.fill_rect(80, 47, 48 if db > 44 else 2 * (db - 20) if db > 20 else 0, 3, 1)

    def big_number(self, fb, value, x, y):
        """A number of one or two digits, large."""
        put_number(self._buf, 0, value, 2)
        self._big.put(fb, x, y, self._buf[0])
        self._big.put(fb, x + 18, y, self._buf[1])

    def _run(self, fb, watch):
        e = watch.engine
        c = e.cursor
        m = watch.motion
        shown = self._shown
        kind = e.kind
        resting = kind == wk.REST or kind == wk.WALK or kind == wk.JOG
        over = c.row >= len(e.workout)
        v = 100 if over else kind
        if shown[_HEAD] != v or shown[_REP] != c.index:
            shown[_HEAD] = v
            shown[_REP] = c.index
            self._clear(fb, 0, 0, 128, 8)
            if over:
                fb.text("DONE: free run", 0, 0)
            else:
                fb.text(_KINDS[kind], 0, 0)
                self._rep(fb, c, watch.run_steps)
        pace = pace_of_speed(m.speed_mm_s)
        if resting and e.end != wk.END_LAP:
            by_time = e.end == wk.END_TIME
            # Told apart from a pace, which is never below 0.
            v = -2 - ((e.amount - e.step_ms + 500) // 1000 if by_time else (e.amount - e.step_mm + 999) // 1000)
            if shown[_TARGET] != 0:
                shown[_TARGET] = shown[_BEHIND] = 0
                self._clear(fb, 80, 16, 48, 16)
            if shown[_LARGE] != v:
                shown[_LARGE] = v
                self._large_mode(fb, 1 if by_time else 2)
                self._large_left(fb, e)
        else:
            v = (pace + 500) // 1000
            if shown[_LARGE] != v:
                shown[_LARGE] = v
                self._large_mode(fb, 0)
                self._pace(pace)
                self._large(fb)
            if shown[_TARGET] != c.pace_fast + 1:
                shown[_TARGET] = c.pace_fast + 1
                shown[_BEHIND] = _NOTHING
                self._clear(fb, 80, 16, 48, 16)
                self._target(fb, c)
            if kind == wk.RUN and c.pace_fast and c.pace_fast == c.pace_slow:
                self._difference(fb, e, watch.coach)
        v = (m.confidence + 24) // 25
        if shown[_SURE] != v:
            shown[_SURE] = v
            self._clear(fb, 104, 32, 24, 9)
            self._confidence(fb, m.confidence)
        percent = watch.balance.percent()
        if shown[_BALANCE] != percent:
            shown[_BALANCE] = percent
            self._clear(fb, 0, 9, 128, 1)
            if percent >= 0:
                fb.hline(0, 9, percent * 128 // 100, 1)  # what is left above critical speed
        self._lower(fb, watch, e, c, resting, pace)

    def _lower(self, fb, watch, e, c, resting, pace):
        """The lower half: what is left, the step's clock, the bar, the line at the bottom."""
        shown = self._shown
        if resting:
            v = (pace + 500) // 1000
        elif e.end == wk.END_LAP:
            v = -2
        elif e.end == wk.END_TIME:
            v = -3 - (e.amount - e.step_ms + 500) // 1000
        else:
            v = (e.amount - e.step_mm + 500) // 1000
        if shown[_LEFT] != v:
            shown[_LEFT] = v
            self._clear(fb, 0, 48, 64, 8)
            if resting:
                self._pace(pace)
                self._text(fb, 6, 0, 48)
            else:
                self._left(fb, e)
        v = (e.step_ms + 500) // 1000
        if shown[_CLOCK] != v:
            shown[_CLOCK] = v
            self._clear(fb, 72, 48, 56, 8)
            put_clock(self._buf, 0, e.step_ms)
            self._text(fb, 7, 72, 48)
        v = self._done(e)
        if shown[_DONE] != v:
            shown[_DONE] = v
            self._clear(fb, 0, 44, 128, 2)
            if v >= 0:
                fb.hline(0, 45, 128, 1)
                fb.hline(0, 44, v, 1)
        self._bottom(fb, watch, e, c)

    def _clear(self, fb, x, y, width, height):
        """Empty a rectangle that is drawn anew."""
        fb.fill_rect(x, y, width, height, 0)
        self._display.touch(x, y, width, height)

    def _rep(self, fb, c, run_steps):
        """Rep k of n, always; outside a repeat the step of all steps."""
        buf = self._buf
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
        self._text(fb, at, 128 - 8 * at, 0)

    def _large(self, fb):
        """The pace in the buffer, M'SS, in large digits."""
        buf = self._buf
        fb.fill_rect(37, 11, 3, 9, 1)
        self._digit(fb, 0, 0, buf[0] if buf[0] != 32 else 0)
        self._digit(fb, 1, 18, buf[1])
        self._digit(fb, 2, 42, buf[3])
        self._digit(fb, 3, 60, buf[4])

    def _digit(self, fb, i, x, char):
        """One of the four large digits, drawn only if it is another."""
        if self._large_shown[i] != char:
            self._large_shown[i] = char
            self._clear(fb, x, 11, 17, 30)
            self._big.put(fb, x, 11, char)

    def _large_left(self, fb, e):
        """What is left of a recovery, large: minutes and seconds, or metres."""
        buf = self._buf
        if e.end == wk.END_TIME:
            put_clock(buf, 0, e.amount - e.step_ms)
            self._digit(fb, 0, 0, buf[2] if buf[2] != 32 else 0)
            self._digit(fb, 1, 18, buf[3])
            fb.fill_rect(38, 18, 4, 4, 1)
            fb.fill_rect(38, 30, 4, 4, 1)
            self._digit(fb, 2, 44, buf[5])
            self._digit(fb, 3, 62, buf[6])
            return
        put_number(buf, 0, (e.amount - e.step_mm + 999) // 1000, 4)
        for i in range(4):
            self._digit(fb, i, 18 * i, buf[i] if buf[i] != 32 else 0)
        fb.text("m", 74, 34)

    def _large_mode(self, fb, mode):
        """A pace, a time or metres: where the digits stand is another thing for each."""
        if self._mode != mode:
            self._mode = mode
            self._clear(fb, 0, 11, 82, 31)
            for i in range(4):
                self._large_shown[i] = 255

    def _target(self, fb, c):
        if not c.pace_fast:
            fb.text("no", 96, 16)
            fb.text("target", 80, 24)
            return
        fb.text(">", 80, 16)
        self._pace(c.pace_fast)
        self._text(fb, 5, 88, 16)
        if c.pace_slow != c.pace_fast:
            self._pace(c.pace_slow)
            self._text(fb, 5, 88, 24)

    def _difference(self, fb, e, coach):
        """Seconds and tenths behind the target (+) or ahead of it (-)."""
        speed = (coach.fast_mm_s + coach.slow_mm_s) >> 1
        if not speed or e.step_ms > _DAY_MS:
            return
        behind = way_mm(speed, e.step_ms) - e.step_mm
        if not -500_000 < behind < 500_000:
            return
        tenths = (behind if behind > 0 else -behind) * 10 // speed
        v = tenths if behind > 0 else -2 - tenths
        if self._shown[_BEHIND] == v:
            return
        self._shown[_BEHIND] = v
        self._clear(fb, 80, 24, 48, 8)
        buf = self._buf
        at = put_number(buf, 0, tenths // 10, 3)
        buf[at] = 46
        put_number(buf, at + 1, tenths % 10, 1)
        self._text(fb, 5, 88, 24)
        fb.text("+" if behind > 0 else "-", 80, 24)

    def _confidence(self, fb, percent):
        """Four rising bars: how sure the speed is."""
        for i in range(4):
            if percent > 25 * i:
                fb.fill_rect(104 + 6 * i, 40 - 2 * i - 2, 4, 2 * i + 3, 1)
            else:
                fb.hline(104 + 6 * i, 40, 4, 1)

    def _left(self, fb, e):
        buf = self._buf
        if e.end == wk.END_LAP:
            fb.text("open", 0, 48)
        elif e.end == wk.END_TIME:
            put_clock(buf, 0, e.amount - e.step_ms)
            self._text(fb, 7, 0, 48)
        else:
            put_distance(buf, 0, e.amount - e.step_mm)
            self._text(fb, 7, 0, 48)

    def _done(self, e):
        """How much of the step is done, in 128ths; -2 when that is not known."""
        if e.end == wk.END_LAP:
            return -2
        done = e.step_ms if e.end == wk.END_TIME else e.step_mm
        amount = e.amount
        while amount > 8_000_000:  # < 2**30 times 128
            amount >>= 1
            done >>= 1
        return done * 128 // amount if amount else 0

    def _bottom(self, fb, watch, e, c):
        """The cue; else, at first, the step's note; else the last lap."""
        cue = watch.coach.cue
        line = 0
        if watch.fault_shown:
            v = 100 + watch.fault
        elif watch.low_shown:
            v = 200
        elif watch.warn_shown:
            v = 201
        elif watch.undo_shown:
            v = 202
        elif cue != NONE and watch.cue_shown:
            v = 210 + cue
        elif c.row < len(self._notes) and self._notes[c.row] and e.step_ms < _NOTE_MS:
            line = e.step_ms // 2500 % len(self._notes[c.row])
            v = 1000 + 10 * c.row + line
        elif watch.lap_ms:
            v = 10_000 + watch.laps
        else:
            v = 0
        if self._shown[_BOTTOM] == v:
            return
        self._shown[_BOTTOM] = v
        self._clear(fb, 0, 56, 128, 8)
        if v >= 10_000:
            buf = self._buf
            fb.text("last", 0, 57)
            put_clock(buf, 0, watch.lap_ms)
            self._text(fb, 7, 24, 57)
            self._pace(pace_of_lap(watch.lap_ms, watch.lap_mm))
            self._text(fb, 6, 80, 57)
        elif v >= 1000:
            fb.text(self._notes[c.row][line], 0, 57)
        elif v > 210:
            fb.fill_rect(0, 56, 128, 8, 1)
            text = _CUES[cue]
            if cue == 3:
                text = "PUSH A LITTLE"
            fb.text(text, 64 - 4 * len(text), 56, 0)
        elif v == 202:
            fb.text("hold BACK: undo", 0, 57)
        elif v == 201:
            fb.text("D' will run out", 0, 57)
        elif v == 200:
            fb.text("battery low", 0, 57)
        elif v > 100:
            fb.text("fault:", 0, 57)
            fb.text(FAULTS[watch.fault], 56, 57)

    def _paused(self, fb, watch):
        e = watch.engine
        fb.text("PAUSED", 0, 0)
        if e.cursor.row < len(e.workout):
            self._rep(fb, e.cursor, watch.run_steps)
        buf = self._buf
        put_clock(buf, 0, e.run_ms)
        self._middles(fb, 7, 29, 14)
        put_distance(buf, 0, e.run_mm)
        self._text(fb, 7, 36, 34)
        fb.text("LAP goes on", 0, 46)
        fb.text("hold BACK: end", 0, 56)

    def _summary(self, fb, watch):
        e = watch.engine
        buf = self._buf
        if watch.demo:
            fb.text("DEMO OVER", 0, 0)
        else:
            fb.text("RUN SAVED" if watch.saved else "RUN NOT SAVED", 0, 0)
        fb.hline(0, 10, 128, 1)
        put_clock(buf, 0, e.run_ms)
        self._middles(fb, 7, 0, 15)
        put_distance(buf, 0, e.run_mm)
        self._text(fb, 7, 0, 37)
        self._pace(pace_of_lap(e.run_ms, e.run_mm))
        self._text(fb, 6, 80, 37)
        fb.text("laps", 80, 15)
        put_number(buf, 0, watch.laps, 4)
        self._text(fb, 4, 80, 24)
        fb.text("BACK: new run", 0, 54)

    def _question(self, fb, watch):
        """How hard was it, and how was the last rep against the first?"""
        fb.hline(0, 10, 128, 1)
        if watch.ask == 2:
            fb.text("LAST REP", 0, 0)
            fb.text("against the", 0, 16)
            fb.text("first it was:", 0, 26)
            fb.text("LAP   harder", 0, 44)
            fb.text("BACK  in control", 0, 56)
            return
        if watch.ask == 3:
            self._test(fb, watch.test)
            return
        fb.text("HOW HARD? RPE", 0, 0)
        buf = self._buf
        put_number(buf, 0, watch.effort, 2)
        big = self._big
        big.put(fb, 0, 14, buf[0])
        big.put(fb, 18, 14, buf[1])
        fb.text(_EFFORTS[watch.effort], 44, 22)
        fb.text("LAP +1   BACK ok", 0, 56)

    def _test(self, fb, test):
        """What a field test has found; the runner decides."""
        buf = self._buf
        fb.text("FIELD TEST", 0, 0)
        fb.text("critical speed", 0, 14)
        self._pace(pace_of_speed(test.cs_mm_s))
        self._middles(fb, 5, 0, 24)
        fb.text("D'", 72, 28)
        put_number(buf, 0, test.dprime_mm // 1000, 4)
        self._text(fb, 4, 88, 28)
        fb.text("m", 120, 28)
        fb.text("LAP keep it", 0, 46)
        fb.text("BACK no", 0, 56)

    def _middles(self, fb, count, x, y):
        """The clock in the buffer in middle digits."""
        for i in range(count):
            if self._buf[i] == 58:
                fb.fill_rect(x + 4, y + 4, 2, 2, 1)
                fb.fill_rect(x + 4, y + 10, 2, 2, 1)
            else:
                self._middle.put(fb, x, y, self._buf[i])
            x += 10

    def _text(self, fb, count, x, y):
        """The first `count` bytes of the buffer as small text."""
        buf = self._buf
        for i in range(count):
            if buf[i] != 32:
                fb.text(_CHARS[buf[i] - 32], x, y)
            x += 8
