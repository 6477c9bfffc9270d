"""Finds an oval in the way run: a point each 5 m, and a lap whose points lie on one.

When the runner has turned once around and is back where he was a lap ago, the second moments of the lap's points
give the oval's direction and radius, and its length gives the straights. Then those points must lie on the oval, and
so must those of the next 100 m. The work is spread over the calls, a batch of points each.

Points are kept in dm from the search's own zero, places are in cm on the plane of geodesy.py, angles in 1/65536 of a
turn.
"""

from array import array

from micropython import const

from ..fixed import atan2, cos_q14, hypot, sin_q14

_LOOK = const(0)  # waiting for a lap that closes
_MOMENTS = const(1)  # summing up its points
_RESIDUALS = const(2)  # measuring how far they lie from the oval
_VERIFY = const(3)  # comparing the points that follow

_SPACING_DM = const(50)
_POINTS = const(128)  # 640 m: a lap in lane 8, and what is run while it is looked at
_MASK = const(127)
_LEAST_POINTS = const(36)  # no oval is shorter than 180 m ...
_MOST_POINTS = const(104)  # ... or longer than 520 m
_NEAR_DM = const(120)  # back at the same place: twice the wander of a small receiver in a lap
_TURN = const(1024)  # turns are kept in 1/1024, modulo 32
_TURNS_MASK = const(0x1FFFFF)
_TURN_OFF = const(130)  # of 1024: 45 degrees
_WIDEST_DM = const(2_500)  # no oval reaches farther from its last point
_LEAST_RADIUS_CM = const(1_000)
_BATCH = const(20)  # points a call when summing ...
_BATCH_BESIDE = const(7)  # ... and when measuring, which costs more
_RMS_CM = const(350)  # distance of places from the oval: a receiver's wander of 2.5 m, and a margin
_WIDE_CM = const(900)  # one place farther away than this, and it is no oval
_VERIFY_POINTS = const(20)  # 100 m
_RETRY_POINTS = const(10)  # after a lap was looked at in vain


