"""The runner: critical speed and D', race paces, zones, and choices; what "@ 5k pace" means today.

A text that a person can read and edit, one thing a line, `#` for comments:

    # Pacer profile 1
    name Ann
    units km
    race 5k 18:45 2026-10-03
    critical-speed 4.250 m/s +- 0.030
    d-prime 190 m +- 25
    pace 5k 3'45.0"
    zone easy 4'54.1"-5'26.8"
    tolerance 0.060 m/s
    lane 1
    waypoints 100 m
    metronome 0

The first line is needed. A pace or zone that is not given follows from critical speed: a race of 1 to 12 km takes
(distance - D') / CS, a zone is a share of CS (see ZONES). parse() reads all or raises.
"""

from array import array

from micropython import const

from .pace import pace_of_speed

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


def target_name(target):
    """A target by name as the notation writes it."""
    what = what_of(target)
    which = which_of(target)
    amount = amount_of(target)
    if what == SHARE:
        return "CS" if amount == 1000 else "%s%% CS" % _thousandth(amount, 10)
    if what == EFFORT:
        return "RPE %d" % which
    name = ZONE_NAMES[which] if what == ZONE else RACE_NAMES[which] + " pace"
    if amount:
        name += " %s %ss" % ("+" if amount > 0 else "-", _thousandth(abs(amount), 10))
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
            pace = pace_of_speed((self.cs_mm_s * amount + 500) // 1000)
            return pace, pace
        if what == ZONE:
            fast, slow = self._zone(which, target)
        else:
            fast = slow = self._race(which, target)
        if not 60_000 <= fast + 100 * amount <= slow + 100 * amount <= 5_999_000:
            raise Unresolved("'@ %s' is no pace to run" % target_name(target))
        return fast + 100 * amount, slow + 100 * amount

    def _zone(self, which, target):
        if self.zones[2 * which]:
            return self.zones[2 * which], self.zones[2 * which + 1]
        if not self.cs_mm_s:
            raise Unresolved("'@ %s' needs critical speed or that zone: run pacer profile" % target_name(target))
        fast = pace_of_speed((self.cs_mm_s * ZONES[2 * which] + 500) // 1000)
        slow = pace_of_speed((self.cs_mm_s * ZONES[2 * which + 1] + 500) // 1000)
        return fast, slow

    def _race(self, which, target):
        if self.paces[which]:
            return self.paces[which]
        metres = RACES_M[which]
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
        out = [HEAD]
        if self.name:
            out.append("name " + self.name)
        out.append("units " + ("mi" if self.miles else "km"))
        out.extend(self.races)
        if self.reviewed:
            out.append("reviewed " + self.reviewed)
        if self.cs_mm_s:
            out.append("critical-speed %s m/s +- %s" % (_thousandth(self.cs_mm_s), _thousandth(self.cs_unsure_mm_s)))
        if self.dprime_mm:
            out.append("d-prime %s m +- %s" % (_thousandth(self.dprime_mm), _thousandth(self.dprime_unsure_mm)))
        for i in range(len(RACE_NAMES)):
            if self.paces[i]:
                out.append("pace %s %s" % (RACE_NAMES[i], pace_text(self.paces[i])))
        for i in range(len(ZONE_NAMES)):
            if self.zones[2 * i]:
                out.append(
                    "zone %s %s-%s" % (ZONE_NAMES[i], pace_text(self.zones[2 * i]), pace_text(self.zones[2 * i + 1]))
                )
        out.append("tolerance %s m/s" % _thousandth(self.tolerance_mm_s))
        out.append("lane %d" % self.lane)
        if self.lap_mm:
            out.append("lap %s m" % _thousandth(self.lap_mm))
        out.append("waypoints %s m" % _thousandth(self.waypoint_mm))
        out.append("metronome %d" % self.metronome_spm)
        out.append("")
        return "\n".join(out)


def pace_text(pace_ms_km):
    """A pace with tenths where it has them: 3'45.2"."""
    tenths = (pace_ms_km + 50) // 100
    rest = tenths % 600
    return "%d'%02d%s\"" % (tenths // 600, rest // 10, ".%d" % (rest % 10) if rest % 10 else "")


def parse(text):
    """Read a profile from bytes or str. Raises ProfileError."""
    if not isinstance(text, str):
        if len(text) > MAX_BYTES:
            raise ProfileError(1, "it has more than 4096 bytes; expected a profile")
        try:
            text = str(bytes(text), "utf-8")
        except ValueError:
            raise ProfileError(1, "this is not UTF-8 text; expected a profile")
    lines = text.split("\n")
    first = lines[0].strip()
    if first != HEAD:
        if first[: len(HEAD) - 1] == HEAD[:-1]:
            raise ProfileError(
                1, "it is of version %s, expected 1: make it anew with pacer profile" % first[len(HEAD) - 1 :]
            )
        raise ProfileError(1, "expected '%s'" % HEAD)
    p = Profile()
    for i in range(1, len(lines)):
        line = lines[i].strip()
        if not line or line[0] == "#":
            continue
        key, rest = _cut(line)
        try:
            _take(p, key, rest, line)
        except (ValueError, IndexError) as e:
            if isinstance(e, ProfileError):
                raise
            raise ProfileError(i + 1, "expected %s" % _EXPECTED.get(key, "one of " + ", ".join(sorted(_EXPECTED))))
    return p


_EXPECTED = {
    "name": "a name",
    "units": "km or mi",
    "race": "a distance, a time and a date, as in: race 5k 18:45 2026-10-03",
    "reviewed": "a day, as in: reviewed 2026-10-03",
    "critical-speed": "1.000 to 8.000 m/s, as in: critical-speed 4.250 m/s +- 0.030",
    "d-prime": "0 to 999 m, as in: d-prime 190 m +- 25",
    "pace": "a race and a pace, as in: pace 5k 3'45.0\"",
    "zone": "a zone and its paces, as in: zone easy 4'54\"-5'27\"",
    "tolerance": "0.010 to 0.500 m/s",
    "lane": "0 to 8, 0 for finding out",
    "lap": "100 to 1000 m",
    "waypoints": "0, 50, 100 or 200 m",
    "metronome": "0, or 120 to 240 steps a minute",
}


def _take(p, key, rest, line):
    if key == "name":
        p.name = rest[:24]
    elif key == "units":
        p.miles = ("km", "mi").index(rest) == 1
    elif key == "race":
        if len(rest.split(" ")) < 2 or len(line) > 60 or len(p.races) >= 12:
            raise ValueError
        p.races.append(line)
    elif key == "reviewed":
        if len(rest) != 10:
            raise ValueError
        p.reviewed = rest
    elif key == "critical-speed":
        p.cs_mm_s, p.cs_unsure_mm_s = _measure(rest, "m/s", 1000, 8000)
    elif key == "d-prime":
        p.dprime_mm, p.dprime_unsure_mm = _measure(rest, "m", 0, 999_999)
    elif key == "pace":
        which = race_index(rest[: rest.rindex(" ")])
        if which < 0:
            raise ValueError
        p.paces[which] = _pace(rest[rest.rindex(" ") + 1 :])
    elif key == "zone":
        name = rest[: rest.rindex(" ")]
        fast, _, slow = rest[rest.rindex(" ") + 1 :].partition("-")
        which = ZONE_NAMES.index(name)
        p.zones[2 * which] = _pace(fast)
        p.zones[2 * which + 1] = _pace(slow)
        if p.zones[2 * which] > p.zones[2 * which + 1]:
            raise ValueError
    elif key == "tolerance":
        p.tolerance_mm_s = _measure(rest, "m/s", 10, 500)[0]
    elif key == "lane":
        p.lane = _whole(rest, 0, 8)
    elif key == "lap":
        p.lap_mm = _measure(rest, "m", 100_000, 1_000_000)[0]
    elif key == "waypoints":
        p.waypoint_mm = (0, 50_000, 100_000, 200_000)[("0", "50", "100", "200").index(_cut(rest)[0])]
    elif key == "metronome":
        p.metronome_spm = _whole(rest, 0, 240)
        if 0 < p.metronome_spm < 120:
            raise ValueError
    else:
        raise ValueError


def race_index(name):
    """Which race a name means, -1 for none: 5k, 5km, 1500m, 1500, mile, half, half marathon."""
    name = name.strip().lower()
    if name in ("half marathon", "hm"):
        name = "half"
    elif name == "2 mile":
        name = "2 miles"
    elif name == "10 mile":
        name = "10 miles"
    for i in range(len(RACE_NAMES)):
        known = RACE_NAMES[i]
        if name == known or name == known + "m" or (known[-1] == "m" and name == known[:-1]):
            return i
    for i in range(len(RACES_M)):
        if name in ("%dm" % RACES_M[i], "%d" % RACES_M[i]):
            return i
    return -1


def _cut(line):
    at = line.find(" ")
    return (line, "") if at < 0 else (line[:at], line[at:].strip())


def _whole(text, least, most):
    value = int(text)
    if not least <= value <= most:
        raise ValueError
    return value


def _milli(text):
    """A decimal number as thousandths."""
    whole, _, part = text.partition(".")
    if len(whole) > 6 or len(part) > 3 or not (whole + part).isdigit():
        raise ValueError
    return int(whole or "0") * 1000 + int((part + "000")[:3])


def _measure(text, unit, least, most):
    """'4.25 m/s +- 0.03' as (4250, 30)."""
    words = [w for w in text.split(" ") if w]
    value = _milli(words[0])
    unsure = 0
    rest = words[1:]
    if rest and rest[0] == unit:
        rest = rest[1:]
    if rest:
        if rest[0] != "+-":
            raise ValueError
        unsure = _milli(rest[1])
    if not least <= value <= most:
        raise ValueError
    return value, unsure


def _pace(text):
    """3'45.2" as ms/km."""
    minutes, _, rest = text.rstrip('"/km').partition("'")
    value = int(minutes) * 60_000 + _milli(rest)
    if not 60_000 <= value <= 5_999_000 or _milli(rest) >= 60_000:
        raise ValueError
    return value


def _thousandth(value, unit=1000):
    """value / unit as a decimal number without trailing zeros."""
    text = "%d" % (value // unit)
    rest = value % unit
    if not rest:
        return text
    digits = str(unit + rest)[1:]
    while digits[-1] == "0":
        digits = digits[:-1]
    return text + "." + digits
