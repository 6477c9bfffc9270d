"""Runs as a receiver and a step counter tell them, and what the firmware makes of them.

The receiver: Doppler speed with 0.15 m/s of noise (1 sigma), white, and beside it a harder one whose error holds for
3 s; position 2.5 m (1 sigma), holding for 60 s. All of it seeded.
"""

import math
import shutil
import struct
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ... import FIRMWARE
from ...twin import interp
from ...twin.runner import cadence_of

_T = TypeVar("_T")
SEED = 20261123
_SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
_RECORD = struct.Struct("<10i")
_FIX, _STEPS, _LOOK, _NEW, _PRESS, _NAME = 1, 2, 3, 4, 5, 6
LAT, LON = 51.5, 4.3
M_LAT, M_LON = 111_258.0, 69_488.0  # metres a degree there
ON = 4  # the stage of core/track in which the oval is known


@dataclass
class Noise:
    speed_m_s: float = 0.15
    speed_s: float = 0.0
    position_m: float = 2.5
    position_s: float = 60.0


WHITE = Noise()
HARD = Noise(speed_s=3.0)


def process(rng: np.random.Generator, n: int, dt: float, sigma: float, tau: float) -> np.ndarray:
    """White noise, or a Gauss-Markov process that holds for tau seconds."""
    if not tau:
        return rng.normal(0, sigma, n)
    keep = math.exp(-dt / tau)
    steps = rng.normal(0, sigma * math.sqrt(1 - keep * keep), n)
    out = np.empty(n)
    value = rng.normal(0, sigma)
    for i in range(n):
        value = keep * value + steps[i]
        out[i] = value
    return out


@dataclass
class Stream:
    """A run as the receiver and the step counter tell it, at a number of fixes a second."""

    rate_hz: int
    speed: np.ndarray  # true, m/s, at the fixes
    measured: np.ndarray  # Doppler, m/s
    east: np.ndarray  # measured place, m
    north: np.ndarray
    valid: np.ndarray
    cadence: np.ndarray  # steps/min as a step counter says it
    accuracy_mm_s: int = -1
    presses_s: tuple[float, ...] = ()  # lap presses
    named_lane: int = 0

    @property
    def true_m(self) -> np.ndarray:
        """Distance really run at each fix."""
        mean = (self.speed[1:] + self.speed[:-1]) / 2
        return np.concatenate([[0.0], np.cumsum(mean)]) / self.rate_hz


def make(speed: np.ndarray, noise: Noise, seed: int, rate_hz: int = 1, accuracy: bool = False) -> Stream:
    """Measure a true speed with a noisy receiver; the runner goes east."""
    rng = np.random.default_rng(seed)
    n = len(speed)
    dt = 1 / rate_hz
    mean = (speed[1:] + speed[:-1]) / 2 * dt
    east = np.concatenate([[0.0], np.cumsum(mean)]) + process(rng, n, dt, noise.position_m, noise.position_s)
    north = process(rng, n, dt, noise.position_m, noise.position_s)
    measured = np.abs(speed + process(rng, n, dt, noise.speed_m_s, noise.speed_s))
    # The step counter: right to a step a minute, 1.5 s late.
    late = round(1.5 * rate_hz)
    cadence = np.array([cadence_of(v) for v in np.concatenate([np.repeat(speed[:1], late), speed])[:n]])
    cadence = np.where(cadence > 0, np.rint(cadence + rng.normal(0, 0.7, n)), 0)
    return Stream(rate_hz, speed, measured, east, north, np.ones(n, bool), cadence, 150 if accuracy else -1)


def positions(stream: Stream) -> np.ndarray:
    """Speed and distance from place to place: metres run at each fix."""
    hops = np.hypot(np.diff(stream.east), np.diff(stream.north))
    return np.concatenate([[0.0], np.cumsum(hops)])


def _angle(degrees: float) -> tuple[int, int]:
    total = round(abs(degrees) * 60e6)
    sign = -1 if degrees < 0 else 1
    return sign * (total // 60_000_000), sign * (total % 60_000_000)


def _records(stream: Stream) -> Iterable[bytes]:
    """The stream as motion_trace.py reads it, with a look at each fix."""
    period = 1000 // stream.rate_hz
    yield _RECORD.pack(_NEW, *[0] * 9)
    if stream.named_lane:
        yield _RECORD.pack(_NAME, 0, stream.named_lane, *[0] * 7)
    presses = [10_000 + round(1000 * s) for s in stream.presses_s]
    for i in range(len(stream.speed)):
        at = 10_000 + i * period
        while presses and presses[0] < at:
            yield _RECORD.pack(_PRESS, presses.pop(0), *[0] * 8)
        lat = _angle(LAT + stream.north[i] / M_LAT)
        lon = _angle(LON + stream.east[i] / M_LON)
        yield _RECORD.pack(_STEPS, at, int(stream.cadence[i]), *[0] * 7)
        yield _RECORD.pack(
            _FIX, at, 36_000_000 + i * period, *lat, *lon, round(1000 * stream.measured[i]), stream.accuracy_mm_s,
            int(stream.valid[i]),
        )  # fmt: skip
        yield _RECORD.pack(_LOOK, at, *[0] * 8)


def ours(streams: list[Stream], runtime: str) -> list[np.ndarray]:
    """What core/motion.py makes of each stream, at each fix.

    Columns: distance m, speed m/s, raw m/s, confidence, stage of the track, lane, laps.
    """
    out = []
    for some in portions(streams, runtime):
        data = b"".join(record for stream in some for record in _records(stream))
        text = trace("motion_trace.py", "trace.bin", data, runtime)
        table = np.array([[int(v) for v in line.split()] for line in text.splitlines()], float)
        table[:, :3] /= 1000
        at = 0
        for stream in some:
            out.append(table[at : at + len(stream.speed)])
            at += len(stream.speed)
    return out


def portions(streams: list[_T], runtime: str) -> list[list[_T]]:
    """All in one run; in WebAssembly one by one, since nothing is collected there."""
    return [[s] for s in streams] if runtime == interp.WASM else [streams]


def trace(script: str, name: str, data: bytes, runtime: str) -> str:
    """Run one of benches/scripts/ on an interpreter, with the firmware and a file of input beside it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _copy(folder)
        (folder / script).write_bytes((_SCRIPTS / script).read_bytes())
        (folder / name).write_bytes(data)
        return interp.run_script(runtime, script, folder, "256M" if runtime == interp.WASM else "8M")


def _copy(folder: Path) -> None:
    shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
