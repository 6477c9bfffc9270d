"""From the distance run and the target to a word at the right moment.

What is watched are metres, not paces: how many metres the runner has gained or lost against the target, beyond
what the tolerance allows, since that began (a cumulative sum, Page 1954: the quickest test for a drift that stays at a
given rate of false alarms). The sum that earns a cue grows with the noise of the speed (q / k, as in Siegmund's
approximation), so an unsure receiver makes the coach slower, not talkative. Being sums of distance
from the first metre of the step on, they hold nothing of what was run before it.

In a rep of known length what counts is where it will end. The speed asked for is what would finish it in time, as
far as a part of the tolerance goes; and no cue is given when going on like this would end within 0.3 % of the target.
A fast start with 800 m to go is "easy now", the same speed in the last 100 m is not.
"""

from micropython import const

from . import workout as wk
from .pace import speed_of_pace, way_mm

NONE = const(0)
EASY_NOW = const(1)
HOLD_STEADY = const(2)
PUSH = const(3)
CUE_NAMES = ("", "easy now", "hold steady", "push a little harder")

# Why a cue came; beside it in the log stand confidence and the projected end.
BAND = const(1)  # outside the band, length unknown
PROJECTION = const(2)  # the step would end too early or too late
FAR_OFF = const(3)  # far off in the first seconds
RETURNED = const(4)  # back in the band after a cue
REASON_NAMES = ("", "band", "projection", "far off", "returned")

grace_ms = 10_000  # at the start of a step: the runner accelerates
repeat_ms = 10_000  # between two cues
contrary_ms = 20_000  # between two that contradict each other
praise_ms = 90_000  # between two times "hold steady": praise that comes often is not heard
answer_ms = 5_000  # after a cue the runner hears, thinks, and changes speed: RunnerUp's users want 5 to 8
far_permille = 120  # of the target speed; this far off, a cue is given in the first seconds too
end_permille = 3  # of the target time, 0.3 s at least: an end this close is on target
# Of the tolerance: how much faster or slower than the target may be asked for, so that a rep ends in time; and what a
# speed may be off without adding up. `bench coach`: more of the one and 400s end truer, but less time is in the band.
shift_percent = 33
slack_percent = 67

_LEAST_CONFIDENCE = const(31)  # percent; steps (30) cannot tell a drift, nor fixes that an arm has spoilt
_TICK_MOST_MS = const(5_000)
_LOOK_MS = const(1_000)
_FALSE_S = const(24_000)  # between two false alarms on one side: so many seconds, see _alarm()
_LEAST_ALARM_MM = const(300)
_MOST_ALARM_MM = const(12_000)
_MOST_SLACK_MM_S = const(130)
_QUIET_MOST_Q4 = const(160)  # a runner who overshoots, or a receiver that wanders: up to ten times as long
_COACHED = (wk.RUN, wk.STRIDE)  # in other steps the coach never says "push"


