"""intervals.icu workout text: `m` is minutes there, metres are `mtr`.

A line is read word by word: lengths, targets, kinds of step, and what is left is the step's note. A second length
begins another step of the same line.
"""

import re
from dataclasses import dataclass, field

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from .made import Brought, Made, NotAWorkout

# What the notation here does not have, and what tells that a text is one of these.
_SIGNS = re.compile(
    r"\d\s*mtr\b|%\s*(pace|lthr|hr|ftp|mmp)\b|/(km|mi|\d+m|\d+y)\s+pace\b|\bz\d\s*(hr|pace)\b|^\s*-.*\bz\d\b|"
    r"\d:\d\d\s+pace\b|press lap|"
    r"^\s*-.*\d(w|rpm|bpm)\b|^\s*-.*\bramp\b|^\s*-.*\b\d+m\d+s?\b|^\s*-.*\bfreeride\b|^\s*-.*\d%",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_REPEAT = re.compile(r"(?:^|\s)(\d{1,4})\s*x\s*$", re.IGNORECASE)
_STEP_REPEAT = re.compile(r"^(\d{1,4})\s*x(?:\s+|$)", re.IGNORECASE)
_UNIT_MM = {"mtr": 1000.0, "km": 1e6, "mi": float(notation.MILE_MM), "y": 914.4, "yrd": 914.4, "yd": 914.4, "m": 1000.0}
_PACE_UNIT = r"\s*/\s*(\d*)\s*(km|mi|mtr|yrd|yd|m|y)\b"
_CLOCK = r"(\d{1,2}):([0-5]\d)(?:\.\d+)?"
_RACE_WORD = r"(mile|marathon|half(?:\s+marathon)?|hm|\d+(?:\.\d+)?\s*(?:k|km|mi))"
_TOKENS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("pace", rf"{_CLOCK}(?:{_PACE_UNIT})?\s*-\s*{_CLOCK}(?:{_PACE_UNIT})?(?:\s*pace\b)?"),
        ("pace", rf"{_CLOCK}(?:(?:{_PACE_UNIT})(?:\s*pace\b)?|\s*pace\b)"),
        ("share", r"(\d+(?:\.\d+)?)\s*%?\s*-\s*(\d+(?:\.\d+)?)\s*%\s*(pace|lthr|hr|ftp|mmp)?\b|"
                  r"(\d+(?:\.\d+)?)\s*%\s*(pace\b|lthr\b|hr\b|ftp\b|mmp\b)?"),
        ("race", rf"{_RACE_WORD}\s*pace\b"),
        ("effort", r"rpe\s*(\d{1,2})(?:\s*-\s*(\d{1,2}))?\b"),
        ("other", r"c?z\d(?:\s*-\s*c?z\d)?(?:\s*(?:hr|pace))?\b|\d+(?:\s*-\s*\d+)?\s*(?:w|watts|bpm|rpm)\b"),
        ("far", r"(\d+(?:\.\d+)?)\s*(mtr|km|mi|yrd|yd|y)\b"),
        ("time", r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?(?![\w.:%/'\"])(?<=[hms\d])"),
        ("prime", r"(?:(\d+)['′’])?(?:(\d+)(?:[\"″”]|''))?"),
        ("clock", rf"{_CLOCK}(?![\d:/])"),
        ("press", r"press\s+lap\b"),
        ("ramp", r"ramp\b"),
        ("free", r"freeride\b"),
        ("kind", r"(rest|stand|recover(?:y)?|easy jog|jog|walk|warm-?\s?up|cool-?\s?down)\b"),
        ("kind", r"intensity\s*=\s*(\w+)"),
    )
)  # fmt: skip
_KINDS = {
    "rest": wk.REST, "stand": wk.REST, "recover": wk.JOG, "recovery": wk.JOG, "easyjog": wk.JOG, "jog": wk.JOG,
    "walk": wk.WALK, "warmup": wk.WARM_UP, "cooldown": wk.COOL_DOWN, "active": wk.RUN, "interval": wk.RUN,
}  # fmt: skip


@dataclass
class _Step:
    """A step of a line as far as it is read."""

    end: int | None = None
    amount: float = 0
    kind: int | None = None
    first: int = 0
    last: int = 0
    pace: str = ""
    ramp: bool = False
    press: bool = False
    words: list[str] = field(default_factory=list)


def is_one(text: str) -> bool:
    """Does the text look like one of intervals.icu?"""
    return "@" not in text and bool(_SIGNS.search(text))


def read(text: str) -> Brought:
    """Raises NotAWorkout."""
    made = Made()
    first, reps, kind = -1, 0.0, wk.RUN
    where = ""
    for number, line in enumerate([*text.splitlines(), ""], 1):
        words = line.strip()
        if re.match(r"-\s*\S", words):
            _line(made, words[1:].strip(), f"line {number}", kind)
            continue
        # A blank line ends a block, but not one that has no step yet.
        if first >= 0 and len(made.workout) > first:
            made.repeat(where, first, reps)
            first = -1
        if not words:
            kind = kind if first >= 0 else wk.RUN
            continue
        if first >= 0:
            raise NotAWorkout(f"{where}: it repeats no step")
        kind = _KINDS.get(re.sub(r"[\s-]", "", words.lower())[:8].rstrip(":"), wk.RUN)
        kind = kind if kind in (wk.WARM_UP, wk.COOL_DOWN) else wk.RUN
        if repeat := _HEAD_REPEAT.search(words):
            first, reps, where = len(made.workout), float(repeat[1]), f"line {number}"
        elif kind == wk.RUN and not len(made.workout) and not made.workout.name:
            made.name(words)
        elif kind == wk.RUN and len(words) > notation.MAX_NOTE:
            made.lost.append(f"line {number}: {words[:30]!r}... is left out")
    if first >= 0:
        raise NotAWorkout(f"{where}: it repeats no step")
    return made.done()


def _line(made: Made, text: str, where: str, kind: int) -> None:
    """The steps of one line; `4x` in front repeats them."""
    repeat = _STEP_REPEAT.match(text)
    first = len(made.workout)
    steps = _steps(text[repeat.end() :] if repeat else text, where)
    for step in steps:
        _add(made, step, where, kind)
    if repeat:
        made.repeat(where, first, float(repeat[1]))


def _steps(text: str, where: str) -> list[_Step]:
    steps = [_Step()]
    at = 0
    while at < len(text):
        if text[at].isspace() or text[at] in ",;":
            at += 1
            continue
        name, match = next(
            ((name, m) for name, pattern in _TOKENS if (m := pattern.match(text, at)) and m.end() > at), ("", None)
        )
        if match is None or (at and text[at - 1].isalnum()):
            end = re.compile(r"[^\s,;]+").match(text, at)
            assert end
            steps[-1].words.append(end[0])
            at = end.end()
            continue
        if name in ("far", "time", "prime", "clock"):
            if steps[-1].end is not None:
                steps.append(_Step())
            _length(steps[-1], name, match, where)
        else:
            _word(steps[-1], name, match, where)
        at = match.end()
    if steps[0].end is None and not steps[0].press:
        raise NotAWorkout(f"{where}: no length in {text[:60]!r}; expected one as 10m (minutes), 30s, 400mtr or 1km")
    return steps


def _length(step: _Step, name: str, match: re.Match[str], where: str) -> None:
    if name == "far":
        step.end, step.amount = wk.END_DISTANCE, float(match[1]) * _UNIT_MM[match[2].lower()]
        return
    hours, minutes, seconds = 0, 0, 0
    if name == "time":
        hours, minutes, seconds = (int(match[i] or 0) for i in (1, 2, 3))
        if not re.search("[hms]", match[0], re.IGNORECASE):
            raise NotAWorkout(f"{where}: {match[0]!r} has no unit; expected 10m (minutes), 30s, 400mtr or 1km")
        if minutes >= 100 and not hours and not seconds:
            hours, rest = divmod(minutes, 60)
            raise NotAWorkout(
                f"{where}: {match[0]} are minutes in intervals.icu's text; write {minutes}mtr or {hours}h{rest}m"
            )
    else:
        minutes, seconds = int(match[1] or 0), int(match[2] or 0)
    step.end, step.amount = wk.END_TIME, 1000.0 * (3600 * hours + 60 * minutes + seconds)


def _word(step: _Step, name: str, match: re.Match[str], where: str) -> None:
    """What is no length: a target, a kind, or how the step ends."""
    if name == "press":
        step.press = True
    elif name == "ramp":
        step.ramp = True
    elif name == "kind":
        step.kind = _KINDS.get(re.sub(r"[\s-]", "", match[1].lower()), wk.RUN)
    elif name != "free":
        if step.pace:
            raise NotAWorkout(f"{where}: two targets, {step.pace!r} and {match[0].strip()!r}; a step has one here")
        step.pace = match[0].strip()
        if name == "pace":
            step.first, step.last = _paces(match)
        elif name == "race":
            step.first = step.last = _race(match[1], where)
        elif name == "effort":
            given = [int(match[1]), int(match[2] or match[1])]
            if not 1 <= min(given) <= max(given) <= 10:
                raise NotAWorkout(f"{where}: {match[0]!r}; expected an effort of 1 to 10")
            step.first, step.last = (pf.code(pf.EFFORT, n) for n in given)
        elif name == "share" and (match[3] or match[5] or "pace").lower() == "pace":
            shares = [float(match[1] or match[4]), float(match[2] or match[1] or match[4])]
            if 30 <= min(shares) <= max(shares) <= 200:
                step.first, step.last = (pf.code(pf.SHARE, 0, round(10 * share)) for share in shares)


def _paces(match: re.Match[str]) -> tuple[int, int]:
    """The one or two paces, each per its unit; without one per kilometre, as a runner's setting is."""
    groups = match.groups()
    units = [(groups[i], groups[i + 1]) for i in (2, 6) if len(groups) > i]
    given = next(((n, u) for n, u in reversed(units) if u), ("", "km"))
    out = []
    for i, (count, unit) in zip((0, 4), units):
        count, unit = (count, unit) if unit else given
        seconds = 60 * int(groups[i]) + int(groups[i + 1])
        length_mm = float(count or 1) * _UNIT_MM[unit.lower()]
        if not length_mm:
            raise NotAWorkout(f"{match[0]!r} is no pace; expected one as 5:00/km or 1:30/400m")
        out.append(100 * round(10 * seconds * 1e6 / length_mm))  # to a tenth of a second
    return out[0], out[-1]


def _race(word: str, where: str) -> int:
    name = re.sub(r"\s+", " ", word.lower().strip())
    index = pf.race_index({"hm": "half", "half marathon": "half"}.get(name, name.replace(" ", "")))
    if index < 0:
        raise NotAWorkout(f"{where}: {word!r} is no race that is known here; expected one as 5k, 10k, half")
    code: int = pf.code(pf.RACE, index)
    return code


def _add(made: Made, step: _Step, where: str, kind: int) -> None:
    kind = step.kind if step.kind is not None else kind
    first, last = step.first, step.last
    if step.pace and not first:
        made.lost.append(f"{where}: its target is {step.pace}; there is no such target here")
    elif step.pace and "%" in step.pace:
        made.told.append(f"{where}: {step.pace} is taken of critical speed, which is near threshold pace")
    elif step.pace and first > 0 and "/" not in step.pace:
        made.told.append(f"{where}: {step.pace} is taken per kilometre")
    flags = 0
    if step.ramp and first != last:
        flags = wk.RAMP
    elif first != last and (first > 0) == (
        first > last
    ):  # a band of paces has its fast edge first, one by name its low
        first, last = last, first
    if step.ramp and first and first == last:
        made.lost.append(f"{where}: a ramp needs two paces; here one even pace")
    end, amount = (wk.END_LAP if step.end is None else step.end), step.amount
    if step.press:
        if step.end is not None:
            made.told.append(f"{where}: it ends by the lap button, whatever its length")
        end, amount = wk.END_LAP, 0
    made.step(where, kind, end, amount, first, last, " ".join(step.words), flags)
