"""A run as other programs want it: its laps one behind the other, its seconds on the wall's clock."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import accumulate

from .plan import Step, plan_of
from .runlog import RunLog, Second

_EARLIEST = datetime(1990, 1, 1, tzinfo=timezone.utc)  # a file without a date; FIT counts from the day before


class CannotExport(ValueError):
    """The run holds nothing to export; the text says why."""


@dataclass
class Lap:
    """A lap on the wall's clock: from and to (ms of the run), where it began and ended (mm)."""

    index: int
    row: int
    start_ms: int
    end_ms: int
    start_mm: int
    distance_mm: int
    by_button: bool
    step: Step | None


class Timeline:
    """When things happened: ms of the run to the time of day, pauses counted in."""

    def __init__(self, log: RunLog, fallback: datetime) -> None:
        self.dated = False
        self.start = max(fallback, _EARLIEST)
        pauses = sorted((e.t_ms, e.own["paused_ms"]) for e in log.events if e.kind == "resume")
        self._at_ms = [at for at, _ in pauses]
        self._sums_ms = [0, *accumulate(length for _, length in pauses)]
        for e in log.events:
            if e.kind == "clock":
                date = e.own["ddmmyy"]
                day, month, year = date // 10_000, date // 100 % 100, 2000 + date % 100
                try:
                    midnight = datetime(year, month, day, tzinfo=timezone.utc)
                except ValueError:
                    continue
                self.dated = True
                self.start = midnight + timedelta(milliseconds=e.own["utc_ms"] - e.t_ms - self.paused_ms(e.t_ms))
                break

    def paused_ms(self, t_ms: int) -> int:
        """How long all pauses that began before t_ms were."""
        return self._sums_ms[bisect_left(self._at_ms, t_ms)]

    def at(self, t_ms: int) -> datetime:
        return self.start + timedelta(milliseconds=t_ms + self.paused_ms(t_ms))

    def epoch_ms(self, t_ms: int) -> int:
        return round(self.at(t_ms).timestamp() * 1000)


def laps_of(log: RunLog) -> list[Lap]:
    """The laps that stand, one behind the other."""
    plan = plan_of(log)
    out = []
    at_ms = at_mm = 0
    for e in log.laps:
        step = plan[e.index] if e.index < len(plan) else None
        out.append(Lap(e.index, e.row, at_ms, at_ms + e.time_ms, at_mm, e.distance_mm, bool(e.value), step))
        at_ms += e.time_ms
        at_mm += e.distance_mm
    if not out and log.seconds:  # cut off in its first step
        last = log.seconds[-1]
        out.append(Lap(0, 0, 0, last.t_ms, 0, last.distance_mm, True, plan[0] if plan else None))
    elif log.end is None and log.seconds and log.seconds[-1].t_ms > at_ms:
        last = log.seconds[-1]
        step = plan[last.index] if last.index < len(plan) else None
        out.append(Lap(last.index, 0, at_ms, last.t_ms, at_mm, max(0, last.distance_mm - at_mm), True, step))
    if not out:
        raise CannotExport("the run has neither a lap nor a second in it; there is nothing to export")
    return out


def seconds_by_lap(log: RunLog, laps: list[Lap]) -> list[list[Second]]:
    """The seconds of each lap; its end is in it, its begin is not."""
    ends = [lap.end_ms for lap in laps]
    out: list[list[Second]] = [[] for _ in laps]
    for s in log.seconds:
        k = bisect_left(ends, s.t_ms)
        if k < len(laps) and s.t_ms > laps[k].start_ms:
            out[k].append(s)
    return out


def place(s: Second) -> tuple[float, float] | None:
    """Where a second was, in degrees, None where that is not known or no place on Earth."""
    if s.lat_deg is None or s.lon_deg is None or not -90 <= s.lat_deg <= 90:
        return None
    return s.lat_deg, (s.lon_deg + 180) % 360 - 180
