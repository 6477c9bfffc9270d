"""The oval the runner is on: learned from places and distance, kept, and used to make laps true.

An oval is two straights and two half circles (World Athletics; also most indoor tracks): centre, direction, length
of the straights, radius. It is learned when the runner has turned once around and come back to where he was: the
second moments of the lap's places give direction and radius, its length the straights; then the places must lie on
it, and go on to do so for another 100 m. A standard track is recognised by its straights, and the lane by the length
of the laps, since the places are too vague for it: lanes are 7 m a lap apart, but 1.22 m in place.

Once the lane is known, or named by the runner, what is measured is brought to its true length, a little more with
every lap run; a lap press near a whole lap is taken as one. Off the oval all this ends by itself.

Places are in cm of the plane of geodesy.py, distances in mm, angles in 1/65536 of a turn.
"""

from array import array

from micropython import const

from .fixed import atan2, cos_q14, hypot, sin_q14

SEARCH = const(0)
MOMENTS = const(1)
RESIDUALS = const(2)
VERIFY = const(3)
ON = const(4)

_POINTS = const(128)  # a point each 5 m: 640 m, a lap in lane 8 and what passes while it is looked at
_MASK = const(127)
_SPACING_MM = const(5_000)
_HOP_MM = const(25_000)  # more than that between two places is a gap
_FAR_CM = const(300_000)
_LEAST_POINTS = const(36)  # no oval is shorter than 180 m ...
_MOST_POINTS = const(104)  # ... or longer than 520 m
_NEAR_DM = const(120)  # back at the same place: twice the wander of a small receiver in a lap
_TURN = const(1024)  # turns are kept in 1/1024, modulo 32
_TURNS_MASK = const(0x1FFFFF)
_TURN_OFF = const(130)  # of 1024: 45 degrees
_BATCH = const(20)  # points looked at for one fix, their sums ...
_BATCH_BESIDE = const(7)  # ... and how far they lie beside the oval, which costs more
_RMS_CM = const(350)  # places beside the oval: a receiver's wander of 2.5 m, and some
_WIDE_CM = const(900)
_VERIFY_POINTS = const(20)
_RECALL_POINTS = const(20)
_LEFT_CM = const(1_500)  # farther than that from the line, three points long: the runner has left
_LEFT_POINTS = const(3)
_RETRY_POINTS = const(10)  # after a shape that was no oval
_LEARN_SHIFT = const(8)  # the centre follows a 256th of each point's error: three laps

# World Athletics: straights of 84.39 m, kerb 36.50 m, lane 1 measured 0.30 m out, the others 0.20 m, lanes of 1.22 m.
STRAIGHT_CM = const(8_439)
_STANDARD_OFF_CM = const(1_400)  # a straight learned from one lap is that uncertain
LANES_MM = array("i", (400_001, 407_038, 414_703, 422_369, 430_034, 437_699, 445_365, 453_030))
RADII_CM = array("i", (3_680, 3_792, 3_914, 4_036, 4_158, 4_280, 4_402, 4_524))
_OTHER_LANE_MM = const(5_500)  # twice in a row so far off a lap of this lane: it is another lane's
_ROUND_MM = array("i", (200_000, 250_000, 300_000, 333_333))  # lane 1 of other tracks
_ROUND_PERMILLE = const(12)
_CLOSED_CM = const(1_500)
_PRESS_PERMILLE = const(25)  # a lap press so near to whole laps was made at the line
_PRESS_BLIND_PERMILLE = const(60)  # the same by steps alone
# The lap lines of `bench accuracy`: two sigmas of a place at either end, 2.5 m each, and of 1 Hz Doppler.
_UNSURE_MM = const(8_000)
_BETWEEN_MM = const(2_600)  # a lap so far from every lane's says nothing: lanes are 7.0 to 7.7 m apart
_DRIFT_MM = const(5_000)  # the same for the sum of all laps, one sigma; by `bench accuracy`
_DRIFT_LAPS = const(6)
_SCALE_MOST = const(30_000)  # ppm

