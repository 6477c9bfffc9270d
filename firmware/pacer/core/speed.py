"""A speed that is steady when the runner is and quick when the runner changes: averaging as long as the data agree.

Means over the last 1, 2, 3, 4, 6, ... samples are compared, the shortest first. Each has a confidence
interval of its noise; the longest window whose interval still meets those of all shorter ones is the one
that is shown (intersection of confidence intervals: Goldenshluger and Nemirovski 1997, Katkovnik 1999). So
it explains itself: `window` tells over how many samples the runner has kept one speed.

The noise is the receiver's own, learned from how much one sample differs from the next.
"""

from array import array

from micropython import const

_RING = const(128)
_MASK = const(127)
_SUM_MASK = const(0xFFFFFF)  # sums are kept modulo 2**24: 128 samples of 12 m/s are less than 2**21
_LONGEST_MS = const(64_000)  # `bench accuracy`: 48 s misses the jitter at 5'33"/km, 96 s gains little
_RECENT_MS = const(12_000)  # for the coach: a small drift must not hide in a minute's mean
_BIN_MS = const(300)  # faster fixes are averaged to this first; 128 of them are still 38 s
_FIRST_NOISE_MM_S = const(150)  # a small receiver's Doppler noise, until it is learned
_LEAST_NOISE_MM_S = const(20)  # NMEA gives 1/1000 knot, but no wrist moves that evenly
_LEARN_SHIFT = const(6)  # the noise follows within about a minute
# Window lengths, and half widths of their confidence intervals in noise sigmas, Q10: 2.2 * 1024 / sqrt(n).
# 2.2 by `bench accuracy`: at 2.0 the jitter rises by a tenth, at 2.6 a change of pace takes up to 8 s.
_WINDOWS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 120)
_HALF_Q10 = (2253, 1593, 1301, 1126, 920, 796, 650, 563, 460, 398, 325, 282, 230, 206)


class Speed:
    """add() each sample; mm_s is the speed, window how many samples agree on it.

    recent_mm_s is the same over the last 12 s at most: noisier, but with what the runner does now.
    """

    def __init__(self):
        self._sums = array("i", (0,) * _RING)
        self.sample_ms = 1000
        self.clear()
        self._step_q6 = _FIRST_NOISE_MM_S * 72  # mean difference of two samples, Q6: 1.128 sigma

    def clear(self):
        """Forget the samples, keep the noise: a new stretch begins."""
        self.mm_s = 0
        self.recent_mm_s = 0
        self.window = 0
        self._count = 0
        self._at = 0
        self._last = -1
        self._bin = self._bin_n = self._bin_ms = 0
        self._sums[0] = 0

    def accuracy(self, mm_s):
        """The receiver's own estimate of its noise: the first value, and half of it the least from then on."""
        if 0 < mm_s < 5000:
            least = mm_s * 36  # half of it
            if not self._count:
                self._step_q6 = mm_s * 72
            elif self._step_q6 < least:
                self._step_q6 = least

    def add(self, mm_s, dt_ms):
        """A sample that stands for the last dt_ms. Returns True when mm_s was renewed."""
        if dt_ms < _BIN_MS:
            self._bin += mm_s
            self._bin_n += 1
            self._bin_ms += dt_ms
            if self._bin_ms < _BIN_MS:
                if not self._count:
                    self.mm_s = self.recent_mm_s = mm_s
                return False
            mm_s = (self._bin + self._bin_n // 2) // self._bin_n
            dt_ms = self._bin_ms
            self._bin = self._bin_n = self._bin_ms = 0
        if self._last >= 0:
            self._learn(mm_s - self._last)
        self._last = mm_s
        at = (self._at + 1) & _MASK
        self._sums[at] = (self._sums[self._at] + mm_s) & _SUM_MASK
        self._at = at
        if self._count < _RING - 1:
            self._count += 1
        self._choose(mm_s, _LONGEST_MS // dt_ms, _RECENT_MS // dt_ms)
        self.sample_ms = dt_ms
        return True

    def _choose(self, mm_s, most, recent):
        sums = self._sums
        at = self._at
        total = sums[at]
        noise = self._noise()
        if most > self._count:
            most = self._count
        low = -(1 << 20)
        high = 1 << 20
        best = mm_s
        close = mm_s
        window = 1
        i = 0
        halves = _HALF_Q10
        for n in _WINDOWS:
            if n > most:
                break
            mean = (((total - sums[(at - n) & _MASK]) & _SUM_MASK) + (n >> 1)) // n
            half = (noise * halves[i]) >> 10
            i += 1
            bound = mean - half
            if bound > low:
                low = bound
            bound = mean + half
            if bound < high:
                high = bound
            if low > high:
                break
            best = mean
            window = n
            if n <= recent:
                close = mean
        self.recent_mm_s = close
        self.mm_s = best
        self.window = window

    def variance(self):
        """How fast the variance of the distance grows, in mm2/s: what the coach has to be patient with."""
        noise = self._noise()
        return noise * noise * self.sample_ms // 1000 if noise < 700 else 490_000  # < 2**30: 0.7 m/s, 2 s

    def _noise(self):
        noise = self._step_q6 // 72
        return noise if noise > _LEAST_NOISE_MM_S else _LEAST_NOISE_MM_S

    def _learn(self, difference):
        """Follow the mean difference; a change of pace counts as four of them at most."""
        if difference < 0:
            difference = -difference
        d = difference << 6
        most = self._step_q6 << 2
        if d > most:
            d = most
        self._step_q6 += (d - self._step_q6) >> _LEARN_SHIFT
