"""Ovals kept between runs, so that a known track is recognised within 100 m. learned.py writes them as text."""

from array import array

from micropython import const

from .laps import LANES_MM, RADII_CM
from .oval import STRAIGHT_CM

KEPT = const(8)
FIELDS = const(8)  # of a kept oval: lat_deg, lat_umin, lon_deg, lon_umin, angle, straight_cm, radius_cm, lap_mm
_NEAR_CM = const(20_000)  # farther from its centre nobody runs on an oval
_SAME_CM = const(5_000)  # ovals with centres so close are one and the same
_INSIDE_CM = const(-1_000)  # of lane 1; the other lanes lie outside
_OUTSIDE_CM = const(1_400)
_POINTS = const(20)


class Kept:
    """recall() at each point while no oval is known, keep() one that is.

    ovals       FIELDS of each, the last used first
    count       how many
    lap_mm      length of a lap of the one recalled
    which       the one in `oval`, -1 for none: what the points are compared with
    seen        points along it so far; set to 0 at a gap
    """

    def __init__(self):
        self.ovals = array("i", (0,) * (KEPT * FIELDS))
        self.count = self.lap_mm = 0
        self.which = -1
        self.seen = 0

    def recall(self, oval, x, y, heading, plane):
        """Compare a point with the kept ovals. True after 100 m along one, which then is in `oval`."""
        kept = self.ovals
        for k in range(self.count):
            at = k * FIELDS
            if self.which != k:
                plane.locate(kept[at], kept[at + 1], kept[at + 2], kept[at + 3])
                cx = plane.at_x_mm // 10
                cy = plane.at_y_mm // 10
                if not -_NEAR_CM < cx - x < _NEAR_CM or not -_NEAR_CM < cy - y < _NEAR_CM:
                    continue
                self.which = k
                self.seen = 0
                oval.cx_q8 = cx << 8
                oval.cy_q8 = cy << 8
                oval.angle = kept[at + 4]
                oval.straight_cm = kept[at + 5]
                oval.radius_cm = kept[at + 6]
                oval.standard = oval.straight_cm == STRAIGHT_CM
                oval.size()
            oval.project(x, y)
            way = oval.along(heading) if heading >= 0 and _INSIDE_CM < oval.perp_cm < _OUTSIDE_CM else 0
            if not way or (self.seen and way != (-1 if oval.clockwise else 1)):
                self.seen = 0
                continue
            oval.clockwise = 1 if way < 0 else 0
            self.lap_mm = kept[at + 7]
            self.seen += 1
            return self.seen >= _POINTS
        return False

    def keep(self, oval, lap_mm, plane):
        """Write down an oval, first of all: in place of one at the same spot, or else of the oldest."""
        kept = self.ovals
        x = oval.cx_q8 >> 8
        y = oval.cy_q8 >> 8
        last = self.count if self.count < KEPT else KEPT - 1
        for k in range(self.count):
            at = k * FIELDS
            plane.locate(kept[at], kept[at + 1], kept[at + 2], kept[at + 3])
            if -_SAME_CM < plane.at_x_mm // 10 - x < _SAME_CM and -_SAME_CM < plane.at_y_mm // 10 - y < _SAME_CM:
                last = k
                break
        else:
            self.count = last + 1
        for i in range((last + 1) * FIELDS - 1, FIELDS - 1, -1):
            kept[i] = kept[i - FIELDS]
        self.which = 0
        plane.invert(10 * x, 10 * y)
        kept[0] = plane.at_lat_deg
        kept[1] = plane.at_lat_umin
        kept[2] = plane.at_lon_deg
        kept[3] = plane.at_lon_umin
        kept[4] = oval.angle
        kept[5] = oval.straight_cm
        kept[6] = RADII_CM[0] if oval.standard else oval.radius_cm
        kept[7] = LANES_MM[0] if oval.standard else lap_mm
