"""Ovals learned, recalled, left and never imagined. Places here are exact but for a slow wander of some metres."""

from math import cos, pi, sin

from pacer.core import learned
from pacer.core.geodesy import Plane
from pacer.core.motion import Motion
from pacer.core.stride import Stride
from pacer.core.track import ON, SEARCH, Track
from pacer.core.track.kept import FIELDS

UMIN_M = 539.96  # micro-minutes of latitude to a metre, and of longitude at the equator


def oval(s, straight=84.39, r=36.8):
    bend = pi * r
    s %= 2 * (straight + bend)
    if s < straight:
        return s - straight / 2, -r
    if s < straight + bend:
        a = (s - straight) / r
        return straight / 2 + r * sin(a), -r * cos(a)
    if s < 2 * straight + bend:
        return straight / 2 - (s - straight - bend), r
    a = (s - 2 * straight - bend) / r
    return -straight / 2 - r * sin(a), r * cos(a)


class Walk:
    """A Track fed with a place a second at 4 m/s."""

    def __init__(self, track=None):
        self.track = track or Track()
        self.plane = Plane()
        self.plane.place(50, 1000, 4, 1000)
        self.m = 0.0
        self.k = 0

    def go(self, metres, place, clockwise=False):
        end = self.m + metres
        while self.m < end:
            x, y = place(-self.m if clockwise else self.m)
            x += 2 * sin(self.k / 40)
            y += 2 * cos(self.k / 57)
            self.track.feed(int(1000 * x), int(1000 * y), int(1000 * self.m), self.plane)
            self.m += 4
            self.k += 1
        return self.track


def test_a_standard_track_is_known_within_a_lap_and_a_half_and_its_lane_after_some():
    w = Walk()
    assert w.go(600, oval).stage == ON
    t = w.go(1400, oval)
    assert t.laps.lane == 1
    assert t.laps.lap_mm == 400_001
    assert t.oval.clockwise == 0
    assert t.laps.count >= 4


def test_lane_six_the_other_way_round():
    w = Walk()
    t = w.go(2400, lambda s: oval(s, r=42.8), clockwise=True)
    assert t.stage == ON
    assert t.oval.clockwise == 1
    assert t.laps.lane == 6


def test_an_indoor_track_of_200_m():
    t = Walk().go(1200, lambda s: oval(s, straight=45.0, r=17.508))
    assert t.stage == ON
    assert t.laps.lane == 0
    assert t.laps.lap_mm == 200_000


def test_a_track_of_its_own_length_is_learned_as_it_is():
    t = Walk().go(2400, lambda s: oval(s, straight=70.0, r=28.0))
    assert t.stage == ON
    assert abs(t.laps.lap_mm - 1000 * (140 + 56 * pi)) < 2500


def test_a_block_of_houses_is_no_track():
    def block(s):
        s %= 420.0
        if s < 130:
            return s, 0.0
        if s < 210:
            return 130.0, s - 130
        if s < 340:
            return 130 - (s - 210), 80.0
        return 0.0, 80 - (s - 340)

    assert Walk().go(2500, block).stage != ON


def test_out_and_back_is_no_track():
    assert Walk().go(3000, lambda s: (200 * sin(s / 200), 5.0)).stage == SEARCH


def test_the_track_is_let_go_when_the_runner_leaves_it():
    w = Walk()
    assert w.go(900, oval).stage == ON
    x, y = oval(w.m)
    start = w.m
    t = w.go(150, lambda s: (x, y - (s - start)))
    assert t.stage != ON
    assert t.laps.lap_mm == 0
    assert t.laps.scale_ppm == 0


def test_a_lap_that_a_gap_falls_into_is_not_measured():
    w = Walk()
    t = w.go(1000, oval)
    laps = t.laps.count
    t.gap()
    w.go(396, lambda s: oval(s + 60))  # 60 m were run without fixes
    assert t.laps.count == laps
    w.go(20, lambda s: oval(s + 60))
    assert t.laps.count == laps + 1
    assert t.laps.lane == 1


