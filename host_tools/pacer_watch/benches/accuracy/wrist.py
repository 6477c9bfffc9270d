"""Steps and cadence from the wrist: synthetic wrists at 25, 50 and 104 Hz, kind and unkind, hands that do something
else, a bus, a car, the wrists of BasicMotions, a walk whose steps were counted and a drive without any."""

import struct
from pathlib import Path

import numpy as np

from .. import wrists
from .figure import Figure
from .streams import SEED, portions, trace

_WRISTS = 30
_WRIST_S = 40
_SETTLE_S = 5
_CHANGE_S = 15


def cadences(streams: list[tuple[int, np.ndarray]], runtime: str) -> list[np.ndarray]:
    """The cadence that core/cadence.py says four times a second of each stream (rate in Hz, samples in 1/4096 g)."""
    return [x[:, 0] for x in counted(streams, runtime)]


def counted(streams: list[tuple[int, np.ndarray]], runtime: str) -> list[np.ndarray]:
    """The same with the steps counted until then: rows of cadence, steps."""
    out = []
    for some in portions(streams, runtime):
        data = b"".join(struct.pack("<ii", rate, len(x)) + x.astype("<i2").tobytes() for rate, x in some)
        text = trace("cadence_trace.py", "samples.bin", data, runtime)
        rows = [[[int(v) for v in x.split()] for x in part.split("\n") if x] for part in text.split("-\n")[:-1]]
        out += [np.array(part) for part in rows]
    return out


def _reached(quarters: np.ndarray, after: float) -> float:
    """Seconds from the end of the change until the cadence is right and stays so."""
    wrong = np.nonzero(np.abs(quarters[4 * _CHANGE_S :] - after) > 3)[0]
    return (wrong[-1] + 2) / 4 if len(wrong) else 0.25


_RATES = (25, 50, 104)
_CHANGES = 4 * ((165, 185), (185, 160), (150, 190), (172, 180))
_STILL = 8
_Streams = list[tuple[int, np.ndarray]]


def cadence(runtime: str, data: Path) -> list[Figure]:
    """All figures of the step counter. data: where the recordings are."""
    return _kind(runtime) + _unkind(runtime) + _counted_walk(runtime, data / "wrist")


def _kind(runtime: str) -> list[Figure]:
    """Synthetic wrists whose step shows, and BasicMotions."""
    truth, moving = _strides()
    motions = wrists.basic_motions() or {}
    real: _Streams = [(10, x) for label in sorted(motions) for x in motions[label]]
    parts = (moving, _still(), real, _changing())
    quarters = cadences([s for part in parts for s in part], runtime)
    got: list[list[np.ndarray]] = []
    for part in parts:
        got.append(quarters[: len(part)])
        quarters = quarters[len(part) :]
    late = [_reached(x, _CHANGES[k % len(_CHANGES)][1]) for k, x in enumerate(got[3])]
    within, octaves = _strides_figures(truth, _seconds(got[0]))
    return [
        *within,
        Figure("a change of cadence shown within 3 spm after (95 %)", float(np.percentile(late, 95)), "s", 2.0),
        Figure("seconds an octave off, all synthetic wrists", octaves, "s", 0),
        _still_figure(_seconds(got[1])),
        *_real_figures(motions, _seconds(got[2])),
    ]


_UNKIND = 24
_AWAY_S = 120
_PAUSED = 10
_TRUE_STEPS = 1834
_TRUE_SPM = 117  # 1,834 steps in 939 s


def _octave_off(said: np.ndarray, true: np.ndarray) -> int:
    """Seconds in which half the cadence is said, or twice."""
    return int(((np.abs(said - true / 2) < 8) | (np.abs(said - 2 * true) < 12)).sum())


def _unkind(runtime: str) -> list[Figure]:
    """Strides that drown the step, what shakes without a step, and walks that are broken off again and again."""
    truth, moving = [], []
    for rate in _RATES:
        for k in range(_UNKIND):
            rng = np.random.default_rng(SEED + 4000 + k)
            running = k % 2 > 0
            base = rng.uniform(155, 190) if running else rng.uniform(85, 135)
            truth.append(base + np.cumsum(rng.normal(0, 0.3, _WRIST_S)))
            moving.append((rate, wrists.swinging(rng, rate, truth[-1], running)))
    shaken = {
        name: [(rate, make(np.random.default_rng(SEED + seed + k), rate, _AWAY_S)) for rate in _RATES for k in range(4)]
        for name, make, seed in (("gesturing", wrists.gestures, 5000), ("in a car", wrists.car, 6000))
    }
    paused = [
        (r, *wrists.walk_with_pauses(np.random.default_rng(SEED + 7000 + k), r)) for r in _RATES for k in range(_PAUSED)
    ]
    got = [x[3::4] for x in counted(moving, runtime)]
    octaves = sum(_octave_off(x[:, 0], true[: len(x)]) for x, true in zip(got, truth, strict=True))
    near = np.concatenate(
        [np.abs(x[_SETTLE_S:, 0] - true[_SETTLE_S:]) <= 5 for x, true in zip(got, truth, strict=True)]
    )
    figures = [
        Figure("seconds an octave off, wrists whose stride dominates", octaves, "s", 0),
        Figure(
            "cadence within 5 spm, wrists whose stride dominates",
            100 * float(near.mean()),
            "% of seconds",
            95.0,
            least=True,
        ),
    ]
    for name, streams in shaken.items():
        steps = [int(x[-1, 1]) for x in counted(streams, runtime)]
        per_10_min = 600 * sum(steps) / (_AWAY_S * len(streams))
        figures.append(Figure(f"steps counted {name}", per_10_min, "in 10 min", 20 if "car" in name else None))
    ends = counted([(rate, samples) for rate, samples, _ in paused], runtime)
    off = [100 * (int(x[-1, 1]) / steps - 1) for x, (_, _, steps) in zip(ends, paused, strict=True)]
    figures.append(Figure("walks with pauses: steps counted too many", float(np.mean(off)), "% (mean)", None))
    figures.append(Figure("walks with pauses: steps wrong (95 %)", float(np.percentile(np.abs(off), 95)), "%", 5.0))
    return figures


