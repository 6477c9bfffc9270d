"""Races to a profile: VDOT, equivalent races, critical speed and D', zones.

VDOT after Daniels and Gilbert (Oxygen Power, 1979); Riegel (American Scientist 69, 1981); critical speed and D' by
least squares of distance over time (Monod and Scherrer 1965, for running Hughson et al. 1984), efforts of 2 to 30
minutes. Repeated, a field test gives the same critical speed to well under 1 % and the same D' to 10 or 15 %; against a
treadmill it is off by 0.14 m/s and 88 m (Galbraith et al. 2014). No pace is made from D' alone.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from pacer.core import profile as pf

MILE_M = 1609.344
_SHORTEST_S, _LONGEST_S = 110.0, 1800.0  # efforts that the critical speed model holds for
_LINE_S = 1200.0  # up to here the line holds; at 30 min Daniels' and Gilbert's curve lies 1 % of the distance below it
_BEYOND_LINE = 0.01 / 600
_TIME_ERROR = 0.005  # of a race's time, as a measure of the runner: a day's form
_ONE_RACE_S = (240.0, 720.0, 1200.0)  # efforts that stand in for a second race, of the same minutes at every level
_NEAR_S = 1800.0  # of several races that can't be put on a line, the one nearest to this says most
_OLD_DAYS = 120
_SLOWEST_M_S, _FASTEST_M_S = 1.3, 8.5
# A marathon's share of critical speed: 93.0 % for those who take 150 min, 78.9 % for 360 min, 84.8 % in the mean of
# 25,000 runners (Smyth and Muniz-Pumares 2020), straight between.
_MARATHON_MIN, _MARATHON_SHARE, _MARATHON_FALL = 150.0, 0.930, (0.930 - 0.789) / 210
_MARATHON_SURE_S = 3.5 * 3600


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


def race_m(which: int) -> float:
    """Metres of a race of the profile's table."""
    return MILE_M if pf.RACE_NAMES[which] == "mile" else float(pf.RACES_M[which])


def race_distance(name: str) -> tuple[str, float]:
    """A race as it is written, and its metres: ("5k", 5000.0), ("1200m", 1200.0), ("7k", 7000.0). Raises BadRace."""
    which = pf.race_index(name)
    if which >= 0:
        return pf.RACE_NAMES[which], race_m(which)
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?(?:(k)m?|(mi)(?:les?)?|m)?", name.strip().lower())
    if found:
        number, kilometres, miles = float(found[1]), found[2], found[3]
        metres = number * (1000 if kilometres else MILE_M if miles else 1)
        if 400 <= metres <= 100_000:
            return f"{number:g}" + ("k" if kilometres else " miles" if miles else "m"), metres
    raise BadRace(
        f"{name!r}: expected a race's distance, 400 m to 100 km, as in 1200m, 5k, 7.5k, mile, 5 miles, half or marathon"
    )


def read_race(text: str, today: date) -> Race:
    """'5k=18:45' or '1200m=3:45@2026-10-03'. Raises BadRace."""
    name, equals, rest = text.partition("=")
    time, at, day = rest.partition("@")
    if not equals:
        raise BadRace(f"{text!r}: expected a race and its time, as in 5k=18:45 or 1200m=3:45")
    name, metres = race_distance(name)
    if not re.fullmatch(r"(\d{1,2}:)?\d{1,3}:\d{2}(\.\d{1,3})?", time):
        raise BadRace(f"{text!r}: expected a time as in 18:45 or 1:25:10")
    seconds = 0.0
    for part in time.split(":"):
        seconds = 60 * seconds + float(part)
    try:
        when = date.fromisoformat(day) if at else today
    except ValueError:
        raise BadRace(f"{text!r}: expected the day as in 5k=18:45@2026-10-03") from None
    if when > today:
        raise BadRace(f"{text!r}: {when} is yet to come; check the day")
    if not seconds or not _SLOWEST_M_S <= metres / seconds <= _FASTEST_M_S:
        raise BadRace(f"{text!r}: {clock_text(seconds)} for {metres:.0f} m is no running pace; check the time")
    return Race(name, metres, seconds, when)


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
    """The line through metres over seconds, each as sure as its length allows; two efforts or more."""
    d, t = np.array(efforts, dtype=float).T
    if np.ptp(t) <= 0:
        raise BadRace("the efforts are all equally long; critical speed needs two of different length")
    # What a day's form does to an effort, and how far one of more than 20 min lies off the line.
    error = d * np.hypot(_TIME_ERROR, _BEYOND_LINE * np.maximum(t - _LINE_S, 0))
    design = np.column_stack([t, np.ones_like(t)]) / error[:, None]
    covariance = np.linalg.inv(design.T @ design)
    speed, dprime = covariance @ design.T @ (d / error)
    residual = None
    if len(efforts) > 2:
        off = d - speed * t - dprime
        covariance *= max(1.0, float(np.sum((off / error) ** 2)) / (len(efforts) - 2))
        residual = math.sqrt(float(np.sum(off**2)) / (len(efforts) - 2))
    unsure = max(math.sqrt(covariance[1, 1]), 0.1 * abs(dprime))
    return Critical(float(speed), math.sqrt(covariance[0, 0]), float(dprime), unsure, False, residual)


