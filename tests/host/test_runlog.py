"""A run's file that is damaged anywhere is read as far as it goes, and every tool lives with it."""

import random
import struct
import zlib
from datetime import datetime, timezone

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
            kind = kind + 1 if kind < events.KIND_MOST else events.KIND_LAST + 1
    return bytes(out + records[at:]), added


def test_what_a_newer_firmware_writes_is_kept_and_does_no_harm(data_of_run):
    old = runlog.parse(data_of_run)
    data, added = newer(data_of_run)
    log = runlog.parse(data)
    unknown = [e for e in log.events if e.kind.startswith("kind ")]
    assert added > events.KIND_MOST - events.KIND_LAST + 1
    assert len(unknown) == added
    assert {e.kind for e in unknown} == {f"kind {k}" for k in range(events.KIND_LAST + 1, events.KIND_MOST + 1)}
    assert (unknown[0].rep, unknown[0].index, unknown[0].row) == (65_535, 0, 255)
    assert (unknown[0].time_ms, unknown[0].distance_mm, unknown[0].value) == (-(2**31), 2**31 - 1, -1)
    assert log.skipped == old.skipped == 0
    assert log.header == {"altitude": "yes", "alone": "", **old.header}
    assert [e for e in log.events if e not in unknown] == old.events
    assert (log.seconds, log.ovals, log.workout, log.profile) == (old.seconds, old.ovals, old.workout, old.profile)
    for write in (export.fit, xmlexport.gpx, xmlexport.tcx):
        assert write(log, NOW) == write(old, NOW)
    assert review.look(log, "x", Profile()) == review.look(old, "x", Profile())
    pages = [report.page(x, "x") for x in (log, old)]
    assert pages[0].replace(f"{log.size} bytes", f"{old.size} bytes") == pages[1]


def test_an_event_tells_its_own_numbers_by_the_names_that_the_firmware_has_for_them(data_of_run):
    by_kind = {e.kind: e.own for e in runlog.parse(data_of_run).events}
    assert set(by_kind["clock"]) == {"utc_ms", "ddmmyy"}
    assert by_kind["clock"]["ddmmyy"] == 231126
    assert set(by_kind["receiver"]) == {"accepted", "other", "refused"}
    assert by_kind["lap"].keys() == {"time_ms", "distance_mm", "by_button"}
    assert by_kind["start"] == {}
    assert len(runlog.EVENT_NAMES) == events.KIND_LAST + 1
