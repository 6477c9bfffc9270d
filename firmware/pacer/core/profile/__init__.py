"""The runner: critical speed and D', race paces, zones, and choices; what "@ 5k pace" means today.

text.py reads and writes it as text. A pace or zone that is not given follows from critical speed: a race of 1 to 12 km
takes (distance - D') / CS, a zone is a share of CS (see ZONES).
"""

from array import array

from micropython import const

from ..pace import pace_of_speed

HEAD = "# Pacer profile 1"
MAX_BYTES = const(4096)

# Zones: name, share of critical speed in per mille (fast, slow), effort on the 10-point scale. docs/coach.md has them
# beside Daniels' paces from 15:00 to 35:00 over 5 km. The first threshold is near 82 % (Hunter 2024).
ZONE_NAMES = ("easy", "steady", "tempo", "critical speed", "interval", "repetition")
EASY = const(0)
ZONES = (800, 720, 900, 820, 980, 950, 1010, 980, 1070, 1030, 1160, 1100)
# Easy is open on its slow side. Its fast side is no walk either: 7'55", or 90 % of critical speed if that is slower.
EASY_SLOWEST_MS_KM = const(475_000)
_EASY_MOST = const(900)
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
DISTANCE = const(5)  # a race that is not in the table; which: its length in hundreds of metres
_ZERO = const(32_768)

DEFAULT_TOLERANCE_MM_S = const(60)


def code(what, which, amount=0):
    """A target by name as a number below zero. amount: per mille of CS, or an offset in 0.1 s/km, within 3,000 s."""
    return -(what << 24 | which << 16 | amount + _ZERO)


def what_of(target):
    return -target >> 24


def which_of(target):
    return -target >> 16 & 255


def amount_of(target):
    return (-target & 0xFFFF) - _ZERO


def is_trial(target, distance_mm):
    """Is a step of this length with this target a race at its own pace?"""
    what = what_of(target) if target < 0 else 0
    metres = RACES_M[which_of(target)] if what == RACE else 100 * which_of(target) if what == DISTANCE else 0
    return metres > 0 and abs(metres * 1000 - distance_mm) <= 1000


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


class Profile:
    """The runner's figures. 0 where nothing is known.

    cs_mm_s, cs_unsure_mm_s, dprime_mm, dprime_unsure_mm
    tolerance_mm_s      half the width of the band around a single pace
    lane                0 for whatever it is; lap_mm the length of lane 1 if it is no 400 m
    waypoint_mm         of the target's waypoints, 0 for none
    metronome_spm       0 for none
    miles               True when the runner thinks in miles
    """

    def __init__(self):
        self.name = ""
        self.miles = False
        self.cs_mm_s = self.cs_unsure_mm_s = 0
        self.dprime_mm = self.dprime_unsure_mm = 0
        self.tolerance_mm_s = DEFAULT_TOLERANCE_MM_S
        self.lane = self.lap_mm = 0
        self.waypoint_mm = 100_000
        self.metronome_spm = 0
        self.races: list = []  # lines as they stand
        self.reviewed = ""  # the day of the last review that changed it
        self.paces = array("i", (0,) * len(RACES_M))
        self.zones = array("i", (0,) * (2 * len(ZONE_NAMES)))  # fast, slow

    def band(self, target):
        """(fast, slow) in ms/km that a target by name means. Raises Unresolved."""
        what = what_of(target)
        which = which_of(target)
        amount = amount_of(target)
        if what == EFFORT:
            return self._zone(RPE_ZONE[which], target)
        if what == SHARE:
            if not self.cs_mm_s:
                raise Unresolved("'@ %s' needs critical speed: run pacer profile" % target_name(target))
            pace = self._share(amount)
            return pace, pace
        if what == ZONE:
            fast, slow = self._zone(which, target)
        elif what == DISTANCE:
            fast = slow = self._between(100 * which, target)
        else:
            fast = slow = self.paces[which] or self._line(RACES_M[which], target)
        if not 60_000 <= fast + 100 * amount <= slow + 100 * amount <= 5_999_000:
            raise Unresolved("'@ %s' is no pace to run" % target_name(target))
        return fast + 100 * amount, slow + 100 * amount

    def _zone(self, which, target):
        if self.zones[2 * which]:
            return self.zones[2 * which], self.zones[2 * which + 1]
        if not self.cs_mm_s:
            raise Unresolved("'@ %s' needs critical speed or that zone: run pacer profile" % target_name(target))
        fast = self._share(ZONES[2 * which])
        if which == EASY and fast > EASY_SLOWEST_MS_KM:
            fast = max(EASY_SLOWEST_MS_KM, self._share(_EASY_MOST))
        return fast, self._share(ZONES[2 * which + 1])

    def _share(self, per_mille):
        """The pace of a share of critical speed."""
        return pace_of_speed((self.cs_mm_s * per_mille + 500) // 1000)

    def _between(self, metres, target):
        """The pace of a race of any length, between the two of the table that are nearest: straight over 1 / length."""
        for i in range(1, len(RACES_M)):
            near = RACES_M[i - 1]
            far = RACES_M[i]
            if near <= metres <= far and self.paces[i - 1] and self.paces[i]:
                share = (metres - near) * 1000 // (far - near) * far // metres  # per mille
                return self.paces[i - 1] + (self.paces[i] - self.paces[i - 1]) * share // 1000  # < 2**30: 1000 s
        return self._line(metres, target)

    def _line(self, metres, target):
        """The pace of a race on the line of critical speed and D'."""
        if self.cs_mm_s and 1000 <= metres <= 12_000 and 2 * self.dprime_mm < 1000 * metres:
            # t = (d - D') / CS; with CS in mm/s and the distance in m, pace = 10**9 (1 - D'/d) / CS
            share = 1_000_000 - self.dprime_mm * 1000 // metres  # < 2**30: D' of 1 km; millionths of the distance
            return (share * 1000 + self.cs_mm_s // 2) // self.cs_mm_s
        raise Unresolved(
            "'@ %s' needs that pace%s: run pacer profile with a race"
            % (target_name(target), " or critical speed" if 1000 <= metres <= 12_000 else "")
        )

    def dump(self):
        """The profile as text."""
        from . import text

        return text.dump(self)


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
