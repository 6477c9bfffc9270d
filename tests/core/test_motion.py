import math

from pacer.core.cadence import UNKNOWN
from pacer.core.gnss.nmea import EMPTY
from pacer.core.gnss.stream import Fix
from pacer.core.motion import BY_STEPS, GUESSED, UNSURE, Motion
from pacer.core.stride import Stride

UMIN_M = 539.96  # micro-minutes of latitude to a metre


class Drive:
    """A Motion fed with one fix a second, going north."""

    def __init__(self, cadence=UNKNOWN):
        self.motion = Motion()
        self.fix = Fix()
        self.fix.valid = 1
        self.fix.hdop_c = 90
        self.fix.lat_deg = 50
        self.ms = 10_000
        self.utc_ms = 40_000_000
        self.metres = 0.0
        self.cadence = cadence

    def tenth(self, speed_mm_s):
        self.second(speed_mm_s, seconds=0.1)

    def second(self, speed_mm_s, valid=1, jump_m=0.0, seconds=1, said_mm_s=None):
        self.ms += round(1000 * seconds)
        self.utc_ms += round(1000 * seconds)
        self.metres += speed_mm_s / 1000 * seconds
        f = self.fix
        f.valid = valid
        f.utc_ms = self.utc_ms % 86_400_000
        f.lat_umin = int((self.metres + jump_m + 5000) * UMIN_M)
        f.speed_mm_s = speed_mm_s if said_mm_s is None else said_mm_s
        self.motion.steps(self.cadence)
        self.motion.fix(f, self.ms)
        self.motion.advance(self.ms)


def test_distance_is_the_integral_of_speed():
    d = Drive()
    d.second(3000)
    start = d.motion.distance_mm
    for _ in range(600):
        d.second(3000)
    assert d.motion.distance_mm - start == 1_800_000
    assert d.motion.speed_mm_s == 3000


def test_distance_grows_between_fixes_and_never_goes_back():
    d = Drive()
    last = 0
    for k in range(200):
        d.second(2500 + 1000 * (k % 3))
        for part in range(100, 1000, 100):
            d.motion.advance(d.ms + part)
            assert d.motion.distance_mm >= last
            last = d.motion.distance_mm
    d.second(3000)
    ahead = d.motion.distance_mm
    d.motion.advance(d.ms + 500)
    assert d.motion.distance_mm - ahead > 1000


def test_standing_adds_nothing():
    for cadence in (0, UNKNOWN):
        d = Drive(cadence)
        for k in range(600):
            d.second(50 + 300 * (k % 2))
        assert d.motion.distance_mm <= 400


def test_the_first_fix_and_the_first_after_a_gap_add_no_jump():
    d = Drive()
    for _ in range(20):
        d.second(0)
    before = d.motion.distance_mm
    d.second(0, jump_m=3000, seconds=60)
    assert d.motion.distance_mm - before == 0


def test_a_jump_of_the_position_is_refused_until_it_proves_true():
    d = Drive()
    for _ in range(30):
        d.second(3000)
    before = d.motion.distance_mm
    d.second(3000, jump_m=500)
    assert d.motion.refused == 1
    d.second(3000)
    assert 5_900 <= d.motion.distance_mm - before <= 6_100
    for _ in range(20):
        d.second(3000, jump_m=500)
    assert d.motion.distance_mm - before <= 22 * 3000 + 3000
    assert d.motion.fixed


def test_a_speed_no_runner_has_is_refused():
    d = Drive()
    for _ in range(10):
        d.second(3000)
    before = d.motion.distance_mm
    d.fix.speed_mm_s = 40_000
    d.ms += 1000
    d.fix.utc_ms += 1000
    d.motion.fix(d.fix, d.ms)
    d.motion.advance(d.ms)
    assert d.motion.distance_mm - before <= 3_100


