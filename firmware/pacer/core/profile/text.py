"""The runner's profile as text, one thing a line, `#` for comments; core/profile tells what it means.

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

The first line is needed. parse() reads all or raises. Loaded when a profile is read or written, and let go afterwards.
"""

from . import HEAD, MAX_BYTES, RACE_NAMES, RACES_M, ZONE_NAMES, Profile, ProfileError, thousandth


def dump(p):
    """A Profile as text."""
    out = [HEAD]
    if p.name:
        out.append("name " + p.name)
    out.append("units " + ("mi" if p.miles else "km"))
    out.extend(p.races)
    if p.reviewed:
        out.append("reviewed " + p.reviewed)
    if p.cs_mm_s:
        out.append("critical-speed %s m/s +- %s" % (thousandth(p.cs_mm_s), thousandth(p.cs_unsure_mm_s)))
    if p.dprime_mm:
        out.append("d-prime %s m +- %s" % (thousandth(p.dprime_mm), thousandth(p.dprime_unsure_mm)))
    for i in range(len(RACE_NAMES)):
        if p.paces[i]:
            out.append("pace %s %s" % (RACE_NAMES[i], pace_text(p.paces[i])))
    for i in range(len(ZONE_NAMES)):
        if p.zones[2 * i]:
            out.append("zone %s %s-%s" % (ZONE_NAMES[i], pace_text(p.zones[2 * i]), pace_text(p.zones[2 * i + 1])))
    out.append("tolerance %s m/s" % thousandth(p.tolerance_mm_s))
    out.append("lane %d" % p.lane)
    if p.lap_mm:
        out.append("lap %s m" % thousandth(p.lap_mm))
    out.append("waypoints %s m" % thousandth(p.waypoint_mm))
    out.append("metronome %d" % p.metronome_spm)
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
