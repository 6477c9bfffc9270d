"""The lines of a coach's text, a line of the notation for each step or repeat."""

import re

from pacer.core import notation
from pacer.core import workout as wk

from .targets import Targets
from .words import KM, LAP, MI, MIN, SEC, SIGNS, YD, H, M, N, Unclear, plain

_NUMBERED = re.compile(r"^(\s*)(?:[-*\u2022]\s*)?(?:\d{1,2}[.)]|\(?[a-z]\)|step \d+[.:)])\s+(?=\S)", re.IGNORECASE)
_BULLET = re.compile(r"^(\s*)([-*\u2022\u2013\u2014]\s*)?")
_LABEL = re.compile(
    r"^(warm-up|cool-down|run|main(?: set| session| workout| part)?|workout|session|intervals?|set|rest)\s*"
    r"(?::|\s-\s|=|$|(?<=warm-up)\s+with\b|(?<=cool-down)\s+with\b)\s*"
)
_REPEAT = re.compile(r"^(\d+(?:-\d+)?)\s*(?:x(?![a-z])|times\b|(?:lots|sets?|rounds)\s+of\b)\s*:?\s*")
_HEADER = re.compile(
    r"^(?:repeat:?\s*x?\s*)?(\d+(?:-\d+)?)\s*(?:x|times|sets?|rounds?|lots of|reps?)?(?:\s+of)?(?:\s+through)?\s*:?$"
)
_THEN = "\ue8fe"  # of `then`, while a line is read
_RANGE = re.compile(r"\b(\d+)\s*(?:-|to|or)\s*(\d+)\s*(?=(?:x(?![a-z])|times\b|(?:lots|sets|rounds)\s+of\b))")
_STARTS_ANEW = re.compile(
    r"^(?:\d+(?:-\d+)?\s*(?:x(?![a-z])|times\b|(?:lots|sets?|rounds)\s+of\b)|.*\b(?:warm-up|cool-down)\b)"
)
_NAMED = re.compile(r"^([a-z][a-z' -]{2,30}):\s+(?=.*\d)")  # "Hill repeats: 8 x ..."
_MEANS = re.compile(
    r"\b(?:strides?|jog|walk|rest|run|stretch|float|easy|steady|tempo|threshold|interval|repetition|pace|mile|marathon|"
    r"race|warm-up|cool-down|each|then|between|sets?|rounds?|repeat|recovery|reps?|of)\b"
)
_PACE_BEHIND = re.compile(r"^(.*?)\s*(\([^(),]*\b(?:rest|jog|walk)\b[^(),]*\))\s*((?:@|at\b|in\b)[^(),]*)$")
_RECOVERY = re.compile(r"\b(?:rest|jog|walk|easyjog|stretch)\b")
# What is refused with what to write: as it stands, and what is left of a line when its targets are read.
_REFUSED: tuple[tuple[str, str], ...] = (
    (r"\b(?:last|final|first)\s+\d", "write the parts one behind the other, as in '1h easy, 20min @ marathon pace'"),
    (r"\d\s*x(?![a-z]).*\bfrom\b.*\bto\b|\bdescending\b|\bascending\b",
     "within each rep, or from rep to rep? Write '@ 10k pace to 5k pace', or '@ 10k pace -> 5k pace'"),
    (r"\b\d+(?:\s*-\s*\d+){2,}", "write each with its recovery, as in '5min @ 5k pace, 2min jog, 4min @ 5k pace'"),
    (r"(?:^|[,;+&]\s*)(\d+(?:-\d+)?)\s+stride\b", "how long is a stride? Write '{0} x 20s stride'"),
    (r"\bdrills?\b", "for how long? Write 'lap stretch | drills', which lasts until the lap button"),
    (r"\br\s*(\d{2,4})\s*m?\b", "a jog or a walk? Write ', {0}m jog' or ', {0}m walk'"),
    (r"\([^()]*,[^()]*\)\s*(?:@|at\b|in\b)", "whose pace is that? Write it behind each step in the brackets"),
    (r"\buntil\b|\btill\b|\bcan'?t hold\b|\bas long as\b|\bby feel\b|\bas needed\b|\bto failure\b",
     "for how long? Write 'lap', which lasts until the lap button"),
    (r"\boff\b(?!\s*\d)|\bfast\s*[,/]\s*slow\b",
     "is 'off' a rest, a jog or a walk? Write it so, as in '10 x 1min @ RPE 8, 1min jog'"),
    (r"\bequal\b|\bsame (?:time|distance)\b|\bhalf the time\b", "how long is that? Write it as a time or a distance"),
    (r"\b(?:jog|walk)\s*(?:/|or)\s*(?:jog|walk)\b", "a jog or a walk? Write one of them"),
    (r"\b(?:hr|bpm|heart ?rate|zone \d|z\d|watts?|ftp|lthr)\b",
     "there is no such target here; write a pace, a zone ('@ easy'), or an effort ('@ RPE 7')"),
    (r"(?<![:\d.'])\b(\d{1,2})/\1s?\b", "is the second one a rest or a jog? Write '10 x {0}s @ RPE 9, {0}s jog'"),
    (r"\b\d,\d{1,2}\s*(?:k|mi)", "a comma stands between steps; write 1.5km with a point"),
    (r"\boff\s+\d", "a rest or a jog? Write it behind a comma, as in ', 90s rest'"),
    (r"\bor (?:faster|quicker|slower|better)\b", "how fast at most? Write a band, '@ between 5k pace and 3k pace'"),
)  # fmt: skip
_LEFT: tuple[tuple[str, str], ...] = (
    (r"\d\s*(?:-|to)\s*\d+(?:\.\d+)?\s*(?:" + "|".join((KM, MI, MIN, SEC, H, LAP, M)) + ")",
     "how long? Write one of the two"),
    (r"\b(?:race|goal) pace\b", "the pace of which race? Write '@ 10k pace'"),
    (r"\bfast(?:er)?\b|\bquick(?:er)?\b|\bslow(?:er)?\b|\bprogressive(?:ly)?\b",
     "how fast? Write a pace ('@ 3'50\"/km'), a race ('@ 3k pace - 5s'), or an effort ('@ RPE 9')"),
    (r"\d\s*%", "a share of what? Write '@ 95% CS' (critical speed), or an effort, '@ RPE 8'"),
)  # fmt: skip


