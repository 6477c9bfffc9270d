"""The runner: critical speed and D', race paces, zones, and choices; what "@ 5k pace" means today.

text.py reads and writes it as text. A pace or zone that is not given follows from critical speed: a race of 1 to 12 km
takes (distance - D') / CS, a zone is a share of CS (see ZONES).
"""

from micropython import const

from ..pace import pace_of_speed
from ..runner import DEFAULT_TOLERANCE_MM_S as DEFAULT_TOLERANCE_MM_S
from ..runner import Profile as Profile

HEAD = "# Pacer profile 1"
MAX_BYTES = const(4096)

# Zones: name, share of critical speed in per mille (fast, slow), effort on the 10-point scale. The shares follow
# Daniels' training paces for a runner of VDOT 50, whose critical speed from 3 km and 10 km is 4.03 m/s: easy 73-81 %,
# threshold 97 %, interval 105 %, repetition 114 % (Daniels' Running Formula, 3rd ed., tables 5.1 and 5.2).
ZONE_NAMES = ("easy", "steady", "tempo", "critical speed", "interval", "repetition")
ZONES = (800, 720, 900, 820, 970, 920, 1010, 980, 1070, 1030, 1160, 1100)
RPE = ("2-3", "4-5", "6", "7", "8-9", "9")
RPE_ZONE = (0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 5)  # effort 0 to 10

RACE_NAMES = (
    "800m", "1000m", "1500m", "mile", "3k", "2 miles", "5k", "8k", "10k", "15k", "10 miles", "half", "marathon",
)  # fmt: skip
RACES_M = (800, 1000, 1500, 1609, 3000, 3219, 5000, 8000, 10_000, 15_000, 16_093, 21_098, 42_195)

# A target by name is one negative number: what it is, which, and a share in per mille or an offset in 0.1 s/km.
ZONE = const(1)
RACE = const(2)
SHARE = const(3)
EFFORT = const(4)
_ZERO = const(32_768)


def code(what, which, amount=0):
    """A target by name as a number below zero. amount: per mille of CS, or an offset in 0.1 s/km, within 3,000 s."""
    return -(what << 24 | which << 16 | amount + _ZERO)


def what_of(target):
    return -target >> 24


def which_of(target):
    return -target >> 16 & 255


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
    """(fast, slow) in ms/km that a target by name means to a Profile's runner. Raises Unresolved."""
    what = what_of(target)
    which = which_of(target)
    amount = amount_of(target)
    if what == EFFORT:
        return _zone(runner, RPE_ZONE[which], target)
    if what == SHARE:
        if not runner.cs_mm_s:
            raise Unresolved("'@ %s' needs critical speed: run pacer profile" % target_name(target))
        pace = pace_of_speed((runner.cs_mm_s * amount + 500) // 1000)
        return pace, pace
    if what == ZONE:
        fast, slow = _zone(runner, which, target)
    else:
        fast = slow = _race(runner, which, target)
    if not 60_000 <= fast + 100 * amount <= slow + 100 * amount <= 5_999_000:
        raise Unresolved("'@ %s' is no pace to run" % target_name(target))
    return fast + 100 * amount, slow + 100 * amount


def _zone(runner, which, target):
    if runner.zones[2 * which]:
        return runner.zones[2 * which], runner.zones[2 * which + 1]
    if not runner.cs_mm_s:
        raise Unresolved("'@ %s' needs critical speed or that zone: run pacer profile" % target_name(target))
    fast = pace_of_speed((runner.cs_mm_s * ZONES[2 * which] + 500) // 1000)
    slow = pace_of_speed((runner.cs_mm_s * ZONES[2 * which + 1] + 500) // 1000)
    return fast, slow


def _race(runner, which, target):
    if runner.paces[which]:
        return runner.paces[which]
    metres = RACES_M[which]
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
