"""Where along a known oval the runner is, by speed and course: a Kalman filter of a few states.

On a bend course is place: a course that is off by e puts the runner e times the radius off along the oval. The error
of a Doppler course is that of the speed across, over the speed; so of a way that has become unsure at q m2/s, a bend
leaves q times radius over speed, and 0.15 m/s at 1 Hz become 0.5 m. Places are 2.5 m off for a minute at a time: they
say where to begin, and whether the runner is somewhere else after all.

States: the way along the oval, what the receiver's speed has to be longer by, and, while the lane is unknown, how far
outside the oval's own line the runner runs. Beside them stand their covariances with the distance run, so that what a
bend tells corrects what was run before it, too. Their variances are in cm2 and in 2**-16 squared.
"""

from micropython import const

from ..fixed import atan2
from .laps import RADII_CM

_START_CM2 = const(90_000)  # a place's error and that of the kept oval
_LOST_CM2 = const(250_000)
_SCALE_SURE = const(17_000)  # squared, 2**-16: 0.2 %, of the receiver's speed while the lane is not known ...
_SCALE = const(80_000)  # ... and 0.4 % once its laps have a length
_SCALE_GROWS = const(1)  # a second
_SCALE_MOST = const(1_310)  # 2 %
_RADIUS_CM2 = const(160_000)  # of an unknown lane
_RADIUS_SURE_CM2 = const(10_000)  # from here on lanes are compared
_LEAST_CM2_S = const(64)  # of the speed: two loggers at 10 Hz beside each other, 0.04 m/s held for 2 s ...
_MOST_CM2_S = const(4_900)  # ... and what speed.py says at most
_COURSE_SHARE = const(100)  # nobody runs along a line to a hundredth of a radian
_PLACE_CM2_S = const(2_080)  # the same of places that wander by 2.5 m in a minute
_JUMP_MM = const(3_000)  # a place that has moved so much more or less is left out
_SLOW_MM_S = const(1_000)  # a slower runner's course is noise
_BESIDE = const(6_000)  # a course that is 33 degrees off is none along the oval
_BACK = const(24_576)
# Scores are squared sigmas, Q4.
_OTHER_LANE = const(96)  # lane 1 is likelier than another
_TAKEN = const(192)  # the second best is so much worse: this is the lane
_LIKELY = const(32)  # so much: what is shown goes by it already
_REPAIR_MM = const(3_000)  # what was shown wrong before the lane was known is made up for to this much
_CLOSE_S = const(4)  # the distance shown follows in that time ...
_CLOSE_PERCENT = const(6)  # ... by so much of the speed at most
_FIRST_LESSONS = const(8)  # what speed.py says counts like so many
_LESSONS = const(64)
_RADIAN = const(10_430)
_MOST_SHARE = const(25_600)
_LEAST = const(16)  # no variance is smaller, so that rounding does not lose it
_ELSEWHERE_CM = const(1_200)  # places say for a while that the way is so far off
_ELSEWHERE_SHIFT = const(2)


