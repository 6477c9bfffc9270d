"""A Garmin Connect workout as JSON, as it is exported or as somebody wrote it by hand."""

import json
import math
from typing import Any

from pacer.core import workout as wk

from .. import kinds
from .made import Brought, Made, NotAWorkout, pace_ms_km


def read(text: str) -> Brought:
    """Raises NotAWorkout."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise NotAWorkout(f"it is no JSON ({e})") from e
    if not isinstance(data, dict) or not isinstance(data.get("workoutSegments"), list):
        raise NotAWorkout("it is JSON, but no Garmin Connect workout (no workoutSegments)")
    made = Made(_text(data, "workoutName", "the workout"))
    sport = _text(_object(data, "sportType", "the workout"), "sportTypeKey", "sportType") or "running"
    if sport != "running":
        made.lost.append(f"the sport is {sport}, not running")
    if _text(data, "description", "the workout"):
        made.lost.append("the description is left out")
    for k, segment in enumerate(data["workoutSegments"], 1):
        if not isinstance(segment, dict):
            raise _wrong(f"segment {k}", "an object", segment)
        _steps(made, segment, 0, f"segment {k}")
    return made.done()


def _wrong(where: str, expected: str, value: Any) -> NotAWorkout:
    return NotAWorkout(f"{where} is {json.dumps(value)[:40]}; expected {expected}")


def _object(of: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    """A field that is an object; null and a missing one are empty."""
    value = of.get(key)
    if value is not None and not isinstance(value, dict):
        raise _wrong(f"{where}: {key}", "an object", value)
    return value or {}


def _text(of: dict[str, Any], key: str, where: str) -> str:
    value = of.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(f"{where}: {key}", "a text", value)
    return value or ""


def _number(of: dict[str, Any], key: str, where: str) -> float:
    """A field that is a finite number from 0 on; null and a missing one are 0."""
    value = of.get(key)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise _wrong(f"{where}: {key}", "a number from 0 on", value)
    return float(value)


def _steps(made: Made, group: dict[str, Any], depth: int, where: str) -> None:
    """The steps of a segment or of a repeat, in their order."""
    steps = group.get("workoutSteps")
    if steps is None:
        return
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise _wrong(f"{where}: workoutSteps", "a list of objects", steps)
    for step in sorted(steps, key=lambda s: _number(s, "stepOrder", where)):
        order = _number(step, "stepOrder", where)
        name = f"step {order:g}" if order else "a step without stepOrder"
        if step.get("type") == "RepeatGroupDTO" or "workoutSteps" in step:
            _repeat(made, step, depth, name)
        else:
            _step(made, step, name)


def _repeat(made: Made, group: dict[str, Any], depth: int, where: str) -> None:
    if depth >= wk.MAX_DEPTH:
        raise NotAWorkout(f"{where}: repeats nest more than {wk.MAX_DEPTH} deep, which they can't here")
    first = len(made.workout)
    _steps(made, group, depth + 1, where)
    last = len(made.workout) - 1
    if group.get("skipLastRestStep") and last >= first:
        rests = made.workout.kind(last) != wk.REPEAT and wk.RESTING[made.workout.kind(last)]
        if rests and last > first:
            made.between(last)
        else:
            made.lost.append(f"{where}: it skips its last rest, but does not end with one")
    made.repeat(where, first, _number(group, "numberOfIterations", where) or 1)


def _step(made: Made, step: dict[str, Any], where: str) -> None:
    key = _text(_object(step, "stepType", where), "stepTypeKey", where) or "interval"
    condition = _text(_object(step, "endCondition", where), "conditionTypeKey", where) or "lap.button"
    amount = 1000 * _number(step, "endConditionValue", where)
    end = {"time": wk.END_TIME, "distance": wk.END_DISTANCE}.get(condition, wk.END_LAP)
    if condition not in ("lap.button", "time", "distance"):
        made.lost.append(f"{where}: it ends by {condition.replace('.', ' ')}; here by the lap button")
    kind_of_target = _object(step, "targetType", where)
    target = _text(kind_of_target, "workoutTargetTypeKey", where) or "no.target"
    fast = slow = 0
    if target in ("pace.zone", "speed.zone"):
        # Exported ones have the values beside the target type, hand-made ones also inside of it.
        held = kind_of_target if step.get("targetValueOne") is None else step
        speeds = [_number(held, name, where) for name in ("targetValueOne", "targetValueTwo")]
        given = [pace_ms_km(speed) for speed in speeds if speed]
        if given:
            fast, slow = min(given), max(given)
        else:
            made.lost.append(f"{where}: its pace has no values; it is left out")
    elif target not in ("no.target", "open"):
        made.lost.append(f"{where}: its target is {target.replace('.', ' ')}; there is no such target here")
    if _object(step, "secondaryTargetType", where):
        second = _text(_object(step, "secondaryTargetType", where), "workoutTargetTypeKey", where) or "no.target"
        if second != "no.target":
            made.lost.append(f"{where}: its second target is {second.replace('.', ' ')}; there is one target here")
    if not kinds.known(key):
        made.told.append(f"{where}: {key!r} is read as a run")
    amount = amount if end != wk.END_LAP else 0
    made.step(where, kinds.read(key), end, amount, fast, slow, _text(step, "description", where))
