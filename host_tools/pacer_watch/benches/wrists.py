"""Synthetic wrists for the cadence bench, and real ones from the data set BasicMotions.

Foot strikes go up the arm as pulses at the step rate, left and right not alike; the arm swings and turns the watch
at half of it; the watch sits any way round. The shapes vary from wrist to wrist.
"""

import importlib.util
from pathlib import Path

import numpy as np

_G = 4096


def stride(rng: np.random.Generator, rate_hz: int, cadence_spm: np.ndarray, running: bool) -> np.ndarray:
    """Samples (n, 3) in 1/4096 g of somebody whose cadence each second is given."""
    n = len(cadence_spm) * rate_hz
    t = np.arange(n) / rate_hz
    step = 2 * np.pi * np.cumsum(np.interp(t, np.arange(len(cadence_spm)), cadence_spm) / 60) / rate_hz
    step += rng.uniform(0, 6)
    impact = rng.uniform(0.8, 1.8) if running else rng.uniform(0.15, 0.4)
    swing = rng.uniform(0.3, 1.0) if running else rng.uniform(0.1, 0.35)
    pulse = np.exp(rng.uniform(1.0, 3.5) * (np.cos(step) - 1))
    pulse -= pulse.mean()
    vertical = 1 + impact * pulse * (1 + rng.uniform(0, 0.35) * np.cos(step / 2))
    tilt = rng.uniform(0.2, 0.6) * np.sin(step / 2 + rng.uniform(0, 6))
    forward = swing * np.sin(step / 2 + rng.uniform(0, 6))
    forward += rng.uniform(0, 0.3) * impact * np.roll(pulse, rate_hz // 20)
    sideways = rng.uniform(0, 0.3) * swing * np.cos(step / 2)
    wrist = np.stack(
        [
            forward * np.cos(tilt) + vertical * np.sin(tilt),
            sideways,
            vertical * np.cos(tilt) - forward * np.sin(tilt),
        ],
        1,
    )
    return _turned(rng, wrist + rng.normal(0, 0.05, wrist.shape))


def fidget(rng: np.random.Generator, rate_hz: int, seconds: int) -> np.ndarray:
    """Standing with hands that move: slow turns of the wrist, now and then a jerk."""
    n = seconds * rate_hz
    angle = np.cumsum(rng.normal(0, 0.8 / np.sqrt(rate_hz), n))
    wrist = np.stack([np.sin(angle), np.zeros(n), np.cos(angle)], 1) + rng.normal(0, 0.01, (n, 3))
    for at in rng.integers(0, n, seconds // 6):
        wrist[at : at + rate_hz // 4] += rng.normal(0, 0.3, 3)
    return _turned(rng, wrist)


def bus(rng: np.random.Generator, rate_hz: int, seconds: int) -> np.ndarray:
    """Sitting on a bus: broad-band shaking, swaying, bumps."""
    n = seconds * rate_hz
    t = np.arange(n) / rate_hz
    shake = np.convolve(rng.normal(0, 0.1, (n, 3)).ravel(), np.ones(6) / 3, "same").reshape(n, 3)
    shake[:, 2] += 1 + 0.03 * np.sin(2 * np.pi * 0.8 * t)
    for at in rng.integers(0, n, seconds // 5):
        shake[at : at + rate_hz // 5, 2] += rng.uniform(0.2, 0.6)
    return _turned(rng, shake)


def _turned(rng: np.random.Generator, wrist: np.ndarray) -> np.ndarray:
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return np.asarray(np.clip(wrist @ turn * _G, -32767, 32767).astype(np.int16))


def basic_motions() -> dict[str, list[np.ndarray]] | None:
    """Walking, running, standing and badminton of four students' wrists: 10 s each at 10 Hz.

    From the data set BasicMotions as the package aeon ships it; None when that is not installed. It holds
    acceleration without gravity, in m/s2, and at 10 Hz: outside of what the step counter is made for.
    """
    spec = importlib.util.find_spec("aeon")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "datasets" / "data" / "BasicMotions"
    out: dict[str, list[np.ndarray]] = {}
    for name in ("BasicMotions_TRAIN.ts", "BasicMotions_TEST.ts"):
        for line in (folder / name).read_text().splitlines():
            if not line or line[0] in "#@":
                continue
            *channels, label = line.split(":")
            x = np.array([[float(v) for v in c.split(",")] for c in channels[:3]]).T
            out.setdefault(label.lower(), []).append((x / 9.81 * _G).astype(np.int16))
    return out
