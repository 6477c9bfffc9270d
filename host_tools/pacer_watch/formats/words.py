"""A workout in plain words, on one line: what the watch has understood of its text."""

from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer.core.pace import of_track
from pacer.core.plan import closing

from ..text import KM, Units
from .notation import in_miles, pace_text, reps_of, target_text

_MILE_MM = 1_609_344


def in_words(workout: wk.Workout, units: Units = KM) -> str:
    """`2 km warm-up at easy; 5 times: 1 km at 5k pace, then 400 m jog`."""
    return "; ".join(_block(workout, 0, len(workout), units.miles))


def _block(workout: wk.Workout, row: int, stop: int, miles: bool) -> list[str]:
    """The steps and repeats of the rows up to `stop`, in words."""
    out = []
    while row < stop:
        close = closing(workout, row, stop)
        if close is None:
            out.append(_step(workout, row, miles))
            row += 1
            continue
        inside = _block(workout, row, close, miles)
        reps, least = workout.amount(close), workout.target_a(close)
        text = ", then ".join(f"({part})" if " times: " in part else part for part in inside)
        often = f"{least} to {reps} times" if least else f"{reps} times" if reps != 1 else "once"
        out.append(f"{often}: {text}")
        row = close + 1
    return out


def _step(workout: wk.Workout, row: int, miles: bool) -> str:
    kind, end, flags = workout.kind(row), workout.end(row), workout.flags(row)
    name = wk.KIND_NAMES[kind] if kind != wk.RUN else ""
    if end == wk.END_SEND_OFF:
        text = f"{name} until {_time(workout.amount(row))} of the rep are over"
    elif end == wk.END_READY:
        least, most = _time(workout.target_a(row)), _time(workout.amount(row))
        text = f"{name} until {workout.target_b(row)}% of D' are back, {least} to {most}"
    elif end == wk.END_LAP:
        text = f"{name or 'run'} until the lap button"
    else:
        text = f"{length(end, workout.amount(row), miles)} {name}".strip()
    if workout.target_a(row) and end != wk.END_READY:
        text += " " + _target(workout, row, miles)
    if flags & wk.BETWEEN:
        text += ", not after the last"
    return text


def length(end: int, amount: int, miles: bool = False) -> str:
    """A length for people: 2 min 10 s, 400 m, 1.5 km, 3 miles; short ones stay in metres, as a track has them."""
    if end == wk.END_TIME:
        return _time(amount)
    if in_miles(amount) or (miles and not of_track(amount)):
        value = round(amount / _MILE_MM, 2)
        return f"{value:g} mile{'' if value == 1 else 's'}"
    return f"{amount / 1e6:g} km" if amount >= 1_000_000 and not miles else f"{amount / 1000:g} m"


def _time(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest / 1000, "s"))
    return " ".join(f"{value:g} {unit}" for value, unit in parts if value) or "0 s"


def _target(workout: wk.Workout, row: int, miles: bool) -> str:
    flags, first, last = workout.flags(row), workout.target_a(row), workout.target_b(row)
    if flags & wk.EACH:
        at = flags >> 8 & 1023
        rungs = workout.rungs[at : at + reps_of(workout, row)]
        return "at " + ", ".join(_name(t, miles) for t in rungs[:-1]) + f" and {_name(rungs[-1], miles)}, one a rep"
    if flags & wk.LADDER:
        return f"from {_name(first, miles)} in the first rep to {_name(last, miles)} in the last"
    if flags & wk.RAMP:
        return f"moving from {_name(first, miles)} to {_name(last, miles)}"
    if first > 0 and last > 0 and first != last:
        return f"at {_name(first, miles).rpartition('/')[0]}-{_name(last, miles)}"
    if pf.effort_of(first) and pf.effort_of(last) and first != last:
        return f"at RPE {pf.effort_of(first)}-{pf.effort_of(last)}"
    if first != last:
        return f"between {_name(first, miles)} and {_name(last, miles)}"
    return f"at {_name(first, miles)}"


def _name(target: int, miles: bool) -> str:
    if target > 0 and miles:
        return f"{pace_text(round(target * 1.609344 / 1000) * 1000)}/mi"
    if miles and pf.what_of(target) in (pf.ZONE, pf.RACE, pf.DISTANCE) and (tenths := pf.amount_of(target)):
        bare = pf.target_name(pf.code(pf.what_of(target), pf.which_of(target)))
        return f"{bare} {'+' if tenths > 0 else '-'} {round(abs(tenths) * 0.1609344)}s/mi"
    return target_text(target)
