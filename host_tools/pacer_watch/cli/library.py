"""workouts: the sessions that come with Pacer."""

from pathlib import Path
from typing import Any

import rich_click as click
from rich import box
from rich.table import Table
from rich.text import Text

from pacer.core import notation
from pacer.core import workout as wk

from .. import WORKOUTS
from ..files import of_library
from ..text import clock
from .common import (
    OUT,
    emit,
    is_slower,
    json_option,
    own_profile,
    profile_for,
    profile_option,
    units_of,
    units_option,
)


@click.command("workouts")
@profile_option
@units_option
@json_option
def workouts_command(profile_file: Path | None, units: str | None, as_json: bool) -> None:
    """List the sessions that come with Pacer, as long as they are at your paces and in your size.

    Each name goes for a file in check, load and sim.

    \b
    Examples:
      pacer workouts
      pacer check 6x800m
      pacer load 6x800m tempo-run
    """
    slower = is_slower(profile_file)
    rows = [_row(of_library(path.stem, slower) or path, profile_file) for path in sorted(WORKOUTS.glob("*.txt"))]
    if as_json:
        emit({"workouts": rows})
        return
    counts = units_of(units, own_profile(profile_file))
    table = Table(box=box.SIMPLE)
    for name in ("name", "session", "time", "way"):
        table.add_column(name, justify="right" if name in ("time", "way") else "left")
    for row in rows:
        more = "+" if row["open"] else ""
        table.add_row(row["name"], Text(row["title"]), clock(row["time_ms"]).partition(".")[0] + more,
                      counts.distance(row["distance_mm"]) + more)  # fmt: skip
    OUT.print(table)
    OUT.print("+: and steps of unknown length, as jogs without a pace", style="dim")


def _row(path: Path, profile_file: Path | None) -> dict[str, Any]:
    workout: wk.Workout = notation.parse(path.read_bytes())
    profile_for(workout, profile_file, quiet=True)
    _, time_ms, distance_mm, unknown = workout.totals()[:4]
    return {"name": path.stem, "title": workout.name, "time_ms": time_ms, "distance_mm": distance_mm, "open": unknown}
