"""A run's file that is damaged anywhere is read as far as it goes, and every tool lives with it."""

import random
from datetime import datetime, timezone

import pytest

from pacer.core import notation
from pacer.core.profile import Profile
from pacer_watch import report, review
from pacer_watch.formats import export, runlog
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
        export.tcx(log, NOW)
    except export.CannotExport:
        return False
    try:
        export.gpx(log, NOW)
    except export.CannotExport:
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
