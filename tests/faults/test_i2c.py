"""Every I2C transaction of a session fails once: the run goes on and its log is whole.

Each of 53 sessions fails every 53rd transaction, each with another begin, so that all failed in one. PACER_I2C says
how many of the 53 are run; the campaign runs all.
"""

import os

import pytest

from pacer.core import notation
from pacer_watch.twin import interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.runner import VirtualRunner

TEXT = "Workout - Faults\n- 40s @ 5'00\"/km\n- 2 x 100m @ 4'30\"/km, 10s rest\n"
BOOT = 120  # transactions of the start: a display that is not there then is a clear error, see test_session.py
EACH = 53


def run(**options):
    person = VirtualRunner(notation.parse(TEXT), 3)
    return session.run(TEXT, person, NmeaReceiver(person.observe), runtime=interp.choose(None), seed=3, **options)


@pytest.fixture(scope="module")
def twin():
    """The same session without a fault."""
    return run()


@pytest.mark.parametrize("begin", range(0, EACH, max(1, EACH // int(os.environ.get("PACER_I2C", "4")))))
def test_a_transaction_that_fails_costs_nothing_but_a_frame_or_some_samples(begin, twin):
    assert twin.i2c_count > 2 * BOOT
    r = run(i2c_fails=lambda n: n > BOOT and n % EACH == begin)
    assert r.saved
    assert [(e.kind, e.index) for e in r.events if e.kind in ("step", "lap", "end")] == [
        (e.kind, e.index) for e in twin.events if e.kind in ("step", "lap", "end")
    ]
    assert len(r.seconds) >= len(twin.seconds) - 3
    for a, b in zip(r.laps_table(), twin.laps_table(), strict=True):
        # Each beside what was run in it: another cue, and the runner himself is elsewhere.
        off, off_without = (abs(lap["distance_mm"] - lap["true_distance_mm"]) for lap in (a, b))
        assert off <= off_without + 0.01 * b["true_distance_mm"] + 1000


def test_a_part_that_is_gone_for_ten_seconds_comes_back(twin):
    r = run(i2c_fails=lambda n: 900 < n < 960, record=True)
    assert r.saved
    assert any(s.cadence_spm > 140 for s in r.seconds[40:])
    assert len(r.frames) > 200
