"""A workout as a flat table, and the cursor that walks it in running order.

A row is a step or the end of a repeat, as in a FIT workout file: the repeat row names the row that
its block starts with and how often it runs. Distances in millimetres, times in milliseconds, paces
in ms/km; a pace band is kept as (fast, slow), a single pace as both alike, no target and an effort as 0.
"""

from array import array

from micropython import const

from .runner import effort_of, is_easy

MAX_STEPS = const(64)
MAX_DEPTH = const(3)
MAX_REPS = const(999)
MAX_TIME_MS = const(86_400_000)  # 24 h
MAX_DISTANCE_MM = const(1_000_000_000)  # 1,000 km
MAX_RUN_STEPS = const(99_999)  # in running order, for what neither time nor distance bounds

# Kinds of step: a kind's number is its row in KINDS.
RUN = const(0)
REST = const(1)
JOG = const(2)
WALK = const(3)
STRIDE = const(4)
WARM_UP = const(5)
COOL_DOWN = const(6)
STRETCH = const(7)
# Name in the notation; resting: a recovery, counted down on the screen; coached: told to push, too, and not only to
# ease off; word on the screen, at most 9 characters.
KINDS = (
    ("run", False, True, "RUN"),
    ("rest", True, False, "REST"),
    ("jog", True, False, "JOG"),
    ("walk", True, False, "WALK"),
    ("stride", False, True, "STRIDE"),
    ("warm-up", False, False, "WARM UP"),
    ("cool-down", False, False, "COOL DOWN"),
    ("stretch", True, False, "STRETCH"),
)
KIND_NAMES = tuple([row[0] for row in KINDS])
RESTING = bytes([row[1] for row in KINDS])  # 1 or 0 for each kind
COACHED = bytes([row[2] for row in KINDS])
SCREEN_WORDS = tuple([row[3] for row in KINDS])
# A row that closes a block is no step: its number is out of the way of kinds to come, and no index into their tables.
REPEAT = const(255)

# What ends a step. The amount is in ms, in mm, or none.
END_TIME = const(0)
END_DISTANCE = const(1)
END_LAP = const(2)
END_SEND_OFF = const(3)  # so many ms after its repeat's rep began
END_READY = const(4)  # when so much of D' is back, or after so many ms; the row's targets are the least ms and the %
END_NAMES = ("time", "distance", "lap", "send-off", "ready")

# Flags of a step.
LADDER = const(1)  # the pace goes from the first to the second over the reps of the repeat
BETWEEN = const(2)  # left out after the last rep
EACH = const(4)  # of a ladder: each rep's pace is given; bits 8 to 17 say where in Workout.rungs the first one is
RAMP = const(8)  # the pace goes from the first to the second within the step
NOTES = const(16)  # a note a rep; bits 18 to 28 say where in Workout.rep_notes the first one is

_NONE: list = []
_WIDTH = const(6)
_KIND = const(0)
_END = const(1)
_AMOUNT = const(2)
_PACE_A = const(3)
_PACE_B = const(4)
_FLAGS = const(5)


