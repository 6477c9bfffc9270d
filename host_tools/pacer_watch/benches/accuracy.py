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
from typing import TypeVar

import numpy as np

from .. import FIRMWARE, ROOT
from ..twin import interp, recording, session
from ..twin.oval import Oval
from ..twin.runner import RecordedRunner, cadence_of
from . import wrists

_T = TypeVar("_T")
SEED = 20261123
_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_RECORD = struct.Struct("<10i")
_FIX, _STEPS, _LOOK, _NEW, _PRESS, _NAME = 1, 2, 3, 4, 5, 6
_LAT, _LON = 51.5, 4.3
_M_LAT, _M_LON = 111_258.0, 69_488.0  # metres a degree there


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
        lat = _angle(_LAT + stream.north[i] / _M_LAT)
        lon = _angle(_LON + stream.east[i] / _M_LON)
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
    for some in _portions(streams, runtime):
        data = b"".join(record for stream in some for record in _records(stream))
        text = _trace("motion_trace.py", "trace.bin", data, runtime)
        table = np.array([[int(v) for v in line.split()] for line in text.splitlines()], float)
        table[:, :3] /= 1000
        at = 0
        for stream in some:
            out.append(table[at : at + len(stream.speed)])
            at += len(stream.speed)
    return out


def _portions(streams: list[_T], runtime: str) -> list[list[_T]]:
    """All in one run; in WebAssembly one by one, since nothing is collected there."""
    return [[s] for s in streams] if runtime == interp.WASM else [streams]


