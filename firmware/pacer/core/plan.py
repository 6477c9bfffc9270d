"""What is asked of a workout before it is run: what its targets mean, and how long it is. Late, and then let go."""

from .runner import effort_of
from .workout import BETWEEN, END_DISTANCE, END_READY, END_SEND_OFF, END_TIME, LADDER, RAMP, REPEAT, REST


def resolve(w, profile):
    """Put in what the targets by name mean to this runner, for efforts nothing. Raises profile.Unresolved."""
    for row in range(len(w)):
        a = w.target_a(row)
        b = w.target_b(row)
        if a >= 0 and b >= 0:
            continue
        if (effort_of(a) > 0) != (effort_of(b) > 0):
            from .profile import Unresolved, target_name

            effort = a if effort_of(a) else b
            raise Unresolved("'@ %s' is an effort: the other end has to be one, too" % target_name(effort))
        if w.flags(row) & (LADDER | RAMP):
            w.paces[2 * row] = _middle(profile, a)
            w.paces[2 * row + 1] = _middle(profile, b)
        else:
            fast, slow = profile.band(a) if a < 0 else (a, a)
            fast_b, slow_b = profile.band(b) if b < 0 else (b, b)
            w.paces[2 * row] = min(fast, fast_b)
            w.paces[2 * row + 1] = max(slow, slow_b)
    for i in range(len(w.rungs)):
        w.rung_paces[i] = _middle(profile, w.rungs[i])


def _middle(profile, target):
    """A pace for a target: its own, or what a name means, of a band its middle."""
    if target >= 0:
        return target
    fast, slow = profile.band(target)
    return (fast + slow + 1) // 2


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
        close = closing(w, row, stop)
        if close is None:
            one = _extent(w, row, time_ms)
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


def closing(w, row, stop):
    """The outermost repeat row that closes a block starting at this row, or None."""
    found = None
    for r in range(row, stop):
        if w.kind(r) == REPEAT and w.end(r) == row:
            found = r
    return found


def _extent(w, row, since_ms):
    """What a step counts; since_ms: of the rep in front of it."""
    amount = w.amount(row)
    end = w.end(row)
    if end == END_READY:
        return 1, amount, 0, 0
    if end == END_SEND_OFF:
        return 1, amount - since_ms if amount > since_ms else 0, 0, 0
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
