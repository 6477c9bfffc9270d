"""From the pace and the target to a word at the right moment.

The target band is held as speed, since the noise of a pace grows with its square. A cue needs the
mean speed to stay outside the band for a while (dwell), is withdrawn only well inside it (hysteresis),
and nothing is said in the first seconds of a step (grace): what was run before it does not count.
"""

from micropython import const

from . import workout as wk
from .pace import speed_of_pace

NONE = const(0)
EASY_NOW = const(1)
HOLD_STEADY = const(2)
PUSH = const(3)
CUE_NAMES = ("", "easy now", "hold steady", "push a little harder")

grace_ms = 10_000
dwell_ms = 5_000
repeat_ms = 20_000  # between two cues
praise_ms = 60_000  # between two times "hold steady": praise that comes often is not heard
tolerance_permille = 30  # of a single pace, to each side


class Coach:
    """One step's coach. step() at each new step, tick() as often as there is a speed.

    cue         the last cue given, NONE at the start of a step; on the screen until it is over
    """

    def __init__(self):
        self.cue = NONE
        self.fast_mm_s = self.slow_mm_s = 0
        self._mean = 0
        self._start_ms = self._out_ms = self._said_ms = 0
        self._side = 0
        self._praised_ms = -praise_ms
        self._grace_ms = grace_ms
        self._only_easy = False
        self._last_ms = 0

    def step(self, t_ms, kind, pace_fast, pace_slow, left_ms):
        """A step begins at t_ms. left_ms is how long it will be, -1 if unknown."""
        self.cue = NONE
        self._mean = 0
        self._side = 0
        self._start_ms = t_ms
        self._last_ms = t_ms
        self._said_ms = t_ms - repeat_ms
        self._only_easy = kind not in _COACHED
        self._grace_ms = grace_ms
        if 0 <= left_ms < 3 * grace_ms:
            self._grace_ms = left_ms // 3  # a 30 s rep is too short to wait 10
        self.fast_mm_s = speed_of_pace(pace_fast)
        self.slow_mm_s = speed_of_pace(pace_slow)
        if pace_fast == pace_slow:
            margin = self.fast_mm_s * tolerance_permille // 1000
            self.fast_mm_s += margin
            self.slow_mm_s -= margin

    def tick(self, t_ms, speed_mm_s, confidence):
        """Look at the speed; returns the cue to give now, or NONE."""
        if not self.fast_mm_s or not confidence:
            return NONE
        dt = t_ms - self._last_ms
        self._last_ms = t_ms
        since = t_ms - self._start_ms
        if not self._mean or since < 3_000:
            self._mean = speed_mm_s
        elif 0 < dt < 5_000:
            self._mean += (speed_mm_s - self._mean) * dt // (3_000 + dt)
        if since < self._grace_ms:
            self._out_ms = t_ms
            return NONE
        side = self._outside()
        if side != self._side:
            self._side = side
            self._out_ms = t_ms
        if t_ms - self._out_ms < dwell_ms:
            return NONE
        cue = NONE
        if side > 0:
            cue = EASY_NOW
        elif side < 0 and not self._only_easy:
            cue = PUSH
        elif side == 0 and (self.cue == EASY_NOW or self.cue == PUSH):
            cue = HOLD_STEADY
        if cue == NONE or (cue == HOLD_STEADY and self.cue == HOLD_STEADY):
            return NONE
        if t_ms - self._said_ms < repeat_ms:
            return NONE
        if cue == HOLD_STEADY:
            if t_ms - self._praised_ms < praise_ms:
                return NONE
            self._praised_ms = t_ms
        self.cue = cue
        self._said_ms = t_ms
        return cue

    def _outside(self):
        """1 too fast, -1 too slow, 0 inside; once outside, back only by a quarter of the band."""
        inner = (self.fast_mm_s - self.slow_mm_s) // 4
        fast = self.fast_mm_s - (inner if self._side > 0 else 0)
        slow = self.slow_mm_s + (inner if self._side < 0 else 0)
        if self._mean > fast:
            return 1
        if self._mean < slow:
            return -1
        return 0


_COACHED = (wk.RUN, wk.STRIDE)