class Coach:
    """One step's coach: step() at each new step, tick() twice a second.

    tolerance_mm_s  half the width of the band around a single pace
    cue             the last cue given, NONE at the start of a step; on the screen until it is over
    reason          why it came
    ahead_ms        by how much the step would end early (late: below zero) at this speed, 0 where it has no known end
    """

    def __init__(self):
        self.cue = NONE
        self.reason = 0
        self.ahead_ms = 0
        self.tolerance_mm_s = 60
        self.fast_mm_s = self.slow_mm_s = 0
        self._gain = self._loss = self._inside = 0  # mm
        self._start_ms = self._said_ms = self._last_ms = self._far_ms = 0
        self._step_mm = 0
        self._grace_ms = grace_ms
        self._praised_ms = -praise_ms
        self._only_easy = False
        self._end = wk.END_LAP
        self._amount = 0
        self._length_ms = 0  # how long the step takes on target, 0 for as long as the runner likes
        self._band = False
        self._patience_q4 = 16
        self._before = NONE
        self._before_ms = -contrary_ms

    def step(self, t_ms, kind, pace_fast, pace_slow, end, amount):
        """A step begins at t_ms: its kind, target band and what ends it."""
        self.cue = NONE
        self.reason = 0
        self.ahead_ms = 0
        self._gain = self._loss = self._inside = 0
        self._start_ms = self._last_ms = self._far_ms = t_ms
        self._said_ms = t_ms - repeat_ms
        self._step_mm = 0
        self._only_easy = not wk.COACHED[kind]
        self._end = end
        self._amount = amount
        self.fast_mm_s = speed_of_pace(pace_fast)
        self.slow_mm_s = speed_of_pace(pace_slow)
        self._band = pace_fast != pace_slow
        middle = (self.fast_mm_s + self.slow_mm_s) >> 1
        self._length_ms = 0
        if end == wk.END_TIME:
            self._length_ms = amount
        elif end == wk.END_DISTANCE and middle and amount < 1_000_000_000 // 40:
            self._length_ms = amount * 40 // middle * 25
        self._grace_ms = grace_ms
        if 0 < self._length_ms < 3 * grace_ms:
            self._grace_ms = self._length_ms // 3  # a 30 s rep is too short to wait 10

    def tick(self, t_ms, step_mm, speed_mm_s, noise_mm2_s, confidence):
        """Look at the step so far. Returns the cue to give, or NONE. noise_mm2_s: growth of the distance's variance."""
        dt = t_ms - self._last_ms
        if dt < _LOOK_MS:
            return NONE
        moved = step_mm - self._step_mm
        self._last_ms = t_ms
        self._step_mm = step_mm
        if not self.fast_mm_s or confidence < _LEAST_CONFIDENCE or dt > _TICK_MOST_MS:
            return NONE
        since = t_ms - self._start_ms
        middle = (self.fast_mm_s + self.slow_mm_s) >> 1
        if since < self._grace_ms:
            if since > self._grace_ms >> 1:
                self._watch(t_ms, dt, moved, step_mm, since, speed_mm_s, middle, noise_mm2_s, True)
            return self._far_off(t_ms, speed_mm_s, middle)
        return self._watch(t_ms, dt, moved, step_mm, since, speed_mm_s, middle, noise_mm2_s, False)

    def _watch(self, t_ms, dt, moved, step_mm, since, speed, middle, noise, quiet):
        fast = self.fast_mm_s
        slow = self.slow_mm_s
        shift = self._asked(since, step_mm, middle)
        k = self.tolerance_mm_s * slack_percent // 100
        if not self._band:
            fast += shift + k
            slow += shift - k
        gain = moved - fast * dt // 1000
        loss = slow * dt // 1000 - moved
        answering = t_ms - self._said_ms < answer_ms
        if answering:
            self._gain = self._loss = 0
        else:
            self._gain = self._gain + gain if self._gain + gain > 0 else 0
            self._loss = self._loss + loss if self._loss + loss > 0 else 0
        alarm = self._alarm(noise, k) * self._patience_q4 >> 4
        if alarm < _LEAST_ALARM_MM:
            alarm = _LEAST_ALARM_MM
        elif alarm > _MOST_ALARM_MM:
            alarm = _MOST_ALARM_MM
        self._project(since, step_mm, speed, middle)
        if quiet:
            return NONE
        if self._gain > alarm:
            return self._say(EASY_NOW, t_ms)
        if self._loss > alarm:
            return self._say(PUSH, t_ms)
        if self.cue == EASY_NOW or self.cue == PUSH:
            return self._praise(t_ms, dt, gain, loss, answering)
        return NONE

    def _alarm(self, noise, k):
        """The sum in mm that earns a cue, for noise in mm2/s and a slack of k mm/s.

        A sum of Brownian steps with the drift -k reaches noise / 2k x once in noise / 2k2 (e**x - x - 1) seconds; x is
        chosen for _FALSE_S.
        """
        if k > _MOST_SLACK_MM_S:
            k = _MOST_SLACK_MM_S
        z = 2 * _FALSE_S * k * k // noise  # < 2**30: 130 mm/s
        n = 0
        while z >> n > 1:
            n += 1
        x_q4 = (16 * n + ((z << 4) >> n) - 16) * 11 >> 4  # the logarithm, straight between powers of two
        return noise * (x_q4 if x_q4 > 16 else 16) // (32 * k)

    def _asked(self, since, step_mm, middle):
        """How much faster than the target the rest of the step has to be to end in time, in mm/s, within limits."""
        length = self._length_ms
        if not length or self._end != wk.END_DISTANCE:
            return 0
        left_ms = length - since
        if left_ms < 5_000:
            return 0
        behind = way_mm(middle, since) - step_mm
        if not -1_000_000 < behind < 1_000_000:
            return 0
        shift = behind * 1000 // left_ms
        most = self.tolerance_mm_s * shift_percent // 100
        return most if shift > most else -most if shift < -most else shift

    def _project(self, since, step_mm, speed, middle):
        """ahead_ms at the end of the step, going on like this."""
        self.ahead_ms = 0
        if self._end != wk.END_DISTANCE or speed < 500 or not middle:
            return
        left = self._amount - step_mm
        if left > 1_000_000 or left < 0:
            return
        self.ahead_ms = self._length_ms - since - left * 1000 // speed  # < 2**30: 1 km in mm times 1000

    def _far_off(self, t_ms, speed, middle):
        """In the first seconds a cue is given only when the speed has been far off for a while."""
        off = speed - middle
        if off * 1000 < middle * far_permille or self._grace_ms < grace_ms:
            self._far_ms = t_ms
        elif t_ms - self._far_ms >= 5_000:
            self.reason = FAR_OFF
            return self._give(EASY_NOW, t_ms)
        return NONE

    def _say(self, cue, t_ms):
        if cue == PUSH and self._only_easy:
            self._loss = 0
            return NONE
        length = self._length_ms
        self.reason = BAND
        if length:
            left = self._start_ms + length - t_ms
            if self._end == wk.END_DISTANCE:
                self.reason = PROJECTION
                least = length * end_permille // 1000
                if least < 300:
                    least = 300
                ahead = self.ahead_ms if cue == EASY_NOW else -self.ahead_ms
                if self._amount - self._step_mm < 1_000_000 and ahead < least:
                    return NONE
            if left < 4_000:
                return NONE  # too late to change anything
        contrary = self._before != NONE and self._before != cue
        if t_ms - self._said_ms < repeat_ms or (contrary and t_ms - self._before_ms < contrary_ms):
            return NONE
        if contrary and t_ms - self._before_ms < 2 * contrary_ms and self._patience_q4 < _QUIET_MOST_Q4:
            self._patience_q4 += 8  # the runner has overshot: less is more
        elif not contrary and self._patience_q4 > 16:
            self._patience_q4 -= 1
        return self._give(cue, t_ms)

    def _give(self, cue, t_ms):
        if t_ms - self._said_ms < repeat_ms or (cue != self._before and t_ms - self._before_ms < contrary_ms):
            return NONE
        self.cue = cue
        self._before = cue
        self._said_ms = self._before_ms = t_ms
        self._gain = self._loss = self._inside = 0
        return cue

    def _praise(self, t_ms, dt, gain, loss, answering):
        """Say "hold steady" when the runner has been back in the band for a while after a cue, but not often."""
        if answering or gain > 0 or loss > 0:
            if gain > 0 or loss > 0:
                self._inside -= self._inside >> 1
            return NONE
        self._inside += dt
        if self._inside < 8_000 or t_ms - self._said_ms < contrary_ms or t_ms - self._praised_ms < praise_ms:
            return NONE
        self._praised_ms = t_ms
        self.reason = RETURNED
        return self._give(HOLD_STEADY, t_ms)
