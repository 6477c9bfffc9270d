"""What stands in a log is what is read of it: header, seconds, places, events; what of a damaged one is left out."""

import binascii
import struct
from types import SimpleNamespace

import pytest

from pacer.core import events as ev
from pacer.core import journal
from pacer.core.geodesy import Plane
from pacer_watch.formats import runlog

TEXT = b"pacer 1\nworkout a.txt\n\nWorkout - W\n- 1km @ tempo\n\n--\n# Pacer profile 1\ncritical-speed 4.0 m/s\n"


class Log:
    """A log that is written record by record, as the watch does it."""

    def __init__(self, lat=(51, 30_000_000), lon=(4, 6_000_000)):
        self.writer = journal.Writer(4096)
        plane = Plane()
        plane.place(*lat, *lon)
        self.motion = SimpleNamespace(
            plane=plane, x_mm=0, y_mm=0, speed_mm_s=4000, raw_mm_s=4100, confidence=96, fixed=True
        )

    def second(self, t_ms, run_mm, x_mm=0, y_mm=0, cadence=170, balance=80, index=3):
        self.motion.x_mm, self.motion.y_mm = x_mm, y_mm
        self.writer.second(t_ms, run_mm, index, 1, self.motion, cadence, balance)
        return self

    def event(self, kind, t_ms, a=0, b=0, c=0, index=3, row=1, rep=2):
        self.writer.event(SimpleNamespace(kind=kind, t_ms=t_ms, index=index, row=row, rep=rep, a=a, b=b, c=c))
        return self

    def read(self, text=TEXT, crc=None):
        head = journal.header(len(text), binascii.crc32(text) if crc is None else crc)
        return runlog.parse(head + text + bytes(self.writer.buf[: self.writer.used]))


def test_the_header_says_what_was_run_and_its_crc_is_looked_at():
    log = Log().read()
    assert log.header == {"pacer": "1", "workout": "a.txt"}
    assert log.workout == "Workout - W\n- 1km @ tempo\n"
    assert log.profile == "# Pacer profile 1\ncritical-speed 4.0 m/s\n"
    assert (log.title, log.skipped, log.seconds, log.events, log.end, log.lane) == ("W", 0, [], [], None, 0)
    whole = binascii.crc32(TEXT)
    for crc in (whole ^ 1, 0, 0xFFFFFFFF, whole - 1, whole + 1):
        assert Log().read(crc=crc).skipped == 1
    bad = Log().read(text=TEXT.replace(b"tempo", b"nonsense"))
    assert (bad.title, bad.read_workout()) == ("", None)
    assert Log().read(text=TEXT.replace(b"4.0 m/s", b"nonsense")).title == "W"


def test_a_first_line_may_be_as_long_as_sixty_bytes_and_no_longer():
    for size, good in ((60, True), (61, False)):
        head = journal.MAGIC + b"%d %08x" % (len(TEXT), binascii.crc32(TEXT))
        line = head.replace(b" 1 ", b" 1 " + b"0" * (size - 1 - len(head))) + b"\n"
        assert len(line) == size
        if good:
            assert runlog.parse(line + TEXT).title == "W"
        else:
            with pytest.raises(runlog.NotARun):
                runlog.parse(line + TEXT)


def test_what_is_no_log_of_this_format_is_told():
    with pytest.raises(runlog.NotARun, match=r"a run in format 2, of a newer firmware; this pacer reads format 1"):
        runlog.parse(b"PACERRUN 2 5 1f\nhello")
    with pytest.raises(runlog.NotARun, match="larger than a run of a day"):
        runlog.parse(bytes(runlog.MOST_BYTES + 1))


def test_seconds_are_read_as_they_were_logged():
    log = Log().second(1000, 4000).second(2000, 8000, 3_000, -4_000, -1, -1).read()
    first, second = log.seconds
    assert (first.t_ms, first.index, first.distance_mm, first.speed_mm_s, first.raw_mm_s) == (1000, 3, 4000, 4000, 4100)
    assert (first.cadence_spm, first.confidence, first.balance) == (170, 96, 80)
    assert (first.lat_deg, first.lon_deg) == (pytest.approx(51.5), pytest.approx(4.1))
    assert (second.cadence_spm, second.balance) == (-1, None)
    assert (second.lat_deg - 51.5) * 111_267 == pytest.approx(-4, abs=0.05)  # metres to a degree there
    assert (second.lon_deg - 4.1) * 69_450 == pytest.approx(3, abs=0.05)
    assert runlog.mean_cadence(log.seconds) == 170
    assert runlog.mean_cadence(log.seconds[1:]) is None
    assert runlog.mean_cadence(Log().second(0, 0).second(1000, 1, cadence=181).read().seconds) == 175.5


def test_without_a_fix_a_second_has_no_place():
    log = Log()
    log.motion.fixed = False
    read = log.second(1000, 4000).second(2000, 8000).event(ev.OVAL, 2000, 100, 200, 3650 | 8439 << 13).read()
    assert [(s.lat_deg, s.lon_deg) for s in read.seconds] == [(None, None)] * 2
    assert [e.kind for e in read.events] == ["oval"]
    assert read.ovals == []


