"""Races to a profile: VDOT, equivalent races, critical speed and D', zones.

VDOT after Daniels and Gilbert (Oxygen Power, 1979); Riegel (American Scientist 69, 1981); critical speed and D' by
least squares of distance over time (Monod and Scherrer 1965, for running Hughson et al. 1984), efforts of 2 to 20
minutes. Field tests give D' to about 10 to 15 % and critical speed to well under 1 % (Galbraith et al. 2014), so no
pace is made from D' alone.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import date

from pacer.core import profile as pf

_SHORTEST_S, _LONGEST_S = 110.0, 1260.0  # efforts that the critical speed model holds for
_TIME_ERROR = 0.005  # of a race's time, as a measure of the runner: a day's form
_OLD_DAYS = 120


class BadRace(ValueError):
    """A race that cannot be read; the text says what was expected."""


@dataclass
class Race:
    """An effort: metres, seconds, the day it was run."""

    name: str
    metres: float
    seconds: float
    day: date

    @property
    def line(self) -> str:
        return f"race {self.name} {clock_text(self.seconds)} {self.day.isoformat()}"


def clock_text(seconds: float) -> str:
    """18:45, 1:12:03 or 4:50.3."""
    tenths = round(10 * seconds)
    whole, tenth = divmod(tenths, 10)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    text = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    return text + (f".{tenth}" if tenth else "")


def read_race(text: str, today: date) -> Race:
    """'5k=18:45' or '5k=18:45@2026-10-03'. Raises BadRace."""
    name, equals, rest = text.partition("=")
    time, at, day = rest.partition("@")
    which = pf.race_index(name)
    if not equals or which < 0:
        raise BadRace(f"{text!r}: expected a race and its time, as in 5k=18:45; races are {', '.join(pf.RACE_NAMES)}")
    if not re.fullmatch(r"(\d+:)?\d{1,3}:\d{2}(\.\d+)?", time):
        raise BadRace(f"{text!r}: expected a time as in 18:45 or 1:25:10")
    seconds = 0.0
    for part in time.split(":"):
        seconds = 60 * seconds + float(part)
    try:
        when = date.fromisoformat(day) if at else today
    except ValueError:
        raise BadRace(f"{text!r}: expected the day as in 5k=18:45@2026-10-03") from None
    metres = 1609.344 if pf.RACE_NAMES[which] == "mile" else float(pf.RACES_M[which])
    if not 2.0 <= metres / seconds <= 8.5:
        raise BadRace(f"{text!r}: {clock_text(seconds)} for {metres:.0f} m is no running pace; check the time")
    return Race(pf.RACE_NAMES[which], metres, seconds, when)


def vo2(speed_m_min: float) -> float:
    """Oxygen cost of running, ml/kg/min (Daniels and Gilbert)."""
    return -4.60 + 0.182258 * speed_m_min + 0.000104 * speed_m_min**2


def share(minutes: float) -> float:
    """Share of VO2max that can be held for so long (Daniels and Gilbert)."""
    return 0.8 + 0.1894393 * math.exp(-0.012778 * minutes) + 0.2989558 * math.exp(-0.1932605 * minutes)


def vdot(metres: float, seconds: float) -> float:
    """The VDOT of a race."""
    return vo2(60 * metres / seconds) / share(seconds / 60)


def equivalent(value: float, metres: float) -> float:
    """Seconds for a distance at this VDOT."""
    low, high = metres / 9.0, metres / 1.0
    for _ in range(60):
        mid = (low + high) / 2
        if vdot(metres, mid) > value:
            low = mid
        else:
            high = mid
    return high


def riegel(seconds: float, metres: float, to_metres: float) -> float:
    """Seconds for another distance by Riegel's power of 1.06."""
    return float(seconds * (to_metres / metres) ** 1.06)


@dataclass
class Critical:
    """Critical speed (m/s) and D' (m), each with one sigma; estimated: from one race by way of its VDOT."""

    speed_m_s: float
    speed_unsure: float
    dprime_m: float
    dprime_unsure: float
    estimated: bool
    residual_m: float | None = None


