"""The shown pace: how steady it is, and how true after a change, on each kind of receiver, beside the usual filters."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...twin.receivers import Receiver
from .figure import Figure
from .streams import ARM, HARD, RAW, SEED, WATCH, WHITE, Stream, make, ours

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


@dataclass(frozen=True)
class Kind:
    """A kind of receiver in the table, and what it should reach: s/km, s; None where nothing was set."""

    name: str
    receiver: Receiver
    jitter: float | None
    after: float | None
    told_s: float | None  # a drift of 10 s/km


KINDS = (
    Kind("raw 10 Hz", RAW, 1.5, 3, 15),
    Kind("10 Hz on a running arm", ARM, 1.5, 5, 20),
    Kind("watch-like 1 Hz", WATCH, 5, 8, 90),
    Kind("white 1 Hz", WHITE, 2.5, 4, 30),
    Kind("0.15 m/s held 3 s, 1 Hz", HARD, None, None, None),
)
_STEADY_S = 1200
_SETTLED_S = 90
_CADENCES = (165.0, 172.0, 178.0, 179.0, 180.0, 184.0)  # at 3 m/s; 180 is the one that 1 Hz cannot see
_BEFORE, _AFTER = 1000 / 360, 1000 / 240
_BEFORE_S, _AFTER_S = 120, 30
_CHANGES = 10  # in each run


def jitter(speed: np.ndarray, skip: int) -> float:
    """Standard deviation of the pace in s/km."""
    return float((1000 / np.maximum(speed[skip:], 0.3)).std())


def pace_error(shown: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Seconds a km that the shown pace is off."""
    return np.asarray(1000 / np.maximum(shown, 0.3) - 1000 / true)


def _rms(parts: list[np.ndarray]) -> float:
    return float(np.sqrt((np.concatenate(parts) ** 2).mean()))


def after_changes(stream: Stream, shown: np.ndarray, from_s: int, to_s: int) -> list[np.ndarray]:
    """Errors of the pace in s/km, from_s to to_s after each change from 6'00" to 4'00"."""
    rate = stream.rate_hz
    error = pace_error(shown, stream.speed)
    period = (_BEFORE_S + _AFTER_S) * rate
    starts = [k * period + _BEFORE_S * rate for k in range(_CHANGES)]
    return [error[s + from_s * rate : s + to_s * rate] for s in starts]


def _changing(receiver: Receiver, seed: int, spm: float) -> Stream:
    """Two minutes at 6'00", half a minute at 4'00", again and again."""
    rate = receiver.rate_hz
    one = np.concatenate([np.full(_BEFORE_S * rate, _BEFORE), np.full(_AFTER_S * rate, _AFTER)])
    return make(np.tile(one, _CHANGES), receiver, seed, spm=spm)


def paces(runtime: str) -> list[Figure]:
    """Jitter at one pace and errors after a change, of each kind of receiver."""
    figures = []
    for k, kind in enumerate(KINDS):
        rate = kind.receiver.rate_hz
        seed = SEED + 1000 * k
        flat = np.full(_STEADY_S * rate, 1000 / 333)
        steady = [make(flat, kind.receiver, seed + i, spm=spm) for i, spm in enumerate(_CADENCES)]
        changing = [_changing(kind.receiver, seed + 50 + i, spm) for i, spm in enumerate(_CADENCES)]
        got = [g[:, 1] for g in ours(steady + changing, runtime)]
        shown: dict[str, list[np.ndarray]] = {"": got}
        shown |= {n: [f(s.measured, rate) for s in steady + changing] for n, f in OTHERS.items()}

        def of(
            measure: Callable[[list[np.ndarray]], float], shown: dict[str, list[np.ndarray]] = shown
        ) -> dict[str, float]:
            return {name: measure(x) for name, x in shown.items()}

        def steadiness(x: list[np.ndarray], n: int = len(steady), skip: int = _SETTLED_S * rate) -> float:
            return math.sqrt(float(np.mean([jitter(v, skip) ** 2 for v in x[:n]])))

        rows = [(f"jitter at 5'33\"/km, {kind.name}", of(steadiness), "s/km sd", kind.jitter)]
        for from_s, to_s, most in ((0, 10, None), (10, 30, kind.after)):

            def off(x: list[np.ndarray], a: int = from_s, b: int = to_s, changing: list[Stream] = changing) -> float:
                tail = x[len(x) - len(changing) :]
                return _rms([e for s, v in zip(changing, tail, strict=True) for e in after_changes(s, v, a, b)])

            rows.append((f"off {from_s} to {to_s} s after 6'00\" to 4'00\", {kind.name}", of(off), "s/km rms", most))
        for name, values, unit, most in rows:
            figures.append(Figure(name, values.pop(""), unit, most, values))
    return figures