def test_after_three_rejections_a_jump_is_accepted_and_a_new_stretch_begins():
    d = Drive()
    for _ in range(60):
        d.second(3000)
    m = d.motion
    before = m.distance_mm
    for k in range(5):  # 10 fixes a second: the jump is accepted long before it counts as a gap
        d.ms += 100
        d.fix.utc_ms += 100
        d.fix.lat_umin += int((300.0 if k == 0 else 0.3) * UMIN_M)
        m.fix(d.fix, d.ms)
        m.advance(d.ms)
        assert m.refused == min(k + 1, 4)
        assert (m.filter.window > 1) == (k < 3)
        assert (m.track.search.heading >= 0) == (k < 3)
    assert m.distance_mm - before <= 5 * 300


def test_without_fix_the_steps_carry_on():
    d = Drive(168)
    for _ in range(120):
        d.second(3000)
    before = d.motion.distance_mm
    for _ in range(60):
        d.second(3000, valid=0)
    got = d.motion.distance_mm - before
    assert 176_000 <= got <= 184_000, got
    assert 0 < d.motion.confidence < 100


def test_without_fix_and_without_steps_it_stops_soon():
    d = Drive()
    for _ in range(60):
        d.second(3000)
    before = d.motion.distance_mm
    for _ in range(120):
        d.second(3000, valid=0)
    assert d.motion.distance_mm - before <= 30_000
    assert d.motion.confidence == 0
    assert d.motion.speed_mm_s == 0


def test_a_change_of_pace_is_seen_within_four_seconds():
    d = Drive()
    for _ in range(60):
        d.second(2778)
    for _ in range(4):
        d.second(4167)
    assert d.motion.speed_mm_s >= 2778 + 0.9 * 1389


