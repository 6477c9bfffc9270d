import math
from array import array

from pacer.core.cadence import Cadence

G = 4096


def wear(cadence, seconds, steps_per_minute, size_g, rate_hz, axis=(0.0, 0.6, 0.8), phase=0.0):
    """Feed a bounce of size_g at a step rate, along gravity seen in any direction."""
    samples = array("h", [0] * 30)
    n = 0
    for i in range(int(seconds * rate_hz)):
        t = i / rate_hz
        a = 1.0
        if steps_per_minute:
            a += size_g * math.sin(2 * math.pi * (steps_per_minute / 60 * t) + phase)
        for k in range(3):
            samples[3 * n + k] = int(G * a * axis[k])
        n += 1
        if n == 10:
            cadence.feed(samples, n)
            n = 0


def swing(cadence, seconds, spm, stride_g, step_g, rate_hz=50):
    """Feed a wrist whose arm swings once in two steps, and whose steps show besides."""
    stride = array("h")
    for k in range(256):
        angle = math.pi * k / 128
        stride.append(int(0.7 * G * (1.0 + stride_g * math.sin(angle) + step_g * math.sin(2 * angle + 0.9))))
    n = rate_hz // 10
    samples = array("h", [0] * (3 * n))
    for i in range(seconds * rate_hz):
        k = 3 * (i % n)
        samples[k] = samples[k + 1] = stride[(i * spm * 128 // (60 * rate_hz)) & 255]
        if i % n == n - 1:
            cadence.feed(samples, n)


class Chance:
    """Numbers that look random, the same on each interpreter: a generator of 16 bits."""

    def __init__(self, seed):
        self.value = seed

    def __call__(self, most):
        """From -most to most."""
        self.value = (self.value * 25173 + 13849) & 0xFFFF
        return (self.value >> 1) * 2 * most // 0x7FFF - most


def shake(cadence, seconds, stiff_q10, damped_q10, seed, rate_hz=50):
    """Feed a car: a spring that the road pushes, and an engine.

    stiff_q10: (2 pi Hz / rate)**2; damped_q10: pi Hz / rate, a quarter of critical damping, as cars have.
    """
    chance = Chance(seed)
    n = rate_hz // 10
    samples = array("h", [0] * (3 * n))
    place = speed = 0
    for i in range(seconds * rate_hz):
        speed += chance(1_600) - (stiff_q10 * place + damped_q10 * speed >> 10)
        place += speed
        k = 3 * (i % n)
        samples[k] = chance(300)
        samples[k + 2] = G + (place >> 6)
        if i % n == n - 1:
            cadence.feed(samples, n)


def test_steady_cadences_are_counted_at_all_rates():
    for rate in (25, 50, 100):
        for spm in (60, 100, 120, 150, 165, 180, 200, 220):
            c = Cadence(rate)
            wear(c, 20, spm, 0.7 if spm > 140 else 0.3, rate)
            assert abs(c.cadence_spm - spm) <= 3, (rate, spm, c.cadence_spm)
            assert abs(c.steps - spm / 3) <= 4, (rate, spm, c.steps)


def test_the_watch_may_sit_any_way_on_the_wrist():
    got = []
    for axis in ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (-0.6, 0.0, 0.8), (0.577, 0.577, -0.577)):
        c = Cadence(50)
        wear(c, 10, 170, 0.8, 50, axis)
        got.append(c.cadence_spm)
    assert max(got) - min(got) <= 1


def test_standing_is_zero_and_stays_zero():
    c = Cadence(50)
    wear(c, 30, 0, 0, 50)
    assert (c.steps, c.cadence_spm) == (0, 0)


def test_stopping_is_seen_within_two_seconds():
    c = Cadence(50)
    wear(c, 10, 170, 0.8, 50)
    assert c.cadence_spm > 0
    wear(c, 2, 0, 0, 50)
    assert c.cadence_spm == 0


def test_small_movements_of_the_hand_are_no_steps():
    c = Cadence(50)
    wear(c, 60, 90, 0.03, 50)
    assert c.steps == 0


def test_a_walker_whose_stride_dominates_is_counted_by_steps():
    for rate in (20, 30, 50, 100):
        for spm in (84, 100, 117, 135):
            c = Cadence(rate)
            swing(c, 30, spm, 0.25, 0.22, rate)
            assert abs(c.cadence_spm - spm) <= 3, (rate, spm, c.cadence_spm)
            assert abs(c.steps - spm // 2) <= 4, (rate, spm, c.steps)


def test_a_runners_stride_is_no_walkers_step_and_the_other_way_round():
    for spm in (160, 170, 185):
        c = Cadence(50)
        swing(c, 20, spm, 0.7, 0.65)
        assert abs(c.cadence_spm - spm) <= 3, (spm, c.cadence_spm)
    for spm in (80, 85, 93):
        c = Cadence(50)
        swing(c, 20, spm, 0.05, 0.2)
        assert abs(c.cadence_spm - spm) <= 3, (spm, c.cadence_spm)


def test_a_rhythm_that_is_lost_and_found_is_counted_once():
    """Each pause is long enough to lose it, some with hands at rest, some with hands that do something."""
    chance = Chance(99)
    jerks = array("h", [0] * 15)
    for pause_s in (2, 4, 9):
        c = Cadence(50)
        steps = 0
        for k in range(8):
            swing(c, 15, 112, 0.1, 0.3)
            steps += 28
            for _ in range(10 * pause_s):
                for i in range(0, 15, 3):
                    jerks[i] = chance(1500) if k % 2 else 0
                    jerks[i + 2] = G + (chance(1500) if k % 2 else 0)
                c.feed(jerks, 5)
        assert abs(c.steps - steps) <= 16, (pause_s, c.steps, steps)


def test_steps_before_a_rhythm_is_certain_are_counted_when_it_is():
    c = Cadence(50)
    wear(c, 10, 0, 0, 50)
    wear(c, 12, 120, 0.3, 50)
    assert c.cadence_spm == 120
    assert 21 <= c.steps <= 25, c.steps


def test_a_car_is_no_walk():
    """Ten minutes on the road: a wheel that is turned may look like a walk for a moment."""
    steps = 0
    for seed, stiff_q10, damped_q10 in ((3, 16, 64), (5, 32, 90), (8, 46, 109), (13, 65, 129)):  # 1.0 to 2.0 Hz
        c = Cadence(50)
        shake(c, 150, stiff_q10, damped_q10, seed)
        steps += c.steps
    assert steps <= 60, steps


def test_nobody_walks_at_the_speed_of_a_car():
    c = Cadence(50)
    c.speed_mm_s = 20_000
    swing(c, 20, 117, 0.25, 0.22)
    assert (c.steps, c.cadence_spm) == (0, 0)


def test_the_speed_tells_a_stride_from_a_step():
    for spm, speed_mm_s, said in ((59, 1_400, 118), (86, 2_600, 172), (86, 900, 86), (86, -1, 86)):
        c = Cadence(50)
        c.speed_mm_s = speed_mm_s
        wear(c, 20, spm, 0.25, 50)
        assert abs(c.cadence_spm - said) <= 2, (spm, speed_mm_s, c.cadence_spm)


def test_a_change_of_cadence_is_shown_two_and_a_half_seconds_after_its_begin():
    for before, after in ((165, 185), (185, 160), (172, 180), (150, 190)):
        c = Cadence(100)
        wear(c, 12, before, 0.7, 100)
        wear(c, 2.5, after, 0.7, 100)
        assert abs(c.cadence_spm - after) <= 3, (before, after, c.cadence_spm)
