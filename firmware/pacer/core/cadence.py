"""Accelerometer samples to steps and cadence, whatever way the watch sits on the wrist.

Acceleration is in 1/4096 g (every driver sets +-8 g, where that is one count). Only the square of its
length is used, so orientation drops out. It is averaged down to about 25 Hz, and the period is where
the last 1.6 s are most like themselves: the first peak of the autocorrelation that is at least four
tenths of the highest. The highest alone would be the stride (left and right differ, the arm swings once
in two steps); a fixed threshold would take a foot's second bounce for a step. The peaks at two and three
periods then tell the period more finely.

Where the swing of the arm drowns the step, that first peak is the stride all the same, or two of them.
Nobody walks below 76 steps a minute for long, and strides of a runner are 70 to 110 a minute: there a
runner's hard steps tell them from a walker's gentle ones, and the even harmonics that two beats in a
stride make; a known cadence and, where somebody tells it, the speed say more. Without any second beat a
slow rhythm is what it seems.

A rhythm is believed once it has lasted, the sooner the more each part of it is like the last: a car, a bus
and hands that talk repeat themselves, too, but not for long. The steps taken until then are counted when
it is. Steps are counted at verdicts, for the samples that no verdict has counted: none twice.

Lags are scanned five at a time, side by side, so that a sample is fetched once for all five. A scan of all is spread
over the calls, so that none takes long; while the period is known, the lags about it and about a multiple do.
"""

from array import array

from micropython import const

UNKNOWN = const(-1)
_BASE_HZ = const(25)
_BASE_LAG_Q6 = const(96_000)  # 60 * 64 * 25: steps a minute times period in 1/64 samples at that rate
# Samples compared: 1.6 s; `bench accuracy`: with 48 a change is seen 0.3 s later, with 36 strides are lost.
_WINDOW = const(40)
_RING = const(128)
_RING_MASK = const(127)
_GROUP = const(5)  # lags, scanned at once
_ALL_TURNS = const(16)  # one scan in 16 is of all lags
_A_TURN = const(4)  # samples for which feed() does one part of the work ...
_PAUSE = const(2)  # ... and so many of them it rests between two scans of two groups: two verdicts a second
_FASTEST_SPM = const(250)
_SLOWEST_SPM = const(38)
_MOST_LAGS = const(48)
_CLIP = const(2500)  # < 2**30: 40 products of it
_LEAST_POWER = const(2500)  # (0.05 g**2)**2: hands that move while standing stay below
_RECENT = const(24)  # samples, about a second: once they are quiet, the runner has stopped
_NEAR_SPM = const(9)  # verdicts this close to each other tell of one rhythm
_FASTEST_WALK_SPM = const(140)
_SAME_SPM = const(3)  # a runner's verdicts are averaged this close to each other: more would be a change of pace
_LEAST_MATCH_Q8 = const(128)  # half of the power: a bus shakes, but does not repeat itself
_FIRST_Q8 = const(102)  # 0.4 of the highest peak
_MULTIPLE_Q8 = const(77)  # 0.3: what a peak at a multiple must reach to count
_MOST_MISSED = const(4)  # scans without a rhythm, about 2 s of them: then it is over
_MOST_UNCOUNTED = const(500)  # samples, 20 s
_HELD = const(12)  # the last samples are counted at the next verdict: the window sees an end that much later
# What a rhythm must gain to be believed: a verdict every _SPACED samples gains 0 for a match of half the power, 128 for
# a full one, at least _STEADY_Q8 where it is just like the last.
_SURE_Q8 = const(512)
_STEADY_Q8 = const(40)
_SPACED = const(10)
_LEAST_STEPS = const(76)  # a minute; what repeats itself less often is a stride
_MOST_STRIDES = const(112)  # a minute: 224 steps
_HARD_POWER = const(212_000)  # (0.45 g**2)**2: no slow walker's step reaches it
_RUNNING_POWER = const(850_000)  # (0.9 g**2)**2: nor does a walker who swings his arms
_WALKING_MM_S = const(500)
_VEHICLE_MM_S = const(12_500)
# Step length in mm over cadence in steps/min, which is about 6.5 whatever pace one walks at (Sekiya, Nagasaki 1998).
_MOST_WALK_RATIO = const(10)


