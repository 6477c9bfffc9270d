"""Workouts of other programs: what is read is read right, what is left out is named, what is none is refused."""

import json
from datetime import datetime, timezone

import pytest
from garmin_fit_sdk import Decoder, Stream

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer_watch import WORKOUTS
from pacer_watch.formats import foreign
from pacer_watch.twin.runner import unroll

from .test_cli import pacer, refused

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=timezone.utc)
PROFILE = "# Pacer profile 1\ncritical-speed 4.0 m/s\nd-prime 200 m\n"


def test_the_four_fit_workouts_come_through(data):
    paths = sorted((data / "fit").glob("Workout*.fit"))
    assert len(paths) == 4
    for path in paths:
        text, lost, _ = foreign.fit.read(path.read_bytes())
        workout = notation.parse(text)
        assert len(workout) >= 4
        assert any("heart rate" in x for x in lost)
    assert "3 lots of" in text


def test_a_workout_survives_fit_and_back():
    text = "Workout - There\n- 3 lots of:\n  - 400m @ 4'00\"-4'10\"/km | quick\n  - 1min 30s rest\n- lap cool-down\n"
    data, lost = foreign.fit.write(notation.parse(text), NOW)
    assert lost == []
    back, lost, _ = foreign.fit.read(data)
    assert lost == []
    a, b = notation.parse(text), notation.parse(back)
    assert len(a) == len(b)
    for row in range(len(a)):
        assert (a.kind(row), a.end(row), a.amount(row)) == (b.kind(row), b.end(row), b.amount(row))
        assert abs(a.pace_a(row) - b.pace_a(row)) <= 60
        assert a.notes[row] == b.notes[row]


def test_intervals_icu_minutes_are_minutes_and_metres_mtr():
    text, lost, told = foreign.intervals_icu.read(
        "Warmup\n- 10m 60% Pace\n\nMain 3x\n- 400mtr 3:50/km Pace\n- 1m30 Z1 HR\n\n- 5m\n"
    )
    w = notation.parse(text)
    assert [(w.end(r), w.amount(r)) for r in range(3)] == [(0, 600_000), (1, 400_000), (0, 90_000)]
    assert w.kind(3) == wk.REPEAT and w.amount(3) == 3
    assert w.pace_a(1) == 230_000
    assert any("60% Pace" in x for x in told) and any("Z1 HR" in x for x in lost)


