"""A speed that is steady when the runner is and quick when the runner changes: averaging as long as the data agree.

A watch hangs on an arm that swings: fixes that come several times a second are first averaged over one stride, as
velocities, so that the arm's way to and fro is gone. Means over the last 1, 2, 3, 4, 6, ... of these samples are then
compared, the shortest first. Each has a confidence interval of its noise; the longest window whose interval still
meets those of all shorter ones is the one that is shown (intersection of confidence intervals: Goldenshluger and
Nemirovski 1997, Katkovnik 1999). So it explains itself: `window` tells over how many samples the runner has kept one
speed.

A receiver's errors hold for seconds, so the mean of n samples is less sure than by the root of n. What is learned of
them, while it runs, is how large one is, from samples 4 s apart, and how fast the variance of a distance grows
with time (the density of the noise at slow rates), from neighbouring means of 8 and of 16 s.

A runner's own pace wanders, too, and then a long mean is steady and wrong: over T seconds it errs by noise / T + wander
T / 3, and neighbouring means of T differ by just as much (Allan 1966). What those of 30 s differ by beyond the noise is
taken for wander, and no window is longer than where that sum is least.
"""

from array import array

from micropython import const

from .fixed import hypot, isqrt

_RING = const(128)
_MASK = const(127)
_SUM_MASK = const(0xFFFFFF)  # sums are kept modulo 2**24: 128 samples of 12 m/s are less than 2**21
_LONGEST_MS = const(96_000)  # `bench accuracy`: 64 s misses the jitter of white noise at 5'33"/km
_LEAST_LONGEST_MS = const(6_000)  # shorter, and no step length would be learned at one fix a second
_RECENT_MS = const(12_000)  # for the coach: a small drift must not hide in a minute's mean
_SLOW_MS = const(400)  # fixes that are farther apart are samples as they are
_FAR_MS = const(4_000)
_JUMP = const(5)  # mean differences, that is four sigmas, twice in a row: the runner has changed pace
_MEAN_MS = const(8_000)
_FIRST_NOISE_MM_S = const(150)  # of a receiver that does not say its accuracy, until it is learned ...
_FIRST_GROWTH = const(40_000)  # ... mm2/s
_LEAST_NOISE_MM_S = const(20)  # NMEA gives 1/1000 knot, but no wrist moves that evenly
_LEAST_GROWTH = const(1_000)
_MOST_GROWTH = const(800_000)
_MOST_Q6 = const(128_000)  # of a mean difference, 2 m/s ...
_MOST_LONG_Q6 = const(32_000)  # ... and of one of long means, whose square is below 2**30
_FIRST_WEIGHT = const(24)  # each sample is so small a part of the means at first, and smaller with each four samples:
_MOST_WEIGHT = const(384)  # a receiver that has just found its fix errs more than later
_HELD_MS = const(2_500)  # how long a receiver's error holds, 2 to 3 s by recordings ...
_KEPT_FAR_Q10 = const(207)  # ... and what is left of it 4 s later
_WIDE_MS = const(30_000)  # means that tell how a runner's pace wanders ...
_MOST_WIDE = const(63)  # ... of so many samples at most: two of them are in the ring
# Samples 4 s apart differ by the wander, too: of what it adds to means of 30 s, one part in so many is in the shape.
_WANDER_IN_NOISE = const(19)
_TURN_MS = const(12_000)  # the growth is told one to two such turns late: a drift under way is no noise
# What follows from the growth's shape, between 1 s and 4 s, counts as so many of the means of 16 s ...
_SHAPE_WEIGHT = const(240)
_MOST_LONG = const(900)  # ... of which no more are counted
_KNOWN = const(60)  # from so many on, they bound it
# Window lengths, and half widths of their confidence intervals in noise sigmas, Q10: 2.2 * 1024 / sqrt(n).
# 2.2 by `bench accuracy`: at 2.0 the jitter rises by a tenth, at 2.6 a change of pace takes up to 8 s.
_WINDOWS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 120)
_HALF_Q10 = (2253, 1593, 1301, 1126, 920, 796, 650, 563, 460, 398, 325, 282, 230, 206)


