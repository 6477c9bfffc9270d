"""Synthetic wrists for the cadence bench, and real ones: recordings and the data set BasicMotions.

Foot strikes go up the arm as pulses at the step rate, left and right not alike; the arm swings and turns the watch
at half of it; the watch sits any way round. The shapes vary from wrist to wrist. The unkind ones are made after what
a counted walk shows: the swing of the arm is as strong as the step or stronger, so that one step is not like the next.
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


def swinging(rng: np.random.Generator, rate_hz: int, cadence_spm: np.ndarray, running: bool) -> np.ndarray:
    """The same where the stride dominates: |a|**2 is about 0.75 like itself a stride earlier, about 0 a step earlier.

    Swing and step wax and wane against each other over some 7 s, and no step is quite as long as the last.
    """
    seconds = len(cadence_spm)
    n = seconds * rate_hz
    t = np.arange(n) / rate_hz
    step = 2 * np.pi * np.cumsum(np.interp(t, np.arange(seconds), cadence_spm) / 60) / rate_hz
    step += 0.15 * _held(rng, n, rate_hz, 0.5)

    def harmonic(half_steps: int, low: float, high: float) -> np.ndarray:
        every = np.arange(0, seconds + 7, 7)
        size = np.interp(t, every, rng.uniform(low, high, len(every)))
        return np.asarray(size * np.sin(half_steps * step / 2 + rng.uniform(0, 6)))

    size = rng.uniform(0.5, 1.1) if running else rng.uniform(0.15, 0.35)
    beat = harmonic(1, 0.75, 1.1) + harmonic(2, 0.7, 1.0) + harmonic(3, 0, 0.3) + harmonic(4, 0, 0.3)
    length = 1 + size * (beat + 0.5 * _held(rng, n, rate_hz, 0.04))
    tilt = rng.uniform(0.1, 0.6) * np.sin(step / 2 + rng.uniform(0, 6))
    return _turned(rng, np.stack([length * np.sin(tilt), rng.normal(0, 0.03, n), length * np.cos(tilt)], 1))


def walk_with_pauses(rng: np.random.Generator, rate_hz: int) -> tuple[np.ndarray, float]:
    """(samples, steps taken): walking, broken by stands, by hands that do something, and by both."""
    make = stride if rng.random() < 0.5 else swinging
    parts = []
    steps = 0.0
    for k in range(6):
        seconds = int(rng.integers(8, 40))
        spm = rng.uniform(95, 130) + np.cumsum(rng.normal(0, 0.3, seconds))
        steps += float(spm.sum()) / 60
        parts.append(make(rng, rate_hz, spm, False))
        parts.append((still, fidget, gestures)[k % 3](rng, rate_hz, int(rng.integers(3, 9))))
    return np.concatenate(parts), steps


def still(rng: np.random.Generator, rate_hz: int, seconds: int) -> np.ndarray:
    """Standing, with the hands at rest."""
    return _turned(rng, np.array([0.0, 0.0, 1.0]) + rng.normal(0, 0.01, (seconds * rate_hz, 3)))


def gestures(rng: np.random.Generator, rate_hz: int, seconds: int) -> np.ndarray:
    """Hands that talk: two or three beats at 1 to 2.5 Hz, now this way, now that, with rests between."""
    n = seconds * rate_hz
    wrist = np.array([0.0, 0.0, 1.0]) + rng.normal(0, 0.015, (n, 3))
    at = 0
    while at < n:
        length = int(rng.uniform(0.6, 2.0) * rate_hz)
        t = np.arange(min(length, n - at)) / rate_hz
        beat = np.sin(2 * np.pi * rng.uniform(1, 2.5) * t) * np.sin(np.pi * t * rate_hz / length)
        wrist[at : at + len(t)] += np.outer(beat, rng.normal(0, 0.3, 3))
        at += length + int(rng.uniform(0.2, 2.0) * rate_hz)
    return _turned(rng, wrist)


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


def car(rng: np.random.Generator, rate_hz: int, seconds: int) -> np.ndarray:
    """Driving: the engine, a body that sways at 1 to 2 Hz when the road pushes it, joints at even distances, bends, a
    hand that turns the wheel."""
    n = seconds * rate_hz
    t = np.arange(n) / rate_hz
    rough = np.interp(t, np.arange(0, seconds + 9, 9), rng.uniform(0.2, 1.5, len(np.arange(0, seconds + 9, 9))))
    up = 0.03 * np.sin(2 * np.pi * rng.uniform(25, 40) * t) + 0.02 * rng.normal(size=n)
    up += rough * 0.06 * _ringing(rng.normal(size=n), rate_hz, rng.uniform(1.0, 2.0), rng.uniform(0.2, 0.35))
    joints = np.zeros(n)
    at = 0
    while at < n:  # some seconds on concrete slabs, at a speed that hardly changes, then none
        every = rate_hz / rng.uniform(0.8, 2.5)
        hits = np.arange(at, min(n, at + rng.uniform(3, 10) * rate_hz), every).astype(int)
        joints[hits] = rng.uniform(0, 0.25) * rng.uniform(0.5, 1.5, len(hits))
        at += int(rng.uniform(10, 40) * rate_hz)
    up += np.convolve(joints, np.exp(-np.arange(rate_hz) / (0.12 * rate_hz)), "full")[:n]
    bend = 0.15 * _held(rng, n, rate_hz, 3.0)
    wrist = np.stack([bend, 0.1 * _held(rng, n, rate_hz, 2.0), 1 + up], 1)
    for at in rng.integers(0, n, seconds // 8):
        wrist[at : at + rate_hz // 2] += rng.normal(0, 0.25, 3)
    return _turned(rng, wrist)


def _held(rng: np.random.Generator, n: int, rate_hz: int, seconds: float) -> np.ndarray:
    """Noise of variance 1 that holds for some seconds."""
    width = max(1, round(2 * seconds * rate_hz))
    window = np.hanning(width + 2)[1:-1]
    noise = np.convolve(rng.normal(size=n + width), window / np.sqrt((window**2).sum()), "same")
    return np.asarray(noise[width // 2 : width // 2 + n])


def _ringing(push: np.ndarray, rate_hz: int, hz: float, damping: float) -> np.ndarray:
    """What a spring of so many Hz makes of pushes, scaled to a variance of 1."""
    w = 2 * np.pi * hz / rate_hz
    t = np.arange(int(4 / (damping * w)))
    out = np.convolve(push, np.exp(-damping * w * t) * np.sin(w * t), "full")[: len(push)]
    return np.asarray(out / out.std())


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


def recorded(path: Path, rate_hz: int | None) -> tuple[int, np.ndarray]:
    """(rate, samples in 1/4096 g) of a recording (time in ms, x, y, z in 1/8192 g), as it is or brought to a rate.

    What lies between two samples is drawn as a straight line. That takes from the sharpness of a foot strike:
    at 12.5 Hz there is a step's second harmonic at most in it, and a rate of 104 Hz does not bring back more.
    """
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    t, wrist = table[:, 0] / 1000, table[:, 1:] * _G / 8192
    if rate_hz is None:
        return round((len(t) - 1) / (t[-1] - t[0])), wrist.astype(np.int16)
    at = np.arange(t[0], t[-1], 1 / rate_hz)
    return rate_hz, np.stack([np.interp(at, t, wrist[:, k]) for k in range(3)], 1).astype(np.int16)
