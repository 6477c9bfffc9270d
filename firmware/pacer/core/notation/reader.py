"""The lines of a text, to a Workout: its header, its steps, and which of them a repeat holds.

One step a line, its parts in any order: how long (`15min`, `2min 10s`, `1.0km`, `2 laps` of 400 m, `lap` for until the
button), what (run if not said, rest, jog, walk, stride, warm-up, cool-down), `@` and a target, and after `|` a note
for the screen. `between` leaves a step out after the last rep.

A repeat is `N lots of:`, `N x` or `N ×`, with its steps on the same line, apart by `,`, `+` or `with` (and brackets
around them, if they hold repeats of their own), or on the lines below. Indented lines belong to the repeat above them.
In a flat list a repeat ends after its first rest, jog or walk, before a cool-down, and at the next repeat.
"""

from micropython import const

from .. import workout as wk
from .line import DASHES, MAX_NOTE, Line, NotationError
from .target import read_target

MAX_TEXT_BYTES = const(4096)

_TIMES = "xX\u00d7"
_NEXT = ",+;/&"  # another step follows on the line
_NEXT_WORDS = ("with", "and", "then")
_STEP_ENDS = _NEXT + "()"

_EXPECTED_STEP = (
    "expected a duration (15min, 2min 10s), a distance (400m, 1.0km, 2 laps), 'lap', or a kind of step (%s)"
    % ", ".join(wk.KIND_NAMES[1:])
)
_EXPECTED_INDENT = "expected this line as far to the right as the one above, or under a repeat"


def parse(text):
    """Read a workout from str or UTF-8 bytes. Returns a checked Workout or raises NotationError."""
    return _Reader(_decode(text)).workout()


def _decode(text):
    """A text within its limit as str, without a byte order mark."""
    if isinstance(text, str):
        size = len(text.encode())
    else:
        size = len(text)
        if size > MAX_TEXT_BYTES:
            text = b""
        try:
            text = str(bytes(text), "utf-8")
        except ValueError:  # UnicodeError is one, on every interpreter
            raise NotationError(1, 1, "this is not UTF-8 text; expected a workout file")
    if size > MAX_TEXT_BYTES:
        raise NotationError(1, 1, "the text has %d bytes; at most 4 KiB (4096) fit" % size)
    if text[:1] == "\ufeff":
        text = text[1:]
    return text


def _header(line):
    """Take 'Workout - ' and the name behind it: the name, or None and nothing taken if the line is no header."""
    start = line.i
    if line.start != start or line.word() != "workout":
        line.i = start
        return None
    line.space()
    if line.i >= line.n:
        return ""
    if not line.eat(DASHES + ":"):
        line.fail("expected '-' and the workout's name, as in 'Workout - Hill minutes'")
    line.space()
    name = line.rest()
    if len(name) > MAX_NOTE:
        line.fail("a name has at most %d characters" % MAX_NOTE)
    return name


def _repeat(line):
    """Take 'N lots of:', 'N x' or 'N times:': N, or 0 and nothing taken."""
    start = line.i
    digits = line.digits()
    if not digits or not _times(line):
        line.i = start
        return 0
    if len(digits) > 6 or not 1 <= int(digits) <= wk.MAX_REPS:
        line.fail("expected 1 to %d repeats" % wk.MAX_REPS, start)
    line.space()
    line.eat(":")
    line.space()
    return int(digits)


def _times(line):
    """Take what makes a number a repeat: 'x', 'times', 'lots of'; whether it was there."""
    start = line.i
    line.space()
    if line.eat(_TIMES) and not line.peek().isalpha():
        return True
    line.i = start
    line.space()
    word = line.word()
    if word in ("lots", "lot", "sets", "set", "rounds", "round"):
        line.space()
        if line.word() != "of":
            line.fail("expected 'of', as in '4 lots of:'")
        return True
    return word == "times" or word == "reps"


def _at_repeat(line):
    """Does a repeat come next? Nothing is taken."""
    start = line.i
    found = _repeat(line)
    line.i = start
    return found


