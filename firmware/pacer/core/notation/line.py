"""One line of a workout's text and a place in it: words, numbers, lengths, marks.

Methods that take something move the place behind it. Times in milliseconds, distances in millimetres. `m` is metres
and `min` minutes, always.
"""

from micropython import const

from .. import workout as wk

MAX_NOTE = const(64)  # characters
_LAP_MM = const(400_000)
MILE_MM = const(1_609_344)

DASHES = "-\u2013\u2014"
_BULLETS = "-*\u2022\u2013\u2014"

TIME_UNITS = {
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
    "lap": _LAP_MM,
    "laps": _LAP_MM,
    "m": 1000,
    "metre": 1000,
    "metres": 1000,
    "meter": 1000,
    "meters": 1000,
}


def _kind_words():
    """Every word for a kind of step: synonyms, and each kind's name with its hyphen and without."""
    words = {"recovery": wk.REST, "recover": wk.REST, "strides": wk.STRIDE, "float": wk.RUN}
    for kind in range(len(wk.KIND_NAMES)):
        name = wk.KIND_NAMES[kind]
        words[name] = words[name.replace("-", "")] = kind
    return words


_KINDS = _kind_words()
_FIRST_HALVES = tuple([name[: name.index("-")] for name in wk.KIND_NAMES if "-" in name])  # of "warm up"


class NotationError(ValueError):
    """What could not be read. line and column count from 1; message says what was expected."""

    def __init__(self, line, column, message):
        super().__init__("line %d, column %d: %s" % (line, column, message))
        self.line = line
        self.column = column
        self.message = message


