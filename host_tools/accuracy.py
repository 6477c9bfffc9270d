"""The accuracy bench: pace, distance and cadence against the truth, ours beside what others do on the same input.

The simulated receiver: Doppler speed with 0.15 m/s of noise (1 sigma), white, and beside it a harder one whose error
holds for 3 s; position 2.5 m (1 sigma), holding for 60 s. All of it seeded; the seeds here are not those
that the filter's constants were chosen on.
"""

import math
import struct
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import FIRMWARE, ROOT
from .twin import interp
from .twin.runner import cadence_of

SEED = 20261123
_RECORD = struct.Struct("<10i")
_FIX, _STEPS, _LOOK, _NEW = 1, 2, 3, 4
_LAT, _LON = 51.5, 4.3
_M_LAT, _M_LON = 111_258.0, 69_488.0  # metres a degree there
_LOOK_MS = 200


@dataclass
class Noise:
    speed_m_s: float = 0.15
    speed_s: float = 0.0
    position_m: float = 2.5
    position_s: float = 60.0


WHITE = Noise()
HARD = Noise(speed_s=3.0)


def _process(rng: np.random.Generator, n: int, dt: float, sigma: float, tau: float) -> np.ndarray:
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

    @property
    def true_m(self) -> np.ndarray:
        """Distance really run at each fix."""
        mean = (self.speed[1:] + self.speed[:-1]) / 2
        return np.concatenate([[0.0], np.cumsum(mean)]) / self.rate_hz


def make(
    speed: np.ndarray, noise: Noise, seed: int, rate_hz: int = 1, accuracy: bool = False
) -> Stream:
    """Measure a true speed with a noisy receiver; the runner goes east."""
    rng = np.random.default_rng(seed)
    n = len(speed)
    dt = 1 / rate_hz
    mean = (speed[1:] + speed[:-1]) / 2 * dt
    east = np.concatenate([[0.0], np.cumsum(mean)]) + _process(rng, n, dt, noise.position_m, noise.position_s)
    north = _process(rng, n, dt, noise.position_m, noise.position_s)
    measured = np.abs(speed + _process(rng, n, dt, noise.speed_m_s, noise.speed_s))
    # The step counter: right to a step a minute, 1.5 s late.
    late = round(1.5 * rate_hz)
    cadence = np.array([cadence_of(v) for v in np.concatenate([np.repeat(speed[:1], late), speed])[:n]])
    cadence = np.where(cadence > 0, np.rint(cadence + rng.normal(0, 0.7, n)), 0)
    return Stream(rate_hz, speed, measured, east, north, np.ones(n, bool), cadence, 150 if accuracy else -1)


