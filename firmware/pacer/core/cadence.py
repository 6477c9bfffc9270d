"""Accelerometer samples to steps and cadence, whatever way the watch sits on the wrist.

Acceleration is in 1/4096 g (every driver sets +-8 g, where that is one count). Only the square of its
length is used, so orientation drops out. It is averaged down to about 25 Hz, and the period is where
the last 1.6 s are most like themselves: the first peak of the autocorrelation that is at least four
tenths of the highest. The highest alone would be the stride (left and right differ, the arm swings once
in two steps: the octave error of wrist watches); a fixed threshold would take a foot's second bounce for a
step. The peaks at two and three periods then tell the period more finely.

A scan of all periods is spread over the calls, a few lags each, so that none takes long.
"""

from array import array

from micropython import const

UNKNOWN = const(-1)
_BASE_HZ = const(25)
# Samples compared: 1.6 s; `bench accuracy`: with 48 a change is seen 0.3 s later, with 32 a bus runs.
_WINDOW = const(40)
_RING = const(128)
_LAGS = const(3)  # of a scan, in one call of feed() ...
_LAGS_ALL = const(8)  # ... when all are looked at
_UNSEEN = const(0x1FFFFFFF)  # a lag that was not scanned: nothing beside it is a peak
_FASTEST_SPM = const(250)
_SLOWEST_SPM = const(38)
_MOST_LAGS = const(48)
_CLIP = const(2500)  # < 2**30: 40 products of it
_LEAST_POWER = const(2500)  # (0.05 g**2)**2: hands that move while standing stay below
_RECENT = const(24)  # samples, about a second: when they are quiet the runner has stopped
_NEAR_SPM = const(9)  # verdicts so near each other are averaged
_LEAST_MATCH_Q8 = const(128)  # half of the power: a bus shakes, but does not repeat itself
_FIRST_Q8 = const(102)  # 0.4 of the highest peak
_MULTIPLE_Q8 = const(77)  # 0.3: what a peak at a multiple must reach to count


