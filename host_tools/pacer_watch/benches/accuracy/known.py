"""Laps and reps of a runner who weaves, on an oval that the watch knows before the run, some way off.

The lane is not named. What a lap counts is the way along the lane, however the runner weaves.
"""

import math

import numpy as np

from ...twin.oval import Oval
from ...twin.receivers import Receiver
from .figure import Figure
from .streams import LAT, LON, M_LAT, M_LON, RAW, SEED, WHITE, Stream, angle_fields, make, ours, process

_RUNS = 32  # each lane, both directions, at four paces
_LAPS = 8
_PACES = (270.0, 330.0, 210.0, 300.0)
_WEAVE_M, _WEAVE_S = 0.3, 10.0
_WAIT_S = 60.0  # for the receiver, before the run
_START_S = 2.0  # to come to speed
_OFF_M, _OFF_DEG = 1.5, 1.0  # of the oval as the watch knows it
_JOG_M_S, _SPRINT_M_S = 2.8, 5.5
_JOG_M, _SPRINT_M = 200.0, 200.0
_PAST_M = 15.0
_SPRINTS = 6


def weaving(seed: int, receiver: Receiver, oval: Oval, speed: np.ndarray) -> Stream:
    """A run along an oval at these speeds, begun anywhere on it, 0.3 m (1 sigma) beside the line over 10 s."""
    rng = np.random.default_rng(seed)
    dt = 1 / receiver.rate_hz
    way = np.concatenate([[0.0], np.cumsum(speed[1:] + speed[:-1]) / 2 * dt])
    out = _weave(rng, len(speed), dt)
    start = rng.uniform(0, oval.lap_m)
    lat, lon, course = np.array([oval.place(start + d) for d in way]).T
    heading = np.unwrap(np.radians(90 - course))
    left = 1 if oval.clockwise else -1  # where outside is
    east = (lon - LON) * M_LON - left * out * np.sin(heading)
    north = (lat - LAT) * M_LAT + left * out * np.cos(heading)
    ahead = speed + out * np.abs(np.gradient(heading, dt))  # farther out the bend is longer
    across = np.gradient(out, dt)
    path = np.stack([east, north, heading + left * np.arctan2(across, ahead)])
    stream = make(np.hypot(ahead, across), receiver, seed, path=path)
    stream.way_m = way
    stream.kept_oval = _told(rng, oval)
    return stream


def _weave(rng: np.random.Generator, n: int, dt: float) -> np.ndarray:
    """Metres beside the line, smooth: two lags of 5 s after each other."""
    rough = process(rng, n, dt, math.sqrt(2), _WEAVE_S / 2)
    keep = math.exp(-2 * dt / _WEAVE_S)
    out = np.empty(n)
    value = rng.normal(0, 1)
    for i in range(n):
        value = keep * value + (1 - keep) * rough[i]
        out[i] = value
    return out * _WEAVE_M


def _told(rng: np.random.Generator, oval: Oval) -> tuple[int, ...]:
    """Lane 1 of an oval as the watch has it: fields of core/track/kept.py."""
    toward = rng.uniform(0, 2 * math.pi)
    lat = LAT + _OFF_M * math.sin(toward) / M_LAT
    lon = LON + _OFF_M * math.cos(toward) / M_LON
    angle = round((oval.turn_deg + rng.choice([-1, 1]) * _OFF_DEG) / 360 * 65536) % 32768
    return (*angle_fields(lat), *angle_fields(lon), angle, round(100 * oval.straight_m), 3680, 400_001)


def _even(seed: int, receiver: Receiver, oval: Oval, pace_s: float) -> Stream:
    """Laps at a pace that wanders by some percent, after a minute at the line, in which the receiver settles."""
    rng = np.random.default_rng(seed)
    n = int(((_LAPS + 0.1) * oval.lap_m * pace_s / 1000 + 10) * receiver.rate_hz)
    speed = 1000 / pace_s * (1 + process(rng, n, 1 / receiver.rate_hz, 0.02, 15))
    speed *= np.minimum(1, np.arange(n) / (_START_S * receiver.rate_hz))
    return weaving(seed, receiver, oval, np.concatenate([np.zeros(round(_WAIT_S * receiver.rate_hz)), speed]))


def _sprints(seed: int, receiver: Receiver, oval: Oval) -> Stream:
    """200 m fast from a jog of 200 m, again and again; it takes 2 s to change speed, and nobody slows too soon."""
    rng = np.random.default_rng(seed)
    rate = receiver.rate_hz
    jog = np.full(round((_JOG_M - _PAST_M) / _JOG_M_S * rate), _JOG_M_S)
    fast = np.full(round((_SPRINT_M + _PAST_M) / _SPRINT_M_S * rate), _SPRINT_M_S)
    first = np.full(round(2 * _JOG_M / _JOG_M_S * rate), _JOG_M_S)
    speed = np.concatenate([first, *[np.concatenate([fast, jog]) for _ in range(_SPRINTS + 1)]])
    ramp = np.ones(2 * rate) / (2 * rate)
    speed = np.convolve(np.pad(speed, (len(ramp), len(ramp)), "edge"), ramp, "same")[len(ramp) : -len(ramp)]
    return weaving(seed, receiver, oval, speed * (1 + process(rng, len(speed), 1 / rate, 0.01, 15)))


