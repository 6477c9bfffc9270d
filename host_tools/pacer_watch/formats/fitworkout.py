"""Workouts of other programs to the notation and back: FIT, intervals.icu text, Garmin Connect JSON.

What has no equal here is not dropped in silence: each reader gives the text and a list of what was left out.
"""

import io
import json
import re
from datetime import datetime
from typing import Any

import fitdecode
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
from fit_tool.profile.profile_type import (
    FileType,
    Manufacturer,
    Sport,
    WorkoutStepDuration,
    WorkoutStepTarget,
)

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from . import kinds
from .notation import length_text, unparse


class NotAWorkout(ValueError):
    """The file holds no workout that can be read; the text says what was expected."""


class _Made:
    """A Workout that grows, and what could not be brought over."""

    def __init__(self, name: str) -> None:
        self.workout = wk.Workout(_line(name)[: notation.MAX_NOTE])
        self.lost: list[str] = []

    def step(self, kind: int, end: int, amount: float, low: float, high: float, note: str, named: int = 0) -> None:
        """A step; low and high are a speed band in m/s, 0 for none; named: a target by name instead."""
        fast = slow = named
        if high > 0 and not named:
            fast, slow = round(1e6 / high), round(1e6 / (low or high))
            fast, slow = max(60_000, min(fast, 5_999_000)), max(60_000, min(slow, 5_999_000))
        if fast and kind == wk.REST:
            self.lost.append("a rest has no pace here; it is left out")
            fast = slow = 0
        if self.workout.steps >= wk.MAX_STEPS:
            self.lost.append(f"a workout has at most {wk.MAX_STEPS} steps: the rest is left out")
            return
        text = _line(note)
        if len(text) > notation.MAX_NOTE:
            self.lost.append(f"the note {text[:20]!r}... is cut to {notation.MAX_NOTE} characters")
        amount = min(amount, wk.MAX_TIME_MS if end == wk.END_TIME else wk.MAX_DISTANCE_MM)
        self.workout.add_step(kind, end, round(amount), fast, slow, 0, text[: notation.MAX_NOTE] or None)

    def text(self) -> str:
        """The notation, read back once to be sure of it."""
        if not len(self.workout):
            raise NotAWorkout("it has no step that could be brought over")
        out = unparse(self.workout)
        try:
            notation.parse(out)
        except notation.NotationError as e:
            raise NotAWorkout(f"what it holds is no workout here ({e})") from e
        return out


def _line(text: str) -> str:
    return " ".join(str(text or "").replace("|", "/").replace("#", " ").split())


def read(data: bytes) -> tuple[str, list[str]]:
    """A workout of another program, or of this one, by what the file looks like. Raises NotAWorkout."""
    if data[8:12] == b".FIT":
        return read_fit(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAWorkout("it is neither FIT nor text; expected a workout") from None
    if text.lstrip().startswith("{"):
        return read_garmin_json(text)
    try:
        notation.parse(text)
        return text, []
    except notation.NotationError:
        return read_intervals_icu(text)


def read_fit(data: bytes) -> tuple[str, list[str]]:
    """A FIT workout file as (notation, what was lost). Raises NotAWorkout."""
    made: _Made | None = None
    steps: list[Any] = []
    try:
        with fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE) as reader:
            for frame in reader:
                if isinstance(frame, fitdecode.FitDataMessage):
                    if frame.name == "workout":
                        made = _Made(frame.get_value("wkt_name", fallback="") or "")
                        sport = frame.get_value("sport", fallback="running")
                        if sport not in ("running", "generic", "walking", None):
                            made.lost.append(f"the sport is {sport}, not running")
                    elif frame.name == "workout_step":
                        steps.append(frame)
    except fitdecode.FitError as e:
        raise NotAWorkout(f"it is no whole FIT file ({e})") from e
    if made is None and not steps:
        raise NotAWorkout("it is a FIT file without a workout in it")
    made = made or _Made("Workout")
    rows: dict[int, int] = {}
    for i, frame in enumerate(steps):
        index = frame.get_value("message_index", fallback=i)
        index = i if not isinstance(index, int) else index
        rows[index] = len(made.workout)
        _fit_step(made, frame, rows, i + 1)
    return made.text(), made.lost


