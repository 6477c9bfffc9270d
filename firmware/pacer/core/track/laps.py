"""Laps of an oval: how long they are, which lane that makes, and what measured distance has to be scaled by.

The lane comes from the length of the laps, since places are too vague for it: lanes are 7 m a lap apart, but 1.22 m
in place. Once the lane is known, or named by the runner, what is measured is brought to its true length, a little
more with every lap run; a lap press near a whole lap is taken as one.

Distances are in mm, places and ways along the oval in cm, turns in 1/65536.
"""

from micropython import const

from ..fixed import hypot

# World Athletics: straights of 84.39 m, kerb 36.50 m, lane 1 measured 0.30 m out, the others 0.20 m, lanes of 1.22 m.
LANES_MM = (400_001, 407_038, 414_703, 422_369, 430_034, 437_699, 445_365, 453_030)
RADII_CM = (3_680, 3_792, 3_914, 4_036, 4_158, 4_280, 4_402, 4_524)

_OTHER_LANE_MM = const(5_500)  # twice in a row so far off a lap of this lane: it is another lane's
_ROUND_MM = (200_000, 250_000, 300_000, 333_333)  # lane 1 of other tracks
_ROUND_PERMILLE = const(12)
_SURE_LAPS = const(4)  # where no standard says how long a lap is
_BACK_CM = const(-2_000)  # so far back along the oval: the runner goes the other way round
_CLOSED_CM = const(1_500)
_TURNS_MASK = const(0x1FFFFF)
_TURN_LEAST = const(49_152)  # a full turn, give or take a quarter
_TURN_MOST = const(81_920)
_PRESS_PERMILLE = const(25)  # a lap press this close to whole laps was made at the line
_PRESS_SURE_MM = const(5_000)  # the same when the way within the lap is known
_PRESS_BLIND_PERMILLE = const(60)  # the same when the distance comes from steps alone
# By the lap lines of `bench accuracy`: two sigmas of a place at either end, 2.5 m each, and of 1 Hz Doppler.
_UNSURE_MM = const(8_000)
_BETWEEN_MM = const(2_600)  # a lap this far from every lane's length says nothing: lanes are 7.0 to 7.7 m apart
_DRIFT_MM = const(5_000)  # uncertainty of the sum of all laps, one sigma; by `bench accuracy`
_DRIFT_LAPS = const(6)
_SCALE_MOST = const(30_000)  # ppm