def one_race(value: float) -> Critical:
    """Critical speed and D' by way of VDOT: the line through the efforts of 4, 12 and 20 min that belong to it."""
    found = critical([(within(value, s), s) for s in _ONE_RACE_S])
    return Critical(found.speed_m_s, 0.02 * found.speed_m_s, found.dprime_m, found.dprime_m / 3, True)


def within(value: float, seconds: float) -> float:
    """Metres in so many seconds at this VDOT."""
    speed = oxygen_speed(value * share(seconds / 60))
    return speed * seconds


def oxygen_speed(oxygen: float) -> float:
    """The speed in m/s that costs so much oxygen, ml/kg/min: vo2() the other way round."""
    return (math.sqrt(0.182258**2 + 4 * 0.000104 * (oxygen + 4.60)) - 0.182258) / (2 * 0.000104) / 60


def marathon_s(value: float, speed_m_s: float) -> float:
    """Seconds for a marathon: VDOT's, or by the share of critical speed that runners of that time hold if slower."""
    seconds = 42_195 / (_MARATHON_SHARE * speed_m_s)
    for _ in range(40):
        held = _MARATHON_SHARE - _MARATHON_FALL * max(0.0, seconds / 60 - _MARATHON_MIN)
        seconds = 42_195 / (max(held, 0.7) * speed_m_s)
    return max(seconds, equivalent(value, 42_195))


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
    usable = [r for r in races if _SHORTEST_S <= r.seconds <= _LONGEST_S]
    warnings = []
    if len({r.seconds for r in usable}) >= 2:
        found = critical([(r.metres, r.seconds) for r in usable])
        if not 0.6 * usable[0].metres / usable[0].seconds < found.speed_m_s or not 30 <= found.dprime_m <= 600:
            raise BadRace(
                f"these races make a critical speed of {found.speed_m_s:.2f} m/s and a D' of {found.dprime_m:.0f} m; "
                "that is no runner. Are they all-out and from the same weeks?"
            )
        for r in races:
            if r not in usable:
                warnings.append(
                    f"the {r.name} of {clock_text(r.seconds)} is left out of critical speed: only efforts of 2 to 30 "
                    "minutes tell it"
                )
    else:
        near = min(races, key=lambda r: abs(math.log(r.seconds / _NEAR_S)))
        found = one_race(vdot(near.metres, near.seconds))
        warnings.append(
            f"critical speed is estimated from the {near.name} by way of VDOT, and D' from one race varies by a third "
            "with the way it is fitted; a second race of 2 to 30 minutes measures them"
        )
    out = Sums(races, best, vdot(best.metres, best.seconds), found, warnings=warnings)
    for i, name in enumerate(pf.RACE_NAMES):
        metres = race_m(i)
        near = min(races, key=lambda r: abs(math.log(r.metres / metres)))
        value = vdot(near.metres, near.seconds)
        seconds = equivalent(value, metres)
        if name == "marathon" and near.metres < 0.9 * metres:
            seconds = marathon_s(value, found.speed_m_s)
            if seconds > _MARATHON_SURE_S:
                warnings.append(
                    "a marathon slower than 3:30 can't be told from shorter races: half of such runners are 10 minutes "
                    "slower than Riegel says (Vickers and Vertosick 2016); start no quicker than the time shown"
                )
        out.paces[name] = seconds / metres * 1000
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
