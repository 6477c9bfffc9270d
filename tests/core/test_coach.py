from pacer.core import coach, workout
from pacer.core.coach import EASY_NOW, HOLD_STEADY, NONE, PUSH, Coach

QUIET = 2_000  # mm2/s: a u-blox at ten fixes a second
NOISY = 22_500  # 0.15 m/s, once a second


class Rep:
    """A step run at given speeds, a look a second."""

    def __init__(self, pace_ms_km, kind=workout.RUN, metres=0, seconds=600, slow=0, noise=QUIET):
        self.c = Coach()
        self.noise = noise
        self.t = 0
        self.mm = 0
        self.cues = []
        end = workout.END_DISTANCE if metres else workout.END_TIME
        self.c.step(0, kind, pace_ms_km, slow or pace_ms_km, end, 1000 * (metres or seconds))

    def run(self, speed_mm_s, seconds, confidence=90):
        for _ in range(seconds):
            self.t += 1000
            self.mm += speed_mm_s
            cue = self.c.tick(self.t, self.mm, speed_mm_s, self.noise, confidence)
            if cue != NONE:
                self.cues.append((self.t, cue))
        return self

    def kinds(self):
        return [cue for _, cue in self.cues]


def test_at_target_pace_it_says_nothing():
    assert Rep(330_000).run(3030, 3000).cues == []


def test_too_fast_is_told_easy_now_and_too_slow_push():
    assert Rep(330_000).run(3300, 40).kinds()[0] == EASY_NOW
    assert Rep(330_000).run(2800, 40).kinds()[0] == PUSH


def test_ten_seconds_a_kilometre_are_told_within_ten_seconds():
    for pace in (210_000, 240_000, 300_000, 330_000):
        target = 1_000_000_000 // pace
        slower = 1_000_000_000 // (pace + 10_000)
        r = Rep(pace).run(target, 120).run(slower, 30)
        assert r.cues
        assert 120_000 < r.cues[0][0] <= 131_000
        assert r.cues[0][1] == PUSH


def test_a_noisy_receiver_makes_it_patient_not_talkative():
    def first(noise):
        return Rep(330_000, noise=noise).run(3030, 60).run(2800, 60).cues[0][0]

    assert first(NOISY) > first(QUIET)


def test_nothing_is_said_in_the_first_seconds_of_a_step_unless_it_is_far_off():
    assert Rep(330_000).run(3150, 40).cues[0][0] >= coach.grace_ms
    r = Rep(330_000).run(4200, 9)
    assert r.kinds() == [EASY_NOW]
    assert r.c.reason == coach.FAR_OFF


def test_a_slow_start_is_no_reason_to_speak_at_once():
    assert Rep(330_000).run(1500, 9).cues == []


def test_a_fast_start_with_800_m_to_go_earns_easy_now_and_the_same_speed_at_the_end_does_not():
    early = Rep(240_000, metres=1000).run(4167, 12).run(4330, 30)
    assert early.kinds()[0] == EASY_NOW
    assert early.c.reason == coach.PROJECTION
    late = Rep(240_000, metres=1000).run(4160, 232).run(4330, 7)
    assert late.cues == []


def test_what_was_lost_is_asked_for_again_within_the_tolerance():
    behind = Rep(240_000, metres=1000).run(3900, 60)
    behind.cues.clear()
    behind.run(4167, 100)  # on target now, but 16 m behind
    assert PUSH in behind.kinds() or behind.c.ahead_ms < 0
    assert EASY_NOW not in behind.kinds()


def test_the_projected_end_is_told():
    r = Rep(250_000, metres=1000).run(4000, 30)
    assert abs(r.c.ahead_ms) < 300
    r = Rep(250_000, metres=1000).run(4200, 30)
    assert 10_500 < r.c.ahead_ms < 12_500


def test_a_short_excursion_is_not_told():
    assert Rep(330_000).run(3030, 60).run(3200, 1).run(3030, 60).cues == []


def test_coming_back_is_confirmed_once():
    r = Rep(330_000).run(3030, 30).run(3300, 8).run(3030, 200)
    assert r.kinds() == [EASY_NOW, HOLD_STEADY]
    assert r.c.reason == coach.RETURNED


def test_praise_is_rare():
    r = Rep(330_000, seconds=20_000)
    for _ in range(60):
        r.run(3300, 8).run(3030, 42)
    praised = [t for t, cue in r.cues if cue == HOLD_STEADY]
    assert len(praised) > 3
    for a, b in zip(praised, praised[1:]):
        assert b - a >= coach.praise_ms


def test_cues_are_ten_seconds_apart_and_contradictions_twenty():
    r = Rep(330_000, seconds=20_000)
    for k in range(200):
        r.run(3400 if k % 2 else 2700, 7 + k % 9)
    assert len(r.cues) > 20
    for a, b in zip(r.cues, r.cues[1:]):
        assert b[0] - a[0] >= (coach.repeat_ms if a[1] == b[1] else coach.contrary_ms)


def test_two_contradicting_cues_keep_apart_across_a_new_step():
    r = Rep(330_000).run(3300, 30)
    last = r.cues[-1]
    assert last[1] == EASY_NOW
    r.c.step(r.t, workout.RUN, 240_000, 240_000, workout.END_TIME, 600_000)
    r.cues.clear()
    r.mm = 0
    r.run(3500, 40)
    assert r.cues[0][1] == PUSH
    assert r.cues[0][0] - last[0] >= coach.contrary_ms


def test_a_warm_up_is_only_told_easy_now():
    for kind in (workout.WARM_UP, workout.COOL_DOWN, workout.JOG, workout.REST, workout.WALK):
        assert Rep(360_000, kind).run(2000, 200).cues == []
        assert Rep(360_000, kind).run(3300, 200).kinds()[0] == EASY_NOW


def test_without_target_or_confidence_it_is_silent():
    c = Coach()
    c.step(0, workout.RUN, 0, 0, workout.END_LAP, 0)
    assert [c.tick(1000 * t, 9000 * t, 9000, QUIET, 90) for t in range(1, 99)] == [NONE] * 98
    assert Rep(330_000).run(5000, 60, confidence=0).cues == []


def test_a_new_step_forgets_the_old_one():
    r = Rep(330_000).run(3600, 40)
    r.c.step(r.t, workout.RUN, 300_000, 300_000, workout.END_TIME, 300_000)
    assert r.c.cue == NONE
    r.cues.clear()
    r.mm = 0
    assert r.run(3333, 100).cues == []


def test_inside_a_band_nothing_is_said():
    assert Rep(320_000, slow=340_000).run(2950, 100).run(3120, 100).cues == []
    assert Rep(320_000, slow=340_000).run(3300, 100).kinds()[0] == EASY_NOW
