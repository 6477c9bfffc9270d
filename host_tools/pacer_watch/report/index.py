"""The page about a folder of runs: a line a run, and how critical speed went, each athlete apart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from .. import review
from ..formats.runlog import RunLog
from ..formats.timeline import laps_of
from ..text import Units, clock
from .html import render
from .run import effort_of, started


@dataclass
class Entry:
    """A run in a line. cs_mm_s: the critical speed of its profile, 0 for none."""

    link: str
    athlete: str
    at: datetime | None
    title: str
    time_ms: int
    distance_mm: int
    reps: int
    effort: str
    cs_mm_s: int
    miles: bool = False  # as its profile says


def entry(log: RunLog, link: str) -> Entry:
    """A run's line. link: the file of its page. Raises CannotExport when there is nothing in the run."""
    laps = laps_of(log)
    profile = log.read_profile()
    return Entry(
        link, review.athlete_of(log), started(log), log.title or "Run", laps[-1].end_ms,
        sum(lap.distance_mm for lap in laps), len(review.reps_of(log)), effort_of(log), profile.cs_mm_s, profile.miles,
    )  # fmt: skip


def _line(e: Entry, units: Units) -> dict[str, Any]:
    return {
        "date": f"{e.at:%Y-%m-%d}" if e.at else "not known",
        "link": quote(e.link),
        "title": e.title,
        "distance": units.distance(e.distance_mm),
        "time": clock(e.time_ms),
        "pace": units.pace(1e6 * e.time_ms / e.distance_mm) if e.distance_mm > 0 else "-",
        "reps": e.reps,
        "effort": e.effort,
        "cs": units.pace(1e9 / e.cs_mm_s) if e.cs_mm_s else "",
    }


def _trend(entries: list[Entry], units: Units) -> tuple[dict[str, Any], str]:
    """Critical speed day by day, and in words; empty where nothing is known."""
    known = [e for e in entries if e.at and e.cs_mm_s]
    if not known:
        return {}, ""
    points: dict[str, Any] = {
        "per_m": units.mm / 1000,
        "at_s": [round(e.at.timestamp()) for e in known if e.at],
        "days": [f"{e.at:%Y-%m-%d}" for e in known if e.at],
        "cs_m_s": [e.cs_mm_s / 1000 for e in known],
    }
    first, last = (units.pace(1e9 / e.cs_mm_s) for e in (known[0], known[-1]))
    days = points["days"]
    return points, f"{first} on {days[0]}" + (f", {last} on {days[-1]}" if len(known) > 1 else "")


def index(entries: list[Entry], folder: str, problems: list[str], units: Units | None = None) -> str:
    """The page. problems: files that could not be read, a sentence each. units: of all, as each athlete's last run has
    them if not said."""
    groups, trends = [], []
    for athlete in sorted({e.athlete for e in entries}):
        own = sorted((e for e in entries if e.athlete == athlete), key=lambda e: (e.at is None, e.at or 0, e.link))
        counts = units or Units(own[-1].miles)
        points, words = _trend(own, counts)
        trends.append(points if len(points.get("days", [])) > 1 else {"at_s": [], "days": [], "cs_m_s": []})
        groups.append({
            "athlete": athlete, "runs": [_line(e, counts) for e in own], "trend": points, "in_words": words,
            "per": counts.per,
        })  # fmt: skip
    return render(
        "index.html", title="Runs", folder=folder, groups=groups, trends=trends, count=len(entries),
        problems=problems,
    )  # fmt: skip