class Line:
    """A line without its line feed.

    text, n   its characters, and how many
    number    which line of the workout's text, from 1
    i         the place: the index of the next character to be taken
    indent    how far to the right it begins, a tab as 4
    start     the index of its first character that is no space; a bullet there is skipped
    gap       an empty line stands above it
    listed    the repeat taken last had a colon: all behind it is in the repeat
    least     of the repeat taken last, the reps from which on the runner may end it; 0 for no range
    bare_m    the length taken last was in `m`, which may have been meant as minutes
    """

    strict = True
    least = 0

    def __init__(self, text, number):
        self.text = text
        self.n = len(text)
        self.number = number
        self.gap = self.listed = self.bare_m = False
        self.i = 0
        self.indent = 0
        while self.i < self.n and text[self.i] in " \t":
            self.indent += 4 if text[self.i] == "\t" else 1
            self.i += 1
        self.start = self.i
        if self.eat(_BULLETS):
            self.space()

    def fail(self, message, at=-1):
        """Raise NotationError for the index `at` of this line, or for the place."""
        raise NotationError(self.number, (self.i if at < 0 else at) + 1, message)

    def unclear(self, message, at=-1):
        """fail(), for what can be read in two ways. The laptop reads the texts in old logs the way they were run."""
        if self.strict:
            self.fail(message, at)

    def peek(self):
        """The next character, '' at the end."""
        return self.text[self.i] if self.i < self.n else ""

    def space(self):
        """Skip spaces."""
        while self.i < self.n and self.text[self.i] in " \t\u00a0\u202f":
            self.i += 1

    def done(self):
        """Skip spaces; True when nothing but a comment follows."""
        self.space()
        return self.i >= self.n or self.text[self.i] == "#"

    def eat(self, chars):
        """Take one character if it is among these; whether it was."""
        if self.i < self.n and self.text[self.i] in chars:
            self.i += 1
            return True
        return False

    def word(self):
        """Take letters (and hyphens between them): the word in lower case, or ''."""
        start = self.i
        i = self.i
        while i < self.n:
            c = self.text[i]
            if not (c.isalpha() or (c == "-" and i > start and self.text[i + 1 : i + 2].isalpha())):
                break
            i += 1
        self.i = i
        return self.text[start:i].lower()

    def digits(self):
        """Take digits, as they stand, or ''."""
        start = self.i
        while self.i < self.n and "0" <= self.text[self.i] <= "9":
            self.i += 1
        return self.text[start : self.i]

    def rest(self):
        """The rest of the line without the spaces around it. Nothing is taken."""
        return self.text[self.i :].strip()

    def arrow(self):
        """Take '->' if it comes next; whether it did."""
        start = self.i
        self.space()
        if self.eat("\u2192"):
            return True
        if self.text[self.i : self.i + 2] == "->":
            self.i += 2
            return True
        self.i = start
        return False

    def dash(self):
        """Take a dash if it comes next; whether it did."""
        self.space()
        return self.eat(DASHES)

    def note(self, several=False):
        """Take '|' and the rest of the line: the note, or None and only spaces taken. several: there may be more notes
        apart by '|'."""
        self.space()
        if not self.eat("|"):
            return None
        note = self.rest()
        if not note:
            self.fail("expected words for the screen after '|'")
        for part in note.split("|") if several else (note,):
            self.check(part.strip(), "a note")
        self.i = self.n
        return note

    def check(self, words, what):
        """Refuse words for the screen that are too many, or hold what is no character; what: 'a note'."""
        if len(words) > MAX_NOTE:
            self.fail("%s has at most %d characters" % (what, MAX_NOTE))
        for c in words:
            if ord(c) < 32 or 127 <= ord(c) < 160:
                self.unclear("%s holds no control characters; expected plain text" % what, self.text.index(c, self.i))

    def kind(self, word):
        """The kind of step that `word`, just taken, stands for, taking the second half of 'warm up'; or -1."""
        if word in _FIRST_HALVES:
            start = self.i
            self.space()
            both = word + "-" + self.word()
            if both in _KINDS:
                return _KINDS[both]
            self.i = start
        return _KINDS.get(word, -1)

    def at_kind(self):
        """Does a kind of step, or 'between', come next? Nothing is taken."""
        start = self.i
        self.space()
        word = self.word()
        self.i = start
        return word in _KINDS or word in _FIRST_HALVES or word == "between"

    def length(self):
        """Take a number and its unit: (size of the unit, value, END_TIME or END_DISTANCE), in ms or mm."""
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
        if unit in TIME_UNITS:
            size = TIME_UNITS[unit]
            end = wk.END_TIME
        elif unit in _DISTANCE_UNITS:
            size = _DISTANCE_UNITS[unit]
            end = wk.END_DISTANCE
        else:
            self.fail("expected a unit after the number: h, min, s, km, m, mi or laps", at)
        if len(whole) > 8:
            self.fail("expected a smaller number", start)
        self.bare_m = unit == "m"
        self._two_readings(whole, fraction, unit, size, start)
        scale = 10 ** len(fraction)
        value = (int(whole) * scale + int(fraction or "0")) * size
        if value % scale or len(fraction) > 6:
            if end == wk.END_DISTANCE and len(fraction) <= 6:
                value += scale // 2  # a mile is no whole number of millimetres in every decimal
            else:
                self.fail("expected no finer than a millisecond or a millimetre", start)
        return size, value // scale, end

    def _two_readings(self, whole, fraction, unit, size, start):
        """Refuse 1.000m, a thousand or one, and 1.30min, in tenths or seconds."""
        places = len(fraction)
        if size == 1000 and unit[0] == "m" and places == 3 and len(whole) <= 3 and whole != "0":
            self.unclear("%s.%s%s has two readings; write %s%sm, or the part of a metre in km" % (
                whole, fraction, unit, whole, fraction), start)  # fmt: skip
        close = self.text[self.i - 2 : self.i - 1] != " "
        if unit == "s" and close and not places and len(whole) > 2 and whole[-2:] in ("00", "50"):
            self.unclear("%ss may be seconds, or %s metres many times; write %s s, or %sm" % (
                whole, whole, whole, whole), start)  # fmt: skip
        if size >= 60_000 and unit in TIME_UNITS and places == 2 and fraction < "60" and fraction != "00":
            less = "min" if size > 60_000 else "s"
            self.unclear("%s.%s%s has two readings; write %s%s %s%s, or all of it in %s" % (
                whole, fraction, unit, whole, unit, fraction, less, less), start)  # fmt: skip
