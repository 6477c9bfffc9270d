from pacer.core.stride import Stride


def taught(*lessons):
    s = Stride()
    for spm, speed in lessons:
        for _ in range(20):
            s.learn(spm, speed)
    return s


def test_what_was_learned_is_known():
    s = taught((168, 2800), (175, 3850))
    assert s.step_mm(168) == 1000
    assert s.step_mm(175) == 1320


def test_between_lessons_it_is_a_straight_line_and_beyond_them_the_nearest():
    s = taught((160, 2400), (170, 3400))
    assert s.step_mm(165) == 1050
    assert s.step_mm(150) == 900
    assert s.step_mm(190) == 1200


def test_nothing_is_known_without_a_lesson_or_out_of_range():
    assert Stride().step_mm(170) == 0
    s = taught((170, 3400))
    assert s.step_mm(39) == 0
    assert s.step_mm(240) == 0


def test_steps_that_nobody_has_are_not_learned():
    assert taught((170, 500), (170, 12_000), (30, 3000), (300, 3000)).step_mm(170) == 0


def test_a_cell_follows_when_the_runner_changes():
    s = taught((170, 3400))
    for _ in range(200):
        s.learn(170, 3060)
    assert abs(s.step_mm(170) - 1080) <= 10
