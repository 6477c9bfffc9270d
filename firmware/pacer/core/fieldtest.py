"""Field tests on the wrist: efforts of a workout whose notes begin with "Test" become critical speed and D'.

Two or three distances run all-out (3600, 2400 and 1200 m: Galbraith et al. 2014): the line through distance over
time by least squares. Three minutes all-out: critical speed is the mean of the last 30 s, D' what was run above it
in the first 150 (Pettitt et al. 2012, after Vanhatalo et al. 2007). Twelve minutes (Cooper 1968): an estimate, which
assumes a D' of 200 m.
"""

from array import array

from micropython import const

from .fixed import div_round, mul_div

MOST = const(4)
_ALL_OUT_MS = const(180_000)
_LAST_MS = const(30_000)
_TWELVE_MS = const(720_000)
_DPRIME_MM = const(200_000)
_CS_LEAST_MM_S = const(1500)
_CS_MOST_MM_S = const(7500)


class FieldTest:
    """effort() at each lap, mark() each second; result() at the end.

    rows: for each row of the workout, 1 for an effort.
    cs_mm_s, cs_unsure_mm_s, dprime_mm, dprime_unsure_mm as of the last result().
    """

    def __init__(self, rows):
        self._efforts = array("i", (0,) * (2 * MOST))
        self._rows = rows
        self.begin()

    def begin(self):
        self.count = self._before = 0
        self._at_150_mm = 0
        self.cs_mm_s = self.cs_unsure_mm_s = self.dprime_mm = self.dprime_unsure_mm = 0

    def _is_effort(self, row):
        return row < len(self._rows) and self._rows[row]

    def mark(self, row, step_ms, step_mm):
        """Progress of an all-out test; the last call before 150 s counts."""
        if self._is_effort(row) and step_ms <= _ALL_OUT_MS - _LAST_MS:
            self._at_150_mm = step_mm

    def effort(self, row, time_ms, distance_mm):
        """A step is over."""
        self._before = self.count
        if not self._is_effort(row):
            return
        if self.count < MOST and time_ms > 60_000 and 200_000 < distance_mm < 10_000_000:
            self._efforts[2 * self.count] = time_ms
            self._efforts[2 * self.count + 1] = distance_mm
            self.count += 1

    def undo(self):
        """The step is not over, or not there."""
        self.count = self._before

    def result(self):
        """True when the efforts give a critical speed that a runner can have."""
        if not self.count:
            return False
        if self.count > 1:
            found = self._line()
        else:
            found = self._single(self._efforts[0], self._efforts[1])
        return found and _CS_LEAST_MM_S <= self.cs_mm_s <= _CS_MOST_MM_S and 20_000 <= self.dprime_mm <= 600_000

    def _single(self, time_ms, mm):
        if abs(time_ms - _ALL_OUT_MS) < 2_000 and self._at_150_mm:
            self.cs_mm_s = (mm - self._at_150_mm) * 1000 // (time_ms - _ALL_OUT_MS + _LAST_MS)
            self.dprime_mm = self._at_150_mm - 150 * self.cs_mm_s
            self.cs_unsure_mm_s = self.cs_mm_s // 33
        elif abs(time_ms - _TWELVE_MS) < 2_000:
            self.dprime_mm = _DPRIME_MM
            self.cs_mm_s = (mm - _DPRIME_MM) // 720
            self.cs_unsure_mm_s = self.cs_mm_s // 50
        else:
            return False
        self.dprime_unsure_mm = self.dprime_mm // 4
        return True

    def _line(self):
        """Least squares of distance over time, in 0.1 s and dm: sums stay below 2**30."""
        n = self.count
        mean_t = mean_d = 0
        for i in range(n):
            mean_t += self._efforts[2 * i] // 100
            mean_d += self._efforts[2 * i + 1] // 100
        mean_t = div_round(mean_t, n)
        mean_d = div_round(mean_d, n)
        stt = std = 0
        for i in range(n):
            t = self._efforts[2 * i] // 100 - mean_t
            stt += t * t
            std += t * (self._efforts[2 * i + 1] // 100 - mean_d)
        if stt < 250_000 or std <= 0:  # 50 s apart at least
            return False
        self.cs_mm_s = mul_div(std, 1000, stt)
        self.dprime_mm = 100 * (mean_d - self.cs_mm_s * mean_t // 1000)
        self.cs_unsure_mm_s = self.cs_mm_s // 125  # a day's form in each time, 0.5 %
        self.dprime_unsure_mm = self.dprime_mm // 8
        return True
