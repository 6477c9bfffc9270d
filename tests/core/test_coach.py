from pacer.core import coach, workout
from pacer.core.coach import EASY_NOW, HOLD_STEADY, NONE, PUSH, Coach

QUIET = 2_000  # mm2/s: a u-blox at ten fixes a second
NOISY = 22_500  # 0.15 m/s, once a second


class Rep:
    """A step run at given speeds, a look a second."""

    def __init__(self, pace_ms_km, kind=workout.RUN, metres=0, seconds=600, slow=0, noise=QUIET, end=-1):
        self.c = Coach()
        self.noise = noise
        self.t = 0
        self.mm = 0
        self.cues = []
        self.told = []  # the same with where they came
        if end < 0:
            end = workout.END_DISTANCE if metres else workout.END_TIME
        self.c.step(0, kind, pace_ms_km, slow or pace_ms_km, end, 1000 * (metres or seconds))

    def run(self, speed_mm_s, seconds, confidence=90):
        for _ in range(seconds):
            self.t += 1000
            self.mm += speed_mm_s
            cue = self.c.tick(self.t, self.mm, speed_mm_s, self.noise, confidence)
            if cue != NONE:
                self.cues.append((self.t, cue))
                self.told.append((self.t, cue, self.mm))
        return self

    def kinds(self):
        return [cue for _, cue in self.cues]


