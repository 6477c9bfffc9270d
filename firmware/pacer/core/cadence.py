"""Accelerometer samples to steps and cadence, whatever way the watch sits on the wrist.

Acceleration is in 1/4096 g (every driver sets +-8 g, where that is one count). Only the square of its
length is used, so orientation drops out. It is averaged down to about 25 Hz, and the period is where
the last 1.6 s are most like themselves: the first peak of the autocorrelation that is at least four
tenths of the highest. The highest alone would be the stride (left and right differ, the arm swings once
in two steps: the octave error of wrist watches); a fixed threshold would take a foot's second bounce for a
step. The peaks at two and three periods then tell the period more finely.

Lags are scanned five at a time, side by side, so that a sample is fetched once for all five. A scan of all is spread
over the calls, so that none takes long; while the period is known, the lags about it and about its third multiple do.
"""

from array import array

from micropython import const

UNKNOWN = const(-1)
_BASE_HZ = const(25)
# Samples compared: 1.6 s; `bench accuracy`: with 48 a change is seen 0.3 s later, with 32 a bus runs.
_WINDOW = const(40)
_RING = const(128)
_RING_MASK = const(127)
_GROUP = const(5)  # lags, scanned at once
_ALL_TURNS = const(16)  # one scan in 16 is of all lags
_PAUSE = const(2)  # calls of feed() between two scans of two groups: two verdicts a second
_FASTEST_SPM = const(250)
_SLOWEST_SPM = const(38)
_MOST_LAGS = const(48)
_CLIP = const(2500)  # < 2**30: 40 products of it
_LEAST_POWER = const(2500)  # (0.05 g**2)**2: hands that move while standing stay below
_RECENT = const(24)  # samples, about a second: once they are quiet, the runner has stopped
_NEAR_SPM = const(9)  # verdicts this close to each other are averaged
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
        self._factor = factor // self._stride  # this many of the samples looked at are averaged to one at about 25 Hz
        # Steps a minute times period in 1/64 samples.
        self._spm_lag_q6 = 60 * 64 * rate_hz // (self._factor * self._stride)
        self._first = max(2, 60 * rate_hz // (self._factor * self._stride * _FASTEST_SPM) - 1)
        self._count = min(_MOST_LAGS, 60 * rate_hz // (self._factor * self._stride * _SLOWEST_SPM) + 2 - self._first)
        self._samples = array("h", (0,) * (2 * _RING))  # each twice, so that a window is never split
        self._match = array("i", (0,) * _MOST_LAGS)
        self._groups = bytearray(_MOST_LAGS // _GROUP + 1)  # where those to scan begin ...
        self._planned = 0  # ... and how many of them
        self._turn = 0
        self._far = 0  # the multiple of the period that the second group is about; 0 in a scan of all
        self._pause = 0
        self._at = 0
        self.filled = 0
        self._end = 0  # of the window that is being scanned
        self._group = -1  # the next one of the scan, -1 for none
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
        """Take `count` samples of x, y, z from an array('h'), the oldest first.

        The averaging is written out here, since a call a sample would cost more than the work.
        """
        total = self._sum
        summed = self._summed
        factor = self._factor
        stride = 3 * self._stride
        ring = self._samples
        at = self._at
        base_q4 = self._base_q4
        filled = self.filled
        i = 3 * self._skip
        stop = 3 * count
        while i < stop:  # a range whose step is no constant would be heap
            x = samples[i] >> 2
            y = samples[i + 1] >> 2
            z = samples[i + 2] >> 2
            i += stride
            total += (x * x + y * y + z * z) >> 10  # 1 g is 1024; < 2**18
            summed += 1
            if summed == factor:
                value = total // factor
                total = summed = 0
                if not filled:
                    base_q4 = value << 4
                base_q4 += (value - (base_q4 >> 4)) >> 1  # a mean over about 1.3 s
                value -= base_q4 >> 4
                if value > _CLIP:
                    value = _CLIP
                elif value < -_CLIP:
                    value = -_CLIP
                ring[at] = ring[at + _RING] = value
                at = at + 1 & _RING_MASK
                filled += 1
        self._sum = total
        self._summed = summed
        self._skip = (i - stop) // 3
        self._at = at
        self._base_q4 = base_q4
        if self._active < 500:
            self._active += filled - self.filled
        self.filled = filled if filled < _RING else _RING
        if self.cadence_spm:
            self._step_us += self.cadence_spm * ((count * self._us_sample) >> 6)  # < 2**30: 240 times a second
            whole = self._step_us // 937_500  # a minute in 64 us
            self.steps += whole
            self._step_us -= whole * 937_500
        if self._group >= 0:
            self._scan()
        elif self._pause:
            self._pause -= 1
        elif self.filled >= _WINDOW + self._first + self._count:
            self._begin()

    def _begin(self):
        """Measure the power of the window that ends here, and plan what to scan."""
        end = self._end = self._at + _RING
        s = self._samples
        power = recent = mean = 0
        for i in range(end - _WINDOW, end):
            v = s[i]
            power += v * v
        for i in range(end - _RECENT, end, 2):
            v = s[i]
            recent += v * v
            mean += v
        power = self._power = power // _WINDOW
        mean //= _RECENT // 2  # the slow mean has not followed yet when the runner stops
        recent = recent // (_RECENT // 2) - mean * mean
        if power < _LEAST_POWER or recent < _LEAST_POWER or recent < power >> 4:
            self._active = 0
            self._period_q6 = 0
            self.cadence_spm = 0
            return
        self._group = self._far = 0
        self._turn += 1
        groups = self._groups
        if self._period_q6 and self._turn % _ALL_TURNS:
            most = ((self._first + self._count - 3) << 6) // self._period_q6
            self._far = 3 if most >= 3 else most
            groups[0] = self._around(1)
            groups[1] = self._around(self._far)
            self._planned = 2
        else:
            n = 0
            for k in range(0, self._count - _GROUP, _GROUP):
                groups[n] = k
                n += 1
            groups[n] = self._count - _GROUP
            self._planned = n + 1

    def _around(self, multiple):
        """Where the group begins that has the multiple of the known period in its middle."""
        k = (multiple * self._period_q6 + 32 >> 6) - self._first - _GROUP // 2
        if k < 0:
            return 0
        return k if k < self._count - _GROUP else self._count - _GROUP

    def _scan(self):
        """A group of lags more, two when all are looked at; after the last, the verdict."""
        self._match_five(self._groups[self._group])
        self._group += 1
        if not self._far and self._group < self._planned:
            self._match_five(self._groups[self._group])
            self._group += 1
        if self._group == self._planned:
            self._group = -1
            if self._far:
                if self._follow():
                    self._pause = _PAUSE
                else:
                    self._turn = -1  # look at all
                    self._missed += 1
            else:
                self._decide()

    def _match_five(self, k):
        """How much the window is like itself k to k + 4 lags earlier. The ring still holds all of them.

        Written out for five lags side by side, so that a sample is fetched once for all of them.
        """
        s = self._samples
        end = self._end
        i = end - _WINDOW - self._first - k
        # Each sample is fetched once and then passed on from lag to lag.
        p4 = s[i - 4]
        p3 = s[i - 3]
        p2 = s[i - 2]
        p1 = s[i - 1]
        m0 = m1 = m2 = m3 = m4 = 0
        for at in range(end - _WINDOW, end):
            v = s[at]
            p0 = s[i]
            i += 1
            m0 += v * p0
            m1 += v * p1
            m2 += v * p2
            m3 += v * p3
            m4 += v * p4
            p4 = p3
            p3 = p2
            p2 = p1
            p1 = p0
        m = self._match
        m[k] = m0 // _WINDOW
        m[k + 1] = m1 // _WINDOW
        m[k + 2] = m2 // _WINDOW
        m[k + 3] = m3 // _WINDOW
        m[k + 4] = m4 // _WINDOW

    def _peak_in(self, k, stop):
        """The highest peak at lags k to stop - 1, 0 for none."""
        m = self._match
        found = 0
        while k < stop:
            v = m[k]
            if m[k - 1] <= v and v >= m[k + 1] and (not found or v > m[found]):
                found = k
            k += 1
        return found

    def _follow(self):
        """The verdict of two groups. False when the period is not where it was."""
        m = self._match
        near = self._peak_in(self._groups[0] + 1, self._groups[0] + _GROUP - 1)
        if not near:
            return False
        far = self._peak_in(self._groups[1] + 1, self._groups[1] + _GROUP - 1)
        best = m[far] if far and m[far] > m[near] else m[near]
        if m[near] < best * _FIRST_Q8 >> 8 or best < (self._power >> 8) * _LEAST_MATCH_Q8:
            return False
        period_q6 = self._peak_q6(near)
        if far and m[far] > best * _MULTIPLE_Q8 >> 8:
            period_q6 = (self._peak_q6(far) + self._far // 2) // self._far
        self._missed = 0
        self._tell(period_q6)
        return True

    def _decide(self):
        """The verdict of a scan of all lags."""
        m = self._match
        last = self._count - 1
        found = self._peak_in(1, last)
        best = m[found] if found else 0
        if best < (self._power >> 8) * _LEAST_MATCH_Q8:
            self._missed += 1
            if self._missed > 1:
                self._period_q6 = 0
                self.cadence_spm = 0
            return
        self._missed = 0
        least = best * _FIRST_Q8 >> 8
        k = 1
        while not (least <= m[k] and m[k] >= m[k - 1] and m[k] >= m[k + 1]):
            k += 1
        period_q6 = self._peak_q6(k)
        for n in range(2, 4):
            at = (n * period_q6 + 32 >> 6) - self._first
            found = self._peak_in(max(1, at - 2), min(last, at + 3))
            if found and m[found] > best * _MULTIPLE_Q8 >> 8:
                period_q6 = (self._peak_q6(found) + n // 2) // n
        self._tell(period_q6)

    def _tell(self, period_q6):
        """A verdict: averaged with the last one when near it, and the cadence that follows."""
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
                return  # one verdict may be chance, two alike are not
            self.steps += spm * self._active // (60 * _BASE_HZ)  # the steps taken before that was certain
        self.cadence_spm = (self._spm_lag_q6 + period_q6 // 2) // period_q6

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
