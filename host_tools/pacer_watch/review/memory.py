"""What the review has counted so far, kept as comments at the end of the profile that it changes.

    # What pacer review has counted. It reads these lines again: leave them as they are.
    # run 2026-11-18 1f3a9c22 better at 4.192 m/s
    # moved 2026-11-20 4.192 to 4.213 m/s, race 4.192

A run is known by what is in it, so by another name it is the same run. It was judged at that critical speed, and is no
evidence any more where the profile has another. "race" is the critical speed that the last race or test gave: a profile
whose critical speed is not the one that the last move left has a new one. The watch passes over comments; it drops them
when it writes a field test into the profile, and then the line "reviewed" still tells the day.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from pacer.core import profile as pf

from ..formats.runlog import RunLog

_TITLE = "# What pacer review has counted. It reads these lines again: leave them as they are."
_RUN = re.compile(r"# run (\d{4}-\d\d-\d\d) ([0-9a-f]{8}) ([a-z ]+) at (\d\.\d{3}) m/s$")
_MOVE = re.compile(r"# moved (\d{4}-\d\d-\d\d) (\d\.\d{3}) to (\d\.\d{3}) m/s, race (\d\.\d{3})$")
_KEPT_DAYS = 42
_FIRST_DAY = date(2024, 1, 1)  # before it there was no such watch: its clock was not set


@dataclass
class Counted:
    """A run that was counted: its day, its mark, the verdict on it, the critical speed of then."""

    day: date
    mark: str
    verdict: str
    cs_mm_s: int


@dataclass
class Move:
    """Critical speed was moved, mm/s; race_mm_s: what the last race or test before it gave."""

    day: date
    from_mm_s: int
    to_mm_s: int
    race_mm_s: int


@dataclass
class Memory:
    """Runs and moves, the oldest first. since: runs before this day are older than what the last review saw."""

    runs: list[Counted] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    since: date | None = None

    def knows(self, mark: str) -> bool:
        return any(r.mark == mark for r in self.runs)

    def race_mm_s(self, cs_mm_s: int) -> int:
        """The critical speed of the last race or test, of a profile that has this one now."""
        last = self.moves[-1] if self.moves else None
        return last.race_mm_s if last and last.to_mm_s == cs_mm_s else cs_mm_s

    def lines(self, room: int = pf.MAX_BYTES) -> str:
        """As text of at most so many bytes: the runs and moves of six weeks, and always the last move."""
        last = max([r.day for r in self.runs] + [m.day for m in self.moves], default=date.min)
        old = last - timedelta(days=_KEPT_DAYS) if last > _FIRST_DAY else last
        out = [
            f"# run {r.day} {r.mark} {r.verdict} at {r.cs_mm_s / 1000:.3f} m/s"
            for r in sorted(self.runs, key=lambda r: r.day)
            if r.day >= old
        ]
        moves = [
            f"# moved {m.day} {m.from_mm_s / 1000:.3f} to {m.to_mm_s / 1000:.3f} m/s, race {m.race_mm_s / 1000:.3f}"
            for m in self.moves
            if m.day >= old or m is self.moves[-1]
        ]
        while out and sum(len(line) + 1 for line in [_TITLE, *out, *moves]) > room:
            out.pop(0)
        return "\n".join([_TITLE, *out, *moves]) + "\n" if out or moves else ""


def memory_of(text: str, profile: pf.Profile) -> Memory:
    """What stands in a profile's text; damaged lines are passed over."""
    out = Memory()
    for line in text.split("\n"):
        try:
            if found := _RUN.match(line.strip()):
                out.runs.append(
                    Counted(date.fromisoformat(found[1]), found[2], found[3], round(1000 * float(found[4])))
                )
            elif found := _MOVE.match(line.strip()):
                speeds = [round(1000 * float(found[i])) for i in (2, 3, 4)]
                out.moves.append(Move(date.fromisoformat(found[1]), *speeds))
        except ValueError:
            continue
    out.since = max((r.day for r in out.runs), default=None)
    if out.since is None and profile.reviewed:
        try:
            out.since = date.fromisoformat(profile.reviewed) + timedelta(days=1)
        except ValueError:
            pass
    return out


def without(text: str) -> str:
    """A profile's text without these lines."""
    lines = text.split("\n")
    kept = [s for s in lines if s.strip() != _TITLE and not _RUN.match(s.strip()) and not _MOVE.match(s.strip())]
    return "\n".join(kept).rstrip("\n") + "\n"


def with_memory(text: str, memory: Memory) -> str:
    """A profile's text with the memory in it, no longer than the watch takes."""
    text = without(text)
    return text + memory.lines(pf.MAX_BYTES - len(text.encode()))


def kept(path: Path, text: str) -> str:
    """A new text for the profile in this file, with what the old one remembers."""
    if not path.exists():
        return text
    return with_memory(text, memory_of(path.read_text(encoding="utf-8"), pf.Profile()))


def mark_of(log: RunLog) -> str:
    """Eight digits that are this run's own: when it was, and its laps."""
    parts = [(e.distance_mm, e.time_ms) for e in log.events if e.kind == "clock"][:1]
    parts += [(lap.time_ms, lap.distance_mm) for lap in log.laps]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def day_of(log: RunLog) -> date | None:
    """The day of the run in UTC, None where the watch did not know it."""
    for e in log.events:
        if e.kind == "clock":
            try:
                day = datetime.strptime(f"{e.own['ddmmyy']:06d}", "%d%m%y").date()
            except ValueError:
                continue
            return day if day >= _FIRST_DAY else None
    return None