class Cadence:
    """steps is the total, cadence_spm the rate, 0 while standing; filled: samples came. rate_hz: 10 to 200.

    speed_mm_s      set from outside where it is known: slow steps are short ones
    wide            all lags are being looked at: feed() takes its time
    """

    def __init__(self, rate_hz):
        self.steps = 0
        self.cadence_spm = 0
        self.speed_mm_s = UNKNOWN
        self.wide = False
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
        self._uncounted = 0  # samples whose steps are not in the total, 20 s at most
        self._part_q6 = 0  # the part of a step that is, in samples
        self._per = 1  # steps in what repeats itself: 1, or 2 where only the stride does
        self._sure_q8 = 0  # how surely the present rhythm is one
        self._heard = 0  # of the samples that are not counted, at the last verdict
        self._base_q4 = 0
        self._sum = 0
        self._summed = 0
        self._missed = 0
        self._period_q6 = 0  # the last verdict, 0 for none

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
        new = filled - self.filled
        if self._uncounted < _MOST_UNCOUNTED:
            self._uncounted += new
        self.filled = filled if filled < _RING else _RING
        while True:
            if self._group >= 0:
                self._scan()
            elif self._pause:
                self._pause -= 1
            elif self.filled >= _WINDOW + self._first + self._count:
                self._begin()
            new -= _A_TURN
            if new <= 0:
                break

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
        still = power < _LEAST_POWER or recent < _LEAST_POWER or recent < power >> 4
        if still or self.speed_mm_s > _VEHICLE_MM_S:
            self._uncounted = 0
            self._lose()
            return
        self._group = self._far = 0
        self._turn += 1
        groups = self._groups
        if self._period_q6 and self._turn % _ALL_TURNS:
            per = self._per
            most = ((self._first + self._count - 3) << 6) // (per * self._period_q6)
            self._far = (3 if most >= 3 and per == 1 else 2 if most >= 2 else 1) * per
            groups[0] = self._around(per)
            groups[1] = self._around(self._far)
            self._planned = 2 if self._far > per else 1
        else:
            n = 0
            for k in range(0, self._count - _GROUP, _GROUP):
                groups[n] = k
                n += 1
            groups[n] = self._count - _GROUP
            self._planned = n + 1
            self.wide = True

    def _lose(self):
        """There is no rhythm now."""
        self._period_q6 = 0
        self.cadence_spm = 0

    def _count_from(self, back):
        """What lies further back than so many samples holds no steps that are not counted yet."""
        if self._uncounted > back:
            self._uncounted = self._heard = back

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
            self.wide = False
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
        per = self._per
        far = 0
        if self._planned > 1:
            far = self._peak_in(self._groups[1] + 1, self._groups[1] + _GROUP - 1)
        best = m[far] if far and m[far] > m[near] else m[near]
        if m[near] < best * _FIRST_Q8 >> 8 or best < (self._power >> 8) * _LEAST_MATCH_Q8:
            return False
        if far and m[far] > best * _MULTIPLE_Q8 >> 8:
            period_q6 = (self._peak_q6(far) + self._far // 2) // self._far
        else:
            period_q6 = (self._peak_q6(near) + per // 2) // per
        self._missed = 0
        self._tell(period_q6, best)
        return True

    def _decide(self):
        """The verdict of a scan of all lags."""
        m = self._match
        last = self._count - 1
        found = self._peak_in(1, last)
        best = m[found] if found else 0
        if best < (self._power >> 8) * _LEAST_MATCH_Q8:
            self._missed += 1
            self._sure_q8 -= self._sure_q8 >> 2
            if self._missed > _MOST_MISSED:
                self._lose()
            if not self.cadence_spm:
                self._count_from(_WINDOW)
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
        per = self._per = self._steps_in(k, self._spm_lag_q6 // period_q6)
        self._tell((period_q6 + per // 2) // per, best)

    def _steps_in(self, k, per_minute):
        """How many steps are in what repeats itself so often, first at peak k: a step, a stride or two."""
        if per_minute > _MOST_STRIDES:
            return 1
        hard = self._power > _HARD_POWER
        known = self.cadence_spm
        near = known >> 3
        if per_minute < _LEAST_STEPS or hard:
            if -near < known - 2 * per_minute < near:
                return 2
            if -near < known - 4 * per_minute < near:
                return 4
        if self.speed_mm_s >= _WALKING_MM_S:
            # < 2**30: 12 m/s; 112 steps/min.
            if self.speed_mm_s * 60 > _MOST_WALK_RATIO * per_minute * per_minute:
                return 2
            if per_minute >= _LEAST_STEPS:
                return 1
        if self._power > _RUNNING_POWER:
            return 2
        m = self._match
        half = (self._first + k >> 1) - self._first
        # The even harmonics' part of the power: a stride holds two beats, so it is large in one.
        even = m[k] + m[half] if half >= 0 else m[k]
        if per_minute < _LEAST_STEPS:
            return 2 if even << 3 > m[k] else 1
        return 2 if hard and 3 * even > 2 * m[k] else 1

    def _tell(self, period_q6, best):
        """A verdict: averaged with the last one when near it, and the cadence that follows."""
        apart = self._spm_lag_q6 // period_q6
        same = _SAME_SPM if apart > _FASTEST_WALK_SPM else _NEAR_SPM
        known = self._period_q6
        if known:
            apart -= self._spm_lag_q6 // known
        if -same < apart < same:
            period_q6 = (known + period_q6 + 1) // 2
        self._period_q6 = period_q6
        if not -_NEAR_SPM < apart < _NEAR_SPM:
            self._sure_q8 = 0
            if known:
                self._count_from(_WINDOW + (self._per * period_q6 >> 6))
        if not self.cadence_spm:
            self._trust(apart, best // (self._power >> 8))
            if self._sure_q8 < _SURE_Q8:
                return
        self.cadence_spm = (self._spm_lag_q6 + period_q6 // 2) // period_q6
        if self._uncounted > _HELD:
            self._part_q6 += self._uncounted - _HELD << 6
            self._uncounted = _HELD
            whole = self._part_q6 // period_q6
            self.steps += whole
            self._part_q6 -= whole * period_q6

    def _trust(self, apart, match_q8):
        """How much surer a verdict makes it that there is a rhythm. apart: from the last verdict, in steps/min."""
        gain = match_q8 - 128 if match_q8 < 256 else 384 - match_q8 if match_q8 < 512 else -128
        new = _SPACED  # for the first one
        if self._sure_q8:
            new = self._uncounted - self._heard
            if new > _WINDOW:
                new = _WINDOW
            if gain < _STEADY_Q8 and -_SAME_SPM <= apart <= _SAME_SPM:
                gain = _STEADY_Q8
        self._heard = self._uncounted
        # By the time that is new in it: verdicts may be few or many in a second. < 2**30: 128 * 40 * 96,000.
        self._sure_q8 += gain * new * _BASE_LAG_Q6 // (_SPACED * self._spm_lag_q6)

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
