"""What other programs read of our files: their own decoders, totals to the millisecond and the decimetre."""

import io
import json
import math
from dataclasses import replace
from datetime import datetime, timezone

import fitdecode
import gpxpy
import pytest
from garmin_fit_sdk import Decoder, Stream
from tcxreader.tcxreader import TCXReader

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer_watch import report
from pacer_watch.formats import export, fitworkout, kinds, runlog
from pacer_watch.formats.notation import unparse
from pacer_watch.twin import interp, runner, session
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.oval import Oval
from pacer_watch.twin.runner import VirtualRunner

from .test_cli import pacer, refused

TEXT = """Workout - Export
- 800m warm-up @ 5'30"-6'00"/km
- 2 x 400m @ CS, 30s walk between
- 100m jog
"""
PROFILE = "# Pacer profile 1\ncritical-speed 4.0 m/s\nd-prime 200 m\n"
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def log():
    workout = notation.parse(TEXT)
    workout.resolve(pf.parse(PROFILE))
    person = VirtualRunner(workout, 5, Oval(2))
    result = session.run(TEXT, person, UbloxReceiver(person.observe), runtime=interp.choose(None), profile=PROFILE)
    return runlog.parse(result.log)


def test_garmins_own_decoder_reads_the_fit_without_complaint(log):
    data = export.fit(log, NOW)
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    (whole,) = messages["session_mesgs"]
    laps = messages["lap_mesgs"]
    end = log.end
    assert round(1000 * whole["total_timer_time"]) == end.time_ms
    assert abs(1000 * whole["total_distance"] - end.distance_mm) <= 50
    assert whole["num_laps"] == len(laps) == len(log.laps)
    assert sum(round(1000 * x["total_timer_time"]) for x in laps) == end.time_ms
    assert abs(sum(x["total_distance"] for x in laps) - whole["total_distance"]) <= 0.1
    assert [x["intensity"] for x in laps[:3]] == ["warmup", "active", "recovery"]
    assert [x["wkt_step_index"] for x in laps[:4]] == [0, 1, 2, 1]
    assert whole["sub_sport"] == "track"
    assert whole["workout_rpe"] % 10 == 0
    assert len(messages["workout_step_mesgs"]) == 5
    records = messages["record_mesgs"]
    assert all(a["timestamp"] <= b["timestamp"] for a, b in zip(records, records[1:], strict=False))
    assert all(a["distance"] <= b["distance"] for a, b in zip(records, records[1:], strict=False))
    hard = [r for r in records if r["developer_fields"][0] == 4000]
    assert len(hard) > 100
    assert all(r["developer_fields"][2] <= 100 for r in records)