def test_garmin_connect_json():
    def one(order, kind, end, amount, **target):
        return {"type": "ExecutableStepDTO", "stepOrder": order, "stepType": {"stepTypeKey": kind},
                "endCondition": {"conditionTypeKey": end}, "endConditionValue": amount, **target}  # fmt: skip

    paced = {"targetType": {"workoutTargetTypeKey": "pace.zone"}, "targetValueOne": 4.0, "targetValueTwo": 4.2}
    step = one(1, "interval", "distance", 1000.0, **paced)
    rest = one(2, "rest", "time", 90.0, targetType={"workoutTargetTypeKey": "heart.rate.zone"})
    repeat = {"type": "RepeatGroupDTO", "stepOrder": 1, "numberOfIterations": 5, "workoutSteps": [step, rest]}
    text, lost, _ = foreign.garmin.read(
        json.dumps({"workoutName": "5 x 1k", "workoutSegments": [{"workoutSteps": [repeat]}]})
    )
    w = notation.parse(text)
    assert w.name == "5 x 1k"
    assert (w.amount(0), w.pace_a(0), w.pace_b(0), w.amount(2)) == (1_000_000, 238_000, 250_000, 5)
    assert lost == ["step 2: its target is heart rate zone; there is no such target here"]


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"{", b'{"a": 1}', b"hello", b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00junk"]
)
def test_what_is_no_workout_is_one_sentence(content, tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    refused("convert", path)


ICU = "Warmup\n- 10m ramp 60-80% Pace\n\nMain set\n\n5x\n\n- Fast 400mtr 1:30/400m\n- 1'30\" rest\n\n"


def steps(text):
    return [(s.kind, s.end, s.amount, s.pace_fast, s.pace_slow, s.note) for s in unroll(notation.parse(text))]


@pytest.mark.parametrize(
    "line, kind, end, amount, fast, slow",
    [
        ("- 400mtr 1:30/400m Pace", wk.RUN, wk.END_DISTANCE, 400_000, 225_000, 225_000),
        ("- 1km 0:25/100m-0:24/100m Pace", wk.RUN, wk.END_DISTANCE, 1_000_000, 240_000, 250_000),
        ("- 10m 1:00/250m", wk.RUN, wk.END_TIME, 600_000, 240_000, 240_000),
        ("- 1mi 8:00/mi Pace", wk.RUN, wk.END_DISTANCE, notation.MILE_MM, 298_300, 298_300),
        ("- 1km 5:00-4:50/km Pace", wk.RUN, wk.END_DISTANCE, 1_000_000, 290_000, 300_000),
        ("- 5' 5:00/km Pace", wk.RUN, wk.END_TIME, 300_000, 300_000, 300_000),
        ('- 30" rest press lap', wk.REST, wk.END_LAP, 0, 0, 0),
        ("- 1'30\" jog Z1 HR", wk.JOG, wk.END_TIME, 90_000, 0, 0),
        ("- 2:00 walk Z1 HR", wk.WALK, wk.END_TIME, 120_000, 0, 0),
        ("- 1h2m30s 6:00/km Pace", wk.RUN, wk.END_TIME, 3_750_000, 360_000, 360_000),
        ("- 1m30 6:00/km Pace", wk.RUN, wk.END_TIME, 90_000, 360_000, 360_000),
    ],
)
def test_a_line_of_intervals_icu(line, kind, end, amount, fast, slow):
    w = notation.parse(foreign.intervals_icu.read(line).text)
    assert len(w) == 1
    assert (w.kind(0), w.end(0), w.amount(0), w.pace_a(0), w.pace_b(0)) == (kind, end, amount, fast, slow)


@pytest.mark.parametrize(
    "line, text",
    [
        ("- 1km 5K pace", "- 1km @ 5k pace"),
        ("- 200mtr 95% pace 30s rest", "- 200m @ 95% CS\n- 30s rest"),
        ("- 4x 400mtr 95-100% pace 1m jog", "- 4 lots of:\n  - 400m @ between 95% CS and CS\n  - 1min jog"),
        ("- 10m ramp 60%-80% Pace", "- 10min @ 60% CS to 80% CS"),
        ("- 10m ramp 6:00-5:00/km Pace", "- 10min @ 6'00\"/km to 5'00\"/km"),
        ("- Tall and quick 20s RPE 9 90rpm", None),
        ("- 2m RPE 8", "- 2min @ RPE 8"),
        ("- Relax 2m Z1 HR", "- 2min | Relax"),
    ],
)
def test_what_intervals_icu_means_in_the_notation(line, text):
    if text is None:
        with pytest.raises(foreign.NotAWorkout, match="two targets"):
            foreign.intervals_icu.read(line)
    else:
        assert foreign.intervals_icu.read(line).text == f"Workout\n{text}\n"


def test_a_repeat_with_a_blank_line_behind_it_still_repeats():
    text, lost, told = foreign.read(ICU.encode())
    assert text == (
        "Workout\n- 10min warm-up @ 60% CS to 80% CS\n- 5 lots of:\n  - 400m @ 3'45\"/km | Fast\n  - 1min 30s rest\n"
    )
    assert lost == []
    assert ["critical speed" in x for x in told] == [True]


@pytest.mark.parametrize(
    "text, said",
    [
        ("- 400m 5:00/km Pace", "400mtr"),
        ("- 400 95% pace", "no unit"),
        ("- hard 95% pace", "no length"),
        ("3x\n\nCooldown\n- 5m 60% pace", "repeats no step"),
        ("- 1km 0:30/0m Pace", "no pace"),
    ],
)
def test_what_intervals_icu_would_not_take_is_refused(text, said):
    with pytest.raises(foreign.NotAWorkout, match=said):
        foreign.intervals_icu.read(text)


def test_the_notation_with_a_share_in_it_stays_the_notation():
    for text in ("Workout\n- 10min @ 95% CS\n- 400m @ 4'00\"/km\n", "- 10' @ 95% CS\n", "- 6x1k @ 95% CS w/ 2' jog\n"):
        got = notation.parse(foreign.read(text.encode()).text)
        assert got.target_a(0) == pf.code(pf.SHARE, 0, 950)
        assert got.notes[0] is None


def garmin(**more):
    step = {"type": "ExecutableStepDTO", "stepOrder": 1, "stepType": {"stepTypeKey": "interval"},
            "endCondition": {"conditionTypeKey": "time"}, "endConditionValue": 60, **more}  # fmt: skip
    return json.dumps({"workoutName": "x", "workoutSegments": [{"workoutSteps": [step]}]})


@pytest.mark.parametrize(
    "more",
    [
        {"stepType": "interval"}, {"endCondition": "time"}, {"endConditionValue": "abc"}, {"endConditionValue": True},
        {"endConditionValue": float("inf")}, {"endConditionValue": float("nan")}, {"endConditionValue": 1e300},
        {"endConditionValue": -3}, {"targetType": "pace.zone"}, {"targetType": []}, {"stepOrder": "first"},
        {"description": {"a": 1}}, {"workoutSteps": "none"}, {"workoutSteps": [None]}, {"endConditionValue": [1]},
        {"type": "RepeatGroupDTO", "numberOfIterations": "many", "workoutSteps": []},
        {"targetType": {"workoutTargetTypeKey": "pace.zone"}, "targetValueOne": "4:00"},
    ],
)  # fmt: skip
def test_json_written_by_hand_is_refused_in_a_sentence(more):
    with pytest.raises(foreign.NotAWorkout) as e:
        foreign.garmin.read(garmin(**more))
    assert "\n" not in str(e.value)


def test_json_with_nulls_is_as_if_they_were_not_there():
    text, lost, _ = foreign.garmin.read(garmin(targetType=None, description=None, stepOrder=None, stepType=None))
    assert (text, lost) == ("Workout - x\n- 1min\n", [])
    for whole in ('{"workoutSegments": [null]}', '{"workoutSegments": [1]}', '{"workoutSegments": []}', "[" * 100_000):
        with pytest.raises(foreign.NotAWorkout):
            foreign.garmin.read(whole)


def test_a_pace_inside_of_garmins_target_type_is_read():
    inside = {"workoutTargetTypeKey": "pace.zone", "targetValueOne": 4.167, "targetValueTwo": 4.0}
    assert "@ 4'00\"-4'10\"/km" in foreign.garmin.read(garmin(targetType=inside)).text


def test_garmins_skipped_last_rest_is_a_between():
    one, rest = (json.loads(garmin(**more))["workoutSegments"][0]["workoutSteps"][0]
                 for more in ({}, {"stepOrder": 2, "stepType": {"stepTypeKey": "rest"}}))  # fmt: skip
    group = {"type": "RepeatGroupDTO", "numberOfIterations": 3, "skipLastRestStep": True, "workoutSteps": [one, rest]}
    text, lost, _ = foreign.garmin.read(json.dumps({"workoutSegments": [{"workoutSteps": [group]}]}))
    assert "1min rest between" in text
    assert lost == []
    one["stepOrder"] = 3  # behind the rest
    _, lost, _ = foreign.garmin.read(json.dumps({"workoutSegments": [{"workoutSteps": [group]}]}))
    assert len(lost) == 1 and "skips its last rest" in lost[0]


ZWO = """<workout_file><author>a</author><name>Track</name><description/><sportType>run</sportType>
<durationType>distance</durationType><tags/><workout>
<Warmup Duration="2000" PowerLow="0.8" PowerHigh="1.0" pace="3"/>
<IntervalsT Repeat="5" OnDuration="1000" OffDuration="400" OnPower="1" OffPower="0.8" pace="1">
<textevent timeoffset="0" message="Tall | quick"/></IntervalsT>
<SteadyState Duration="800" Power="1.0" pace="0"/><FreeRun Duration="1000"/></workout></workout_file>"""


def test_a_zwift_workout_for_runners():
    runner = pf.parse(PROFILE)
    text, lost, _ = foreign.read(ZWO.encode(), lambda: runner)
    w = notation.parse(text)
    assert w.name == "Track"
    assert [w.amount(r) for r in range(len(w))] == [2_000_000, 1_000_000, 400_000, 5, 800_000, 1_000_000]
    assert w.kind(0) == wk.WARM_UP and w.kind(2) == wk.JOG
    assert w.target_a(1) == pf.code(pf.RACE, pf.RACE_NAMES.index("5k"))
    assert w.target_a(2) == 300_000  # 5k pace of this runner is 4'00"
    assert w.notes[1] == "Tall / quick"
    assert len(lost) == 1 and "half pace" in lost[0]  # which this profile does not tell
    timed = ZWO.replace("distance", "time")
    assert notation.parse(foreign.read(timed.encode()).text).amount(0) == 2_000_000
    assert notation.parse(foreign.read(timed.encode()).text).end(0) == wk.END_TIME


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("<sportType>run", "<sportType>bike", "for the bike"),
        ('Repeat="5"', 'Repeat="x"', "expected a number"),
        ('Duration="2000"', 'Duration="inf"', "expected a number"),
        ("<workout_file>", "<!DOCTYPE x><workout_file>", "document type"),
        ("</workout_file>", "", "no whole XML"),
    ],
)
def test_a_zwift_workout_that_is_none_is_refused(old, new, said):
    with pytest.raises(foreign.NotAWorkout, match=said):
        foreign.read(ZWO.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    "text",
    [
        "- 5 lots of:\n  - 1000m @ 5'30\" -> 5'10\" -> 4'50\" -> 4'20\" -> 3'45\"/km | a | b | c | d | e\n"
        "  - 400m jog\n",
        "- 4 lots of:\n  - 400m @ 4'30\"/km -> 4'00\"/km\n  - 1min rest between\n",
        "- 10 lots of:\n  - 400m @ 4'00\"-4'10\"/km\n  - 1min rest between\n- 5min cool-down\n",
        "- 2 lots of:\n  - 3 lots of:\n    - 200m @ 3'20\"-3'30\"/km\n    - 1min jog between\n  - 3min jog between\n",
        "- 1 lots of:\n  - 200m\n  - 1min jog between\n",
        "- 2 lots of:\n  - 200m\n  - 1min jog between\n",
    ],
)
def test_fit_runs_what_the_notation_runs_step_by_step(text):
    data, lost = foreign.fit.write(notation.parse(text), NOW)
    assert lost == []
    back = steps(foreign.fit.read(data).text)
    asked = steps(text)
    assert len(back) == len(asked)
    for a, b in zip(asked, back):
        assert a[:3] == b[:3] and a[5] == b[5]
        assert all(abs(x - y) <= 0.011 * x + 500 for x, y in zip(a[3:5], b[3:5]))


