"""Fixes and steps to one distance and one speed.

Distance is the integral of the receiver's Doppler speed between fixes; positions check it, and replace
it where a receiver gives no speed. Between fixes the distance is extrapolated at the smoothed speed, so that
a beep comes when it is due and not with the next fix; it never decreases. Speeds are averaged, never
paces. Without fixes, before the first one too, the distance comes from the steps, at the step length learned so far.
Where none is learned it is a guess: the target's speed while the runner runs, else that of most people at this cadence.
"""

from micropython import const

from .cadence import UNKNOWN
from .fixed import hypot
from .geodesy import Plane
from .speed import Speed
from .stride import Stride, usual_mm_s
from .track import Track

_FASTEST_MM_S = const(12_000)  # no runner is faster
_GAP_MS = const(3_000)  # a longer silence is a gap: nothing is interpolated over it
_MISSED_MS = const(1_800)  # a fix is missing: from now on steps are more accurate than the last speed
_OLD_MS = const(1_500)  # from this age of the fix on, confidence is lower
_LATE_MS = const(600)  # a fix with more delay than this means that a clock was set
_HOLD_MS = const(5_000)  # how long the last speed is believed without fix and without steps
_MOST_REJECTED = const(3)  # in a row; then the jump is accepted
_JUMP_MM = const(25_000)  # tolerance of a position, on top of what a runner can cover
_ACCEL_MM_S2 = const(4_000)  # of a sprinter's start
_STILL_MM_S = const(1_000)  # slower than this without a step is standing
_STILL_NO_STEPS_MM_S = const(400)  # the same where no step counter says so
_LEARN_MM_S = const(1_000)  # slower than this no step length is learned
_CADENCE_MS = const(1_000)  # of averaging; 2 s miss a change of pace for longer, see the outage in `bench accuracy`
_AVERAGE_MS = const(500)
_LEARN_MS = const(8_000)
_LEARN_WINDOW = const(6)  # samples that must agree on the speed before a step length is learned
_LEAST_SPM = const(50)
_STANDING_MS = const(300)  # of fixes that are averaged while nobody steps ...
_STRIDE_MS = const(1_000)  # ... and where no step counter tells how long a stride is
_STEPS_NOISE_MM2_S = const(600_000)  # a step length that wanders by 2 % over a minute, at 3.5 m/s
_UNSURE_MM2_S = const(250_000)  # twice the growth of any receiver that was recorded: an arm that 1 Hz cannot see
_FROZEN_MM_S = const(1_500)  # nobody comes to a stand from this speed within one fix ...
_FROZEN_SPM = const(60)  # ... while steps go on
_RUNNING_SPM = const(140)
# How sure the speed is, in percent, where no good fix says it.
BY_STEPS = const(30)  # at a step length that was learned
UNSURE = const(20)  # fixes that the arm has spoilt
GUESSED = const(10)  # by steps, at a length that nobody has measured
_OLD = const(35)  # at least, with a fix that is old or poor
_TRACK_MS = const(900)  # the track gets a place a second at most ...
_WAY_MS = const(1_700)  # ... and velocities each other second
_BAD_MM_S = const(2_000)  # a fix is ignored when the receiver itself puts its speed error above this


