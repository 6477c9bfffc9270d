from pacer.core import fixed


def test_mul_div_is_exact_where_the_product_is_no_small_integer():
    for a, b, c in (
        (1, 1, 1),
        (86_400_000, 1_000_000, 400_000_000),
        (0, 5, 7),
        (536_870_911, 2, 3),
        (60_000, 60_000, 59_999),
    ):
        assert fixed.mul_div(a, b, c) == a * b // c
    x = 12345
    for _ in range(300):
        x = (x * 1103515 + 12345) % (1 << 29)
        b = x % 1_000_003
        c = x % 536_870_909 + 1
        a = (x >> 3) % (c + 1)
        assert fixed.mul_div(a, b, c) == a * b // c


def test_mul_div_of_nothing_and_by_nothing_is_nothing():
    assert fixed.mul_div(0, 1 << 29, 3) == 0
    assert fixed.mul_div(1 << 28, 0, 3) == 0


def test_div_round_goes_to_nearest_and_halves_away_from_zero():
    assert [fixed.div_round(a, 4) for a in (-7, -6, -5, -2, -1, 0, 1, 2, 5, 6, 7)] == [
        -2, -2, -1, -1, 0, 0, 0, 1, 1, 2, 2,
    ]  # fmt: skip


def test_isqrt_is_the_whole_root():
    for n in (0, 1, 2, 3, 4, 15, 16, 17, 99, 100, (1 << 30) - 1, 32767 * 32767, 32767 * 32767 - 1):
        root = fixed.isqrt(n)
        assert root * root <= n < (root + 1) * (root + 1)


def test_hypot_is_right_to_a_part_in_8000():
    for x, y in ((3, 4), (-30_000, 40_000), (5_000_000, -12_000_000), (0, 7), (100, 0), (500_000_000, 1)):
        true = int((x * x + y * y) ** 0.5)
        assert abs(fixed.hypot(x, y) - true) <= true // 8000 + 1


def test_sine_and_cosine_are_right_to_two_parts_of_16384():
    import math

    for angle in range(-70_000, 140_000, 331):
        assert abs(fixed.sin_q14(angle) - 16384 * math.sin(angle * 2 * math.pi / 65536)) <= 2
        assert abs(fixed.cos_q14(angle) - 16384 * math.cos(angle * 2 * math.pi / 65536)) <= 2
