"""The power goes in the middle of a write, and again while the run is resumed: a share of what `make faults` cuts."""

import pytest

from pacer_watch.faults import littlefs
from pacer_watch.twin import interp

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="LittleFS is in MicroPython for unix, not here")


def test_after_every_torn_write_what_was_synced_is_there_and_nothing_is_half_replaced():
    out = littlefs.power_cuts(75, 1, 3, 5)
    assert out.survived, out.why
    assert out.compared["cuts"] > 200
    assert out.compared["second cuts"] > 20


def test_a_cut_that_loses_what_was_synced_is_seen(monkeypatch):
    rows = [["writes", "1"], ["cut", "0", "3", "20000", "False", "Old", "19000", "Old"]]
    monkeypatch.setattr(littlefs, "_rows", lambda *_: rows)
    out = littlefs.power_cuts(75, 0, 1, 5)
    assert (out.survived, out.why, out.seconds_lost) == (False, "cut 0 3: 1000 ms that were synced are gone", 1)


def test_each_operation_on_the_blocks_may_fail_once_or_from_then_on():
    out = littlefs.failing(60, 2, 5)
    assert out.survived, out.why
    assert out.seconds_lost == 0


def test_a_flash_that_fills_in_mid_run_loses_nothing_but_fetched_runs():
    out = littlefs.full()
    assert out.survived, out.why