class Way:
    """begin() at a place on the oval, then move() each other second and check() some places.

    active      False while there is nothing to go by
    told        tell() has been called, and move() is due
    mm          way along the oval in running direction, from the begin of a straight
    distance_mm     the best estimate of the distance run
    scale_ppm   what measured distance has to be longer so that what is shown comes to that in a few seconds
    """

    def __init__(self):
        self.active = False
        self.mm = self.distance_mm = self.scale_ppm = 0
        self._clockwise = self._lap_mm = self._straight = self._bend = self._radius = 0
        self.told = self._bent = self._back = False
        self._scale = self._out = 0  # 2**-16; cm outside the line
        self._ss = self._sk = self._so = self._kk = self._ko = self._oo = 0
        self._ds = self._dk = self._do = 0  # covariances of the distance
        self._slack_mm = self._far_cm = self._begun_mm = 0
        self._dt_ms = self._east = self._north = self._late_ms = self._noise = self._shown_mm = 0
        self._east_before = self._north_before = 0
        self._var_q4 = self._held_q4 = self._error = self._learned = 0
        self._lessons = _FIRST_LESSONS

    def tell(self, dt_ms, east_mm_s, north_mm_s, late_ms, variance_mm2_s, shown_mm):
        """What belongs to the next move(): its mean velocity (both 0 for none), how long ago that was on an average,
        how fast the variance of the distance grows, and the distance as it is shown.
        """
        self._dt_ms = dt_ms
        self._east_before = self._east
        self._north_before = self._north
        self._east = east_mm_s
        self._north = north_mm_s
        self._late_ms = late_ms
        noise = variance_mm2_s // 100
        if self._lessons == _FIRST_LESSONS:
            self._var_q4 = noise << 4
        if noise < self._learned:
            noise = self._learned
        if noise > _MOST_CM2_S:
            noise = _MOST_CM2_S
        self._noise = noise if noise > _LEAST_CM2_S else _LEAST_CM2_S
        self.told = True
        self._shown_mm = shown_mm

    def begin(self, oval, laps):
        """The runner is at the place last projected on the oval; the distance shown counts as right."""
        if not (self._east or self._north) or (laps.lap_mm and not laps.sure):
            return  # nobody tells the course, or how long a lap is
        self._shape(oval, laps)
        self._clockwise = oval.clockwise
        self._back = False
        self.mm = self._on_line(oval)
        self.distance_mm = self._begun_mm = self._shown_mm
        self.scale_ppm = self._scale = self._out = self._slack_mm = self._far_cm = 0
        self._ss = _START_CM2
        self._sk = self._so = self._ko = self._ds = self._dk = self._do = 0
        known = laps.lap_mm
        self._kk = _SCALE if known else _SCALE_SURE
        self._oo = 0 if known else _RADIUS_CM2

    def move(self, oval, laps, moved_mm, dx_cm, dy_cm):
        """The runner has moved on, by what was measured since the last move(), 4 s at most; so far the places moved."""
        if oval.clockwise != self._clockwise:
            self._clockwise = 1
            self.mm = self._turned(self.mm)
            self._clockwise = oval.clockwise
            self._sk = -self._sk
            self._so = -self._so
            self._ds = -self._ds
        if self._lap_mm != laps.lap_mm:
            self._reshape(oval, laps)
        dt_ms = self._dt_ms
        self.scale_ppm = 0
        if moved_mm <= 0 or dt_ms <= 0 or not self.active:
            return
        speed = moved_mm * 1000 // dt_ms
        if speed < _SLOW_MM_S or not (self._east or self._north):
            self._predict(moved_mm, self._noise * dt_ms // 1000)
        else:
            moved_mm += self._blend(dx_cm, dy_cm, speed)
            course = atan2(self._north, self._east) - oval.angle
            if self._clockwise:
                course = -course
            self._predict(moved_mm, self._noise * dt_ms // 1000)
            off = self._off(course, speed * self._late_ms // 1000)
            back = not -_BACK < off < _BACK
            if back != self._back:
                self._back = back
                self._ss += _START_CM2  # where in these seconds the runner turned round is not known
            if self._lost():
                return
            if back:
                self.mm = (self.mm - 2 * moved_mm) % (20 * (self._straight + self._bend))
            elif self._bent and -_BESIDE < off < _BESIDE:
                t = self._radius * 160 // speed  # how long a radius takes, Q4; < 2**30: 80 m at 1 m/s are 1,280
                wide = (self._noise * t >> 4) * t >> 4  # variance of a second's course, along the bend
                wide = wide // dt_ms * 1000 + self._radius * self._radius // (_COURSE_SHARE * _COURSE_SHARE)
                self._see(off * self._bend >> 15, wide)
                self._learn(off * speed // _RADIAN)
        if self._oo:
            if self._oo < _RADIUS_SURE_CM2:
                self._compare(oval, laps)
            if self.distance_mm - self._begun_mm > 20 * (self._straight + self._bend):
                self._begun_mm = self.distance_mm
                self.distance_mm += self._slack_mm
                self._slack_mm = self._do = 0
        if self._lost():
            return
        ahead = _CLOSE_S * speed
        most = ahead * _CLOSE_PERCENT // 100
        gap = self.distance_mm + self._slack_mm - self._shown_mm
        gap = most if gap > most else -most if gap < -most else gap
        if ahead:
            self.scale_ppm = (self._scale * 15_625 >> 10) + gap * 10_000 // ahead * 100

    def check(self, oval, ago_mm):
        """The place last projected is ago_mm before the end of the last move(): is the runner somewhere else?"""
        far = self._on_line(oval) - self.mm + ago_mm
        lap = 20 * (self._straight + self._bend)
        far = ((far + (lap >> 1)) % lap - (lap >> 1)) // 10
        self._far_cm += (far - self._far_cm) >> _ELSEWHERE_SHIFT
        if not -_ELSEWHERE_CM < self._far_cm < _ELSEWHERE_CM:
            self.active = False

    def _blend(self, dx_cm, dy_cm, speed_mm_s):
        """Let the places have their share in the velocity. Returns how many mm farther that brings the runner."""
        dt_ms = self._dt_ms
        east = self._east
        north = self._north
        ex = east
        ey = north
        if not self._late_ms:  # a velocity at the end of the time: the mean is between it and the one before
            ex = (ex + self._east_before) >> 1
            ey = (ey + self._north_before) >> 1
        ex = 10 * dx_cm - ex * dt_ms // 1000  # < 2**30: 12 m/s for 4 s
        ey = 10 * dy_cm - ey * dt_ms // 1000
        if not -_JUMP_MM < ex < _JUMP_MM or not -_JUMP_MM < ey < _JUMP_MM:
            return 0
        share = (self._noise << 10) // (self._noise + _PLACE_CM2_S)
        ex = ex * share >> 10
        ey = ey * share >> 10
        self._east = east + ex * 1000 // dt_ms
        self._north = north + ey * 1000 // dt_ms
        return (ex * east + ey * north) // speed_mm_s

    def _learn(self, across_mm_s):
        """How noisy the receiver is: the variance of its velocity across, and how much of it is left a second later.

        What differs from fix to fix tells nothing of an error that is held.
        """
        e = across_mm_s // 10
        n = self._lessons
        if n < _LESSONS:
            self._lessons = n + 1
        self._var_q4 += ((e * e << 4) - self._var_q4) // n  # < 2**30: 7 m/s
        self._held_q4 += ((e * self._error << 4) - self._held_q4) // n
        self._error = e
        var = self._var_q4 >> 4
        held = self._held_q4 >> 4
        held = 0 if held < 0 else held if held < var * 7 >> 3 else var * 7 >> 3
        # The density of such errors, at slow rates: what of them adds up.
        self._learned = var * (var + held) // (var - held) if 0 < var < 10_000 else _MOST_CM2_S

    def _on_line(self, oval):
        """The way to the place last projected, along the line that the runner is on."""
        half = oval.straight_cm + oval.bend_cm
        cm = oval.s_cm
        second = cm >= half
        if second:
            cm -= half
        if cm > oval.straight_cm:
            cm = oval.straight_cm + (cm - oval.straight_cm) * self._bend // oval.bend_cm  # < 2**30: bends below 320 m
        return self._turned(10 * (cm + self._straight + self._bend if second else cm))

    def _turned(self, mm):
        """A way counted counter-clockwise as one in running direction, and the other way round."""
        if not self._clockwise:
            return mm
        return (10 * (2 * self._straight + self._bend) - mm) % (20 * (self._straight + self._bend))

    def _off(self, course, ago_mm):
        """How far a course from the straights' direction is off that along the oval, -32768 to 32767."""
        at = (self.mm - ago_mm) // 10
        straight = self._straight
        half = straight + self._bend
        if at < 0:
            at += 2 * half
        if at >= half:
            at -= half
            course -= 32768
        self._bent = at >= straight
        if at > straight:
            course -= ((at - straight) << 15) // self._bend  # < 2**30: bends below 320 m
        return ((course + 32768) & 65535) - 32768

    def _predict(self, moved_mm, grown):
        """The states after moved_mm; grown: by how many cm2 the variance of the distance."""
        kk = self._kk
        ko = self._ko
        w = moved_mm // 10
        # The distance: d += w k
        self._ds += w * self._sk >> 16  # < 2**30: 48 m, and 5 m times 0.4 %
        self._dk += w * kk >> 16
        self._do += w * ko >> 16
        step = moved_mm + (moved_mm * self._scale >> 16)
        self.distance_mm += step
        out = self._radius + self._out
        if self._bent:
            step = step * self._radius // out
        a = step // 10
        b = -a * 1024 // out if self._oo and self._bent else 0
        lap = 20 * (self._straight + self._bend)
        self.mm = (self.mm + step) % lap
        # The way: s += a k + b o
        ss = self._ss + (a * self._sk >> 15) + ((a * kk >> 16) * a >> 16) + grown
        sk = self._sk + (a * kk >> 16)
        if b:
            oo = self._oo
            ss += (b * self._so >> 9) + ((b * oo >> 10) * b >> 10) + ((a * ko >> 16) * b >> 9)
            sk += b * ko >> 10
            self._so += (a * ko >> 16) + (b * oo >> 10)
            self._ds += b * self._do >> 10
        else:
            self._so += a * ko >> 16
        self._ss = ss
        self._sk = sk
        self._ds += (a * self._dk >> 16) + grown
        self._kk = kk + _SCALE_GROWS

    def _see(self, off_cm, wide):
        """The way is off_cm farther by a measurement of this variance in cm2."""
        ss = self._ss
        sk = self._sk
        so = self._so
        ds = self._ds
        all_cm2 = ss + wide
        gain = (ss << 12) // all_cm2
        scale = (sk << 12) // all_cm2
        far = (ds << 12) // all_cm2
        self.mm = (self.mm + (gain * off_cm * 10 >> 12)) % (20 * (self._straight + self._bend))
        self._scale = max(-_SCALE_MOST, min(_SCALE_MOST, self._scale + (scale * off_cm + 2048 >> 12)))
        self.distance_mm += (far * off_cm >> 6) * 10 >> 6
        # < 2**30: products of two covariances over all_cm2 are at most a covariance
        self._ds = ds - (gain * ds >> 12)
        self._dk -= far * sk >> 12
        self._kk = max(_LEAST, self._kk - (scale * sk >> 12))
        self._sk = sk - (gain * sk >> 12)
        self._ss = max(_LEAST, ss - (gain * ss >> 12))
        if self._oo:
            line = (so << 12) // all_cm2
            self._out += line * off_cm + 2048 >> 12
            self._do -= far * so >> 12
            self._ko -= scale * so >> 12
            self._oo = max(_LEAST, self._oo - (line * so >> 12))
            self._so = so - (gain * so >> 12)

    def _lost(self):
        """Covariances have grown beyond what the arithmetic is made for: the way begins anew."""
        if self._ss > _LOST_CM2 or not -_LOST_CM2 < self._ds < _LOST_CM2:
            self.active = False
        return not self.active

    def _compare(self, oval, laps):
        """Which lane is it? As long as that is not sure, what is shown goes by the likeliest."""
        best = second = 1 << 20
        lane = 0
        for i in range(8):
            off = RADII_CM[i] - self._radius - self._out
            score = (off * off << 4) // self._oo + (_OTHER_LANE if i else 0)
            if score < best:
                second = best
                best = score
                lane = i
            elif score < second:
                second = score
        self._slack_mm = self._follows(self._do, RADII_CM[lane] - self._radius) if second - best > _LIKELY else 0
        if second - best > _TAKEN:
            laps.settle(oval, lane)

    def _shape(self, oval, laps):
        """Take over the oval's size, with bends that make its lap as long as it is known to be."""
        self._lap_mm = laps.lap_mm
        self._straight = oval.straight_cm
        bend = (laps.lap_mm // 20 - oval.straight_cm) if laps.lap_mm else oval.bend_cm
        self.active = oval.bend_cm * 7 // 10 < bend < oval.bend_cm * 14 // 10
        self._bend = bend
        self._radius = bend * 113 // 355

    def _reshape(self, oval, laps):
        """The oval's size has changed, mostly since the lane is known: the runner stays at the same share of a bend."""
        was = self._radius
        bend = self._bend
        half = 10 * (self._straight + bend)
        second = self.mm >= half
        mm = self.mm - half if second else self.mm
        on = mm - 10 * self._straight
        self._shape(oval, laps)
        if on > 0:
            mm = 10 * self._straight + ((on << 11) // bend * self._bend >> 11)  # < 2**30: bends of 320 m, twice
        self.mm = mm + 10 * (self._straight + self._bend) if second else mm
        if self._oo:
            self._out += was - self._radius
            if laps.lap_mm:
                self._settle()

    def _settle(self):
        """The lane is known, so the runner is on the oval's line; what follows from that for the other states."""
        self.mm += self._follows(self._so, 0)
        self._scale += self._follows(self._ko, 0) // 10
        made = self._follows(self._do, 0)
        if -_REPAIR_MM < made < _REPAIR_MM:
            self.distance_mm += made
        oo = self._oo
        k = (self._so << 10) // oo
        self._ss -= k * self._so >> 10  # < 2**30: so2 / oo is at most ss
        self._sk -= k * self._ko >> 10
        self._ds -= k * self._do >> 10
        self._dk -= ((self._ko << 10) // oo) * self._do >> 10
        self._kk = _SCALE
        self._oo = self._so = self._ko = self._do = self._out = self._slack_mm = 0

    def _follows(self, covariance, out_cm):
        """What a state moves, in tenths of its unit, when the runner turns out to be that far outside the line."""
        share = (covariance << 8) // self._oo
        share = max(-_MOST_SHARE, min(_MOST_SHARE, share))
        return share * (out_cm - self._out) * 10 >> 8  # < 2**30: 25,600 and 15 m