def _trace(script: str, name: str, data: bytes, runtime: str) -> str:
    """Run one of scripts/ on an interpreter, with the firmware and a file of input beside it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _copy(folder)
        (folder / script).write_bytes((_SCRIPTS / script).read_bytes())
        (folder / name).write_bytes(data)
        return interp.run_script(runtime, script, folder, "256M" if runtime == interp.WASM else "8M")


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
        return np.asarray((sums[i] - sums[first]) / (i - first))

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


def _track(seed: int, noise: Noise, oval: Oval, laps: float, pace_s: float, rate_hz: int = 1) -> Stream:
    """Laps on an oval at a pace that wanders by some percent, begun anywhere on it."""
    rng = np.random.default_rng(seed)
    dt = 1 / rate_hz
    n = int((laps * oval.lap_m * pace_s / 1000 * 1.1 + 30) * rate_hz)
    speed = 1000 / pace_s * (1 + _process(rng, n, dt, 0.02, 15))
    stream = make(speed, noise, seed, rate_hz, rate_hz > 1)
    start = rng.uniform(0, oval.lap_m)
    lat, lon, _ = np.array([oval.place(start + d) for d in stream.true_m]).T
    stream.east = (lon - _LON) * _M_LON + _process(rng, n, dt, noise.position_m, noise.position_s)
    stream.north = (lat - _LAT) * _M_LAT + _process(rng, n, dt, noise.position_m, noise.position_s)
    keep = int(np.searchsorted(stream.true_m, laps * oval.lap_m)) + 2
    for name in ("speed", "measured", "east", "north", "valid", "cadence"):
        setattr(stream, name, getattr(stream, name)[:keep])
    return stream


def _pressed(stream: Stream, lap_m: float, seed: int) -> Stream:
    """The same run with a lap press at the line, 0.2 s (1 sigma) off."""
    rng = np.random.default_rng(seed)
    marks = np.arange(int(stream.true_m[-1] / lap_m) + 1) * lap_m
    at = np.interp(marks, stream.true_m, np.arange(len(stream.speed)) / stream.rate_hz)
    stream.presses_s = tuple(np.maximum(0.2, at + rng.normal(0, 0.2, len(at))))
    return stream


def _press_errors(stream: Stream, shown_m: np.ndarray, lap_m: float) -> np.ndarray:
    """Distance between two presses as the watch has it, less the true lap.

    What the watch shows at the first fix after a press is later than the press: the truth of that while is taken off.
    """
    out = []
    for at in stream.presses_s:
        i = int(np.ceil(at * stream.rate_hz))
        if i >= len(shown_m):
            break
        true = np.interp(at * stream.rate_hz, np.arange(len(stream.speed)), stream.true_m)
        out.append(shown_m[i] - (stream.true_m[i] - true))
    return np.asarray(np.diff(out) - lap_m)


def _lap_errors(stream: Stream, shown_m: np.ndarray, lap_m: float) -> np.ndarray:
    """Measured less true length of each full lap from the start, in metres."""
    marks = np.arange(int(stream.true_m[-1] / lap_m) + 1) * lap_m
    return np.asarray(np.diff(np.interp(marks, stream.true_m, shown_m)) - lap_m)


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
    least: bool = False  # `most` is the least that it should be

    @property
    def ok(self) -> bool | None:
        if self.value is None or self.most is None:
            return None
        return bool(self.value >= self.most if self.least else self.value <= self.most)


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
        _settled(speed[k * period : (k + 1) * period], 120 * rate_hz, _BEFORE, _AFTER, rate_hz) for k in range(_CHANGES)
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
            Figure(
                f"90 % of 6'00\" to 4'00\" shown (95 % of changes), {label}", times[0], "s", most_s, times[1], others
            )
        )
    figures.append(_road_figure(plan, got, roads))
    figures.append(_outage_figure(plan, got, outages))
    still = [float(g[-1, 0]) for g in got["standing"]]
    white, _ = plan["standing"]
    figures.append(
        Figure(
            "standing 10 min, simulated",
            still[0],
            "m",
            2.0,
            still[1],
            {"raw Doppler": float(white.measured.sum()), "positions": float(_positions(white)[-1])},
        )
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
        return float(100 * abs((g[b, 0] - g[a, 0]) / (stream.true_m[b] - stream.true_m[a]) - 1))

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


_RUNS = 32  # each lane, both directions, at two paces
_LAPS = 8
_ON = 4


def tracks(runtime: str) -> list[Figure]:
    """Laps on the track against their true length, and when the oval and the lane were known."""
    paces = (270.0, 330.0, 210.0, 300.0)
    ovals = [Oval(k % 8 + 1, turn_deg=37.0 * k % 180, clockwise=k // 8 % 2 == 1) for k in range(_RUNS)]

    def runs(noise: Noise, rate_hz: int = 1) -> list[Stream]:
        return [_track(SEED + 200 + k, noise, ovals[k], _LAPS + 0.1, paces[k % 4], rate_hz) for k in range(_RUNS)]

    plan = {"white": runs(WHITE), "hard": runs(HARD), "10 Hz": runs(WHITE, 10)[::2]}
    plan["pressed"] = [_pressed(s, o.lap_m, k) for k, (s, o) in enumerate(zip(runs(WHITE), ovals, strict=True))]
    plan["pressed hard"] = [_pressed(s, o.lap_m, k) for k, (s, o) in enumerate(zip(runs(HARD), ovals, strict=True))]
    plan["short"] = runs(WHITE)
    for k, s in enumerate(plan["short"]):
        s.measured = s.measured * 0.985
        s.named_lane = k % 8 + 1
    home = Oval()
    plan["long"] = [_track(SEED + 300 + k, WHITE, home, 25.05, 240) for k in range(8)]
    plan["long hard"] = [_track(SEED + 300 + k, HARD, home, 25.05, 240) for k in range(8)]
    flat = ours([s for part in plan.values() for s in part], runtime)
    got: dict[str, list[np.ndarray]] = {}
    for name, part in plan.items():
        got[name], flat = flat[: len(part)], flat[len(part) :]

    def laps(name: str, first: int = 1) -> float:
        every = 2 if name == "10 Hz" else 1
        errors = [
            (_press_errors if s.presses_s else _lap_errors)(s, g[:, 0], o.lap_m)[first:]
            for s, g, o in zip(plan[name], got[name], ovals[::every], strict=True)
        ]
        return float(np.percentile(np.abs(np.concatenate(errors)), 95))

    def others(name: str, first: int = 1) -> dict[str, float]:
        every = 2 if name == "10 Hz" else 1
        both: dict[str, list[np.ndarray]] = {"raw Doppler": [], "positions": []}
        for s, o in zip(plan[name], ovals[::every], strict=True):
            doppler = np.concatenate([[0.0], np.cumsum(s.measured[1:] + s.measured[:-1]) / 2 / s.rate_hz])
            both["raw Doppler"].append(_lap_errors(s, doppler, o.lap_m)[first:])
            both["positions"].append(_lap_errors(s, _positions(s), o.lap_m)[first:])
        return {k: float(np.percentile(np.abs(np.concatenate(v)), 95)) for k, v in both.items()}

    def total(name: str) -> float:
        runs = zip(plan[name], got[name], strict=True)
        return max(abs(100 * float(g[-1, 0] - g[0, 0]) / float(s.true_m[-1]) - 100) for s, g in runs)

    def known(k: int) -> float:
        """Laps run when the watch was sure of the oval."""
        on = np.nonzero(got["white"][k][:, 4] == _ON)[0]
        return float(plan["white"][k].true_m[on[0]] / ovals[k].lap_m) if len(on) else math.inf

    lanes = sum(int(g[-1, 5]) == k % 8 + 1 for k, g in enumerate(got["white"]))
    lap = "one lap, lanes 1 to 8, both directions, from lap 2 on (95 %)"
    return [
        Figure(f"{lap}, a press at the line each lap", laps("pressed"), "m", 2.0, laps("pressed hard"),
               others("pressed")),
        Figure(f"{lap}, no presses, 1 Hz", laps("white"), "m", 2.0, laps("hard"), others("white")),
        Figure(f"{lap}, no presses, 10 Hz", laps("10 Hz"), "m", 2.0, None, others("10 Hz")),
        Figure("the same from lap 5 on, a receiver that reads 1.5 % low, lane named, 1 Hz", laps("short", 4), "m", None,
               None, others("short", 4)),
        Figure("25 laps, worst of 8", total("long"), "%", 0.1, total("long hard")),
        Figure("oval known after (95 %)", float(np.percentile([known(k) for k in range(_RUNS)], 95)), "laps", 1.5),
        Figure(f"lane right after {_LAPS} laps", 100 * lanes / _RUNS, "% of runs", None),
    ]  # fmt: skip


def cadences(streams: list[tuple[int, np.ndarray]], runtime: str) -> list[np.ndarray]:
    """What core/cadence.py says four times a second of each stream (rate in Hz, samples in 1/4096 g)."""
    out = []
    for some in _portions(streams, runtime):
        data = b"".join(struct.pack("<ii", rate, len(x)) + x.astype("<i2").tobytes() for rate, x in some)
        text = _trace("cadence_trace.py", "samples.bin", data, runtime)
        out += [np.array([int(x.split()[0]) for x in part.split("\n") if x]) for part in text.split("-\n")[:-1]]
    return out


_WRISTS = 30
_WRIST_S = 40
_SETTLE_S = 5
_CHANGE_S = 15


def _reached(quarters: np.ndarray, after: float) -> float:
    """Seconds from the end of the change until the cadence is right and stays so."""
    wrong = np.nonzero(np.abs(quarters[4 * _CHANGE_S :] - after) > 3)[0]
    return (wrong[-1] + 2) / 4 if len(wrong) else 0.25


def cadence(runtime: str) -> list[Figure]:
    """Synthetic wrists at 25, 50 and 104 Hz, fidgeting, a bus, and the wrists of BasicMotions."""
    rates = (25, 50, 104)
    truth, streams = [], []
    for rate in rates:
        for k in range(_WRISTS):
            rng = np.random.default_rng(SEED + 1000 + k)
            running = k % 3 > 0
            base = rng.uniform(145, 215) if running else rng.uniform(85, 135)
            spm = base + np.cumsum(rng.normal(0, 0.5, _WRIST_S))
            truth.append(spm)
            streams.append((rate, wrists.stride(rng, rate, spm, running)))
    for k in range(8):
        rng = np.random.default_rng(SEED + 2000 + k)
        streams.append((50, (wrists.fidget if k % 2 else wrists.bus)(rng, 50, 60)))
    motions = wrists.basic_motions()
    labels = sorted(motions) if motions else []
    for label in labels:
        streams += [(10, x) for x in motions[label]] if motions else []
    at_change = len(streams)
    changes = ((165, 185), (185, 160), (150, 190), (172, 180))
    for rate in rates:
        for k, (before, after) in enumerate(4 * changes):
            spm = np.repeat([float(before), float(after)], _CHANGE_S)
            streams.append((rate, wrists.stride(np.random.default_rng(SEED + 3000 + k), rate, spm, True)))
    quarters = cadences(streams, runtime)
    got = [x[3::4] for x in quarters]
    figures = []
    octaves = 0
    late = [_reached(x, (4 * changes)[k % 16][1]) for k, x in enumerate(quarters[at_change:])]
    for i, rate in enumerate(rates):
        errors = []
        for k in range(_WRISTS):
            said = got[i * _WRISTS + k][_SETTLE_S:_WRIST_S]
            true = truth[i * _WRISTS + k][_SETTLE_S : _SETTLE_S + len(said)]
            errors.append(np.abs(said - true))
            octaves += int(((np.abs(said - true / 2) < 8) | (np.abs(said - 2 * true) < 12)).sum())
        within = 100 * float((np.concatenate(errors) <= 2).mean())
        figures.append(
            Figure(f"cadence within 2 spm, synthetic wrists at {rate} Hz", within, "% of seconds", 95.0, least=True)
        )
    figures.append(
        Figure("a change of cadence shown within 3 spm after (95 %)", float(np.percentile(late, 95)), "s", 2.0)
    )
    figures.append(Figure("seconds an octave off, all synthetic wrists", octaves, "s", 0))
    still = got[len(rates) * _WRISTS : len(rates) * _WRISTS + 8]
    moving = sum(int((x[_SETTLE_S:] > 0).sum()) for x in still)
    total = sum(len(x) - _SETTLE_S for x in still)
    figures.append(Figure("steps seen while fidgeting or on a bus", 100 * moving / total, "% of seconds", None))
    at = len(rates) * _WRISTS + 8
    ranges = {"running": (140, 200), "walking": (80, 140), "standing": (0, 0)}
    for label, (low, high) in ranges.items():
        name = f"BasicMotions {label}: median within {low} to {high}" if high else f"BasicMotions {label}: median 0"
        if not motions:
            figures.append(Figure(name, None, "%", None, note="pip install --no-deps aeon brings its data"))
            continue
        start = at + sum(len(motions[x]) for x in labels[: labels.index(label)])
        medians = [float(np.median(x[-3:])) for x in got[start : start + len(motions[label])]]
        share = 100 * sum(low <= m <= high for m in medians) / len(medians)
        figures.append(Figure(name, share, "% of wrists", 100.0, least=True))
    return figures


def recordings(runtime: str, data: Path) -> list[Figure]:
    """Standing by the receivers' own logs, and the foot pod that ran along."""
    figures = []
    if not data.is_dir():
        return [Figure("real recordings", None, "", None, note=f"not found at {data}")]
    for path in sorted((data / "nmea").glob("*.log")):
        try:
            source = recording.read(path)
        except recording.Unreadable:
            continue
        result = session.run("- lap\n", source.person, source.talker, runtime=runtime,
                             limit_us=int((source.length_s + 60) * 1e6))  # fmt: skip
        end = next((e for e in result.events if e.kind == "end"), None)
        figures.append(Figure(f"standing, {path.name}", end.distance_mm / 1000 if end else None, "m", 2.0))
    figures.append(_false_tracks(runtime, data))
    return figures + _foot_pod(runtime, data / "fit" / "developer-types-sample.fit")


