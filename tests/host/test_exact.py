"""The twin's own functions: right, and the same bits on every machine."""

import hashlib
import math
import struct

from pacer.core import notation
from pacer_watch.twin import exact
from pacer_watch.twin.oval import Oval
from pacer_watch.twin.receivers import RECEIVERS
from pacer_watch.twin.runner import VirtualRunner
from pacer_watch.twin.wrist import Wrist


def digest(values):
    values = list(values)
    return hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest()[:16]


def test_they_are_what_the_c_library_says_to_the_last_bits():
    for i in range(-4000, 4000):
        x = i / 7.3
        assert abs(exact.sin(x) - math.sin(x)) < 2.3e-16
        assert abs(exact.cos(x) - math.cos(x)) < 2.3e-16
        assert abs(exact.atan2(math.sin(x), math.cos(x)) - math.atan2(math.sin(x), math.cos(x))) < 5e-16
        assert abs(exact.exp(x) / math.exp(x) - 1) < 4.5e-16
        y = 1e-3 + abs(x)
        assert abs(exact.log(y) - math.log(y)) < 4.5e-16 * max(1, abs(math.log(y)))
        assert abs(exact.pow(y, 1.06) / y**1.06 - 1) < 2e-15
    assert exact.atan2(0, 0) == 0
    assert exact.atan2(-0.5, -0.5) == -3 * math.pi / 4


def test_normal_deviates_are_normal():
    rng = exact.Random(5)
    values = [rng.gauss(2, 3) for _ in range(40_000)]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
    kurtosis = sum((v - mean) ** 4 for v in values) / len(values) / spread**4
    assert abs(mean - 2) < 0.06
    assert abs(spread - 3) < 0.05
    assert abs(kurtosis - 3) < 0.15
    assert sum(abs(v - mean) > 2 * spread for v in values) / len(values) < 0.05


def test_a_seed_gives_the_same_bits_everywhere():
    """The digests were made on x86-64 Linux; another machine that makes others would play other sessions."""
    span = [i / 37 - 60 for i in range(4000)]
    assert digest(exact.sin(x) for x in span) == "9720887641df5cb9"
    assert digest(exact.cos(x) for x in span) == "ccacde88d22786d3"
    assert digest(exact.exp(x) for x in span) == "e90a76c5feb1d26f"
    assert digest(exact.log(x + 61) for x in span) == "5bee2ddc44d49729"
    assert digest(exact.atan2(x, 7) for x in span) == "d2bbccd31169830d"
    rng = exact.Random(3)
    assert digest(rng.gauss() for _ in range(2000)) == "5eb88a78afd86ad2"


def test_the_world_is_made_of_nothing_else():
    oval = Oval(3, turn_deg=17)
    assert digest(v for m in range(900) for v in oval.place(m / 2)) == "2016d8af35a9fc9d"
    samples = Wrist(4).samples(500, 10_000, 172.0, 3.3)
    assert digest(float(v) for sample in samples for v in sample) == "dd409968b3fbddc8"
    person = VirtualRunner(notation.parse("5min @ 4'30\"/km"), 9, receiver=RECEIVERS["arm"])
    person.hear(0, "go")
    person.advance(60_000_000)
    assert digest(person.truth.distance_m) == "950ea52239275bc7"
    seen = [person.observe(us * 1_000_000) for us in range(6, 60)]
    assert digest(v for o in seen for v in (o.lat_deg, o.lon_deg, o.speed_m_s, o.course_deg)) == "50aa82f8750f7ff0"
