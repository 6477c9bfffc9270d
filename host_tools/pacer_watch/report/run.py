"""One page about a run: its figures, its charts, and every number of them in a table."""

import base64
import math
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pacer.core import coach, notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from .. import review
from ..formats import words
from ..formats.notation import length_text
from ..formats.plan import planned_mm
from ..formats.runlog import RunLog, mean_cadence
from ..formats.timeline import Lap, Timeline, laps_of, seconds_by_lap
from ..pictures import metres
from ..review.reps import splits_of
from ..text import Units, clock
from . import charts
from .html import render

_CUE_KEY = (
    (coach.EASY_NOW, "down", "easy-now"), (coach.HOLD_STEADY, "round", "hold-steady"), (coach.PUSH, "up", "push"),
)  # fmt: skip
_OFF = 0.015  # a split is quick or slow beyond that share of the target
_MOST_SPLITS = 60  # of a rep in 100 m; a longer one is told by the kilometre
_MILE_M = notation.MILE_MM / 1000
_SECTORS = 8
_LEAST_LAPS = 5
_LEAST_SHARE = 0.01
_LEAST_F = 6.0  # of variance between sectors over that within: by chance in one run of a thousand, from five laps on
_COMPASS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


def page(log: RunLog, name: str, screens: list[Path] | None = None, units: Units | None = None) -> str:
    """The report of a run as HTML. name: of its file; screens: pictures of the watch's display to put in; units: as the
    run's profile says if not said.

    Raises CannotExport when there is nothing in the run.
    """
    laps = laps_of(log)
    units = units or Units(log.read_profile().miles)
    reps = {r.step: r for r in review.reps_of(log)}
    workout = log.read_workout()
    return render(
        "run.html",
        title=log.title or "Run",
        athlete=review.athlete_of(log),
        date=date_of(log),
        file=name,
        units=units,
        facts=facts_of(log, laps, units),
        warnings=_warnings(log),
        charts=charts.packed(log, laps, units),
        words=_words(log),
        cue_key=[(mark, colour, coach.CUE_NAMES[what]) for what, mark, colour in _CUE_KEY],
        around=_around(log, laps),
        laps=[_lap(lap, workout, reps.get(lap.index + 1), units) for lap in laps],
        reps=_all_splits(log, laps, reps, units),
        zones=_zones(log),
        cues=_cues(log),
        cues_in_words=cues_in_words(log),
        told=_told(log, laps, units),
        screens=_screens(screens or []),
        about=f"firmware {log.header.get('pacer', '?')} on {log.header.get('board', '?')}, {log.size} bytes of log",
    )


def started(log: RunLog) -> datetime | None:
    """When the run began, in UTC; None when the watch did not know."""
    timeline = Timeline(log, datetime.fromtimestamp(0, timezone.utc))
    return timeline.start if timeline.dated else None


def date_of(log: RunLog) -> str:
    at = started(log)
    return f"{at.day} {at:%B %Y, %H:%M} UTC" if at else "day not known"


def effort_of(log: RunLog) -> str:
    """The runner's answer, "" for none."""
    return next((f"RPE {e.value}" for e in log.events if e.kind == "effort" and 1 <= e.value <= 10), "")


def facts_of(log: RunLog, laps: list[Lap], units: Units) -> list[tuple[str, str]]:
    """What stands at the top, as name and value."""
    ms, mm = laps[-1].end_ms, sum(lap.distance_mm for lap in laps)
    cadence = mean_cadence(log.seconds)
    found = review.result_of(log)
    facts = [
        ("distance", units.distance(mm)),
        ("time", clock(ms)),
        (f"pace {units.per}", units.pace(1e6 * ms / mm) if mm > 0 else "-"),
        ("cadence", f"{cadence:.0f} spm" if cadence else ""),
        ("effort", effort_of(log)),
        ("field test", review.in_words(found, units) if found else ""),
        ("cues", str(len(log.cues))),
        ("lane", str(log.lane or "")),
    ]
    return [(name, value) for name, value in facts if value]


def cues_in_words(log: RunLog) -> str:
    counts = Counter(c.value for c in log.cues)
    told = ", ".join(f"{n} {coach.CUE_NAMES[what]}" for what, n in sorted(counts.items()))
    return f"{len(log.cues)} cue{'s' if len(log.cues) != 1 else ''}: {told}"


def _warnings(log: RunLog) -> list[str]:
    out = log.left_out
    if log.end is None:
        out.append("The log has no end: the run was cut off here.")
    return out