def drifting(pace_ms_km, metres, faster_permille, noise=QUIET):
    """A whole rep, steadily too fast or too slow."""
    speed = (1000 + faster_permille) * 1_000_000 // pace_ms_km
    return Rep(pace_ms_km, metres=metres, noise=noise).run(speed, 1000 * metres // speed)


def test_at_target_pace_nothing_is_corrected():
    assert Rep(330_000).run(3030, 3000).kinds() == [HOLD_STEADY]


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


def test_nothing_is_said_in_the_first_100_m_of_a_rep_however_fast():
    for pace in (150_000, 210_000, 330_000):
        for metres in (200, 400, 1000):
            for faster_permille in (20, 60, 200):
                r = drifting(pace, metres, faster_permille)
                assert all(at_mm >= 100_000 for _, _, at_mm in r.told)
    assert drifting(210_000, 400, 60).told


def test_a_rep_has_one_cue_from_200_m_two_from_400_three_from_1000():
    for noise in (QUIET, NOISY):
        for pace in (170_000, 200_000, 240_000, 330_000):
            for permille in (-150, -60, -20, 20, 60, 150):
                for metres, most in ((150, 1), (200, 1), (300, 1), (400, 2), (600, 2), (800, 2), (1000, 3), (1499, 3)):
                    assert len(drifting(pace, metres, permille, noise).cues) <= most
    assert [len(drifting(200_000, m, 60).cues) for m in (200, 400, 1000)] == [1, 2, 3]


def test_a_rep_by_time_has_the_cues_of_the_way_that_it_takes_at_its_target():
    reps = ((30, 180_000, 1), (60, 300_000, 1), (90, 330_000, 1), (90, 200_000, 2), (180, 220_000, 2))
    for seconds, pace, most in reps:
        for speed_permille in (850, 1060):
            r = Rep(pace, seconds=seconds).run(1_000_000 * speed_permille // pace, seconds)
            assert len(r.cues) == most


def test_a_long_step_has_three_cues_in_its_first_kilometre_and_one_more_each_500_m_behind_it():
    for r in (Rep(260_000, seconds=1200), Rep(260_000, metres=5000), Rep(260_000, end=workout.END_LAP)):
        r.run(4050, 1200)
        assert len(r.cues) >= 5
        for k, (_, _, at_mm) in enumerate(r.told):
            assert k < 1 + max(2, at_mm // 500_000)


def test_the_way_of_a_step_until_the_button_says_how_many_cues_it_has():
    r = Rep(200_000, end=workout.END_LAP).run(5300, 70)
    assert [k for k, (_, _, at_mm) in enumerate(r.told, 1) if at_mm < 400_000] == [1]
    assert len(r.told) == 1


def test_a_coach_that_is_not_answered_twice_waits_for_30_s_then_60():
    r = Rep(330_000, seconds=7200).run(3030, 2000)
    r.cues.clear()
    r.run(2600, 360)
    assert r.kinds() == [PUSH] * 8
    gaps = [b[0] - a[0] for a, b in zip(r.cues, r.cues[1:])]
    assert gaps[:2] == [10_000, 30_000]
    assert all(60_000 <= gap <= 61_000 for gap in gaps[2:])


def test_an_answer_makes_the_coach_ready_again():
    r = Rep(330_000, seconds=7200).run(3030, 3000)
    for _ in range(3):  # two cues unanswered, then an answer that lasts
        before = len(r.cues)
        r.run(3300, 20).run(3030, 400)
        drift = [t for t, cue in r.cues[before:] if cue == EASY_NOW]
        assert len(drift) == 2 and drift[1] - drift[0] == 10_000


def test_who_answers_while_the_coach_is_silent_is_not_told_afterwards():
    r = Rep(330_000, seconds=7200).run(3300, 50)
    assert r.kinds() == [EASY_NOW] * 2
    assert EASY_NOW not in r.run(3030, 300).kinds()[2:]


def test_up_a_hill_it_is_told_once_a_minute_and_not_five_times():
    assert len(Rep(300_000, seconds=60).run(2600, 60).cues) == 1
    climb = Rep(300_000, seconds=3600).run(3333, 600).run(2600, 60)
    assert 1 <= len(climb.cues) - 1 <= 3  # "hold steady" before it


def test_a_fast_start_with_800_m_to_go_earns_easy_now_and_the_same_speed_at_the_end_does_not():
    early = Rep(240_000, metres=1000).run(4167, 12).run(4330, 30)
    assert early.kinds()[0] == EASY_NOW
    assert early.c.reason == coach.PROJECTION
    late = Rep(240_000, metres=1000).run(4160, 232).run(4330, 7)
    assert late.kinds() == [HOLD_STEADY]


def test_what_was_lost_is_asked_for_again_within_the_tolerance():
    behind = Rep(240_000, metres=1000).run(3900, 60)
    behind.cues.clear()
    behind.run(4167, 100)  # on target now, but 16 m behind
    assert PUSH in behind.kinds() or behind.c.ahead_ms < 0
    assert EASY_NOW not in behind.kinds()


def test_who_runs_the_target_is_not_corrected_for_what_was_lost_or_gained_before():
    for first in (3700, 4600):
        r = Rep(240_000, metres=1000).run(first, 25)
        told = len(r.told)
        r.run(4167, 150)
        assert [cue for cue in r.kinds()[told:] if cue != HOLD_STEADY] == []
        assert r.c.ahead_ms * (1 if first > 4167 else -1) > 1_000


def test_the_projected_end_is_told():
    r = Rep(250_000, metres=1000).run(4000, 30)
    assert abs(r.c.ahead_ms) < 300
    r = Rep(250_000, metres=1000).run(4200, 30)
    assert 10_500 < r.c.ahead_ms < 12_500


def test_a_short_excursion_is_not_told():
    assert Rep(330_000).run(3030, 60).run(3200, 1).run(3030, 60).cues == []


def test_coming_back_is_confirmed_once():
    r = Rep(330_000).run(3030, 60).run(3300, 8).run(3030, 200)
    assert r.kinds() == [EASY_NOW, HOLD_STEADY]
    assert r.c.reason == coach.RETURNED


def test_who_never_drifts_hears_hold_steady_once_in_a_rep_of_three_minutes():
    for r in (Rep(240_000, metres=1000), Rep(240_000, seconds=1200), Rep(240_000, end=workout.END_LAP)):
        r.run(4167, 239)
        assert r.kinds() == [HOLD_STEADY]
        assert r.c.reason == coach.ON_TARGET
    assert Rep(240_000, seconds=3600).run(4167, 3600).kinds() == [HOLD_STEADY]
    for pace in (200_000, 330_000, 440_000):
        assert Rep(pace, seconds=180).run(1_000_000_000 // pace, 179).kinds() == [HOLD_STEADY]


def test_hold_steady_is_for_reps_of_three_minutes():
    assert Rep(220_000, metres=800).run(4545, 175).cues == []
    assert Rep(240_000, seconds=179).run(4167, 178).cues == []


def test_hold_steady_leaves_a_cue_for_a_drift():
    r = Rep(240_000, metres=1000).run(4320, 27).run(4167, 60)
    assert r.kinds() == [EASY_NOW, HOLD_STEADY]
    assert r.run(4330, 100).kinds()[2:] == [EASY_NOW]


def test_praise_is_rare():
    r = Rep(330_000, seconds=40_000).run(3030, 5000)
    for _ in range(20):
        r.run(3300, 8).run(3030, 42)
    praised = [t for t, cue in r.cues if cue == HOLD_STEADY]
    assert len(praised) > 3
    for a, b in zip(praised, praised[1:]):
        assert b - a >= coach.praise_ms


def test_cues_are_ten_seconds_apart_and_contradictions_twenty():
    r = Rep(330_000, seconds=20_000)
    for k in range(800):
        r.run(3400 if k % 2 else 2700, 7 + k % 9)
    assert len(r.cues) > 20
    for a, b in zip(r.cues, r.cues[1:]):
        assert b[0] - a[0] >= (coach.repeat_ms if a[1] == b[1] else coach.contrary_ms)


def test_two_contradicting_cues_keep_apart_across_a_new_step():
    r = Rep(330_000).run(3300, 32)
    last = r.cues[-1]
    assert last[1] == EASY_NOW
    r.c.step(r.t, workout.RUN, 130_000, 130_000, workout.END_TIME, 600_000)
    r.cues.clear()
    r.mm = 0
    r.run(7200, 60)
    assert r.cues[0][1] == PUSH
    assert r.cues[0][0] - last[0] >= coach.contrary_ms


def test_a_warm_up_is_only_told_easy_now():
    for kind in (workout.WARM_UP, workout.COOL_DOWN, workout.JOG, workout.REST, workout.WALK):
        assert Rep(360_000, kind, seconds=1800).run(2000, 1800).cues == []
        assert Rep(360_000, kind, seconds=1800).run(3300, 1800).kinds() == [EASY_NOW] * 2


def test_a_warm_up_has_a_minute_of_grace_and_no_praise():
    for off in (3000, 3300, 4500):
        r = Rep(420_000, workout.WARM_UP, seconds=1200).run(off, 1200)
        assert r.cues[0][0] >= 60_000
        assert r.kinds() == [EASY_NOW] * 2
    for kind in (workout.WARM_UP, workout.COOL_DOWN, workout.JOG):
        r = Rep(360_000, kind, seconds=1200).run(3200, 90).run(2777, 1100)
        assert HOLD_STEADY not in r.kinds()
        assert Rep(360_000, kind, seconds=1200).run(2777, 1200).cues == []


def test_the_grace_of_a_warm_up_that_was_cut_short_ends_with_it():
    r = Rep(420_000, workout.WARM_UP, seconds=1200).run(2400, 5)
    r.c.step(r.t, workout.RUN, 200_000, 200_000, workout.END_DISTANCE, 400_000)
    r.mm = 0
    assert r.run(5300, 30).cues[0][0] < 30_000


def test_strides_are_left_alone():
    for off in (800, 950, 1050, 1200):
        assert Rep(210_000, workout.STRIDE, seconds=60).run(4762 * off // 1000, 60).cues == []
        assert Rep(210_000, workout.STRIDE, metres=400).run(4762 * off // 1000, 80).cues == []


def test_nobody_is_told_to_run_slower_than_he_can_run():
    """Slower than 7'55" is a walk: an easy band there is open on its fast side."""
    for kind in (workout.RUN, workout.WARM_UP):
        assert Rep(520_000, kind, slow=580_000, seconds=2400).run(2104, 2400).kinds() in ([], [HOLD_STEADY])
        assert EASY_NOW in Rep(520_000, kind, slow=520_500, seconds=2400).run(2105, 2400).kinds()
    assert PUSH in Rep(400_000, slow=440_000).run(2000, 200).kinds()


def test_after_a_pause_it_gives_100_m_of_grace_and_no_more_cues_than_before():
    r = Rep(200_000, metres=400).run(5300, 40)
    assert len(r.cues) == 2
    r.c.resume(r.t, r.mm)
    assert len(r.run(5300, 30).cues) == 2
    r = Rep(200_000, metres=1000).run(5000, 60)
    r.c.resume(r.t, r.mm)
    since = r.mm
    r.run(5300, 60)
    assert since + 100_000 <= r.told[0][2] < since + 120_000


def test_a_pause_does_not_count_in_the_projection():
    """Times are the run's, in which a pause does not count: a resumed rep still ends when it should."""
    r = Rep(250_000, metres=1000).run(4000, 120)
    r.c.resume(r.t, r.mm)
    r.run(4000, 60)
    assert abs(r.c.ahead_ms) < 300


def test_an_easy_run_is_as_slow_as_the_runner_likes():
    for easy in (False, True):
        r = Rep(300_000, slow=330_000, seconds=1800)
        r.c.step(0, workout.RUN, 300_000, 330_000, workout.END_TIME, 1_800_000, False, easy)
        assert (PUSH in r.run(2600, 600).kinds()) == (not easy)


def test_a_lap_press_that_is_taken_back_brings_no_new_cues():
    r = Rep(200_000, metres=400).run(5300, 45)
    assert len(r.cues) == 2
    r.c.step(r.t, workout.JOG, 0, 0, workout.END_TIME, 60_000)
    r.run(5300, 3)
    r.c.step(0, workout.RUN, 200_000, 200_000, workout.END_DISTANCE, 400_000, True)
    r.c.resume(r.t, r.mm)
    assert len(r.run(5300, 25).cues) == 2


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
    assert Rep(320_000, slow=340_000).run(2950, 100).run(3120, 100).kinds() == [HOLD_STEADY]
    assert Rep(320_000, slow=340_000).run(3300, 100).kinds()[0] == EASY_NOW


def test_nothing_is_said_in_the_last_four_seconds_of_a_step():
    last = 0
    for begin in range(40, 100):
        for kind in ("metres", "seconds"):
            r = Rep(250_000, metres=400) if kind == "metres" else Rep(250_000, seconds=100)
            r.run(4000, begin).run(3300 if begin % 2 else 5200, 100 - begin)
            for t_ms, _ in r.cues:
                assert t_ms <= 96_000, (begin, kind)
                last = max(last, t_ms)
    assert last == 96_000


def test_nothing_is_said_when_the_end_would_be_within_three_permille_of_the_target():
    for metres in (400, 800, 1000):
        least = max(300, metres * 250 * 3 // 1000)  # at 4'10"
        nearest = 99_999
        for speed in range(3600, 4400, 7):
            r = Rep(250_000, metres=metres, noise=300)
            while r.mm < 1000 * metres - 20_000:
                told = len(r.cues)
                r.run(speed, 1)
                if len(r.cues) > told and r.kinds()[-1] != HOLD_STEADY:
                    ahead = r.c.ahead_ms if r.kinds()[-1] == EASY_NOW else -r.c.ahead_ms
                    assert ahead >= least, (metres, speed)
                    nearest = min(nearest, ahead)
        assert nearest < least * 5 // 4, (metres, nearest)


def test_a_receiver_that_is_as_bad_as_can_be_makes_it_late_and_not_mute():
    for noise in (1_000_000, 8_000_000):
        r = Rep(330_000, noise=noise).run(3030, 60).run(2030, 30)
        assert 72_000 <= r.cues[0][0] <= 74_000  # 12 m are lost by then


def test_who_came_back_is_ready_again_though_he_was_praised_a_while_ago():
    r = Rep(330_000, seconds=7200).run(3030, 3000)
    r.run(3300, 9).run(3030, 60)
    assert r.kinds()[-2:] == [EASY_NOW, HOLD_STEADY]
    r.run(3300, 9).run(3030, 30)  # back in the band, too soon for more praise
    assert r.kinds()[-1] == EASY_NOW
    before = len(r.cues)
    r.run(3300, 45)
    again = [t for t, cue in r.cues[before:] if cue == EASY_NOW]
    assert again[1] - again[0] == 10_000


def test_a_step_of_a_marathon_has_no_projected_end():
    for metres, projected in ((24_900, True), (25_000, False), (42_195, False)):
        r = Rep(250_000, metres=metres)
        r.t = 1000 * metres // 4 - 60_000
        r.mm = 1000 * metres - 200_000
        r.c.resume(r.t, r.mm)
        r.run(4000, 30)
        assert (r.c.ahead_ms != 0) == projected, metres


def test_praise_is_never_the_last_word_that_a_rep_may_have():
    r = Rep(200_000, metres=400).run(5300, 24).run(5000, 30)
    assert r.kinds() == [EASY_NOW]
    assert r.run(5600, 15).kinds() == [EASY_NOW] * 2
