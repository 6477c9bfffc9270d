"""The lines of a text, to a Workout: its header, its steps, and which of them a repeat holds.

One step a line, its parts in any order: how long (`15min`, `2min 10s`, `1.0km`, `2 laps` of 400 m, `lap` for until the
button), what (run if not said, rest, jog, walk, stride, warm-up, cool-down), `@` and a target, and after `|` a note
for the screen. `between` leaves a step out after the last rep.

A repeat is `N lots of:`, `N x` or `N ×`, `2-3 x` one that the runner ends, with its steps on the same line, apart by
`,`, `+` or `with` (and brackets around them, if they hold repeats of their own), or on the lines below. Indented lines
belong to the repeat above them.
In a flat list a repeat ends after its first rest, jog or walk, before a cool-down, and at the next repeat.

What can be read in two ways is refused with both.
"""

from micropython import const

from .. import workout as wk
from .line import DASHES, Line, NotationError
from .target import LADDER, RAMP, gentle, read_target

MAX_TEXT_BYTES = const(4096)
_RANGED_STEPS = const(999)  # whoever leaves a repeat passes by the rest of its steps, one by one

_TIMES = "xX\u00d7"
_NEXT = ",+;/&"  # another step follows on the line
_NEXT_WORDS = ("with", "and", "then")
_STEP_ENDS = _NEXT + "()"
_SLOW_KINDS = (wk.WARM_UP, wk.COOL_DOWN, wk.REST)  # nobody does that for 60 m

_EXPECTED_STEP = (
    "expected a duration (15min, 2min 10s), a distance (400m, 1.0km, 2 laps), 'lap', or a kind of step (%s)"
    % ", ".join(wk.KIND_NAMES[1:])
)
_EXPECTED_WHAT = "say what this is: write rest, jog, walk or run behind it, or give it a target"
_EXPECTED_BRACKETS = "is this still repeated? Write brackets around all that is, or this on a line of its own"
_WHOSE_PACE = "whose pace is that? Write it behind the step that is run at it"
_EXPECTED_UNTIL = "expected a recovery as 'rest until D' 80%, 60s-3min': how much of D', at least and at most how long"
_WHOSE_REST = "is the rest each rep's or each set's? Write '2 x (4 x (200m, 1min rest))' or '2 x (4 x 200m), 3min rest'"
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
    colon = line.text[line.i - 1] == ":"
    line.space()
    name = line.rest()
    line.check(name, "a name")
    if _sessions(name) and (colon or "@" in name):
        line.unclear("is this a name or what is run? Steps stand on the lines below, a name behind 'Workout -'")
    return name


def _sessions(name):
    """How many reps a name promises that begins like a step or a repeat does, as in '16 x 200 m'; 0 for others."""
    line = Line(name, 1)
    if not "0" <= line.peek() <= "9":
        return 0
    try:
        reps = _repeat(line)
        if not reps:
            line.length()
        return reps or 1
    except NotationError:
        return 0


def _repeat(line):
    """Take 'N lots of:', 'N x' or 'N times:', or '2-3 x': N, the most, or 0 and nothing taken."""
    start = line.i
    least = ""
    digits = line.digits()
    if digits and line.i < line.n and line.text[line.i] in DASHES:
        line.i += 1
        least = digits
        digits = line.digits()
    if not digits or not _times(line):
        line.i = start
        return 0
    if len(digits) > 6 or not 1 <= int(digits) <= wk.MAX_REPS:
        line.fail("expected 1 to %d repeats" % wk.MAX_REPS, start)
    if least and not 0 < int(least[:7]) < int(digits):
        line.fail("expected '2-3 x'", start)
    if least or line.least:
        line.least = int(least or "0")
    line.space()
    line.listed = line.eat(":")
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


def _time(line, expected):
    """Take a time, as '2min 30s': ms."""
    total = 0
    unit = wk.MAX_TIME_MS
    line.space()
    while "0" <= line.peek() <= "9":
        at = line.i
        size, ms, end = line.length()
        if end != wk.END_TIME or size >= unit:
            line.fail(expected, at)
        unit = size
        total += ms
        line.space()
    if not total:
        line.fail(expected)
    return total


