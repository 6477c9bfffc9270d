"""The oval the runner is on: found from places and distance, kept between runs, and used to make laps true.

    oval.py     geometry: where a place lies on an oval
    search.py   finds one in the way run
    kept.py     recalls one of an earlier run
    laps.py     measures its laps: lane, length, scale, lap presses
    way.py      where along it the runner is, within a lap, by speed and course

Off the oval all this ends by itself. Places are in cm of the plane of geodesy.py where a name has no unit,
angles in 1/65536 of a turn.
"""

from micropython import const

from .kept import Kept
from .laps import Laps
from .oval import Oval
from .search import Search
from .way import Way

SEARCH = const(0)
ON = const(4)  # the runner is on an oval that is known

_SPACING_MM = const(5_000)  # of the points
_HOP_MM = const(25_000)  # more than that between two places is a gap
_FAR_CM = const(300_000)  # from the search's zero
_LEFT_CM = const(1_500)  # farther than that from the line, three points long: the runner has left
_LEFT_POINTS = const(3)
_CHECK_MASK = const(7)  # each eighth point


class Track:
    """feed() a place a second, press() at each lap press.

    stage       SEARCH or ON
    oval        the oval, once stage is ON
    laps        lane, lap_mm, and how many
    way         tell() it of the velocity before each feed(): without that, laps alone say how long the way was
    scale_ppm   what measured distance has to be longer
    kept        ovals of earlier runs and of this one
    """

    def __init__(self):
        self.oval = Oval()
        self.search = Search()
        self.laps = Laps()
        self.kept = Kept()
        self.way = Way()
        self.stage = SEARCH
        self.scale_ppm = 0
        self._off = 0  # points beside the oval, one after the other
        self._point_mm = -1  # distance at the last point, -1 for none
        self._fed_mm = self._fed_x = self._fed_y = 0
        self._way_mm = self._way_x = self._way_y = 0  # the same at the last move() of the way
        self._checked = 0

    def name(self, lane, lap_mm=0):
        """The runner says which lane it is (0: find out), and the length of lane 1 if it is not 400 m."""
        self.laps.name(lane, lap_mm)

    def shift(self, dx_mm, dy_mm):
        """The plane has moved: places known before are now this much elsewhere."""
        self.gap()
        if -3_000_000 < dx_mm < 3_000_000 and -3_000_000 < dy_mm < 3_000_000:
            self.oval.cx_q8 += dx_mm // 10 << 8
            self.oval.cy_q8 += dy_mm // 10 << 8
        else:
            self._forget()

    def gap(self):
        """There was no fix for a while: the lap that it fell into is not measured."""
        self.search.clear()
        self.kept.seen = 0
        self.laps.counting = False
        self.way.active = False
        self.scale_ppm = self.laps.scale_ppm
        self._off = 0
        self._point_mm = -1

    def feed(self, x_mm, y_mm, distance_mm, plane):
        """A place at a distance measured, about once a second. The work is that of some 20 points at most."""
        x = x_mm // 10
        y = y_mm // 10
        search = self.search
        if self._point_mm < 0:
            self._point_mm = self._fed_mm = distance_mm
            self._fed_x = x
            self._fed_y = y
            search.zero_x = x
            search.zero_y = y
            search.mark(x, y)
            return
        if search.stage:
            search.work(self.oval)
        moved = distance_mm - self._fed_mm
        if moved > _HOP_MM or not -_FAR_CM < x - search.zero_x < _FAR_CM or not -_FAR_CM < y - search.zero_y < _FAR_CM:
            self.gap()
            return
        if self.way.told:
            self._go_on(x, y, distance_mm)
        while moved > 0 and distance_mm - self._point_mm >= _SPACING_MM:
            self._point_mm += _SPACING_MM
            part = self._point_mm - self._fed_mm
            px = self._fed_x + (x - self._fed_x) * part // moved  # < 2**30: 400 m in cm, 25 m in mm
            py = self._fed_y + (y - self._fed_y) * part // moved
            if self.stage == ON:
                self._follow(px, py)
            else:
                self._seek(px, py, plane)
            if self._point_mm < 0:
                return
        self._fed_mm = distance_mm
        self._fed_x = x
        self._fed_y = y

    def _go_on(self, x, y, distance_mm):
        """The way within the lap, on an oval that is known or about to be recalled."""
        way = self.way
        way.told = False
        moved_mm = distance_mm - self._way_mm
        dx = x - self._way_x
        dy = y - self._way_y
        self._way_mm = distance_mm
        self._way_x = x
        self._way_y = y
        if self.stage != ON and not self.kept.seen:
            way.active = False
        elif way.active:
            way.move(self.oval, self.laps, moved_mm, dx, dy)
        else:
            self.oval.project(x, y)
            if -_LEFT_CM < self.oval.perp_cm < _LEFT_CM:
                way.begin(self.oval, self.laps)
        self.laps.guided = way.active
        self.scale_ppm = way.scale_ppm if way.active and self.stage == ON else self.laps.scale_ppm

    def _seek(self, x, y, plane):
        """A point while no oval is known."""
        search = self.search
        oval = self.oval
        search.mark(x, y)
        if search.stage:
            if search.verify(oval, x, y):
                self.stage = ON
                self.laps.found(oval, self._point_mm, search)
                self.kept.keep(oval, self.laps.lap_mm, plane)
        elif self.kept.recall(oval, x, y, search.heading, plane):
            self.stage = ON
            self.laps.recalled(oval, self._point_mm, self.kept.lap_mm)
        else:
            search.look(oval, self._point_mm)
            if search.stage:
                self.kept.which = -1  # the oval is the search's now
                self.kept.seen = 0

    def _follow(self, x, y):
        """A point on the oval: measure laps, let go when the runner has left."""
        oval = self.oval
        oval.project(x, y)
        if not -_LEFT_CM < oval.perp_cm < _LEFT_CM:
            self._off += 1
            if self._off >= _LEFT_POINTS:
                self._forget()
            return
        self._off = 0
        oval.refine()
        self.laps.follow(oval, self._point_mm)
        self._checked += 1
        if self.way.active and not self._checked & _CHECK_MASK:
            self.way.check(oval, self._way_mm - self._point_mm)

    def _forget(self):
        """The runner has left the oval, or it is far away."""
        self.stage = SEARCH
        self.laps.clear()
        self.kept.which = -1
        self.gap()

    def press(self, distance_mm, x_mm, y_mm, fixed):
        """A lap press: what was run since the last one if that is whole laps, else 0. fixed: the place is known."""
        return self.laps.press(distance_mm, x_mm // 10, y_mm // 10, fixed, self.search.turn, self.stage == ON)

    def remember(self, plane):
        """Before `kept` is written away: the oval as it is known by now."""
        if self.stage == ON:
            self.kept.keep(self.oval, self.laps.lap_mm, plane)
