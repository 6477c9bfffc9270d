from pacer.core import calendar


def test_a_second_that_there_is_not_does_not_exist():
    for wrong in (
        (2026, 2, 31, 10, 0, 0), (2026, 6, 1, -5, 0, 0), (2026, 6, 1, 10, 0, 99), (2026, 6, 1, 24, 0, 0),
        (2023, 6, 1, 10, 0, 0), (2026, 13, 1, 10, 0, 0), (2027, 2, 29, 10, 0, 0), (2026, 6, 0, 10, 60, 0),
    ):  # fmt: skip
        assert not calendar.exists(*wrong), wrong
    assert calendar.exists(2028, 2, 29, 23, 59, 59)


def test_the_day_of_the_week():
    assert [calendar.weekday(2026, 11, day) for day in (23, 29)] == [0, 6]
    assert calendar.weekday(2028, 2, 29) == 1