class Search:
    """mark() each point, then look() or, as long as there is a lap in question, verify(); work() at each place.

    stage           0 while no lap is in question
    zero_x, zero_y  where the points count from
    turn            how far the way has turned since clear(), modulo 32 turns
    heading         of the last 15 m, -1 while unknown
    end_mm          the distance at the end of the lap that closed
    lap_dm          its length
    since_cm        from there along the oval to the last point, once verify() has returned True
    """

    def __init__(self):
        self._x = array("h", (0,) * _POINTS)
        self._y = array("h", (0,) * _POINTS)
        self._turned = array("h", (0,) * _POINTS)
        self.zero_x = self.zero_y = 0
        self.end_mm = self.lap_dm = self.since_cm = 0
        self._last = self._span = self._k = 0
        self._sx = self._sy = self._sxx = self._syy = self._sxy = self._ss = 0
        self.clear()

    def clear(self):
        """Forget the points."""
        self.stage = _LOOK
        self._count = 0
        self.turn = 0
        self.heading = -1
        self._retry = 0
        self._seen = 0

    def mark(self, x, y):
        """Keep a point and how far the way has turned."""
        i = self._count & _MASK
        px = self._x[i] = (x - self.zero_x) // 10
        py = self._y[i] = (y - self.zero_y) // 10
        if self._count >= 3:
            j = (self._count - 3) & _MASK
            heading = atan2(py - self._y[j], px - self._x[j])
            if self._count > 3:
                turn = (heading - self.heading) & 65535
                if turn >= 32768:
                    turn -= 65536
                self.turn = (self.turn + turn) & _TURNS_MASK
            self.heading = heading
        self._turned[i] = self.turn >> 6
        self._count += 1

    def look(self, oval, at_mm):
        """Has the runner come around to a place of a lap ago? Then that lap is looked at more closely."""
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
        self.stage = _MOMENTS
        turn = (now - turned[(i - found) & _MASK]) & 0x7FFF
        oval.clockwise = 1 if turn > 16384 else 0
        self._last = i
        self._span = found
        self.end_mm = at_mm
        self._k = 0
        self._sx = self._sy = self._sxx = self._syy = self._sxy = self._ss = 0
        self._retry = _RETRY_POINTS

    def work(self, oval):
        """A batch of the points of the lap in question: first their moments, then how far they lie from the oval."""
        first = self._last - self._span + 1
        if self.stage == _VERIFY:
            return
        if self._count >= first + _POINTS:  # a point has been overwritten
            self.stage = _LOOK
            return
        moments = self.stage == _MOMENTS
        zero = self._last & _MASK
        x0 = self._x[zero]
        y0 = self._y[zero]
        stop = min(self._k + (_BATCH if moments else _BATCH_BESIDE), self._span)
        for i in range(first + self._k, first + stop):
            j = i & _MASK
            x = self._x[j]
            y = self._y[j]
            if moments:
                x -= x0
                y -= y0
                if not -_WIDEST_DM < x < _WIDEST_DM or not -_WIDEST_DM < y < _WIDEST_DM:
                    self.stage = _LOOK
                    return
                self._sx += x
                self._sy += y
                self._sxx += x * x  # < 2**30: 104 points within 250 m
                self._syy += y * y
                self._sxy += x * y
            else:
                oval.project(self.zero_x + 10 * x, self.zero_y + 10 * y)
                if not -_WIDE_CM < oval.perp_cm < _WIDE_CM:
                    self.stage = _LOOK
                    return
                self._ss += oval.perp_cm * oval.perp_cm  # < 2**30: 104 times 9 m squared
        self._k = stop
        if stop < self._span:
            return
        if moments:
            self._shape(oval, x0, y0)
        else:
            self._seen = 0
            self.stage = _VERIFY if self._ss <= self._span * (_RMS_CM * _RMS_CM) else _LOOK

    def _shape(self, oval, x0, y0):
        """The oval that the moments and the length of the lap make."""
        n = self._span
        mx = self._sx // n
        my = self._sy // n
        cxx = self._sxx // n - mx * mx
        cyy = self._syy // n - my * my
        cxy = self._sxy // n - mx * my
        half = (cxx - cyy) // 2
        oval.angle = atan2(cxy, half) >> 1
        oval.cx_q8 = self.zero_x + 10 * (x0 + mx) << 8
        oval.cy_q8 = self.zero_y + 10 * (y0 + my) << 8
        minor = (cxx + cyy) // 2 - hypot(half, cxy)  # dm2: mean square of the distance to the long axis
        # The lap's length: its points, less what the last one is ahead of the first.
        first = (self._last - n) & _MASK
        before = (self._last - 3) & _MASK
        heading = atan2(y0 - self._y[before], x0 - self._x[before])
        ahead = ((x0 - self._x[first]) * cos_q14(heading) + (y0 - self._y[first]) * sin_q14(heading)) >> 14
        length = self.lap_dm = n * _SPACING_DM - ahead
        # minor = r2 - pi r3 / length grows with r up to a full circle.
        low = 0
        high = length * 113 // 710
        while low < high - 1:
            r = (low + high) >> 1
            if r * r - r * r * r // length * 22 // 7 < minor:
                low = r
            else:
                high = r
        oval.fit(length * 10, high * 10)
        self._k = 0
        self.stage = _RESIDUALS if oval.radius_cm >= _LEAST_RADIUS_CM else _LOOK

    def verify(self, oval, x, y):
        """Does the next point lie on the oval, and does the runner go along it? True after 100 m of that."""
        if self.stage != _VERIFY:
            return False
        oval.project(x, y)
        if not -_WIDE_CM < oval.perp_cm < _WIDE_CM or oval.along(self.heading) != (-1 if oval.clockwise else 1):
            self.stage = _LOOK
            return False
        self._seen += 1
        if self._seen < _VERIFY_POINTS:
            return False
        self.stage = _LOOK
        last = self._last & _MASK
        s = oval.s_cm
        oval.project(self.zero_x + 10 * self._x[last], self.zero_y + 10 * self._y[last])
        since = oval.s_cm - s if oval.clockwise else s - oval.s_cm
        self.since_cm = since + oval.path_cm if since < 0 else since
        oval.s_cm = s
        return True