class _Step:
    """One step as it is read, part by part; the names are those of Workout.add_step."""

    def __init__(self):
        self.kind = self.end = -1
        self.amount = self.pace_a = self.pace_b = self.flags = 0
        self.note = self.rungs = self.notes = None
        self.send_off = 0  # a rep starts each so many ms
        self.floats = False
        self.ready = None  # the least time and the share of D' that end it
        self.unit = 0  # size of the last unit of its length
        self.bare_m = False  # which was `m`
        self.bare = False  # neither kind, target nor note

    def read(self, line, reps):
        """Read a step of a repeat of so many reps, 0 for none, up to what ends it: a sign or word for another, a
        bracket, the end of the line."""
        self.kind = self.end = -1
        self.amount = self.pace_a = self.pace_b = self.flags = 0
        self.note = self.rungs = self.notes = None
        self.send_off = 0
        self.floats = False
        self.ready = None
        start = line.i
        last = -1  # where the last length ended
        while not line.done():
            c = line.peek()
            if c in _STEP_ENDS:
                break
            if "0" <= c <= "9":
                self.length(line, last)
                line.space()
                last = line.i
            elif c == "@":
                self.target(line, reps)
            elif c == "|":
                self.note = line.note(reps > 0)
                self._note_a_rep(line, self.note or "", reps, start)
            elif not self.word(line, reps):
                break
        self._check(line, start)
        if self._minutes(reps):
            line.unclear("'m' is metres: write min for minutes, or metres if they are so few", start)
        self.bare = self.kind < 0 and not self.pace_a and not self.note
        if self.kind < 0:
            if self.bare and self.flags & wk.BETWEEN:
                line.unclear(_EXPECTED_WHAT, start)
            self.kind = wk.RUN

    def length(self, line, last):
        """Take a number and its unit: the length, or what '10s' adds to '2min' that ended at `last`."""
        start = line.i
        unit, amount, end = line.length()
        self.bare_m = line.bare_m
        if self.end >= 0 and start != last:
            line.unclear("a step has one length; for another step write ',' in front of it, as in ', 400m jog'", start)
        if self.end >= 0 and self.end != end:
            line.fail("a step ends by time or by distance; expected only one of them", start)
        if self.end >= 0 and unit >= self.unit:
            line.fail("expected one length for a step, its larger unit first (2min 10s)", start)
        self.end = end
        self.unit = unit
        self.amount += amount

    def _note_a_rep(self, line, note, reps, start):
        """Notes apart by '|' in a repeat are one a rep."""
        if reps and "|" in note:
            notes = [part.strip() for part in note.split("|")]
            if len(notes) != reps or "" in notes:
                line.unclear("%d notes for %d reps; expected one a rep, apart by '|'" % (len(notes), reps), start)
                return
            self.notes = notes
            self.note = notes[0]

    def target(self, line, reps):
        """Take '@' and what stands behind it."""
        if self.pace_a:
            line.fail("a step has one target; expected no second '@'")
        start = line.i
        line.i += 1
        line.space()
        how, parts = read_target(line)
        self.pace_a = parts[0]
        self.pace_b = parts[-1]
        if how == RAMP:
            self.flags |= wk.RAMP
        elif how == LADDER:
            if not reps:
                line.fail("a ladder takes one rung a rep; expected it inside a repeat", start)
            self.flags |= wk.LADDER
            if len(parts) > 2:
                if len(parts) != reps:
                    line.fail("%d paces for %d reps; expected one a rep, or the first and the last" % (
                        len(parts), reps), start)  # fmt: skip
                self.flags |= wk.EACH
                self.rungs = parts

    def word(self, line, reps):
        """Take 'lap', 'between' or a kind; False, and nothing taken, if the word announces the next step."""
        start = line.i
        word = line.word()
        if word == "lap":
            if self.end >= 0:
                line.fail("'lap' lasts until the button; expected no other length", start)
            self.end = wk.END_LAP
        elif word == "between":
            if not reps:
                line.fail("'between' leaves a step out after the last rep; expected it in a repeat", start)
            self.flags |= wk.BETWEEN
        elif reps and word in _NEXT_WORDS:
            line.i = start
            return False
        elif word == "on":
            self._sent_off(line, reps, start)
        elif word == "until":
            self._until(line, start)
        else:
            kind = line.kind(word)
            if kind < 0:
                line.fail(_EXPECTED_STEP, start)
            if self.kind >= 0:
                line.fail("a step is of one kind; expected no second", start)
            self.kind = kind
            self.floats = word == "float"
        return True

    def _sent_off(self, line, reps, start):
        """Take the time behind 'on'."""
        if not reps or self.send_off:
            line.fail("a rep starts 'on 2min 30s'; expected it once, in a repeat", start)
        self.send_off = _time(line, "expected how often a rep starts, as in 'on 2min 30s'")

    def _until(self, line, start):
        """Take what stands behind 'until': D' 80%, 60s-3min."""
        line.space()
        percent = ""
        if line.word() == "d" and line.eat("'\u2019\u2032"):
            line.space()
            percent = line.digits()
        if not percent or not line.eat("%") or not 1 <= int(percent[:4]) <= 100 or self.end >= 0 or self.pace_a:
            line.fail(_EXPECTED_UNTIL, start)
        line.space()
        line.eat(",")
        least = _time(line, _EXPECTED_UNTIL)
        if not line.dash():
            line.fail(_EXPECTED_UNTIL)
        self.end = wk.END_READY
        self.amount = _time(line, _EXPECTED_UNTIL)
        self.ready = (least, int(percent))
        if least > self.amount:
            line.fail(_EXPECTED_UNTIL, start)

    def _minutes(self, reps):
        """May the `m` of its length have been meant as minutes?"""
        if self.end != wk.END_DISTANCE or not self.bare_m:
            return False
        mm = self.amount
        if mm < 20_000:
            return True
        if reps:  # 20 x 20m are sprints
            return mm <= 60_000 and (self.kind in _SLOW_KINDS or gentle(self.pace_a))
        return mm < 100_000 and self.kind != wk.STRIDE and (not self.pace_a or gentle(self.pace_a))

    def _check(self, line, start):
        """Refuse a step without a length, or with one beyond the limits."""
        if self.floats and not self.pace_a:
            line.fail("a float is run at a pace; expected its target, as in '200m float @ steady'", start)
        if self.pace_a and self.kind == wk.REST:
            line.unclear(_WHOSE_PACE, start)
        if self.ready:
            if self.kind < 0 or not wk.RESTING[self.kind] or self.pace_a:
                line.fail(_EXPECTED_UNTIL, start)
            self.pace_a, self.pace_b = self.ready
        if self.end < 0 and self.send_off and self.kind >= 0 and wk.RESTING[self.kind]:
            self.end = wk.END_SEND_OFF
            self.amount = self.send_off
            self.send_off = 0
        if self.end < 0:
            if self.kind < 0 and not self.pace_a:
                line.fail(_EXPECTED_STEP)
            line.fail("expected how long this step is: a time, a distance, or 'lap' for until the button", start)
        if self.end == wk.END_LAP:
            if self.flags & wk.RAMP:
                line.fail("a pace that changes needs a length to change over; expected a time or a distance", start)
            return
        if self.amount == 0:
            line.fail("expected a length above zero", start)
        if self.end in (wk.END_TIME, wk.END_READY) and self.amount > wk.MAX_TIME_MS:
            line.fail("a step lasts at most 24 h", start)
        if self.end == wk.END_DISTANCE and self.amount > wk.MAX_DISTANCE_MM:
            line.fail("a step is at most 1,000 km", start)


