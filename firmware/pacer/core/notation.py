"""The text a runner writes, to a Workout.

    Workout - Progressive 1k Repeats
    - 15min @ 6'00''/km
    - 4 lots of:
      - 30s @ 3'00''/km
      - 1min rest between
    - 5 x 1.0km @ 5'30" -> 5'10"/km, 2min 10s rest
    - 2 laps cool-down | shake it out

One step a line, its parts in any order: how long (`15min`, `2min 10s`, `1.0km`, `2 laps` of 400 m,
`lap` for until the button), what (run if not said, rest, jog, walk, stride, warm-up, cool-down), `@`
and a pace, a target by name that the profile knows (`easy`, `5k pace - 5s`, `CS`, `95% CS`, `RPE 7`), a band
 `5'20"-5'40"/km` or a ladder `5'30" -> 3'45"/km`, and after `|` a note for the
screen. `between` leaves a step out after the last rep. `m` is metres and `min` minutes, always.

A repeat is `N lots of:`, `N x` or `N ×`, with its steps on the same line, apart by `,`, `+` or `with` (and
brackets around them, if they hold repeats of their own), or on the lines below. Indented lines belong to the
repeat above them. In a flat list a repeat ends after its first rest, jog or walk, before a
cool-down, and at the next repeat.

parse() reads all of a text or raises; there is no half-read workout.
"""

from micropython import const

from . import profile
from . import workout as wk
from .pace import PACE_SLOWEST_MS_KM

MAX_TEXT_BYTES = const(4096)
MAX_NOTE = const(64)
PACE_FASTEST_MS_KM = const(60_000)
LAP_MM = const(400_000)
MILE_MM = const(1_609_344)

_DASHES = "-\u2013\u2014"
_BULLETS = "-*\u2022\u2013\u2014"
_MINUTE_MARKS = "'\u2019\u2032\u2018:"
_SECOND_MARKS = '"\u201d\u2033\u201c'
_SINGLE_MARKS = "'\u2019\u2032\u2018"
_TIMES = "xX\u00d7"
_NEXT = ",+;/&"  # another step follows on the line
_NEXT_WORDS = ("with", "and", "then")

_KINDS = {
    "run": wk.RUN,
    "rest": wk.REST,
    "recovery": wk.REST,
    "recover": wk.REST,
    "jog": wk.JOG,
    "walk": wk.WALK,
    "stride": wk.STRIDE,
    "strides": wk.STRIDE,
    "warm-up": wk.WARM_UP,
    "warmup": wk.WARM_UP,
    "cool-down": wk.COOL_DOWN,
    "cooldown": wk.COOL_DOWN,
}
_TIME_UNITS = {
    "h": 3_600_000,
    "hr": 3_600_000,
    "hour": 3_600_000,
    "hours": 3_600_000,
    "min": 60_000,
    "mins": 60_000,
    "minute": 60_000,
    "minutes": 60_000,
    "s": 1000,
    "sec": 1000,
    "secs": 1000,
    "second": 1000,
    "seconds": 1000,
}
_DISTANCE_UNITS = {
    "km": 1_000_000,
    "mi": MILE_MM,
    "mile": MILE_MM,
    "miles": MILE_MM,
    "lap": LAP_MM,
    "laps": LAP_MM,
    "m": 1000,
    "metres": 1000,
    "meters": 1000,
}
_ZONE_WORDS = {
    "easy": 0,
    "steady": 1,
    "tempo": 2,
    "threshold": 2,
    "critical": 3,
    "interval": 4,
    "repetition": 5,
    "rep": 5,
}
_EXPECTED_RACE = "expected a race that is known: " + ", ".join(profile.RACE_NAMES)
_EXPECTED_TARGET = (
    "expected a pace (5'30\"/km), a zone (easy, steady, tempo, critical speed, interval, repetition), a race "
    "(5k pace), CS, 95% CS or RPE 7"
)
_EXPECTED_STEP = (
    "expected a duration (15min, 2min 10s), a distance (400m, 1.0km, 2 laps), 'lap', or a kind of step "
    "(rest, jog, walk, stride, warm-up, cool-down)"
)