def test_a_steady_pace_is_shown_far_steadier_than_it_is_measured():
    d = Drive()
    noise = 12345
    shown = []
    for _ in range(400):
        noise = (noise * 1103 + 12345) % 32749
        d.second(3000 + noise * 600 // 32749 - 300)
        shown.append(d.motion.speed_mm_s)
    assert max(shown[100:]) - min(shown[100:]) <= 200
    assert abs(sum(shown[100:]) // 300 - 3000) <= 30


def test_what_was_jogged_before_a_rep_does_not_show_in_it():
    d = Drive()
    for _ in range(90):
        d.second(2300)
    for _ in range(3):
        d.second(3300)
    assert abs(d.motion.speed_mm_s - 3300) <= 60
    assert abs(d.motion.recent_mm_s - 3300) <= 60


def test_a_small_drift_shows_at_once_to_the_coach():
    d = Drive()
    noise = 777
    for k in range(300):
        noise = (noise * 1103 + 12345) % 32749
        d.second((3000 if k < 280 else 2880) + noise * 400 // 32749 - 200)
    assert d.motion.recent_mm_s < 2960


def test_midnight_and_a_leap_second_lose_no_distance():
    d = Drive()
    d.utc_ms = 86_395_000
    d.second(3000)
    start = d.motion.distance_mm
    for _ in range(10):
        d.second(3000)
    d.utc_ms -= 1000  # the receiver says 23:59:60 or repeats a second
    for _ in range(10):
        d.second(3000)
    assert 57_000 <= d.motion.distance_mm - start <= 63_000


def test_the_same_fix_said_twice_counts_once():
    d = Drive()
    for _ in range(5):
        d.second(3000)
    before = d.motion.distance_mm
    for _ in range(50):
        d.motion.fix(d.fix, d.ms)
    d.motion.advance(d.ms)
    assert d.motion.distance_mm == before


def test_a_fix_that_arrives_late_is_dated_by_its_own_clock():
    d = Drive()
    for _ in range(20):
        d.second(3000)
    before = d.motion.distance_mm
    for late in (300, 0, 450, 120, 0):
        d.ms += 1000 + late
        d.utc_ms += 1000
        d.fix.utc_ms = d.utc_ms
        d.metres += 3
        d.fix.lat_umin = int((d.metres + 5000) * UMIN_M)
        d.motion.fix(d.fix, d.ms)
        d.ms -= late
    d.motion.advance(d.ms)
    assert abs(d.motion.distance_mm - before - 15_000) <= 30


def test_the_swing_of_an_arm_does_not_show():
    """10 fixes a second on an arm that swings 1.1 m/s along and 0.35 across, once in two steps at 172 a minute."""
    for directed in (1, 0):
        d = Drive(172)
        shown, before = [], 0
        for k in range(1200):
            phase = 2 * math.pi * 172 / 120 * k / 10
            along, across = 3300 + round(1100 * math.sin(phase)), round(350 * math.sin(phase + 0.8))
            d.fix.directed, d.fix.north_mm_s, d.fix.east_mm_s = directed, along, across
            d.tenth(round(math.sqrt(along * along + across * across)))
            if k == 200:
                before = d.motion.distance_mm
            if k > 300:
                shown.append(d.motion.speed_mm_s)
        assert max(shown) - min(shown) <= 40
        assert abs(shown[-1] - 3300) <= (12 if directed else 30)
        metres = (d.motion.distance_mm - before) / 1000
        assert abs(metres - 3.3 * 99.9) <= (0.3 if directed else 1.5)  # across counts as way where it is not known


def test_a_new_step_of_the_plan_forgets_the_speeds_but_not_the_way():
    d = Drive(172)
    for _ in range(90):
        d.second(3000)
    m = d.motion
    window, way, noise = m.filter.window, m.distance_mm, m.noise_mm2_s()
    assert window > 30
    m.begin(4000)
    m.advance(d.ms)
    assert (m.distance_mm, m.speed_mm_s, m.noise_mm2_s()) == (way, 3000, noise)
    d.second(3100)
    assert m.speed_mm_s == 3100


def test_before_the_first_fix_the_steps_say_how_far():
    known, unknown, asked = Drive(172), Drive(172), Drive(172)
    for _ in range(120):
        known.second(3300)
    unknown.motion.stride = asked.motion.stride = Stride()
    fresh = Drive(172)
    fresh.motion.stride = known.motion.stride
    asked.motion.begin(3900)
    for d, metres, sure in ((fresh, 198, BY_STEPS), (unknown, 187, GUESSED), (asked, 234, GUESSED)):
        for _ in range(61):
            d.second(3300, valid=0)
        assert abs(d.motion.distance_mm / 1000 - metres) <= 2
        assert d.motion.confidence == sure
        before = d.motion.distance_mm
        d.second(3300)
        assert 0 <= d.motion.distance_mm - before <= 4_000
        assert d.motion.confidence == 100
    still = Drive(0)
    for _ in range(61):
        still.second(0, valid=0)
    assert (still.motion.distance_mm, still.motion.confidence) == (0, 0)


def test_a_fix_that_freezes_while_steps_go_on_is_no_stand():
    for said in (EMPTY, 0):
        d = Drive(172)
        for _ in range(120):
            d.second(3300)
        before = d.motion.distance_mm
        for _ in range(15):
            d.second(0, said_mm_s=said)
        assert d.motion.distance_mm - before >= 45_000
        d.metres += 49.5
        for _ in range(5):
            d.second(3300)
        assert abs(d.motion.distance_mm - before - 66_000) <= 2_000


def test_who_stops_stands_even_if_the_steps_are_heard_a_little_longer():
    d = Drive(172)
    for _ in range(60):
        d.second(3300)
    for speed in (2000, 900, 300):
        d.second(speed)
    before = d.motion.distance_mm
    for _ in range(3):
        d.second(0)
    assert d.motion.distance_mm - before <= 400


def test_an_arm_that_one_fix_a_second_cannot_see_is_said_to_be_unsure():
    """At 179 steps a minute the stride's wave comes once in 118 s, and in between it looks like a change of pace."""
    d = Drive(179)
    for k in range(900):
        phase = 2 * math.pi * 179 / 120 * k
        d.second(3300 + round(1100 * math.sin(phase)) + round(300 * math.sin(2 * phase)))
    assert d.motion.confidence == UNSURE


def test_a_walker_without_a_step_counter_is_no_stander():
    d = Drive()
    for k in range(900):
        d.tenth(1300 + round(1100 * math.sin(2 * math.pi * 0.92 * k / 10)))
        if k == 300:
            before = d.motion.distance_mm
    assert abs(d.motion.distance_mm - before - 77_900) <= 1_500