def critical(efforts: list[tuple[float, float]]) -> Critical:
    """Least squares of metres over seconds; two efforts or more, of different length."""
    n = len(efforts)
    t = [s for _, s in efforts]
    d = [m for m, _ in efforts]
    mt, md = sum(t) / n, sum(d) / n
    stt = sum((x - mt) ** 2 for x in t)
    if stt <= 0:
        raise BadRace("the efforts are all equally long; critical speed needs two of different length")
    speed = sum((x - mt) * (y - md) for x, y in zip(t, d, strict=True)) / stt
    dprime = md - speed * mt
    # What a day's form does to the times, and what the points say themselves.
    spread = [speed * _TIME_ERROR * x for x in t]
    var_speed = sum(((x - mt) / stt * e) ** 2 for x, e in zip(t, spread, strict=True))
    var_dprime = sum(((1 / n - mt * (x - mt) / stt) * e) ** 2 for x, e in zip(t, spread, strict=True))
    residual = None
    if n > 2:
        residual = math.sqrt(sum((y - speed * x - dprime) ** 2 for x, y in zip(t, d, strict=True)) / (n - 2))
        var_speed = max(var_speed, residual**2 / stt)
        var_dprime = max(var_dprime, residual**2 * (1 / n + mt**2 / stt))
    unsure = max(math.sqrt(var_dprime), 0.1 * abs(dprime))
    return Critical(speed, math.sqrt(var_speed), dprime, unsure, False, residual)


@dataclass
class Sums:
    """What races say of a runner."""

    races: list[Race]
    best: Race
    vdot: float
    critical: Critical
    paces: dict[str, float] = field(default_factory=dict)  # race name: s/km
    riegel: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def sums(races: list[Race], today: date) -> Sums:
    """From one race or more. Raises BadRace where they contradict each other."""
    best = max(races, key=lambda r: vdot(r.metres, r.seconds))
    value = vdot(best.metres, best.seconds)
    usable = [(r.metres, r.seconds) for r in races if _SHORTEST_S <= r.seconds <= _LONGEST_S]
    warnings = []
    if len({m for m, _ in usable}) >= 2:
        found = critical(usable)
        if not 0.6 * usable[0][0] / usable[0][1] < found.speed_m_s or not 30 <= found.dprime_m <= 600:
            raise BadRace(
                f"these races make a critical speed of {found.speed_m_s:.2f} m/s and a D' of {found.dprime_m:.0f} m; "
                "that is no runner. Are they all-out and from the same weeks?"
            )
    else:
        pair = [(m, equivalent(value, m)) for m in (1500.0, 3000.0, 5000.0)]
        found = critical(pair)
        found = Critical(found.speed_m_s, 0.02 * found.speed_m_s, found.dprime_m, 0.3 * found.dprime_m, True)
        warnings.append(
            "critical speed and D' are estimated by way of VDOT; a second race of 2 to 20 minutes measures them"
        )
    out = Sums(races, best, value, found, warnings=warnings)
    for i, name in enumerate(pf.RACE_NAMES):
        metres = 1609.344 if name == "mile" else float(pf.RACES_M[i])
        near = min(races, key=lambda r: abs(math.log(r.metres / metres)))
        out.paces[name] = equivalent(vdot(near.metres, near.seconds), metres) / metres * 1000
        out.riegel[name] = riegel(near.seconds, near.metres, metres) / metres * 1000
    for r in races:
        if (today - r.day).days > _OLD_DAYS:
            warnings.append(f"the {r.name} of {r.day} is {(today - r.day).days} days old; a newer race would say more")
    return out


def into(profile: pf.Profile, found: Sums) -> pf.Profile:
    """Put what the races say into a profile; zones follow from critical speed."""
    c = found.critical
    profile.races = [r.line for r in found.races]
    profile.cs_mm_s, profile.cs_unsure_mm_s = round(1000 * c.speed_m_s), max(1, round(1000 * c.speed_unsure))
    profile.dprime_mm, profile.dprime_unsure_mm = 1000 * round(c.dprime_m), 1000 * round(c.dprime_unsure)
    for i, name in enumerate(pf.RACE_NAMES):
        profile.paces[i] = 100 * round(10 * found.paces[name])
    for i in range(len(pf.ZONE_NAMES)):
        profile.zones[2 * i] = profile.zones[2 * i + 1] = 0
        fast, slow = profile.band(pf.code(pf.ZONE, i))
        profile.zones[2 * i], profile.zones[2 * i + 1] = 100 * round(fast / 100), 100 * round(slow / 100)
    return profile
