"""The runner: critical speed and D', race paces, zones, and choices; what "@ 5k pace" means today.

text.py reads and writes it as text. A pace or zone that is not given follows from critical speed: a race of 1 to 12 km
takes (distance - D') / CS, a zone is a share of CS (see ZONES).
"""

from micropython import const

from ..pace import pace_of_speed
from ..runner import DEFAULT_TOLERANCE_MM_S as DEFAULT_TOLERANCE_MM_S
from ..runner import DISTANCE as DISTANCE
from ..runner import EASY as EASY
from ..runner import EFFORT as EFFORT
from ..runner import RACE as RACE
from ..runner import RACES_M as RACES_M
from ..runner import ZONE as ZONE
from ..runner import Profile as Profile
from ..runner import effort_of as effort_of
from ..runner import is_trial as is_trial
from ..runner import what_of as what_of
from ..runner import which_of as which_of

HEAD = "# Pacer profile 1"
MAX_BYTES = const(4096)

# Zones: name, share of critical speed in per mille (fast, slow), effort on the 10-point scale. docs/coach.md has them
# beside Daniels' paces from 15:00 to 35:00 over 5 km. The first threshold is near 82 % (Hunter 2024).
ZONE_NAMES = ("easy", "steady", "tempo", "critical speed", "interval", "repetition")
ZONES = (800, 720, 900, 820, 980, 950, 1010, 980, 1070, 1030, 1160, 1100)
# Easy is open on its slow side. Its fast side is no walk either: 7'55", or 90 % of critical speed if that is slower.
EASY_SLOWEST_MS_KM = const(475_000)
_EASY_MOST = const(900)
RPE = ("2-3", "4-5", "6", "7", "8-9", "9")

RACE_NAMES = (
    "800m", "1000m", "1500m", "mile", "3k", "2 miles", "5k", "8k", "10k", "15k", "10 miles", "half", "marathon",
)  # fmt: skip

# A target by name is one negative number: what it is, which, and a share in per mille or an offset in 0.1 s/km.
SHARE = const(3)
_ZERO = const(32_768)


def code(what, which, amount=0):
    """A target by name as a number below zero. amount: per mille of CS, or an offset in 0.1 s/km, within 3,000 s."""
    return -(what << 24 | which << 16 | amount + _ZERO)


def amount_of(target):
    return (-target & 0xFFFF) - _ZERO


def target_name(target):
    """A target by name as the notation writes it."""
    what = what_of(target)
    which = which_of(target)
    amount = amount_of(target)
    if what == SHARE:
        return "CS" if amount == 1000 else "%s%% CS" % thousandth(amount, 10)
    if what == EFFORT:
        return "RPE %d" % which
    if what == DISTANCE:
        name = ("%sk pace" % thousandth(which, 10)) if which >= 20 else "%dm pace" % (100 * which)
    else:
        name = ZONE_NAMES[which] if what == ZONE else RACE_NAMES[which] + " pace"
    if amount:
        name += " %s %ss" % ("+" if amount > 0 else "-", thousandth(abs(amount), 10))
    return name


class Unresolved(ValueError):
    """The profile does not say what a target means; the text tells what is missing."""


class ProfileError(ValueError):
    """What of a profile's text could not be read; line counts from 1."""

    def __init__(self, line, message):
        super().__init__("profile line %d: %s" % (line, message))
        self.line = line
        self.message = message


def band(runner, target):
    """(fast, slow) in ms/km that a target by name means to a runner, zeros for an effort. Raises Unresolved."""
    what = what_of(target)
    which = which_of(target)
    amount = amount_of(target)
    if what == EFFORT:
        return 0, 0
    if what == SHARE:
        if not runner.cs_mm_s:
            raise Unresolved("'@ %s' needs critical speed: run pacer profile" % target_name(target))
        pace = _share(runner, amount)
        return pace, pace
    if what == ZONE:
        fast, slow = _zone(runner, which, target)
    elif what == DISTANCE:
        fast = slow = _between(runner, 100 * which, target)
    else:
        fast = slow = runner.paces[which] or _line(runner, RACES_M[which], target)
    if not 60_000 <= fast + 100 * amount <= slow + 100 * amount <= 5_999_000:
        raise Unresolved("'@ %s' is no pace to run" % target_name(target))
    return fast + 100 * amount, slow + 100 * amount


def _zone(runner, which, target):
    if runner.zones[2 * which]:
        return runner.zones[2 * which], runner.zones[2 * which + 1]
    if not runner.cs_mm_s:
        raise Unresolved("'@ %s' needs critical speed or that zone: run pacer profile" % target_name(target))
    fast = _share(runner, ZONES[2 * which])
    if which == EASY and fast > EASY_SLOWEST_MS_KM:
        fast = max(EASY_SLOWEST_MS_KM, _share(runner, _EASY_MOST))
    return fast, _share(runner, ZONES[2 * which + 1])


def _share(runner, per_mille):
    """The pace of a share of critical speed."""
    return pace_of_speed((runner.cs_mm_s * per_mille + 500) // 1000)


def _between(runner, metres, target):
    """The pace of a race of any length, between the two of the table that are nearest: straight over 1 / length."""
    for i in range(1, len(RACES_M)):
        near = RACES_M[i - 1]
        far = RACES_M[i]
        if near <= metres <= far and runner.paces[i - 1] and runner.paces[i]:
            share = (metres - near) * 1000 // (far - near) * far // metres  # per mille
            return runner.paces[i - 1] + (runner.paces[i] - runner.paces[i - 1]) * share // 1000  # < 2**30: 1000 s
    return _line(runner, metres, target)


def _line(runner, metres, target):
    """The pace of a race on the line of critical speed and D'."""
    if runner.cs_mm_s and 1000 <= metres <= 12_000 and 2 * runner.dprime_mm < 1000 * metres:
        # t = (d - D') / CS; with CS in mm/s and the distance in m, pace = 10**9 (1 - D'/d) / CS
        share = 1_000_000 - runner.dprime_mm * 1000 // metres  # < 2**30: D' of 1 km; millionths of the distance
        return (share * 1000 + runner.cs_mm_s // 2) // runner.cs_mm_s
    raise Unresolved(
        "'@ %s' needs that pace%s: run pacer profile with a race"
        % (target_name(target), " or critical speed" if 1000 <= metres <= 12_000 else "")
    )


def parse(data):
    """Read a profile from bytes or str. Raises ProfileError."""
    from . import text

    return text.parse(data)


def race_index(name):
    """Which race a name means, -1 for none: 5k, 5km, 1500m, 1500, mile, half, half marathon."""
    from . import text

    return text.race_index(name)


def thousandth(value, unit=1000):
    """value / unit as a decimal number without trailing zeros."""
    text = "%d" % (value // unit)
    rest = value % unit
    if not rest:
        return text
    digits = str(unit + rest)[1:]
    while digits[-1] == "0":
        digits = digits[:-1]
    return text + "." + digits
