"""Runs as a receiver and a step counter tell them, and what the firmware makes of them.

The receivers are those of twin/receivers.py. The step counter tells the cadence of a runner whose step length wanders
by 2 % over a minute and whose cadence changes by 0 to 10 steps a minute for each m/s. All of it seeded.
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
from ...twin.receivers import RECEIVERS, Errors, Receiver
from ...twin.runner import cadence_of

_T = TypeVar("_T")
SEED = 20261123
_SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
_RECORD = struct.Struct("<12i")
_FIX, _STEPS, _LOOK, _NEW, _PRESS, _NAME, _BEGIN, _OVAL = 1, 2, 3, 4, 5, 6, 7, 8
LAT, LON = 51.5, 4.3
M_LAT, M_LON = 111_258.0, 69_488.0  # metres a degree there
ON = 4  # the stage of core/track in which the oval is known
LOOK_S = 0.25  # after each epoch the watch is looked at: its fix has come by then
_OLD_MS = (60, 160)  # how old a fix is when it has come, drawn for each run ...
_JITTER_MS = 40  # ... and up to that more, drawn for each fix
_WALK_M_S = 2.1  # slower than that nobody runs
RAW, ARM, WATCH, WHITE, HARD = (RECEIVERS[name] for name in ("raw", "arm", "watch", "white", "held"))


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
    course: np.ndarray | None = None  # of the measured velocity, radians counter-clockwise from east
    age_ms: np.ndarray | None = None  # of each fix when it comes
    presses_s: tuple[float, ...] = ()  # lap presses
    named_lane: int = 0
    again: int = 0  # at this fix the watch is started anew, with the step lengths it has learned
    wanted_m_s: float = 0.0  # what the plan asks for from there on
    kept_oval: tuple[int, ...] = ()  # fields of core/track/kept.py: the watch knows this oval when the run begins
    way_m: np.ndarray | None = None  # along the lane at the fixes, of a runner who weaves: that is what a lap counts

    @property
    def true_m(self) -> np.ndarray:
        """Distance really run at each fix."""
        if self.way_m is not None:
            return self.way_m
        mean = (self.speed[1:] + self.speed[:-1]) / 2
        return np.concatenate([[0.0], np.cumsum(mean)]) / self.rate_hz

    @property
    def looked_m(self) -> np.ndarray:
        """Distance really run at each look."""
        return self.true_m + self.speed * LOOK_S


def gait(rng: np.random.Generator, speed: np.ndarray, dt: float, spm: float | None = None) -> np.ndarray:
    """Steps a minute of a runner at these speeds; spm: at 3 m/s, 160 to 185 unless given."""
    at_3 = rng.uniform(160, 185) if spm is None else spm
    slope = rng.uniform(0, 10)
    wander = 1 + process(rng, len(speed), dt, 0.02, 60)
    running = (at_3 + slope * (speed - 3)) * wander
    return np.where(speed < _WALK_M_S, [cadence_of(v) for v in speed], running)


def make(
    speed: np.ndarray, receiver: Receiver, seed: int, spm: float | None = None,
    path: np.ndarray | None = None,
) -> Stream:  # fmt: skip
    """Measure a true speed with a receiver. path: places east and north in m and course in radians at each fix (3, n);
    without it the runner goes east.
    """
    rng = np.random.default_rng(seed)
    rate = receiver.rate_hz
    n = len(speed)
    dt = 1 / rate
    errors = Errors(receiver, seed)
    stepped = gait(rng, speed, dt, spm)
    if path is None:
        mean = (speed[1:] + speed[:-1]) / 2 * dt
        path = np.stack([np.concatenate([[0.0], np.cumsum(mean)]), np.zeros(n), np.zeros(n)])
    late = round(errors.late_s * rate)
    said = np.empty((n, 4))
    for i in range(n):
        j = max(0, i - late)
        along, across = errors.speed(i * dt, float(speed[j]), float(stepped[j]))
        said[i] = along, across, errors.east_m, errors.north_m
    east, north, course = path[:, np.maximum(0, np.arange(n) - late)]
    # The step counter: right to half a step a minute, 1.5 s late.
    after = round(1.5 * rate)
    told = np.concatenate([np.repeat(stepped[:1], after), stepped])[:n]
    told = np.where(told > 0, np.rint(told + rng.normal(0, 0.5, n)), 0)
    return Stream(
        rate, speed, np.hypot(said[:, 0], said[:, 1]), east + said[:, 2], north + said[:, 3], np.ones(n, bool), told,
        -1 if receiver.claims_m_s is None else round(1000 * receiver.claims_m_s),
        course + np.arctan2(said[:, 1], said[:, 0]), np.rint(rng.uniform(*_OLD_MS) + rng.uniform(0, _JITTER_MS, n)),
    )  # fmt: skip


def positions(stream: Stream) -> np.ndarray:
    """Speed and distance from place to place: metres run at each fix."""
    hops = np.hypot(np.diff(stream.east), np.diff(stream.north))
    return np.concatenate([[0.0], np.cumsum(hops)])


def angle_fields(degrees: float) -> tuple[int, int]:
    """Whole degrees and micro-minutes of the same sign."""
    total = round(abs(degrees) * 60e6)
    sign = -1 if degrees < 0 else 1
    return sign * (total // 60_000_000), sign * (total % 60_000_000)


def _records(stream: Stream) -> Iterable[bytes]:
    """The stream as motion_trace.py reads it, with a look at each fix."""
    period = 1000 // stream.rate_hz
    yield _RECORD.pack(_NEW, *[0] * 11)
    if stream.named_lane:
        yield _RECORD.pack(_NAME, 0, stream.named_lane, *[0] * 9)
    if stream.kept_oval:
        yield _RECORD.pack(_OVAL, 0, 0, *stream.kept_oval, 0)
    age_ms = np.full(len(stream.speed), _OLD_MS[0]) if stream.age_ms is None else stream.age_ms
    timed = [(10_000 + round(1000 * s), _RECORD.pack(_PRESS, 10_000 + round(1000 * s), *[0] * 10))
             for s in stream.presses_s]  # fmt: skip
    for i in range(len(stream.speed)):
        at = 10_000 + i * period
        if i and i == stream.again:
            timed.append((at, _RECORD.pack(_NEW, 1, *[0] * 10)))
        if i == stream.again and stream.wanted_m_s:
            timed.append((at, _RECORD.pack(_BEGIN, at, round(1000 * stream.wanted_m_s), *[0] * 9)))
        lat = angle_fields(LAT + stream.north[i] / M_LAT)
        lon = angle_fields(LON + stream.east[i] / M_LON)
        speed, east, north = 1000 * stream.measured[i], 0.0, 0.0
        if stream.course is not None:
            east, north = speed * math.cos(stream.course[i]), speed * math.sin(stream.course[i])
        came = at + int(age_ms[i])
        timed.append((came, _RECORD.pack(_STEPS, came, int(stream.cadence[i]), *[0] * 9)))
        fix = (*lat, *lon, round(speed), round(east), round(north), stream.accuracy_mm_s, int(stream.valid[i]))
        timed.append((came, _RECORD.pack(_FIX, came, 36_000_000 + i * period, *fix)))
        looked = at + round(1000 * LOOK_S)
        timed.append((looked, _RECORD.pack(_LOOK, looked, *[0] * 10)))
    timed.sort(key=lambda record: record[0])
    for _, record in timed:
        yield record


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