class Workout:
    """Rows of steps and repeats, a name, and a note for each row or None.

    rungs, rung_paces   what was written for each rep of steps with a pace a rep, and what that means
    rep_notes           notes of single reps; the row's own note is the first one's

    Built by notation.parse, which calls check(); what is handed out has passed it.
    """

    def __init__(self, name=""):
        self.name = name
        self.notes = []
        self.rows = array("i")
        self.paces = array("i")  # what the targets of a row mean: two a row, 0 while that is not known
        self.rungs = self.rep_notes = _NONE
        self.rung_paces = self.paces
        self.steps = 0  # step rows, repeats not counted
        self.ranged = False  # some repeat has a range

    def __len__(self):
        return len(self.notes)

    def add_step(self, kind, end, amount, pace_a=0, pace_b=0, flags=0, note=None, rungs=None, notes=None):
        """Append a step. pace_a and pace_b: a band's fast and slow edge, or a ladder's or ramp's first and last.

        rungs, notes: lists with one for each rep.
        """
        if rungs:
            flags |= len(self.rungs) << 8
            self.rungs = self.rungs + rungs
            self.rung_paces = array("i", [pace if pace > 0 else 0 for pace in self.rungs])
        if notes:
            flags |= NOTES | len(self.rep_notes) << 18
            self.rep_notes = self.rep_notes + notes
        for value in (kind, end, amount, pace_a, pace_b, flags):
            self.rows.append(value)
        self.paces.append(pace_a if pace_a > 0 and end != END_READY else 0)
        self.paces.append(pace_b if pace_b > 0 and end != END_READY else 0)
        self.notes.append(note)
        self.steps += 1

    def add_repeat(self, first_row, reps, least=0):
        """Close a block: rows first_row up to here run `reps` times, or from `least` on as the runner likes."""
        self.ranged = self.ranged or least > 0
        for value in (REPEAT, first_row, reps, least, 0, 0):
            self.rows.append(value)
        self.paces.append(0)
        self.paces.append(0)
        self.notes.append(None)

    def kind(self, row):
        return self.rows[row * _WIDTH]

    def end(self, row):
        """What ends the step; for a repeat, the first row of its block."""
        return self.rows[row * _WIDTH + _END]

    def amount(self, row):
        """How much of it, in ms or mm; for a repeat, how many reps."""
        return self.rows[row * _WIDTH + _AMOUNT]

    def pace_a(self, row):
        return self.paces[2 * row]

    def pace_b(self, row):
        return self.paces[2 * row + 1]

    def target_a(self, row):
        """What was written: a pace, or below zero a target by name (profile.py); for a repeat, the least reps or 0."""
        return self.rows[row * _WIDTH + _PACE_A]

    def target_b(self, row):
        return self.rows[row * _WIDTH + _PACE_B]

    def resolve(self, profile):
        """Put in what the targets by name mean to this runner. Raises profile.Unresolved with what is missing."""
        from . import plan

        plan.resolve(self, profile)

    def flags(self, row):
        return self.rows[row * _WIDTH + _FLAGS]

    def totals(self):
        """(steps in running order, time in ms, distance in mm, steps of unknown extent).

        A step with a pace counts in both; a rest without one counts its time and stands still; what
        has neither pace nor both measures counts what it has, and among the unknown. Allocates: for
        loading, not for running.
        """
        from . import plan

        return plan.totals(self)