def test_bands_of_a_fit_workout_come_back_to_the_second():
    data, _ = foreign.fit.write(notation.parse("- 1km @ 4'00\"-4'10\"/km\n"), NOW)
    assert foreign.fit.read(data).text == "Workout - Workout\n- 1km @ 4'00\"-4'10\"/km\n"


def test_a_name_of_emoji_is_cut_between_characters():
    workout = notation.parse("Workout - " + "\U0001f3c3" * 64 + "\n- 1km | " + "\u00e4\U0001f3c3" * 32 + "\n")
    data, _ = foreign.fit.write(workout, NOW)
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    assert messages["workout_mesgs"][0]["wkt_name"] == "\U0001f3c3" * 63
    assert messages["workout_step_mesgs"][0]["wkt_step_name"] == "\u00e4\U0001f3c3" * 32


def test_too_many_steps_for_a_fit_file_are_refused():
    workout = notation.parse("- 999 lots of:\n" + "  - 1s @ 4'00\"/km -> 3'00\"/km\n" * 6)
    with pytest.raises(foreign.fit.CannotWrite):
        foreign.fit.write(workout, NOW)


def test_convert_goes_by_the_ending_and_knows_the_library(tmp_path):
    assert "expected .txt or .fit" in refused("convert", "ladder-5x1000", "-o", tmp_path / "m.csv")
    assert list(tmp_path.iterdir()) == []
    pacer("convert", "ladder-5x1000", "-o", tmp_path / "m.fit")
    assert "no such" in refused("convert", "nothing-of-that-name").lower()
    path = tmp_path / "w.txt"
    path.write_text("- 10m Z2 HR\n")
    assert "Z2 HR" in pacer("convert", path, code=1).stderr
    assert pacer("convert", "ladder-5x1000").stdout == (WORKOUTS / "ladder-5x1000.txt").read_text()


