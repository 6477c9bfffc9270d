"""The kept sessions, byte for byte, on both interpreters. `make golden` records them anew and prints what differs."""

import pytest

from pacer_watch.twin import interp

from . import coaching
from .cases import CASES, RUNS, record
from .record import differences


@pytest.mark.parametrize("name", CASES)
def test_a_kept_session_is_the_same_to_the_byte(name, runtime):
    log, text = record(name, runtime)
    kept = (RUNS / f"{name}.run").read_bytes(), (RUNS / f"{name}.txt").read_text()
    assert list(differences(kept, (log, text))) == []


def test_what_is_kept_is_what_is_played():
    assert {path.stem for path in RUNS.iterdir()} == set(CASES)
    assert sum(path.stat().st_size for path in RUNS.iterdir()) <= 200_000


def test_a_difference_would_be_seen():
    log, text = record("undo", interp.choose(None))
    assert list(differences((log, text), (log, text))) == []
    assert any("frames" in line for line in differences((log, text), (log, text.replace("frames ", "frames 1 ffff, "))))
    spoilt = bytearray(log)
    spoilt[-20] ^= 1
    assert list(differences((log, text), (bytes(spoilt), text)))


def test_the_coach_says_what_is_kept_in_each_rep():
    for kept, told in zip(coaching.KEPT.read_text().splitlines(), coaching.told(), strict=True):
        assert told == kept
