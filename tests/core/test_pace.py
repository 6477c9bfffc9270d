from pacer.core import pace


def text(put, value):
    buf = bytearray(16)
    return str(bytes(buf[: put(buf, 0, value)]), "ascii").strip()


def test_pace_and_speed_tie_by_ten_to_the_ninth():
    assert pace.pace_of_speed(3333) == 300_030
    assert pace.speed_of_pace(300_000) == 3333
    assert pace.speed_of_pace(180_000) == 5556
    assert pace.speed_of_pace(0) == 0
    assert pace.pace_of_speed(0) == 0


def test_a_400_at_three_minutes_a_kilometre_takes_72_seconds():
    assert pace.pace_of_lap(72_000, 400_000) == 180_000


def test_a_lap_of_exactly_five_minutes_never_reads_four_fifty_nine():
    for ms in (299_500, 299_999, 300_000, 300_001, 300_499):
        assert text(pace.put_pace, pace.pace_of_lap(ms, 1_000_000)) == "5'00\""
    assert text(pace.put_pace, pace.pace_of_lap(299_499, 1_000_000)) == "4'59\""


def test_the_pace_of_long_and_odd_laps_is_exact():
    for time_ms, mm in (
        (86_400_000, 1_000_000_000),
        (1, 1),
        (3_599_999, 12_345_678),
        (50_000_000, 160_934_400),
        (331, 999),
    ):
        true = (time_ms * 2_000_000 + mm) // (2 * mm)
        got = pace.pace_of_lap(time_ms, mm)
        if true > pace.PACE_SLOWEST_MS_KM:
            assert got == 0
        else:
            assert abs(got - true) <= 1


def test_what_is_too_slow_to_show_is_shown_as_dashes():
    assert text(pace.put_pace, 0) == "--'--\""
    assert pace.pace_of_lap(100_000, 1) == 0
    assert pace.pace_of_lap(5, 0) == 0


def test_clocks_round_and_change_to_hours():
    assert text(pace.put_clock, 0) == "0:00"
    assert text(pace.put_clock, 59_499) == "0:59"
    assert text(pace.put_clock, 59_500) == "1:00"
    assert text(pace.put_clock, 3_599_499) == "59:59"
    assert text(pace.put_clock, 3_599_500) == "1:00:00"


def test_distances_are_metres_below_ten_kilometres():
    assert text(pace.put_distance, 999_499) == "999m"
    assert text(pace.put_distance, 999_500) == "1000m"
    assert text(pace.put_distance, 9_999_499) == "9999m"
    assert text(pace.put_distance, 12_344_999) == "12.34k"


def test_a_number_that_does_not_fit_is_dashes_not_another_number():
    buf = bytearray(4)
    pace.put_number(buf, 0, 12345, 4)
    assert bytes(buf) == b"----"
    pace.put_number(buf, 0, 7, 4)
    assert bytes(buf) == b"   7"


def test_distances_in_miles_have_hundredths_and_fit_the_screen():
    assert text(pace.put_miles, 0) == "0.00mi"
    assert text(pace.put_miles, 402_336) == "0.25mi"
    assert text(pace.put_miles, 1_609_344) == "1.00mi"
    assert text(pace.put_miles, 42_195_000) == "26.22mi"
    assert text(pace.put_miles, 1_000_000_000) == "621.4mi"
    for mm in range(0, 1_000_000_000, 999_983):
        assert abs(pace.hundredths_of_mile(mm) * 1_609_344 - 100 * mm) <= 1_609_344 // 2 + 3_200


def test_a_pace_a_mile_is_a_tenth_of_a_second_from_the_truth():
    for ms_km in range(60_000, 5_999_000, 997):
        assert abs(pace.per_mile(ms_km) * 10_000 - ms_km * 16_093) <= 820_000
    assert text(pace.put_pace, pace.per_mile(298_258)) == "8'00\""


def test_lengths_of_a_track_stay_in_metres():
    assert [pace.of_track(1000 * m) for m in (200, 400, 1200, 1600)] == [True] * 4
    assert [pace.of_track(mm) for mm in (402_336, 1_609_344, 3_000_000)] == [False] * 3
