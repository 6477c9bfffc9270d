"""Accelerometer samples to steps and cadence, whatever way the watch sits on the wrist.

Acceleration is in 1/4096 g (every driver sets +-8 g, where that is one count). Only the square of
its length is used, so orientation drops out. A step is a rise through the upper threshold after a
fall through the lower one; both follow the size of the last swings.
"""

from array import array

from micropython import const

UNKNOWN = const(-1)
_LEAST_SWING = const(120)  # in 1/1024 g**2: hands that move while standing stay below
_SHORTEST_STEP_MS = const(230)  # 260 steps a minute
_LONGEST_STEP_MS = const(1500)  # 40 steps a minute
_INTERVALS = const(4)  # steps averaged: two strides, so that left and right weigh alike


class Cadence:
    """Counts steps. steps is the total, cadence_spm the rate, 0 while standing."""

    def __init__(self, rate_hz):
        self.steps = 0
        self.cadence_spm = 0
        self._us_sample = 1_000_000 // rate_hz
        self._shift = 1 if rate_hz < 40 else 2 if rate_hz < 80 else 3
        self._base_q4 = 1024 << 4
        self._low_q4 = 0
        self._swing = 0
        self._armed = False
        self._us = 0  # since the last step
        self._intervals = array("i", (0,) * _INTERVALS)
        self._next = 0
        self._seen = 0

    def feed(self, samples, count):
        """Take `count` samples of x, y, z from an array('h'), the oldest first."""
        base = self._base_q4
        low = self._low_q4
        shift = self._shift
        swing = self._swing
        step_us = self._us_sample
        us = self._us
        i = 0
        for _ in range(count):
            x = samples[i] >> 2
            y = samples[i + 1] >> 2
            z = samples[i + 2] >> 2
            i += 3
            m = (x * x + y * y + z * z) >> 6  # < 2**22; 1 g is 16384, 1024 in Q4
            base += (m - base) >> 6
            low += (m - base - low) >> shift
            us += step_us
            size = low >> 4
            if size > swing:
                swing = size
            threshold = swing // 3
            if threshold < _LEAST_SWING:
                threshold = _LEAST_SWING
            if self._armed:
                if size > threshold and us >= 1000 * _SHORTEST_STEP_MS:
                    self._armed = False
                    self._step(us)
                    us = 0
                    swing -= swing >> 3
            elif size < -(threshold >> 2):
                self._armed = True
            if us > 1000 * _LONGEST_STEP_MS:
                swing = 0
                self._seen = 0
                self.cadence_spm = 0
                if us > 100_000_000:
                    us = 100_000_000
        self._base_q4 = base
        self._low_q4 = low
        self._swing = swing
        self._us = us

    def _step(self, us):
        self.steps += 1
        if us > 1000 * _LONGEST_STEP_MS:
            self._seen = 0
            return
        self._intervals[self._next] = us
        self._next = (self._next + 1) % _INTERVALS
        if self._seen < _INTERVALS:
            self._seen += 1
            if self._seen < _INTERVALS:
                return
        total = 0
        for v in self._intervals:
            total += v
        self.cadence_spm = (60_000_000 * _INTERVALS + total // 2) // total
