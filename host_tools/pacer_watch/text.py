"""Times, paces and distances as text for people."""

import unicodedata
from dataclasses import dataclass

from pacer.core import notation
from pacer.core.pace import of_track


def clock(ms: float) -> str:
    """12:34.5 or 1:02:03.4."""
    tenths = round(ms / 100)
    seconds, tenth = divmod(tenths, 10)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minute:02d}:{second:02d}.{tenth}"
    return f"{minute}:{second:02d}.{tenth}"


def pace(ms_km: float) -> str:
    """5'30", or a dash for none."""
    if ms_km <= 0 or ms_km >= 6_000_000:
        return "-"
    seconds = round(ms_km / 1000)
    return f"{seconds // 60}'{seconds % 60:02d}\""


def band(fast_ms_km: int, slow_ms_km: int) -> str:
    """One pace or two; a dash for none."""
    if not fast_ms_km:
        return "-"
    if fast_ms_km == slow_ms_km:
        return pace(fast_ms_km)
    return f"{pace(fast_ms_km)}-{pace(slow_ms_km)}"


def distance(mm: float) -> str:
    """1.00 km or 131.6 m."""
    if mm >= 1_000_000:
        return f"{mm / 1e6:.3f} km"
    return f"{mm / 1000:.1f} m"


@dataclass(frozen=True)
class Units:
    """How a runner counts: kilometres, or miles. The lengths of a track (400 m, 1200 m) stay in metres in both."""

    miles: bool = False

    @property
    def per(self) -> str:
        return "per mile" if self.miles else "per km"

    @property
    def name(self) -> str:
        return "mi" if self.miles else "km"

    @property
    def mm(self) -> int:
        """A kilometre or a mile."""
        return notation.MILE_MM if self.miles else 1_000_000

    def of_pace(self, ms_km: float) -> float:
        """A pace in ms/km as ms a kilometre or mile."""
        return ms_km * self.mm / 1e6

    def pace(self, ms_km: float) -> str:
        """5'30", or a dash for none."""
        return pace(self.of_pace(ms_km))

    def band(self, fast_ms_km: int, slow_ms_km: int) -> str:
        """One pace or two; a dash for none."""
        return band(round(self.of_pace(fast_ms_km)), round(self.of_pace(slow_ms_km)))

    def distance(self, mm: float) -> str:
        """1.000 km or 131.6 m; 0.62 mi."""
        return f"{mm / self.mm:.2f} mi" if self.miles else distance(mm)

    def metres(self, planned_mm: int) -> bool:
        """Is a step of this length, 0 for one that is none, told in metres?"""
        return not self.miles or (planned_mm > 0 and of_track(planned_mm))

    def lap(self, mm: float, planned_mm: int = 0) -> str:
        """How far a lap went, for a column: 399.8 m; 0.25 mi, where it was not planned in the metres of a track."""
        return f"{mm / 1000:.1f} m" if self.metres(planned_mm) else f"{mm / self.mm:.2f} mi"


KM, MILES = Units(False), Units(True)


def plain(words: str) -> str:
    """A name or a note without control characters, which only texts of old logs have."""
    return "".join(c for c in words if unicodedata.category(c) != "Cc")
