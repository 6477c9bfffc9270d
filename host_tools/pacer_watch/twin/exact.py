"""Sine, exponential and normal deviates that have the same bits on every machine.

`math.sin`, `math.exp` and `random.gauss` come from the platform's C library and differ in the last bit between Linux,
macOS and a browser; a seed would then give another session there. What is here is made of + - x /, the square
root and the exponent's bits, which IEEE 754 defines to the last bit. The results are within 2e-16 of the true value
(sin, cos), 5e-16 (atan2), or a share of 4e-16 of it (exp, log); pow is exp(y log x).
"""

import random
from math import frexp, ldexp, pi, sqrt

_HALF_PI_1 = 1.5707963267341256  # the first 33 bits of pi / 2 ...
_HALF_PI_2 = 6.0771005065061922e-11  # ... and what they lack
_LN2_1 = 0.69314718036912382  # likewise of ln 2
_LN2_2 = 1.9082149292705877e-10
_LN2 = 0.6931471805599453
_SQRT_HALF = 0.7071067811865476


def _factorials(first: int, count: int, step: int, sign: float) -> list[float]:
    """1/first!, sign/(first + step)!, ..., the last one first, for Horner's scheme."""
    out, value, n = [], 1.0, 1
    for i in range(count):
        while n < first + i * step:
            n += 1
            value *= n
        out.append(sign**i / value)
    return out[::-1]


_SIN = _factorials(1, 9, 2, -1.0)
_COS = _factorials(0, 9, 2, -1.0)
_EXP = _factorials(0, 15, 1, 1.0)
_ODD = [1 / n for n in range(1, 24, 2)][::-1]  # of atanh and, with signs, atan


def _horner(x: float, coefficients: list[float]) -> float:
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return total


def _quarter(x: float) -> tuple[int, float]:
    """x in quarters of a turn, and the rest between -pi / 4 and pi / 4."""
    n = round(x * (2 / pi))
    return n & 3, x - n * _HALF_PI_1 - n * _HALF_PI_2


def sin(x: float) -> float:
    """The sine of an angle in radians, below 100,000."""
    quarter, r = _quarter(x)
    y = _horner(r * r, _COS) if quarter & 1 else r * _horner(r * r, _SIN)
    return -y if quarter & 2 else y


def cos(x: float) -> float:
    """The cosine of an angle in radians, below 100,000."""
    quarter, r = _quarter(x)
    y = r * _horner(r * r, _SIN) if quarter & 1 else _horner(r * r, _COS)
    return -y if quarter in (1, 2) else y


def atan2(y: float, x: float) -> float:
    """The direction of (x, y) in radians, -pi to pi; 0 for no direction."""
    big, small = max(abs(x), abs(y)), min(abs(x), abs(y))
    if not big:
        return 0.0
    t = small / big
    turned = 0.0
    while t > 0.2:  # atan(t) = atan(1/4) + atan((t - 1/4) / (1 + t/4))
        t = (t - 0.25) / (1 + 0.25 * t)
        turned += _ATAN_QUARTER
    angle = turned + _small_atan(t)
    if abs(y) > abs(x):
        angle = pi / 2 - angle
    if x < 0:
        angle = pi - angle
    return -angle if y < 0 else angle


def _small_atan(t: float) -> float:
    return t * _horner(-t * t, _ODD)


_ATAN_QUARTER = _small_atan(0.25)


def exp(x: float) -> float:
    """e to the power of x, -700 to 700."""
    n = round(x / _LN2)
    return ldexp(_horner(x - n * _LN2_1 - n * _LN2_2, _EXP), n)


def log(x: float) -> float:
    """The natural logarithm of x above 0."""
    part, n = frexp(x)
    if part < _SQRT_HALF:
        part *= 2
        n -= 1
    t = (part - 1) / (part + 1)
    return n * _LN2_1 + (n * _LN2_2 + 2 * t * _horner(t * t, _ODD))


def pow(x: float, y: float) -> float:
    """x above 0 to the power of y."""
    return exp(y * log(x))


class Random(random.Random):
    """Python's generator, whose random() is the same everywhere, with a gauss() that is so, too (Marsaglia's polar
    method).
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._second: float | None = None

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """A normal deviate."""
        z, self._second = self._second, None
        if z is None:
            s = 0.0
            while not 0 < s < 1:
                u = 2 * self.random() - 1
                v = 2 * self.random() - 1
                s = u * u + v * v
            scale = sqrt(-2 * log(s) / s)
            z, self._second = u * scale, v * scale
        return mu + sigma * z