@pytest.mark.parametrize(
    "content, said",
    [
        (b"PACERRUN 1 2 3\n", "a run of the watch"), (b"# Pacer profile 1\n", "a profile"), (b"%PDF-1.7", "a PDF"),
        (b"<?xml version='1.0'?><gpx/>", "a GPX file"), (b"<TrainingCenterDatabase/>", "a TCX file"),
        (b"<!DOCTYPE html><html/>", "a web page"), (b"<svg/>", "another kind"), (b"[COURSE HEADER]\n", "bike"),
        (b"PK\x03\x04", "a ZIP"), (b"", "empty"), (b"\xff\xfea\x00", "no workout"), (b"\xfe\xff\xd8", "neither"),
    ],
)  # fmt: skip
def test_other_files_are_named_for_what_they_are(content, said):
    with pytest.raises(foreign.NotAWorkout, match=said):
        foreign.read(content)


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/coach.md", "pyproject.toml"])
def test_what_is_written_for_people_is_no_workout(name):
    with pytest.raises(foreign.NotAWorkout):
        foreign.read((WORKOUTS.parent / name).read_bytes())


def test_an_activity_is_named(data):
    with pytest.raises(foreign.NotAWorkout, match="activity"):
        foreign.read((data / "fit" / "activity-small-fenix2-run.fit").read_bytes())