class Motion:
    """Distance and speed. Feed fix() and steps() as they come, read after advance().

    distance_mm     since the first fix; grows only
    speed_mm_s      averaged over as long as it is steady (speed.py)
    recent_mm_s     averaged over the last seconds only, for the coach
    raw_mm_s        the receiver's own last speed
    confidence      0 (none) to 100; BY_STEPS, UNSURE and GUESSED say why it is low
    refused         number of fixes rejected as impossible for a runner
    x_mm, y_mm      the last place, on plane
    fix_ms          when that was
    """

    def __init__(self):
        self.distance_mm = 0
        self.speed_mm_s = 0
        self.recent_mm_s = 0
        self.raw_mm_s = 0
        self.confidence = 0
        self.refused = 0
        self.plane = Plane()
        self.filter = Speed()
        self.stride = Stride()
        self.track = Track()
        self.expected_mm_s = 0  # what the plan asks for, 0 for nothing
        self.fixed = False  # a fix came and is not older than a gap
        self._known = False  # there was a fix at all
        self._anchor_mm = 0  # distance at _anchor_ms
        self._anchor_ms = 0
        self._left = 0  # remainder of _anchor_mm in mm / 2000
        self._measured_mm = 0  # distance without the track's correction
        self._scale_left = 0  # remainder of the correction in mm / 15,625
        self._track_ms = self._way_ms = 0
        self._east = self._north = self._directed = 0  # sums of velocities since then, in mm/s, and of how many fixes
        self.fix_ms = 0
        self._phase_ms = 0  # arrival minus time of day of the fix with the least delay
        self._rejected = 0  # fixes in a row
        self.x_mm = self.y_mm = 0
        self._cadence_spm = UNKNOWN
        self._cadence_q4 = 0  # averaged: an error of one step/min is 5 % of the speed
        self._slow_q4 = 0  # the same for learning: noise in the cadence would flatten the table
        self._stepped_q4 = UNKNOWN  # _by_steps() has looked up this cadence ...
        self._stepped_mm_s = 0  # ... and found this speed ...
        self._learned = False  # ... by what was learned
        self._steps_ms = 0
        self._sure = 100  # by the last fix's HDOP
        self._begun = False  # advance() was called
        self._slow_mm_s = 0  # averaged over about a second: an arm swings through standing

    def steps(self, cadence_spm):
        """The cadence now, 0 for standing, UNKNOWN without a step counter."""
        self._cadence_spm = cadence_spm

    def begin(self, expected_mm_s):
        """A step of the plan begins, at this speed if that is not 0: what was run before says nothing of it."""
        self.expected_mm_s = expected_mm_s
        self._stepped_q4 = UNKNOWN
        self.filter.begin()

    def fix(self, fix, at_ms):
        """Take a Fix whose last byte came at at_ms."""
        if not fix.valid:
            return
        at = self._epoch_ms(fix.utc_ms, at_ms)
        dt = at - self.fix_ms
        if self._known and dt <= 0:
            return  # the same epoch again
        # When steps have replaced fixes in between, the anchor is later than the last fix.
        restart = not self._known or dt > _GAP_MS or self._anchor_ms != self.fix_ms
        plane = self.plane
        plane.place(fix.lat_deg, fix.lat_umin, fix.lon_deg, fix.lon_umin)
        if plane.shift_x_mm or plane.shift_y_mm:
            self.track.shift(plane.shift_x_mm, plane.shift_y_mm)
        if fix.accuracy_mm_s > _BAD_MM_S:
            self._shift()
            return
        speed = fix.speed_mm_s
        if speed <= 0 and self._frozen():
            return
        if restart:
            if speed > _FASTEST_MM_S:
                self.refused += 1
                self._shift()
                return
            if speed < 0:
                speed = 0
        else:
            if speed < 0:
                speed = self._from_places(dt)
            if not self._plausible(speed, dt):
                self.refused += 1
                self._rejected += 1
                if self._rejected <= _MOST_REJECTED or speed > _FASTEST_MM_S:
                    self._shift()
                    return
                restart = True  # after three rejections the jump is accepted
        self._rejected = 0
        if self._still(speed, dt):
            speed = 0
        self.x_mm = plane.x_mm
        self.y_mm = plane.y_mm
        if restart:
            self._restart(speed, at)
        else:
            self._integrate(self.raw_mm_s + speed, dt)
            if not speed:
                self.filter.clear()
            elif self.filter.add(speed, dt, fix.east_mm_s, fix.north_mm_s, fix.directed):
                if self.filter.sway_mm_s:
                    self._integrate(-2 * self.filter.sway_mm_s, self.filter.sample_ms)
                self._learn_step()
            self.speed_mm_s = self.filter.mm_s
        self.recent_mm_s = self.filter.recent_mm_s
        self.raw_mm_s = speed
        self.fix_ms = self._anchor_ms = at
        self._known = self.fixed = True
        self._judge(fix)
        self._to_track(fix, at)

    def _to_track(self, fix, at):
        """Velocities are summed up; the track gets their mean, and the place, about once a second."""
        if fix.directed:
            self._east += fix.east_mm_s
            self._north += fix.north_mm_s
            self._directed += 1
        if at - self._track_ms < _TRACK_MS:
            return
        self._track_ms = at
        dt_ms = at - self._way_ms
        if dt_ms >= _WAY_MS:
            self._way_ms = at
            n = self._directed if self._directed else 1
            # On an average, the velocities of n fixes are half the time between the first and the last of them old.
            late = dt_ms * (n - 1) // (2 * n) if dt_ms < _GAP_MS else 0
            variance = self.filter.growth_mm2_s
            self.track.way.tell(dt_ms, self._east // n, self._north // n, late, variance, self._anchor_mm)
            self._east = self._north = self._directed = 0
        self.track.feed(self.x_mm, self.y_mm, self._measured_mm, self.plane)

    def advance(self, now_ms):
        """Bring distance_mm, speed_mm_s and confidence to now."""
        if not 0 <= now_ms - self._steps_ms < _AVERAGE_MS or self._cadence_spm <= 0 or not self._cadence_q4:
            self._average_cadence(now_ms)
        if not self._begun:
            self._begun = True
            self._anchor_ms = now_ms
        age = now_ms - self.fix_ms
        if age > _GAP_MS or not self._known:
            self.fixed = False
            self._dead_reckon(now_ms)
        elif age > _MISSED_MS and self._cadence_spm > 0 and self._by_steps():
            self._dead_reckon(now_ms)
        distance = self._anchor_mm
        ahead = now_ms - self._anchor_ms
        if ahead > 0:
            distance += self.speed_mm_s * ahead // 1000  # < 2**30: 12 m/s for 3 s
        if distance > self.distance_mm:
            self.distance_mm = distance
        if age > _OLD_MS or not self.fixed:
            self._rate()
        else:
            self.confidence = self._sure

    def noise_mm2_s(self):
        """How fast the variance of the distance grows."""
        return self.filter.growth_mm2_s if self.fixed else _STEPS_NOISE_MM2_S

    def press(self):
        """A lap press now. Returns the correction in mm that makes the distance since the last one whole laps, or 0."""
        snapped = self.track.press(self.distance_mm, self.x_mm, self.y_mm, self.fixed)
        return snapped - self.track.laps.since_mm if snapped else 0

    def _epoch_ms(self, utc_ms, at_ms):
        """The fix's own time on our clock: its arrival, less its delay compared with the fix with the least delay."""
        phase = at_ms - utc_ms
        late = phase - self._phase_ms
        if not self._known or not 0 <= late <= _LATE_MS:
            self._phase_ms = phase
            return at_ms
        if late:
            self._phase_ms += 1  # the clocks may drift apart by 1 ms a fix
        return at_ms - late

    def _from_places(self, dt):
        """The speed from the last place to this one, of a receiver that gives none."""
        plane = self.plane
        moved = hypot(plane.x_mm - self.x_mm - plane.shift_x_mm, plane.y_mm - self.y_mm - plane.shift_y_mm)
        return moved * 1000 // dt if moved < 100_000 else _FASTEST_MM_S + 1

    def _judge(self, fix):
        """How sure a good fix is."""
        self.filter.accuracy(fix.accuracy_mm_s)
        hdop_c = fix.hdop_c
        self._sure = 100 if hdop_c <= 100 else 100 - (hdop_c - 100) // 5 if hdop_c < 425 else _OLD
        if self.filter.growth_mm2_s > _UNSURE_MM2_S:
            self._sure = UNSURE

    def _plausible(self, speed, dt):
        """Could a runner have come to this speed and this place in dt?"""
        most = _ACCEL_MM_S2 * dt // 1000 + 2000
        if speed > _FASTEST_MM_S or not -most < speed - self.raw_mm_s < most:
            return False
        plane = self.plane
        dx = plane.x_mm - self.x_mm - plane.shift_x_mm
        dy = plane.y_mm - self.y_mm - plane.shift_y_mm
        far = _FASTEST_MM_S * dt // 1000 + _JUMP_MM
        return (dx if dx > 0 else -dx) + (dy if dy > 0 else -dy) <= far or hypot(dx, dy) <= far

    def _restart(self, speed, at):
        """The first fix, or the first one after a gap or a jump. The steps have said what was run in the gap."""
        self._dead_reckon(at)
        self.track.gap()
        self.filter.clear()
        self.filter.mm_s = self.filter.recent_mm_s = self.speed_mm_s = speed

    def _shift(self):
        """The plane has moved with a fix that is not accepted: move the last place with it."""
        self.x_mm += self.plane.shift_x_mm
        self.y_mm += self.plane.shift_y_mm

    def _frozen(self):
        """The same place again, without a speed, while steps go on: the receiver has nothing new to say."""
        plane = self.plane
        same = plane.x_mm == self.x_mm and plane.y_mm == self.y_mm
        return same and self.raw_mm_s > _FROZEN_MM_S and self._cadence_spm > _FROZEN_SPM

    def _still(self, speed, dt):
        """Is the runner standing, so that this speed is noise?"""
        self._slow_mm_s += (speed - self._slow_mm_s) * dt // (1000 + dt) if 0 < dt < _GAP_MS else 0
        if self._cadence_spm == UNKNOWN:
            return (self._slow_mm_s if dt < _MISSED_MS // 4 else speed) < _STILL_NO_STEPS_MM_S
        return self._cadence_spm == 0 and speed < _STILL_MM_S

    def _integrate(self, double_mm_s, dt):
        """Move the anchor on by a mean speed, given twice. What was extrapolated beyond the anchor is dropped."""
        total = double_mm_s * dt + self._left  # < 2**30: twice 12 m/s for 3 s
        whole = total // 2000
        self._left = total - whole * 2000
        self._measured_mm += whole
        scale = self.track.scale_ppm
        if scale:
            part = whole * (scale >> 6) + self._scale_left  # < 2**30: 12 m/s for 30 s, and 8 %
            extra = part // 15_625
            self._scale_left = part - extra * 15_625
            whole += extra
        self._anchor_mm += whole

    def _dead_reckon(self, now_ms):
        """Move the anchor to now: by steps, or for a short while at the last speed."""
        dt = now_ms - self._anchor_ms
        if dt <= 0:
            return
        if self._cadence_spm == 0:
            self.speed_mm_s = 0
        elif self._cadence_spm > 0 and self._by_steps():
            self.speed_mm_s = self._by_steps()
        elif now_ms - self.fix_ms > _GAP_MS + _HOLD_MS:
            self.speed_mm_s = 0
        self.recent_mm_s = self.speed_mm_s
        while dt > 0:
            part = dt if dt < 30_000 else 30_000
            self._integrate(2 * self.speed_mm_s, part)
            dt -= part
        self._anchor_ms = now_ms

    def _learn_step(self):
        """Learn the step length, while speed and cadence are both steady."""
        spm = self._slow_q4 + 8 >> 4
        steady = -3 < spm - self._cadence_spm < 3
        speed = self.filter.mm_s
        if spm > 0 and steady and speed > _LEARN_MM_S and self.filter.window >= _LEARN_WINDOW:
            self.stride.learn(spm, speed)
            self._stepped_q4 = UNKNOWN

    def _average_cadence(self, now_ms):
        """Average the cadence, twice a second at most: rounding would lose smaller changes. A stop counts at once."""
        dt = now_ms - self._steps_ms
        spm = self._cadence_spm
        self._steps_ms = now_ms
        self.filter.stride_ms = 120_000 // max(spm, _LEAST_SPM) if spm > 0 else _STANDING_MS if not spm else _STRIDE_MS
        if spm <= 0 or not self._cadence_q4 or dt > _GAP_MS:
            self._cadence_q4 = self._slow_q4 = spm << 4 if spm > 0 else 0
        elif dt > 0:
            half = (_CADENCE_MS + dt) >> 1
            self._cadence_q4 += (((spm << 4) - self._cadence_q4) * dt + half) // (_CADENCE_MS + dt)
            half = (_LEARN_MS + dt) >> 1
            self._slow_q4 += (((spm << 4) - self._slow_q4) * dt + half) // (_LEARN_MS + dt)

    def _by_steps(self):
        """The speed by cadence and step length, learned or guessed."""
        q4 = self._cadence_q4
        if q4 != self._stepped_q4:  # the lookup is expensive
            self._stepped_q4 = q4
            part = q4 & 15
            mm = self.stride.step_mm(q4 >> 4) * (16 - part) + self.stride.step_mm((q4 >> 4) + 1) * part
            self._learned = mm > 0
            # < 2**30: steps of 2.5 m, 240 a minute, in sixteenths
            speed = mm * q4 // 15_360 if mm else usual_mm_s(q4 >> 4)
            # Who runs, and may be as fast as the plan asks for, most likely is.
            wanted = self.expected_mm_s
            if q4 >= _RUNNING_SPM << 4 and abs(wanted - speed) * 5 < (2 if mm else 4) * speed:
                speed = wanted
            self._stepped_mm_s = speed
        return self._stepped_mm_s

    def _rate(self):
        """The confidence without a fix, or with an old one."""
        if not self.fixed:
            self.confidence = 0
            if self._cadence_spm > 0 and self._by_steps():
                self.confidence = BY_STEPS if self._learned else GUESSED
        elif self._sure > UNSURE:
            self.confidence = self._sure - 30 if self._sure > 65 else _OLD
