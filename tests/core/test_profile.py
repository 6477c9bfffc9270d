from pacer.core import notation, profile, workout
from pacer.core.balance import Balance
from pacer.core.fieldtest import FieldTest
from pacer.core.profile import ProfileError, Unresolved
from pacer.core.workout import LADDER

FULL = """# Pacer profile 1
name Ann
units mi
race 5k 18:45 2026-10-03
reviewed 2026-10-10
critical-speed 4.25 m/s +- 0.03
d-prime 190 m +- 25
pace 5k 3'45.1"
pace 10 miles 4'00"
zone easy 4'54.1"-5'26.8"
tolerance 0.06 m/s
lane 3
lap 200 m
waypoints 50 m
metronome 180
"""


def refused(text):
    try:
        profile.parse(text)
    except ProfileError as e:
        return e.line, e.message
    raise AssertionError("read: " + text)


def unresolved(text, p):
    try:
        notation.parse("Workout\n- 1km " + text + "\n").resolve(p)
    except Unresolved as e:
        return str(e)
    raise AssertionError("resolved: " + text)


def band(text, p):
    w = notation.parse("Workout\n- 1km " + text + "\n")
    w.resolve(p)
    return w.pace_a(0), w.pace_b(0)


def test_a_profile_reads_back_as_it_was_written():
    assert profile.parse(FULL).dump() == FULL
    assert profile.parse(FULL.encode()).dump() == FULL


def test_what_is_in_it():
    p = profile.parse(FULL)
    assert (p.name, p.miles, p.lane, p.lap_mm, p.waypoint_mm, p.metronome_spm) == ("Ann", True, 3, 200_000, 50_000, 180)
    assert (p.cs_mm_s, p.cs_unsure_mm_s, p.dprime_mm, p.tolerance_mm_s) == (4250, 30, 190_000, 60)


def test_damage_is_told_with_its_line():
    head = "# Pacer profile 1\n"
    assert refused("hello")[0] == 1
    assert "version 2" in refused("# Pacer profile 2\n")[1]
    assert refused(b"\xff\xfe\x00") == (1, "this is not UTF-8 text; expected a profile")
    assert refused(head + "critical-speed fast\n")[0] == 2
    assert refused(head + "\n# x\nlane 9\n") == (4, "expected 0 to 8, 0 for finding out")
    assert "one of" in refused(head + "shoes red\n")[1]
    assert refused(head + "zone easy 6'00\"-5'00\"\n")[0] == 2
    assert refused(head + "pace 7k 4'00\"\n")[0] == 2
    assert refused(head + "metronome 60\n")[0] == 2
    assert refused(head + "x" * 5000)[0] >= 1
    assert refused(b"#" * 5000)[0] == 1


def test_targets_by_name_mean_what_the_profile_says():
    p = profile.parse(FULL)
    assert band("@ 5k pace", p) == (225_100, 225_100)
    assert band("@ 5k pace - 5s", p) == (220_100, 220_100)
    assert band("@ easy", p) == (294_100, 326_800)
    assert band("@ CS", p) == (235_294, 235_294)
    assert band("@ 95% CS", p) == (247_647, 247_647)


def test_an_effort_is_no_pace_and_needs_no_profile():
    for p in (profile.parse(FULL), profile.Profile()):
        for n in range(1, 11):
            assert band("@ RPE %d" % n, p) == (0, 0)
        w = notation.parse("4 x 60s @ RPE 6 -> RPE 9, 60s jog")
        w.resolve(p)
        c = workout.Cursor(w)
        efforts = []
        while c.next():
            efforts.append((c.effort(), c.pace_fast, c.pace_slow))
        assert efforts == [(n, 0, 0) for n in (6, 0, 7, 0, 8, 0, 9, 0)]
        assert c.effort() == 0


def test_a_ladder_between_an_effort_and_a_pace_is_refused():
    p = profile.parse(FULL)
    for target in ("RPE 6 -> 5k pace", "5k pace -> RPE 6", "RPE 6 -> 4'00\"/km", "4'00\"/km -> RPE 6"):
        try:
            notation.parse("4 x 60s @ " + target).resolve(p)
        except profile.Unresolved as e:
            assert "RPE 6" in str(e)
            continue
        raise AssertionError(target)


