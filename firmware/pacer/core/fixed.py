"""Integer arithmetic for a 31-bit machine.

An ESP32's small integer ends at 2**30; past that a value is an object on the heap. The functions
here keep every intermediate below that bound as long as their arguments keep theirs. Rounding is
part of each name or its first line.
"""

from micropython import const

_FAST = const(32767)

# Quarter wave of sine in Q14 at every 1/64 of a right angle; between entries linear interpolation,
# whose error stays under 2 units of Q14 (0.012 %).
_SINE_Q14 = (
    0, 402, 804, 1205, 1606, 2006, 2404, 2801, 3196, 3590, 3981, 4370, 4756, 5139, 5520, 5897, 6270, 6639, 7005, 7366,
    7723, 8076, 8423, 8765, 9102, 9434, 9760, 10080, 10394, 10702, 11003, 11297, 11585, 11866, 12140, 12406, 12665,
    12916, 13160, 13395, 13623, 13842, 14053, 14256, 14449, 14635, 14811, 14978, 15137, 15286, 15426, 15557, 15679,
    15791, 15893, 15986, 16069, 16143, 16207, 16261, 16305, 16340, 16364, 16379, 16384,
)  # fmt: skip


def div_round(a, b):
    """a / b rounded to nearest, halves away from zero. b > 0, abs(a) + b / 2 < 2**30."""
    if a < 0:
        return -((b // 2 - a) // b)
    return (a + b // 2) // b


def mul_div(a, b, c):
    """a * b // c, exact, without an intermediate beyond 2**30.

    0 <= a, 0 <= b, 0 < c < 2**29, and the result itself below 2**30. Up to 32,767 each, one
    multiplication; beyond, a long multiplication bit by bit (about thirty rounds).
    """
    if a <= _FAST and b <= _FAST:
        return a * b // c
    whole = a // c
    rest = a - whole * c
    whole *= b
    if rest <= _FAST and b <= _FAST:
        return whole + rest * b // c
    quotient = 0
    remainder = 0
    bit = 1
    while bit <= b >> 1:
        bit <<= 1
    while bit:
        quotient <<= 1
        remainder <<= 1  # < 2**30: remainder < c < 2**29
        if remainder >= c:
            remainder -= c
            quotient += 1
        if b & bit:
            remainder += rest
            if remainder >= c:
                remainder -= c
                quotient += 1
        bit >>= 1
    return whole + quotient


def isqrt(n):
    """The whole square root of n, rounded down. 0 <= n < 2**30."""
    if n < 2:
        return n
    # Newton's way down from above: a few divisions instead of fifteen bits.
    root = 16
    while root * root <= n:
        root <<= 1  # < 2**30: no root is above 2**15
        if root == 32768:
            break
    while True:
        better = (root + n // root) >> 1
        if better >= root:
            return root
        root = better


def hypot(x, y):
    """The length of (x, y), rounded down to within one part in 16,000. abs(x), abs(y) < 2**29."""
    x = abs(x)
    y = abs(y)
    shift = 0
    while x > 16383 or y > 16383:  # the sum of squares stays below 2**29
        x >>= 1
        y >>= 1
        shift += 1
    return isqrt(x * x + y * y) << shift


def sin_q14(angle):
    """Sine of an angle in 1/65536 of a turn, in Q14 (16384 is one)."""
    angle &= 65535
    if angle >= 32768:
        return -_half(angle - 32768)
    return _half(angle)


def cos_q14(angle):
    """Cosine of an angle in 1/65536 of a turn, in Q14."""
    return sin_q14(angle + 16384)


def _half(angle):
    if angle > 16384:
        angle = 32768 - angle
    index = angle >> 8
    low = _SINE_Q14[index]
    part = angle & 255
    if not part:
        return low
    return low + (((_SINE_Q14[index + 1] - low) * part + 128) >> 8)


def atan2(y, x):
    """The angle of (x, y) in 1/65536 of a turn, 0 to 65535, within 16 (0.09 degrees). abs(x), abs(y) < 2**29.

    In the first octant a cubic through the ends (Rajan, Wang, Inkol and Joyal, IEEE Signal Processing Magazine
    23-3, 2006); 0 for (0, 0).
    """
    ax = abs(x)
    ay = abs(y)
    if ax > ay:
        a = _octant(ay, ax)
    elif ay:
        a = 16384 - _octant(ax, ay)
    else:
        return 0
    if x < 0:
        a = 32768 - a
    return (-a if y < 0 else a) & 65535


def _octant(small, large):
    while large > 65535:
        large >>= 1
        small >>= 1
    z = (small << 14) // large
    return z * (8192 + ((16384 - z) * (2552 + (692 * z >> 14)) >> 14)) >> 14
