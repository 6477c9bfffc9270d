"""What strangers hand to the tools, mutated for some seconds a kind; and what fuzzing found once, tried again.

PACER_FUZZ_SECONDS sets how long; `make fuzz` goes by coverage, and for an hour.
"""

import json
import os
import subprocess
import sys

import pytest

from pacer_watch import ROOT
from tests.fuzz.mutate import FOUND
from tests.fuzz.targets import TARGETS, Target, tried

SECONDS = os.environ.get("PACER_FUZZ_SECONDS", "1")
PATHS = os.pathsep.join(str(ROOT / p) for p in ("host_tools", "firmware", "host_tools/compat"))


@pytest.mark.parametrize("name", TARGETS)
def test_a_stranger_s_input_is_read_or_refused_in_bounded_time_and_memory(name):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.fuzz.mutate", name, SECONDS, "20261125"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": PATHS}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["inputs"] > 0
    assert told["slowest_s"] < 2
    assert told["memory_mb"] < 300


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once_is_read_or_refused(path):
    tried(path.parent.name, path.read_bytes())


def test_a_finding_would_be_seen(monkeypatch):
    monkeypatch.setitem(TARGETS, "json", Target(TARGETS["json"].use, TARGETS["json"].seeds, ()))
    with pytest.raises(ValueError):
        tried("json", b"nonsense")
