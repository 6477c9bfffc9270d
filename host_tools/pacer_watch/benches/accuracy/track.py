"""Laps on the track against their true length, and when the oval and the lane were known."""

import math

import numpy as np

from ...twin.oval import Oval
from ...twin.receivers import Receiver
from .figure import Figure
from .streams import (
    HARD,
    LAT,
    LON,
    M_LAT,
    M_LON,
    ON,
    RAW,
    SEED,
    WHITE,
    Stream,
    make,
    ours,
    positions,
    process,
)

_RUNS = 32  # each lane, both directions, at two paces
_LAPS = 8


def _track(seed: int, receiver: Receiver, oval: Oval, laps: float, pace_s: float) -> Stream:
    """Laps on an oval at a pace that wanders by some percent, begun anywhere on it."""
    rng = np.random.default_rng(seed)
    rate = receiver.rate_hz
    n = int((laps * oval.lap_m * pace_s / 1000 * 1.1 + 30) * rate)
    speed = 1000 / pace_s * (1 + process(rng, n, 1 / rate, 0.02, 15))
    run = np.concatenate([[0.0], np.cumsum(speed[1:] + speed[:-1]) / 2 / rate])
    start = rng.uniform(0, oval.lap_m)
    lat, lon, course = np.array([oval.place(start + d) for d in run]).T
    path = np.stack([(lon - LON) * M_LON, (lat - LAT) * M_LAT, np.radians(90 - course)])
    keep = int(np.searchsorted(run, laps * oval.lap_m)) + 2
    return make(speed[:keep], receiver, seed, path=path[:, :keep])


def _pressed(stream: Stream, lap_m: float, seed: int) -> Stream:
    """The same run with a lap press at the line, 0.2 s (1 sigma) off."""
    rng = np.random.default_rng(seed)
    marks = np.arange(int(stream.true_m[-1] / lap_m) + 1) * lap_m
    at = np.interp(marks, stream.true_m, np.arange(len(stream.speed)) / stream.rate_hz)
    stream.presses_s = tuple(np.maximum(0.2, at + rng.normal(0, 0.2, len(at))))
    return stream


def press_errors(stream: Stream, shown_m: np.ndarray, lap_m: float) -> np.ndarray:
    """Distance between two presses as the watch has it, less the true lap.

    What the watch shows at the first look after a press is later than the press: the truth of that while is taken off.
    """
    out = []
    for at in stream.presses_s:
        i = int(np.ceil(at * stream.rate_hz))
        if i >= len(shown_m):
            break
        true = np.interp(at * stream.rate_hz, np.arange(len(stream.speed)), stream.true_m)
        out.append(shown_m[i] - (stream.looked_m[i] - true))
    return np.asarray(np.diff(out) - lap_m)


def lap_errors(stream: Stream, shown_m: np.ndarray, lap_m: float) -> np.ndarray:
    """Measured less true length of each full lap from the start, in metres."""
    marks = np.arange(int(stream.true_m[-1] / lap_m) + 1) * lap_m
    return np.asarray(np.diff(np.interp(marks, stream.looked_m, shown_m)) - lap_m)


_Runs = list[tuple[Stream, Oval]]
_Shown = list[np.ndarray]  # what the watch made of each