def _words(log: RunLog) -> dict[str, str]:
    """Each chart in a sentence, for who cannot see it; "" where there is nothing to draw."""
    steps = [s.cadence_spm for s in log.seconds if s.cadence_spm > 0]
    left = [s.balance for s in log.seconds if s.balance is not None]
    places = any(s.lat_deg is not None for s in log.seconds)
    return {
        "pace": "Pace over time, with the target of each step and the cues; the tables below have the same figures",
        "cadence": f"Cadence over time, between {min(steps)} and {max(steps)} steps a minute" if steps else "",
        "left": f"What was left of D' over time, {min(left)} % at the least" if left else "",
        "map": "Map of the run, coloured by pace, north up" if places else "",
    }


def _lap(lap: Lap, workout: wk.Workout | None, rep: review.Rep | None, units: Units) -> dict[str, Any]:
    step = lap.step
    ms = lap.end_ms - lap.start_ms
    asked = ""
    if step and workout is not None:
        asked = length_text(workout, step.row)
        if units.miles and step.end == wk.END_DISTANCE:
            asked = words.length(step.end, step.amount, True)
        target = step.target(units)
        asked += f" @ {target}" if target != "-" else ""
    return {
        "step": lap.index + 1,
        "kind": wk.KIND_NAMES[step.kind] if step else "free",
        "plan": asked or "-",
        "note": step.note or "" if step else "",
        "time": clock(ms),
        "length": units.lap(lap.distance_mm, planned_mm(lap.step)) if units.miles else f"{lap.distance_mm / 1000:.1f}",
        "pace": units.pace(1e6 * ms / lap.distance_mm) if lap.distance_mm > 0 else "-",
        "off": f"{100 * rep.off:+.1f}" if rep else "",
        "fade": f"{rep.fade:+.1f}" if rep and rep.fade is not None else "",
        "left": f"{rep.balance} %" if rep and rep.balance is not None else "",
        "hard": rep is not None,
    }


def _all_splits(log: RunLog, laps: list[Lap], reps: dict[int, review.Rep], units: Units) -> list[dict[str, Any]]:
    """Of each rep the splits: of 100 m, a kilometre, a quarter of a mile or a mile."""
    out = []
    for lap in laps:
        rep = reps.get(lap.index + 1)
        if rep is None or len(rep.splits) < 2:
            continue
        each, every_m, name = rep.splits, 100.0, "100 m"
        if not units.metres(planned_mm(lap.step)):
            whole = rep.metres > 2.01 * _MILE_M
            every_m, name = (_MILE_M, "mile") if whole else (_MILE_M / 4, "quarter mile")
            each = splits_of(log.seconds, lap.start_ms, lap.end_ms, rep.metres, every_m)
            if abs(rep.metres - (len(each) + 1) * every_m) < 1:  # the last one ends with the rep
                each.append(rep.seconds - sum(each))
        elif len(each) > _MOST_SPLITS:
            each = [sum(each[i : i + 10]) for i in range(0, len(each) - 9, 10)]
            every_m, name = 1000.0, "kilometre"
        if each:
            out.append(_splits(rep, each, every_m, name, units.lap(1000 * rep.metres, planned_mm(lap.step))))
    return out


def _splits(rep: review.Rep, splits: list[float], every_m: float, name: str, length: str) -> dict[str, Any]:
    quick, slow = (1 - _OFF) * every_m / rep.target_fast, (1 + _OFF) * every_m / rep.target_slow
    lowest, highest = every_m / rep.target_fast, every_m / rep.target_slow
    return {
        "step": rep.step,
        "time": clock(1000 * rep.seconds),
        "length": length if name.endswith("mile") else f"{rep.metres:.0f} m",
        "target": f"{lowest:.1f} s" if lowest == highest else f"{lowest:.1f} to {highest:.1f} s",
        "each": name,
        "splits": [(f"{s:.1f}", "quick" if s < quick else "slow" if s > slow else "") for s in splits],
    }


def _zones(log: RunLog) -> list[dict[str, Any]]:
    """How long the run was in each zone of its profile; between two zones the middle parts them."""
    profile = log.read_profile()
    try:
        bands = [profile.band(pf.code(pf.ZONE, i)) for i in range(len(pf.ZONE_NAMES))]
    except pf.Unresolved:
        return []
    if not log.seconds or not all(fast > 0 and slow > 0 for fast, slow in bands):
        return []
    borders = [1e9 / bands[0][1]] + [5e8 * (1 / a[0] + 1 / b[1]) for a, b in zip(bands, bands[1:])]
    seconds = charts.in_order(log.seconds)
    lengths = np.diff([0, *(s.t_ms for s in seconds)])
    zone = np.searchsorted(borders, [s.speed_mm_s for s in seconds], side="right")
    out = []
    for i, name in enumerate(("slower than easy", *pf.ZONE_NAMES)):
        ms = int(lengths[zone == i].sum())
        out.append({"name": name, "time": clock(ms), "share": round(100 * ms / max(1, int(lengths.sum())))})
    return out