def _another(line):
    """Take a sign or word that says that another step follows; whether there was one."""
    line.space()
    if line.eat(_NEXT):
        return True
    start = line.i
    if line.word() in _NEXT_WORDS:
        return True
    line.i = start
    return False


class _Step:
    """One step as it is read, part by part; the names are those of Workout.add_step."""

    def __init__(self):
        self.kind = self.end = -1
        self.amount = self.pace_a = self.pace_b = self.flags = 0
        self.note = None
        self.unit = 0  # size of the last unit of its length

    def read(self, line, in_repeat):
        """Read a step up to what ends it: a sign or word for another, a bracket, the end of the line."""
        self.kind = self.end = -1
        self.amount = self.pace_a = self.pace_b = self.flags = 0
        self.note = None
        start = line.i
        while not line.done():
            c = line.peek()
            if c in _STEP_ENDS:
                break
            if "0" <= c <= "9":
                self.length(line)
            elif c == "@":
                self.target(line, in_repeat)
            elif c == "|":
                self.note = line.note()
            elif not self.word(line, in_repeat):
                break
        self._check(line, start)
        if self.kind < 0:
            self.kind = wk.RUN

    def length(self, line):
        """Take a number and its unit: the length, or what '10s' adds to '2min'."""
        start = line.i
        unit, amount, end = line.length()
        if self.end >= 0 and self.end != end:
            line.fail("a step ends by time or by distance; expected only one of them", start)
        if self.end >= 0 and unit >= self.unit:
            line.fail("expected one length for a step, its larger unit first (2min 10s)", start)
        self.end = end
        self.unit = unit
        self.amount += amount

    def target(self, line, in_repeat):
        """Take '@' and what stands behind it."""
        if self.pace_a:
            line.fail("a step has one target; expected no second '@'")
        start = line.i
        line.i += 1
        line.space()
        self.pace_a, self.pace_b, ladder = read_target(line)
        if ladder:
            if not in_repeat:
                line.fail("a ladder takes one rung a rep; expected it inside a repeat", start)
            self.flags |= wk.LADDER

    def word(self, line, in_repeat):
        """Take 'lap', 'between' or a kind; False, and nothing taken, if the word announces the next step."""
        start = line.i
        word = line.word()
        if word == "lap":
            if self.end >= 0:
                line.fail("'lap' lasts until the button; expected no other length", start)
            self.end = wk.END_LAP
        elif word == "between":
            if not in_repeat:
                line.fail("'between' leaves a step out after the last rep; expected it in a repeat", start)
            self.flags |= wk.BETWEEN
        elif in_repeat and word in _NEXT_WORDS:
            line.i = start
            return False
        else:
            kind = line.kind(word)
            if kind < 0:
                line.fail(_EXPECTED_STEP, start)
            if self.kind >= 0:
                line.fail("a step is of one kind; expected no second", start)
            self.kind = kind
        return True

    def _check(self, line, start):
        """Refuse a step without a length, or with one beyond the limits."""
        if self.end < 0:
            if self.kind < 0 and not self.pace_a:
                line.fail(_EXPECTED_STEP)
            line.fail("expected how long this step is: a time, a distance, or 'lap' for until the button", start)
        if self.end == wk.END_LAP:
            return
        if self.amount == 0:
            line.fail("expected a length above zero", start)
        if self.end == wk.END_TIME and self.amount > wk.MAX_TIME_MS:
            line.fail("a step lasts at most 24 h", start)
        if self.end == wk.END_DISTANCE and self.amount > wk.MAX_DISTANCE_MM:
            line.fail("a step is at most 1,000 km", start)


