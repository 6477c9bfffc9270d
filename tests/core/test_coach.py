from pacer.core import coach, workout
from pacer.core.coach import EASY_NOW, HOLD_STEADY, NONE, PUSH, Coach


def run(c, speeds, start_ms=0, every_ms=500):
    """Feed one speed after the other; [(ms, cue)]."""
    out = []
    t = start_ms
    for speed in speeds:
        t += every_ms
        cue = c.tick(t, speed, 100)
        if cue != NONE:
            out.append((t, cue))
    return out


def at(pace_ms_km, kind=workout.RUN, left_ms=600_000):
    c = Coach()
    c.step(0, kind, pace_ms_km, pace_ms_km, left_ms)
    return c


def test_at_target_pace_it_says_nothing():
    assert run(at(330_000), [3030] * 1000) == []


def test_too_fast_is_told_easy_now_and_too_slow_push():
    assert run(at(330_000), [3300] * 40)[0][1] == EASY_NOW
    assert run(at(330_000), [2800] * 40)[0][1] == PUSH


def test_nothing_is_said_in_the_first_seconds_of_a_step():
    assert run(at(330_000), [3600] * 40)[0][0] >= coach.grace_ms + coach.dwell_ms


def test_a_short_rep_has_a_shorter_grace():
    assert run(at(180_000, left_ms=15_000), [6500] * 30)[0][0] <= 10_500


def test_a_short_excursion_is_not_told():
    assert run(at(330_000), [3030] * 60 + [3300] * 5 + [3030] * 60) == []


def test_coming_back_is_confirmed_once():
    got = run(at(330_000), [3030] * 30 + [3300] * 30 + [3030] * 200)
    assert [cue for _, cue in got] == [EASY_NOW, HOLD_STEADY]


def test_praise_is_rare():
    got = run(at(330_000), ([3300] * 30 + [3030] * 50) * 20)
    praised = [t for t, cue in got if cue == HOLD_STEADY]
    assert len(praised) > 3
    for a, b in zip(praised, praised[1:]):
        assert b - a >= coach.praise_ms


def test_two_cues_are_at_least_20_seconds_apart():
    got = run(at(330_000), ([3400] * 30 + [2700] * 30) * 20)
    assert len(got) > 3
    for a, b in zip(got, got[1:]):
        assert b[0] - a[0] >= coach.repeat_ms


def test_a_warm_up_is_only_told_easy_now():
    for kind in (workout.WARM_UP, workout.COOL_DOWN, workout.JOG, workout.REST, workout.WALK):
        assert run(at(360_000, kind), [2000] * 200) == []
        assert run(at(360_000, kind), [3300] * 200)[0][1] == EASY_NOW


def test_without_target_or_confidence_it_is_silent():
    c = Coach()
    c.step(0, workout.RUN, 0, 0, -1)
    assert run(c, [9000] * 100) == []
    c = at(330_000)
    assert [c.tick(t, 5000, 0) for t in range(0, 60_000, 500)] == [NONE] * 120


def test_a_new_step_forgets_the_old_one():
    c = at(330_000)
    run(c, [3600] * 40)
    c.step(20_000, workout.RUN, 300_000, 300_000, 300_000)
    assert c.cue == NONE
    assert run(c, [3333] * 100, 20_000) == []


def test_inside_a_band_nothing_is_said():
    c = Coach()
    c.step(0, workout.RUN, 320_000, 340_000, 600_000)
    assert run(c, [2950] * 100 + [3120] * 100) == []
