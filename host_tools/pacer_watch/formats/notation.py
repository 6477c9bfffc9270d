"""A Workout as the text a runner writes: the opposite of pacer.core.notation, which only reads.

The text is canonical: one spelling for each workout, and it reads back to an equal one.
"""

from collections import defaultdict

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer.core.notation import line

from ..text import plain


def parse_old(text: str) -> wk.Workout:
    """A workout as it was run, of a log. What is refused today since it can be read in two ways is read as it was."""
    line.Line.strict = False
    try:
        workout: wk.Workout = notation.parse(text)
        workout.name = plain(workout.name)
        workout.notes = [note and plain(note) for note in workout.notes]
        return workout
    finally:
        line.Line.strict = True


def unparse(workout: wk.Workout) -> str:
    """The canonical text of a workout."""
    closes = defaultdict(list)  # of each first row, the repeats that begin there, the outermost first
    for row in reversed(range(len(workout))):
        if workout.kind(row) == wk.REPEAT:
            closes[workout.end(row)].append(row)
    out = [f"Workout - {workout.name}" if workout.name else "Workout"]
    depth = 0
    for row in range(len(workout)):
        if workout.kind(row) == wk.REPEAT:
            depth -= 1
            continue
        for close in closes[row]:
            least = f"{workout.target_a(close)}-" if workout.target_a(close) else ""
            out.append(f"{'  ' * depth}- {least}{workout.amount(close)} lots of:")
            depth += 1
        out.append(f"{'  ' * depth}- {step_text(workout, row)}")
    return "\n".join([*out, ""])


def step_text(workout: wk.Workout, row: int) -> str:
    """One step as its canonical line, without bullet."""
    kind, flags = workout.kind(row), workout.flags(row)
    end, _amount = workout.end(row), workout.amount(row)
    first = workout.target_a(row) if end != wk.END_READY else 0
    parts = [length_text(workout, row)]
    bare = not first and not workout.notes[row] and reps_of(workout, row)
    if kind != wk.RUN or bare:  # in a repeat a step says what it is
        parts.insert(0 if end in (wk.END_SEND_OFF, wk.END_READY) else 1, wk.KIND_NAMES[kind])
    if flags & wk.BETWEEN:
        parts.append("between")
    if first:
        parts.append(f"@ {_targets_text(workout, row)}")
    if flags & wk.NOTES:
        at = flags >> 18
        parts += [f"| {note}" for note in workout.rep_notes[at : at + reps_of(workout, row)]]
    elif workout.notes[row]:
        parts.append(f"| {workout.notes[row]}")
    return " ".join(parts)


def reps_of(workout: wk.Workout, row: int) -> int:
    """How many reps the innermost repeat around a row has, 0 for none."""
    around = (r for r in range(row, len(workout)) if workout.kind(r) == wk.REPEAT and workout.end(r) <= row)
    close = next(around, None)
    return workout.amount(close) if close is not None else 0


def _targets_text(workout: wk.Workout, row: int) -> str:
    flags, first, last = workout.flags(row), workout.target_a(row), workout.target_b(row)
    if flags & wk.EACH:
        at = flags >> 8 & 1023
        return " -> ".join(target_text(t) for t in workout.rungs[at : at + reps_of(workout, row)])
    if flags & wk.LADDER:
        return f"{target_text(first)} -> {target_text(last)}"
    if flags & wk.RAMP:
        return f"{target_text(first)} to {target_text(last)}"
    if first == last:
        return target_text(first)
    if first > 0 and last > 0:
        return f"{pace_text(first)}-{target_text(last)}"
    return f"between {target_text(first)} and {target_text(last)}"


def length_text(workout: wk.Workout, row: int) -> str:
    """What ends a step as text: 400m, on 2min 30s, until D' 80%, 1min-3min."""
    end, amount = workout.end(row), workout.amount(row)
    if end != wk.END_READY:
        return amount_text(end, amount)
    least, most = (amount_text(wk.END_TIME, ms) for ms in (workout.target_a(row), amount))
    return f"until D' {workout.target_b(row)}%, {least}-{most}"


def in_miles(amount_mm: int) -> bool:
    """Was a distance written in miles, in hundredths of them at most?"""
    hundredths = round(100 * amount_mm / notation.MILE_MM)
    return amount_mm % 1000 != 0 and amount_mm == (hundredths * notation.MILE_MM + 50) // 100


def amount_text(end: int, amount: int) -> str:
    """What ends a step, in ms or mm, as text: 2min 10s, 400m, 1.5km, lap."""
    if end == wk.END_LAP:
        return "lap"
    if end == wk.END_DISTANCE:
        if in_miles(amount):
            return f"{round(100 * amount / notation.MILE_MM) / 100:g}mi"
        if amount >= 1_000_000 and amount % 10_000 == 0:
            return _decimal(amount, 1_000_000) + "km"
        if amount < 100_000 or (amount % 1000 and amount < 1_000_000):  # as `m` it might be minutes, or a thousand
            return _decimal(amount, 1000) + " metres" if not amount % 100 else _decimal(amount, 1_000_000) + "km"
        return _decimal(amount, 1000) + "m"
    if end == wk.END_SEND_OFF:
        return f"on {amount_text(wk.END_TIME, amount)}"
    minutes, ms = divmod(amount, 60_000)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}h"] if hours else []
    if minutes:
        parts.append(f"{minutes}min")
    if ms or not parts:
        parts.append(_decimal(ms, 1000) + "s")
    return " ".join(parts)


def pace_text(pace_ms_km: int) -> str:
    """A pace as text: 5'30", with decimals only where it has them."""
    minutes, ms = divmod(pace_ms_km, 60_000)
    return f"{minutes}'{'0' if ms < 10_000 else ''}{_decimal(ms, 1000)}\""


def target_text(target: int) -> str:
    """A target as the notation writes it: a pace, or a name."""
    if target > 0:
        return f"{pace_text(target)}/km"
    far = pf.what_of(target) in (pf.ZONE, pf.RACE, pf.DISTANCE) and abs(pf.amount_of(target)) >= 300
    return f"{pf.target_name(target)}{'/km' if far else ''}"


def _decimal(value: int, unit: int) -> str:
    """value / unit with the decimals that it has; unit is a power of ten."""
    whole, rest = divmod(value, unit)
    digits = str(unit + rest)[1:].rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