class _Reader:
    """The lines of a text, and the workout as far as it is read."""

    def __init__(self, text):
        self.lines: list = []
        number = 0
        name = None
        for raw in text.split("\n"):
            number += 1
            line = Line(raw[:-1] if raw[-1:] == "\r" else raw, number)
            if line.done():
                continue
            if name is None and not self.lines:
                name = _header(line)
                if name is not None:
                    continue
            self.lines.append(line)
        self.last_line = number
        self.at = 0  # which of the lines is next
        self.step = _Step()
        self.out = wk.Workout(name or "")

    def workout(self):
        """Read all lines."""
        if not self.lines:
            raise NotationError(self.last_line, 1, "expected at least one step, such as '15min @ 6'00\"/km'")
        base = self.lines[0].indent
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.indent != base:
                line.fail(_EXPECTED_INDENT, 0)
            self._item(line, 0)
        self._check()
        return self.out

    def _item(self, line, depth):
        """Read the step or repeat that starts on this line, and the lines that belong to it."""
        self.at += 1
        reps = _repeat(line)
        if reps and line.done():
            self._block(line, reps, depth)
            return
        if reps:
            self._group(line, reps, depth)
        else:
            self._step(line, depth)
        if not line.done():
            line.fail("expected the end of the line here; one step a line, its parts apart by spaces")

    def _block(self, header, reps, depth):
        """The steps of a repeat on the lines below: those further to the right, or a flat list."""
        self._deeper(header, depth)
        first = len(self.out)
        if self._indent() > header.indent:
            inner = self._indent()
            while self._indent() > header.indent:
                line = self.lines[self.at]
                if line.indent != inner:
                    line.fail(_EXPECTED_INDENT, 0)
                self._item(line, depth + 1)
        else:
            self._flat(header, depth)
        if len(self.out) == first:
            header.fail("expected a step below '%d lots of:'" % reps, header.start)
        self.out.add_repeat(first, reps)

    def _indent(self):
        """How far to the right the next line begins, -1 when there is none."""
        return self.lines[self.at].indent if self.at < len(self.lines) else -1

    def _flat(self, header, depth):
        """The steps of a repeat in a flat list: to its first recovery, the next repeat, a cool-down."""
        first = len(self.out)
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.indent > header.indent:
                line.fail(_EXPECTED_INDENT, 0)
            if line.indent < header.indent or _at_repeat(line):
                return
            row = len(self.out)
            if row > first and self._at_cool_down(line):
                return
            self._item(line, depth + 1)
            if wk.RESTING[self.out.kind(row)]:
                return

    def _at_cool_down(self, line):
        """Is this line a cool-down? Nothing is taken."""
        start = line.i
        self.step.read(line, True)
        line.i = start
        return self.step.kind == wk.COOL_DOWN

    def _group(self, line, reps, depth):
        """The steps of a repeat on one line: one, several behind commas, or in brackets."""
        self._deeper(line, depth)
        first = len(self.out)
        bracket = line.eat("(")
        while True:
            line.space()
            inner = _repeat(line)
            if inner:
                self._group(line, inner, depth + 1)
            else:
                self._step(line, depth + 1)
            if not _another(line):
                break
        if not bracket and line.eat("("):  # 6 x 400m @ 3'50"/km (90s rest)
            bracket = True
            self._step(line, depth + 1)
            line.space()
        if bracket and not line.eat(")"):
            line.fail("expected ',' and another step, or ')' after the last")
        self.out.add_repeat(first, reps)
        note = line.note()
        if note:
            self.out.notes[first] = note

    def _deeper(self, line, depth):
        """Refuse a repeat in too many others."""
        if depth >= wk.MAX_DEPTH:
            line.fail("repeats nest at most %d deep" % wk.MAX_DEPTH, line.start)

    def _step(self, line, depth):
        """Read one step into the workout."""
        s = self.step
        s.read(line, depth > 0)
        if self.out.steps >= wk.MAX_STEPS:
            line.fail("a workout has at most %d steps" % wk.MAX_STEPS, line.start)
        self.out.add_step(s.kind, s.end, s.amount, s.pace_a, s.pace_b, s.flags, s.note)

    def _check(self):
        """Refuse a workout that is too long as a whole."""
        count, time_ms, distance_mm, _, _ = self.out.totals()
        last = self.lines[-1]
        if time_ms > wk.MAX_TIME_MS:
            last.fail("the whole workout would take more than 24 h", 0)
        if distance_mm > wk.MAX_DISTANCE_MM:
            last.fail("the whole workout would be longer than 1,000 km", 0)
        if count > wk.MAX_RUN_STEPS:
            last.fail("the repeats make more than %d steps" % wk.MAX_RUN_STEPS, 0)
