"""What coaches write, in the notation of the watch: `6x1k @ MP w/ 2' jog` as `6 x 1km @ marathon pace, 2min jog`.

The words of a line are put into the notation's own one by one; its lengths, commas and brackets stay where they are, so
what has two readings there has two readings here, and the parser refuses it. What this file adds to the parser:

- words and signs: k, HMP, WU, 90", 2:00, at, w/, per mile, hard, a bare 400
- times instead of paces, from the length in front of them: 400m in 72s, @ 72s/400m
- bands: 5k-3k pace, RPE 6-7, 95-100% CS, 5k pace +- 5s
- several steps on a line, a line each; labels (Warm-up: ..., Recovery: ...)
"""

import difflib
import re
from dataclasses import dataclass, field

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from .lines import Lines
from .words import Unclear


@dataclass
class Reading:
    """A workout as it was read. text: what the watch is given; taken: the lines that were written otherwise."""

    workout: wk.Workout
    text: str
    taken: list[tuple[str, str]] = field(default_factory=list)


def read(data: bytes | str) -> Reading:
    """A workout from the notation or from a coach's shorthand. Raises notation.NotationError."""
    try:
        workout = notation.parse(data)
    except notation.NotationError as e:
        strict = e
    else:
        return Reading(workout, data if isinstance(data, str) else bytes(data).decode("utf-8"))
    try:
        text = data if isinstance(data, str) else bytes(data).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise strict from None
    return _rewritten(text, strict)


def _rewritten(text: str, strict: notation.NotationError) -> Reading:
    lines = Lines()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            lines.add(line.rstrip("\r"), number)
        except Unclear as e:
            if e.vague and strict.line == number and strict.column > 1:
                raise strict from None
            raise notation.NotationError(number, e.at + 1, e.message) from None
    out = "\n".join([*lines.out, ""])
    if not "".join(lines.out).strip():
        raise strict
    try:
        workout = notation.parse(out)
    except notation.NotationError as e:
        origin = lines.origin[min(e.line, len(lines.origin)) - 1]
        written = text.split("\n")[origin - 1].strip()
        read_as = lines.out[e.line - 1].strip() if e.line <= len(lines.out) else ""
        if read_as.lstrip("- ").lower() == written.lstrip("- ").lower():
            column = e.column + len(written) - len(read_as)
            raise notation.NotationError(origin, max(1, column), e.message + _suggestion(written)) from None
        shown = f" (read as '{read_as}')" if read_as and read_as != written else ""
        raise notation.NotationError(origin, 1, e.message + shown + _suggestion(written)) from None
    taken = [
        (written.strip(), "; ".join(lines.out[i].strip() for i, o in enumerate(lines.origin) if o == number))
        for number, written in enumerate(text.split("\n"), 1)
        if number in lines.changed
    ]
    return Reading(workout, out, taken)


_WORDS = (
    *wk.KIND_NAMES, *pf.ZONE_NAMES, "recovery", "between", "metres", "miles", "minutes", "seconds", "laps", "lots",
    "with", "marathon", "workout", "until", "steady", "strides",
)  # fmt: skip
_KNOWN = {
    *_WORDS, "pace", "half", "mile", "lap", "easy", "times", "sets", "rounds", "min", "km", "then", "each", "race",
    "rpe", "critical", "speed", "every", "float", "hard", "reps", "interval", "intervals", "jogging", "walking",
    "metre", "meter", "meters", "minute", "second", "effort", "last",
}  # fmt: skip


def _suggestion(line: str) -> str:
    """' (strdie: stride?)' for a word that is nearly one of the notation's."""
    for word in re.findall(r"[a-z]{4,}", line.partition("|")[0].lower()):
        near = difflib.get_close_matches(word, _WORDS, 1, 0.75) if word not in _KNOWN else []
        if near:
            return f" ({word}: {near[0]}?)"
    return ""
