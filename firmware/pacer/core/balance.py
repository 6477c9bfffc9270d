"""What is left above critical speed: D' balance in Skiba's differential form.

Above critical speed it falls by (v - CS) dt; below it recovers by (1 - balance / D') (CS - v) dt (Skiba et al.,
Med Sci Sports Exerc 44, 2012). By that a runner at rest would have two thirds of it back after 49 s; 104 s were
measured, so it never comes back faster than that. D' itself is known to 10 or 15 %, and the model did not tell
exhaustion in intervals well (Galbraith et al. 2015): it only warns, it never sets a pace.
"""

from micropython import const

_MOST_MS = const(2_000)
_RECOVERY_S = const(104)


class Balance:
    """left_mm of dprime_mm; percent() for screen and log. cs_mm_s is 0 while critical speed is unknown."""

    def __init__(self):
        self.begin(0, 0)

    def begin(self, cs_mm_s, dprime_mm):
        """A run begins, rested."""
        self.cs_mm_s = cs_mm_s if dprime_mm else 0
        self.dprime_mm = dprime_mm
        self.left_mm = dprime_mm
        self._recovery_mm_s = dprime_mm // _RECOVERY_S
        self._rest = 0  # micrometres not yet in left_mm

    def advance(self, dt_ms, speed_mm_s):
        """Run for dt_ms at this speed. Longer gaps are taken in parts."""
        if not self.cs_mm_s:
            return
        while dt_ms > 0:
            part = dt_ms if dt_ms < _MOST_MS else _MOST_MS
            dt_ms -= part
            over = speed_mm_s - self.cs_mm_s
            if over < 0:
                used = self.dprime_mm - self.left_mm
                if used <= 0:
                    continue
                if -over > self._recovery_mm_s:
                    over = -self._recovery_mm_s
                # < 2**30: below 8 m/s, shares in 1/1024
                over = over * (used // (self.dprime_mm // 1024 + 1)) // 1024
            total = over * part + self._rest
            whole = total // 1000
            self._rest = total - whole * 1000
            self.left_mm -= whole
            if self.left_mm > self.dprime_mm:
                self.left_mm = self.dprime_mm

    def percent(self):
        """0 to 100, -1 unknown."""
        if not self.cs_mm_s:
            return -1
        left = self.left_mm // (self.dprime_mm // 100 + 1)
        return 0 if left < 0 else left if left < 100 else 100

    def after(self, time_ms, speed_mm_s):
        """What would be left after time_ms at this speed, in mm; left_mm while critical speed is unknown."""
        if not self.cs_mm_s or speed_mm_s <= self.cs_mm_s:
            return self.left_mm
        return self.left_mm - (speed_mm_s - self.cs_mm_s) * (time_ms // 100) // 10  # < 2**30: 4 m/s over for 3 h
