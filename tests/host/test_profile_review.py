"""Races to a profile against published tables."""

import json
from datetime import date

import pytest

from pacer.core import notation
from pacer.core import profile as pf
from pacer_watch import WORKOUTS, zones
from pacer_watch.formats.notation import unparse

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
        ("--race", "7k=20:00"),
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


def test_every_session_of_the_library_resolves():
    example = pf.parse((WORKOUTS / "example.profile").read_bytes())
    names = sorted(WORKOUTS.glob("*.txt"))
    assert len(names) >= 14
    for path in names:
        workout = notation.parse(path.read_bytes())
        workout.resolve(example)
        assert notation.parse(unparse(workout)).rows == workout.rows


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
