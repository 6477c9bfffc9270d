"""Distance against the truth: roads, outages, standing, and what comes before the first fix or beside a frozen one."""

from collections.abc import Callable

import numpy as np

from ...twin.receivers import Receiver
from .figure import Figure
from .pace import KINDS
from .streams import SEED, WHITE, Stream, make, ours, positions, process

_ROADS = 6
_OUTAGES = 24
_HIDDEN_S = 600, 661  # an outage, and the first fix behind it


def _road(seed: int, receiver: Receiver) -> Stream:
    """10 km at a pace that wanders by some percent, as on a road with hills."""
    rng = np.random.default_rng(seed)
    rate = receiver.rate_hz
    n = 3334 * rate
    speed = 3.0 * (1 + 0.05 * np.sin(np.arange(n) / rate / 97) + process(rng, n, 1 / rate, 0.03, 40))
    return make(speed, receiver, seed)


def _outage(seed: int) -> Stream:
    """Ten minutes at several paces, then a minute without fix in which the pace changes, then fixes again."""
    rng = np.random.default_rng(seed)
    paces = [360, 330, 300, 270, 345, 315, 285, 330]
    speed = np.concatenate([np.full(75, 1000 / p) for p in paces])
    a, b = rng.choice([340, 325, 310, 290, 275], 2, replace=False)
    hidden = np.concatenate([np.full(30, 1000 / a), np.full(30, 1000 / b)])
    after = np.full(30, 1000 / b)
    stream = make(np.concatenate([speed, hidden, after]), WHITE, seed)
    stream.valid[len(speed) : len(speed) + 60] = False
    return stream


def _percent(shown_m: float, true_m: float) -> float:
    return 100 * abs(shown_m / true_m - 1)


def distances(runtime: str) -> list[Figure]:
    """All figures of distance."""
    return [*_roads(runtime), _outages(runtime), *_standing(runtime)]


def _roads(runtime: str) -> list[Figure]:
    figures = []
    for k, kind in enumerate(KINDS):
        roads = [_road(SEED + 20 + 10 * k + i, kind.receiver) for i in range(_ROADS)]
        got = ours(roads, runtime)

        def worst(run_m: Callable[[int], float], roads: list[Stream] = roads) -> float:
            return max(_percent(run_m(i), float(s.true_m[-1])) for i, s in enumerate(roads))

        def run(i: int, got: list[np.ndarray] = got) -> float:
            return float(got[i][-1, 0] - got[i][0, 0])

        def doppler(i: int, roads: list[Stream] = roads) -> float:
            return float(roads[i].measured[1:].sum()) / roads[i].rate_hz

        def places(i: int, roads: list[Stream] = roads) -> float:
            return float(positions(roads[i])[-1])

        others = {"raw Doppler": worst(doppler), "positions": worst(places)}
        figures.append(Figure(f"10 km on the road, worst of {_ROADS}, {kind.name}", worst(run), "%", 0.3, others))
    return figures


def _outages(runtime: str) -> Figure:
    streams = [_outage(SEED + 50 + k) for k in range(_OUTAGES)]
    a, b = _HIDDEN_S

    def late(run_m: Callable[[int], float]) -> float:
        off = [_percent(run_m(k), float(s.looked_m[b] - s.looked_m[a])) for k, s in enumerate(streams)]
        return float(np.percentile(off, 95))

    got = ours(streams, runtime)
    held = late(lambda k: float(streams[k].measured[a - 10 : a].mean()) * (b - a))
    return Figure(
        f"distance in a 60 s outage at changing pace (95 % of {_OUTAGES})",
        late(lambda k: float(got[k][b, 0] - got[k][a, 0])), "%", None, {"last speed held": held},
        note="was 2 % with steps that gave the speed exactly",
    )  # fmt: skip


def _standing(runtime: str) -> list[Figure]:
    figures = []
    for k, kind in enumerate(KINDS):
        if kind.receiver.arm:
            continue
        still = make(np.zeros(660 * kind.receiver.rate_hz), kind.receiver, SEED + 90 + k)
        others = {
            "raw Doppler": float(still.measured.sum()) / still.rate_hz,
            "positions": float(positions(still)[-1]),
        }
        (got,) = ours([still], runtime)
        figures.append(Figure(f"standing 10 min, {kind.name}", float(got[-1, 0]), "m", 2.0, others))
    return figures