def _fit_step(made: _Made, frame: Any, rows: dict[int, int], number: int) -> None:
    def value(name: str) -> Any:
        return frame.get_value(name, fallback=None)

    duration = value("duration_type")
    name = value("wkt_step_name") or value("notes") or ""
    if duration == "repeat_until_steps_cmplt":
        first = rows.get(value("duration_step") if value("duration_step") is not None else value("duration_value"))
        reps = value("repeat_steps") or value("target_value")
        if first is None or not reps or first >= len(made.workout):
            made.lost.append(f"step {number}: a repeat of steps that are not there")
            return
        if not 1 <= int(reps) <= wk.MAX_REPS:
            made.lost.append(f"step {number}: {reps} repeats, cut to {wk.MAX_REPS}")
        made.workout.add_repeat(first, max(1, min(int(reps), wk.MAX_REPS)))
        return
    kind = kinds.read(value("intensity"))
    if duration in ("time", "repetition_time"):
        end, amount = wk.END_TIME, 1000 * float(value("duration_time") or 0)
    elif duration == "distance":
        end, amount = wk.END_DISTANCE, 1000 * float(value("duration_distance") or 0)
    else:
        end, amount = wk.END_LAP, 0.0
        if duration != "open":
            made.lost.append(f"step {number}: it ends by {str(duration).replace('_', ' ')}; here by the lap button")
    if end != wk.END_LAP and amount <= 0:
        made.lost.append(f"step {number}: it has no length; here it ends by the lap button")
        end = wk.END_LAP
    target = value("target_type")
    low = high = 0.0
    if target in ("speed", "grade") and value("custom_target_speed_high"):
        low, high = float(value("custom_target_speed_low") or 0), float(value("custom_target_speed_high"))
    elif target not in ("open", None, "invalid"):
        what = str(target).replace("_", " ")
        zone = (
            value("target_hr_zone") or value("target_speed_zone") or value("target_power_zone") or value("target_value")
        )
        made.lost.append(
            f"step {number}: its target is {what}{f' zone {zone}' if zone else ''}; there is no such target here"
        )
    made.step(kind, end, amount, low, high, name)


_ICU_STEP = re.compile(r"^\s*-\s+(.*)$")
_ICU_REPEAT = re.compile(r"(?:^|\s)(\d{1,3})\s*x\s*$", re.IGNORECASE)
_ICU_LENGTH = re.compile(
    r"^(?:(\d+(?:\.\d+)?)(mtr|km|mi|y|yrd))\b|^((?:\d+h)?(?:\d+m(?!tr|i)(?:\d+s?)?)?(?:\d+s)?)(?=\s|$)", re.IGNORECASE
)
_ICU_PACE = re.compile(r"(\d+):(\d\d)(?:\s*-\s*(\d+):(\d\d))?\s*/?\s*(km|mi)?(?:\s*pace)?", re.IGNORECASE)
_ICU_SHARE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?\s*%\s*(pace|lthr|hr|ftp|mmp)?", re.IGNORECASE)
_ICU_OTHER = re.compile(r"\b(Z\d\S*(?:\s*(?:HR|Pace))?|\d+(?:-\d+)?\s*(?:w|watts|bpm|rpm)\b)", re.IGNORECASE)


def read_intervals_icu(text: str) -> tuple[str, list[str]]:
    """intervals.icu workout text: `m` is minutes there, metres are `mtr`. Raises NotAWorkout."""
    made = _Made("")
    first, reps, block_kind = -1, 0, wk.RUN

    def close() -> None:
        nonlocal first, reps
        if first >= 0 and len(made.workout) > first:
            made.workout.add_repeat(first, reps)
        first, reps = -1, 0

    for number, line in enumerate(text.splitlines(), 1):
        step = _ICU_STEP.match(line)
        if step:
            _icu_step(made, step[1].strip(), number, block_kind)
            continue
        head = line.strip()
        if not head:
            close()
            block_kind = wk.RUN
            continue
        close()
        low = head.lower().replace("-", "").replace(" ", "")
        block_kind = wk.WARM_UP if low.startswith("warmup") else wk.COOL_DOWN if low.startswith("cooldown") else wk.RUN
        repeat = _ICU_REPEAT.search(head)
        if repeat:
            reps = max(1, min(int(repeat[1]), wk.MAX_REPS))
            first = len(made.workout)
        elif not made.workout.name and not len(made.workout) and block_kind == wk.RUN:
            made.workout.name = _line(head)[: notation.MAX_NOTE]
    close()
    return made.text(), made.lost


