"""FIT workouts, read and written.

A file that is written says exactly what is run: FIT has one target a step and no 'between', so a repeat with a pace
or a note a rep is written out rep by rep, and one whose last rep lacks its rest as one rep less and the last.
"""

import io
import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import fitdecode

from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer.core.plan import closing

from ...text import plain
from .. import fitfile, kinds
from ..notation import length_text
from .made import Brought, Made, NotAWorkout, pace_ms_km

_LONGEST_TEXT = 254  # bytes of a FIT text, and a zero behind them
_MOST_ROWS = 4095  # message_index has 12 bits
_REPEAT_STEPS = "repeat_until_steps_cmplt"


class CannotWrite(ValueError):
    """The workout has no equal as a FIT file; the text says why."""


def read(data: bytes) -> Brought:
    """A FIT workout file. Raises NotAWorkout."""
    made: Made | None = None
    steps: list[Any] = []
    kind = ""
    try:
        with fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE) as reader:
            for frame in reader:
                if not isinstance(frame, fitdecode.FitDataMessage):
                    continue
                if frame.name == "file_id":
                    kind = str(frame.get_value("type", fallback=""))
                elif frame.name == "workout":
                    made = Made(frame.get_value("wkt_name", fallback=""))
                    sport = frame.get_value("sport", fallback="running")
                    if sport not in ("running", "generic", "walking", None):
                        made.lost.append(f"the sport is {sport}, not running")
                elif frame.name == "workout_step":
                    steps.append(frame)
    except Exception as e:  # a decoder's own errors are many
        raise NotAWorkout(f"it is no whole FIT file ({e or type(e).__name__})") from e
    if kind == "activity":
        raise NotAWorkout("it is a FIT activity, a run that was run; expected a workout (pacer replay plays it)")
    if made is None and not steps:
        raise NotAWorkout("it is a FIT file without a workout in it")
    made = made or Made("Workout")
    rows: dict[int, int] = {}
    for i, frame in enumerate(steps):
        index = frame.get_value("message_index", fallback=i)
        rows[index if isinstance(index, int) else i] = len(made.workout)
        _read_step(made, frame, rows, f"step {i + 1}")
    return made.done()


def _read_step(made: Made, frame: Any, rows: dict[int, int], where: str) -> None:
    def value(name: str) -> Any:
        return frame.get_value(name, fallback=None)

    duration = str(value("duration_type") or "open")
    if duration.startswith("repeat_until"):
        first = rows.get(value("duration_step") if value("duration_step") is not None else value("duration_value"))
        if duration != _REPEAT_STEPS:
            made.lost.append(f"{where}: it repeats {duration[7:].replace('_', ' ')}; here those steps are run once")
        elif first is None:
            made.lost.append(f"{where}: a repeat of steps that are not there")
        else:
            made.repeat(where, first, value("repeat_steps") or value("target_value") or 0)
        return
    end, amount = wk.END_LAP, 0.0
    if duration in ("time", "repetition_time"):
        end, amount = wk.END_TIME, 1000 * float(value("duration_time") or 0)
    elif duration == "distance":
        end, amount = wk.END_DISTANCE, 1000 * float(value("duration_distance") or 0)
    elif duration != "open":
        made.lost.append(f"{where}: it ends by {duration.replace('_', ' ')}; here by the lap button")
    target = value("target_type")
    fast = slow = 0
    if target == "speed" and value("custom_target_speed_high"):
        fast = pace_ms_km(float(value("custom_target_speed_high")))
        slow = pace_ms_km(float(value("custom_target_speed_low") or 0)) or fast
    elif target not in ("open", None, "invalid"):
        zones = (value(f"target_{name}") for name in ("hr_zone", "speed_zone", "power_zone", "value"))
        zone = next((f" zone {z}" for z in zones if z), "")
        made.lost.append(f"{where}: its target is {str(target).replace('_', ' ')}{zone}; there is no such target here")
    note = value("wkt_step_name") or value("notes")
    made.step(where, kinds.read(value("intensity")), end, amount, fast, slow, note)


class _Row(NamedTuple):
    """A row of the file: a step with its pace and note, or the end of a repeat. row: of the workout."""

    row: int
    fast: int = 0
    slow: int = 0
    note: str | None = None
    first: int = 0
    reps: int = 0  # of a repeat


def _as_it_is(workout: wk.Workout) -> list[_Row]:
    """A row for each row, as an activity's laps name them; a ladder is the band that it runs through."""
    out = []
    for row in range(len(workout)):
        if workout.kind(row) == wk.REPEAT:
            out.append(_Row(row, first=workout.end(row), reps=workout.amount(row)))
        else:
            fast, slow = sorted((workout.pace_a(row), workout.pace_b(row)))
            out.append(_Row(row, fast or slow, slow, workout.notes[row]))
    return out


def _unrolled(workout: wk.Workout) -> list[_Row]:
    """The rows of a file in which nothing but steps and plain repeats is needed. Raises CannotWrite."""
    out: list[_Row] = []
    _unroll(workout, 0, len(workout), 0, 0, out)
    return out


def _inside(workout: wk.Workout, row: int, stop: int) -> Iterator[tuple[int, int | None]]:
    """(row, its closing row or None) of the steps and repeats that stand directly between two rows."""
    while row < stop:
        close = closing(workout, row, stop)
        yield row, close
        row = row + 1 if close is None else close + 1