class NotationError(ValueError):
    """What could not be read. line and column count from 1; message says what was expected."""

    def __init__(self, line, column, message):
        super().__init__("line %d, column %d: %s" % (line, column, message))
        self.line = line
        self.column = column
        self.message = message


def parse(text):
    """Read a workout from str or UTF-8 bytes. Returns a checked Workout or raises NotationError."""
    return _Reader(_decode(text)).workout()


def _decode(text):
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


class _Reader:
    """The lines of a text, and the workout as far as it is read."""

    def __init__(self, text):
        self.lines: list = []
        number = 0
        name = None
        for raw in text.split("\n"):
            number += 1
            line = _Line(raw[:-1] if raw[-1:] == "\r" else raw, number)
            if line.done():
                continue
            if name is None and not self.lines:
                name = line.header()
                if name is not None:
                    continue
            self.lines.append(line)
        self.last_line = number
        self.at = 0
        self.out = wk.Workout(name or "")

    def workout(self):
        if not self.lines:
            raise NotationError(self.last_line, 1, "expected at least one step, such as '15min @ 6'00\"/km'")
        base = self.lines[0].indent
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.indent != base:
                line.fail(_INDENT, 0)
            self._item(line, 0)
        self._check()
        return self.out

    def _item(self, line, depth):
        """Read the step or repeat that starts on this line, and the lines that belong to it."""
        self.at += 1
        reps = line.repeat()
        if not reps:
            self._step(line, depth)
            line.end()
            return
        if not line.done():
            self._group(line, reps, depth)
            line.end()
            return
        self._deeper(line, depth)
        first = len(self.out)
        if self.at < len(self.lines) and self.lines[self.at].indent > line.indent:
            inner = self.lines[self.at].indent
            while self.at < len(self.lines) and self.lines[self.at].indent > line.indent:
                if self.lines[self.at].indent != inner:
                    self.lines[self.at].fail(_INDENT, 0)
                self._item(self.lines[self.at], depth + 1)
        else:
            self._flat(line, depth)
        if len(self.out) == first:
            line.fail("expected a step below '%d lots of:'" % reps, line.start)
        self.out.add_repeat(first, reps)

    def _flat(self, header, depth):
        """The steps of a repeat in a flat list: to its first recovery, the next repeat, a cool-down."""
        first = len(self.out)
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.indent > header.indent:
                line.fail(_INDENT, 0)
            if line.indent < header.indent or line.peek_repeat():
                return
            row = len(self.out)
            if row > first and self._is_cool_down(line):
                return
            self._item(line, depth + 1)
            if self.out.kind(row) in (wk.REST, wk.JOG, wk.WALK):
                return

    def _is_cool_down(self, line):
        trial = _Reader("")
        start = line.i
        trial._step(line, 1)
        line.i = start
        return trial.out.kind(0) == wk.COOL_DOWN

    def _group(self, line, reps, depth):
        """The steps of a repeat on one line: one, several behind commas, or in brackets."""
        self._deeper(line, depth)
        first = len(self.out)
        bracket = line.eat("(")
        while True:
            line.space()
            inner = line.repeat()
            if inner:
                self._group(line, inner, depth + 1)
            else:
                self._step(line, depth + 1)
            if not line.another():
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
        if depth >= wk.MAX_DEPTH:
            line.fail("repeats nest at most %d deep" % wk.MAX_DEPTH, line.start)

    def _step(self, line, depth):
        end, amount, kind, pace_a, pace_b, flags, note = line.step(depth > 0)
        if self.out.steps >= wk.MAX_STEPS:
            line.fail("a workout has at most %d steps" % wk.MAX_STEPS, line.start)
        self.out.add_step(kind, end, amount, pace_a, pace_b, flags, note)

    def _check(self):
        count, time_ms, distance_mm, _, _ = self.out.totals()
        last = self.lines[-1]
        if time_ms > wk.MAX_TIME_MS:
            last.fail("the whole workout would take more than 24 h", 0)
        if distance_mm > wk.MAX_DISTANCE_MM:
            last.fail("the whole workout would be longer than 1,000 km", 0)
        if count > wk.MAX_RUN_STEPS:
            last.fail("the repeats make more than %d steps" % wk.MAX_RUN_STEPS, 0)


