"""What other programs read of our files: their own decoders, totals to the millisecond and the decimetre."""

import binascii
import io
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import fitdecode
import gpxpy
import pytest
from garmin_fit_sdk import Decoder, Stream
from tcxreader.tcxreader import TCXReader

from pacer.core import events, journal, notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer_watch import report
from pacer_watch.formats import export, foreign, kinds, runlog, timeline, xmlexport
from pacer_watch.formats.notation import unparse
from pacer_watch.twin import interp, runner, session
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.oval import Oval
from pacer_watch.twin.runner import VirtualRunner

from . import matrix
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
    track = gpxpy.parse(xmlexport.gpx(log, NOW))
    assert track.version == "1.1"
    points = [p for s in track.tracks[0].segments for p in s.points]
    assert len(points) == sum(s.lat_deg is not None for s in log.seconds)
    assert abs(track.get_duration() - log.seconds[-1].t_ms / 1000) <= 3
    text = xmlexport.tcx(log, NOW)
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
    with pytest.raises(timeline.CannotExport, match="no places"):
        xmlexport.gpx(blind, NOW)


def test_a_run_cut_anywhere_still_exports_or_says_why(log, tmp_path):
    events = log.events
    for n in (0, 1, 3, len(events) // 2):
        part = runlog.RunLog(log.header, log.workout, log.profile, log.seconds[: 40 * n], events[:n])
        if n == 0:
            with pytest.raises(timeline.CannotExport):
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


def test_every_kind_of_step_has_its_place_in_the_tables():
    every = set(range(len(wk.KIND_NAMES)))
    assert set(kinds.KINDS) == every
    assert set(runner.EASY_M_S) == every
    assert kinds.written(None) == kinds.written(99) == kinds.written(wk.RUN)


def test_a_stride_is_an_interval_in_the_activity_and_in_the_workout():
    text = "Workout - Strides\n- 30s\n- 20s stride\n- 20s walk\n"
    data, lost = foreign.fit.write(notation.parse(text), NOW)
    assert lost == []
    messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read()
    planned = [step["intensity"] for step in messages["workout_step_mesgs"]]
    laps = [runlog.Event("lap", 1000 * (k + 1), k, k, 0, 1000, 3000, 0) for k in range(3)]
    activity = export.fit(runlog.RunLog(workout=text, events=laps), NOW)
    messages, _ = Decoder(Stream.from_byte_array(bytearray(activity))).read()
    assert planned == [lap["intensity"] for lap in messages["lap_mesgs"]] == ["active", "interval", "recovery"]
    assert [kinds.read(word) for word in planned] == [wk.RUN, wk.RUN, wk.JOG]


# The matrix: sessions as they happen, written in each format and read by each reader, and held against the schemas.

HOSTILE = "a <b> & ]]> $x^ [bold] \u202eright to left\u202c \U0001f3c3\U0001f3fd " + "\U0001f3c3" * 8


def made(title, utc_ms=34_200_000, every=1, seconds=300, gps=True, laps=(100_000, 200_000, 300_000), pauses=()):
    """A run of `seconds` at 4 m/s. laps: ends in ms; pauses: (ms, length in ms)."""
    events = [runlog.Event("clock", 1000, 0, 0, 0, utc_ms, 231_126, 0)]
    events += [runlog.Event(k, t, 0, 0, 0, 0, 0, 0 if k == "pause" else n)
               for t, n in pauses for k in ("pause", "resume")]  # fmt: skip
    last = 0
    for k, t in enumerate(laps):
        events.append(runlog.Event("lap", t, k, 0, 0, t - last, 4 * (t - last), 1))
        last = t
    events.append(runlog.Event("end", last, 0, 0, 0, last, 4 * last, 0))
    head = f"Workout - {title}" if title else "Workout"
    text = f"{head}\n- 1mi @ 8:00/mi | {title or 0}\n- lap jog\n"
    log = runlog.RunLog(workout=text, events=events)
    for t in range(1000, 1000 * seconds + 1, 1000 * every):
        at = (47 + t / 1e8, 179.999 + t / 1e8) if gps else (None, None)
        log.seconds.append(runlog.Second(t + 437, t // 100_000, 4000, 4 * t, 4000, 171, 90, 80, *at))
    return log


SESSIONS = {
    "plain": made("plain"),
    "pauses": made("pauses", pauses=((50_437, 61_300), (150_000, 999), (250_000, 3_600_000))),
    "no GPS": made("no GPS", gps=False),
    "midnight": made("midnight", utc_ms=86_399_000 - 200_000),
    "double press": made("double press", laps=(100_000, 100_120, 100_900, 101_000, 300_000)),
    "press at once": made("press at once", laps=(60, 300_000)),
    "hostile": made(HOSTILE[:64]),
    "old control characters": made("a\x01b\x1b[31mc\x7f\uffff"),
    "a day": made("a day", seconds=86_400, every=600, laps=(43_200_000, 86_400_000)),
    "no name": made(""),
}  # fmt: skip

SESSIONS["miles"] = made("miles")
SESSIONS["miles"].profile = "# Pacer profile 1\nunits mi\n"
SESSIONS["a range that was left"] = made("left")
SESSIONS["a range that was left"].workout = "Workout - left\n- 2-3 x (50s @ RPE 6, 50s jog)\n"
SESSIONS["a range that was left"].laps[-1].value = 2
SESSIONS["64 emoji"] = made("\U0001f3c3" * 64)
SESSIONS["twice a second"] = made("twice a second")
SESSIONS["twice a second"].seconds[100:102] = [
    replace(s, t_ms=s.t_ms + more) for s in SESSIONS["plain"].seconds[100:102] for more in (0, 0, 150)
]


@pytest.fixture
def schemas(data):
    from lxml import etree

    folder = data / "schemas"
    if not folder.is_dir():
        pytest.skip("the schemas of GPX and TCX are not in ../shared/data/schemas")
    names = {"gpx": "gpx-1.1.xsd", "tcx": "TrainingCenterDatabase-v2.xsd"}
    return {kind: etree.XMLSchema(etree.parse(str(folder / name))) for kind, name in names.items()}


@pytest.mark.parametrize("name", SESSIONS)
@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_gpx_and_tcx_hold_to_their_schemas(schemas, name, kind):
    from lxml import etree

    log = SESSIONS[name]
    if name == "no GPS" and kind == "gpx":
        pytest.skip("GPX needs places: refused in test_a_run_without_gps_exports_but_for_gpx")
    document = etree.fromstring(getattr(xmlexport, kind)(log, NOW).encode())
    schemas[kind].assertValid(document)
    times = [e.text for e in document.iter("{*}time" if kind == "gpx" else "{*}Time")]
    assert times == sorted(times)
    assert len(set(times[1:])) == len(times[1:])  # the first is the file's own


@pytest.mark.parametrize("name", SESSIONS)
def test_every_reader_of_fit_takes_every_session(name):
    import fitparse

    log = SESSIONS[name]
    data = export.fit(log, NOW)
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    (whole,) = messages["session_mesgs"]
    (activity,) = messages["activity_mesgs"]
    assert round(1000 * whole["total_timer_time"]) == log.end.time_ms
    paused = sum(e.value for e in log.events if e.kind == "resume")
    assert round(1000 * whole["total_elapsed_time"]) == log.end.time_ms + paused
    assert whole["num_laps"] == len(messages["lap_mesgs"]) == len(log.laps)
    assert "local_timestamp" not in activity  # the watch knows no zone
    stamps = [r["timestamp"] for r in messages["record_mesgs"]]
    assert len(set(stamps)) == len(stamps)
    time = timeline.Timeline(log, NOW)
    assert len(stamps) == len({round(time.epoch_ms(s.t_ms) / 1000) for s in log.seconds if s.t_ms <= log.end.time_ms})
    steps = messages["workout_mesgs"][0]["wkt_name"]
    assert steps == (log.title.encode()[:254].decode(errors="ignore") or "Workout")  # as much as a field of FIT holds
    with fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        assert sum(f.name == "record" for f in reader if isinstance(f, fitdecode.FitDataMessage)) == len(stamps)
    parsed = fitparse.FitFile(io.BytesIO(data))
    parsed.parse()
    assert sum(1 for _ in parsed.get_messages("record")) == len(stamps)


@pytest.mark.parametrize("name", SESSIONS)
@pytest.mark.parametrize("reader", ["gpxpy", "tcxreader"])
def test_every_reader_of_gpx_and_tcx_takes_every_session(name, reader):
    log = SESSIONS[name]
    if name == "no GPS" and reader == "gpxpy":
        pytest.skip("GPX needs places: refused in test_a_run_without_gps_exports_but_for_gpx")
    assert matrix.READERS[reader](log, NOW) >= 0.95 * len([s for s in log.seconds if s.t_ms <= log.end.time_ms])


def test_a_pause_parts_a_track_and_a_segment():
    log = SESSIONS["pauses"]
    assert xmlexport.tcx(log, NOW).count("<Track>") == 6  # three laps, and three pauses within them
    assert len(gpxpy.parse(xmlexport.gpx(log, NOW)).tracks[0].segments) == 4


def test_gpx_has_the_cadence_in_the_first_track_point_extension():
    text = xmlexport.gpx(SESSIONS["plain"], NOW)
    assert "http://www.garmin.com/xmlschemas/TrackPointExtension/v1" in text
    assert "TrackPointExtension/v2" not in text
    assert text.count("<gpxtpx:cad>85</gpxtpx:cad>") == 300


def test_a_title_comes_through_unharmed():
    assert gpxpy.parse(xmlexport.gpx(SESSIONS["hostile"], NOW)).tracks[0].name == HOSTILE[:64].strip()
    assert gpxpy.parse(xmlexport.gpx(SESSIONS["old control characters"], NOW)).tracks[0].name == "ab[31mc"


def test_a_title_is_what_the_parser_says():
    assert runlog.RunLog(workout="- 5 x 1km @ 4'00\"/km, 1min jog - hard\n").title == ""
    assert runlog.RunLog(workout="Workout - Hills - again\n- 1km\n").title == "Hills - again"


def test_names_and_notes_do_no_harm_on_pages_plots_and_terminal(tmp_path):
    page = report.page(made("BODY </title><h1>TITLE $x^{"), "x.run")
    assert page.count("<footer>") == 1  # the page once, and not in its own title
    assert "<title>BODY &lt;/title&gt;&lt;h1&gt;TITLE $x^{" in page
    (charts,) = re.findall(r'id="run-data">(.*?)</script>', page, re.DOTALL)
    assert json.loads(charts)
    path = tmp_path / "hostile.txt"
    path.write_text("Workout - $x^{$ [bold] <b> ]]> [/red]\n- 10s | n [/bold] $\\frac{ x\n- 12s stretch | [red]a\n")
    said = pacer("check", path).stdout
    assert "$x^{$ [bold] <b> ]]> [/red]" in said and "n [/bold] $\\frac{ x" in said and "[red]a" in said
    said = pacer("sim", path, "--no-live", "--out", tmp_path / "out [x]").stdout
    assert "[bold] <b> ]]> [/red]: laps" in said
    assert (tmp_path / "out [x]" / "pace.png").stat().st_size > 10_000
    assert (tmp_path / "out [x]" / "oled-stretch.png").exists()


def day_of_running(path):
    """A log of 24 hours as the watch writes it, in laps of two minutes."""
    writer = journal.Writer(2_000_000)
    motion = SimpleNamespace(
        x_mm=0, y_mm=0, fixed=True, speed_mm_s=3000, raw_mm_s=3000, confidence=90,
        plane=SimpleNamespace(invert=lambda x, y: None, at_lat_deg=47, at_lat_umin=1, at_lon_deg=8, at_lon_umin=1),
    )  # fmt: skip
    for t in range(86_400):
        motion.x_mm += 3000
        writer.second(1000 * t, 3000 * t, t // 120, 0, motion, 171, 80)
        if t % 120 == 119:
            lap = SimpleNamespace(
                kind=events.LAP, rep=0, index=t // 120, row=0, t_ms=1000 * t + 1000, a=120_000, b=360_000, c=1
            )
            writer.event(lap)
    text = b"pacer 0.1.0\n\nWorkout - A day\n- 1km @ 5'30\"/km\n--\n"
    path.write_bytes(journal.header(len(text), binascii.crc32(text)) + text + bytes(writer.buf[: writer.used]))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here, which tells a process' own memory")
@pytest.mark.parametrize(("kind", "megabytes", "seconds"), [("fit", 200, 5), ("gpx", 300, 10), ("tcx", 300, 10)])
def test_a_day_is_exported_in_bounded_memory_and_time(tmp_path, kind, megabytes, seconds):
    day_of_running(tmp_path / "day.run")
    code = (
        "import resource, sys\nfrom pacer_watch.cli import main\n"
        "try:\n    main()\nexcept SystemExit as e:\n    assert not e.code\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "most = next(x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM'))\n"
        "print(used.ru_utime + used.ru_stime, most, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "export", tmp_path / "day.run", "--to", kind, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    took_s, kilobytes = map(float, done.stderr.split()[-2:])
    assert kilobytes < 1024 * megabytes
    assert took_s < seconds  # of the processor, the start of the program included
    data = (tmp_path / f"day.{kind}").read_bytes()
    if kind == "fit":
        messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
        assert errors == []
        assert (len(messages["record_mesgs"]), len(messages["lap_mesgs"])) == (86_400, 720)
    else:
        assert data.count(b"<trkpt " if kind == "gpx" else b"<Trackpoint>") > 86_000
