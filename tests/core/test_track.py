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


def block(s):
    s %= 420.0
    if s < 130:
        return s, 0.0
    if s < 210:
        return 130.0, s - 130
    if s < 340:
        return 130 - (s - 210), 80.0
    return 0.0, 80 - (s - 340)


def test_a_block_of_houses_is_no_track():
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


class Runner:
    """Fixes with a course, one a second, of a runner on an oval that is kept, places 2 m off in a slow wander."""

    def __init__(self, motion, lat_deg=0, speed=4.0, r=36.8, read=1.0, clockwise=False):
        from pacer.core.gnss.stream import Fix

        self.motion = motion
        self.fix = Fix()
        self.fix.valid = self.fix.directed = 1
        self.fix.hdop_c = 90
        self.fix.lat_deg = lat_deg
        self.fix.lon_deg = 4
        self.speed = speed
        self.r = r
        self.read = read
        self.sign = -1 if clockwise else 1
        self.s = 0.0
        self.k = 0
        self.most = 0

    def go(self, metres, back=False):
        f = self.fix
        end = metres
        sign = -self.sign if back else self.sign
        while end > 0:
            x, y = oval(self.s, r=self.r)
            x2, y2 = oval(self.s + 0.01 * sign, r=self.r)
            k = self.k
            f.lat_umin = 2_000_000 + int((y + 2 * sin(k / 40)) * 542.6)
            f.lon_umin = 2_000_000 + int((x + 2 * cos(k / 57)) * 538.9)
            f.utc_ms = 40_000_000 + 1000 * k
            f.speed_mm_s = int(1000 * self.speed * self.read)
            # A course that is noisy, but not for long on one side.
            noise = 0.15 * ((k * 7919 % 13) - 6) / 4
            f.east_mm_s = int(f.speed_mm_s * (x2 - x) * 100 - 1000 * noise * (y2 - y) * 100)
            f.north_mm_s = int(f.speed_mm_s * (y2 - y) * 100 + 1000 * noise * (x2 - x) * 100)
            self.motion.fix(f, 10_000 + 1000 * k)
            before = self.motion.distance_mm
            self.motion.advance(10_000 + 1000 * k)
            if k:
                self.most = max(self.most, abs(self.motion.distance_mm - before - 1000 * self.speed))
            self.s += self.speed * sign
            end -= self.speed
            self.k += 1
        return self.motion


def known(lane=0, r=36.8, straight=8439, lap_mm=400_001, turn=0):
    m = Motion()
    m.track.name(lane)
    kept = (0, 2_000_000, 4, 2_000_000, turn & 32767, straight, int(100 * r), lap_mm)
    for i in range(FIELDS):
        m.track.kept.ovals[i] = kept[i]
    m.track.kept.count = 1
    return m


def test_the_first_lap_of_a_known_oval_is_true_though_the_receiver_reads_short():
    r = Runner(known(1), read=0.985)
    first = r.go(404).distance_mm
    assert abs(first - 400_000) < 2_500  # 394 m were measured
    r.go(400)
    first = r.motion.distance_mm
    r.go(400)
    assert abs(r.motion.distance_mm - first - 400_000) < 1_000
    assert r.motion.track.stage == ON


def test_a_correction_is_never_seen_as_a_jump():
    r = Runner(known(1), read=0.985)
    r.go(1600)
    assert r.most < 0.10 * 4000


def test_the_lane_of_a_known_oval_is_found_in_its_first_laps():
    m = Runner(known(), r=39.14).go(800)
    assert m.track.laps.lane == 3
    assert abs(m.distance_mm - 800_000) < 5_000


def test_the_other_way_round_and_an_oval_that_is_kept_a_degree_off():
    r = Runner(known(1, turn=182), read=0.99, clockwise=True)
    r.go(800)
    before = r.motion.distance_mm
    m = r.go(400)
    assert m.track.oval.clockwise == 1
    assert abs(m.distance_mm - before - 400_000) < 1_500


def test_turning_round_on_the_track_keeps_the_place():
    r = Runner(known(1))
    r.go(500)
    before = r.motion.distance_mm
    r.go(100, back=True)
    m = r.go(300)
    assert m.track.way.active
    assert abs(m.distance_mm - before - 400_000) < 3_000
    before = m.distance_mm
    assert abs(r.go(400).distance_mm - before - 400_000) < 2_000


def test_a_named_lane_counts_on_an_oval_that_is_kept_as_lane_one():
    r = Runner(known(8), r=45.24, read=0.99)
    r.go(904)
    before = r.motion.distance_mm
    assert abs(r.go(452).distance_mm - before - 452_000) < 2_000  # 447 m were measured


def test_without_a_course_laps_alone_make_the_way_true():
    m = known(1)
    r = Runner(m, read=0.98)
    r.fix.directed = 0
    r.go(4000)
    assert not m.track.way.active
    assert m.track.scale_ppm == m.track.laps.scale_ppm > 10_000


def test_a_gap_ends_what_was_known_of_the_way():
    r = Runner(known(1))
    assert r.go(400).track.way.active
    r.motion.track.gap()
    assert not r.motion.track.way.active
    assert r.motion.track.scale_ppm == r.motion.track.laps.scale_ppm
    assert r.go(40).track.way.active


def test_a_runner_who_is_somewhere_else_on_the_oval_is_found_again():
    r = Runner(known(1))
    r.go(600)
    r.motion.track.way.mm = (r.motion.track.way.mm + 100_000) % 400_000
    m = r.go(60)
    assert abs(m.track.way.mm / 1000 - (r.s - 4) % 400) < 8


def test_a_place_is_moved_with_the_plane_by_a_fix_that_is_too_fast_after_a_gap():
    r = Runner(Motion())
    m = r.go(40)
    x = m.x_mm
    f = r.fix
    f.lon_umin += 4_000_000  # 7 km on: the plane follows
    f.utc_ms += 60_000
    f.speed_mm_s = 20_000
    m.fix(f, 10_000 + 1000 * r.k + 60_000)
    assert m.refused == 1
    assert m.x_mm == x + m.plane.shift_x_mm != x


def test_a_failed_search_leaves_no_kept_oval_half_recalled():
    first = Walk().go(1000, oval)
    again = Track()
    for i in range(FIELDS):
        again.kept.ovals[i] = first.kept.ovals[i]
    again.kept.count = 1
    w = Walk(again)
    seen = set()
    for _ in range(200):
        w.go(5, block)  # a lap of it closes, beside the track, but is none
        if again.search.stage:
            seen.add(again.kept.which)
    assert seen == {-1}
    assert w.go(300, oval).stage == ON