def _refuse(table: tuple[tuple[str, str], ...], text: str) -> None:
    for pattern, hint in table:
        if m := re.search(pattern, text):
            raise Unclear(hint.format(*m.groups("")))


class Lines:
    """The lines of a text, rewritten. origin: of each line that is put out, the one that it came from."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.origin: list[int] = []
        self.changed: set[int] = set()
        self.section = ""  # of a label on a line of its own, for the lines up to the next label or empty line

    def put(self, line: str, number: int) -> None:
        self.out.append(line)
        self.origin.append(number)

    def add(self, line: str, number: int) -> None:
        """Take a line of a text; number counts from 1."""
        if not line.strip():
            self.section = ""
        if self._stands(line):
            self.put(line, number)
            return
        self.changed.add(number)
        body, note = _cut(re.sub(r"(?i)(?<=[a-z])(?:\s*,)?\s+(?:and\s+)?then\s+", f" {_THEN} ", line))
        indent = _BULLET.match(_NUMBERED.sub(r"\1- ", body))
        assert indent
        bullet = indent[1] + "- "
        text = plain(
            (_NUMBERED.sub("", body) if _NUMBERED.match(body) else body[indent.end() :]).translate(SIGNS)
        ).strip()
        text = re.sub(r"^(warm-up|cool-down)\s*,\s*(?=\d)", r"\1: ", text)
        label = _LABEL.match(text)
        what = label[1].partition(" ")[0] if label else ""
        if label:
            text = text[label.end() :].strip()
            self.section = "" if text else what
            if not text and what != "rest":
                self.put("", number)
                return
            if what == "rest" and self._joins(text, number):
                return
            if what == "rest" and not _RECOVERY.search(text):
                text += " rest"
        named = None if label else _NAMED.match(text)
        if named and not _MEANS.search(named[1]):
            text = text[named.end() :]
        text = _RANGE.sub(r"\1-\2 ", text)
        text = re.sub(r"^(.*\S)\s*\(\s*(?:x\s*(\d+)|(\d+)\s*x)\s*\)$", r"\2\3 x (\1)", text)
        text = _PACE_BEHIND.sub(r"\1 \3 \2", text)
        text = _last_part(text)
        text = _ladder(text)
        _refuse(_REFUSED, text)
        if header := _HEADER.match(text):
            self.put(f"{bullet}{header[1]} lots of:", number)
            return
        kind = what or self.section
        for part in _parts(text):
            for piece in _steps(part, kind if kind in ("warm-up", "cool-down") else "", bool(indent[1])):
                self.put(indent[1] + piece if piece.startswith("  - ") else bullet + piece, number)
            kind = ""
        if note and self.out:
            self.out[-1] += f" | {note}" if not note.startswith("#") else f" {note}"

    def _stands(self, line: str) -> bool:
        """Is the line in the notation already, and in no section that says what it is?"""
        if self.section in ("warm-up", "cool-down"):
            return False
        head = line.strip().lstrip("-*\u2022 ")
        if (
            not head
            or head.startswith("#")
            or (not self.out and re.match(r"workout\b\s*(?:[-:\u2013\u2014]|$)", head.lower()))
        ):
            return True
        if re.fullmatch(r"\d+\s*(?:lots of|times|x|\u00d7):?", head):
            return True
        try:
            notation.parse("2 lots of:\n  " + head)
        except notation.NotationError:
            return False
        return True

    def _joins(self, text: str, number: int) -> bool:
        """Does `Recovery: 400m jog` belong to a repeat of one step in the line above? Then it is put there."""
        above = self.out[-1].strip("- ") if self.out else ""
        if not _REPEAT.match(above) or _RECOVERY.search(above):
            return False
        self.out[-1] += ", " + _step(text if _RECOVERY.search(text) else text + " rest", True, "")
        self.changed.add(self.origin[-1])
        return True


def _parts(text: str) -> list[str]:
    """A line apart at `then`, where what stands before it is done: a repeat with its recovery, and no bracket open."""
    head, then, rest = text.partition(_THEN)
    if not then:
        return [text]
    head, rest = head.strip(" ,"), rest.strip()
    done = head.count("(") == head.count(")") and re.search(r"\b(?:jog|walk|rest|between)\W*$", head)
    once = re.fullmatch(r"[^,;]*\b(?:easy|cool-down)\b[^,;]*", rest.partition(_THEN)[0]) or _STARTS_ANEW.match(rest)
    if not (done and once):
        return _parts(f"{head}, {rest}")
    return [head, *_parts(rest)]


_AMOUNT = re.compile(rf"{N}\s*({KM}|{MI}|{M}|{H}|{MIN}|'|{SEC})?")


def _last_part(text: str) -> str:
    """`10 miles with the last 3 @ MP` as 7 miles, 3 miles @ MP; 80 min easy, the last 20 at tempo."""
    m = re.match(
        rf"^(?:run\s+)?(\d+h\s*\d\d\b|{N}\s*(?:{KM}|{MI}|{M}|{H}|{MIN}|'))(.*?)\s*,\s*(?:the\s+)?(?:last|final)\s+"
        rf"(\d+(?:\.\d+)?)\s*((?:{KM}|{MI}|{M}|{H}|{MIN}|')?)\s*((?:@|at\b|in\b).*|easy|steady|tempo)$",
        text,
    )
    if not m or re.search(r"\d", m[3]):
        return text
    if hours := re.fullmatch(r"(\d+)\s*h\s*(\d\d)", m[1]):
        total, unit = 60.0 * int(hours[1]) + int(hours[2]), "min"
    elif amount := _AMOUNT.fullmatch(m[1].strip()):
        total, unit = float(amount[1]), amount[2] or ""
    else:
        return text
    own = m[5] or unit
    sizes = [next((size for pattern, size in _SIZES if re.fullmatch(pattern, u)), 0.0) for u in (unit, own)]
    if not all(sizes) or (sizes[0] < 1000) != (sizes[1] < 1000):
        return text
    left = (total * sizes[0] - float(m[4]) * sizes[1]) / sizes[1]
    if left <= 0:
        return text
    return f"{left:g} {own}{m[3] or ' run'}, {m[4]} {own} {m[6]}"


_SIZES = ((H, 60.0), (rf"{MIN}|'", 1.0), (SEC, 1 / 60), (KM, 1e6), (MI, 1_609_344.0), (M, 1000.0))


def _ladder(text: str) -> str:
    """`400m, 800m, 400m @ 5k pace, 200m jog between`: a pace for all, and a recovery between any two."""
    unit = rf"(?:{KM}|{MI}|{M}|{MIN}|{SEC}|')"
    m = re.match(
        rf"^((?:\d+(?:\.\d+)?\s*{unit}?\s*,\s*){{2,}}\d+(?:\.\d+)?\s*{unit}?)\s*((?:@|at\b)[^,;()]*?)\s*,\s*"
        r"(\d[^,;()]*\b(?:jog|walk|rest))\s+between$",
        text,
    )
    if not m:
        return text
    return f", {m[3]}, ".join(f"{length.strip()} {m[2]}" for length in m[1].split(","))


def _cut(line: str) -> tuple[str, str]:
    """A line without its note, and the note; or the comment, with its hash."""
    body, bar, note = line.partition("|")
    if "#" in body:
        body, _, comment = line.partition("#")
        return body, "#" + comment
    return body, note.strip() if bar else ""


def _steps(text: str, kind: str, inside: bool) -> list[str]:
    """The lines of the notation that a line in plain words stands for. kind: what its label says that they are."""
    text = re.sub(r"(?<=[)a-z\d])\s*\*\s*(?=\d+$)", " x ", text)
    text = re.sub(r"\(([^()]*)\)\s*[x*]\s*(\d+)\b", r"\2 x (\1)", text)
    text = re.sub(
        rf"({N}\s*(?:{KM}|{MI}|{M}|{MIN}|{SEC}))\s*x\s*(\d+)\b(?!\s*(?:{KM}|{MI}|{M}|{MIN}|{SEC}|x))",
        r"\3 x \1",
        text,
    )
    text = re.sub(r"(\d+)\s*(?:reps|repeats|repetitions|lots|bouts)\s+of\s+(?=\d)", r"\1 x ", text)
    text = re.sub(r"(\d+)\s+sets\s*:\s*", r"\1 sets of: ", text)
    text = re.sub(r"^repeat\s+(?=\d)", "", text)
    text = re.sub(r"^([^x,;()]*\d[^x,;()]*?)\s+x\s*(\d+)$", r"\2 x \1", text)
    text = re.sub(r"\s+-+\s+(?=\d[^,;()-]*\b(?:rest|jog|walk)\b)", ", ", text)
    text = re.sub(r"(\d+)\s+(?=\d{3,4}\s*m?\s*s\b)", r"\1 x ", text)
    text = re.sub(
        r"\b(\d+)\s*(?:x|sets? of)\s*(\d+)\s*x\s*(.*?),\s*([^,]*?)\s*\bbetween\b(?! sets)(?:,|\s+and\b)\s*"
        r"(?:and\s+)?([^,]*?) between sets$",
        r"\1 x (\2 x \3, \4 between), \5 between",
        text,
    )
    text = re.sub(
        r"^(\d+(?:-\d+)?)\s*(?:x|sets?(?:\s+of)?:?)\s*(\d+\s*x\s*[^();]*\S)\s*[,;]\s*([^,;()]*?)\s*\bbetween sets$",
        r"\1 x (\2), \3 between",
        text,
    )
    text = re.sub(r"\bbetween (?:the |each )?sets?\b", "between", text)
    alone = not (inside or re.search(r"[,;+&(]", text) or _REPEAT.match(text))
    text = re.sub(r"\b(?:very )?easy jog\b|\bjog easy\b", "easy" if alone else "jog", text)
    targets = Targets(text)
    targets.text = re.sub(
        r"(?<=[\ue000-\uf8ff])\s+(?=\d[^,;()+&/\ue000-\uf8ff]*\b(?:rest|jog|walk)\b)", " , ", targets.text
    )
    _refuse(_LEFT, targets.text)
    out: list[str] = []
    pieces = _with_targets(_pieces(targets.text))
    plain = [p for p in pieces if isinstance(p, str)]
    if len(plain) == len(pieces) > 2 and [bool(_RECOVERY.search(p)) for p in plain] == [False] * (len(plain) - 1) + [
        True
    ]:
        raise Unclear("the recovery of each, or once behind them all? Write it behind each step that it follows")
    for piece in pieces:
        if isinstance(piece, list):
            own = _own(piece)
            runs = len(own) > 1 and all(re.search(_SAYS_WHAT, p) and not _RECOVERY.search(p) for p in own[1:])
            easy = runs and re.search(r"\beasy\b", targets.put(own[-1]))
            once = out or len(own) > 2 or not own or re.search(r"\bstride", own[0])
            if runs and ("(", True) not in piece and once and (out or easy):
                raise Unclear("what is repeated, and what follows once? Write what follows on a line of its own")
            out += _repeated(piece)
        else:
            if len(pieces) > 1 and not kind and not re.search(_SAYS_WHAT, piece):
                raise Unclear("say of each step what it is: a run with a target, a jog, a walk or a rest", vague=True)
            if piece.strip():
                out.append(_step(piece, inside, kind))
            kind = ""
    out = [("  " if line.startswith("  ") else "") + " ".join(targets.put(line).split()) for line in out]
    return [re.sub(r"(?<=\() | (?=[),;])", "", line) for line in out]


_Pieces = list[str | list[tuple[str, bool]]]


def _with_targets(pieces: _Pieces) -> _Pieces:
    """A target behind a comma, as in `90 min run, easy`, belongs to the step in front of it if that has none."""
    out: _Pieces = []
    for piece in pieces:
        above = out[-1] if out else ""
        alone = isinstance(piece, str) and re.fullmatch("\\s*[\ue000-\uf8ff]\\s*", piece)
        if alone and isinstance(above, str) and above and not re.search("[\ue000-\uf8ff]", above):
            out[-1] = f"{above} {piece}"
            continue
        out.append(piece)
    return out


_SAYS_WHAT = "[\ue000-\uf8ff]|" + r"\b(?:" + "|".join((*wk.KIND_NAMES, "lap")) + r")\b"


def _own(piece: list[tuple[str, bool]]) -> list[str]:
    """The steps of a repeat."""
    return [part for part, sign in piece if not sign]


def _repeated(piece: list[tuple[str, bool]]) -> list[str]:
    """A repeat on one line, or where a note stands in its middle on a line a step."""
    steps = [part if sign else _step(part, True, "") for part, sign in piece]
    if not any("|" in step for step in steps[:-1]):
        return ["".join(steps)]
    if any(part in "()" for part in steps) or steps[0].count(" x ") > 1:
        raise Unclear("up or down a hill? Write each step on a line of its own, and 'uphill' behind '|'")
    head, _, first = steps[0].partition(" x ")
    rest = [step for step, (_, sign) in zip(steps[1:], piece[1:]) if not sign]
    return [f"{head} lots of:", *(f"  - {step}" for step in (first, *rest))]


def _pieces(text: str) -> _Pieces:
    """The steps of a line, each for itself; of a repeat a list of its parts, signs among them."""
    parts: list[tuple[str, bool]] = []
    depth = 0
    for part in re.split(r"(\(|\)|\s*(?:,|;|\+|&|/|\band\b)\s*)", text):
        if part.strip():
            sign = bool(re.fullmatch(r"\(|\)|\s*(?:,|;|\+|&|/|and)\s*", part))
            parts.append((part, sign))
    out: _Pieces = []
    current: list[tuple[str, bool]] = []
    for part, sign in parts:
        depth += part == "("
        depth -= part == ")"
        separates = sign and part not in "()" and depth == 0
        if separates and current and _is_repeat(current) and _ends(current):
            out.append(current)
            current = []
            continue
        if separates and current and not _is_repeat(current):
            out += [p for p, s in current if not s]
            current = []
            continue
        behind = any(p == ")" for p, _ in current) and depth == 0 and not _RECOVERY.search(part)
        anew = _STARTS_ANEW.match(part.strip()) or (behind and parts[0][0] != "(")
        if not sign and depth == 0 and current and anew:
            while current and current[-1][1] and current[-1][0] not in "()":
                current.pop()
            out.append(current)
            current = []
        current.append((part, sign))
    if current:
        if _is_repeat(current):
            out.append(current)
        else:
            out += [p for p, s in current if not s]
    return out


def _ends(parts: list[tuple[str, bool]]) -> bool:
    """Has a repeat in brackets its rest of each set already?"""
    last = max((i for i, (part, _) in enumerate(parts) if part == ")"), default=None)
    return last is not None and any(not sign for _, sign in parts[last:])


def _is_repeat(parts: list[tuple[str, bool]]) -> bool:
    return bool(_REPEAT.match(parts[0][0].strip())) or any(p == "(" for p, _ in parts)


def _step(text: str, in_repeat: bool, kind: str) -> str:
    """One step in the notation, or what stands in front of it in a repeat; targets are marks."""
    head = ""
    while m := _REPEAT.match(text.strip()):
        colon = m[0].rstrip().endswith(":")
        head += f"{m[1]} lots of: " if colon else f"{m[1]} x "
        text = text.strip()[m.end() :]
    if kind and not re.search(kind, text):
        text += " " + kind
    text = text.strip()
    if m := re.fullmatch(r"(rest|jog|walk|stride|stretch)(?: between)?", text):
        seconds = 20 if m[1] == "stride" else 90
        raise Unclear(f"for how long? Write '{seconds}s {m[1]}', or 'lap {m[1]}', which lasts until the lap button")
    edge = re.search(r"\b(?:warm-up|cool-down)\b", text)
    if edge:
        text = re.sub(r"\bjog\b|\brun\b", "", text)
    note = ""
    if m := re.search(r"\b(?:uphills?|downhills?|hills?|hill sprints?)\b", text):
        note = m[0]
        text = text.replace(m[0], "")
    text = re.sub(r"\b(?:of|the|a|an|each|reps?|repeats?|about|pace|effort)\b|[.!]$", " ", text)
    text = _lengths(text, in_repeat)
    text = " ".join(text.split())
    return head + text + (f" | {note}" if note else "") if text or head else ""


def _lengths(text: str, in_repeat: bool) -> str:
    """The lengths of a step as the notation writes them."""

    def clock(m: re.Match[str]) -> str:
        if m[3]:
            return f"{m[1]}h {int(m[2])}min" + (f" {int(m[3])}s" if int(m[3]) else "")
        if not in_repeat and int(m[1]) <= 3 and not _RECOVERY.search(text):
            raise Unclear(f"hours or minutes? Write '{m[1]}h {m[2]}min' or '{m[1]}min {m[2]}s'")
        return f"{int(m[1])}min" + (f" {int(m[2])}s" if int(m[2]) else "") if int(m[1]) else f"{int(m[2])}s"

    def metres(m: re.Match[str]) -> str:
        value = float(m[1])
        return f"{m[1]}m" if value >= 100 else f"{m[1]} metres"

    text = re.sub(r"\b(\d{1,3}):([0-5]\d)(?::([0-5]\d))?\b", clock, text)
    text = re.sub(r"\b(\d+)\s*h\s*([0-5]\d)\b(?!\s*\w)", r"\1h \2min", text)
    text = re.sub(r"\b(\d+)m([0-5]\d)s?\b", r"\1min \2s", text)
    if re.search(r"\d'\s*(?:[6-9]\d|\d{3,})", text):
        raise Unclear("expected seconds up to 59 behind the minutes")
    text = re.sub(r"(\d+(?:\.\d+)?)\s*'\s*(\d+)\s*\"?", r"\1min \2s ", text)
    text = re.sub(r"(\d+(?:\.\d+)?)\s*'", r"\1min ", text)
    text = re.sub(r"(\d+(?:\.\d+)?)\s*\"", r"\1s ", text)
    text = re.sub(rf"\bhalf\s+mile\b|\bhalf\s+{MI}", "0.5mi", text)
    text = re.sub(r"(?<![\d.] )(?<![\d.])\bmile\b(?!\s*\d)", "1mi", text)
    text = re.sub(rf"{N}\s*{KM}", r"\1km", text)
    text = re.sub(rf"{N}\s*{YD}", lambda m: f"{float(m[1]) * 0.0009144:.6f}".rstrip("0") + "km", text)
    text = re.sub(rf"{N}\s*(?:met(?:re|er)s?|mtrs?)\b", metres, text)
    if not re.search(r"\d\s*(?:km|m|mi|miles?|min|mins|minutes?|s|secs?|seconds?|h|hours?|laps?|metres)\b", text):
        text = re.sub(
            r"(?<![\d.:'])\b(\d{3,5})\b(?!\s*[a-z]*\d)(?!s\b)",
            lambda m: m[1] + "m" if int(m[1]) % 50 == 0 else m[1],
            text,
        )
    return text