def _unroll(workout: wk.Workout, row: int, stop: int, rep: int, reps: int, out: list[_Row]) -> None:
    """One rep of the rows; reps 0 outside of a repeat."""
    for at, close in _inside(workout, row, stop):
        if len(out) > _MOST_ROWS:
            raise CannotWrite(
                f"written out rep by rep it has more than {_MOST_ROWS} steps, which a FIT file can't hold"
            )
        if close is not None:
            _unroll_repeat(workout, at, close, out)
        elif not (workout.flags(at) & wk.BETWEEN and rep == reps):
            out.append(_step_of(workout, at, rep, reps))


def _unroll_repeat(workout: wk.Workout, row: int, close: int, out: list[_Row]) -> None:
    reps, first = workout.amount(close), len(out)
    flags = 0
    for at, inner in _inside(workout, row, close):
        flags |= workout.flags(at) if inner is None else 0
    if flags & (wk.LADDER | wk.NOTES) or reps == 1:
        for rep in range(1, reps + 1):
            _unroll(workout, row, close, rep, reps, out)
        return
    last_differs = bool(flags & wk.BETWEEN)
    _unroll(workout, row, close, 1, reps, out)
    if reps - last_differs > 1:
        out.append(_Row(close, first=first, reps=reps - last_differs))
    if last_differs:
        _unroll(workout, row, close, reps, reps, out)


def _step_of(workout: wk.Workout, row: int, rep: int, reps: int) -> _Row:
    """A step in one rep of its repeat: its pace and its note there."""
    flags, fast, slow = workout.flags(row), workout.pace_a(row), workout.pace_b(row)
    note = workout.notes[row]
    if flags & wk.EACH:
        fast = slow = workout.rung_paces[(flags >> 8 & 1023) + rep - 1]
    elif flags & wk.LADDER:
        fast = slow = fast + (wk.rung(slow - fast, rep - 1, reps - 1) if reps > 1 else 0)
    if flags & wk.NOTES:
        note = workout.rep_notes[(flags >> 18) + rep - 1]
    return _Row(row, min(fast, slow), max(fast, slow), note)


def _lost(workout: wk.Workout) -> list[str]:
    """What a FIT workout does not say."""
    out = []
    for row in range(len(workout)):
        if workout.kind(row) == wk.REPEAT:
            if least := workout.target_a(row):
                out.append(f"{least} to {workout.amount(row)} times become {workout.amount(row)}: FIT has no range")
            continue
        where = f"step {sum(workout.kind(r) != wk.REPEAT for r in range(row + 1))}"
        if workout.end(row) not in (wk.END_TIME, wk.END_DISTANCE, wk.END_LAP):
            out.append(f"{where}: {length_text(workout, row)!r} becomes a rest up to the lap button")
            continue
        if effort := pf.effort_of(workout.target_a(row)):
            most = pf.effort_of(workout.target_b(row))
            asked = f"{effort}-{most}" if most > effort else str(effort)
            out.append(f"{where}: FIT has no effort; RPE {asked} becomes an open target")
        if workout.flags(row) & wk.RAMP:
            out.append(f"{where}: a pace that changes becomes the band between its first and last")
    return out


def _text(text: str) -> str:
    """A text as FIT holds it, cut between characters."""
    return plain(text).encode()[:_LONGEST_TEXT].decode(errors="ignore")


def _add(out: fitfile.Writer, workout: wk.Workout, rows: list[_Row]) -> None:
    out.add("workout", wkt_name=_text(workout.name) or "Workout", sport="running", num_valid_steps=len(rows))
    for number, row in enumerate(rows):
        _add_step(out, workout, number, row)


def _add_step(out: fitfile.Writer, workout: wk.Workout, number: int, row: _Row) -> None:
    if row.reps:
        out.add(
            "workout_step", message_index=number, duration_type=_REPEAT_STEPS, duration_value=row.first,
            target_value=row.reps,
        )  # fmt: skip
        return
    end, amount = workout.end(row.row), workout.amount(row.row)
    step: dict[str, float | str] = {"intensity": kinds.written(workout.kind(row.row)).fit}
    if end == wk.END_TIME:
        step |= {"duration_type": "time", "duration_value": amount}
    elif end == wk.END_DISTANCE:
        step |= {"duration_type": "distance", "duration_value": amount // 10}
    else:
        step["duration_type"] = "open"
    step |= {"target_type": "speed" if row.fast else "open", "target_value": 0}
    if row.fast:
        wide = 0.01 if row.fast == row.slow else 0.0
        step["custom_target_speed_low"] = 1e6 / row.slow * (1 - wide)
        step["custom_target_speed_high"] = 1e6 / row.fast * (1 + wide)
    if row.note:
        step["wkt_step_name"] = _text(row.note)
    out.add("workout_step", message_index=number, **step)


def add_to(out: fitfile.Writer, workout: wk.Workout | None) -> int:
    """Put a run's workout into its activity file, a step a row. Returns how many; 0 without a workout."""
    if workout is None:
        return 0
    _add(out, workout, _as_it_is(workout))
    return len(workout)


def write(workout: wk.Workout, created: datetime) -> tuple[bytes, list[str]]:
    """A workout (its targets resolved) as a FIT workout file, and what was lost. Raises CannotWrite."""
    out = fitfile.Writer()
    out.add(
        "file_id", type="workout", manufacturer=fitfile.DEVELOPMENT, product=1,
        time_created=math.floor(created.timestamp()) - fitfile.EPOCH_S, serial_number=1,
    )  # fmt: skip
    _add(out, workout, _unrolled(workout))
    return out.data(), _lost(workout)