def _false_tracks(runtime: str, data: Path) -> Figure:
    """Runs on the road: an oval seen there is a mistake."""
    streams = []
    for path in sorted([*data.glob("fit/*.fit"), *data.glob("tcx/*.tcx"), *data.glob("gpx/*.gpx")]):
        try:
            source = recording.read(path)
            person = source.person
        except recording.Unreadable:
            continue
        if not isinstance(person, RecordedRunner):
            continue
        seen = [person.observe(int(s * 1e6)) for s in range(16, int(source.length_s))]
        valid = np.array([o.lat_deg is not None for o in seen])
        lat = np.array([o.lat_deg if o.lat_deg is not None else math.nan for o in seen])
        lon = np.array([o.lon_deg if o.lat_deg is not None else math.nan for o in seen])
        first = int(np.nonzero(valid)[0][0])
        speed = np.array([o.speed_m_s for o in seen])
        north = np.nan_to_num((lat - lat[first]) * _M_LAT)
        east = np.nan_to_num((lon - lon[first]) * 111_320 * math.cos(math.radians(lat[first])))
        streams.append(Stream(1, speed, speed, east, north, valid, np.full(len(seen), -1)))
    found = sum(int((g[:, 4] == _ON).any()) for g in ours(streams, runtime))
    return Figure(f"tracks recognised in {len(streams)} road recordings", found, "", 0)


