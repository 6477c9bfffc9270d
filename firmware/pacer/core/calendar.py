"""Dates and times of day that there are, and the day of the week."""

from micropython import const

FIRST_YEAR = const(2024)  # a receiver that says less has counted its weeks over (every 1,024), or knows no date
_LAST_YEAR = const(2099)
_DAYS = b"\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"


def exists(year, month, day, hour, minute, second):
    """Is there such a second between 2024 and 2099?"""
    if not (FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return False
    days = _DAYS[month - 1] + (month == 2 and not year % 4)  # 2100 is the next year that leaves its leap day out
    return 1 <= day <= days and 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60


def weekday(year, month, day):
    """0 for Monday (Zeller's congruence)."""
    if month < 3:
        month += 12
        year -= 1
    return (day + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400 + 5) % 7
