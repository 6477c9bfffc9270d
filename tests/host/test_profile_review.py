"""Races to a profile against published tables, and what the library's sessions ask of it."""

import json
from datetime import date

import numpy as np
import pytest

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer_watch import WORKOUTS, demand, zones
from pacer_watch.formats.notation import unparse
from pacer_watch.twin.runner import unroll

from .test_cli import pacer, refused

DAY = date(2026, 11, 24)

# Daniels' Running Formula, 3rd ed., table 5.1: VDOT and its race times.
DANIELS = {
    40: {1500: "6:35", 3000: "14:03", 5000: "24:08", 10_000: "50:03", 21_097.5: "1:50:59", 42_195: "3:49:45"},
    50: {1500: "5:24", 3000: "11:33", 5000: "19:57", 10_000: "41:21", 21_097.5: "1:31:35", 42_195: "3:10:49"},
    60: {1500: "4:35", 3000: "9:50", 5000: "17:03", 10_000: "35:22", 21_097.5: "1:18:09", 42_195: "2:43:25"},
    70: {1500: "4:00", 3000: "8:34", 5000: "14:55", 10_000: "31:00", 21_097.5: "1:08:21", 42_195: "2:23:10"},
}


def seconds(text):
    total = 0
    for part in text.split(":"):
        total = 60 * total + int(part)
    return total


@pytest.mark.parametrize("value", DANIELS)
def test_vdot_is_that_of_the_published_tables(value):
    for metres, text in DANIELS[value].items():
        assert round(zones.vdot(metres, seconds(text))) == value
        assert abs(zones.equivalent(value, metres) / seconds(text) - 1) < 0.002


def test_riegel_is_his_own_formula():
    assert zones.riegel(1200, 5000, 10_000) == pytest.approx(1200 * 2**1.06)
    assert round(zones.riegel(20 * 60, 5000, 10_000)) == 2502  # 41:42


def test_critical_speed_of_two_efforts_is_the_line_through_them():
    c = zones.critical([(1200, 240.0), (3600, 800.0)])
    assert c.speed_m_s == pytest.approx(2400 / 560)
    assert c.dprime_m == pytest.approx(1200 - 240 * 2400 / 560)
    assert 0.1 * c.dprime_m <= c.dprime_unsure
    assert c.speed_unsure / c.speed_m_s < 0.01


def test_one_race_gives_an_estimate_and_says_so():
    found = zones.sums([zones.read_race("5k=20:00", DAY)], DAY)
    assert found.critical.estimated
    assert any("estimated" in w for w in found.warnings)
    assert found.critical.speed_unsure > 0.05


def test_critical_speed_of_races_that_make_no_line_is_that_of_the_one_nearest_half_an_hour():
    races = [zones.read_race(r, DAY) for r in ("800m=1:40", "10k=41:21", "half=1:50:00")]
    found = zones.sums(races, DAY)
    assert found.critical.estimated
    assert found.critical.speed_m_s == pytest.approx(zones.one_race(50).speed_m_s, rel=0.002)


def test_an_effort_of_half_an_hour_counts_with_a_wider_error():
    races = [zones.read_race(r, DAY) for r in ("5k=25:00", "1500m=6:40")]
    found = zones.sums(races, DAY)
    assert not found.critical.estimated
    assert found.critical.speed_m_s == pytest.approx(3500 / 1100)
    shorter = zones.critical([(1500, 400), (4000, 400 + 2500 / (3500 / 1100))])
    assert found.critical.speed_unsure > 1.1 * shorter.speed_unsure
    # Three on no line: the short two count for more.
    three = zones.critical([(1200, 240), (3600, 800), (7000, 1800)])
    plain = np.polyfit([240, 800, 1800], [1200, 3600, 7000], 1)[0]
    assert 2400 / 560 > three.speed_m_s > plain


def test_what_is_left_out_of_critical_speed_is_named():
    races = [zones.read_race(r, DAY) for r in ("5k=20:00", "1500m=5:15", "10k=41:21")]
    assert any("10k of 41:21 is left out" in w for w in zones.sums(races, DAY).warnings)