KEPT = const(4)
FIELDS = const(8)  # of a kept oval: lat_deg, lat_umin, lon_deg, lon_umin, angle, straight_cm, radius_cm, lap_mm


class Track:
    """feed() a place a second, press() at each lap press; read stage, lane, lap_mm, scale_ppm.

    stage       SEARCH to ON
    lane        1 to 8 on a standard track, 0 unknown or another track
    lap_mm      true length of a lap, 0 while unknown
    clockwise   1 or 0
    laps        full turns since the oval was known
    scale_ppm   what measured distance has to be longer for laps to be true
    kept        ovals of earlier runs and of this one, FIELDS each; kept_count
    named_lane  set by name(): the runner knows better
    """

    def __init__(self):
        self._x = array("h", (0,) * _POINTS)  # dm from the search's own zero
        self._y = array("h", (0,) * _POINTS)
        self._turned = array("h", (0,) * _POINTS)
        self.kept = array("i", (0,) * (KEPT * FIELDS))
        self.kept_count = 0
        self.named_lane = 0
        self.named_mm = 0
        self._press_mm = -1
        self.since_mm = 0  # what was run between the last two presses
        self._press_x = self._press_y = self._press_turn = 0
        self._press_fixed = False
        # All attributes from the start: one more later on, and the object's table would grow on the heap.
        self._fed_mm = self._fed_x = self._fed_y = self._zero_x = self._zero_y = 0
        self._last = self._span = self._end_mm = self._lap_dm = self._k = 0
        self._sx = self._sy = self._sxx = self._syy = self._sxy = self._ss = 0
        self._cos = self._sin = self._nu = self._nv = self.bend_cm = self.path_cm = 0
        self._standard = self._fresh = False
        self._base_mm = self._turn_mm = self._before_mm = 0
        self._total_cm = self._was_cm = self._sum_laps = self._odd = self._shown_mm = 0
        self.stage = SEARCH
        self._forget()

    def _forget(self):
        self.stage = SEARCH
        self.clockwise = 0
        self.laps = 0
        self.scale_ppm = 0
        self.perp_cm = self.s_cm = 0
        self.angle = self.straight_cm = self.radius_cm = 0
        self._cx_q8 = self._cy_q8 = 0
        self._which = -1
        self.lane = self.named_lane
        self.lap_mm = self.named_mm
        self._heading = 0
        self._clear_points()

    def _clear_points(self):
        if self.stage != ON:
            self.stage = SEARCH
        self._count = 0  # points so far
        self._turn = 0
        self._retry = 0
        self._seen = 0
        self._recalled = 0
        self._off = 0
        self._point_mm = -1
        self._counting = False

    @property
    def cx_cm(self):
        """Centre of the oval, east."""
        return self._cx_q8 >> 8

    @property
    def cy_cm(self):
        """Centre of the oval, north."""
        return self._cy_q8 >> 8

    def name(self, lane, lap_mm=0):
        """The runner tells the lane (0: find out), and the length of lane 1 if it is not 400 m."""
        self.named_lane = lane
        self.named_mm = lap_mm if lap_mm and lap_mm != 400_000 else LANES_MM[lane - 1] if 1 <= lane <= 8 else 0
        self.lane = lane
        self.lap_mm = self.named_mm

    def shift(self, dx_mm, dy_mm):
        """The plane has moved: places known before are now this much elsewhere."""
        self._clear_points()
        if -3_000_000 < dx_mm < 3_000_000 and -3_000_000 < dy_mm < 3_000_000:
            self._cx_q8 += dx_mm // 10 << 8
            self._cy_q8 += dy_mm // 10 << 8
        else:
            self._forget()

    def gap(self):
        """There was no fix for a while: the lap that it fell into is not measured."""
        self._clear_points()

    def feed(self, x_mm, y_mm, distance_mm, plane):
        """A place at a distance measured, once a second. At most some 20 points' work, whatever there is to do."""
        x = x_mm // 10
        y = y_mm // 10
        if self._point_mm < 0:
            self._point_mm = self._fed_mm = distance_mm
            self._fed_x = self._zero_x = x
            self._fed_y = self._zero_y = y
            self._mark(x, y)
            return
        if self.stage == MOMENTS or self.stage == RESIDUALS:
            self._work()
        moved = distance_mm - self._fed_mm
        if moved > _HOP_MM or not -_FAR_CM < x - self._zero_x < _FAR_CM or not -_FAR_CM < y - self._zero_y < _FAR_CM:
            self._clear_points()
            return
        while moved > 0 and distance_mm - self._point_mm >= _SPACING_MM:
            self._point_mm += _SPACING_MM
            part = self._point_mm - self._fed_mm
            self._point(
                self._fed_x + (x - self._fed_x) * part // moved,  # < 2**30: 400 m in cm, 25 m in mm
                self._fed_y + (y - self._fed_y) * part // moved,
                plane,
            )
            if self._point_mm < 0:
                return
        self._fed_mm = distance_mm
        self._fed_x = x
        self._fed_y = y

    def _point(self, x, y, plane):
        """The way has come to its next point."""
        if self.stage == ON:
            self._follow(x, y)
            return
        self._mark(x, y)
        if self.stage == VERIFY:
            self._verify(x, y, plane)
        elif self.stage == SEARCH and not self._recall(x, y, plane):
            self._look()

    def _mark(self, x, y):
        """Keep a point and how far the way has turned."""
        i = self._count & _MASK
        px = self._x[i] = (x - self._zero_x) // 10
        py = self._y[i] = (y - self._zero_y) // 10
        if self._count >= 3:
            j = (self._count - 3) & _MASK
            heading = atan2(py - self._y[j], px - self._x[j])
            if self._count > 3:
                turn = (heading - self._heading) & 65535
                if turn >= 32768:
                    turn -= 65536
                self._turn = (self._turn + turn) & _TURNS_MASK
            self._heading = heading
        self._turned[i] = self._turn >> 6
        self._count += 1

    def _look(self):
        """Has the runner come around to a place of a lap ago? Then look at that lap more closely."""
        if self._retry:
            self._retry -= 1
            return
        i = self._count - 1
        last = _MOST_POINTS if i > _MOST_POINTS else i
        here = i & _MASK
        x = self._x[here]
        y = self._y[here]
        turned = self._turned
        now = turned[here]
        best = _NEAR_DM * _NEAR_DM
        found = 0
        for back in range(_LEAST_POINTS, last, 2):
            j = (i - back) & _MASK
            turn = (now - turned[j]) & 0x7FFF
            if turn > 16384:
                turn = 32768 - turn
            if _TURN - _TURN_OFF < turn < _TURN + _TURN_OFF:
                dx = x - self._x[j]
                dy = y - self._y[j]
                if -_NEAR_DM < dx < _NEAR_DM and -_NEAR_DM < dy < _NEAR_DM:
                    d = dx * dx + dy * dy
                    if d < best:
                        best = d
                        found = back
        if not found:
            return
        self.stage = MOMENTS
        self._last = i
        self._span = found
        self._end_mm = self._point_mm
        self._k = 0
        self._sx = self._sy = self._sxx = self._syy = self._sxy = 0
        self._ss = 0
        turn = (now - turned[(i - found) & _MASK]) & 0x7FFF
        self.clockwise = 1 if turn > 16384 else 0

    def _work(self):
        """A batch of the points of the lap in question."""
        first = self._last - self._span
        if self._count - first > _POINTS:
            self._refuse()
            return
        zero = self._last & _MASK
        x0 = self._x[zero]
        y0 = self._y[zero]
        for _ in range(_BATCH if self.stage == MOMENTS else _BATCH_BESIDE):
            if self._k >= self._span:
                break
            j = (first + 1 + self._k) & _MASK
            self._k += 1
            x = self._x[j] - x0
            y = self._y[j] - y0
            if self.stage == MOMENTS:
                if not -2500 < x < 2500 or not -2500 < y < 2500:
                    self._refuse()
                    return
                self._sx += x
                self._sy += y
                self._sxx += x * x  # < 2**30: 104 points within 250 m
                self._syy += y * y
                self._sxy += x * y
            else:
                self._project(self._zero_x + 10 * self._x[j], self._zero_y + 10 * self._y[j])
                if not -_WIDE_CM < self.perp_cm < _WIDE_CM:
                    self._refuse()
                    return
                self._ss += self.perp_cm * self.perp_cm  # < 2**30: 104 times 9 m squared
        if self._k < self._span:
            return
        if self.stage == MOMENTS:
            self._shape(x0, y0)
        elif self._ss > self._span * (_RMS_CM * _RMS_CM):
            self._refuse()
        else:
            self.stage = VERIFY
            self._seen = 0

    def _refuse(self):
        self.stage = SEARCH
        self._retry = _RETRY_POINTS

    def _shape(self, x0, y0):
        """Centre, direction and radius from the moments, the straights from the length."""
        n = self._span
        mx = self._sx // n
        my = self._sy // n
        cxx = self._sxx // n - mx * mx
        cyy = self._syy // n - my * my
        cxy = self._sxy // n - mx * my
        half = (cxx - cyy) // 2
        self.angle = atan2(cxy, half) >> 1
        minor = (cxx + cyy) // 2 - hypot(half, cxy)  # dm2: mean square of the distance to the long axis
        length = self._lap_dm = self._length_dm()
        # minor = r2 - pi r3 / length grows with r as far as a circle.
        low = 0
        high = length * 113 // 710
        while low < high - 1:
            r = (low + high) >> 1
            if r * r - r * r * r // length * 22 // 7 < minor:
                low = r
            else:
                high = r
        self._set(self._zero_x + 10 * (x0 + mx), self._zero_y + 10 * (y0 + my), length * 10, high * 10)
        if self.radius_cm < 1_000:
            self._refuse()
            return
        self.stage = RESIDUALS
        self._k = 0

    def _length_dm(self):
        """The lap's length: its points, less what the last is ahead of the first."""
        first = (self._last - self._span) & _MASK
        last = self._last & _MASK
        dx = self._x[last] - self._x[first]
        dy = self._y[last] - self._y[first]
        before = (self._last - 3) & _MASK
        heading = atan2(self._y[last] - self._y[before], self._x[last] - self._x[before])
        ahead = (dx * cos_q14(heading) + dy * sin_q14(heading)) >> 14
        return self._span * (_SPACING_MM // 100) - ahead

    def _set(self, cx, cy, length_cm, radius_cm):
        self._cx_q8 = cx << 8
        self._cy_q8 = cy << 8
        straight = (length_cm - radius_cm * 710 // 113) // 2
        standard = STRAIGHT_CM - _STANDARD_OFF_CM < straight < STRAIGHT_CM + _STANDARD_OFF_CM
        self._standard = standard and 39_000 < length_cm < 46_300
        if self._standard:
            straight = STRAIGHT_CM
            radius_cm = (length_cm - 2 * STRAIGHT_CM) * 113 // 710
        self.straight_cm = straight if straight > 0 else 0
        self.radius_cm = radius_cm
        self._size()

    def _size(self):
        self._cos = cos_q14(self.angle)
        self._sin = sin_q14(self.angle)
        self.bend_cm = self.radius_cm * 355 // 113
        self.path_cm = 2 * (self.straight_cm + self.bend_cm)

    def _project(self, x, y):
        """Where on the oval: s_cm along it counter-clockwise, perp_cm out of it; the normal for _refine."""
        dx = x - (self._cx_q8 >> 8)
        dy = y - (self._cy_q8 >> 8)
        if not -30_000 < dx < 30_000 or not -30_000 < dy < 30_000:
            self.perp_cm = 30_000
            return
        cos = self._cos
        sin = self._sin
        u = (dx * cos + dy * sin) >> 14  # < 2**30: 300 m twice
        v = (dy * cos - dx * sin) >> 14
        h = self.straight_cm >> 1
        if -h <= u <= h:
            self._nu = 0
            if v < 0:
                self.perp_cm = -v - self.radius_cm
                self.s_cm = u + h
                self._nv = -16384
            else:
                self.perp_cm = v - self.radius_cm
                self.s_cm = self.straight_cm + self.bend_cm + h - u
                self._nv = 16384
            return
        w = u - h if u > 0 else u + h
        rho = hypot(w, v)
        self.perp_cm = rho - self.radius_cm
        self._nu = (w << 14) // rho
        self._nv = (v << 14) // rho
        if u > 0:
            self.s_cm = self.straight_cm + (atan2(w, -v) * self.bend_cm >> 15)  # < 2**30: bends below 320 m
        else:
            self.s_cm = 2 * self.straight_cm + self.bend_cm + (atan2(-w, v) * self.bend_cm >> 15)

    def _refine(self):
        """The oval follows what the places say, over some laps."""
        p = self.perp_cm
        nx = (self._nu * self._cos - self._nv * self._sin) >> 14
        ny = (self._nu * self._sin + self._nv * self._cos) >> 14
        self._cx_q8 += p * nx >> (6 + _LEARN_SHIFT)
        self._cy_q8 += p * ny >> (6 + _LEARN_SHIFT)

    def _along(self):
        """Does the runner go along the oval here? 1 counter-clockwise, -1 clockwise, 0 across."""
        # The tangent is the normal turned left by a quarter.
        tangent = atan2(
            (self._nu * self._cos - self._nv * self._sin) >> 14,
            -((self._nu * self._sin + self._nv * self._cos) >> 14),
        )
        off = (self._heading - tangent) & 65535
        if off < 8192 or off > 57344:
            return 1
        return -1 if 24576 < off < 40960 else 0

    def _verify(self, x, y, plane):
        self._project(x, y)
        if not -_WIDE_CM < self.perp_cm < _WIDE_CM or self._along() != (-1 if self.clockwise else 1):
            self._refuse()
            return
        self._seen += 1
        if self._seen < _VERIFY_POINTS:
            return
        self.stage = ON
        self._which = -1
        self._begin()
        # The lap that showed the oval is the first one measured; it ended where its last point was.
        last = self._last & _MASK
        s = self.s_cm
        self._project(self._zero_x + 10 * self._x[last], self._zero_y + 10 * self._y[last])
        since = self.s_cm - s if self.clockwise else s - self.s_cm
        self._total_cm = since + self.path_cm if since < 0 else since
        self.s_cm = s
        self._base_mm = self._end_mm - 100 * self._lap_dm
        self._turn_mm = self._end_mm
        self._sum_laps = self.laps = 1
        self._fresh = True
        self._decide(100 * self._lap_dm)
        self._keep(plane)

    def _begin(self):
        """Count laps from here."""
        self._counting = True
        self._base_mm = self._turn_mm = self._point_mm
        self._sum_laps = 0
        self._total_cm = 0  # along the path since the last full turn
        self._was_cm = self.s_cm
        self._odd = self._shown_mm = 0
        self._off = 0

    def _follow(self, x, y):
        """On the oval: count turns, measure laps, let go when the runner leaves."""
        self._project(x, y)
        if not -_LEFT_CM < self.perp_cm < _LEFT_CM:
            self._off += 1
            if self._off >= _LEFT_POINTS:
                self._forget()
            return
        self._off = 0
        self._refine()
        if not self._counting:
            self._begin()
            return
        ds = self._was_cm - self.s_cm if self.clockwise else self.s_cm - self._was_cm
        self._was_cm = self.s_cm
        half = self.path_cm >> 1
        if ds > half:
            ds -= self.path_cm
        elif ds < -half:
            ds += self.path_cm
        self._total_cm += ds
        if self._total_cm < -2_000:  # the other way round
            self.clockwise ^= 1
            self._begin()
        elif self._total_cm >= self.path_cm:
            self._total_cm -= self.path_cm
            self.laps += 1
            self._turned_once(self._point_mm - 10 * self._total_cm)

    def _turned_once(self, distance_mm):
        """A full turn by the places, at this distance: how long was a lap, and is it the lane we think?"""
        lap = distance_mm - self._turn_mm
        self._sum_laps += 1
        odd = 0
        if self.lap_mm and abs(lap - self.lap_mm) > _OTHER_LANE_MM:
            odd = 1 if lap > self.lap_mm else -1
        if odd and odd == self._odd:  # the runner has changed lanes: these two laps count, those before do not
            self._base_mm = self._before_mm
            self._sum_laps = 2
            self._shown_mm = odd = 0
        elif self.lap_mm:
            self._shown_mm += lap + lap // 1000 * self.scale_ppm // 1000 - self.lap_mm
        self._odd = odd
        self._before_mm = self._turn_mm
        self._turn_mm = distance_mm
        self._decide((distance_mm - self._base_mm) // self._sum_laps)
        if self._fresh and self._sum_laps == 3:
            # The oval has settled; what was measured while it had not is left behind.
            self._fresh = False
            self._base_mm = distance_mm
            self._sum_laps = self._shown_mm = self.scale_ppm = 0

    def _decide(self, measured_mm):
        n = self._sum_laps
        if self.named_mm:
            self.lane = self.named_lane
            self.lap_mm = self.named_mm
        elif self._standard:
            if n < 2:
                return
            lane = _nearest(LANES_MM, measured_mm)
            if abs(LANES_MM[lane] - measured_mm) > _BETWEEN_MM:
                if not self.lane:
                    return  # between two lanes: another lap will tell
            elif lane != self.lane - 1:
                self.lane = lane + 1
                self.lap_mm = LANES_MM[lane]
                self.radius_cm = RADII_CM[lane]
                self._resize()
        else:
            self.lap_mm = measured_mm
            near = _ROUND_MM[_nearest(_ROUND_MM, measured_mm)]
            if abs(measured_mm - near) * 1000 < near * _ROUND_PERMILLE:
                self.lap_mm = near
        # What a lap measures against what it is. The places at both ends leave n laps uncertain by some metres:
        # only what is beyond that is the receiver's own scale.
        off = self.lap_mm - measured_mm
        unsure = _UNSURE_MM // n
        off = off - unsure if off > unsure else off + unsure if off < -unsure else 0
        # And what has been counted too much or too little over all these laps is made up for in the next ones.
        drift = self._shown_mm
        drift = drift - _DRIFT_MM if drift > _DRIFT_MM else drift + _DRIFT_MM if drift < -_DRIFT_MM else 0
        off = (off - drift // _DRIFT_LAPS) * 1000 // (measured_mm // 1000)
        self.scale_ppm = max(-_SCALE_MOST, min(_SCALE_MOST, off))

    def _resize(self):
        """Another radius: what has been run of the lap stays the same share of it."""
        was = self.path_cm
        self._size()
        self._total_cm = self._total_cm * 100 // was * self.path_cm // 100
        s = self.s_cm * 100 // was * self.path_cm // 100
        self._was_cm = s

    def _recall(self, x, y, plane):
        """Is this one of the kept ovals? Then it is known after 100 m along it."""
        for k in range(self.kept_count):
            at = k * FIELDS
            if self._which != k:
                kept = self.kept
                plane.locate(kept[at], kept[at + 1], kept[at + 2], kept[at + 3])
                if not -20_000 < plane.at_x_mm // 10 - x < 20_000 or not -20_000 < plane.at_y_mm // 10 - y < 20_000:
                    continue
                self._which = k
                self._recalled = 0
                self.angle = kept[at + 4]
                self.straight_cm = kept[at + 5]
                self.radius_cm = kept[at + 6]
                self._standard = self.straight_cm == STRAIGHT_CM
                self._cx_q8 = plane.at_x_mm // 10 << 8
                self._cy_q8 = plane.at_y_mm // 10 << 8
                self._size()
            self._project(x, y)
            way = self._along() if self._count > 3 and -1_000 < self.perp_cm < 1_400 else 0
            if not way or (self._recalled and way != (-1 if self.clockwise else 1)):
                self._recalled = 0
                continue
            self.clockwise = 1 if way < 0 else 0
            self._recalled += 1
            if self._recalled < _RECALL_POINTS:
                return False
            self.stage = ON
            self.laps = 0
            self._begin()
            if self.named_mm:
                self.lap_mm = self.named_mm
                self.lane = self.named_lane
            elif not self._standard:
                self.lap_mm = self.kept[at + 7]
            return True
        return False

    def _keep(self, plane):
        """Write the oval to `kept`: in the place of one at the same spot, else first, and the oldest goes."""
        kept = self.kept
        x = self._cx_q8 >> 8
        y = self._cy_q8 >> 8
        last = self.kept_count if self.kept_count < KEPT else KEPT - 1
        for k in range(self.kept_count):
            at = k * FIELDS
            plane.locate(kept[at], kept[at + 1], kept[at + 2], kept[at + 3])
            if -5_000 < plane.at_x_mm // 10 - x < 5_000 and -5_000 < plane.at_y_mm // 10 - y < 5_000:
                last = k
                break
        else:
            self.kept_count = last + 1
        for i in range((last + 1) * FIELDS - 1, FIELDS - 1, -1):
            kept[i] = kept[i - FIELDS]
        self._which = 0
        plane.invert(10 * x, 10 * y)
        kept[0] = plane.at_lat_deg
        kept[1] = plane.at_lat_umin
        kept[2] = plane.at_lon_deg
        kept[3] = plane.at_lon_umin
        kept[4] = self.angle
        kept[5] = self.straight_cm
        kept[6] = RADII_CM[0] if self._standard else self.radius_cm
        kept[7] = LANES_MM[0] if self._standard else self.lap_mm

    def remember(self, plane):
        """Before `kept` is written away: the oval as it is known by now."""
        if self.stage == ON:
            self._keep(plane)

    def press(self, distance_mm, x_mm, y_mm, fixed):
        """A lap press at a distance (fixed: the place is known). What was run since the last one if whole laps, else 0.

        Lengths within 2.5 % of whole laps count as such (6 % by steps alone). While no lap is known, one lap that
        ends where it began, having turned once, is a lap of the nearest lane of a standard track, or of 200 m.
        """
        since = self.since_mm = distance_mm - self._press_mm
        x = x_mm // 10
        y = y_mm // 10
        dx = x - self._press_x
        dy = y - self._press_y
        turn = (self._turn - self._press_turn) & _TURNS_MASK
        if turn > _TURNS_MASK >> 1:
            turn = _TURNS_MASK + 1 - turn
        known = self._press_mm >= 0
        closed = fixed and self._press_fixed and hypot(dx, dy) < _CLOSED_CM
        if self.stage != ON and not 49_152 < turn < 81_920:
            closed = False
        self._press_mm = distance_mm
        self._press_x = x
        self._press_y = y
        self._press_turn = self._turn
        self._press_fixed = fixed
        if not known or not 0 < since < 30_000_000:
            return 0
        lap = self.lap_mm or self.named_mm
        if not lap and closed:
            lap = LANES_MM[_nearest(LANES_MM, since)] if since > 300_000 else _ROUND_MM[0]
        if not lap:
            return 0
        laps = (since + lap // 2) // lap
        off = abs(since - laps * lap)
        most = since // 1000 * (_PRESS_PERMILLE if fixed else _PRESS_BLIND_PERMILLE)
        return laps * lap if laps and off < most and 2 * off < lap else 0


def _nearest(lengths, mm):
    best = 0
    for i in range(1, len(lengths)):
        if abs(lengths[i] - mm) < abs(lengths[best] - mm):
            best = i
    return best
