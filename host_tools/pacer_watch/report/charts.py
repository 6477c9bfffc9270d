"""What the charts of a run are drawn from, packed for web/charts.js: columns as differences, a second a row."""

from itertools import groupby
from typing import Any

import numpy as np

from pacer.core import workout as wk

from ..formats import words
from ..formats.notation import amount_text
from ..formats.plan import planned_mm
from ..formats.runlog import RunLog, Second
from ..formats.timeline import Lap
from ..pictures import metres, oval_outline
from ..text import KM, Units

_POINTS = 100  # of a rep in the overlay
_OVERLAYS = 4
_REPS = 24
_LEAST_REP_MS = 15_000


def name_of(lap: Lap) -> str:
    """A step as the charts name it: "step 3, run 2 of 5"."""
    step = lap.step
    if step is None:
        return f"step {lap.index + 1}"
    reps = f" {step.rep} of {step.reps}" if step.reps > 1 else ""
    return f"step {lap.index + 1}, {wk.KIND_NAMES[step.kind]}{reps}"


def in_order(seconds: list[Second]) -> list[Second]:
    """Those whose time goes on: a damaged log may step back."""
    out: list[Second] = []
    for s in seconds:
        if not out or s.t_ms > out[-1].t_ms:
            out.append(s)
    return out


def packed(log: RunLog, laps: list[Lap], units: Units = KM) -> dict[str, Any]:
    """The run for the scripts."""
    seconds = in_order(log.seconds)
    east, north, nowhere = _places(seconds)
    return {
        "per_m": units.mm / 1000,
        "time_ds": _steps([round(s.t_ms / 100) for s in seconds]),
        "speed_mm_s": _steps([s.speed_mm_s for s in seconds]),
        "raw_cm_s": _steps([round(s.raw_mm_s / 10) for s in seconds]),
        "cadence_spm": _steps([max(0, s.cadence_spm) for s in seconds]),
        "balance": _steps([-1 if s.balance is None else s.balance for s in seconds]),
        "east_dm": east,
        "north_dm": north,
        "nowhere": nowhere,
        "oval": _oval(log, seconds),
        "laps": [_lap(lap) for lap in laps],
        "cues": [{"t": c.t_ms / 1000, "what": c.value} for c in log.cues],
        "overlays": overlays(seconds, laps, units),
    }


def _steps(values: list[int]) -> list[int]:
    return [b - a for a, b in zip([0, *values], values)]


def _places(seconds: list[Second]) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """East and north of the first place as steps in 0.1 m, and the runs of seconds that had none, as from and to."""
    x, y, _, _ = metres(seconds)
    at = iter(zip(np.round(10 * x).astype(int).tolist(), np.round(10 * y).astype(int).tolist()))
    here = (0, 0)
    places = []
    for s in seconds:
        here = next(at) if s.lat_deg is not None and s.lon_deg is not None else here
        places.append(here)
    known = groupby(range(len(seconds)), lambda i: seconds[i].lat_deg is not None and seconds[i].lon_deg is not None)
    runs = [(have, list(group)) for have, group in known]
    nowhere = [(group[0], group[-1] + 1) for have, group in runs if not have]
    return _steps([p[0] for p in places]), _steps([p[1] for p in places]), nowhere


def _oval(log: RunLog, seconds: list[Second]) -> list[tuple[float, float]]:
    """The outline of the last oval that was learned, metres from the first place."""
    if not log.ovals or all(s.lat_deg is None for s in seconds):
        return []
    _, _, _, (cx, cy) = metres(seconds, log.ovals[-1])
    x, y = oval_outline(log.ovals[-1], 24)
    return [(round(float(a) + cx, 1), round(float(b) + cy, 1)) for a, b in zip(x, y)]


def _lap(lap: Lap) -> dict[str, Any]:
    out: dict[str, Any] = {"from": lap.start_ms / 1000, "to": lap.end_ms / 1000, "name": name_of(lap)}
    if lap.step and lap.step.pace_fast:
        out["fast"], out["slow"] = ([round(1e6 / p, 3) for p in edge] for edge in lap.step.edges())
    return out


def overlays(seconds: list[Second], laps: list[Lap], units: Units = KM) -> list[dict[str, Any]]:
    """Reps of the same row of the workout over each other, the speed at each so many metres of a rep."""
    rows: dict[int, list[Lap]] = {}
    for lap in laps:
        step = lap.step
        if step and step.kind in (wk.RUN, wk.STRIDE) and step.reps > 1 and lap.end_ms - lap.start_ms >= _LEAST_REP_MS:
            rows.setdefault(lap.row, []).append(lap)
    found = [_over_each_other(seconds, reps[:_REPS], units) for reps in rows.values() if len(reps) > 1]
    return [reps for reps in found if reps][:_OVERLAYS]


def _over_each_other(seconds: list[Second], laps: list[Lap], units: Units) -> dict[str, Any]:
    longest_m = max(lap.distance_mm for lap in laps) / 1000
    every_m = max(5, 5 * round(longest_m / _POINTS / 5))
    t = np.array([s.t_ms for s in seconds], float)
    at_m = np.array([s.distance_mm for s in seconds], float) / 1000
    speed = np.array([s.speed_mm_s for s in seconds], float) / 10
    names, speeds = [], []
    for lap in laps:
        inside = (t >= lap.start_ms) & (t <= lap.end_ms)
        if inside.sum() < 3:
            continue
        along = at_m[inside] - np.interp(lap.start_ms, t, at_m)
        grid = np.arange(0, along[-1] + 0.1, every_m)
        names.append(f"rep {lap.step.rep if lap.step else lap.index + 1}")
        speeds.append(np.round(np.interp(grid, along, speed[inside])).astype(int).tolist())
    if len(speeds) < 2:
        return {}
    targets = {(lap.step.pace_fast, lap.step.pace_slow) for lap in laps if lap.step and not lap.step.ramp}
    fast, slow = next(iter(targets)) if len(targets) == 1 else (0, 0)
    step = laps[0].step
    miles = not units.metres(planned_mm(step))
    what = "reps"
    if step:
        length = words.length(step.end, step.amount, True) if miles else amount_text(step.end, step.amount)
        what = f"{length} {wk.KIND_NAMES[step.kind]}"
    return {
        "title": f"{len(speeds)} x {what}",
        "words": f"Pace over the distance of {len(speeds)} x {what}, over each other",
        "every_m": every_m,
        "unit": "mi" if miles else "m",
        "names": names,
        "speeds_cm_s": speeds,
        "target": [round(1e6 / fast, 3), round(1e6 / slow, 3)] if fast else None,
    }