def test_metres_that_laps_were_shown_too_long_are_taken_back_in_the_next_ones():
    w = Walk()
    w.track.name(1)
    t = w.go(404 * 9.5, lambda s: oval(s * 400 / 404))
    assert t.laps.scale_ppm < -9_000  # of the 10,000 that the receiver reads long


def test_a_kept_oval_is_known_again_within_half_a_lap():
    first = Walk().go(1000, oval)
    assert first.kept.count == 1
    again = Track()
    for i in range(FIELDS):
        again.kept.ovals[i] = first.kept.ovals[i]
    again.kept.count = 1
    t = Walk(again).go(200, oval)
    assert t.stage == ON
    assert t.kept.count == 1


def test_what_was_learned_comes_back_from_its_text():
    first = Walk().go(1000, oval)
    stride = Stride()
    for _ in range(20):
        stride.learn(170, 3400)
    text = learned.dump(stride, first)
    stride2 = Stride()
    track2 = Track()
    assert learned.load(text, stride2, track2) == 0
    assert stride2.step_mm(170) == stride.step_mm(170) == 1200
    assert list(track2.kept.ovals) == list(first.kept.ovals)
    assert learned.dump(stride2, track2) == text


def test_nonsense_in_what_was_kept_is_passed_over():
    stride = Stride()
    track = Track()
    text = b"steps 170 1200 16\nsteps x 1 2\nsteps 170 9 16\noval 1 2 3\noval 99 0 0 0 0 0 3680 400001\n\xff\xfe\nfoo\n"
    assert learned.load(text, stride, track) == 6
    assert stride.step_mm(170) == 1200
    assert track.kept.count == 0


def press_all(track, distances_mm, fixed):
    return [track.press(d, 0, 0, fixed) for d in distances_mm]


def test_lap_presses_count_whole_laps_of_a_named_lane_even_without_gps():
    t = Track()
    t.name(1)
    # Steps are 4 % short: 384 m a lap.
    assert press_all(t, (10_000, 394_000, 778_000, 1_546_000), False) == [0, 400_001, 400_001, 800_002]


def test_a_press_far_from_whole_laps_is_left_as_it_is():
    t = Track()
    t.name(1)
    assert press_all(t, (0, 310_000, 705_000), True) == [0, 0, 400_001]
    assert press_all(Track(), (0, 400_000), True) == [0, 0]


def test_the_first_lap_of_an_unknown_track_snaps_when_it_closes():
    w = Walk()
    t = w.track
    w.go(8, oval)
    x, y = oval(w.m)
    t.press(int(1000 * w.m), int(1000 * x), int(1000 * y), True)
    w.go(400, oval)
    x, y = oval(w.m)
    assert t.press(int(1000 * w.m), int(1000 * x), int(1000 * y), True) == 400_001


def test_naming_another_lane_changes_the_lap():
    t = Track()
    t.name(3)
    assert t.laps.lap_mm == 414_703
    t.name(2, 200_000)
    assert t.laps.lap_mm == 200_000
    t.name(0)
    assert t.laps.lap_mm == 0


def test_motion_makes_laps_true_when_the_receiver_reads_short():
    from pacer.core.gnss.stream import Fix

    m = Motion()
    m.track.name(1)
    f = Fix()
    f.valid = 1
    f.hdop_c = 90
    f.lat_deg = 0
    f.lon_deg = 4
    marks = []
    s = 0.0
    for k in range(1600):
        x, y = oval(s)
        f.lat_umin = 2_000_000 + int((y + 2 * sin(k / 40)) * 542.6)
        f.lon_umin = 2_000_000 + int((x + 2 * cos(k / 57)) * 538.9)
        f.utc_ms = 40_000_000 + 1000 * k
        f.speed_mm_s = 3920
        m.fix(f, 10_000 + 1000 * k)
        m.advance(10_000 + 1000 * k)
        s += 4
        if k % 100 == 0:
            marks.append(m.distance_mm)
    laps = [b - a for a, b in zip(marks, marks[1:])]
    assert abs(laps[0] - 392_000) < 1000
    assert abs(laps[-1] - 400_000) < 3000
    assert all(b > a for a, b in zip(marks, marks[1:]))