@pytest.mark.parametrize(
    ("text", "name", "metres"),
    [
        ("1200m=3:45", "1200m", 1200), ("3600m=12:00", "3600m", 3600), ("7k=26:00", "7k", 7000),
        ("9km=35:00", "9k", 9000), ("7.5k=28:00", "7.5k", 7500), ("5 miles=30:00", "5 miles", 8046.72),
        ("1600=5:20", "1600m", 1600), ("5k=45:00", "5k", 5000), ("mile=5:30", "mile", 1609.344),
    ],
)  # fmt: skip
def test_any_distance_is_a_race(text, name, metres):
    race = zones.read_race(text, DAY)
    assert (race.name, race.metres) == (name, pytest.approx(metres))
    profile = zones.into(pf.Profile(), zones.sums([race], DAY))
    assert pf.parse(profile.dump()).races == [race.line]


def test_a_marathon_is_slower_with_the_level():
    """Share of critical speed: 93 % at 150 min, 78.9 % at 360 min (Smyth and Muniz-Pumares 2020)."""
    for seconds_5k, least, most in ((915, 0.90, 0.935), (1200, 0.885, 0.92), (1500, 0.84, 0.88), (2100, 0.77, 0.80)):
        found = zones.sums([zones.Race("5k", 5000, seconds_5k, DAY)], DAY)
        assert least < 1000 / found.paces["marathon"] / found.critical.speed_m_s < most
        assert any("marathon" in w for w in found.warnings) == (found.paces["marathon"] * 42.195 > 3.5 * 3600)
    own = zones.sums([zones.read_race(r, DAY) for r in ("5k=25:00", "marathon=4:00:00")], DAY)
    assert own.paces["marathon"] == pytest.approx(14_400 / 42.195, rel=1e-6)


def _pace(seconds_km):
    return f"{int(seconds_km + 0.5) // 60}'{int(seconds_km + 0.5) % 60:02d}\""


def zone_rows():
    """The table of docs/coach.md: Daniels' paces by his formulas beside ours, from one race over 5 km."""
    for minutes in (15, 17.5, 20, 22.5, 25, 27.5, 30, 32.5, 35):
        value = zones.vdot(5000, 60 * minutes)
        found = zones.sums([zones.Race("5k", 5000, 60 * minutes, DAY)], DAY)
        profile = zones.into(pf.Profile(), found)
        shares = (0.74, 0.59, 0.88, 0.975, 0.905)
        e_fast, e_slow, t, i, cv = [1000 / zones.oxygen_speed(share * value) for share in shares]
        ours = [[p / 1000 for p in profile.band(pf.code(pf.ZONE, k))] for k in range(6)]
        marathon = zones.equivalent(value, 42_195) / 42.195
        cells = [
            f"{int(minutes)}:{round(60 * (minutes % 1)):02d}",
            f"{_pace(e_fast)}-{_pace(e_slow)}", f"{_pace(ours[0][0])} and slower",
            _pace(marathon), _pace(found.paces["marathon"]),
            _pace(t), f"{_pace(ours[2][0])}-{_pace(ours[2][1])}",
            _pace(cv), _pace(1000 / found.critical.speed_m_s),
            _pace(i), f"{_pace(ours[4][0])}-{_pace(ours[4][1])}",
            _pace(i - 15), f"{_pace(ours[5][0])}-{_pace(ours[5][1])}",
        ]  # fmt: skip
        row = "| " + " | ".join(cells) + " |"
        yield row, (t, ours[2]), (i, ours[4]), (i - 15, ours[5]), (cv, 1000 / found.critical.speed_m_s)


def test_zones_beside_daniels_as_the_docs_have_them():
    docs = (WORKOUTS.parent / "docs" / "coach.md").read_text()
    for row, tempo, interval, repetition, (cv, cs) in zone_rows():
        for theirs, (fast, slow) in (tempo, interval):
            assert fast - 1 <= theirs <= slow + 1
        assert repetition[1][0] - 5 <= repetition[0] <= repetition[1][1] + 5
        assert abs(cv - cs) <= 5
        assert row in docs