def _icu_step(made: _Made, text: str, number: int, kind: int) -> None:
    cue = ""
    match = re.search(r"(?<![\d.])(\d+(?:\.\d+)?(?:mtr|km|mi|h|m|s)\b|\d+m\d+|\d+h\d+)", text, re.IGNORECASE)
    if not match:
        made.lost.append(f"line {number}: no length in {text!r}; left out")
        return
    cue, rest = text[: match.start()].strip(), text[match.start() :]
    length = _ICU_LENGTH.match(rest)
    if not length or not length[0]:
        made.lost.append(f"line {number}: the length in {text!r} cannot be read; left out")
        return
    if length[2]:
        size = {"mtr": 1000, "km": 1_000_000, "mi": notation.MILE_MM}.get(length[2].lower(), 914.4)
        end, amount = wk.END_DISTANCE, float(length[1]) * size
    else:
        parts = re.findall(r"(\d+)(h|m|s|$)", length[3].lower())
        seconds = sum(int(n) * {"h": 3600, "m": 60, "s": 1, "": 1}[u] for n, u in parts)
        end, amount = wk.END_TIME, 1000.0 * seconds
    rest = rest[length.end() :]
    low = high = 0.0
    named = 0
    pace, share = _ICU_PACE.search(rest), _ICU_SHARE.search(rest)
    if pace:
        size = 1609.344 if (pace[5] or "").lower() == "mi" else 1000.0
        speeds = [size / (60 * int(pace[1]) + int(pace[2]))]
        speeds.append(size / (60 * int(pace[3]) + int(pace[4])) if pace[3] else speeds[0])
        low, high = min(speeds), max(speeds)
    elif share and (share[3] or "").lower() in ("pace", ""):
        middle = (float(share[1]) + float(share[2] or share[1])) / 2
        if (share[3] or "").lower() != "pace":
            made.lost.append(f"line {number}: {share[0].strip()} is taken as a share of pace")
        if 30 <= middle <= 200:
            named = pf.code(pf.SHARE, 0, round(10 * middle))
            made.lost.append(f"line {number}: {share[0].strip()} of threshold pace becomes {middle:g}% CS")
    elif share:
        made.lost.append(f"line {number}: its target is {share[0].strip()}; there is no such target here")
    other = _ICU_OTHER.search(rest)
    if other and not pace and not share:
        made.lost.append(f"line {number}: its target is {other[0].strip()}; there is no such target here")
    word = (cue + " " + rest).lower()
    if re.search(r"\b(rest|stand)\b", word):
        kind = wk.REST
    elif re.search(r"\b(recover\w*|easy jog|jog)\b", word):
        kind = wk.JOG
    elif re.search(r"\bwalk\b", word):
        kind = wk.WALK
    if "ramp" in word:
        made.lost.append(f"line {number}: a ramp; here one even pace")
    made.step(kind, end, amount, low, high, cue, named)


def read_garmin_json(text: str) -> tuple[str, list[str]]:
    """A Garmin Connect workout as JSON. Raises NotAWorkout."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise NotAWorkout(f"it is no JSON ({e})") from e
    if not isinstance(data, dict) or not isinstance(data.get("workoutSegments"), list):
        raise NotAWorkout("it is JSON, but no Garmin Connect workout (no workoutSegments)")
    made = _Made(str(data.get("workoutName") or ""))
    sport = str((data.get("sportType") or {}).get("sportTypeKey", "running"))
    if sport != "running":
        made.lost.append(f"the sport is {sport}, not running")
    if data.get("description"):
        made.lost.append("the description is left out")
    for segment in data["workoutSegments"]:
        _garmin_steps(made, segment.get("workoutSteps") or [], 0)
    return made.text(), made.lost


def _garmin_steps(made: _Made, steps: list[Any], depth: int) -> None:
    for step in sorted(steps, key=lambda s: s.get("stepOrder") or 0):
        if step.get("type") == "RepeatGroupDTO" or "workoutSteps" in step:
            if depth >= wk.MAX_DEPTH:
                made.lost.append(f"repeats nest at most {wk.MAX_DEPTH} deep; the inner ones are run once")
                _garmin_steps(made, step.get("workoutSteps") or [], depth)
                continue
            first = len(made.workout)
            _garmin_steps(made, step.get("workoutSteps") or [], depth + 1)
            reps = max(1, min(int(step.get("numberOfIterations") or 1), wk.MAX_REPS))
            if step.get("skipLastRestStep"):
                made.lost.append("the last rest of a repeat is not skipped; write 'between' to it")
            if len(made.workout) > first:
                made.workout.add_repeat(first, reps)
            continue
        key = str((step.get("stepType") or {}).get("stepTypeKey", "interval"))
        condition = str((step.get("endCondition") or {}).get("conditionTypeKey", "lap.button"))
        amount = float(step.get("endConditionValue") or 0)
        number = step.get("stepOrder", "?")
        if condition == "time" and amount > 0:
            end, amount = wk.END_TIME, 1000 * amount
        elif condition == "distance" and amount > 0:
            end, amount = wk.END_DISTANCE, 1000 * amount
        else:
            if condition not in ("lap.button", "time", "distance"):
                made.lost.append(f"step {number}: it ends by {condition.replace('.', ' ')}; here by the lap button")
            end, amount = wk.END_LAP, 0.0
        target = str((step.get("targetType") or {}).get("workoutTargetTypeKey", "no.target"))
        low = high = 0.0
        if target in ("pace.zone", "speed.zone") and step.get("targetValueOne"):
            speeds = sorted(
                (float(step["targetValueOne"]), float(step.get("targetValueTwo") or step["targetValueOne"]))
            )
            low, high = speeds
        elif target not in ("no.target", "open"):
            made.lost.append(f"step {number}: its target is {target.replace('.', ' ')}; there is no such target here")
        made.step(kinds.read(key), end, amount, low, high, str(step.get("description") or ""))


def add_to(builder: FitFileBuilder, workout: wk.Workout | None) -> int:
    """Put a run's workout into its activity file, a step a row. Returns how many; 0 without a workout."""
    if workout is None:
        return 0
    for message in _messages(workout)[0]:
        builder.add(message)
    return len(workout)