def _cues(log: RunLog) -> list[dict[str, Any]]:
    return [
        {"at": clock(c.t_ms), "what": coach.CUE_NAMES[c.value], "why": c.reason, "early": f"{c.time_ms / 1000:+.1f} s",
         "sure": c.confidence}
        for c in log.cues
    ]  # fmt: skip


def _told(log: RunLog, laps: list[Lap], units: Units) -> list[dict[str, Any]]:
    """The splits that the watch took at its lines, beside the target where the step had one."""
    paced = {lap.index for lap in laps if lap.step and lap.step.pace_fast}
    planned = {lap.index: planned_mm(lap.step) for lap in laps}
    out = []
    for e in log.events:
        if e.kind == "split":
            late = e.own["late_ms"] / 1000
            mm = e.own["distance_mm"]
            at = f"{mm / 1000:.0f} m" if units.metres(planned.get(e.index, 0)) else units.distance(mm)
            against = f"{abs(late):.1f} s {'late' if late > 0 else 'early'}" if abs(late) >= 0.05 else "on target"
            out.append({
                "step": e.index + 1, "at": at, "time": clock(e.own["time_ms"]),
                "late": against if e.index in paced else "-",
            })  # fmt: skip
    return out


def _screens(paths: list[Path]) -> list[dict[str, Any]]:
    """The watch's screens in the order of their time, which the pictures carry; those without one come last."""
    timed = []
    for path in paths:
        with Image.open(path) as image:
            at = str(image.info.get("run-ms", ""))
        timed.append((int(at) if at.lstrip("-").isdigit() else math.inf, path.name, path))
    out = []
    for at_ms, _, path in sorted(timed):
        name = path.stem.removeprefix("oled-").replace("-", " ")
        when = f", {clock(at_ms).partition('.')[0]}" if 0 <= at_ms < math.inf else ""
        png = base64.b64encode(path.read_bytes()).decode()
        out.append({"name": name + when, "alt": f"The watch's screen: {name}", "png": png})
    return out


def _around(log: RunLog, laps: list[Lap]) -> str:
    """Where on the oval the runner is quick and slow, if that is more than chance; else ""."""
    if not log.ovals:
        return ""
    oval = log.ovals[-1]
    rows = []
    for lap, seconds in zip(laps, seconds_by_lap(log, laps)):
        if lap.step is None or lap.step.kind != wk.RUN:
            continue
        inside = [s for s in seconds if s.lat_deg is not None]
        if len(inside) < 2 * _SECTORS:
            continue
        rows += _turns(*_angles(inside, oval))
    if len(rows) < _LEAST_LAPS:
        return ""
    off = np.array(rows)
    off = off / off.mean(axis=1, keepdims=True) - 1
    mean = off.mean(axis=0)
    n = len(off)
    between = n * (mean**2).sum() / (_SECTORS - 1)
    within = ((off - mean) ** 2).sum() / ((_SECTORS - 1) * (n - 1))
    if np.abs(mean).max() < _LEAST_SHARE or between < _LEAST_F * within:
        return ""
    quick, slow = int(mean.argmax()), int(mean.argmin())
    return (
        f"Around the oval, over {n} laps: quickest in the {_COMPASS[quick]} ({100 * mean[quick]:+.1f} %), "
        f"slowest in the {_COMPASS[slow]} ({100 * mean[slow]:+.1f} %)."
    )


def _angles(seconds: Any, oval: Any) -> tuple[np.ndarray, np.ndarray]:
    x, y, speed, (cx, cy) = metres(seconds, oval)
    return np.unwrap(np.arctan2(y - cy, x - cx)), speed


def _turns(angle: np.ndarray, speed: np.ndarray) -> list[list[float]]:
    """The mean speed in each sector, east first, of every whole turn around the oval."""
    turned = np.abs(angle - angle[0]) / (2 * math.pi)
    sector = np.floor(angle / (2 * math.pi) * _SECTORS + 0.5).astype(int) % _SECTORS
    out = []
    for k in range(int(turned[-1])):
        inside = (turned >= k) & (turned < k + 1)
        parts = [speed[inside & (sector == i)] for i in range(_SECTORS)]
        if all(len(part) for part in parts):
            out.append([float(part.mean()) for part in parts])
    return out
