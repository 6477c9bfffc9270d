"""Times, paces and distances as text for people."""

import unicodedata


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


def plain(words: str) -> str:
    """A name or a note without control characters, which only texts of old logs have."""
    return "".join(c for c in words if unicodedata.category(c) != "Cc")