def _plan() -> dict[str, _Runs]:
    """The runs, by name: with and without presses, a harder receiver, ten fixes a second, a low one, 25 laps."""
    paces = (270.0, 330.0, 210.0, 300.0)
    ovals = [Oval(k % 8 + 1, turn_deg=37.0 * k % 180, clockwise=k // 8 % 2 == 1) for k in range(_RUNS)]

    def runs(receiver: Receiver) -> _Runs:
        return [(_track(SEED + 200 + k, receiver, o, _LAPS + 0.1, paces[k % 4]), o) for k, o in enumerate(ovals)]

    def long(receiver: Receiver) -> _Runs:
        return [(_track(SEED + 300 + k, receiver, Oval(), 25.05, 240), Oval()) for k in range(8)]

    def pressed(receiver: Receiver) -> _Runs:
        return [(_pressed(s, o.lap_m, k), o) for k, (s, o) in enumerate(runs(receiver))]

    low = runs(WHITE)
    for k, (s, _) in enumerate(low):
        s.measured = s.measured * 0.985
        s.named_lane = k % 8 + 1
    return {
        "white": runs(WHITE), "hard": runs(HARD), "10 Hz": runs(RAW)[::2], "pressed": pressed(WHITE),
        "pressed hard": pressed(HARD), "low": low, "long": long(WHITE), "long hard": long(HARD),
    }  # fmt: skip


def tracks(runtime: str) -> list[Figure]:
    """Each lane, both directions, at four paces."""
    plan = _plan()
    flat = ours([s for runs in plan.values() for s, _ in runs], runtime)
    got: dict[str, _Shown] = {}
    for name, runs in plan.items():
        got[name], flat = flat[: len(runs)], flat[len(runs) :]

    def laps(name: str, first: int = 1) -> float:
        return _laps_off(plan[name], got[name], first)

    known = [_known_after(s, o, g) for (s, o), g in zip(plan["white"], got["white"], strict=True)]
    lanes = sum(int(g[-1, 5]) == k % 8 + 1 for k, g in enumerate(got["white"]))
    lap = "one lap, lanes 1 to 8, both directions, from lap 2 on (95 %)"
    return [
        Figure(f"{lap}, a press at the line each lap", laps("pressed"), "m", 2.0, _others(plan["pressed"])),
        Figure(f"{lap}, a press at the line each lap, 0.15 m/s held 3 s", laps("pressed hard"), "m", None),
        Figure(f"{lap}, no presses, 1 Hz", laps("white"), "m", 2.0, _others(plan["white"])),
        Figure(f"{lap}, no presses, 0.15 m/s held 3 s", laps("hard"), "m", None, _others(plan["hard"])),
        Figure(f"{lap}, no presses, 10 Hz", laps("10 Hz"), "m", 2.0, _others(plan["10 Hz"])),
        Figure("the same from lap 5 on, a receiver that reads 1.5 % low, lane named, 1 Hz", laps("low", 4), "m", None,
               _others(plan["low"], 4)),
        Figure("25 laps, worst of 8", _total_off(plan["long"], got["long"]), "%", 0.1),
        Figure("25 laps, worst of 8, 0.15 m/s held 3 s", _total_off(plan["long hard"], got["long hard"]), "%", None),
        Figure("oval known after (95 %)", float(np.percentile(known, 95)), "laps", 1.5),
        Figure(f"lane right after {_LAPS} laps", 100 * lanes / _RUNS, "% of runs", None),
    ]  # fmt: skip


def _laps_off(runs: _Runs, shown: _Shown, first: int) -> float:
    """Metres that a lap is off in 95 % of them, of those from number `first` on."""
    errors = [
        (press_errors if s.presses_s else lap_errors)(s, g[:, 0], o.lap_m)[first:]
        for (s, o), g in zip(runs, shown, strict=True)
    ]
    return float(np.percentile(np.abs(np.concatenate(errors)), 95))


def _others(runs: _Runs, first: int = 1) -> dict[str, float]:
    """The same of the usual ways."""
    both: dict[str, list[np.ndarray]] = {"raw Doppler": [], "positions": []}
    for s, o in runs:
        doppler = np.concatenate([[0.0], np.cumsum(s.measured[1:] + s.measured[:-1]) / 2 / s.rate_hz])
        both["raw Doppler"].append(lap_errors(s, doppler, o.lap_m)[first:])
        both["positions"].append(lap_errors(s, positions(s), o.lap_m)[first:])
    return {k: float(np.percentile(np.abs(np.concatenate(v)), 95)) for k, v in both.items()}


def _total_off(runs: _Runs, shown: _Shown) -> float:
    """Per cent that the whole distance is off, at worst."""
    pairs = zip(runs, shown, strict=True)
    return max(abs(100 * float(g[-1, 0] - g[0, 0]) / float(s.true_m[-1]) - 100) for (s, _), g in pairs)


def _known_after(s: Stream, o: Oval, shown: np.ndarray) -> float:
    """Laps run when the watch was sure of the oval."""
    on = np.nonzero(shown[:, 4] == ON)[0]
    return float(s.true_m[on[0]] / o.lap_m) if len(on) else math.inf