def test_easy_is_open_on_its_slow_side_and_never_a_walk():
    for cs, fast in ((4000, 312_500), (2300, 483_092), (2350, 475_000), (1800, 617_284)):
        p = pf.parse(f"# Pacer profile 1\ncritical-speed {cs / 1000:.3f} m/s\nd-prime 150 m\n")
        assert p.band(pf.code(pf.ZONE, pf.EASY))[0] == fast


def test_a_race_of_any_length_lies_between_its_neighbours():
    p = zones.into(pf.Profile(), zones.sums([zones.read_race("5k=20:00", DAY)], DAY))
    for metres in (900, 1200, 2400, 3600, 7000, 9000, 12_000, 20_000):
        pace = p.band(pf.code(pf.DISTANCE, metres // 100))[0]
        assert abs(pace - 1000 * zones.equivalent(zones.vdot(5000, 1200), metres) / metres * 1000) < 1000
    assert pf.target_name(pf.code(pf.DISTANCE, 90)) == "9k pace"
    assert pf.target_name(pf.code(pf.DISTANCE, 12)) == "1200m pace"
    with pytest.raises(pf.Unresolved, match="20k pace"):
        pf.Profile().band(pf.code(pf.DISTANCE, 200))


def asked(name, race):
    workout = notation.parse((WORKOUTS / f"{name}.txt").read_bytes())
    profile = zones.into(pf.Profile(), zones.sums([zones.read_race(race, DAY)], DAY))
    workout.resolve(profile)
    return demand.demand(workout, profile)


def test_a_session_that_asks_for_more_than_there_is():
    assert asked("ladder-5x1000", "5k=28:00").too_much
    assert asked("progressive-1k", "5k=28:00").too_much
    assert not asked("5x1000m", "5k=28:00").too_much
    assert not asked("ladder-5x1000", "5k=18:30").too_much
    assert asked("long-run", "5k=20:00") is None
    assert not asked("time-trial-3k", "5k=20:00").too_much  # a trial is meant to empty the runner
    told = pacer("check", "ladder-5x1000", "--profile", WORKOUTS / "example.profile").stdout
    assert "D' of 254 m" in told


def test_old_races_are_told():
    found = zones.sums([zones.read_race("5k=20:00@2026-01-01", DAY)], DAY)
    assert any("days old" in w for w in found.warnings)


def test_races_that_make_no_runner_are_refused():
    races = [zones.read_race(r, DAY) for r in ("1500m=7:00", "5k=17:30")]
    with pytest.raises(zones.BadRace, match="no runner"):
        zones.sums(races, DAY)


def test_the_profile_command(tmp_path):
    path = tmp_path / "p.txt"
    got = json.loads(
        pacer("profile", "--race", "5k=18:45", "--race", "1500m=4:50", "--lane", 1, "--file", path, "--json").stdout
    )
    assert got["critical_speed_mm_s"] == 4192
    assert not got["estimated"]
    assert got["paces_ms_km"]["5k"] == 225_000
    first = path.read_text()
    assert pf.parse(first).lane == 1
    pacer("profile", "--metronome", 176, "--file", path)
    assert pf.parse(path.read_text()).metronome_spm == 176
    assert (tmp_path / "p.txt.old").read_text() == first


@pytest.mark.parametrize(
    "args",
    [
        ("--race", "5k"),
        ("--race", "7q=20:00"),
        ("--race", "300m=1:00"),
        ("--race", "5k=0:00"),
        ("--race", "5k=20:00@2999-01-01"),
        ("--race", "5k=fast"),
        ("--race", "5k=5:00"),
        ("--race", "5k=20:00@soon"),
        (),
    ],
)
def test_bad_races_are_one_sentence(args, tmp_path):
    refused("profile", *args, "--file", tmp_path / "none.txt")


def test_a_damaged_profile_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "p.txt"
    path.write_text("# Pacer profile 1\nlane twelve\n")
    assert "line 2" in refused("profile", "--lane", "1", "--file", path)
    assert path.read_text().endswith("twelve\n")


@pytest.mark.parametrize(("folder", "race"), [("", "5k=20:00"), ("slower", "5k=33:00")])
def test_every_session_of_the_library_is_one_to_run(folder, race):
    """It reads back, its paces resolve, it asks for no more than there is; reps come behind strides and a stop."""
    profile = zones.into(pf.Profile(), zones.sums([zones.read_race(race, DAY)], DAY))
    names = sorted((WORKOUTS / folder).glob("*.txt"))
    assert len(names) >= 20
    for path in names:
        workout = notation.parse(path.read_bytes())
        workout.resolve(profile)
        assert notation.parse(unparse(workout)).rows == workout.rows
        found = demand.demand(workout, profile)
        if path.stem in ("ladder-5x1000", "progressive-1k"):
            continue  # an article's own paces, and the seed session as it came
        assert found is None or not found.too_much, path
        steps = unroll(workout)
        kinds = [wk.KIND_NAMES[s.kind] for s in steps]
        if path.stem not in ("long-run", "easy-with-strides", "fartlek"):
            first = next(i for i, s in enumerate(steps) if s.kind == wk.RUN)
            assert "stride" in kinds[:first], path
            assert path.stem.startswith("hill") or steps[first - 1].end == wk.END_LAP, path
        if path.stem not in ("long-run", "easy-with-strides"):
            assert (steps[-1].kind, steps[-1].end) == (wk.COOL_DOWN, wk.END_TIME), path
            assert 600_000 <= steps[-1].amount <= 900_000, path


def test_the_library_comes_in_a_size_for_slower_runners(tmp_path):
    for race, reps in (("5k=20:00", 16), ("5k=30:00", 10)):
        profile = tmp_path / "p.txt"
        pacer("profile", "--race", race, "--file", profile)
        got = json.loads(pacer("check", "200m-repetitions", "--profile", profile, "--json").stdout)
        assert max(s["rep"] or 0 for s in got["steps"] if s["kind"] == "run") == reps
    names = {p.name for p in WORKOUTS.glob("*.txt")}
    assert {p.name for p in (WORKOUTS / "slower").glob("*.txt")} <= names


def test_the_eight_weeks_name_sessions_that_there_are():
    rows = [r.split("|")[2:6] for r in (WORKOUTS.parent / "docs" / "eight-weeks.md").read_text().splitlines()]
    cells = [c.strip().partition(",")[0] for r in rows[2:] if len(r) == 4 for c in r]
    named = [c for c in cells if c not in ("Tuesday", "Thursday", "Saturday", "Sunday", "---", "rest", "race")]
    assert len(named) == 30
    assert all((WORKOUTS / f"{name}.txt").exists() for name in named), named


def test_a_coach_bench_in_small():
    from pacer_watch.benches import coach as c
    from pacer_watch.twin.receivers import RECEIVERS

    arm, watch = RECEIVERS["arm"], RECEIVERS["watch"]
    assert c.false_cues("ours", arm, 3) <= 3
    assert c.false_cues("10 s threshold", arm, 1) > 3
    assert c.false_cues("ours", watch, 4) <= 4
    assert c.percentile(c.drift("ours", arm, 12)[0], 0.5) <= 20
    assert c.percentile(c.drift("ours", watch, 12)[0], 0.5) <= 120
    assert c.contradictions("ours", 40) == 0
    assert c.reps("ours", arm, 2) < c.reps(None, arm, 2)


def test_the_limit_beside_the_delays():
    from pacer_watch.benches import coach as c
    from pacer_watch.twin.receivers import RECEIVERS

    # Page's sum for 0.15 m/s of white noise a second against 0.135 m/s, four hours on either side.
    # u = 2 x 0.0225 / 0.135**2 = 2.47 s; u (e**h - h - 1) = 14,400 s for h = 8.67; u (h - 1) = 18.9 s.
    assert abs(c.quickest_s(RECEIVERS["white"], 0.135, 14_400) - 18.9) < 0.1
    assert abs(c.most_an_hour(0, 40) - 2.303 / 40) < 1e-3  # nothing seen: -ln 0.1
    assert abs(c.most_an_hour(17, 40) - 0.589) < 0.01