class Speed:
    """add() each fix; mm_s is the speed, window how many samples agree on it.

    recent_mm_s     the same over the last 12 s at most: noisier, but with what the runner does now
    stride_ms       set from outside: how long two steps take
    sway_mm_s       by how much the mean of the speeds exceeds the speed of the mean, in the last stride: the arm's part
    growth_mm2_s    how fast the variance of the distance grows: what the coach has to be patient with
    """

    def __init__(self):
        self._sums = array("i", (0,) * _RING)
        self.sample_ms = 1000
        self.stride_ms = 1000
        self.clear()
        # Mean differences, Q6, each 1.128 sigma: of neighbours, of samples 4 s apart, of means of 8, 16 and 30 s.
        self._near_q6 = self._far_q6 = _FIRST_NOISE_MM_S * 72
        self._mean_q6 = self._long_q6 = _FIRST_NOISE_MM_S * 25
        self._wide_q6 = 0
        self._weight_q2 = 4 * _FIRST_WEIGHT
        self._long = 0  # how many means of 16 s have been compared
        self.growth_mm2_s = self._before = self._held = _FIRST_GROWTH
        self._turn_ms = 0
        self._longest_ms = _LONGEST_MS

    def clear(self):
        """Forget the samples, keep the noise: a new stretch begins."""
        self.mm_s = 0
        self.recent_mm_s = 0
        self.begin()

    def begin(self):
        """A step of the plan begins: what was run before says nothing of it. The speed shown stays until a sample."""
        self.window = 0
        self.sway_mm_s = 0
        self._count = 0
        self._at = 0
        self._last = -1
        self._jumped = 0  # on which side the last sample was far off
        self._sums[0] = 0
        self._start(0, 0, 0, 0, True)

    def _start(self, ms, mm_s, east, north, directed):
        """A stride begins, of which `ms` are over."""
        self._bin_ms = self.stride_ms
        self._in_ms = ms
        self._sum = mm_s * ms
        self._east = east * ms
        self._north = north * ms
        self._directed = directed

    def accuracy(self, mm_s):
        """The receiver's own estimate of its noise, taken as the first value of ours."""
        if 0 < mm_s < 2000 and self._weight_q2 == 4 * _FIRST_WEIGHT:
            self._near_q6 = self._far_q6 = mm_s * 72
            self._mean_q6 = self._long_q6 = mm_s * 25
            self.growth_mm2_s = self._before = self._held = mm_s * mm_s

    def add(self, mm_s, dt_ms, east, north, directed):
        """A speed that stands for the last dt_ms, and its parts if it is directed. True when mm_s was renewed."""
        if dt_ms >= _SLOW_MS or dt_ms >= self._bin_ms:
            self.sway_mm_s = 0
            self._sample(mm_s, dt_ms)
            return True
        left = self._in_ms + dt_ms - self._bin_ms
        part = dt_ms if left < 0 else dt_ms - left
        self._in_ms += part
        self._sum += mm_s * part  # < 2**30: 12 m/s for 3 s
        self._east += east * part
        self._north += north * part
        if not directed:
            self._directed = False
        if left < 0:
            if not self._count and not self.mm_s:
                self.mm_s = self.recent_mm_s = mm_s
            return False
        ms = self._in_ms
        mean = (self._sum + (ms >> 1)) // ms
        way = hypot(self._east // ms, self._north // ms) if self._directed else mean
        self.sway_mm_s = mean - way
        self._sample(way, ms)
        self._start(left, mm_s, east, north, directed)
        return True

    def _sample(self, mm_s, dt_ms):
        sums = self._sums
        at = (self._at + 1) & _MASK
        sums[at] = (sums[self._at] + mm_s) & _SUM_MASK
        self._at = at
        if self._count < _RING - 1:
            self._count += 1
        self.sample_ms = dt_ms
        self._learn(mm_s, dt_ms)
        self._choose(mm_s, self._longest_ms // dt_ms, _RECENT_MS // dt_ms)

    def _choose(self, mm_s, most, recent):
        sums = self._sums
        at = self._at
        total = sums[at]
        noise = self._noise()
        widest = noise * _HALF_Q10[0] >> 10
        slow = isqrt(self._held * 1000 // self.sample_ms)
        if slow > noise:
            noise = slow
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
            if half > widest:
                half = widest
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

    def _noise(self):
        """The error of one sample, 1 sigma: against its neighbour, or against one 4 s away if that is more."""
        q6 = self._far_q6 if self._far_q6 > self._near_q6 else self._near_q6
        noise = q6 // 72
        return noise if noise > _LEAST_NOISE_MM_S else _LEAST_NOISE_MM_S

    def _learn(self, mm_s, dt_ms):
        """Follow the differences; a change of pace counts as some of them at most. Two samples far off begin anew."""
        sums = self._sums
        at = self._at
        count = self._count
        last = self._last
        self._last = mm_s
        if last >= 0:
            self._near_q6 = self._followed(self._near_q6, mm_s - last << 6, self._weight_q2 >> 2)
        n = _FAR_MS // dt_ms
        if count <= n:
            return
        d = mm_s - (sums[(at - n) & _MASK] - sums[(at - n - 1) & _MASK] & _SUM_MASK)
        if abs(d) << 6 > _JUMP * self._far_q6:
            side = 1 if d > 0 else -1
            if side == self._jumped:
                self._count = 2
                side = 0
            self._jumped = side
            return
        self._jumped = 0
        self._far_q6 = self._followed(self._far_q6, d << 6, self._weight_q2 >> 2)
        if self._weight_q2 < 4 * _MOST_WEIGHT:
            self._weight_q2 += 1
        n = (_MEAN_MS + (dt_ms >> 1)) // dt_ms
        if count >= 2 * n:
            total = sums[at]
            middle = sums[(at - n) & _MASK]
            before = sums[(at - 2 * n) & _MASK]
            later = total - middle & _SUM_MASK
            d = later - (middle - before & _SUM_MASK)
            self._mean_q6 = self._followed(self._mean_q6, d * 64 // n, self._weight_q2 >> 2)
            if count >= 4 * n:
                d = (total - before & _SUM_MASK) - (before - sums[(at - 4 * n) & _MASK] & _SUM_MASK)
                self._long_q6 = self._followed(self._long_q6, d * 32 // n, self._weight_q2 >> 2)
                if self._long < _MOST_LONG:
                    self._long += 1
                n = min(_WIDE_MS // dt_ms, _MOST_WIDE)
                if count >= 2 * n:
                    middle = sums[(at - n) & _MASK]
                    if not self._wide_q6:  # no wander until it is seen: what noise alone makes of it
                        self._wide_q6 = 64 + (isqrt(self._held // 24) << 6)
                    d = (total - middle & _SUM_MASK) - (middle - sums[(at - 2 * n) & _MASK] & _SUM_MASK)
                    self._wide_q6 = self._followed(self._wide_q6, d * 64 // n, self._weight_q2 >> 2)
        self._grow(dt_ms)

    def _grow(self, dt_ms):
        """What all the differences make of the growth."""
        near = self._near_q6 >> 2
        near = (near * near >> 2) // 81  # mm2/s2
        far = self._far_q6 >> 2
        far = (far * far >> 2) // 81
        kept_q10 = 1024 - dt_ms * 1024 // _HELD_MS + dt_ms * dt_ms // (2 * _HELD_MS * _HELD_MS >> 10)
        held = far - near - near // 8
        if held > 0:
            held = (held << 6) // (kept_q10 - _KEPT_FAR_Q10 >> 4)  # < 2**30: (2 m/s)**2
            white = near - ((held >> 4) * (1024 - kept_q10) >> 6)
            shape = held * (2 * _HELD_MS // 1000)
        else:
            white = near if near > far else far
            shape = 0
        if white > 0:
            shape += (white >> 3) * dt_ms // 125
        mean = self._mean_q6 if self._mean_q6 < _MOST_LONG_Q6 else _MOST_LONG_Q6
        long = self._long_q6 if self._long_q6 < _MOST_LONG_Q6 else _MOST_LONG_Q6
        a = (mean * mean >> 12) * 800 // 127
        b = (long * long >> 12) * 1600 // 127
        more = b - a
        growth = min(b + (0 if more < 0 else more if more < b >> 1 else b >> 1), _MOST_GROWTH)
        n = self._long
        if n > _KNOWN and shape > 3 * growth:
            shape = 3 * growth  # an arm that one fix a second sees: large errors, but they go as they come
        if shape > _MOST_GROWTH:
            shape = _MOST_GROWTH
        self._held = shape
        self._turn_ms += dt_ms
        if self._turn_ms > _TURN_MS:
            self._turn_ms = 0
            growth = (shape * _SHAPE_WEIGHT + growth * n) // (_SHAPE_WEIGHT + n)  # < 2**30: 0.8 m2/s
            self.growth_mm2_s = self._before
            self._before = max(growth, shape, _LEAST_GROWTH)
            self._limit(shape)

    def _limit(self, noise):
        """How long a window may be: by what means of 30 s differ more than noise in mm2/s explains."""
        wide = self._wide_q6 if self._wide_q6 < _MOST_LONG_Q6 else _MOST_LONG_Q6
        wide = (wide * wide >> 12) * 3000 // 127
        part = (wide - noise) // _WANDER_IN_NOISE
        if part > 0:
            noise -= part if part < noise >> 1 else noise >> 1
        wander = wide - noise * 5 // 4  # a quarter more is chance
        longest = _WIDE_MS * isqrt((noise << 10) // wander) >> 5 if wander > 0 else _LONGEST_MS  # < 2**30: 0.8 m2/s
        self._longest_ms = min(max(longest, _LEAST_LONGEST_MS), _LONGEST_MS)

    def _followed(self, q6, d_q6, weight):
        """A mean difference, moved on by a new one."""
        if d_q6 < 0:
            d_q6 = -d_q6
        most = 3 * q6
        if d_q6 > most:
            d_q6 = most
        q6 += (d_q6 - q6 + (weight >> 1)) // weight
        return q6 if q6 < _MOST_Q6 else _MOST_Q6
