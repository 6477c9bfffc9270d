"""How long this runner's steps are at each cadence, learned while the GNSS is good.

A table of step lengths by cadence, a cell for each step/min from 40 to 239, since a runner's whole range
of paces may lie within seven of them. Between learned cells it is interpolated, beyond them the nearest is taken.
It carries the distance while there is no fix.
Steps tell the speed poorly, though: in eleven recorded runs the two hang together by 0.05 to 0.57.
"""

from array import array

from micropython import const

LOW_SPM = const(40)
CELLS = const(200)
_SURE = const(16)  # after 16 lessons a cell moves by a sixteenth of each difference
_RUN_SPM = const(150)
LEAST_MM = const(300)
MOST_MM = const(2500)


def usual_mm_s(cadence_spm):
    """The speed of most people at a cadence, for one of whom nothing is known: right within a fifth or so.

    Walking, a step's length over its rate is 6.5 mm for each step a minute (Sekiya and Nagasaki, J. Gerontology 53A,
    1998, give 6.4 to 6.7); runners go at about 3 m/s with 170 steps a minute, and lengthen the step to go faster.
    """
    if cadence_spm < _RUN_SPM:
        return cadence_spm * cadence_spm * 13 // 120
    return 3_000 + 60 * (cadence_spm - 170)


class Stride:
    """learn() from speeds that are certain; step_mm() for a cadence, 0 while nothing is known."""

    def __init__(self):
        self._mm = array("H", (0,) * CELLS)
        self._lessons = bytearray(CELLS)

    def learn(self, cadence_spm, speed_mm_s):
        """The runner goes at this speed with this cadence."""
        cell = cadence_spm - LOW_SPM
        if not 0 <= cell < CELLS:
            return
        mm = (speed_mm_s * 60 + cadence_spm // 2) // cadence_spm  # < 2**30: 12 m/s
        if not LEAST_MM <= mm <= MOST_MM:
            return
        n = self._lessons[cell]
        if n < _SURE:
            n += 1
            self._lessons[cell] = n
        self._mm[cell] += (mm - self._mm[cell] + n // 2) // n

    def lessons(self, cadence_spm):
        """How often this cadence was learned, 16 at most."""
        return self._lessons[cadence_spm - LOW_SPM]

    def restore(self, cadence_spm, mm, lessons):
        """Put in what an earlier run has learned. False for impossible values."""
        cell = cadence_spm - LOW_SPM
        if not 0 <= cell < CELLS or not LEAST_MM <= mm <= MOST_MM or not 0 < lessons <= _SURE:
            return False
        self._mm[cell] = mm
        self._lessons[cell] = lessons
        return True

    def step_mm(self, cadence_spm):
        """The step length at a cadence, from the cells on both sides of it."""
        at = cadence_spm - LOW_SPM
        if not 0 <= at < CELLS:
            return 0
        if self._mm[at]:
            return self._mm[at]
        below = above = at
        while below >= 0 and not self._mm[below]:
            below -= 1
        while above < CELLS and not self._mm[above]:
            above += 1
        if below < 0:
            return self._mm[above] if above < CELLS else 0
        if above >= CELLS:
            return self._mm[below]
        return self._mm[below] + (self._mm[above] - self._mm[below]) * (at - below) // (above - below)
