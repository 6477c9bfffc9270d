"""Cadence from the wrist: synthetic wrists at 25, 50 and 104 Hz, fidgeting, a bus, and the wrists of BasicMotions."""

import struct

import numpy as np

from .. import wrists
from .figure import Figure
from .streams import SEED, portions, trace

_WRISTS = 30
_WRIST_S = 40
_SETTLE_S = 5
_CHANGE_S = 15


def cadences(streams: list[tuple[int, np.ndarray]], runtime: str) -> list[np.ndarray]:
    """What core/cadence.py says four times a second of each stream (rate in Hz, samples in 1/4096 g)."""
    out = []
    for some in portions(streams, runtime):
        data = b"".join(struct.pack("<ii", rate, len(x)) + x.astype("<i2").tobytes() for rate, x in some)
        text = trace("cadence_trace.py", "samples.bin", data, runtime)
        out += [np.array([int(x.split()[0]) for x in part.split("\n") if x]) for part in text.split("-\n")[:-1]]
    return out


def _reached(quarters: np.ndarray, after: float) -> float:
    """Seconds from the end of the change until the cadence is right and stays so."""
    wrong = np.nonzero(np.abs(quarters[4 * _CHANGE_S :] - after) > 3)[0]
    return (wrong[-1] + 2) / 4 if len(wrong) else 0.25


_RATES = (25, 50, 104)
_CHANGES = 4 * ((165, 185), (185, 160), (150, 190), (172, 180))
_STILL = 8
_Streams = list[tuple[int, np.ndarray]]


def cadence(runtime: str) -> list[Figure]:
    """All figures of the step counter."""
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
            octaves += int(((np.abs(said - true / 2) < 8) | (np.abs(said - 2 * true) < 12)).sum())
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
