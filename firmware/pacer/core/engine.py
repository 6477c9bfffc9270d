"""The interval state machine: where in the workout the runner is, and what happens when.

Time and distance come in by advance() as often as the caller likes. What happens between two calls is
interpolated, so a step ends at its own instant and the next one starts there.
Times are ms and distances mm of the run: pauses count in neither.

Events go into a ring made once. See Events for their fields.
"""

from array import array

from micropython import const

from . import workout as wk
from .fixed import mul_div

READY = const(0)
RUNNING = const(1)
PAUSED = const(2)
DONE = const(3)

EV_START = const(1)  # the run begins
EV_STEP = const(2)  # a step begins: row, index, rep, reps
EV_LAP = const(3)  # a step has ended: its time, distance; value = 1 when by the button
EV_COUNTDOWN = const(4)  # value seconds to go
EV_UNDO = const(5)  # the last lap press is taken back: its EV_LAP and EV_STEP did not happen
EV_PAUSE = const(6)
EV_RESUME = const(7)  # value = how long the pause was, ms
EV_COMPLETE = const(8)  # the last step is done; the run goes on
EV_END = const(9)  # the runner has ended it
EV_CUE = const(10)  # value = cue, written by the coach's caller
EV_RECEIVER = const(11)  # sentences at the end of a run: read, of other kinds, refused
# The runner is on an oval: its centre east (time_ms) and north (distance_mm) of the last second's place in cm;
# rep: direction in 1/65536 of a turn, | 0x8000 clockwise; value: radius | straight << 13, cm.
EV_OVAL = const(12)
EV_LAP_LENGTH = const(13)  # value = length of a lap, rep = lane, 0 for none
EV_RESTORE = const(14)  # the run is resumed after a power cut; time_ms, distance_mm of the step so far
EV_CLOCK = const(15)  # time_ms = time of day (UTC), distance_mm = date as ddmmyy
EV_EFFORT = const(16)  # the runner's answer: value 1 to 10 (RPE)
EV_LAST_REP = const(17)  # value 1: the last rep was harder than the first, 2: more controlled
EV_WARN = const(18)  # value 1: this step will empty D', 2: the battery is low (distance_mm: its millivolts)
EV_FAULT = const(19)  # something failed and the run went on; value: where, an index of watch.FAULT_NAMES
EVENT_NAMES = (
    "", "start", "step", "lap", "countdown", "undo", "pause", "resume", "complete", "end", "cue", "receiver",
    "oval", "lap length", "restore", "clock", "effort", "last rep", "warning", "fault",
)  # fmt: skip

UNDO_MS = const(5_000)
_COUNT_FROM = const(3)
_COUNT_LEAST_MS = const(8_000)  # a shorter step has no countdown of its own
_COUNT_LEAST_MM = const(30_000)
_COUNT_FAR_MM = const(60_000)  # with this far to go, three seconds are never enough
_NONE = const(-1)

_RING = const(32)
_FIELDS = const(8)


class Events:
    """A ring of events. take() moves the oldest into the attributes.

    kind, t_ms (of the run), index (step in running order), row (in the workout; its length when past
    the end), rep, time_ms, distance_mm, value. held: how many wait. lost: what was overwritten before it was taken.
    """

    def __init__(self):
        self._ring = array("i", (0,) * (_RING * _FIELDS))
        self._in = 0
        self.held = 0
        self.lost = 0
        self.kind = self.t_ms = self.index = self.row = 0
        self.rep = self.time_ms = self.distance_mm = self.value = 0

    def put(self, kind, t_ms, index, row, rep, time_ms, distance_mm, value):
        ring = self._ring
        i = self._in * _FIELDS
        ring[i] = kind
        ring[i + 1] = t_ms
        ring[i + 2] = index
        ring[i + 3] = row
        ring[i + 4] = rep
        ring[i + 5] = time_ms
        ring[i + 6] = distance_mm
        ring[i + 7] = value
        self._in = (self._in + 1) % _RING
        if self.held < _RING:
            self.held += 1
        else:
            self.lost += 1

    def take(self):
        """True with the oldest event in the attributes, False when there is none."""
        if not self.held:
            return False
        ring = self._ring
        i = (self._in - self.held) % _RING * _FIELDS
        self.held -= 1
        self.kind = ring[i]
        self.t_ms = ring[i + 1]
        self.index = ring[i + 2]
        self.row = ring[i + 3]
        self.rep = ring[i + 4]
        self.time_ms = ring[i + 5]
        self.distance_mm = ring[i + 6]
        self.value = ring[i + 7]
        return True


