"""What guides the runner through a step: the coach, the target's waypoints, the metronome, what is left of D'."""

from micropython import const

from ..core import events as ev
from ..core import workout as wk
from ..core.balance import Balance
from ..core.coach import NONE, Coach
from ..core.engine import RUNNING
from ..core.pace import of_track, speed_of_pace, way_mm
from ..core.runner import is_easy, is_trial

_CUE_MS = const(6_000)  # a cue is on the screen for so long
_WARN_MS = const(8_000)
_LONGEST_MS = const(7_200_000)  # a step for which D' is reckoned
_FAR_MM = const(100_000_000)
# A line at each 200 m of a rep, as a coach calls them; at each lap and each kilometre of longer steps. In miles at
# each quarter and each mile, but not in the reps of a track.
_SPLIT_MS = const(10_000)  # a split is on the screen for so long
_REP_MM = const(1_200_000)
_LONG_REP_MM = const(3_200_000)
_KILOMETRE_MM = const(1_000_000)
_MILE_MM = const(1_609_344)
_JUMP_MM = const(10_000)  # half a second is no longer: the distance was corrected, and nobody knows when it was there
_NEVER_MM = const(0x3FFFFFFF)
_LOST_S = const(3)  # without a fix, behind the gap that motion.py bridges
_BACK_S = const(2)


def _done(part, amount):
    """A part of an amount in per mille, 0 to 1000."""
    while amount > 1_000_000:  # < 2**30 times 1000
        amount >>= 1
        part >>= 1
    return part * 1000 // amount if 0 <= part < amount else 1000


