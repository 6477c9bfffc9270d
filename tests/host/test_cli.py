"""The command line: what scripts read, and what people get for bad input."""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pacer_watch import WORKOUTS
from pacer_watch.twin import recording


def pacer(*args, code=0):
    done = subprocess.run(
        [sys.executable, "-c", "from pacer_watch.cli import main; main()", *map(str, args)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_the_library_is_listed_as_long_as_it_is_at_ones_paces(tmp_path):
    rows = {r["name"]: r for r in json.loads(pacer("workouts", "--json").stdout)["workouts"]}
    assert set(rows) == {p.stem for p in WORKOUTS.glob("*.txt")}
    profile = tmp_path / "p.txt"
    pacer("profile", "--race", "5k=33:00", "--file", profile)
    slower = {r["name"]: r for r in json.loads(pacer("workouts", "--profile", profile, "--json").stdout)["workouts"]}
    assert slower["200m-repetitions"]["distance_mm"] < rows["200m-repetitions"]["distance_mm"]
    assert "tempo-run" in pacer("workouts").stdout


def refused(*args):
    done = pacer(*args, code=2)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("pacer: ")
    return done.stderr


@pytest.fixture
def short(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("Workout - Short\n- 20s warm-up\n- 2 x 100m @ 4'00\"/km, 10s rest between\n")
    return path


def test_check_unrolls_a_workout():
    got = json.loads(pacer("check", WORKOUTS / "progressive-1k.txt", "--json").stdout)
    assert got["name"] == "Progressive 1k Repeats"
    assert len(got["steps"]) == 16
    assert got["steps"][5] == {
        "step": 6, "kind": "run", "end": "distance", "amount": 1_000_000, "unit": "mm", "pace_fast_ms_km": 330_000,
        "pace_slow_ms_km": 330_000, "pace_end_ms_km": None, "rep": 1, "reps": 5, "note": None,
    }  # fmt: skip
    assert (got["total_time_ms"], got["total_distance_mm"]) == (3_920_000, 9_833_335)
    assert "rest" in pacer("check", "progressive-1k").stdout


def test_check_says_in_plain_words_what_it_understood(tmp_path):
    path = tmp_path / "coach.txt"
    path.write_text("5x1k @ 5k pace w/ 400m jog\n")
    said = pacer("check", path).stdout.splitlines()[0]
    assert said == "5 times: 1 km at 5k pace, then 400 m jog; about 34 min"
    got = json.loads(pacer("check", path, "--json").stdout)
    assert got["in_words"] == "5 times: 1 km at 5k pace, then 400 m jog"
    path.write_text("3 miles @ 5'00\"/km\n400m @ 4'00\"/km\nlap walk")
    said = pacer("check", path, "--units", "mi").stdout
    assert said.startswith(
        "3 miles at 8'03\"/mi; 400 m at 6'26\"/mi; walk until the lap button; about 26 min, and what"
    )
    assert "pace per mile" in said
    assert "pace per km" in pacer("check", path, "--units", "km").stdout


def test_names_and_notes_are_shown_as_they_are_written(tmp_path):
    odd = "[red]x[/] $HOME <i> ]]> \u202eabc\u202c \U0001f3c3"
    path = tmp_path / "odd.txt"
    path.write_text(f"Workout - {odd}\n- 1km @ 5'00\"/km | {odd}\n", encoding="utf-8")
    assert "[red]x[/] $HOME <i> ]]>" in pacer("check", path).stdout
    assert json.loads(pacer("check", path, "--json").stdout)["steps"][0]["note"] == odd


def test_sim_prints_one_object(short):
    got = json.loads(pacer("sim", short, "--json", "--seed", 3).stdout)
    assert {"laps", "cues", "events", "totals", "runtime", "virtual_s", "wall_s"} <= set(got)
    assert {"step", "rep", "kind", "target", "time_ms", "distance_mm", "true_time_ms", "true_distance_mm"} == set(
        got["laps"][0]
    )
    assert [lap["kind"] for lap in got["laps"]] == ["warm-up", "run", "rest", "run", "free"]
    assert got["totals"]["time_ms"] == sum(lap["time_ms"] for lap in got["laps"])
    assert got["totals"]["saved"]


def test_the_same_seed_gives_the_same_run(short):
    a, b = (json.loads(pacer("sim", short, "--json", "--seed", 8).stdout) for _ in range(2))
    a.pop("wall_s"), b.pop("wall_s")
    assert a == b
    c = json.loads(pacer("sim", short, "--json", "--seed", 9).stdout)
    assert c["laps"] != a["laps"]


def test_sim_leaves_pictures(short, tmp_path):
    from PIL import Image

    done = pacer("sim", short, "--out", tmp_path / "out")
    assert "of virtual time" in done.stdout
    with Image.open(tmp_path / "out" / "oled.gif") as gif:
        assert gif.n_frames > 3
    assert (tmp_path / "out" / "pace.png").stat().st_size > 10_000
    assert {"oled-ready.png", "oled-run.png", "oled-rest.png", "oled-summary.png", "oled-paused.png"} <= {
        p.name for p in (tmp_path / "out").iterdir()
    }


def test_replay_of_real_recordings(data):
    for name, metres, tolerance in (
        ("fit/activity-small-fenix2-run.fit", 9008.2, 0.006),
        ("fit/developer-types-sample.fit", 6754.0, 0.006),
        ("tcx/11km.tcx", 11047.3, 0.015),
    ):
        got = json.loads(pacer("replay", data / name, "--json").stdout)
        assert abs(got["recording"]["distance_m"] - metres) < 0.1
        assert abs(got["totals"]["distance_mm"] / 1000 - metres) <= tolerance * metres, name
        assert abs(got["totals"]["time_ms"] / 1000 - got["recording"]["time_s"]) <= 2, name
        assert got["recording"]["sentences"]["refused"] == 0


def test_replay_of_receivers_logs_stands_still(data):
    for name, refused_most in (("nmea/quectel-l76k-nmea.log", 0), ("nmea/ublox-8.log", 1)):
        got = json.loads(pacer("replay", data / name, "--json").stdout)
        assert got["totals"]["distance_mm"] <= 2_000
        assert got["recording"]["sentences"]["refused"] <= refused_most
        assert got["recording"]["sentences"]["accepted"] > 200


def test_replay_with_a_workout(data, short):
    got = json.loads(
        pacer("replay", data / "fit" / "activity-small-fenix2-run.fit", "--workout", short, "--json").stdout
    )
    assert [lap["kind"] for lap in got["laps"]] == ["warm-up", "run", "rest", "run", "free"]


def test_gpx_is_read_too(tmp_path):
    points = "".join(
        f'<trkpt lat="{51 + i * 27e-6:.7f}" lon="4.0">'
        f"<time>2026-11-23T09:{30 + i // 60:02d}:{i % 60:02d}Z</time></trkpt>"
        for i in range(180)
    )
    path = tmp_path / "north.gpx"
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    )
    got = json.loads(pacer("replay", path, "--json").stdout)
    assert abs(got["totals"]["distance_mm"] / 1000 - 179 * 3.003) < 8


def test_bad_input_is_one_sentence_and_status_2(tmp_path, data):
    bad = tmp_path / "bad.txt"
    bad.write_text("- 1km @ 5'77\"/km\n")
    assert "line 1, column 11" in refused("check", bad)
    assert "line 1" in refused("sim", bad, "--json")
    assert "library has" in refused("check", "nowhere.txt")
    assert "folder" in refused("check", tmp_path)
    bad.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refused("check", bad)
    assert "not a valid integer" in refused("sim", "progressive-1k", "--seed", "x")
    assert "no such file" in refused("replay", "nowhere.fit")
    assert "expected" in refused("replay", bad)
    for suffix in ("fit", "gpx", "tcx", "nmea"):
        junk = tmp_path / f"junk.{suffix}"
        junk.write_bytes(bytes(range(256)) * 4)
        refused("replay", junk)
        junk.write_bytes(b"")
        refused("replay", junk)
    assert "none" in refused("replay", data / "fit" / "WorkoutIndividualSteps.fit")
    refused("fly")
    refused("sim")
    refused("sim", "progressive-1k", "--lane", "9")


def test_help_shows_examples():
    for command in ("sim", "replay", "check"):
        text = pacer(command, "--help").stdout
        assert re.search(rf"pacer {command} \S", text)


def test_the_readme_names_what_there_is():
    root = Path(__file__).resolve().parent.parent.parent
    text = (root / "README.md").read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text
    for link in re.findall(r"\]\(([^)#]+)\)|<img src=\"([^\"]+)\"", text):
        target = link[0] or link[1]
        if not target.startswith("http"):
            assert (root / target).exists(), target
    makefile = (root / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z]+)", text):
        assert f"\n{target}:" in makefile, target


def test_replay_with_another_receiver_on_the_same_way(data):
    path = data / "fit" / "activity-small-fenix2-run.fit"
    own, arm = (json.loads(pacer("replay", path, "--json", *more).stdout) for more in ((), ("--receiver", "arm")))
    assert arm["recording"]["sentences"]["accepted"] > 3 * own["recording"]["sentences"]["accepted"]
    assert abs(arm["totals"]["distance_mm"] / own["totals"]["distance_mm"] - 1) < 0.01
    assert "recorded way" in refused("replay", data / "nmea" / "mt3339.log", "--receiver", "arm")


def test_sim_says_which_receiver_it_carried(short):
    said = [json.loads(pacer("sim", short, "--json", *more).stdout) for more in ((), ("--rate", "1"))]
    assert [(s["rate_hz"], s["receiver"]) for s in said] == [(10, "arm"), (1, "watch")]
    assert "has no picture" in refused("bench", "coach", "--out", "x")


def test_a_log_of_ubx_frames_is_replayed(data):
    got = json.loads(pacer("replay", data / "nmea" / "ublox-neo-m8n.log", "--json").stdout)
    assert got["recording"]["sentences"]["accepted"] >= 20
    assert got["totals"]["distance_mm"] <= 2_000


def track_of(path, seconds, lat_of, extra=lambda s: ""):
    points = "".join(
        f'<trkpt lat="{lat_of(s):.7f}" lon="4.0"><time>2026-11-23T09:{s // 60:02d}:{s % 60:02d}Z</time></trkpt>'
        for s in seconds
    )
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    )
    return path


def test_a_recording_with_a_point_each_12_seconds_is_run(tmp_path):
    path = track_of(tmp_path / "smart.gpx", range(0, 780, 12), lambda s: 51 + s * 27e-6)
    got = json.loads(pacer("replay", path, "--json").stdout)
    assert abs(got["totals"]["distance_mm"] / 1000 / (768 * 3.003) - 1) < 0.02


def test_a_gap_carries_the_recordings_own_distance(tmp_path):
    seconds = [*range(300), *range(390, 600)]
    path = track_of(tmp_path / "gap.gpx", seconds, lambda s: 51 + s * 27e-6)
    got = json.loads(pacer("replay", path, "--json").stdout)
    assert abs(got["totals"]["distance_mm"] / 1000 / (599 * 3.003) - 1) < 0.03


def test_records_without_a_place_are_kept():
    track = recording.Track()
    start = datetime(2026, 11, 23)
    for s in range(100):
        lat = 51 + s * 27e-6 if s >= 40 else None
        track.add(start + timedelta(seconds=s), lat, 4.0 if lat else None, 3.0 * s, 3.0, 170)
    assert (track.seconds[0], len(track.seconds)) == (0.0, 100)
    assert track.places[:40] == [None] * 40
