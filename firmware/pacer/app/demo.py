"""A run without a receiver: fixes made up, a runner who begins too fast and then flags. For the shop window."""

from micropython import const

from ..core.gnss.stream import Fix
from ..core.motion import Motion

TEXT = b"""Workout - Demo
- 15s warm-up @ 6'30"/km
- 2 x:
  - 60s @ 4'30"/km
  - 10s walk
- 15s cool-down @ 6'30"/km
"""
_FIX_MS = const(1_000)
_SPEEDS_MM_S = (2_560, 4_050, 1_300, 3_400, 1_300, 2_560)  # a step; the first rep too fast, the second too slow
_UMIN_MM_Q16 = const(35_300)  # micro-minutes of latitude to a millimetre, Q16: 1 / 1.8565


class Demo:
    """step() gives its own `motion` fixes and steps."""

    def __init__(self):
        self.motion = Motion()
        self._fix = Fix()
        self._fix.valid = 1
        self._fix.sats = 12
        self._fix.hdop_c = 90
        self._fix.lat_deg = 52
        self._fix.utc_ms = 36_000_000
        self._due_ms = 0
        self._way_mm = 0

    def step(self, index, ms):
        """index: of the step that the runner is in."""
        if ms < self._due_ms:
            return
        self._due_ms = ms + _FIX_MS
        speed = _SPEEDS_MM_S[index] if index < len(_SPEEDS_MM_S) else 2_560
        self._way_mm += speed
        fix = self._fix
        fix.utc_ms += _FIX_MS
        fix.speed_mm_s = speed
        fix.lat_umin = 30_000_000 + (self._way_mm >> 8) * (_UMIN_MM_Q16 >> 4) // 16  # < 2**30: 10 km
        self.motion.steps(120 + speed // 75)
        self.motion.fix(fix, ms)