def _messages(workout: wk.Workout) -> tuple[list[Any], list[str]]:
    head = WorkoutMessage()
    head.workout_name = workout.name or "Workout"
    head.sport = Sport.RUNNING
    head.num_valid_steps = len(workout)
    out: list[Any] = [head]
    lost = []
    for row in range(len(workout)):
        step = WorkoutStepMessage()
        step.message_index = row
        if workout.kind(row) == wk.REPEAT:
            step.duration_type = WorkoutStepDuration.REPEAT_UNTIL_STEPS_CMPLT
            step.duration_value = workout.end(row)
            step.target_value = workout.amount(row)
            out.append(step)
            continue
        end, amount = workout.end(row), workout.amount(row)
        step.intensity = kinds.written(workout.kind(row)).fit
        if end == wk.END_TIME:
            step.duration_type = WorkoutStepDuration.TIME
            step.duration_time = amount / 1000
        elif end == wk.END_DISTANCE:
            step.duration_type = WorkoutStepDuration.DISTANCE
            step.duration_distance = amount / 1000
        else:
            step.duration_type = WorkoutStepDuration.OPEN
            if end != wk.END_LAP:
                lost.append(f"step {row + 1}: {length_text(workout, row)!r} becomes a rest up to the lap button")
        fast, slow = workout.pace_a(row), workout.pace_b(row)
        if effort := pf.effort_of(workout.target_a(row)):
            lost.append(f"step {row + 1}: FIT has no effort; RPE {effort} becomes an open target")
        elif workout.flags(row) & wk.LADDER:
            lost.append(f"step {row + 1}: a ladder becomes the band between its first and last pace")
            fast, slow = min(fast, slow), max(fast, slow)
        if workout.flags(row) & wk.RAMP:
            lost.append(f"step {row + 1}: a pace that changes becomes the band between its first and last")
            fast, slow = min(fast, slow), max(fast, slow)
        if workout.flags(row) & wk.NOTES:
            lost.append(f"step {row + 1}: of a note a rep only the first is kept")
        if workout.flags(row) & wk.BETWEEN:
            lost.append(f"step {row + 1}: FIT has no 'between'; it follows the last rep too")
        if fast:
            wide = 0.01 if fast == slow else 0.0
            step.target_type = WorkoutStepTarget.SPEED
            step.target_value = 0
            step.custom_target_speed_low = 1e6 / slow * (1 - wide)
            step.custom_target_speed_high = 1e6 / fast * (1 + wide)
        else:
            step.target_type = WorkoutStepTarget.OPEN
            step.target_value = 0
        if workout.notes[row]:
            step.workout_step_name = workout.notes[row]
        out.append(step)
    return out, lost


def write_fit(workout: wk.Workout, created: datetime) -> tuple[bytes, list[str]]:
    """A workout (its targets resolved) as a FIT workout file, and what was lost."""
    builder = FitFileBuilder(auto_define=True)
    file_id = FileIdMessage()
    file_id.type = FileType.WORKOUT
    file_id.manufacturer = Manufacturer.DEVELOPMENT.value
    file_id.product = 1
    file_id.time_created = round(created.timestamp() * 1000)
    file_id.serial_number = 1
    builder.add(file_id)
    messages, lost = _messages(workout)
    for message in messages:
        builder.add(message)
    return builder.build_bytes(), lost