_INDENT = "expected this line as far to the right as the one above, or under a repeat"


class _Line:
    """One line and a place in it. The readers move the place on; fail() points at it."""

    def __init__(self, text, number):
        self.text = text
        self.n = len(text)
        self.number = number
        self.i = 0
        self.indent = 0
        while self.i < self.n and text[self.i] in " \t":
            self.indent += 4 if text[self.i] == "\t" else 1
            self.i += 1
        self.start = self.i
        if self.i < self.n and text[self.i] in _BULLETS:
            self.i += 1
            self.space()

    def fail(self, message, at=-1):
        raise NotationError(self.number, (self.i if at < 0 else at) + 1, message)

    def peek(self):
        return self.text[self.i] if self.i < self.n else ""

    def space(self):
        while self.i < self.n and self.text[self.i] in " \t\u00a0\u202f":
            self.i += 1

    def done(self):
        """Nothing more but space or a comment."""
        self.space()
        return self.i >= self.n or self.text[self.i] == "#"

    def end(self):
        if not self.done():
            self.fail("expected the end of the line here; one step a line, its parts apart by spaces")

    def another(self):
        """Take a sign or word that says that another step follows; False if there is none."""
        self.space()
        if self.eat(_NEXT):
            return True
        start = self.i
        if self.word() in _NEXT_WORDS:
            return True
        self.i = start
        return False

    def eat(self, chars):
        """Take one character if it is among these."""
        if self.i < self.n and self.text[self.i] in chars:
            self.i += 1
            return True
        return False

    def word(self):
        """The letters (and inner hyphens) here in lower case, or ''."""
        start = self.i
        i = self.i
        while i < self.n:
            c = self.text[i]
            if not (c.isalpha() or (c == "-" and i > start and self.text[i + 1 : i + 2].isalpha())):
                break
            i += 1
        self.i = i
        return self.text[start:i].lower()

    def header(self):
        """The name after 'Workout', or None if this line is no header (then nothing is taken)."""
        start = self.i
        if self.start == self.i and self.word() == "workout":
            self.space()
            if self.i >= self.n:
                return ""
            if self.eat(_DASHES + ":"):
                self.space()
                name = self.text[self.i :].strip()
                if len(name) > MAX_NOTE:
                    self.fail("a name has at most %d characters" % MAX_NOTE)
                return name
            self.fail("expected '-' and the workout's name, as in 'Workout - Hill minutes'")
        self.i = start
        return None

    def repeat(self):
        """Take 'N lots of:', 'N x' or 'N times:' and return N, or return 0 and take nothing."""
        start = self.i
        digits = self.digits()
        if not digits:
            return 0
        after = self.i
        self.space()
        found = self.eat(_TIMES)
        if found and self.peek().isalpha():
            found = False
        if not found:
            self.i = after
            self.space()
            word = self.word()
            if word == "times" or word == "reps":
                found = True
            elif word in ("lots", "lot", "sets", "set", "rounds", "round"):
                self.space()
                if self.word() != "of":
                    self.fail("expected 'of', as in '4 lots of:'")
                found = True
        if not found:
            self.i = start
            return 0
        if len(digits) > 6 or not 1 <= int(digits) <= wk.MAX_REPS:
            self.fail("expected 1 to %d repeats" % wk.MAX_REPS, start)
        self.space()
        self.eat(":")
        self.space()
        return int(digits)

    def peek_repeat(self):
        start = self.i
        found = self.repeat()
        self.i = start
        return found

    def digits(self):
        start = self.i
        while self.i < self.n and "0" <= self.text[self.i] <= "9":
            self.i += 1
        return self.text[start : self.i]

    def step(self, in_repeat):
        """Read one step up to what ends it: a sign or word for another, a bracket, the end of the line."""
        end = -1
        amount = 0
        last_unit = 0
        kind = -1
        flags = 0
        pace_a = pace_b = 0
        has_pace = False
        note = None
        first = self.i
        while not self.done() and self.peek() not in _NEXT + "()":
            start = self.i
            c = self.peek()
            if "0" <= c <= "9":
                unit, value, sort = self.amount()
                if end >= 0 and end != sort:
                    self.fail("a step ends by time or by distance; expected only one of them", start)
                if end >= 0 and unit >= last_unit:
                    self.fail("expected one length for a step, its larger unit first (2min 10s)", start)
                end = sort
                last_unit = unit
                amount += value
            elif c == "@":
                if has_pace:
                    self.fail("a step has one target; expected no second '@'")
                has_pace = True
                self.i += 1
                self.space()
                pace_a, pace_b, ladder = self.target()
                if ladder and not in_repeat:
                    self.fail("a ladder takes one rung a rep; expected it inside a repeat", start)
                flags |= ladder
            elif c == "|":
                note = self.note()
            else:
                word = self.word()
                if word == "lap":
                    if end >= 0:
                        self.fail("'lap' lasts until the button; expected no other length", start)
                    end = wk.END_LAP
                elif word == "between":
                    if not in_repeat:
                        self.fail("'between' leaves a step out after the last rep; expected it in a repeat", start)
                    flags |= wk.BETWEEN
                else:
                    if word in ("warm", "cool"):
                        self.space()
                        word += "-" + self.word()
                    if word in _NEXT_WORDS and in_repeat:
                        self.i = start
                        break
                    if word not in _KINDS:
                        self.fail(_EXPECTED_STEP, start)
                    if kind >= 0:
                        self.fail("a step is of one kind; expected no second", start)
                    kind = _KINDS[word]
        if end < 0:
            if kind < 0 and not has_pace:
                self.fail(_EXPECTED_STEP)
            self.fail("expected how long this step is: a time, a distance, or 'lap' for until the button", first)
        if end != wk.END_LAP:
            if amount == 0:
                self.fail("expected a length above zero", first)
            if end == wk.END_TIME and amount > wk.MAX_TIME_MS:
                self.fail("a step lasts at most 24 h", first)
            if end == wk.END_DISTANCE and amount > wk.MAX_DISTANCE_MM:
                self.fail("a step is at most 1,000 km", first)
        return end, amount, kind if kind >= 0 else wk.RUN, pace_a, pace_b, flags, note

    def amount(self):
        """Read one number and its unit: (unit, value, END_TIME or END_DISTANCE), in ms or mm."""
        start = self.i
        whole = self.digits()
        fraction = ""
        if self.eat("."):
            fraction = self.digits()
            if not fraction:
                self.fail("expected digits after the point")
        self.space()
        at = self.i
        unit = self.word()
        if unit in _TIME_UNITS:
            size = _TIME_UNITS[unit]
            sort = wk.END_TIME
        elif unit in _DISTANCE_UNITS:
            size = _DISTANCE_UNITS[unit]
            sort = wk.END_DISTANCE
        else:
            self.fail("expected a unit after the number: h, min, s, km, m, mi or laps", at)
        if len(whole) > 8:
            self.fail("expected a smaller number", start)
        scale = 10 ** len(fraction)
        value = (int(whole) * scale + int(fraction or "0")) * size
        if value % scale or len(fraction) > 6:
            if sort == wk.END_DISTANCE and len(fraction) <= 6:
                value += scale // 2  # a mile is no whole number of millimetres in every decimal
            else:
                self.fail("expected no finer than a millisecond or a millimetre", start)
        return size, value // scale, sort

    def target(self):
        """Read a pace, a band, a ladder or a target by name: (pace_a, pace_b, flags)."""
        start = self.i
        named = self.named()
        if named:
            if self.arrow():
                self.space()
                return named, self.named() or self.one_pace(), wk.LADDER
            return named, named, 0
        first, unit = self.pace()
        ladder = 0
        self.space()
        at = self.i
        if self.text[at : at + 2] == "->" or self.peek() == "\u2192":
            self.i += 1 if self.peek() == "\u2192" else 2
            ladder = wk.LADDER
            self.space()
            named = self.named()
            if named:
                if not unit:
                    self.fail("expected /km or /mi after the pace", at)
                return self.per_km(first, unit, start), named, ladder
        elif not self.eat(_DASHES):
            if not unit:
                self.fail("expected /km or /mi after the pace")
            return self.per_km(first, unit, start), self.per_km(first, unit, start), 0
        self.space()
        at = self.i
        second, unit_2 = self.pace()
        if not unit_2:
            self.fail("expected /km or /mi after the pace")
        a = self.per_km(first, unit or unit_2, start)
        b = self.per_km(second, unit_2, at)
        if not ladder and a > b:
            a, b = b, a
        return a, b, ladder

    def arrow(self):
        """Take '->' if it comes next."""
        start = self.i
        self.space()
        if self.eat("\u2192"):
            return True
        if self.text[self.i : self.i + 2] == "->":
            self.i += 2
            return True
        self.i = start
        return False

    def one_pace(self):
        start = self.i
        value, unit = self.pace()
        if not unit:
            self.fail("expected /km or /mi after the pace")
        return self.per_km(value, unit, start)

    def named(self):
        """Take a target by name: a code of profile.py, or 0 and nothing taken."""
        start = self.i
        digits = self.digits()
        if digits and self.peek() == "." and self.text[self.i + 1 : self.i + 2].isdigit():
            self.i += 1
            tenth = self.digits()
        else:
            tenth = ""
        if digits:
            if self.eat("%"):
                return self.share(digits, tenth, start)
            self.space()
        word = self.word()
        bare = bool(digits) and word == "pace"  # 1500 pace
        name = "" if tenth else digits if bare else digits + word
        if name in ("rpe", "effort"):
            self.space()
            at = self.i
            effort = self.digits()
            if not effort or len(effort) > 2 or not 1 <= int(effort) <= 10:
                self.fail("expected an effort of 1 to 10, as in '@ RPE 7'", at)
            return profile.code(profile.EFFORT, int(effort))
        if name == "cs":
            return profile.code(profile.SHARE, 0, 1000)
        if name in _ZONE_WORDS:
            if name == "critical":
                self.space()
                if self.word() != "speed":
                    self.fail("expected 'speed' after 'critical'")
            self.pace_word()
            return profile.code(profile.ZONE, _ZONE_WORDS[name], self.offset())
        if name == "half" or (digits and name[len(digits) :] in ("mile", "miles", "mi")):
            back = self.i
            self.space()
            if name == "half" and self.word() != "marathon":
                self.i = back
            elif name != "half":
                name = digits + " miles"
                self.i = back
        which = profile.race_index(name) if name and not name.isdigit() else -1
        if bare:
            which = profile.race_index(name)
            if which < 0:
                self.fail(_EXPECTED_RACE, start)
            return profile.code(profile.RACE, which, self.offset())
        if which < 0:
            if not digits and name:
                self.fail(_EXPECTED_TARGET, start)
            if digits and name != digits and self.peek() not in _MINUTE_MARKS:
                self.fail(_EXPECTED_RACE, start)
            self.i = start
            return 0
        self.pace_word()
        return profile.code(profile.RACE, which, self.offset())

    def share(self, digits, tenth, start):
        """The rest of '95% CS'."""
        self.space()
        at = self.i
        if self.word() != "cs":
            self.fail("expected 'CS' after the share, as in '@ 95% CS'", at)
        value = int(digits) * 10 + int(tenth or "0") if len(digits) <= 3 and len(tenth) <= 1 else 0
        if not 300 <= value <= 2000:
            self.fail("expected 30 to 200 % of critical speed, in tenths at most", start)
        return profile.code(profile.SHARE, 0, value)

    def pace_word(self):
        """Take 'pace' if it is there."""
        start = self.i
        self.space()
        if self.word() == "pace":
            return True
        self.i = start
        return False

    def offset(self):
        """Take '- 5s' or '+ 2.5s' and return it in 0.1 s/km, 0 if there is none."""
        start = self.i
        self.space()
        sign = 1 if self.eat("+") else -1 if self.peek() in _DASHES and self.peek() and self.eat(_DASHES) else 0
        if not sign or self.peek() == ">":
            self.i = start
            return 0
        self.space()
        at = self.i
        whole = self.digits()
        tenth = self.digits() if whole and self.eat(".") else "0"
        unit = self.word()
        if sign > 0 and (not whole or unit not in ("s", "sec", "secs", "second", "seconds")):
            self.i = start  # "+ 90s jog" is another step, "+ 5s" is not; a number and a kind decide below
            return 0
        if not whole or len(tenth) != 1 or unit not in ("s", "sec", "secs", "second", "seconds"):
            self.fail("expected seconds a kilometre, as in '- 5s'", at)
        if sign > 0 and self.more_of_a_step():
            self.i = start
            return 0
        value = int(whole) * 10 + int(tenth) if len(whole) <= 3 else 9999
        if value > 3000:
            self.fail("expected at most 300 s a kilometre", at)
        return sign * value

    def more_of_a_step(self):
        """Does a kind of step follow? Then '+ 90s jog' was a step, no offset."""
        start = self.i
        self.space()
        word = self.word()
        self.i = start
        return word in _KINDS or word in ("warm", "cool", "between")

    def pace(self):
        """Read 5'30", 5'30'', 5:30 and a unit if there is one: (ms per unit, unit in mm or 0)."""
        start = self.i
        minutes = self.digits()
        if not minutes or not self.eat(_MINUTE_MARKS):
            self.fail("expected a pace, as in 5'30\"/km, 5:30/km or 8'00\"/mi", start)
        at = self.i
        seconds = self.digits()
        if len(seconds) != 2 or seconds > "59":
            self.fail("expected two digits of seconds, 00 to 59", at)
        ms = "000"
        if self.eat("."):
            ms = self.digits()
            if not 1 <= len(ms) <= 3:
                self.fail("expected one to three digits after the point")
            ms = ms + "000"[len(ms) :]
        if not self.eat(_SECOND_MARKS) and self.eat(_SINGLE_MARKS):
            self.eat(_SINGLE_MARKS)
        if len(minutes) > 3:
            self.fail("expected a pace between 1'00\" and 99'59\" per km", start)
        value = int(minutes) * 60_000 + int(seconds) * 1000 + int(ms)
        back = self.i
        self.space()
        if self.text[self.i : self.i + 4].lower() == "min/":
            self.i += 3
        if not self.eat("/"):
            self.i = back
            return value, 0
        self.space()
        at = self.i
        unit = self.word()
        if unit == "km" or unit == "k":
            return value, 1_000_000
        if unit in ("mi", "mile"):
            return value, MILE_MM
        self.fail("expected km or mi after '/'", at)

    def per_km(self, pace, unit, at):
        pace = (pace * 1_000_000 + unit // 2) // unit
        if not PACE_FASTEST_MS_KM <= pace <= PACE_SLOWEST_MS_KM:
            self.fail("expected a pace between 1'00\" and 99'59\" per km", at)
        return pace

    def note(self):
        """Take '|' and the rest of the line, if it is there."""
        self.space()
        if not self.eat("|"):
            return None
        note = self.text[self.i :].strip()
        if not note:
            self.fail("expected words for the screen after '|'")
        if len(note) > MAX_NOTE:
            self.fail("a note has at most %d characters" % MAX_NOTE)
        self.i = self.n
        return note