class Cursor:
    """Walks a workout in running order. next() moves on; nothing is allocated.

    row     the row of the current step, -1 before the first, len(workout) after the last
    index   its number in running order, from 0
    rep     which rep of its innermost repeat, from 1; 0 outside a repeat
    reps    of how many
    pace_fast, pace_slow   its target band in ms/km, 0 when it has none; a ladder's rung is both, and where a ramp is
    ramp    the pace in ms/km at the end of a step that changes its pace, 0 for others
    note    the number of its note: a row's, or behind them one of a single rep; -1 outside the workout
    """

    def __init__(self, workout):
        self.workout = workout
        self._done = array("H", (0,) * MAX_DEPTH)  # reps completed of each open repeat
        self._close = array("h", (-1,) * MAX_DEPTH)  # its closing row
        self.rewind()

    def rewind(self):
        self._depth = 0
        self.row = -1
        self.index = -1
        self._leave()

    def _leave(self):
        """Outside of the workout there is no rep, pace or note."""
        self.rep = self.reps = 0
        self.pace_fast = self.pace_slow = self.ramp = 0
        self.note = -1

    def effort(self, most=False):
        """The effort of 1 to 10 that the step asks for instead of a pace, of a band the least or the most; or 0."""
        w = self.workout
        row = self.row
        if not 0 <= row < len(w):
            return 0
        if most and not w.flags(row) & LADDER:
            return effort_of(w.target_b(row))
        first = effort_of(w.target_a(row))
        if first and w.flags(row) & LADDER and self.reps > 1:
            first += rung(effort_of(w.target_b(row)) - first, self.rep - 1, self.reps - 1)
        return first

    def save(self, into):
        """Keep the position in an array('i') of at least 9."""
        into[0] = self.row
        into[1] = self.index
        into[2] = self._depth
        for i in range(MAX_DEPTH):
            into[3 + i] = self._done[i]
            into[6 + i] = self._close[i]

    def restore(self, saved):
        self._depth = saved[2]
        for i in range(MAX_DEPTH):
            self._done[i] = saved[3 + i]
            self._close[i] = saved[6 + i]
        self.row = saved[0]
        self.index = saved[1]
        if 0 <= self.row < len(self.workout):
            self._arrive()

    def next(self):
        """Move to the next step; False when there is none."""
        w = self.workout
        n = len(w)
        row = self.row + 1
        while row < n:
            if w.kind(row) == REPEAT:
                top = self._depth - 1
                self._done[top] += 1
                if self._done[top] < w.amount(row):
                    row = w.end(row)  # inner repeats were closed; _open starts them anew
                else:
                    self._depth = top
                    row += 1
                continue
            self._open(row)
            if w.flags(row) & BETWEEN and self._last_rep():
                row += 1
                continue
            self.row = row
            self.index += 1
            self._arrive()
            return True
        if self.row != n:
            self.row = n
            self.index += 1
        self._leave()
        return False

    def way_out(self):
        """The depth of the repeat that the runner may end here, since it has a range; -1 for none.

        That is in each rep beyond the least, and in the recovery, easy running too, that ends the last of them.
        """
        w = self.workout
        if not w.ranged:
            return -1
        resting = True  # all that is left of the innermost rep, and of those around it
        row = self.row
        for i in range(self._depth - 1, -1, -1):
            close = self._close[i]
            while row < close and resting:
                resting = w.kind(row) == REPEAT or RESTING[w.kind(row)] or is_easy(w.target_a(row))
                row += 1
            least = w.target_a(close)
            if least and (self._done[i] >= least or (resting and self._done[i] + 1 == least)):
                return i
            resting = resting and self._done[i] + 1 >= w.amount(close)
        return -1

    def leave(self):
        """Move behind the repeat that way_out() tells. index goes on as if all of its reps had been run."""
        close = self._close[self.way_out()]
        while self.row < close:
            self.next()

    def _last_rep(self):
        top = self._depth - 1
        return self._done[top] + 1 >= self.workout.amount(self._close[top])

    def _open(self, row):
        """Push the repeats whose block starts at this row and that are not open yet."""
        rows = self.workout.rows
        for i in range(len(rows) - _WIDTH, row * _WIDTH, -_WIDTH):  # the outermost first
            if rows[i] == REPEAT and rows[i + _END] == row and not self._is_open(i // _WIDTH):
                self._close[self._depth] = i // _WIDTH
                self._done[self._depth] = 0
                self._depth += 1

    def _is_open(self, close):
        for i in range(self._depth):
            if self._close[i] == close:
                return True
        return False

    def _arrive(self):
        w = self.workout
        row = self.row
        a = w.pace_a(row)
        b = w.pace_b(row)
        flags = w.flags(row)
        self.rep = self.reps = 0
        self.ramp = 0
        self.note = row
        if self._depth:
            top = self._depth - 1
            self.rep = self._done[top] + 1
            self.reps = w.amount(self._close[top])
            if flags & EACH:
                a = b = w.rung_paces[(flags >> 8 & 1023) + self.rep - 1]
            elif flags & LADDER:
                if self.reps > 1:
                    a = a + rung(b - a, self.rep - 1, self.reps - 1)
                b = a
            if flags & NOTES:
                self.note = len(w) + (flags >> 18) + self.rep - 1
        if flags & RAMP:
            self.ramp = b
            b = a
        self.pace_fast = a
        self.pace_slow = b

    def along(self, permille):
        """So much of a step with a ramp is done: its pace is this now."""
        first = self.workout.pace_a(self.row)
        self.pace_fast = self.pace_slow = first + (self.ramp - first) // 100 * permille // 10  # < 2**30: 6,000 s

    def rep_row(self):
        """The row with which the rep begins that the step is in, -1 outside a repeat."""
        return self.workout.end(self._close[self._depth - 1]) if self._depth else -1


def rung(span, k, n):
    """span * k / n rounded to nearest, 0 <= k <= n < 1000, abs(span) < 2**22, without large integers."""
    sign = 1
    if span < 0:
        span = -span
        sign = -1
    whole = span // n
    rest = span - whole * n
    return sign * (whole * k + (2 * rest * k + n) // (2 * n))
