"""What is asked of a workout before it is run: what its targets mean, and how long it is. Late, and then let go."""

from .runner import effort_of
from .workout import BETWEEN, END_DISTANCE, END_TIME, LADDER, REPEAT, REST


def resolve(w, profile):
    """Put in what the targets by name mean to this runner, for efforts nothing. Raises profile.Unresolved."""
    for row in range(len(w)):
        a = w.target_a(row)
        b = w.target_b(row)
        if a >= 0 and b >= 0:
            continue
        fast, slow = profile.band(a) if a < 0 else (a, a)
        if w.flags(row) & LADDER:
            last = profile.band(b) if b < 0 else (b, b)
            if (effort_of(a) > 0) != (effort_of(b) > 0):
                from .profile import Unresolved, target_name

                effort = a if effort_of(a) else b
                raise Unresolved("'@ %s' is an effort: the ladder's other end has to be one, too" % target_name(effort))
            w.paces[2 * row] = (fast + slow + 1) // 2
            w.paces[2 * row + 1] = (last[0] + last[1] + 1) // 2
        else:
            w.paces[2 * row] = fast
            w.paces[2 * row + 1] = slow


def totals(w):
    """(steps in running order, time in ms, distance in mm, steps of unknown extent).

    A step with a pace counts in both; a rest without one counts its time and stands still; what
    has neither pace nor both measures counts what it has, and among the unknown. Allocates: for
    loading, not for running.
    """
    return _sum(w, 0, len(w))


def _sum(w, row, stop):
    count = time_ms = distance_mm = unknown = 0
    between = (0, 0, 0, 0)
    while row < stop:
        close = _closing(w, row, stop)
        if close is None:
            one = _extent(w, row)
            if w.flags(row) & BETWEEN:
                between = tuple([between[i] + one[i] for i in range(4)])
        else:
            first = w.end(close)
            one = _sum(w, first, close)
            skipped = one[4]
            reps = w.amount(close)
            one = tuple([one[i] * reps - skipped[i] for i in range(4)])
            row = close
        count += one[0]
        time_ms += one[1]
        distance_mm += one[2]
        unknown += one[3]
        row += 1
    return count, time_ms, distance_mm, unknown, between


def _closing(w, row, stop):
    """The outermost repeat row that closes a block starting at this row, or None."""
    found = None
    for r in range(row, stop):
        if w.kind(r) == REPEAT and w.end(r) == row:
            found = r
    return found


def _extent(w, row):
    amount = w.amount(row)
    end = w.end(row)
    pace = (w.pace_a(row) + w.pace_b(row) + 1) // 2
    if end == END_TIME:
        if pace:
            return 1, amount, (amount * 1_000_000 + pace // 2) // pace, 0
        return 1, amount, 0, 0 if w.kind(row) == REST else 1
    if end == END_DISTANCE:
        if pace:
            return 1, (amount * pace + 500_000) // 1_000_000, amount, 0
        return 1, 0, amount, 1
    return 1, 0, 0, 1
