"""Files that are newer, damaged on purpose or far too large: a sentence, in bounded memory and time."""

import binascii
import struct
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from pacer.core import journal
from pacer_watch.formats import runlog
from pacer_watch.formats.foreign import garmin, made
from pacer_watch.twin import recording

TEXT = b"pacer 1\n\nWorkout - W\n- 1km\n--\n"
MEMORY = 300 << 20


def run_of(records=b"", magic=journal.MAGIC, text=TEXT):
    return magic + b"%d %08x\n" % (len(text), binascii.crc32(text)) + text + records


def place(lat_deg=51, lat_umin=0, lon_deg=4, lon_umin=0, t_ms=1000, run_mm=4000):
    where = (lat_deg, lat_umin, lon_deg, lon_umin)
    data = struct.pack(journal.PLACE_FORMAT, journal.PLACE, t_ms, run_mm, *where, 0, 0, 4000, 4000, 170, 90, 90)
    return data + bytes([journal.crc8(data, 0, len(data))])


def test_a_log_of_a_newer_format_is_called_that():
    with pytest.raises(runlog.NotARun, match=r"format 2.* reads format 1.*update"):
        runlog.parse(run_of(magic=b"PACERRUN 2 "))
    with pytest.raises(runlog.NotARun, match="no run of a Pacer watch"):
        runlog.parse(run_of(magic=b"PACERRUN x "))


def test_a_size_of_many_digits_is_no_traceback():
    with pytest.raises(runlog.NotARun):
        runlog.parse(journal.MAGIC + b"9" * 5000 + b" 00000000\n")


@pytest.mark.parametrize(
    "wrong",
    [{"lat_deg": 90, "lat_umin": 1}, {"lat_deg": -91}, {"lat_deg": -90, "lat_umin": -1}, {"lat_umin": 120_000_000},
     {"lon_deg": 181}, {"lon_deg": -181}, {"lon_umin": 2**31 - 1}, {"run_mm": -1}, {"run_mm": 2**31 - 1}],
)  # fmt: skip
def test_a_second_that_can_not_be_is_left_out_and_counted(wrong):
    log = runlog.parse(run_of(place() + place(t_ms=2000, **{"run_mm": 8000, **wrong})))
    assert len(log.seconds) == 1
    assert log.skipped == 1


@pytest.mark.parametrize(
    ("where", "lat_deg", "lon_deg"),
    [((51, 30_000_000, 4, 15_000_000), 51.5, 4.25), ((-33, -51_000_000, 151, 12_000_000), -33.85, 151.2),
     ((-33, -27_000_000, -70, -39_000_000), -33.45, -70.65), ((50, 90_000_000, -1, 30_000_000), 51.5, -0.5),
     ((0, -30_000_000, 0, -6_000_000), -0.5, -0.1), ((51, 0, 180, 0), 51.0, -180.0)],
)  # fmt: skip
def test_a_place_anywhere_on_earth_is_read(where, lat_deg, lon_deg):
    log = runlog.parse(run_of(place(*where)))
    (second,) = log.seconds
    assert log.left_out == []
    assert abs(second.lat_deg - lat_deg) < 1e-9 and abs(second.lon_deg - lon_deg) < 1e-9


def test_a_run_across_the_date_line_stays_on_earth():
    east = place(lon_deg=179, lon_umin=59_999_999)
    step = bytearray(11)
    step[0], step[5] = 0x80, 200  # 2 m east
    step[10] = journal.crc8(step, 0, 10)
    log = runlog.parse(run_of(east + bytes(step)))
    assert log.seconds[1].lon_deg is not None
    assert -180 <= log.seconds[1].lon_deg < -179.9


def test_a_sparse_gigabyte_is_a_sentence_at_once(tmp_path):
    path = tmp_path / "big.run"
    with path.open("wb") as f:
        f.write(run_of())
        f.truncate(1 << 30)
    code = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY} * 4, {MEMORY} * 4))\n"
    code += "from pacer_watch.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "export", path], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 2
    assert "larger than a run of a day" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here, which tells a process' own memory")
def test_the_largest_log_that_is_read_stays_within_the_memory():
    code = (
        "import sys\nfrom pacer_watch.formats import runlog\n"
        "data = sys.stdin.buffer.read()\nlog = runlog.parse(data)\n"
        # Not ru_maxrss: Linux counts in that what the process was forked from.
        "print(len(log.seconds), next(x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')))"
    )
    second = bytearray(11)
    second[0] = 0x80
    second[10] = journal.crc8(second, 0, 10)
    data = run_of(place() + bytes(second) * (runlog.MOST_BYTES // 11 - 50))
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, timeout=60, check=True)
    count, kib = map(int, done.stdout.split())
    assert count > 86_400
    assert kib * 1024 < MEMORY


NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def test_places_distances_and_speeds_that_are_none_are_not_taken_up():
    track = recording.Track()
    for k, (lat, lon) in enumerate([(51, 4), (91, 4), (51, 181), (float("nan"), 4), (51, float("inf")), (51.1, 4)]):
        track.add(NOW + timedelta(seconds=k), lat, lon, -5.0, float("nan"), float("inf"))
    assert track.places == [(51, 4), None, None, None, None, (51.1, 4)]
    assert track.distances == track.speeds == track.cadences == [None] * 6


def test_a_recording_of_many_years_and_one_that_is_too_large_are_a_sentence(tmp_path):
    path = tmp_path / "years.gpx"
    points = "".join(f'<trkpt lat="51" lon="4"><time>{year}-06-01T10:00:00Z</time></trkpt>' for year in (2026, 9999))
    path.write_text(
        f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    )
    with pytest.raises(recording.Unreadable, match="cut"):
        recording.read(path)
    for name in ("a.gpx", "a.nmea"):
        with (tmp_path / name).open("wb") as f:
            f.truncate(1 << 30)
        with pytest.raises(recording.Unreadable, match="larger"):
            recording.read(tmp_path / name)


@pytest.mark.parametrize("time", ["123456.nan", "123456.1e9", "123456.", "999999", "123456.5"])
def test_a_time_of_day_that_is_none_is_passed_over(tmp_path, time):
    path = tmp_path / "a.nmea"
    path.write_text(f"$GPRMC,{time},A\n$GPRMC,123457,A\n")
    assert 0 < recording.read(path).length_s < 100


def test_json_nested_without_end_is_a_sentence():
    with pytest.raises(made.NotAWorkout, match="no JSON"):
        garmin.read("[" * 200_000)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here, which tells a process' own memory")
def test_a_log_of_nothing_but_line_ends_stays_within_the_memory(tmp_path):
    path = tmp_path / "a.nmea"
    path.write_bytes(b"$GPRMC,1\n" + b"\n" * (31 << 20))
    code = (
        "import sys\nfrom pathlib import Path\nfrom pacer_watch.twin import recording\n"
        "recording.read(Path(sys.argv[1]))\n"
        "print(next(x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) * 1024 < MEMORY


def test_a_log_of_more_times_than_a_day_has_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "_MOST_BURSTS", 99)
    path = tmp_path / "a.nmea"
    for times, good in ((100, True), (101, False)):
        path.write_bytes(b"$GPRMC,000001,\n$GPRMC,000002,\n" * (times // 2) + b"$GPRMC,000003,\n" * (times % 2))
        if good:
            recording.read(path)
        else:
            with pytest.raises(recording.Unreadable, match="one run"):
                recording.read(path)
