from pacer.core.speed import Speed


class Noise:
    """Errors of 1 sigma, about normal; held: the share that is left after a sample. In integers: nothing is garbage."""

    def __init__(self, seed, sigma, held):
        self.state = seed
        self.sigma = sigma
        self.kept_q10 = int(1024 * held)
        self.new_q10 = int(1024 * (1 - held * held) ** 0.5)
        self.value_q4 = 0

    def next(self):
        total = -6 * 32749
        for _ in range(12):
            self.state = (self.state * 1103 + 12345) % 32749
            total += self.state
        white_q4 = 16 * self.sigma * total // 32749
        self.value_q4 = (self.kept_q10 * self.value_q4 + self.new_q10 * white_q4) >> 10
        return self.value_q4 >> 4


def fed(sigma, held, samples=900, seed=11):
    s, noise = Speed(), Noise(seed, sigma, held)
    for _ in range(samples):
        s.add(3000 + noise.next(), 1000, 0, 0, 0)
    return s


def test_what_errors_that_hold_do_to_a_distance_is_learned():
    for sigma, held in ((150, 0.0), (40, 0.0), (120, 0.7), (150, 0.72), (60, 0.5)):
        true = sigma * sigma * (1 + held) / (1 - held)
        for seed in (11, 2024, 777):
            got = fed(sigma, held, seed=seed).growth_mm2_s
            assert 0.6 * true <= got <= 1.8 * true, (sigma, held, seed)


def test_errors_that_hold_are_averaged_for_longer_than_those_that_do_not():
    windows = sorted(fed(150, 0.72, seed=seed).window for seed in (11, 12, 2024, 777, 901))
    assert windows[2] >= 48
    shown = [fed(120, 0.7, samples=300 + 20 * k).mm_s for k in range(30)]
    assert max(shown) - min(shown) <= 320


def test_a_drift_that_is_under_way_does_not_yet_count_as_noise():
    s, noise = Speed(), Noise(5, 50, 0.5)
    for _ in range(600):
        s.add(3000 + noise.next(), 1000, 0, 0, 0)
    before = s.growth_mm2_s
    for _ in range(12):
        s.add(3140 + noise.next(), 1000, 0, 0, 0)
    assert s.growth_mm2_s <= 1.15 * before


def test_a_large_change_begins_anew_at_once():
    s = fed(150, 0.0)
    for _ in range(3):
        s.add(4200, 1000, 0, 0, 0)
    assert s.window <= 3
    assert abs(s.mm_s - 4200) <= 60


def test_a_single_wild_sample_is_no_change_of_pace():
    s, noise = Speed(), Noise(7, 40, 0.0)
    for _ in range(200):
        s.add(3000 + noise.next(), 1000, 0, 0, 0)
    s.add(3300, 1000, 0, 0, 0)
    for _ in range(12):
        s.add(3000 + noise.next(), 1000, 0, 0, 0)
    assert s.window >= 48
    assert abs(s.mm_s - 3000) <= 40


def off_a_wandering_pace(step):
    """Mean error and mean window over ten minutes, of a runner who changes pace by so many mm/s in a second."""
    s, noise, walk = Speed(), Noise(31, 60, 0.5), Noise(97, step, 0.0)
    true, off, windows = 3000, 0, 0
    for second in range(900):
        true += walk.next() + (3000 - true) // 200
        s.add(true + noise.next(), 1000, 0, 0, 0)
        if second >= 300:
            off += abs(s.mm_s - true)
            windows += s.window
    return off // 600, windows // 600


def test_a_runner_whose_pace_wanders_is_followed_by_shorter_windows():
    steady_off, long = off_a_wandering_pace(0)
    off, short = off_a_wandering_pace(30)
    assert long >= 40
    assert short <= 14
    assert steady_off <= 25
    assert off <= 75


def test_fast_fixes_become_samples_of_one_stride():
    s = Speed()
    s.stride_ms = 700
    s.begin()
    new = [s.add(3000, 100, 0, 0, 0) for _ in range(70)]
    assert sum(new) == 10
    assert s.sample_ms == 700
    s.stride_ms = 650  # from the next stride on, and what is over of a fix goes there
    ms = 0
    for _ in range(66):
        if s.add(3000, 100, 0, 0, 0):
            ms += s.sample_ms
    assert ms == 700 + 650 * 9


def test_fixes_that_are_farther_apart_than_a_bin_are_samples():
    s = Speed()
    s.stride_ms = 300  # standing
    s.begin()
    for _ in range(60):
        assert s.add(3000, 333, 0, 0, 0)
    assert (s.mm_s, s.sample_ms) == (3000, 333)