def test_what_is_not_in_it_follows_from_critical_speed():
    p = profile.parse("# Pacer profile 1\ncritical-speed 4.0 m/s\nd-prime 200 m\n")
    assert abs(band("@ 3k pace", p)[0] - 233_333) <= 1  # (3000 - 200) / 4.0 = 700 s
    assert band("@ tempo", p) == (255_102, 263_158)


def test_what_cannot_be_resolved_is_said():
    p = profile.Profile()
    assert "critical speed" in unresolved("@ tempo", p)
    assert "5k pace" in unresolved("@ 5k pace", p)
    assert "marathon pace" in unresolved(
        "@ marathon pace", profile.parse("# Pacer profile 1\ncritical-speed 4.0 m/s\n")
    )
    assert "no pace to run" in unresolved("@ 5k pace - 300s", profile.parse(FULL))


def test_a_ladder_between_names():
    w = notation.parse("Workout\n- 5 x 1km @ 10k pace -> 5k pace, 1min rest\n")
    w.resolve(profile.parse("# Pacer profile 1\npace 10k 4'00\"\npace 5k 3'50\"\n"))
    assert (w.pace_a(0), w.pace_b(0)) == (240_000, 230_000)
    assert w.flags(0) & LADDER
    assert [profile.target_name(t) for t in (w.target_a(0), w.target_b(0))] == ["10k pace", "5k pace"]


def test_names_read_back():
    names = "easy;tempo - 2.5s;critical speed;5k pace;10k pace - 5s;mile pace + 3s;CS;92.5% CS;RPE 7;half pace"
    for text in names.split(";"):
        w = notation.parse("Workout\n- 1km @ " + text + "\n")
        assert profile.target_name(w.target_a(0)) == text
        assert w.target_b(0) == w.target_a(0)


def test_field_tests_of_two_and_three_distances():
    t = FieldTest(b"\x01\x00")
    for metres in (3600, 2400, 1200):
        t.effort(0, (metres - 220) * 10_000 // 42, metres * 1000)
    assert t.result()
    assert abs(t.cs_mm_s - 4200) <= 2
    assert abs(t.dprime_mm - 220_000) <= 2_000
    t.begin()
    assert not t.result()
    t.effort(0, 500_000, 2_400_000)
    assert not t.result()


def test_a_three_minute_test_and_one_of_twelve():
    t = FieldTest(b"\x01\x00")
    t.mark(0, 149_500, 800_000)
    t.mark(0, 151_000, 900_000)
    t.effort(0, 180_000, 926_000)
    assert t.result()
    assert (t.cs_mm_s, t.dprime_mm) == (4200, 170_000)
    t.begin()
    t.effort(0, 720_000, 3_224_000)
    assert t.result()
    assert t.cs_mm_s == 4200


def test_a_field_test_that_makes_no_runner_is_no_result():
    t = FieldTest(b"\x01\x00")
    t.effort(0, 300_000, 1_200_000)
    t.effort(0, 290_000, 2_400_000)
    assert not t.result()


def test_the_balance_falls_above_critical_speed_and_recovers_below():
    b = Balance()
    b.begin(4000, 200_000)
    b.advance(100_000, 5000)
    assert b.left_mm == 100_000
    assert b.percent() == 49
    b.advance(1000, 3000)
    assert 100_450 <= b.left_mm <= 100_510
    b.advance(3_600_000, 2000)
    assert 99 <= b.percent() <= 100
    assert b.left_mm <= b.dprime_mm
    assert b.after(100_000, 5000) < b.left_mm
    assert b.after(100_000, 3000) == b.left_mm


def test_at_rest_the_balance_comes_back_with_a_time_constant_of_104_seconds():
    b = Balance()
    b.begin(4000, 208_000)
    b.left_mm = 0
    b.advance(104_000, 0)
    assert abs(b.left_mm - 208_000 * (1 - 2.718281828**-1)) < 2500
    b.begin(4000, 208_000)
    b.left_mm = 0
    b.advance(104_000, 3000)  # a jog at 1 m/s below it: the model's own 208 s
    assert abs(b.left_mm - 208_000 * (1 - 2.718281828**-0.5)) < 2500


def test_without_critical_speed_there_is_no_balance():
    b = Balance()
    b.advance(100_000, 9000)
    assert b.percent() == -1


def test_a_profile_has_room_for_each_race_and_zone():
    p = profile.Profile()
    assert len(p.paces) == len(profile.RACES_M) == len(profile.RACE_NAMES)
    assert len(p.zones) == 2 * len(profile.ZONE_NAMES)