class _Reader:
    """The lines of a text, and the workout as far as it is read."""

    def __init__(self, text):
        self.lines: list = []
        self.title = None
        self.lone = False  # the line above repeats one step without a recovery
        number = 0
        name = None
        gap = False
        for raw in text.split("\n"):
            number += 1
            line = Line(raw[:-1] if raw[-1:] == "\r" else raw, number)
            if line.done():
                gap = gap or line.i >= line.n
                continue
            if name is None and not self.lines:
                name = _header(line)
                if name is not None:
                    self.title = line
                    continue
            line.gap = gap
            gap = False
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
            self._item(line, 0, 0)
        self._check()
        return self.out

    def _item(self, line, depth, around):
        """Read the step or repeat that starts on this line, and the lines that belong to it; around: reps around it."""
        self.at += 1
        lone = self.lone
        self.lone = False
        reps = _repeat(line)
        if reps and line.done():
            self._block(line, reps, depth)
            return
        if reps:
            steps = self.out.steps
            open_ended = self._group(line, reps, depth)
            self.lone = open_ended and self.out.steps == steps + 1 and not wk.RESTING[self.step.kind]
        else:
            self._step(line, around)
            if lone and wk.RESTING[self.step.kind]:
                line.unclear(
                    "each rep's of the line above, or once behind them? Write ', 90s rest' on that line, or "
                    "'4 x (30s stride)'", line.start,
                )  # fmt: skip
        if not line.done():
            line.fail("expected the end of the line here; one step a line, its parts apart by spaces")

    def _block(self, header, reps, depth):
        """The steps of a repeat on the lines below: those further to the right, or a flat list."""
        self._deeper(header, depth)
        least = header.least
        first = len(self.out)
        if self._indent() > header.indent:
            inner = self._indent()
            while self._indent() > header.indent:
                line = self.lines[self.at]
                if line.indent != inner:
                    line.fail(_EXPECTED_INDENT, 0)
                self._inside(line, reps, depth + 1, first)
        else:
            self._flat(header, reps, depth)
        if len(self.out) == first:
            header.fail("expected a step below '%d lots of:'" % reps, header.start)
        self.out.add_repeat(first, reps, least)
        self.lone = False

    def _indent(self):
        """How far to the right the next line begins, -1 when there is none."""
        return self.lines[self.at].indent if self.at < len(self.lines) else -1

    def _flat(self, header, reps, depth):
        """The steps of a repeat in a flat list: to its first recovery, the next repeat, a cool-down."""
        first = len(self.out)
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.indent > header.indent:
                line.fail(_EXPECTED_INDENT, 0)
            if line.indent < header.indent or _at_repeat(line):
                return
            row = len(self.out)
            if row > first:
                kind = self._kind_of(line, reps)
                if kind == wk.COOL_DOWN:
                    return
                if line.gap and not wk.RESTING[kind]:
                    line.unclear(
                        "is this in the repeat above? Write two spaces in front of all steps that are", line.start,
                    )  # fmt: skip
            self._inside(line, reps, depth + 1, first)
            if wk.RESTING[self.out.kind(row)]:
                return

    def _inside(self, line, reps, depth, first):
        """Read a line of the repeat whose steps begin at row `first`."""
        row = len(self.out)
        self._item(line, depth, reps)
        if row > first and len(self.out) == row + 1 and self.step.bare:
            line.unclear(_EXPECTED_WHAT, line.start)

    def _kind_of(self, line, reps):
        """The kind of the step on this line. Nothing is taken."""
        start = line.i
        self.step.read(line, reps)
        line.i = start
        return self.step.kind

    def _group(self, line, reps, depth, inside=False):
        """The steps of a repeat on one line: one, several behind commas, or in brackets; inside another one or not.

        Returns whether nothing but the end of the line says where it ends.
        """
        self._deeper(line, depth)
        least = line.least
        first = len(self.out)
        bracket = line.eat("(")
        listed = bracket or line.listed
        swallows = -1  # where a repeat began that took all up to the bracket
        while True:
            line.space()
            at = line.i
            row = len(self.out)
            inner = _repeat(line)
            if row > first and not listed and self._closed(first):
                line.unclear(_EXPECTED_BRACKETS, at)
            if inner:
                steps = self.out.steps
                swallows = at if self._group(line, inner, depth + 1, True) and self.out.steps > steps + 1 else -1
            else:
                swallows = -1
                self._part(line, reps, row > first)
                if row > first and not bracket and self.step.kind in (wk.WARM_UP, wk.COOL_DOWN):
                    line.unclear(_EXPECTED_BRACKETS, at)
            if not _another(line):
                break
        if swallows >= 0 and not bracket:
            line.unclear(_WHOSE_REST, swallows)
        ends = bracket
        if not bracket and line.eat("("):  # 6 x 400m @ 3'50"/km (90s rest)
            bracket = ends = True
            self._part(line, reps, True)
            line.space()
        elif bracket and line.eat(")"):
            bracket = False
            if not inside and _another(line):  # 2 x (6 x 400m, 200m jog), 400m jog
                swallows = -1
                at = line.i
                self._part(line, reps, True)
                if not wk.RESTING[self.step.kind]:
                    line.fail("behind the brackets expected the rest of each set: a rest, jog or walk", at)
        if bracket and not line.eat(")"):
            line.fail("expected ',' and another step, or ')' after the last")
        if swallows >= 0:
            line.unclear(_WHOSE_REST, swallows)
        self.out.add_repeat(first, reps, least)
        note = line.note()
        if note:
            self.out.notes[first] = note
        return not ends

    def _closed(self, first):
        """Do the rows from `first` on end with a recovery, and not begin with one?"""
        last = self.out.kind(len(self.out) - 1)
        return last != wk.REPEAT and wk.RESTING[last] and not wk.RESTING[self.out.kind(first)]

    def _part(self, line, reps, behind):
        """Read a step of a repeat on one line; behind: it is not the first."""
        line.space()
        at = line.i
        self._step(line, reps)
        if behind and self.step.bare:
            line.unclear(_EXPECTED_WHAT, at)
        if behind and self.step.pace_a and wk.RESTING[self.step.kind] and not self.out.target_a(len(self.out) - 2):
            line.unclear(_WHOSE_PACE, at)  # 5 x 1km, 400m jog @ 4'00"/km

    def _deeper(self, line, depth):
        """Refuse a repeat in too many others."""
        if depth >= wk.MAX_DEPTH:
            line.fail("repeats nest at most %d deep" % wk.MAX_DEPTH, line.start)

    def _step(self, line, reps):
        """Read one step into the workout."""
        s = self.step
        s.read(line, reps)
        if self.out.steps + (s.send_off > 0) >= wk.MAX_STEPS:
            line.fail("a workout has at most %d steps" % wk.MAX_STEPS, line.start)
        self.out.add_step(s.kind, s.end, s.amount, s.pace_a, s.pace_b, s.flags, s.note, s.rungs, s.notes)
        if s.send_off:  # what is left of it is rest
            self.out.add_step(wk.REST, wk.END_SEND_OFF, s.send_off)

    def _check(self):
        """Refuse a workout that is too long as a whole."""
        count, time_ms, distance_mm, _, _ = self.out.totals()
        last = self.lines[-1]
        if self.title and _sessions(self.out.name) > count:
            self.title.unclear("the name promises more than is run; write the steps on the lines below it", 0)
        if time_ms > wk.MAX_TIME_MS:
            last.fail("the whole workout would take more than 24 h", 0)
        if distance_mm > wk.MAX_DISTANCE_MM:
            last.fail("the whole workout would be longer than 1,000 km", 0)
        if count > wk.MAX_RUN_STEPS:
            last.fail("the repeats make more than %d steps" % wk.MAX_RUN_STEPS, 0)
        if self.out.ranged and count > _RANGED_STEPS:
            last.fail("repeats with a range make at most %d steps" % _RANGED_STEPS, 0)