def _angle(degrees: float) -> tuple[int, int]:
    total = round(abs(degrees) * 60e6)
    sign = -1 if degrees < 0 else 1
    return sign * (total // 60_000_000), sign * (total % 60_000_000)


def _records(stream: Stream) -> Iterable[bytes]:
    """The stream as motion_trace.py reads it; a look 150 ms after each fix, and five a second."""
    period = 1000 // stream.rate_hz
    yield _RECORD.pack(_NEW, *[0] * 9)
    for i in range(len(stream.speed)):
        at = 10_000 + i * period
        lat = _angle(_LAT + stream.north[i] / _M_LAT)
        lon = _angle(_LON + stream.east[i] / _M_LON)
        yield _RECORD.pack(_STEPS, at, int(stream.cadence[i]), *[0] * 7)
        yield _RECORD.pack(
            _FIX, at, 36_000_000 + i * period, *lat, *lon, round(1000 * stream.measured[i]), stream.accuracy_mm_s,
            int(stream.valid[i]),
        )  # fmt: skip
        yield _RECORD.pack(_LOOK, at, *[0] * 8)


def ours(streams: list[Stream], runtime: str) -> list[np.ndarray]:
    """What core/motion.py makes of each stream, at each fix: columns distance m, speed m/s, raw, confidence."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "pacer").symlink_to(FIRMWARE / "pacer") if runtime != interp.WASM else _copy(folder)
        (folder / "trace.py").write_bytes((ROOT / "bench" / "motion_trace.py").read_bytes())
        with (folder / "trace.bin").open("wb") as f:
            for stream in streams:
                for record in _records(stream):
                    f.write(record)
        text = interp.run_script(runtime, "trace.py", folder, "256M")
    table = np.array([[int(v) for v in line.split()] for line in text.splitlines()], float)
    table[:, :3] /= 1000
    out, at = [], 0
    for stream in streams:
        out.append(table[at : at + len(stream.speed)])
        at += len(stream.speed)
    return out


def _copy(folder: Path) -> None:
    import shutil

    shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))


Filter = Callable[[np.ndarray, int], np.ndarray]


def boxcar(seconds: int) -> Filter:
    def run(x: np.ndarray, rate_hz: int) -> np.ndarray:
        n = seconds * rate_hz
        sums = np.concatenate([[0.0], np.cumsum(x)])
        i = np.arange(1, len(x) + 1)
        first = np.maximum(0, i - n)
        return (sums[i] - sums[first]) / (i - first)

    return run


def exponential(tau_s: float) -> Filter:
    def run(x: np.ndarray, rate_hz: int) -> np.ndarray:
        gain = 1 - math.exp(-1 / (tau_s * rate_hz))
        out = np.empty(len(x))
        value = x[0]
        for i, v in enumerate(x):
            value += gain * (v - value)
            out[i] = value
        return out

    return run


OTHERS: dict[str, Filter] = {
    "raw Doppler": lambda x, rate: x,
    "5 s boxcar": boxcar(5),
    "10 s boxcar": boxcar(10),
    "exponential 5 s": exponential(5),
}


def _positions(stream: Stream) -> np.ndarray:
    """Speed and distance from place to place: metres run at each fix."""
    hops = np.hypot(np.diff(stream.east), np.diff(stream.north))
    return np.concatenate([[0.0], np.cumsum(hops)])


def _jitter(speed: np.ndarray, skip: int) -> float:
    """Standard deviation of the pace in s/km."""
    return float((1000 / np.maximum(speed[skip:], 0.3)).std())


def _settled(speed: np.ndarray, at: int, before: float, after: float, rate_hz: int) -> float:
    """Seconds from the change until 90 % of it is shown."""
    reached = np.nonzero((speed[at:] - before) / (after - before) >= 0.9)[0]
    return (reached[0] + 1) / rate_hz if len(reached) else math.inf


@dataclass
class Figure:
    """One line of the table: ours, the same from the harder noise, and what the others make of it."""

    name: str
    value: float | None
    unit: str
    most: float | None
    harder: float | None = None
    others: dict[str, float] | None = None
    note: str = ""


def _steady(rate_hz: int, noise: Noise, seed: int, accuracy: bool) -> Stream:
    return make(np.full(1800 * rate_hz, 1000 / 333), noise, seed, rate_hz, accuracy)


_BEFORE, _AFTER = 1000 / 360, 1000 / 240
_CHANGES = 60


def _changes(rate_hz: int, noise: Noise, seed: int, accuracy: bool) -> Stream:
    """Two minutes at 6'00", half a minute at 4'00", again and again."""
    one = np.concatenate([np.full(120 * rate_hz, _BEFORE), np.full(30 * rate_hz, _AFTER)])
    return make(np.tile(one, _CHANGES), noise, seed, rate_hz, accuracy)


def _settling(speed: np.ndarray, rate_hz: int) -> float:
    """The time within which 95 % of the changes are shown."""
    period = 150 * rate_hz
    times = [
        _settled(speed[k * period : (k + 1) * period], 120 * rate_hz, _BEFORE, _AFTER, rate_hz)
        for k in range(_CHANGES)
    ]
    return float(np.percentile(times, 95))


def _road(seed: int, noise: Noise) -> Stream:
    """10 km at a pace that wanders by some percent, as on a road with hills."""
    rng = np.random.default_rng(seed + 7)
    speed = 3.0 * (1 + 0.05 * np.sin(np.arange(3334) / 97) + _process(rng, 3334, 1.0, 0.03, 40))
    return make(speed, noise, seed)


def _outage(seed: int, noise: Noise) -> Stream:
    """Ten minutes at several paces, then a minute without fix in which the pace changes, then fixes again."""
    rng = np.random.default_rng(seed + 11)
    paces = [360, 330, 300, 270, 345, 315, 285, 330]
    speed = np.concatenate([np.full(75, 1000 / p) for p in paces])
    a, b = rng.choice([340, 325, 310, 290, 275], 2, replace=False)
    hidden = np.concatenate([np.full(30, 1000 / a), np.full(30, 1000 / b)])
    after = np.full(30, 1000 / b)
    stream = make(np.concatenate([speed, hidden, after]), noise, seed)
    stream.valid[len(speed) : len(speed) + 60] = False
    return stream


def _standing(seed: int, noise: Noise) -> Stream:
    return make(np.zeros(660), noise, seed)


def pace_and_distance(runtime: str) -> list[Figure]:
    """Jitter, reaction, distance, outages and standing on simulated receivers."""
    roads, outages = 12, 24
    plan: dict[str, tuple[Stream, Stream]] = {}
    for rate, accuracy in ((1, False), (10, True)):
        plan[f"steady {rate}"] = (_steady(rate, WHITE, SEED, accuracy), _steady(rate, HARD, SEED, accuracy))
        plan[f"change {rate}"] = (_changes(rate, WHITE, SEED + 1, accuracy), _changes(rate, HARD, SEED + 1, accuracy))
    for k in range(roads):
        plan[f"road {k}"] = (_road(SEED + 20 + k, WHITE), _road(SEED + 20 + k, HARD))
    for k in range(outages):
        plan[f"outage {k}"] = (_outage(SEED + 50 + k, WHITE), _outage(SEED + 50 + k, HARD))
    plan["standing"] = (_standing(SEED + 90, WHITE), _standing(SEED + 90, HARD))
    flat = [s for pair in plan.values() for s in pair]
    results = ours(flat, runtime)
    got = {name: (results[2 * i], results[2 * i + 1]) for i, name in enumerate(plan)}
    figures = []
    for rate, most_jitter, most_s in ((1, 2.5, 4.0), (10, 1.5, 2.5)):
        label = "1 Hz" if rate == 1 else "10 Hz with sAcc"
        white, _ = plan[f"steady {rate}"]
        jitters = [_jitter(g[:, 1], 90 * rate) for g in got[f"steady {rate}"]]
        others = {n: _jitter(f(white.measured, rate), 90 * rate) for n, f in OTHERS.items()}
        figures.append(Figure(f"jitter at 5'33\"/km, {label}", jitters[0], "s/km sd", most_jitter, jitters[1], others))
        white, _ = plan[f"change {rate}"]
        times = [_settling(g[:, 1], rate) for g in got[f"change {rate}"]]
        others = {n: _settling(f(white.measured, rate), rate) for n, f in OTHERS.items()}
        figures.append(
            Figure(f"90 % of 6'00\" to 4'00\" shown (95 % of changes), {label}", times[0], "s", most_s, times[1], others)
        )
    figures.append(_road_figure(plan, got, roads))
    figures.append(_outage_figure(plan, got, outages))
    still = [float(g[-1, 0]) for g in got["standing"]]
    white, _ = plan["standing"]
    figures.append(
        Figure(
            "standing 10 min, simulated", still[0], "m", 2.0, still[1],
            {"raw Doppler": float(white.measured.sum()), "positions": float(_positions(white)[-1])},
        )  # fmt: skip
    )
    return figures


_Plan = dict[str, tuple[Stream, Stream]]
_Got = dict[str, tuple[np.ndarray, np.ndarray]]


def _road_figure(plan: _Plan, got: _Got, roads: int) -> Figure:
    def worst(measure: Callable[[int], tuple[float, float]]) -> float:
        return max(100 * abs(a / b - 1) for a, b in map(measure, range(roads)))

    def run(which: int) -> float:
        return worst(lambda k: (got[f"road {k}"][which][-1, 0] - got[f"road {k}"][which][0, 0],
                                plan[f"road {k}"][which].true_m[-1]))  # fmt: skip

    others = {
        "raw Doppler": worst(lambda k: (plan[f"road {k}"][0].measured[1:].sum(), plan[f"road {k}"][0].true_m[-1])),
        "positions": worst(lambda k: (_positions(plan[f"road {k}"][0])[-1], plan[f"road {k}"][0].true_m[-1])),
    }
    return Figure(f"distance, 10 km on the road, worst of {roads}", run(0), "%", 0.3, run(1), others)


def _outage_figure(plan: _Plan, got: _Got, outages: int) -> Figure:
    def error(k: int, which: int) -> float:
        stream, g = plan[f"outage {k}"][which], got[f"outage {k}"][which]
        a, b = 600, 661
        return 100 * abs((g[b, 0] - g[a, 0]) / (stream.true_m[b] - stream.true_m[a]) - 1)

    def held(k: int) -> float:
        """The usual way: the last speed goes on."""
        stream = plan[f"outage {k}"][0]
        a, b = 600, 661
        last = stream.measured[a - 10 : a].mean()
        return float(100 * abs(last * (b - a) / (stream.true_m[b] - stream.true_m[a]) - 1))

    values = [float(np.percentile([error(k, w) for k in range(outages)], 95)) for w in (0, 1)]
    return Figure(
        f"distance in a 60 s outage at changing pace (95 % of {outages})", values[0], "%", 2.0, values[1],
        {"last speed held": float(np.percentile([held(k) for k in range(outages)], 95))},
    )  # fmt: skip