def test_an_oval_lies_where_the_runner_saw_it():
    for turned in (0, 0x8000):
        log = Log().second(1000, 0)
        log.event(ev.OVAL, 1500, 6_945, 11_127, 3650 | 8439 << 13, rep=16384 | turned)
        (oval,) = log.read().ovals
        assert (oval.lat_deg, oval.lon_deg) == (pytest.approx(51.501, abs=2e-6), pytest.approx(4.101, abs=2e-6))
        assert (oval.angle_deg, oval.straight_m, oval.radius_m) == (90.0, 84.39, 36.5)
        assert (oval.clockwise, oval.t_ms) == (bool(turned), 1500)


def test_a_cue_says_why_it_came_and_how_sure_it_was():
    log = Log().event(ev.CUE, 9000, 2500, 400_000, 1 | 2 << 8 | 88 << 16).event(ev.CUE, 9500, 0, 0, 3 | 200 << 8).read()
    first, second = log.cues
    assert (first.value, first.reason, first.confidence, first.index, first.row, first.rep) == (
        1,
        "projection",
        88,
        3,
        1,
        2,
    )
    assert first.own["distance_mm"] == 400_000
    assert (second.value, second.reason, second.confidence) == (3, "on target", 0)  # a reason that is not known yet


def test_laps_that_were_taken_back_do_not_stand():
    log = Log()
    log.event(ev.UNDO, 500)
    for t_ms in (1000, 2000, 3000):
        log.event(ev.LAP, t_ms, 900, 4000)
    log.event(ev.UNDO, 3500).event(ev.LAP_LENGTH, 3600, c=407_000, rep=2).event(ev.LAP_LENGTH, 3700, c=400_000, rep=1)
    read = log.event(ev.END, 4000).read()
    assert [lap.t_ms for lap in read.laps] == [1000, 2000]
    assert (read.lane, read.end.t_ms) == (1, 4000)


@pytest.mark.parametrize(
    ("kind", "fields", "stays"),
    [(ev.LAP, {"a": 0, "b": 0}, True), (ev.LAP, {"a": 86_400_000, "b": 1_000_000_000}, None),
     (ev.LAP, {"a": -1}, False),
     (ev.LAP, {"b": -1}, False), (ev.LAP, {"a": 2**31 - 1}, False), (ev.LAP, {"b": 2**31 - 1}, False),
     (ev.CUE, {"c": 0}, False), (ev.CUE, {"c": 1}, True), (ev.CUE, {"c": 3}, True), (ev.CUE, {"c": 4}, False),
     (ev.CUE, {"c": 255 << 8 | 1}, True)],
)  # fmt: skip
def test_an_event_that_cannot_be_is_left_out_and_counted(kind, fields, stays):
    log = Log().event(kind, 1000, **fields).event(ev.PAUSE, 2000).read()
    if stays is not None:
        assert len(log.events) == 1 + stays
        assert log.skipped == 1 - stays
    assert log.events[-1].kind == "pause"  # what follows is read


def test_a_record_of_another_day_is_left_out_and_what_follows_is_read():
    log = Log().second(100_000, 0).event(ev.PAUSE, 40_000).event(ev.PAUSE, 39_999)
    log.event(ev.PAUSE, 100_000 + 86_400_000).event(ev.PAUSE, 2 * 86_400_000 + 100_001).event(
        ev.PAUSE, 101_000 + 86_400_000
    )
    read = log.read()
    assert [e.t_ms for e in read.events] == [40_000, 86_500_000, 86_501_000]
    assert read.skipped == 2


def test_seconds_that_cannot_be_are_left_out():
    for change, good in (({"lon": (4, 59_999_999)}, 1), ({"lat": (90, 0)}, 1), ({"lat": (-90, 0)}, 1),
                         ({"lon": (-180, 0)}, 1)):  # fmt: skip
        assert len(Log(**change).second(1000, 0).read().seconds) == good, change
    fast = Log()
    fast.motion.speed_mm_s = fast.motion.raw_mm_s = 16_000
    assert len(fast.second(1000, 0).read().seconds) == 1
    fast.writer.begin()
    fast.motion.speed_mm_s = 16_001
    read = fast.second(2000, 0).read()
    assert (len(read.seconds), read.skipped) == (1, 1)


@pytest.mark.parametrize("at", [10, 16])
@pytest.mark.parametrize("number", [120_000_000, -120_000_000])  # two degrees: a fraction, and the way from there
def test_minutes_that_are_none_make_no_place(at, number):
    log = Log().second(1000, 0)
    record = bytearray(log.writer.buf[: log.writer.used])
    struct.pack_into("<i", record, at, number)
    record[-1] = journal.crc8(record, 0, len(record) - 1)
    log.writer.buf[: len(record)] = record
    assert log.read().seconds == []


def test_each_damaged_byte_is_counted_and_no_record_is_made_of_it():
    log = Log().second(1000, 4000).second(2000, 8000).event(ev.LAP, 2000, 2000, 8000).second(3000, 12_000)
    data = bytes(log.writer.buf[: log.writer.used])
    for at in range(len(data)):
        for bit in (1, 128):
            hurt = bytearray(data)
            hurt[at] ^= bit
            read = runlog.parse(journal.header(len(TEXT), binascii.crc32(TEXT)) + TEXT + bytes(hurt))
            assert read.skipped or (at == len(data) - 11 and len(read.seconds) == 2), at  # as if it were cut off there
            assert [e for e in read.events if e.kind != "lap" or e.time_ms != 2000] == []
            assert len(read.seconds) + len(read.events) <= 4
