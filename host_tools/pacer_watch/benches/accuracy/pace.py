"""Pace and distance: jitter, reaction, the road, outages, standing; beside the usual filters."""

import math
from collections.abc import Callable

import numpy as np

from .figure import Figure
from .streams import HARD, SEED, WHITE, Noise, Stream, make, ours, positions, process

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


def jitter(speed: np.ndarray, skip: int) -> float:
    """Standard deviation of the pace in s/km."""
    return float((1000 / np.maximum(speed[skip:], 0.3)).std())


def settled(speed: np.ndarray, at: int, before: float, after: float, rate_hz: int) -> float:
    """Seconds from the change until 90 % of it is shown."""
    reached = np.nonzero((speed[at:] - before) / (after - before) >= 0.9)[0]
    return (reached[0] + 1) / rate_hz if len(reached) else math.inf


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
        settled(speed[k * period : (k + 1) * period], 120 * rate_hz, _BEFORE, _AFTER, rate_hz) for k in range(_CHANGES)
    ]
    return float(np.percentile(times, 95))


def _road(seed: int, noise: Noise) -> Stream:
    """10 km at a pace that wanders by some percent, as on a road with hills."""
    rng = np.random.default_rng(seed + 7)
    speed = 3.0 * (1 + 0.05 * np.sin(np.arange(3334) / 97) + process(rng, 3334, 1.0, 0.03, 40))
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


_Plan = dict[str, tuple[Stream, Stream]]
_Got = dict[str, tuple[np.ndarray, np.ndarray]]


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
        jitters = [jitter(g[:, 1], 90 * rate) for g in got[f"steady {rate}"]]
        others = {n: jitter(f(white.measured, rate), 90 * rate) for n, f in OTHERS.items()}
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
            {"raw Doppler": float(white.measured.sum()), "positions": float(positions(white)[-1])},
        )
    )
    return figures


def _road_figure(plan: _Plan, got: _Got, roads: int) -> Figure:
    def worst(measure: Callable[[int], tuple[float, float]]) -> float:
        return max(100 * abs(a / b - 1) for a, b in map(measure, range(roads)))

    def run(which: int) -> float:
        return worst(lambda k: (got[f"road {k}"][which][-1, 0] - got[f"road {k}"][which][0, 0],
                                plan[f"road {k}"][which].true_m[-1]))  # fmt: skip

    others = {
        "raw Doppler": worst(lambda k: (plan[f"road {k}"][0].measured[1:].sum(), plan[f"road {k}"][0].true_m[-1])),
        "positions": worst(lambda k: (positions(plan[f"road {k}"][0])[-1], plan[f"road {k}"][0].true_m[-1])),
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
