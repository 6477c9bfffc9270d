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
