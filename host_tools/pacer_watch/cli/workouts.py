"""Workouts: check and convert."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import rich_click as click
from rich import box
from rich.table import Table

from pacer.core import workout as wk

from .. import demand
from ..formats import fitworkout
from ..formats.notation import amount_text
from ..text import band, clock, distance
from ..twin.runner import Step, unroll
from .common import ERR, OUT, emit, fail, json_option, profile_for, profile_option, read_workout, write

_SHOWN = 200  # steps in the table


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@profile_option
@json_option
def check(file: Path, profile_file: Path | None, as_json: bool) -> None:
    """Read a workout and show what the watch will run.

    \b
    Examples:
      pacer check workouts/ladder-5x1000.txt
      pacer check progressive-1k --json
    """
    _, workout = read_workout(file, profile_file)
    profile = profile_for(workout, profile_file)
    steps = unroll(workout)
    asked = demand.demand(workout, profile)
    if as_json:
        emit(_as_dict(workout, steps, asked))
        return
    OUT.print(_table(workout, steps[:_SHOWN]))
    if len(steps) > _SHOWN:
        OUT.print(f"... and {len(steps) - _SHOWN} more; --json has them all")
    _, time_ms, distance_mm, unknown = workout.totals()[:4]
    more = f" and {unknown} steps of unknown length" if unknown else ""
    OUT.print(f"in all {clock(time_ms)}, {distance(distance_mm)}{more}")
    if asked:
        OUT.print(f"[{'yellow' if asked.too_much else 'dim'}]{demand.text(asked, profile)}[/]", highlight=False)


def _as_dict(workout: wk.Workout, steps: list[Step], asked: demand.Demand | None) -> dict[str, Any]:
    _, time_ms, distance_mm, unknown = workout.totals()[:4]
    return {
        "name": workout.name,
        "steps": [
            {
                "step": i + 1,
                "kind": wk.KIND_NAMES[s.kind],
                "end": wk.END_NAMES[s.end],
                "amount": s.amount if s.end != wk.END_LAP else None,
                "unit": {wk.END_TIME: "ms", wk.END_DISTANCE: "mm"}.get(s.end),
                "pace_fast_ms_km": s.pace_fast or None,
                "pace_slow_ms_km": s.pace_slow or None,
                "rep": s.rep or None,
                "reps": s.reps or None,
                "note": s.note,
                **({"effort": s.effort} if s.effort else {}),
            }
            for i, s in enumerate(steps)
        ],
        "total_time_ms": time_ms,
        "total_distance_mm": distance_mm,
        "steps_of_unknown_extent": unknown,
        "dprime": {"least_mm": asked.least_mm, "step": asked.step + 1, "too_much": asked.too_much} if asked else None,
    }


def _table(workout: wk.Workout, steps: list[Step]) -> Table:
    table = Table(title=workout.name or "Workout", title_justify="left", box=box.SIMPLE)
    for name in ("step", "rep", "kind", "length", "pace per km", "note"):
        table.add_column(name, justify="right" if name in ("step", "rep", "length") else "left")
    for i, s in enumerate(steps):
        rep = f"{s.rep}/{s.reps}" if s.reps else ""
        length = amount_text(s.end, s.amount)
        target = f"RPE {s.effort}" if s.effort else band(s.pace_fast, s.pace_slow)
        table.add_row(str(i + 1), rep, wk.KIND_NAMES[s.kind], length, target, s.note or "")
    return table


@click.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="File to write: .txt (notation) or .fit."
)
@profile_option
def convert_command(file: Path, output: Path | None, profile_file: Path | None) -> None:
    """Workouts from other programs to the notation, and out again to FIT.

    Reads FIT workouts, intervals.icu text (where m is minutes and metres are mtr), and Garmin Connect JSON. What has no
    equal is named on standard error.

    \b
    Examples:
      pacer convert workout.fit
      pacer convert garmin.json -o tuesday.txt
      pacer convert 5x1000m -o 5x1000m.fit
    """
    try:
        if output is not None and output.suffix.lower() == ".fit":
            _, workout = read_workout(file, profile_file)
            profile_for(workout, profile_file)
            data, lost = fitworkout.write_fit(workout, datetime.now(timezone.utc))
        else:
            text, lost = _foreign(file)
            data = text.encode()
    except fitworkout.NotAWorkout as e:
        fail(f"{file}: {e}")
    for line in lost:
        ERR.print(f"[yellow]{file.name}: {line}[/]", highlight=False)
    if output is None:
        print(data.decode(), end="")
        return
    write(output, data)
    OUT.print(f"{output} written")


def _foreign(path: Path) -> tuple[str, list[str]]:
    """A workout of another program as (notation, what was lost)."""
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        fail(f"{path} is a folder; expected a workout file")
    except OSError as e:
        fail(f"{path} cannot be read ({e.strerror}); expected a FIT, JSON or text workout")
    return fitworkout.read(data)
