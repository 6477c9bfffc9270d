"""A run's file that is damaged anywhere is read as far as it goes, and every tool lives with it."""

import html
import random
import struct
import zlib
from datetime import datetime, timezone
from pathlib import Path

import pytest

from pacer.core import events, journal, notation, recovery
from pacer.core.profile import Profile
from pacer_watch import report, review
from pacer_watch.formats import export, runlog, timeline, xmlexport
from pacer_watch.twin import interp, session
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.runner import VirtualRunner

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
TEXT = "Workout - Damage\n- 100m @ 4'30\"/km\n- 2 x 150m @ 4'10\"/km, 15s rest\n"


@pytest.fixture(scope="module")
def data_of_run():
    person = VirtualRunner(notation.parse(TEXT), 6)
    return session.run(TEXT, person, UbloxReceiver(person.observe), runtime=interp.choose(None)).log


def use(data):
    """All that the laptop does with a run; True when there was something to do."""
    log = runlog.parse(data)
    review.look(log, "x", Profile())
    try:
        export.fit(log, NOW)
        xmlexport.tcx(log, NOW)
    except timeline.CannotExport:
        return False
    try:
        xmlexport.gpx(log, NOW)
    except timeline.CannotExport:
        pass
    return True


def test_flipped_bits_are_lived_with(data_of_run):
    rng = random.Random(8)
    whole = runlog.parse(data_of_run)
    for _ in range(60):
        hurt = bytearray(data_of_run)
        for _ in range(rng.randint(1, 40)):
            hurt[rng.randrange(30, len(hurt))] ^= 1 << rng.randrange(8)
        assert use(bytes(hurt))
        log = runlog.parse(bytes(hurt))
        assert log.skipped
        assert len(log.seconds) <= len(whole.seconds) + 1
        assert all(s.speed_mm_s <= 16_000 for s in log.seconds)


def test_a_cut_anywhere_is_lived_with(data_of_run):
    used = 0
    for cut in range(0, len(data_of_run), 37):
        try:
            used += use(data_of_run[:cut])
        except runlog.NotARun as e:
            assert cut < 40, e
    assert used > 20


def test_a_page_is_drawn_of_what_is_left(data_of_run):
    hurt = bytearray(data_of_run)
    for at in range(200, len(hurt), 97):
        hurt[at] ^= 0x11
    page = report.page(runlog.parse(bytes(hurt)), "x")
    assert "damaged bytes" in page


def newer(data):
    """The log as a newer firmware may write it: an event of each free kind behind each second, more lines in front."""
    head, _, rest = data.partition(b"\n")
    length = int(head.split()[2])
    text, records = rest[:length], rest[length:]
    text = b"altitude yes\nalone\n" + text
    out = bytearray(journal.header(len(text), zlib.crc32(text)) + text)
    reader, at, kind = recovery.Reader(), 0, events.KIND_LAST + 1
    reader.add(records)
    added = 0
    while found := reader.next():
        end = len(records) - reader.left()
        out += records[at:end]
        at = end
        if found == journal.SECOND:
            event = struct.pack("<BHHBiiii", kind, 65_535, reader.index, 255, reader.t_ms, -(2**31), 2**31 - 1, -1)
            out += event + bytes([journal.crc8(event, 0, len(event))])
            added += 1
            kind = kind + 1 if kind < journal.PLACE - 1 else events.KIND_LAST + 1
    return bytes(out + records[at:]), added


def test_what_a_newer_firmware_writes_is_kept_and_does_no_harm(data_of_run):
    old = runlog.parse(data_of_run)
    data, added = newer(data_of_run)
    log = runlog.parse(data)
    unknown = [e for e in log.events if e.kind.startswith("kind ")]
    assert len(unknown) == added > 100
    assert {e.kind for e in unknown} == {f"kind {k}" for k in range(events.KIND_LAST + 1, journal.PLACE)}
    assert (unknown[0].rep, unknown[0].index, unknown[0].row) == (65_535, 0, 255)
    assert (unknown[0].time_ms, unknown[0].distance_mm, unknown[0].value) == (-(2**31), 2**31 - 1, -1)
    assert log.skipped == old.skipped == 0
    assert log.header == {"altitude": "yes", "alone": "", **old.header}
    assert [e for e in log.events if e not in unknown] == old.events
    assert (log.seconds, log.ovals, log.workout, log.profile) == (old.seconds, old.ovals, old.workout, old.profile)
    for write in (export.fit, xmlexport.gpx, xmlexport.tcx):
        assert write(log, NOW) == write(old, NOW)
    assert review.look(log, "x", Profile()) == review.look(old, "x", Profile())
    (said,) = log.left_out
    assert said.startswith(f"{added} records of kinds that this pacer does not know were passed over (a newer")
    assert old.left_out == []
    pages = [report.page(x, "x") for x in (log, old)]
    assert said in html.unescape(pages[0])


def test_a_watch_resumes_the_log_of_a_newer_firmware_where_it_was(data_of_run):
    text = b"\n--\n"
    places = []
    for data in (data_of_run, newer(data_of_run)[0]):
        where = recovery.Recovery()
        where.add(data.partition(text)[2])
        places.append((where.t_ms, where.run_mm, where.index, where.step_ms, where.step_mm, where.laps, where.ended))
    assert places[0] == places[1]


def test_a_log_of_each_format_that_there_was_is_read_as_it_was():
    """Kept as they are: what the watch writes may change, what is read of these may not."""
    log = runlog.read(Path(__file__).parent / "logs" / "format-1.run")
    assert log.left_out == []
    assert log.header == {"pacer": "0.1.0", "board": "esp32_devkit", "workout": "workout.txt"}
    assert log.workout == "Workout - Oval\n- 850m @ 2'30\"/km\n"
    assert [(e.time_ms, e.distance_mm) for e in log.laps] == [(131_523, 850_000), (12_237, 34_596)]
    assert len(log.seconds) == 144
    last = log.seconds[-1]
    assert (last.t_ms, last.index, last.distance_mm) == (143_000, 1, 883_248)
    assert (last.speed_mm_s, last.raw_mm_s) == (1700, 1800)
    assert (last.cadence_spm, last.confidence, last.balance) == (117, 100, None)
    assert abs(last.lat_deg - 51.4999014) < 1e-6 and abs(last.lon_deg - 4.3007320) < 1e-6
    (oval,) = log.ovals
    assert (oval.straight_m, oval.radius_m, oval.clockwise, oval.t_ms) == (84.39, 36.76, False, 94_000)
    clock = next(e for e in log.events if e.kind == "clock")
    assert clock.own == {"utc_ms": 34_220_000, "ddmmyy": 231_126}
    assert {e.kind for e in log.events} == {
        "clock", "complete", "cue", "effort", "end", "lap", "oval", "pause", "receiver", "split", "start", "step"
    }  # fmt: skip


def test_an_event_tells_its_own_numbers_by_the_names_that_the_firmware_has_for_them(data_of_run):
    by_kind = {e.kind: e.own for e in runlog.parse(data_of_run).events}
    assert set(by_kind["clock"]) == {"utc_ms", "ddmmyy"}
    assert by_kind["clock"]["ddmmyy"] == 231126
    assert set(by_kind["receiver"]) == {"accepted", "other", "refused"}
    assert by_kind["lap"].keys() == {"time_ms", "distance_mm", "by_button"}
    assert by_kind["start"] == {}
    assert len(runlog.EVENT_NAMES) == events.KIND_LAST + 1