def _foot_pod(runtime: str, path: Path) -> list[Figure]:
    """Our speed against the foot pod's, beside the watch's own GPS speed against it, at lags of 0 to 10 s."""
    import fitdecode

    pod, gps = [], []
    track = recording.Track()
    with fitdecode.FitReader(str(path)) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record":
                values = {f.name: f.value for f in frame.fields}
                before = len(track.seconds)
                track.add(
                    frame.get_value("timestamp"), values["position_lat"], values["position_long"], None, None, None
                )
                if len(track.seconds) > before:
                    pod.append(float(values["Speed"] or 0))
                    gps.append((float(values["enhanced_speed"] or 0), 2.0 * float(values["cadence"] or 0)))
    measured = np.array([g for g, _ in gps])
    scale = 180 / 2**31
    places = np.array(track.places) * scale
    north = (places[:, 0] - places[0, 0]) * _M_LAT
    east = (places[:, 1] - places[0, 1]) * 111_320 * math.cos(math.radians(places[0, 0]))
    stream = Stream(1, measured, measured, east, north, np.ones(len(pod), bool), np.array([c for _, c in gps]))
    shown = ours([stream], runtime)[0][:, 1]
    truth = np.array(pod)

    def error(x: np.ndarray, lag: int) -> float:
        d = x[lag:] - truth[: len(truth) - lag]
        return float(np.sqrt((d[60:] ** 2).mean()))

    return [
        Figure(
            f"error against the foot pod at a lag of {lag} s",
            error(shown, lag),
            "m/s rms",
            error(measured, lag),
            others={"the watch's own GPS": error(measured, lag)},
        )
        for lag in range(11)
    ]


def bench(runtime: str | None = None, data: Path | None = None) -> list[Figure]:
    """All figures of `pacer bench accuracy`."""
    chosen = interp.choose(runtime)
    found = pace_and_distance(chosen) + tracks(chosen) + cadence(chosen)
    return found + recordings(chosen, data or ROOT.parent / "shared" / "data")
