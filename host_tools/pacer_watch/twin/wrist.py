"""What an accelerometer on the wrist of a runner or walker feels, from cadence and effort.

Each foot strike sends a pulse up the arm; the arm swings at half the step rate and turns the watch with
it; gravity stays. The shape follows published wrist traces: impacts of about 1 to 2 g when running, 0.3 g
when walking, and a swing of the same order at half the frequency.
"""

import math

from . import exact

_G = 4096  # counts to a g
_TABLE = 256  # entries to a stride of two steps


def _wave(impact_g: float, swing_g: float, seed: int) -> list[tuple[int, int, int]]:
    rng = exact.Random(seed)
    tilt = rng.uniform(-0.6, 0.6)
    out = []
    for i in range(_TABLE):
        stride = 2 * math.pi * i / _TABLE
        step = 2 * stride
        bounce = impact_g * (exact.exp(3 * (exact.cos(step) - 1)) - 0.24)
        bounce *= 1 + 0.15 * exact.cos(stride)  # left and right are not alike
        swing = swing_g * exact.sin(stride + 0.7)
        angle = tilt + 0.35 * exact.sin(stride)
        x = swing + 0.25 * bounce
        y = exact.sin(angle) + 0.3 * bounce * exact.sin(angle)
        z = exact.cos(angle) + 0.9 * bounce
        out.append((round(_G * x), round(_G * y), round(_G * z)))
    return out


class Wrist:
    """Samples by time. gait(t_us) tells (cadence in steps/min, speed in m/s) of the runner then."""

    def __init__(self, seed: int) -> None:
        self._running = _wave(1.6, 0.7, seed)
        self._walking = _wave(0.35, 0.25, seed)
        rng = exact.Random(seed + 1)
        self._noise = [round(rng.gauss(0, 0.03 * _G)) for _ in range(1009)]
        self._n = 0
        self._phase = 0.0

    def samples(self, count: int, period_us: int, cadence_spm: float, speed_m_s: float) -> list[tuple[int, int, int]]:
        noise = self._noise
        n = self._n
        if cadence_spm <= 0:
            out = [(noise[(n + i) % 1009] // 3, 1200 + noise[(n + 7 * i) % 1009] // 3, 3916) for i in range(count)]
            self._n = (n + count) % 1009
            return out
        table = self._running if speed_m_s > 2.1 else self._walking
        advance = cadence_spm / 120 * _TABLE * period_us / 1e6
        phase = self._phase
        out = []
        for _ in range(count):
            phase += advance
            x, y, z = table[int(phase) & 255]
            n = (n + 1) % 1009
            e = noise[n]
            out.append((x + e, y - e, z + (e >> 1)))
        self._phase = phase % _TABLE
        self._n = n
        return out
