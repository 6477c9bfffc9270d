"""A part of the fault campaign, in about a minute; `make faults` runs all of it. And that it can fail."""

import dataclasses
import subprocess
import sys
from collections import Counter

import pytest

from pacer.core import engine
from pacer_watch.faults import campaign as played
from pacer_watch.faults import flashes, judge, model
from pacer_watch.faults.bent import Bend
from pacer_watch.faults.campaign import campaign, play, twin
from pacer_watch.faults.cases import cases
from pacer_watch.twin import interp

SEED = 5  # not the campaign's own
on_unix = pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")


@on_unix
def test_a_few_faults_of_each_family_are_survived():
    found = campaign(SEED, quick=True, jobs=1)
    assert [f"{o.family}: {o.name}: {o.why}" for o in found if not o.survived] == []
    assert {o.family for o in found} == set(judge.MUST) - {"soak"}


def case_of(name):
    return next(c for c in cases(SEED, True) if c.name == name)


@on_unix
def test_the_campaign_would_notice_a_watch_that_never_hears_its_receiver_again():
    case = case_of("silent for 5 s")
    deaf = dataclasses.replace(case, bend=Bend(silent=True, for_s=10_000))
    verdict = judge.judge(case, play(deaf, SEED), twin(SEED))
    assert not verdict.survived
    assert "m off" in verdict.why


@on_unix
@pytest.mark.parametrize(
    ("what", "change"),
    [("ends at", {"kind": "step"}), ("the laps so far take", {"time_ms": 30_000}), ("has", {"distance_mm": 190_000})],
)
def test_the_campaign_would_notice_other_laps_and_laps_that_are_not_as_long_as_they_say(what, change):
    case = case_of("silent for 5 s")
    r = dataclasses.replace(twin(SEED))
    at = next(k for k, e in enumerate(r.events) if e.kind == "lap" and e.index == 1)
    r.events = [*r.events[:at], dataclasses.replace(r.events[at], **change), *r.events[at + 1 :]]
    verdict = judge.judge(case, r, twin(SEED))
    assert not verdict.survived
    assert what in verdict.why


@on_unix
def test_the_campaign_would_notice_seconds_that_are_missing_and_a_log_that_is_damaged():
    case = case_of("silent for 20 s")
    whole = twin(SEED)
    short = dataclasses.replace(whole, seconds=whole.seconds[:50] + whole.seconds[60:])
    assert "10 seconds are missing" in judge.judge(case, short, whole).why
    cut = dataclasses.replace(whole, seconds=whole.seconds[:-5])
    assert "the log's last second" in judge.judge(case, cut, whole).why
    hurt = dataclasses.replace(whole, left_out=["3 damaged bytes"])
    assert "not whole" in judge.judge(case, hurt, whole).why


@on_unix
def test_the_flash_family_would_notice_seconds_that_one_failed_write_takes(monkeypatch):
    whole = flashes.twin(SEED)[0]
    lost = dataclasses.replace(whole, seconds=whole.seconds[:20] + whole.seconds[40:])
    monkeypatch.setattr(flashes, "play", lambda *_: lost)
    verdict = flashes.run_case(("a write", "", True), SEED)
    assert (verdict.survived, verdict.why) == (False, "20 seconds are missing in the log")


def test_an_outcome_or_a_family_that_compares_nothing_has_failed(monkeypatch):
    idle = judge.settled(judge.Outcome("GPS", "x", True))
    assert (idle.survived, idle.why) == (False, "it compared nothing")
    half = judge.Outcome("GPS", "x", True, compared=Counter(laps=3, metres=3, logs=1))
    assert [o.why for o in judge.idle_families([half])] == ["it never compared seconds"]
    monkeypatch.setattr(played, "all_of_it", lambda *_: [played.Job("new", "x", _idle)])
    assert [o.survived for o in campaign(SEED, quick=True, jobs=1)] == [False, False]


def _idle():
    return judge.Outcome("new", "x", True)


def test_the_model_would_notice_an_engine_that_counts_the_way_walked_in_a_pause(monkeypatch):
    def resume(self, now_ms, total_mm):
        if self.state == engine.PAUSED:
            self._zero_mm -= 1000
        return old(self, now_ms, total_mm)

    assert model.sequences(SEED, 300).survived
    old = engine.Engine.resume
    monkeypatch.setattr(engine.Engine, "resume", resume)
    assert not model.sequences(SEED, 300).survived


def test_a_case_that_does_not_exist_is_a_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "pacer_watch.faults", "--only", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("no case is called 'nonsense'")
