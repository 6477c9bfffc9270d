"""From the distance run and the target to a word at the right moment.

What is watched are metres, not paces: how many metres the runner has gained or lost against the target, beyond
what the tolerance allows, since that began (a cumulative sum, Page 1954: the quickest test for a drift that stays at a
given rate of false alarms). The sum that earns a cue grows with the noise of the speed (q / k, as in Siegmund's
approximation), so an unsure receiver makes the coach slower, not talkative. Being sums of distance
from the first metre of the step on, they hold nothing of what was run before it.

In a rep of known length what counts is where it will end. The speed asked for is what would finish it in time, as
far as a part of the tolerance goes; and no cue is given when going on like this would end within 0.3 % of the target.
A fast start with 800 m to go is "easy now", the same speed in the last 100 m is not.

It corrects as a coach at the side of the track does: once, and again if that was not heard, but not at each step.
A rep has one cue, from 400 m on two, from 1000 m on three, a long step one more each half kilometre behind its first
kilometre.
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
RETURNED = const(4)  # back in the band after a cue
ON_TARGET = const(5)  # never out of it
REASON_NAMES = ("", "band", "projection", "far off", "returned", "on target")  # "far off": of older logs

grace_mm = 100_000  # of a step: the runner accelerates, and looks for the pace
listen_mm = 90_000  # before the grace ends: the first steps only get the runner going
warm_up_grace_ms = 60_000
repeat_ms = 10_000  # between two cues
contrary_ms = 20_000  # between two that contradict each other
twice_ms = 30_000  # ... and after two of them without an answer
often_ms = 60_000  # after more
praise_ms = 90_000  # between two times "hold steady": praise that comes often is not heard
steady_ms = 180_000  # a step as long as this has it once for who never drifts: in its middle, or after this long
answer_ms = 5_000  # after a cue the runner hears, thinks, and changes speed: RunnerUp's users want 5 to 8
end_permille = 3  # of the target time, 0.3 s at least: an end this close is on target
# Of the tolerance: how much faster or slower than the target may be asked for, so that a rep ends in time; and what a
# speed may be off without adding up. While the one is no more than the other, who runs the target is not corrected.
# `bench coach`: with less of the one, 400s end less true, and no more time is in the band.
shift_percent = 67
slack_percent = 67

_LEAST_CONFIDENCE = const(31)  # percent; steps (30) cannot tell a drift, nor fixes that an arm has spoilt
_TICK_MOST_MS = const(5_000)
_LOOK_MS = const(1_000)
_FALSE_S = const(24_000)  # between two false alarms on one side: so many seconds, see _alarm()
_LEAST_ALARM_MM = const(300)
_MOST_ALARM_MM = const(12_000)
_MOST_SLACK_MM_S = const(130)
_QUIET_MOST_Q4 = const(160)  # a runner who overshoots, or a receiver that wanders: up to ten times as long
_BACK_MS = const(8_000)  # in the band for so long, a cue is answered
_TWO_FROM_MM = const(400_000)
_THREE_FROM_MM = const(1_000_000)  # from here on one more ...
_ANOTHER_MM = const(500_000)  # ... each time that this was run
_MOST_EASY = const(2)  # cues in a warm-up, recovery or cool-down
_MANY = const(9_999)
_SLOWEST_MM_S = const(2_105)  # 7'55"/km: who is told to run slower than this is told to walk
_HOUR_MS = const(3_600_000)
_NEVER_MS = const(0x1FFFFFFF)


class Coach:
    """One step's coach: step() at each new step, resume() when it goes on after a pause, tick() twice a second.

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
        self._gain = self._loss = self._inside = 0  # mm, mm, ms
        self._start_ms = self._said_ms = self._last_ms = 0
        self._step_mm = 0
        self._grace_ms = self._grace_mm = 0  # of the run and of the step: where the grace ends
        self._praised_ms = -praise_ms
        self._only_easy = self._no_push = False
        self._end = wk.END_LAP
        self._amount = 0
        self._length_ms = 0  # how long the step takes on target, 0 for as long as the runner likes
        self._way_mm = 0  # how far it goes, at most a kilometre
        self._most = 0
        self._given = self._given_before = 0  # cues in this step and in the one before it
        self._wait_ms = repeat_ms  # from the last cue to the next
        self._answered = False
        self._steady_from_ms = 0
        self._band = False
        self._slack_mm_s = 0
        self._patience_q4 = 16
        self._before = NONE
        self._before_ms = -contrary_ms

    def step(self, t_ms, kind, pace_fast, pace_slow, end, amount, undone=False, easy=False):
        """A step begins at t_ms: its kind, target band and what ends it.

        undone: back in the one before. easy: as slow as the runner likes, so nobody is pushed.
        """
        self.cue = NONE
        self.reason = 0
        self.ahead_ms = 0
        self._start_ms = t_ms
        self._said_ms = t_ms - repeat_ms
        self._wait_ms = repeat_ms
        given = self._given
        self._given = self._given_before if undone else 0
        self._given_before = given
        self._only_easy = not wk.COACHED[kind]
        self._no_push = easy or self._only_easy
        self._most = 0 if kind == wk.STRIDE else _MOST_EASY if self._only_easy else _MANY
        self._end = end
        self._amount = amount
        self.fast_mm_s = speed_of_pace(pace_fast)
        self.slow_mm_s = speed_of_pace(pace_slow)
        self._band = pace_fast != pace_slow
        middle = (self.fast_mm_s + self.slow_mm_s) >> 1
        self._slack_mm_s = self.tolerance_mm_s * slack_percent // 100
        self._length_ms = self._way_mm = 0
        if end == wk.END_TIME:
            self._length_ms = amount
            self._way_mm = way_mm(middle, amount if amount < _HOUR_MS else _HOUR_MS)
        elif end == wk.END_DISTANCE:
            self._way_mm = amount
            if middle and amount < 1_000_000_000 // 40:
                self._length_ms = amount * 40 // middle * 25
        if self._way_mm > _THREE_FROM_MM:
            self._way_mm = _THREE_FROM_MM
        self._steady_from_ms = steady_ms
        if self._only_easy or 0 < self._length_ms < steady_ms:
            self._steady_from_ms = _NEVER_MS
        elif 0 < self._length_ms < 2 * steady_ms:
            self._steady_from_ms = self._length_ms >> 1
        self._grace_ms = t_ms + (warm_up_grace_ms if kind == wk.WARM_UP else 0)
        self.resume(t_ms, 0)

    def resume(self, t_ms, step_mm):
        """The step goes on at t_ms and step_mm of it: the runner accelerates again."""
        self._gain = self._loss = self._inside = 0
        self._last_ms = t_ms
        self._step_mm = step_mm
        self._grace_mm = step_mm + grace_mm

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
        grace = self._grace_mm
        if step_mm < grace - listen_mm:
            return NONE
        quiet = step_mm < grace or t_ms < self._grace_ms
        fast = self.fast_mm_s
        slow = self.slow_mm_s
        middle = (fast + slow) >> 1
        since = t_ms - self._start_ms
        k = self._slack_mm_s
        if not self._band:
            shift = self._asked(since, step_mm, middle)
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
        alarm = self._alarm(noise_mm2_s, k) * self._patience_q4 >> 4
        if alarm < _LEAST_ALARM_MM:
            alarm = _LEAST_ALARM_MM
        elif alarm > _MOST_ALARM_MM:
            alarm = _MOST_ALARM_MM
        self._project(since, step_mm, speed_mm_s)
        cue = EASY_NOW if self._gain > alarm else PUSH if self._loss > alarm else NONE
        if cue != NONE:
            if not quiet and self._may(cue, t_ms, speed_mm_s):
                return self._give(cue, t_ms)
            # What it can't say now is not to be said of a drift that is over then.
            if cue == EASY_NOW:
                self._gain = alarm
            else:
                self._loss = alarm
        elif not quiet and (
            self.cue == EASY_NOW or self.cue == PUSH or (since >= self._steady_from_ms and not self._given)
        ):
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

    def _project(self, since, step_mm, speed):
        """ahead_ms at the end of the step, going on like this."""
        self.ahead_ms = 0
        if self._end != wk.END_DISTANCE or speed < 500 or not self._length_ms:
            return
        left = self._amount - step_mm
        if left > 1_000_000 or left < 0:
            return
        self.ahead_ms = self._length_ms - since - left * 1000 // speed  # < 2**30: 1 km in mm times 1000

    def _allowed(self):
        """How many cues the step may have up to here."""
        mm = self._step_mm if self._step_mm > self._way_mm else self._way_mm
        n = 1 if mm < _TWO_FROM_MM else 2 if mm < _THREE_FROM_MM else 1 + mm // _ANOTHER_MM
        return n if n < self._most else self._most

    def _may(self, cue, t_ms, speed):
        """Is this the moment to say it?"""
        if self._no_push if cue == PUSH else speed < _SLOWEST_MM_S:
            return False
        if self._given >= self._allowed():
            return False
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
                    return False
            if left < 4_000:
                return False  # too late to change anything
        contrary = self._before != NONE and self._before != cue
        if t_ms - self._said_ms < self._wait_ms or (contrary and t_ms - self._before_ms < contrary_ms):
            return False
        if contrary and t_ms - self._before_ms < 2 * contrary_ms and self._patience_q4 < _QUIET_MOST_Q4:
            self._patience_q4 += 8  # the runner has overshot: less is more
        elif not contrary and self._patience_q4 > 16:
            self._patience_q4 -= 1
        return True

    def _give(self, cue, t_ms):
        if cue == self.cue and not self._answered:
            self._wait_ms = twice_ms if self._wait_ms == repeat_ms else often_ms
        else:
            self._wait_ms = repeat_ms
        self._answered = False
        self._given += 1
        self.cue = cue
        self._before = cue
        self._said_ms = self._before_ms = t_ms
        self._gain = self._loss = self._inside = 0
        return cue

    def _praise(self, t_ms, dt, gain, loss, answering):
        """Say "hold steady" when the runner has been in the band for a while: not often, nor as the last cue."""
        if answering or gain > 0 or loss > 0:
            if gain > 0 or loss > 0:
                self._inside -= self._inside >> 1
            return NONE
        self._inside += dt
        if self._inside < _BACK_MS:
            return NONE
        self._answered = True
        self._wait_ms = repeat_ms
        if t_ms - self._said_ms < contrary_ms or t_ms - self._praised_ms < praise_ms or self._only_easy:
            return NONE
        if self._given and self._given + 1 >= self._allowed():
            return NONE
        self._praised_ms = t_ms
        self.reason = RETURNED if self._given else ON_TARGET
        return self._give(HOLD_STEADY, t_ms)