class Guide:
    """Goes by the engine. What it has to tell are events; what is only heard it returns.

    due_ms          when to advise() next
    coach, balance
    metronome       is on in this run; it is due at beat_ms
    warning         what the last WARN was of
    waypoint        the next one's number in this step, 0 for none; the target is there after waypoint_ms of the step
    split_ms, split_mm, split_late_ms   at the step's last line, on the screen until split_until_ms
    """

    def __init__(self, engine, profile):
        self.due_ms = 0
        self.coach = Coach()
        self.balance = Balance()
        self.warning = 0
        self.waypoint = 0
        self.waypoint_ms = 0
        self.split_ms = self.split_mm = self.split_late_ms = self.split_until_ms = 0
        self.metronome = False
        self.beat_ms = 0
        self._engine = engine
        self._profile = profile
        self._period_ms = 0
        self._cue_ms = -_CUE_MS
        self._warn_ms = -_WARN_MS
        self._every_mm = 0
        self._line_mm = _NEVER_MM  # the next line of the step
        self._line_ms = 0  # of the step, at the last one; below zero where that is not known
        self._fixed = -1  # is there a fix? As it is told; unknown at first
        self._other_s = 0  # for so long it has been otherwise
        self._exact = False  # the step that begins has been looked at
        self._fresh = False  # a step has begun, of which the distance is not told yet
        self._run_ms = self._run_mm = 0  # how far the balance is reckoned

    def heed(self, profile):
        """The runner's figures are these now."""
        self._profile = profile
        self.coach.tolerance_mm_s = profile.tolerance_mm_s

    def begin(self):
        """A run begins, or is resumed."""
        p = self._profile
        self.balance.begin(p.cs_mm_s, p.dprime_mm)
        self._run_ms = self._engine.run_ms
        self._run_mm = self._engine.run_mm
        self._fixed = -1
        self.metronome = p.metronome_spm > 0
        self._period_ms = 60_000 // p.metronome_spm if self.metronome else 0

    def take(self, e, ms):
        """What an event means for the guide."""
        kind = e.kind
        if kind == ev.STEP or kind == ev.UNDO:
            self._step(kind == ev.UNDO)
            again = self._exact
            self._exact = kind == ev.UNDO and e.a > 0
            if e.row < len(self._engine.workout) and not self._exact and not again:
                self._look_ahead(e.row)
        elif kind == ev.RESTORE:
            self._step(False)
        elif kind == ev.RESUME:
            self._go_on()
        elif kind == ev.CUE:
            self._cue_ms = ms
        elif kind == ev.SPLIT:
            self.split_ms = e.a
            self.split_mm = e.b
            self.split_late_ms = e.c
            self.split_until_ms = ms + _SPLIT_MS
        elif kind == ev.WARN:
            self._warn_ms = ms
            self.warning = e.c

    def advise(self, motion, quiet):
        """Twice a second: a SPLIT at a line; a CUE when there is one to give; quiet: nothing else sounds."""
        e = self._engine
        if e.state != RUNNING:
            return
        coach = self.coach
        if self._fresh:
            self._fresh = False
            motion.begin((coach.fast_mm_s + coach.slow_mm_s) >> 1)
        if e.step_mm >= self._line_mm:
            self._split(e, motion.speed_mm_s)
        if not quiet:
            return
        cue = coach.tick(e.run_ms, e.step_mm, motion.recent_mm_s, motion.noise_mm2_s(), motion.confidence)
        if cue != NONE:
            e.tell(ev.CUE, coach.ahead_ms, e.step_mm, cue | coach.reason << 8 | motion.confidence << 16)

    def second(self, fixed):
        """Each second: what is left of D', where the target is that changes; a WARN when fixes have stopped, or come.

        fixed: there is a fix now
        """
        e = self._engine
        if fixed == self._fixed or self._fixed < 0:
            self._fixed = fixed
            self._other_s = 0
        else:
            self._other_s += 1
            if self._other_s >= (_BACK_S if fixed else _LOST_S):
                self._fixed = fixed
                e.tell(ev.WARN, c=ev.GPS_BACK if fixed else ev.GPS_LOST)
        if e.cursor.ramp:
            self._ramp()
        dt = e.run_ms - self._run_ms
        if dt > 0:
            moved = e.run_mm - self._run_mm
            self.balance.advance(dt, moved * 1000 // dt if moved < 1_000_000 else 0)
            self._run_ms = e.run_ms
            self._run_mm = e.run_mm
        e.recovered(self.balance.percent())

    def mark(self):
        """The target is at its waypoint: on to the next one."""
        self.waypoint += 1
        self._next_waypoint()

    def beat(self, ms):
        """The metronome is due. True when it is to be heard: in a step to run."""
        e = self._engine
        self.beat_ms = ms - ms % self._period_ms + self._period_ms
        return e.state == RUNNING and e.kind == wk.RUN

    def cue_shown(self, ms):
        """Is the last cue still on the screen?"""
        return ms - self._cue_ms < _CUE_MS

    def warned(self, ms):
        """Was there a warning just now?"""
        return ms - self._warn_ms < _WARN_MS

    def _go_on(self):
        """The step goes on after a pause."""
        e = self._engine
        self._fresh = True
        self.coach.resume(e.run_ms, e.step_mm)

    def _step(self, undone):
        """A step begins; or the one before it goes on, after a lap press that was undone; or this one, after a cut."""
        e = self._engine
        c = e.cursor
        if c.ramp:
            # A band that moves: nothing is projected, nothing made up for.
            middle = (c.pace_fast + c.ramp) >> 1
            length = e.amount if e.end == wk.END_TIME else e.amount // 1000 * (middle // 100) // 10
            self.coach.step(e.run_ms - e.step_ms, e.kind, middle, middle + 1, wk.END_TIME, length, undone)
            self._ramp()
        else:
            easy = c.pace_fast > 0 and is_easy(e.workout.target_a(c.row))
            self.coach.step(e.run_ms - e.step_ms, e.kind, c.pace_fast, c.pace_slow, e.end, e.amount, undone, easy)
        self._go_on()
        self._line_up(e, c.pace_fast)
        self.waypoint = 0
        if self._profile.waypoint_mm and c.pace_fast and c.pace_fast == c.pace_slow and e.kind == wk.RUN:
            self.waypoint = 1
            self.waypoint_ms = 0
            self._next_waypoint()

    def _ramp(self):
        """The target is that of as much of the step as is done."""
        e = self._engine
        c = e.cursor
        coach = self.coach
        c.along(_done(e.step_ms if e.end == wk.END_TIME else e.step_mm, e.amount))
        speed = speed_of_pace(c.pace_fast)
        coach.fast_mm_s = speed + coach.tolerance_mm_s
        coach.slow_mm_s = speed - coach.tolerance_mm_s

    def _line_up(self, e, pace):
        """Where the lines of this step are; only a step to run at a pace has some."""
        self.split_until_ms = 0
        self._line_mm = _NEVER_MM
        if e.kind != wk.RUN or not pace:
            return
        length = e.amount if e.end == wk.END_DISTANCE else _FAR_MM
        if e.end == wk.END_TIME and e.amount < _LONGEST_MS:
            length = way_mm(speed_of_pace(pace), e.amount)
        if self._profile.miles and not (e.end == wk.END_DISTANCE and of_track(length)):
            self._every_mm = _MILE_MM // 4 if length <= 2 * _MILE_MM else _MILE_MM
        else:
            self._every_mm = (
                _REP_MM // 6 if length <= _REP_MM else _LONG_REP_MM // 8 if length <= _LONG_REP_MM else _KILOMETRE_MM
            )
        self._line_ms = 0 if e.step_mm < self._every_mm else -1
        self._next_line(e)

    def _next_line(self, e):
        line = (e.step_mm // self._every_mm + 1) * self._every_mm
        self._line_mm = _NEVER_MM if e.end == wk.END_DISTANCE and line >= e.amount else line  # the last one is the lap

    def _split(self, e, speed_mm_s):
        """The runner has come to a line, or was there up to half a second ago."""
        line = self._line_mm
        over = e.step_mm - line
        last_ms = self._line_ms
        self._line_ms = -1
        if over < _JUMP_MM and speed_mm_s > over:
            ago = over * 1000 // speed_mm_s
            self._line_ms = e.step_ms - ago
            if last_ms >= 0:
                split = self._line_ms - last_ms
                c = e.cursor
                tenths = self._every_mm // 100  # of a metre
                fast = tenths * ((c.pace_fast + 50) // 100) // 100  # < 2**30: a mile at 99'59" a kilometre
                slow = tenths * ((c.pace_slow + 50) // 100) // 100
                late = split - slow if split > slow else split - fast if split < fast else 0
                e.tell(ev.SPLIT, split, line, late, -1, ago)
        self._next_line(e)

    def _next_waypoint(self):
        """When the target is at its next waypoint, in ms of the step; none behind the last."""
        e = self._engine
        mm = self.waypoint * self._profile.waypoint_mm
        if mm > _FAR_MM or (e.end == wk.END_DISTANCE and mm >= e.amount):
            self.waypoint = 0
            return
        c = e.cursor
        pace = c.pace_fast
        if c.ramp and e.end == wk.END_TIME:
            self._next_in_time(e.workout.pace_a(c.row), c.ramp, e.amount)
            return
        if c.ramp:  # on the average so far
            pace = e.workout.pace_a(c.row)
            pace += (c.ramp - pace) // 100 * _done(mm, e.amount) // 20  # < 2**30: 6,000 s
        self.waypoint_ms = mm // 1000 * (pace // 100) // 10  # < 2**30: 100 km at 10'00"

    def _next_in_time(self, first, last, length_ms):
        """The same where the pace changes from first to last over a time: at its pace halfway from the one before."""
        metres = self._profile.waypoint_mm // 1000
        at = self.waypoint_ms
        ms = 0
        for _ in range(2):
            pace = first + (last - first) // 100 * _done(at + (ms >> 1), length_ms) // 10  # < 2**30: 6,000 s
            ms = metres * (pace // 100) // 10
        self.waypoint_ms = at + ms
        if at + ms >= length_ms:
            self.waypoint = 0

    def _look_ahead(self, row):
        """Will this step at its pace take more than what is left above critical speed, as far as that is known?"""
        e = self._engine
        if wk.RESTING[e.workout.kind(row)]:
            return
        if e.end == wk.END_DISTANCE and is_trial(e.workout.target_a(row), e.amount):
            return  # a race at its own pace: it is meant to take all of it
        speed = self.coach.fast_mm_s
        time = e.amount if e.end == wk.END_TIME else e.left_ms(speed) if e.end == wk.END_DISTANCE else 0
        b = self.balance
        if b.cs_mm_s and 0 < time < _LONGEST_MS and speed and b.after(time, speed) < -self._profile.dprime_unsure_mm:
            e.tell(ev.WARN, 0, b.left_mm, ev.DPRIME_RUNS_OUT)