class Cadence:
    """steps is the total, cadence_spm the rate, 0 while standing; filled: samples came. rate_hz: 10 to 200."""

    def __init__(self, rate_hz):
        self.steps = 0
        self.cadence_spm = 0
        factor = max(1, (rate_hz + _BASE_HZ // 2) // _BASE_HZ)
        self._stride = 2 if factor > 3 else 1  # of 100 samples a second every other one tells as much
        self._skip = 0  # samples to pass over at the next burst's begin
        self._factor = factor // self._stride  # so many of those that are looked at make one of about 25 a second
        self._spm_lag_q6 = (
            60 * 64 * rate_hz // (self._factor * self._stride)
        )  # steps a minute times period in 1/64 samples
        self._first = max(2, 60 * rate_hz // (self._factor * self._stride * _FASTEST_SPM) - 1)
        self._count = min(_MOST_LAGS, 60 * rate_hz // (self._factor * self._stride * _SLOWEST_SPM) + 2 - self._first)
        self._samples = array("h", (0,) * (2 * _RING))  # each twice, so that a window is never split
        self._match = array("i", (0,) * _MOST_LAGS)
        self._w = array("h", (0,) * _WINDOW)  # the window that is being scanned
        self._lags = bytearray(_MOST_LAGS)  # the lags to scan ...
        self._planned = 0  # ... so many
        self._partial = False
        self._turn = 0
        self._at = 0
        self.filled = 0
        self._end = 0  # of the window that is being scanned
        self._lag = -1  # next lag of the scan, -1 for none
        self._power = 0
        self._active = 0  # samples since the last quiet moment, 20 s at most
        self._base_q4 = 0
        self._sum = 0
        self._summed = 0
        self._missed = 0
        self._period_q6 = 0  # the last verdict, 0 for none
        self._step_us = 0  # steps times 60,000,000
        self._us_sample = 1_000_000 // rate_hz

    def feed(self, samples, count):
        """Take `count` samples of x, y, z from an array('h'), the oldest first."""
        total = self._sum
        summed = self._summed
        factor = self._factor
        stride = self._stride
        i = 3 * self._skip
        stop = 3 * count
        while i < stop:  # a range whose step is no constant would be heap
            x = samples[i] >> 2
            y = samples[i + 1] >> 2
            z = samples[i + 2] >> 2
            i += 3 * stride
            total += (x * x + y * y + z * z) >> 10  # 1 g is 1024; < 2**18
            summed += 1
            if summed == factor:
                self._put(total // factor)
                total = 0
                summed = 0
        self._sum = total
        self._summed = summed
        self._skip = (self._skip - count) % stride
        if self.cadence_spm:
            self._step_us += self.cadence_spm * ((count * self._us_sample) >> 6)  # < 2**30: 240 times a second
            whole = self._step_us // 937_500  # a minute in 64 us
            self.steps += whole
            self._step_us -= whole * 937_500
        if self._lag < 0 and self.filled >= _WINDOW + self._first + self._count:
            self._begin()
        if self._lag >= 0:
            self._scan()

    def _put(self, value):
        if not self.filled:
            self._base_q4 = value << 4
        self._base_q4 += (value - (self._base_q4 >> 4)) >> 1  # a mean over about 1.3 s
        value -= self._base_q4 >> 4
        if value > _CLIP:
            value = _CLIP
        elif value < -_CLIP:
            value = -_CLIP
        at = self._at
        self._samples[at] = value
        self._samples[at + _RING] = value
        self._at = (at + 1) & (_RING - 1)
        if self._active < 500:
            self._active += 1
        if self.filled < _RING:
            self.filled += 1

    def _begin(self):
        """Freeze the window that ends here and measure its power."""
        end = self._at + _RING
        self._end = end
        s = self._samples
        w = self._w
        power = 0
        i = end - _WINDOW
        for k in range(_WINDOW):
            v = w[k] = s[i]
            power += v * v
            i += 1
        self._power = power // _WINDOW
        self._plan()
        recent = mean = 0
        for i in range(end - _RECENT, end, 2):
            recent += s[i] * s[i]
            mean += s[i]
        mean //= _RECENT // 2  # the slow mean has not followed yet when the runner stops
        recent = recent // (_RECENT // 2) - mean * mean
        self._lag = 0
        if self._power < _LEAST_POWER or recent < _LEAST_POWER or recent < self._power >> 4:
            self._lag = -1
            self._active = 0
            self._period_q6 = 0
            self.cadence_spm = 0

    def _plan(self):
        """Which lags to scan: those about the known period and its multiples; three times in four that is enough."""
        m = self._match
        lags = self._lags
        self._turn += 1
        n = 0
        if self._period_q6 and self._turn % 8:
            for k in range(self._count):
                m[k] = _UNSEEN
            for multiple in range(1, 4):
                at = (multiple * self._period_q6 + 32 >> 6) - self._first
                for k in range(at - 2, at + 3):
                    if 0 <= k < self._count and m[k]:
                        m[k] = 0
                        lags[n] = k
                        n += 1
        else:
            for n in range(self._count):
                lags[n] = n
            n = self._count
        self._partial = n < self._count
        self._planned = n

    def _scan(self):
        """A few lags more; after the last, the verdict. Written out: a loop would cost half as much again."""
        s = self._samples
        w = self._w
        m = self._match
        lags = self._lags
        end = self._end - _WINDOW - self._first
        stop = self._lag + (_LAGS if self._partial else _LAGS_ALL)
        if stop > self._planned:
            stop = self._planned
        for n in range(self._lag, stop):
            # The window's older end lies within the ring for all lags.
            k = lags[n]
            a = end - k
            m[k] = (
                w[0] * s[a] + w[1] * s[a + 1] + w[2] * s[a + 2] + w[3] * s[a + 3] + w[4] * s[a + 4]
                + w[5] * s[a + 5] + w[6] * s[a + 6] + w[7] * s[a + 7] + w[8] * s[a + 8] + w[9] * s[a + 9]
                + w[10] * s[a + 10] + w[11] * s[a + 11] + w[12] * s[a + 12] + w[13] * s[a + 13] + w[14] * s[a + 14]
                + w[15] * s[a + 15] + w[16] * s[a + 16] + w[17] * s[a + 17] + w[18] * s[a + 18] + w[19] * s[a + 19]
                + w[20] * s[a + 20] + w[21] * s[a + 21] + w[22] * s[a + 22] + w[23] * s[a + 23] + w[24] * s[a + 24]
                + w[25] * s[a + 25] + w[26] * s[a + 26] + w[27] * s[a + 27] + w[28] * s[a + 28] + w[29] * s[a + 29]
                + w[30] * s[a + 30] + w[31] * s[a + 31] + w[32] * s[a + 32] + w[33] * s[a + 33] + w[34] * s[a + 34]
                + w[35] * s[a + 35] + w[36] * s[a + 36] + w[37] * s[a + 37] + w[38] * s[a + 38] + w[39] * s[a + 39]
            ) // _WINDOW  # fmt: skip
        self._lag = stop
        if stop == self._planned:
            self._lag = -1
            self._decide()

    def _decide(self):
        m = self._match
        best = 0
        for k in range(1, self._count - 1):
            v = m[k]
            if best < v < _UNSEEN and v >= m[k - 1] and v >= m[k + 1]:
                best = v
        if self._partial and not self._clear(best):
            self._turn = -1  # look at all
            self._missed += 1
            return
        if best < (self._power >> 8) * _LEAST_MATCH_Q8:
            self._missed += 1
            if self._missed > 1:
                self._period_q6 = 0
                self.cadence_spm = 0
            return
        self._missed = 0
        least = best * _FIRST_Q8 >> 8
        k = 1
        while not (least <= m[k] < _UNSEEN and m[k] >= m[k - 1] and m[k] >= m[k + 1]):
            k += 1
        period_q6 = self._peak_q6(k)
        for n in range(2, 4):
            at = (n * period_q6 + 32 >> 6) - self._first
            found = 0
            for j in range(max(1, at - 2), min(self._count - 1, at + 3)):
                v = m[j]
                if m[j - 1] <= v < _UNSEEN and v >= m[j + 1] and (not found or v > m[found]):
                    found = j
            if found and m[found] > best * _MULTIPLE_Q8 >> 8:
                period_q6 = (self._peak_q6(found) + n // 2) // n
        spm = self._spm_lag_q6 // period_q6
        if self._period_q6:
            near = -_NEAR_SPM < spm - self._spm_lag_q6 // self._period_q6 < _NEAR_SPM
        else:
            near = False
        if near:
            period_q6 = (self._period_q6 + period_q6 + 1) // 2
        self._period_q6 = period_q6
        if not self.cadence_spm:
            if not near:
                return  # chance does not say the same thing twice
            self.steps += spm * self._active // (60 * _BASE_HZ)  # those that it took to be sure
        self.cadence_spm = (self._spm_lag_q6 + period_q6 // 2) // period_q6

    def _clear(self, best):
        """Is there a peak where the known period is, in a scan of the lags about it, and is it high enough?"""
        if best < (self._power >> 8) * _LEAST_MATCH_Q8:
            return False
        m = self._match
        at = (self._period_q6 + 32 >> 6) - self._first
        for k in range(max(1, at - 1), min(self._count - 1, at + 2)):
            if m[k] >= best * _FIRST_Q8 >> 8 and m[k] >= m[k - 1] and m[k] >= m[k + 1]:
                return True
        return False

    def _peak_q6(self, k):
        """The lag of a peak in 1/64 samples: the top of the parabola through three points."""
        m = self._match
        a = m[k - 1] >> 6
        c = m[k + 1] >> 6
        bend = a - 2 * (m[k] >> 6) + c
        at = (self._first + k) << 6
        if bend < 0:
            at += 32 * (a - c) // bend  # < 2**30: 2500**2 / 64 * 2 * 32
        return at