def _start(stream: Stream) -> int:
    """The last fix before the runner moves."""
    return max(0, int(np.argmax(stream.speed > 0.5)) - 1)


def _laps(stream: Stream, shown_m: np.ndarray, lap_m: float) -> np.ndarray:
    """Shown less true length of each full lap, the first from where the runner stood."""
    start = _start(stream)
    marks = np.arange(int(stream.true_m[-1] / lap_m) + 1) * lap_m
    return np.asarray(np.diff(np.interp(marks, stream.looked_m[start:], shown_m[start:])) - lap_m)


def rep_errors(stream: Stream, shown_m: np.ndarray, begins_m: list[float], rep_m: float) -> np.ndarray:
    """(metres, seconds) that reps end late by the truth; each begins where the watch shows `begins_m`."""
    at_s = np.arange(len(shown_m)) / stream.rate_hz
    shown = shown_m - shown_m[_start(stream)]
    out = []
    for begin in begins_m:
        began = np.interp(np.interp(begin, shown, at_s), at_s, stream.looked_m)
        ended = np.interp(begin + rep_m, shown, at_s)
        off = np.interp(ended, at_s, stream.looked_m) - began - rep_m
        out.append((off, ended - np.interp(began + rep_m, stream.looked_m, at_s)))
    return np.array(out)


def known_tracks(runtime: str, seed: int = SEED) -> list[Figure]:
    """Each lane, both directions, at four paces."""
    ovals = [Oval(k % 8 + 1, turn_deg=37.0 * k % 180, clockwise=k // 8 % 2 == 1) for k in range(_RUNS)]
    inner = [Oval(1, turn_deg=o.turn_deg) for o in ovals]
    plan = {
        "1 Hz": [_even(seed + 500 + k, WHITE, o, _PACES[k % 4]) for k, o in enumerate(ovals)],
        "lane 1": [_even(seed + 550 + k, WHITE, o, _PACES[k % 4]) for k, o in enumerate(inner)],
        "10 Hz": [_even(seed + 600 + k, RAW, o, _PACES[k % 4]) for k, o in enumerate(ovals[::2])],
        "sprints": [_sprints(seed + 700 + k, RAW, o) for k, o in enumerate(ovals[::2])],
    }  # fmt: skip
    flat = iter(ours([s for runs in plan.values() for s in runs], runtime))
    got = {name: [next(flat)[:, 0] for _ in runs] for name, runs in plan.items()}
    lanes = {name: [o.lap_m for o in ovals[:: _RUNS // len(runs)]] for name, runs in plan.items()}
    lanes["lane 1"] = [Oval().lap_m] * _RUNS

    def laps(name: str, first: int, last: int | None) -> float:
        pairs = zip(plan[name], got[name], lanes[name], strict=True)
        return _high(np.concatenate([_laps(s, g, lap)[first:last] for s, g, lap in pairs]))

    starts = np.random.default_rng(seed + 800)
    long = [rep_errors(s, g, list(starts.uniform(200, 1600, 4)), 1000.0)[:, 0]
            for name in ("1 Hz", "lane 1") for s, g in zip(plan[name], got[name], strict=True)]  # fmt: skip
    fast = [rep_errors(s, g, [_JOG_M * (2 + 2 * k) for k in range(_SPRINTS)], _SPRINT_M)[:, 1]
            for s, g in zip(plan["sprints"], got["sprints"], strict=True)]  # fmt: skip
    known = "oval known, 1.5 m and 1 degree off, a runner who weaves (95 %)"
    return [
        Figure(f"one lap from lap 2 on, no presses, {known}, 1 Hz", laps("1 Hz", 1, None), "m", 2.0),
        Figure(f"one lap from lap 2 on, no presses, {known}, 10 Hz", laps("10 Hz", 1, None), "m", 1.5),
        Figure(f"the first lap, lane 1, {known}, 1 Hz", laps("lane 1", 0, 1), "m", 2.0),
        Figure(f"the first lap, lanes 1 to 8, {known}, 1 Hz", laps("1 Hz", 0, 1), "m", None),
        Figure(f"the end of a rep of 1000 m, {known}, 1 Hz", _high(np.concatenate(long)), "m", 2.5),
        Figure(f"the finish of a rep of 200 m from a jog, {known}, 10 Hz", _high(np.concatenate(fast)), "s", 0.3),
    ]  # fmt: skip


def _high(errors: np.ndarray) -> float:
    return float(np.percentile(np.abs(errors), 95))
