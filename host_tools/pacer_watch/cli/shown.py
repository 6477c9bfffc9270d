"""A session on the terminal: its laps and cues beside the truth; and its pictures in a folder."""

from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from ..formats import runlog
from ..formats.plan import planned_mm
from ..text import Units, clock
from ..twin.result import Result
from .common import ERR, OUT, say, write
from .results import write_report


def show(result: Result, out: Path | None, units: Units) -> None:
    """Print it. out: where to draw it too, None for nowhere."""
    OUT.print(_laps(result, units))
    cues = _cues(result, units)
    if cues.row_count:
        OUT.print(cues)
    rate = result.virtual_s / result.wall_s
    OUT.print(
        f"{clock(1000 * result.virtual_s)} of virtual time in {result.wall_s:.1f} s "
        f"({rate:.0f} x) on {result.runtime} MicroPython"
    )
    if out is not None:
        save(result, out, units)
        say(f"pictures in {out}: run.gif, oled.gif, oled-*.png, pace.png, map.png; the watch's log: run.run")
        say(f"report: {out}/report.html")


def save(result: Result, out: Path, units: Units) -> None:
    """Into a folder: the log first, which nothing else can make again, then what is drawn of it."""
    from .. import animation, pictures

    write(out / "run.run", result.log)
    with ERR.status("drawing..."):
        pictures.save(result, out, units)
        animation.save(result, out / "run.gif")
        if result.log:
            write_report(runlog.parse(result.log), out / "run.run", out / "report.html", units)


def _laps(result: Result, units: Units) -> Table:
    title = Text(f"{result.workout.name or 'Workout'}: laps, paces {units.per}")
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    length = "length" if units.miles else "metres"
    for name in ("step", "kind", "rep", "target", "time", length, "pace", "off by"):
        table.add_column(name, justify="left" if name == "kind" else "right", no_wrap=True)
    for lap in result.laps_table():
        off_mm = lap["distance_mm"] - lap["true_distance_mm"]
        pace_ms_km = lap["time_ms"] * 1e6 / lap["distance_mm"] if lap["distance_mm"] else 0
        planned = result.plan[lap["step"] - 1] if lap["step"] <= len(result.plan) else None
        far = f"{lap['distance_mm'] / 1000:.1f}"
        table.add_row(
            str(lap["step"]), lap["kind"], str(lap["rep"] or ""), planned.target(units) if planned else "-",
            clock(lap["time_ms"]), units.lap(lap["distance_mm"], planned_mm(planned)) if units.miles else far,
            units.pace(pace_ms_km), f"{off_mm / 1000:+.1f} m",
        )  # fmt: skip
    return table


def _cues(result: Result, units: Units) -> Table:
    table = Table(title=f"Cues, paces {units.per}", title_justify="left", box=box.SIMPLE)
    for name in ("at", "cue", "true pace", "target"):
        table.add_column(name, justify="left" if name == "cue" else "right")
    for cue in result.cues_table():
        true = units.pace(cue["true_pace_ms_km"] or 0)
        table.add_row(clock(cue["t_ms"]), cue["kind"], true, _band(cue["target"], units))
    return table


def _band(target: dict[str, int] | None, units: Units) -> str:
    return units.band(target["pace_fast_ms_km"], target["pace_slow_ms_km"]) if target else "-"
