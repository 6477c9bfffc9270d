"""The counts of the 32-bit interpreter that are kept in the repository: none may grow by more than 3 %."""

import json
import subprocess
import sys

import pytest

from pacer_watch.benches import cost
from pacer_watch.twin import interp


@pytest.fixture(scope="module")
def costs():
    return [*cost.scripts(interp.WASM), *cost.seconds()]


def test_no_count_has_grown(costs):
    kept = json.loads(cost.KEPT.read_text())
    assert cost.counts(costs).keys() == kept.keys()
    grown = cost.growth(costs, kept)
    assert grown == [], "if it has to be, renew them: make bench ARGS=--keep"


def test_what_runs_allocates_nothing(costs):
    ours = [c for c in costs if c.heap is not None and "usual" not in c.name and "parsed" not in c.name]
    assert len(ours) > 12
    assert [c.name for c in ours if c.heap] == []


def test_growth_is_noticed():
    now = [cost.Cost("a", 104, "instructions"), cost.Cost("b", 102, "instructions")]
    assert cost.growth(now, {"a": 100, "b": 100}) == [("a", 100, 104)]


@pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
def test_the_same_files_run_on_the_other_interpreters():
    names = [c.name for c in cost.scripts(interp.UNIX)]
    assert "NMEA RMC" in names
    assert {c.name for c in cost.scripts("cpython")} <= set(names)


def test_a_comparison_with_something_else_is_a_clear_error(tmp_path):
    wrong = tmp_path / "x.json"
    wrong.write_text("[]")
    done = subprocess.run(
        [sys.executable, "-m", "pacer_watch.benches.cost", "--compare", str(wrong)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be compared" in done.stderr