class Laps:
    """begin() where laps are counted from, follow() at each point on the oval, press() at each lap press.

    lane        1 to 8 on a standard track, 0 unknown or another track
    lap_mm      true length of a lap, 0 while unknown
    count       full turns since the oval was known
    scale_ppm   what measured distance has to be longer for laps to be true
    since_mm    what was run between the last two presses
    counting    False after a gap: the lap that it fell into is not measured
    sure        lap_mm is more than what was measured in a lap or two
    guided      way.py looks for the lane, and is quicker
    """

    def __init__(self):
        self._named_lane = self._named_mm = 0
        self._press_mm = -1
        self._press_x = self._press_y = self._press_turn = 0
        self._press_fixed = False
        self.since_mm = 0
        self._fresh = False
        self._base_mm = self._turn_mm = self._before_mm = 0
        self._total_cm = self._was_cm = self._sum_laps = self._odd = self._shown_mm = 0
        self.counting = self.guided = self.sure = False
        self.clear()

    def clear(self):
        """The runner has left the oval. What was named stays."""
        self.count = 0
        self.scale_ppm = 0
        self.lane = self._named_lane
        self.lap_mm = self._named_mm
        self.sure = self._named_mm > 0

    def name(self, lane, lap_mm):
        """The runner says which lane it is (0: find out), and the length of lane 1 if it is not 400 m."""
        self._named_lane = lane
        self._named_mm = lap_mm if lap_mm and lap_mm != 400_000 else LANES_MM[lane - 1] if 1 <= lane <= 8 else 0
        self.lane = lane
        self.lap_mm = self._named_mm
        self.sure = self._named_mm > 0

    def begin(self, oval, at_mm):
        """Measure laps from here."""
        self.counting = True
        self._base_mm = self._turn_mm = at_mm
        self._sum_laps = 0
        self._total_cm = 0  # along the path since the last full turn
        self._was_cm = oval.s_cm
        self._odd = self._shown_mm = 0
        self._fresh = False

    def found(self, oval, at_mm, search):
        """A new oval. The lap that showed it is the first one measured."""
        lap_mm = 100 * search.lap_dm
        self.begin(oval, at_mm)
        self._total_cm = search.since_cm
        self._turn_mm = search.end_mm
        self._base_mm = search.end_mm - lap_mm
        self._sum_laps = self.count = 1
        self._fresh = True
        self._decide(oval, lap_mm, True)

    def recalled(self, oval, at_mm, lap_mm):
        """An oval of an earlier run, whose laps were that long."""
        self.begin(oval, at_mm)
        if not self._named_mm and not oval.standard:
            self.lap_mm = lap_mm
            self.sure = True

    def follow(self, oval, at_mm):
        """The next point, projected on the oval, at this distance: count turns, measure laps."""
        if not self.counting:
            self.begin(oval, at_mm)
            return
        ds = self._was_cm - oval.s_cm if oval.clockwise else oval.s_cm - self._was_cm
        self._was_cm = oval.s_cm
        path = oval.path_cm
        half = path >> 1
        if ds > half:
            ds -= path
        elif ds < -half:
            ds += path
        total = self._total_cm + ds
        self._total_cm = total
        if total < _BACK_CM:
            oval.clockwise ^= 1
            self.begin(oval, at_mm)
        elif total >= path:
            self._total_cm = total - path
            self.count += 1
            self._turned_once(oval, at_mm - 10 * self._total_cm)

    def _turned_once(self, oval, at_mm):
        """A full turn by the places, at this distance: how long was the lap, and is the lane still the same?"""
        lap = at_mm - self._turn_mm
        self._sum_laps += 1
        odd = 0
        if self.lap_mm and abs(lap - self.lap_mm) > _OTHER_LANE_MM:
            odd = 1 if lap > self.lap_mm else -1
        changed = odd and odd == self._odd
        if changed:  # the runner has changed lanes: these two laps count, those before do not
            self._base_mm = self._before_mm
            self._sum_laps = 2
            self._shown_mm = odd = 0
        elif self.lap_mm:
            self._shown_mm += lap + lap // 1000 * self.scale_ppm // 1000 - self.lap_mm
        self._odd = odd
        self._before_mm = self._turn_mm
        self._turn_mm = at_mm
        self._decide(oval, (at_mm - self._base_mm) // self._sum_laps, changed or not self.guided)
        if self._fresh and self._sum_laps == 3:
            # The oval has settled: drop what was measured before that.
            self._fresh = False
            self._base_mm = at_mm
            self._sum_laps = self._shown_mm = self.scale_ppm = 0

    def _decide(self, oval, mean_mm, alone):
        """Lane, lap length and scale from the mean length of the laps so far. alone: nothing else tells the lane."""
        n = self._sum_laps
        if self._named_mm:
            pass  # lane and lap_mm are what the runner says
        elif oval.standard:
            if n < 2:
                return
            lane = _nearest(LANES_MM, mean_mm)
            if (alone or (not self.lane and n >= _SURE_LAPS)) and abs(LANES_MM[lane] - mean_mm) <= _BETWEEN_MM:
                self.settle(oval, lane)
            if not self.lane:
                return  # between two lanes: the next lap will tell
        else:
            self.lap_mm = mean_mm
            self.sure = n >= _SURE_LAPS
            near = _ROUND_MM[_nearest(_ROUND_MM, mean_mm)]
            if abs(mean_mm - near) * 1000 < near * _ROUND_PERMILLE:
                self.lap_mm = near
        # The places at both ends leave n laps uncertain by some metres: only what exceeds that is the receiver's scale.
        off = self.lap_mm - mean_mm
        unsure = _UNSURE_MM // n
        off = off - unsure if off > unsure else off + unsure if off < -unsure else 0
        # What all these laps together were shown too long or too short is made up for in the next ones.
        drift = self._shown_mm
        drift = drift - _DRIFT_MM if drift > _DRIFT_MM else drift + _DRIFT_MM if drift < -_DRIFT_MM else 0
        off = (off - drift // _DRIFT_LAPS) * 1000 // (mean_mm // 1000)
        self.scale_ppm = max(-_SCALE_MOST, min(_SCALE_MOST, off))

    def settle(self, oval, lane):
        """The runner is in this lane of a standard track, 0 to 7."""
        if lane == self.lane - 1:
            return
        self.lane = lane + 1
        self.lap_mm = LANES_MM[lane]
        self.sure = True
        oval.radius_cm = RADII_CM[lane]
        # What has been run of this lap stays the same share of it.
        was = oval.path_cm
        oval.size()
        self._total_cm = self._total_cm * 100 // was * oval.path_cm // 100
        self._was_cm = oval.s_cm * 100 // was * oval.path_cm // 100

    def press(self, at_mm, x, y, fixed, turn, on):
        """A lap press at a distance; fixed: the place is known; turn: Search.turn; on: the oval is known.

        Returns what was run since the last press if that is whole laps, else 0. Lengths within 2.5 % of whole laps
        count as such (6 % by steps alone, 5 m where the way within the lap is known). While no lap is known, one that
        ends where it began, having turned once, is a lap of the nearest lane of a standard track, or of 200 m.
        """
        since = self.since_mm = at_mm - self._press_mm
        dx = x - self._press_x
        dy = y - self._press_y
        turned = (turn - self._press_turn) & _TURNS_MASK
        if turned > _TURNS_MASK >> 1:
            turned = _TURNS_MASK + 1 - turned
        known = self._press_mm >= 0
        closed = fixed and self._press_fixed and hypot(dx, dy) < _CLOSED_CM
        closed = closed and (on or _TURN_LEAST < turned < _TURN_MOST)
        self._press_mm = at_mm
        self._press_x = x
        self._press_y = y
        self._press_turn = turn
        self._press_fixed = fixed
        if not known or not 0 < since < 30_000_000:
            return 0
        lap = self.lap_mm
        if not lap and closed:
            lap = LANES_MM[_nearest(LANES_MM, since)] if since > 300_000 else _ROUND_MM[0]
        if not lap:
            return 0
        laps = (since + lap // 2) // lap
        off = abs(since - laps * lap)
        most = since // 1000 * (_PRESS_PERMILLE if fixed else _PRESS_BLIND_PERMILLE)
        if fixed and self.guided and most > _PRESS_SURE_MM:
            most = _PRESS_SURE_MM
        return laps * lap if laps and off < most and 2 * off < lap else 0


def _nearest(lengths, mm):
    """The index of the length next to this one."""
    best = 0
    for i in range(1, len(lengths)):
        if abs(lengths[i] - mm) < abs(lengths[best] - mm):
            best = i
    return best
