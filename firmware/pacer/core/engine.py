"""The interval state machine: where in the workout the runner is, and what happens when.

Time and distance come in by advance() as often as the caller likes. What happens between two calls is
interpolated, so a step ends at its own instant and the next one starts there.
Times are ms and distances mm of the run: pauses count in neither.

Events go into the ring of events.py.
"""

from array import array

from micropython import const

from . import events as ev
from . import workout as wk
from .fixed import mul_div

READY = const(0)
RUNNING = const(1)
PAUSED = const(2)
DONE = const(3)

UNDO_MS = const(5_000)
_COUNT_FROM = const(3)
_COUNT_LEAST_MS = const(8_000)  # a shorter step has no countdown of its own
_COUNT_LEAST_MM = const(30_000)
_COUNT_FAR_MM = const(60_000)  # with this far to go, three seconds are never enough
_READY_MS = const(3_500)  # from "ready" to the end of the recovery: its countdown
_NONE = const(-1)


class Engine:
    """Runs one workout. All calls take the caller's clock (ms, growing) and distance (mm, growing).

    state       READY, RUNNING, PAUSED or DONE
    run_ms, run_mm      of the whole run up to the last call
    step_ms, step_mm    of the current step up to the last call
    kind, end, amount   of the current step; past the end of the workout an open run step
    cursor      where in the workout: row, index, rep, reps, pace_fast, pace_slow
    """

    def __init__(self, workout, events):
        self.events = events
        self._press = array("i", (0,) * 16)  # what a lap press changed
        self.load(workout)

    def load(self, workout):
        """Make a workout ready to be run; what was before it is forgotten."""
        self.workout = workout
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
        self._rep_ms = 0  # and the rep of its repeat
        self._count = 0
        self._ready = 0  # the step ends when so many % of D' are back
        self._press_ms = _NONE

    def start(self, now_ms, total_mm):
        """Begin the run and its first step."""
        if self.state != READY:
            return
        self.state = RUNNING
        self._zero_ms = now_ms
        self._zero_mm = total_mm
        self.events.put(ev.START, 0, 0, 0, 0)
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
        p[15] = self._rep_ms
        at = self.run_ms
        where = self.run_mm + snap_mm
        if where < self._step_mm:
            where = self._step_mm
        p[14] = self.run_mm - where
        self._zero_mm += p[14]
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
        self._rep_ms = p[15]
        unsnap = -p[14]
        self._zero_mm += unsnap  # what was walked in a pause since then stays out
        self._describe()
        self.tell(ev.UNDO)
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
        self.tell(ev.PAUSE, self.step_ms, self.step_mm)

    def resume(self, now_ms, total_mm):
        """Go on from where it was paused; the time and distance in between do not count."""
        if self.state != PAUSED:
            return
        self.state = RUNNING
        paused = now_ms - self._hold_ms
        self._zero_ms += paused
        self._zero_mm += total_mm - self._hold_mm
        self.tell(ev.RESUME, c=paused)

    def finish(self):
        """The runner ends the run; the step so far becomes the last lap."""
        if self.state != RUNNING and self.state != PAUSED:
            return
        if self.step_ms or self.step_mm:
            self.tell(ev.LAP, self.step_ms, self.step_mm, 1)
        self.tell(ev.END, self.run_ms, self.run_mm, rep=0)
        self.state = DONE

    def restore(self, index, t_ms, run_mm, step_t_ms, step_mm, now_ms, total_mm, rep_t_ms=0):
        """Resume a run that was cut off at t_ms and run_mm in step `index`, begun at step_t_ms and step_mm.

        rep_t_ms: where the rep began that the step is in.
        """
        self.state = RUNNING
        self._zero_ms = now_ms - t_ms
        self._zero_mm = total_mm - run_mm
        c = self.cursor
        for _ in range(index + 1):
            c.next()
        self._step_ms = step_t_ms
        self._step_mm = step_mm
        self._rep_ms = rep_t_ms
        self.run_ms = t_ms
        self.run_mm = run_mm
        self.step_ms = t_ms - step_t_ms
        self.step_mm = run_mm - step_mm
        self._describe()
        self.tell(ev.RESTORE, self.step_ms, self.step_mm)

    def recovered(self, percent):
        """So much of D' is left: a recovery that waits for it ends after a countdown."""
        if self._ready and percent >= self._ready and self.step_ms >= self.workout.target_a(self.cursor.row):
            self._ready = 0
            if self.amount > self.step_ms + _READY_MS:
                self.amount = self.step_ms + _READY_MS

    def tell(self, kind, a=0, b=0, c=0, rep=-1, ago_ms=0):
        """Put an event of another part: it happened in this step, now or ago_ms before."""
        at = self.cursor
        self.events.put(kind, self.run_ms - ago_ms, at.index, at.row, at.rep if rep < 0 else rep, a, b, c)

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
        self.events.put(ev.LAP, at, c.index, c.row, c.rep, at - self._step_ms, where - self._step_mm, by_button)
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
        late = self._describe()
        if late:  # there is nothing left to rest
            if c.rep < c.reps:
                self.events.put(ev.WARN, at, c.index, c.row, c.rep, late - 1, 0, ev.LATE)
            self._next_step(at, where)
            return
        if c.row == c.rep_row():
            self._rep_ms = at
        self._count = _COUNT_FROM + 1
        if self.end == wk.END_TIME and self.amount < _COUNT_LEAST_MS:
            self._count = 0
        elif self.end == wk.END_DISTANCE and self.amount < _COUNT_LEAST_MM:
            self._count = 0
        if c.row >= len(self.workout) and was_inside:
            self.events.put(ev.COMPLETE, at, c.index, c.row, 0, at, where)
        self.events.put(ev.STEP, at, c.index, c.row, c.rep, 0, where, c.reps)

    def _describe(self):
        """What the step is. Returns by how many ms its send-off is missed, and one more; else 0."""
        self._ready = 0
        w = self.workout
        row = self.cursor.row
        if row < len(w):
            self.kind = w.kind(row)
            self.end = w.end(row)
            self.amount = w.amount(row)
            if self.end == wk.END_READY:
                self.end = wk.END_TIME
                self._ready = w.target_b(row)
            elif self.end == wk.END_SEND_OFF:
                self.end = wk.END_TIME
                self.amount -= self._step_ms - self._rep_ms
                if self.amount <= 0:
                    return 1 - self.amount
        else:
            self.kind = wk.RUN
            self.end = wk.END_LAP
            self.amount = 0
        return 0

    def _countdown(self, speed_mm_s):
        if not self._count or (self.end == wk.END_DISTANCE and self.amount - self.step_mm > _COUNT_FAR_MM):
            return
        left = self.left_ms(speed_mm_s)
        if left < 0 or left > 1000 * _COUNT_FROM:
            return
        seconds = (left + 999) // 1000
        if 0 < seconds < self._count:
            self._count = seconds
            self.tell(ev.COUNTDOWN, self.step_ms, self.step_mm, seconds)