def _counted_walk(runtime: str, folder: Path) -> list[Figure]:
    """A walk with 1,834 steps counted by hand and a drive, at the watch's rates and as they were recorded."""
    walk, drive = folder / "walk-1834-steps.csv", folder / "drive-0-steps.csv"
    figures = []
    for rate in (None, *_RATES):
        at = f"at {rate} Hz" if rate else "as recorded"
        name = f"the counted walk {at}: "
        if not walk.is_file() or not drive.is_file():
            figures.append(Figure(name + "steps", None, "", None, note=f"not found at {folder}"))
            continue
        walked, driven = counted([wrists.recorded(walk, rate), wrists.recorded(drive, rate)], runtime)
        wrong = abs(100 * (int(walked[-1, 1]) / _TRUE_STEPS - 1))
        said = walked[3::4, 0]
        right = 100 * float((np.abs(said - _TRUE_SPM) <= 10).mean())
        note = "straight lines between samples, 12.5 a second: strikes are flattened" if rate else ""
        figures += [
            Figure(name + f"{int(walked[-1, 1])} steps for {_TRUE_STEPS}, wrong by", wrong, "%", 5.0, note=note),
            Figure(name + f"within 10 of {_TRUE_SPM} spm", right, "% of seconds", 95.0, least=True),
            Figure(f"steps in 11 min in a car {at}", int(driven[-1, 1]), "", 20),
        ]
    return figures


def _seconds(quarters: list[np.ndarray]) -> list[np.ndarray]:
    """What was said each second, of what was said four times in it."""
    return [x[3::4] for x in quarters]


def _strides() -> tuple[list[np.ndarray], _Streams]:
    """(cadence each second, samples) of walkers and runners at each rate."""
    truth: list[np.ndarray] = []
    streams: _Streams = []
    for rate in _RATES:
        for k in range(_WRISTS):
            rng = np.random.default_rng(SEED + 1000 + k)
            running = k % 3 > 0
            base = rng.uniform(145, 215) if running else rng.uniform(85, 135)
            spm = base + np.cumsum(rng.normal(0, 0.5, _WRIST_S))
            truth.append(spm)
            streams.append((rate, wrists.stride(rng, rate, spm, running)))
    return truth, streams


def _still() -> _Streams:
    """Wrists that take no step."""
    make = (wrists.bus, wrists.fidget)
    return [(50, make[k % 2](np.random.default_rng(SEED + 2000 + k), 50, 60)) for k in range(_STILL)]


def _changing() -> _Streams:
    """Runners who change their cadence at once."""
    streams = []
    for rate in _RATES:
        for k, change in enumerate(_CHANGES):
            spm = np.repeat([float(spm) for spm in change], _CHANGE_S)
            streams.append((rate, wrists.stride(np.random.default_rng(SEED + 3000 + k), rate, spm, True)))
    return streams


def _strides_figures(truth: list[np.ndarray], got: list[np.ndarray]) -> tuple[list[Figure], int]:
    """(share of seconds that are right at each rate, seconds an octave off)."""
    figures = []
    octaves = 0
    for i, rate in enumerate(_RATES):
        errors = []
        for k in range(i * _WRISTS, (i + 1) * _WRISTS):
            said = got[k][_SETTLE_S:_WRIST_S]
            true = truth[k][_SETTLE_S : _SETTLE_S + len(said)]
            errors.append(np.abs(said - true))
            octaves += _octave_off(said, true)
        within = 100 * float((np.concatenate(errors) <= 2).mean())
        name = f"cadence within 2 spm, synthetic wrists at {rate} Hz"
        figures.append(Figure(name, within, "% of seconds", 95.0, least=True))
    return figures, octaves


def _still_figure(got: list[np.ndarray]) -> Figure:
    moving = sum(int((x[_SETTLE_S:] > 0).sum()) for x in got)
    total = sum(len(x) - _SETTLE_S for x in got)
    return Figure("steps seen while fidgeting or on a bus", 100 * moving / total, "% of seconds", None)


def _real_figures(motions: dict[str, list[np.ndarray]], got: list[np.ndarray]) -> list[Figure]:
    """The wrists of BasicMotions, whose cadence nobody counted: its median lies where such people's does."""
    figures = []
    labels = sorted(motions)
    for label, (low, high) in {"running": (140, 200), "walking": (80, 140), "standing": (0, 0)}.items():
        name = f"BasicMotions {label}: median within {low} to {high}" if high else f"BasicMotions {label}: median 0"
        if not motions:
            figures.append(Figure(name, None, "%", None, note="pip install --no-deps aeon brings its data"))
            continue
        start = sum(len(motions[x]) for x in labels[: labels.index(label)])
        medians = [float(np.median(x[-3:])) for x in got[start : start + len(motions[label])]]
        share = 100 * sum(low <= m <= high for m in medians) / len(medians)
        figures.append(Figure(name, share, "% of wrists", 100.0, least=True))
    return figures