def test_messages_come_in_the_order_of_their_time(log):
    names = []
    last = None
    with fitdecode.FitReader(io.BytesIO(export.fit(log, NOW)), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                names.append(frame.name)
                at = frame.get_value("timestamp", fallback=None)
                if at is not None:
                    assert last is None or at >= last, frame.name
                    last = at
    assert names[0] == "file_id"
    assert names[-2:] == ["session", "activity"]
    assert names.count("event") == 2  # timer start and stop


def test_gpx_and_tcx_read_back_with_their_totals(log):
    track = gpxpy.parse(export.gpx(log, NOW))
    assert track.version == "1.1"
    points = [p for s in track.tracks[0].segments for p in s.points]
    assert len(points) == sum(s.lat_deg is not None for s in log.seconds)
    assert abs(track.get_duration() - log.seconds[-1].t_ms / 1000) <= 3
    text = export.tcx(log, NOW)
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tcx"
        path.write_text(text)
        read = TCXReader().read(str(path))
    assert len(read.laps) == len(log.laps)
    assert abs(read.distance - log.end.distance_mm / 1000) < 5
    assert text.count("<Lap ") == len(log.laps)


def test_a_run_without_gps_exports_but_for_gpx(log):
    seconds = [replace(s, lat_deg=None, lon_deg=None) for s in log.seconds]
    blind = runlog.RunLog(log.header, log.workout, log.profile, seconds, log.events)
    _, errors = Decoder(Stream.from_byte_array(bytearray(export.fit(blind, NOW)))).read()
    assert errors == []
    with pytest.raises(export.CannotExport, match="no places"):
        export.gpx(blind, NOW)


def test_a_run_cut_anywhere_still_exports_or_says_why(log, tmp_path):
    events = log.events
    for n in (0, 1, 3, len(events) // 2):
        part = runlog.RunLog(log.header, log.workout, log.profile, log.seconds[: 40 * n], events[:n])
        if n == 0:
            with pytest.raises(export.CannotExport):
                export.fit(part, NOW)
            continue
        _, errors = Decoder(Stream.from_byte_array(bytearray(export.fit(part, NOW)))).read()
        assert errors == []


def test_pauses_count_in_the_elapsed_time_only(log):
    events = [*log.events]
    at = next(i for i, e in enumerate(events) if e.kind == "lap")
    t = events[at].t_ms - 10_000
    paused = [runlog.Event("pause", t, 0, 0, 0, 0, 0, 0), runlog.Event("resume", t, 0, 0, 0, 0, 0, 42_000)]
    log2 = runlog.RunLog(log.header, log.workout, log.profile, log.seconds, events[:at] + paused + events[at:])
    messages, errors = Decoder(Stream.from_byte_array(bytearray(export.fit(log2, NOW)))).read()
    assert errors == []
    first = messages["lap_mesgs"][0]
    assert math.isclose(first["total_elapsed_time"] - first["total_timer_time"], 42.0)


def test_the_report_is_one_page_that_needs_nothing_else(log):
    page = report.page(log, "x.run")
    for outside in ('src="http', 'href="http', "<script src", "@import", "url(http"):
        assert outside not in page
    for chart in ("pace", "cadence", "left", "map", "overlay-0"):
        assert f'data-chart="{chart}"' in page
    assert "default-src 'none'" in page


def test_export_and_report_from_the_command_line(log, tmp_path):
    workout = notation.parse("Workout - Reps\n- 2 x 200m @ 4'00\"/km, 400m jog between\n")
    person = VirtualRunner(workout, 2)
    result = session.run(unparse(workout), person, UbloxReceiver(person.observe), runtime=interp.choose(None))
    path = tmp_path / "a.run"
    path.write_bytes(result.log)
    for kind in ("fit", "gpx", "tcx"):
        got = json.loads(pacer("export", path, "--to", kind, "--json").stdout)
        assert got["format"] == kind
        assert (tmp_path / f"a.{kind}").stat().st_size == got["bytes"]
    pacer("report", path)
    assert (tmp_path / "a.html").stat().st_size > 20_000
    path.write_bytes(b"hello")
    for command in ("export", "report", "review"):
        assert "no run of a Pacer watch" in refused(command, path)


def test_the_four_fit_workouts_come_through(data):
    paths = sorted((data / "fit").glob("Workout*.fit"))
    assert len(paths) == 4
    for path in paths:
        text, lost = fitworkout.read_fit(path.read_bytes())
        workout = notation.parse(text)
        assert len(workout) >= 4
        assert any("heart rate" in x for x in lost)
    assert "3 lots of" in text


def test_a_workout_survives_fit_and_back():
    text = "Workout - There\n- 3 lots of:\n  - 400m @ 4'00\"-4'10\"/km | quick\n  - 1min 30s rest\n- lap cool-down\n"
    data, lost = fitworkout.write_fit(notation.parse(text), NOW)
    assert lost == []
    back, lost = fitworkout.read_fit(data)
    assert lost == []
    a, b = notation.parse(text), notation.parse(back)
    assert len(a) == len(b)
    for row in range(len(a)):
        assert (a.kind(row), a.end(row), a.amount(row)) == (b.kind(row), b.end(row), b.amount(row))
        assert abs(a.pace_a(row) - b.pace_a(row)) <= 60
        assert a.notes[row] == b.notes[row]


def test_every_kind_of_step_has_its_place_in_the_tables():
    every = set(range(len(wk.KIND_NAMES)))
    assert set(kinds.KINDS) == every
    assert set(runner.EASY_M_S) == every
    assert kinds.written(None) == kinds.written(99) == kinds.written(wk.RUN)


def test_a_stride_is_an_interval_in_the_activity_and_in_the_workout():
    text = "Workout - Strides\n- 30s\n- 20s stride\n- 20s walk\n"
    data, lost = fitworkout.write_fit(notation.parse(text), NOW)
    assert lost == []
    messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read()
    planned = [step["intensity"] for step in messages["workout_step_mesgs"]]
    laps = [runlog.Event("lap", 1000 * (k + 1), k, k, 0, 1000, 3000, 0) for k in range(3)]
    activity = export.fit(runlog.RunLog(workout=text, events=laps), NOW)
    messages, _ = Decoder(Stream.from_byte_array(bytearray(activity))).read()
    assert planned == [lap["intensity"] for lap in messages["lap_mesgs"]] == ["active", "interval", "recovery"]
    assert [kinds.read(word) for word in planned] == [wk.RUN, wk.RUN, wk.JOG]


def test_intervals_icu_minutes_are_minutes_and_metres_mtr():
    text, lost = fitworkout.read_intervals_icu(
        "Warmup\n- 10m 60% Pace\n\nMain 3x\n- 400mtr 3:50/km Pace\n- 1m30 Z1 HR\n\n- 5m\n"
    )
    w = notation.parse(text)
    assert [(w.end(r), w.amount(r)) for r in range(3)] == [(0, 600_000), (1, 400_000), (0, 90_000)]
    assert w.kind(3) == wk.REPEAT and w.amount(3) == 3
    assert w.pace_a(1) == 230_000
    assert any("60% CS" in x for x in lost) and any("Z1 HR" in x for x in lost)


def test_garmin_connect_json():
    def one(order, kind, end, amount, **target):
        return {"type": "ExecutableStepDTO", "stepOrder": order, "stepType": {"stepTypeKey": kind},
                "endCondition": {"conditionTypeKey": end}, "endConditionValue": amount, **target}  # fmt: skip

    paced = {"targetType": {"workoutTargetTypeKey": "pace.zone"}, "targetValueOne": 4.0, "targetValueTwo": 4.2}
    step = one(1, "interval", "distance", 1000.0, **paced)
    rest = one(2, "rest", "time", 90.0, targetType={"workoutTargetTypeKey": "heart.rate.zone"})
    repeat = {"type": "RepeatGroupDTO", "stepOrder": 1, "numberOfIterations": 5, "workoutSteps": [step, rest]}
    text, lost = fitworkout.read_garmin_json(
        json.dumps({"workoutName": "5 x 1k", "workoutSegments": [{"workoutSteps": [repeat]}]})
    )
    w = notation.parse(text)
    assert w.name == "5 x 1k"
    assert (w.amount(0), w.pace_a(0), w.pace_b(0), w.amount(2)) == (1_000_000, 238_095, 250_000, 5)
    assert lost == ["step 2: its target is heart rate zone; there is no such target here"]


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"{", b'{"a": 1}', b"hello", b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00junk"]
)
def test_what_is_no_workout_is_one_sentence(content, tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    refused("convert", path)
