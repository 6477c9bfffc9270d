"""Workouts: check and convert."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import rich_click as click
from rich import box
from rich.table import Table
from rich.text import Text

from pacer.core import notation
from pacer.core import workout as wk

from .. import WORKOUTS, demand
from ..formats import foreign, words
from ..formats.notation import length_text
from ..formats.plan import Step, unroll
from ..text import Units, clock
from ..twin.runner import EASY_M_S
from .common import (
    ERR,
    OUT,
    PROFILE,
    WorkoutFile,
    emit,
    fail,
    from_library,
    json_option,
    profile_for,
    profile_option,
    read_profile,
    read_workout,
    say,
    units_of,
    units_option,
    write,
)  # fmt: skip

_SHOWN = 200  # steps in the table
_WRITTEN = (".txt", ".fit")


@click.command()
@click.argument("file", type=WorkoutFile())
@profile_option
@units_option
@json_option
def check(file: Path, profile_file: Path | None, units: str | None, as_json: bool) -> None:
    """Read a workout and show what the watch will run: a line in plain words, and each step.

    \b
    Examples:
      pacer check workouts/ladder-5x1000.txt
      pacer check progressive-1k --json
    """
    _, workout = read_workout(file, profile_file)
    profile = profile_for(workout, profile_file)
    counts = units_of(units, profile)
    steps = unroll(workout)
    asked = demand.demand(workout, profile)
    if as_json:
        emit(_as_dict(workout, steps, asked, words.in_words(workout, counts)))
        return
    say(words.in_words(workout, counts) + _in_all(workout, steps))
    OUT.print(_table(workout, steps[:_SHOWN], counts))
    if len(steps) > _SHOWN:
        OUT.print(f"... and {len(steps) - _SHOWN} more; --json has them all")
    _, time_ms, distance_mm, unknown = workout.totals()[:4]
    more = f" and {unknown} steps of unknown length" if unknown else ""
    OUT.print(f"in all {clock(time_ms)}, {counts.distance(distance_mm)}{more}")
    if asked:
        say(demand.text(asked, profile, counts), "yellow" if asked.too_much else "dim")


def _in_all(workout: wk.Workout, steps: list[Step]) -> str:
    """How long all of it takes, behind the words: what has no pace at the speed of the twin's runner."""
    _, time_ms, _, unknown = workout.totals()[:4]
    if not unknown:
        return f"; {round(time_ms / 60_000)} min"
    for s in steps:
        if s.end == wk.END_DISTANCE and not s.pace_fast:
            time_ms += round(s.amount / EASY_M_S.get(s.kind, EASY_M_S[wk.RUN])) if s.kind != wk.REST else 0
    more = ", and what the lap button ends" if any(s.end == wk.END_LAP for s in steps) else ""
    return f"; about {round(time_ms / 60_000)} min{more}"


def _as_dict(workout: wk.Workout, steps: list[Step], asked: demand.Demand | None, in_words: str) -> dict[str, Any]:
    _, time_ms, distance_mm, unknown = workout.totals()[:4]
    return {
        "name": workout.name,
        "in_words": in_words,
        "steps": [
            {
                "step": i + 1,
                "kind": wk.KIND_NAMES[s.kind],
                "end": wk.END_NAMES[s.end],
                "amount": s.amount if s.end != wk.END_LAP else None,
                "unit": {wk.END_DISTANCE: "mm", wk.END_LAP: None}.get(s.end, "ms"),
                "pace_fast_ms_km": s.pace_fast or None,
                "pace_slow_ms_km": s.pace_slow or None,
                "pace_end_ms_km": s.ramp[1] if s.ramp else None,
                "rep": s.rep or None,
                "reps": s.reps or None,
                "note": s.note,
                **({"effort": s.effort} if s.effort else {}),
                **({"effort_most": s.effort_most} if s.effort_most != s.effort else {}),
            }
            for i, s in enumerate(steps)
        ],
        "total_time_ms": time_ms,
        "total_distance_mm": distance_mm,
        "steps_of_unknown_extent": unknown,
        "dprime": {"least_mm": asked.least_mm, "step": asked.step + 1, "too_much": asked.too_much} if asked else None,
    }


def _table(workout: wk.Workout, steps: list[Step], units: Units) -> Table:
    table = Table(title=Text(workout.name or "Workout"), title_justify="left", box=box.SIMPLE)
    for name in ("step", "rep", "kind", "length", f"pace {units.per}", "note"):
        table.add_column(name, justify="right" if name in ("step", "rep", "length") else "left")
    for i, s in enumerate(steps):
        rep = f"{s.rep}/{s.reps}" if s.reps else ""
        told = s.end not in (wk.END_TIME, wk.END_DISTANCE)
        length = length_text(workout, s.row) if told else words.length(s.end, s.amount, units.miles)
        table.add_row(str(i + 1), rep, wk.KIND_NAMES[s.kind], length, s.target(units), Text(s.note or ""))
    return table


@click.command("convert")
@click.argument("file", type=WorkoutFile())
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="File to write: .txt (notation) or .fit."
)
@profile_option
@json_option
def convert_command(file: Path, output: Path | None, profile_file: Path | None, as_json: bool) -> None:
    """Workouts from other programs to the notation, and out again to FIT.

    Reads FIT workouts, intervals.icu text (where m is minutes and metres are mtr), Garmin Connect JSON, Zwift .zwo
    workouts for runners, and what coaches write. What has no equal is named on standard error, with exit status 1.

    \b
    Examples:
      pacer convert workout.fit
      pacer convert garmin.json -o tuesday.txt
      pacer convert 5x1000m -o 5x1000m.fit
    """
    if output is not None and output.suffix.lower() not in _WRITTEN:
        fail(f"{output}: the ending says which format is meant; expected {' or '.join(_WRITTEN)}")
    try:
        brought = _foreign(file, profile_file)
        data, lost = brought.text.encode(), list(brought.lost)
        if output is not None and output.suffix.lower() == ".fit":
            workout = notation.parse(brought.text)
            profile_for(workout, profile_file)
            data, more = foreign.fit.write(workout, datetime.now(timezone.utc))
            lost += more
    except (foreign.NotAWorkout, foreign.fit.CannotWrite) as e:
        fail(f"{file}: {e}")
    for line in brought.told:
        say(f"{file.name}: {line}", "dim", ERR)
    for line in lost:
        say(f"{file.name}: {line}", "yellow", ERR)
    if output is not None:
        write(output, data)
    if as_json:
        told = {"text": brought.text, "file": str(output) if output else None, "told": list(brought.told), "lost": lost}
        emit(told)
    elif output is None:
        print(brought.text, end="")
    else:
        say(f"{output} written")
    if lost:
        raise SystemExit(1)


def _foreign(path: Path, profile_file: Path | None) -> foreign.Brought:
    """A workout of another program, of this one, or of the library by its name."""
    path = from_library(path, profile_file)
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        fail(f"{path} is a folder; expected a workout file")
    except OSError as e:
        names = ", ".join(sorted(p.stem for p in WORKOUTS.glob("*.txt")))
        fail(f"{path} cannot be read ({e.strerror}); expected a FIT, JSON, .zwo or text workout, or one of {names}")
    known = profile_file or (PROFILE if PROFILE.exists() else None)
    return foreign.read(data, lambda: read_profile(known) if known else None)
