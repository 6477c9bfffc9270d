"""How receivers err: the kinds that the virtual runner carries and the benches measure on, one model for both.

The figures are those of recordings. Pairs of u-blox M10 loggers at 10 Hz: 0.047 m/s, correlation 0.31 at 1 s, 0.13 at
2 s, heavy tails. Two finished watches, walked: 0.12 m/s, correlation 0.7 at 1 s, 0.27 at 3 s, 4.5 and 7.3 s late. A
walking wrist: 0.7 to 0.95 m/s at the stride's rate, 0.2 to 0.35 at the steps'; carried over to running, since
no unfiltered log of a run was at hand.
"""

import math
from dataclasses import dataclass

from . import exact

_START_S = 20.0  # the errors are three times as large at the first fix, and settle in that time
_OUTLIER = 5.0  # sigma
_PHASE = 0.12  # of the arm, radians in a second: no runner is a clock
_ALONG = (1.1, 0.3)  # m/s that the arm adds at the rate of strides, and of steps ...
_ACROSS = (0.35, 0.15)


@dataclass(frozen=True)
class Receiver:
    """Errors of speed (m/s) along and across the way, and of the place (m), each 1 sigma; seconds that they hold."""

    rate_hz: int = 1
    held_m_s: float = 0.0
    held_s: float = 2.0
    white_m_s: float = 0.0
    outliers: float = 0.0  # share of fixes
    late_s: tuple[float, float] = (0.0, 0.0)  # what it says is that old, drawn for each run
    arm: bool = False  # it is on an arm that swings
    place_m: float = 2.5
    place_s: float = 60.0
    claims_m_s: float | None = None  # the accuracy it says it has

    @property
    def growth_m2_s(self) -> float:
        """How fast the variance of a distance grows: the density of the speed's error at slow rates."""
        return 2 * self.held_s * self.held_m_s**2 + self.white_m_s**2 / self.rate_hz


RECEIVERS = {
    "raw": Receiver(10, 0.04, 2.0, 0.03, 0.01, claims_m_s=0.1),
    "arm": Receiver(10, 0.04, 2.0, 0.03, 0.01, arm=True, claims_m_s=0.1),
    "watch": Receiver(1, 0.12, 2.8, late_s=(3.0, 5.0)),
    "white": Receiver(1, white_m_s=0.15),
    "held": Receiver(1, 0.15, 3.0),
    "perfect": Receiver(place_m=0.0),
}


class Errors:
    """The errors of one receiver on one run. Epochs come in order.

    late_s      how old what it says is
    east_m, north_m     the place's error at the last epoch
    """

    def __init__(self, receiver: Receiver, seed: int) -> None:
        self._receiver = receiver
        self._rng = exact.Random(seed)
        self.late_s = self._rng.uniform(*receiver.late_s)
        self.east_m = self._rng.gauss(0, receiver.place_m)
        self.north_m = self._rng.gauss(0, receiver.place_m)
        self._held = [self._rng.gauss(0, receiver.held_m_s) for _ in range(2)]
        self._phase = self._rng.uniform(0, 2 * math.pi)
        self._size = self._rng.uniform(0.7, 1.3)
        self._first_s: float | None = None
        self._last_s = 0.0
        self._keep: dict[tuple[float, float], float] = {}

    def speed(self, at_s: float, speed_m_s: float, cadence_spm: float) -> tuple[float, float]:
        """(along, across) in m/s that the receiver says of a runner at this speed; moves the place's error on, too."""
        r, gauss = self._receiver, self._rng.gauss
        if self._first_s is None:
            self._first_s = self._last_s = at_s
        dt = at_s - self._last_s
        self._last_s = at_s
        keep = self._kept(dt, r.place_s)
        spread = r.place_m * math.sqrt(1 - keep * keep)
        self.east_m = self.east_m * keep + gauss(0, spread)
        self.north_m = self.north_m * keep + gauss(0, spread)
        keep = self._kept(dt, r.held_s)
        spread = r.held_m_s * math.sqrt(1 - keep * keep)
        large = 1 + 2 * exact.exp(-(at_s - self._first_s) / _START_S) if at_s - self._first_s < 200 else 1.0
        said = []
        for k in (0, 1):
            self._held[k] = self._held[k] * keep + gauss(0, spread)
            white = r.white_m_s * (_OUTLIER if r.outliers and self._rng.random() < r.outliers else 1.0)
            said.append(large * (self._held[k] + gauss(0, white)))
        along, across = speed_m_s + said[0], said[1]
        if r.arm and cadence_spm > 0:
            self._phase += math.pi * cadence_spm / 60 * dt + gauss(0, _PHASE) * math.sqrt(dt)
            sway = self._phase
            along += self._size * (_ALONG[0] * exact.sin(sway) + _ALONG[1] * exact.sin(2 * sway + 1))
            across += self._size * (_ACROSS[0] * exact.sin(sway + 0.8) + _ACROSS[1] * exact.sin(2 * sway))
        return along, across

    def _kept(self, dt: float, seconds: float) -> float:
        """The share of an error that is left after dt."""
        key = (round(dt, 4), seconds)
        if key not in self._keep:
            self._keep[key] = exact.exp(-dt / seconds) if seconds else 0.0
        return self._keep[key]