class Engine:
    """Runs one workout. All calls take the caller's clock (ms, growing) and distance (mm, growing).

    state       READY, RUNNING, PAUSED or DONE
    run_ms, run_mm      of the whole run up to the last call
    step_ms, step_mm    of the current step up to the last call
    kind, end, amount   of the current step; past the end of the workout an open run step
    cursor      where in the workout: row, index, rep, reps, pace_fast, pace_slow
    """

    def __init__(self, workout, events):
        self.workout = workout
        self.events = events
        self.cursor = wk.Cursor(workout)
        self.state = READY
        self.run_ms = self.run_mm = 0
        self.step_ms = self.step_mm = 0
        self.kind = wk.RUN
        self.end = wk.END_LAP
        self.amount = 0
        self._zero_ms = self._zero_mm = 0  # the caller's clock and distance at run 0, pauses taken out
        self._hold_ms = self._hold_mm = 0  # the same when it was paused
        self._step_ms = self._step_mm = 0  # of the run, where the step began
        self._count = 0
        self._press = array("i", (0,) * 15)  # what a lap press changed
        self._press_ms = _NONE

    def start(self, now_ms, total_mm):
        """Begin the run and its first step."""
        if self.state != READY:
            return
        self.state = RUNNING
        self._zero_ms = now_ms
        self._zero_mm = total_mm
        self.events.put(EV_START, 0, 0, 0, 0, 0, 0, 0)
        self._next_step(0, 0)

    def advance(self, now_ms, total_mm, speed_mm_s):
        """Move on to now. speed_mm_s is only for the countdown of distance steps."""
        if self.state != RUNNING:
            return
        t = now_ms - self._zero_ms
        d = total_mm - self._zero_mm
        if t < self.run_ms:
            t = self.run_ms
        if d < self.run_mm:
            d = self.run_mm
        while self._step_over(t, d):
            pass
        self.run_ms = t
        self.run_mm = d
        self.step_ms = t - self._step_ms
        self.step_mm = d - self._step_mm
        self._countdown(speed_mm_s)

    def lap(self, snap_mm=0):
        """The button: end the step at the last advance(). False when there is nothing to end.

        snap_mm: correction of the distance that the press implies. When it is negative, run_mm is held until the
        distance has caught up, since it never goes back.
        """
        if self.state != RUNNING:
            return False
        p = self._press
        self.cursor.save(p)
        p[9] = self._step_ms
        p[10] = self._step_mm
        p[11] = self.run_ms
        p[12] = self.run_mm
        p[13] = self._count
        p[14] = self._zero_mm
        at = self.run_ms
        where = self.run_mm + snap_mm
        if where < self._step_mm:
            where = self._step_mm
        self._zero_mm += self.run_mm - where
        if where > self.run_mm:
            self.run_mm = where
        self._end_step(at, where, 1)
        self._press_ms = at
        return True

    def can_undo(self):
        """Is there a lap press that can still be taken back?"""
        return self.state == RUNNING and self._press_ms >= 0 and self.run_ms - self._press_ms <= UNDO_MS

    def undo(self):
        """Take the last lap press back: the step goes on as if it had not happened. False when it is too late."""
        if not self.can_undo():
            return False
        p = self._press
        self._press_ms = _NONE
        c = self.cursor
        c.restore(p)
        self._step_ms = p[9]
        self._step_mm = p[10]
        self._count = p[13]
        unsnap = p[14] - self._zero_mm
        self._zero_mm = p[14]
        self._describe()
        self.events.put(EV_UNDO, self.run_ms, c.index, c.row, c.rep, 0, 0, 0)
        # What has been run since then belongs to the step again. If the step would have ended meanwhile, advance()
        # ends it, interpolating between the press and now.
        t = self.run_ms
        d = self.run_mm - unsnap
        self.run_ms = p[11]
        self.run_mm = p[12]
        self.advance(t + self._zero_ms, d + self._zero_mm, 0)
        return True

    def pause(self):
        """Stop the clock at the last advance()."""
        if self.state != RUNNING:
            return
        self.state = PAUSED
        self._hold_ms = self.run_ms + self._zero_ms
        self._hold_mm = self.run_mm + self._zero_mm
        c = self.cursor
        self.events.put(EV_PAUSE, self.run_ms, c.index, c.row, c.rep, self.step_ms, self.step_mm, 0)

    def resume(self, now_ms, total_mm):
        """Go on from where it was paused; the time and distance in between do not count."""
        if self.state != PAUSED:
            return
        self.state = RUNNING
        paused = now_ms - self._hold_ms
        self._zero_ms += paused
        self._zero_mm += total_mm - self._hold_mm
        c = self.cursor
        self.events.put(EV_RESUME, self.run_ms, c.index, c.row, c.rep, 0, 0, paused)

    def finish(self):
        """The runner ends the run; the step so far becomes the last lap."""
        if self.state != RUNNING and self.state != PAUSED:
            return
        c = self.cursor
        if self.step_ms or self.step_mm:
            self.events.put(EV_LAP, self.run_ms, c.index, c.row, c.rep, self.step_ms, self.step_mm, 1)
        self.events.put(EV_END, self.run_ms, c.index, c.row, 0, self.run_ms, self.run_mm, 0)
        self.state = DONE

    def restore(self, index, t_ms, run_mm, step_t_ms, step_mm, now_ms, total_mm):
        """Resume a run that was cut off at t_ms and run_mm in step `index`, begun at step_t_ms and step_mm."""
        self.state = RUNNING
        self._zero_ms = now_ms - t_ms
        self._zero_mm = total_mm - run_mm
        c = self.cursor
        for _ in range(index + 1):
            c.next()
        self._step_ms = step_t_ms
        self._step_mm = step_mm
        self.run_ms = t_ms
        self.run_mm = run_mm
        self.step_ms = t_ms - step_t_ms
        self.step_mm = run_mm - step_mm
        self._describe()
        self.events.put(EV_RESTORE, t_ms, c.index, c.row, c.rep, self.step_ms, self.step_mm, 0)

    def left_ms(self, speed_mm_s):
        """How long the step still takes, in ms; by the speed where it ends at a distance; -1 where unknown."""
        if self.end == wk.END_TIME:
            return self.amount - self.step_ms
        if self.end == wk.END_DISTANCE and speed_mm_s > 500:
            left = self.amount - self.step_mm
            if left < 1_000_000:
                return left * 1000 // speed_mm_s  # < 2**30: 1 km in mm times 1000
        return _NONE

    def _step_over(self, t, d):
        """End the step if that falls before (t, d); True when it did."""
        if self.end == wk.END_TIME:
            at = self._step_ms + self.amount
            if t < at:
                return False
            where = d
            if t > at:
                where = self.run_mm + mul_div(d - self.run_mm, at - self.run_ms, t - self.run_ms)
        elif self.end == wk.END_DISTANCE:
            where = self._step_mm + self.amount
            if d < where:
                return False
            at = t
            if d > where:
                at = self.run_ms + mul_div(t - self.run_ms, where - self.run_mm, d - self.run_mm)
        else:
            return False
        self.run_ms = at
        self.run_mm = where
        self._press_ms = _NONE
        self._end_step(at, where, 0)
        return True

    def _end_step(self, at, where, by_button):
        c = self.cursor
        self.events.put(EV_LAP, at, c.index, c.row, c.rep, at - self._step_ms, where - self._step_mm, by_button)
        self._next_step(at, where)

    def _next_step(self, at, where):
        c = self.cursor
        was_inside = c.row < len(self.workout)
        c.next()
        if c.row >= len(self.workout) and not was_inside:
            c.index += 1  # laps past the end count on
        self._step_ms = at
        self._step_mm = where
        self.step_ms = 0
        self.step_mm = 0
        self._describe()
        self._count = _COUNT_FROM + 1
        if self.end == wk.END_TIME and self.amount < _COUNT_LEAST_MS:
            self._count = 0
        elif self.end == wk.END_DISTANCE and self.amount < _COUNT_LEAST_MM:
            self._count = 0
        if c.row >= len(self.workout) and was_inside:
            self.events.put(EV_COMPLETE, at, c.index, c.row, 0, at, where, 0)
        self.events.put(EV_STEP, at, c.index, c.row, c.rep, 0, where, c.reps)

    def _describe(self):
        w = self.workout
        row = self.cursor.row
        if row < len(w):
            self.kind = w.kind(row)
            self.end = w.end(row)
            self.amount = w.amount(row)
        else:
            self.kind = wk.RUN
            self.end = wk.END_LAP
            self.amount = 0

    def _countdown(self, speed_mm_s):
        if not self._count or (self.end == wk.END_DISTANCE and self.amount - self.step_mm > _COUNT_FAR_MM):
            return
        left = self.left_ms(speed_mm_s)
        if left < 0 or left > 1000 * _COUNT_FROM:
            return
        seconds = (left + 999) // 1000
        if 0 < seconds < self._count:
            self._count = seconds
            c = self.cursor
            self.events.put(EV_COUNTDOWN, self.run_ms, c.index, c.row, c.rep, self.step_ms, self.step_mm, seconds)
