"""A part of the fault campaign, in under a minute; `make faults` runs all of it."""

import dataclasses
import subprocess
import sys

import pytest

from pacer_watch.faults.bent import Bend
from pacer_watch.faults.campaign import campaign, play, twin
from pacer_watch.faults.cases import cases
from pacer_watch.faults.judge import judge
from pacer_watch.twin import interp

SEED = 5  # not the campaign's own


@pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
def test_a_few_faults_of_each_family_are_survived():
    found = campaign(SEED, quick=True, jobs=1)
    assert [f"{o.family}: {o.name}: {o.why}" for o in found if not o.survived] == []
    assert {o.family for o in found} == {"GPS", "I2C", "buttons", "battery", "time", "flash", "link", "text"}


@pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
def test_the_campaign_would_notice_a_watch_that_never_hears_its_receiver_again():
    case = next(c for c in cases(SEED, True) if c.name == "silent for 5 s")
    deaf = dataclasses.replace(case, bend=Bend(silent=True, for_s=10_000))
    verdict = judge(case, play(deaf, SEED), twin(SEED))
    assert not verdict.survived
    assert "m off" in verdict.why


def test_a_case_that_does_not_exist_is_a_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "pacer_watch.faults", "--only", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("no case is called 'nonsense'")
