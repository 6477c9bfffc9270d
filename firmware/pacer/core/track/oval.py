"""The geometry of an oval: two straights and two half circles (World Athletics; most indoor tracks, too).

Places are in cm on the plane of geodesy.py, angles in 1/65536 of a turn.
"""

from micropython import const

from ..fixed import atan2, cos_q14, hypot, sin_q14

STRAIGHT_CM = const(8_439)  # of a standard track (World Athletics)
_STANDARD_OFF_CM = const(1_400)  # uncertainty of a straight learned from one lap
_SHORTEST_CM = const(38_700)  # laps of a standard track, lanes 1 to 8 and the error of one lap
_LONGEST_CM = const(46_300)
_FAR_CM = const(30_000)  # project() works this far from the centre
_LEARN_SHIFT = const(8)  # the centre follows a 256th of each point's error: three laps


class Oval:
    """fit() a measured lap, or set what was measured before and call size(); then project() each place.

    cx_q8, cy_q8        centre, east and north, in 1/256 cm
    angle       of the straights
    clockwise   1 or 0: the way it is run
    standard    True when its straights are those of a standard track
    bend_cm     length of a half circle
    path_cm     length of a lap
    s_cm        last place projected: way along the oval, counter-clockwise
    perp_cm     last place projected: how far outside the line, negative inside
    """

    def __init__(self):
        self.cx_q8 = self.cy_q8 = 0
        self.angle = self.straight_cm = self.radius_cm = self.clockwise = 0
        self.standard = False
        self.bend_cm = self.path_cm = 0
        self.s_cm = self.perp_cm = 0
        self._cos = self._sin = self._nu = self._nv = 0

    def fit(self, length_cm, radius_cm):
        """Straights from the length of a measured lap and its radius; a standard track is recognised by them."""
        straight = (length_cm - radius_cm * 710 // 113) // 2
        standard = STRAIGHT_CM - _STANDARD_OFF_CM < straight < STRAIGHT_CM + _STANDARD_OFF_CM
        self.standard = standard and _SHORTEST_CM < length_cm < _LONGEST_CM
        if self.standard:
            straight = STRAIGHT_CM
            radius_cm = (length_cm - 2 * STRAIGHT_CM) * 113 // 710
        self.straight_cm = straight if straight > 0 else 0
        self.radius_cm = radius_cm
        self.size()

    def size(self):
        """What follows from angle, straight_cm and radius_cm."""
        self._cos = cos_q14(self.angle)
        self._sin = sin_q14(self.angle)
        self.bend_cm = self.radius_cm * 355 // 113
        self.path_cm = 2 * (self.straight_cm + self.bend_cm)

    def project(self, x, y):
        """Find s_cm and perp_cm of a place, and the normal there for refine() and along()."""
        dx = x - (self.cx_q8 >> 8)
        dy = y - (self.cy_q8 >> 8)
        if not -_FAR_CM < dx < _FAR_CM or not -_FAR_CM < dy < _FAR_CM:
            self.perp_cm = _FAR_CM
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

    def refine(self):
        """Move the centre towards the place projected, so that over some laps the oval settles on the places."""
        p = self.perp_cm
        nx = (self._nu * self._cos - self._nv * self._sin) >> 14
        ny = (self._nu * self._sin + self._nv * self._cos) >> 14
        self.cx_q8 += p * nx >> (6 + _LEARN_SHIFT)
        self.cy_q8 += p * ny >> (6 + _LEARN_SHIFT)

    def along(self, heading):
        """How a heading runs along the oval at the place projected: 1 counter-clockwise, -1 clockwise, 0 across."""
        # The tangent is the normal turned left by a quarter.
        tangent = atan2(
            (self._nu * self._cos - self._nv * self._sin) >> 14,
            -((self._nu * self._sin + self._nv * self._cos) >> 14),
        )
        off = (heading - tangent) & 65535
        if off < 8192 or off > 57344:
            return 1
        return -1 if 24576 < off < 40960 else 0
