"""The accuracy bench itself, on seeds that nothing was chosen on, and small enough for every day."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pacer_watch.benches import wrists
from pacer_watch.benches.accuracy.pace import OTHERS, boxcar, jitter, pace_error
from pacer_watch.benches.accuracy.recordings import foot_pod
from pacer_watch.benches.accuracy.streams import HARD, WATCH, WHITE, make, ours, process
from pacer_watch.benches.accuracy.wrist import cadences
from pacer_watch.twin import interp

from .test_cli import pacer

STEADY = np.full(900, 3.0)
PROMPT = replace(WATCH, held_m_s=0.1, late_s=(0.0, 0.0))  # what the foot-pod run's watch is like


def test_a_steady_pace_is_shown_steadily_on_fresh_seeds():
    streams = [make(STEADY, WHITE, seed) for seed in (901, 902, 903)]
    for stream, got in zip(streams, ours(streams, "cpython"), strict=True):
        shown = jitter(got[:, 1], 90)
        assert shown <= 3.0
        assert shown < 0.7 * jitter(boxcar(10)(stream.measured, 1), 90)


def test_a_change_of_pace_is_shown_soon_on_fresh_seeds():
    speed = np.concatenate([np.full(120, 1000 / 360), np.full(30, 1000 / 240)])
    streams = [make(speed, WHITE, seed) for seed in range(910, 930)]
    errors = [pace_error(g[:, 1], speed)[130:] for g in ours(streams, "cpython")]
    assert np.sqrt(np.mean(np.square(errors))) <= 5


def test_a_pace_that_wanders_is_shown_about_as_true_as_by_the_best_usual_filter_on_fresh_seeds():
    off, others = [], {name: [] for name in OTHERS}
    for seed in range(930, 938):
        walk = process(np.random.default_rng(seed), 1500, 1, 0.25, 120)  # as on the foot-pod run
        stream = make(2.8 + walk, PROMPT, seed)
        for errors, shown in [(off, ours([stream], "cpython")[0][:, 1])] + [
            (others[n], f(stream.measured, 1)) for n, f in OTHERS.items()
        ]:
            errors.append(float(np.square(shown - stream.speed)[300:].mean()))
    assert np.sqrt(np.mean(off)) <= 1.2 * min(np.sqrt(np.mean(e)) for e in others.values())


def test_the_same_stream_gives_the_same_figures_on_the_32_bit_interpreter():
    stream = make(STEADY[:200], HARD, 77)
    here, there = (ours([stream], name)[0] for name in ("cpython", interp.WASM))
    assert (here == there).all()


def test_the_speed_shown_is_as_true_as_the_watch_whose_fixes_they_were(data):
    path = data / "fit" / "developer-types-sample.fit"
    if not path.exists():
        pytest.skip(f"the run with a foot pod is not there ({path})")
    rows = foot_pod(interp.choose(None), path)
    assert len(rows) == 11
    assert all(row.ok for row in rows)


def test_cadence_on_fresh_wrists():
    rng = np.random.default_rng(4242)
    spm = np.full(25, 172.0)
    streams = [(rate, wrists.stride(rng, rate, spm, True)) for rate in (25, 50, 104)]
    for said in cadences(streams, "cpython"):
        assert (np.abs(said[24:] - 172) <= 2).mean() >= 0.9


def test_size_prints_rows_for_scripts():
    got = json.loads(pacer("bench", "size", "--json").stdout)
    assert {"name", "value", "unit", "reach", "ok"} <= set(got["rows"][0])
    heap = next(r for r in got["rows"] if "heap in a running minute" in r["name"])
    assert (heap["value"], heap["ok"]) == (0, True)
