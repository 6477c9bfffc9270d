"""What stands behind '@': a pace, a band of paces, a ladder, or a target by name that the profile knows.

    5'30"/km   5:30/km   8'00"/mi          a pace
    5'20"-5'40"/km   between CS and tempo  a band
    5'30" -> 5'10" -> 3'45"/km             a pace a rep, or a ladder from the first to the last rep
    10k pace to 5k pace                    a ramp within the step
    easy   critical speed   5k pace - 5s   a zone or a race, with seconds a kilometre off
    CS   95% CS   RPE 7                    a share of critical speed, an effort

Paces in ms/km. A target by name is a number below zero (profile.code).
"""

from micropython import const

from .. import profile
from ..pace import PACE_SLOWEST_MS_KM
from ..runner import effort_of
from .line import DASHES, MILE_MM, TIME_UNITS

# What the parts of a target are.
ONE = const(0)
BAND = const(1)  # its edges
LADDER = const(2)  # a rung a rep, or the first and the last
RAMP = const(3)  # where the step begins and where it ends

_PACE_FASTEST_MS_KM = const(60_000)

_MINUTE_MARKS = "'\u2019\u2032\u2018:"
_SECOND_MARKS = '"\u201d\u2033\u201c'
_SINGLE_MARKS = "'\u2019\u2032\u2018"

_PER = {"km": 1_000_000, "k": 1_000_000, "mi": MILE_MM, "mile": MILE_MM, "lap": 400_000}

_RACES = (profile.RACE, profile.DISTANCE)
_GENTLE_ZONES = 3  # up to critical speed
_GENTLE_RACE = 7  # from 8k on
_GENTLE_EFFORT = 7
_GENTLE_SHARE = 1050  # of critical speed, in per mille
_GENTLE_MS_KM = 300_000

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
_EXPECTED_RACE = "expected a race, as 5k pace, 1200m pace, mile pace or half pace"
_EXPECTED_TARGET = (
    "expected a pace (5'30\"/km), a zone (easy, steady, tempo, critical speed, interval, repetition), a race "
    "(5k pace), CS, 95% CS or RPE 7"
)
_EXPECTED_OFFSET = "expected seconds a kilometre, as in '- 5s'; for another step write ',' instead of the dash"
_WHICH_BAND = "a band, or a change within the step? Write '@ between 5k pace and 3k pace', or '@ 5k pace to 3k pace'"
_EXPECTED_PER = "expected /km or /mi after the pace"
_EXPECTED_PACE = "expected a pace between 1'00\" and 99'59\" per km"


def read_target(line):
    """Take a target: (ONE, BAND, LADDER or RAMP, its parts as numbers)."""
    how = ONE
    parts = []
    places = []
    units = []
    between = _word(line, "between")
    while True:
        line.space()
        places.append(line.i)
        target = _named(line)
        unit = -1
        if not target:
            target, unit = _pace(line)
        parts.append(target)
        units.append(unit)
        if how == BAND or how == RAMP:
            break
        if between:
            if not _word(line, "and"):
                line.fail("expected 'and' and the other edge, as in '@ between 5k pace and 3k pace'")
            how = BAND
        elif line.arrow():
            how = LADDER
        elif how == LADDER:
            break
        elif unit >= 0 and line.dash():
            how = BAND
        elif _word(line, "to"):
            how = RAMP
            if not unit or (profile.what_of(target) in _RACES and "pace" not in line.text[places[0] : line.i]):
                line.unclear(_WHICH_BAND, places[0])
        else:
            break
    unit = 0
    for i in range(len(parts) - 1, -1, -1):  # one unit stands for those before it
        if units[i] >= 0:
            unit = units[i] or unit
            if not unit:
                line.fail(_EXPECTED_PER)
            parts[i] = _per_km(line, parts[i], unit, places[i])
    if how == BAND:
        a, b = parts
        if a > b > 0 or (a < b < 0 and effort_of(a) and effort_of(b)):
            parts = [b, a]
    return how, parts


def _word(line, word):
    """Take this word if it comes next; whether it did."""
    start = line.i
    line.space()
    if line.word() == word:
        return True
    line.i = start
    return False


def gentle(target):
    """Is it a target of minutes rather than of a sprint?"""
    if target >= 0:
        return target > _GENTLE_MS_KM
    what = profile.what_of(target)
    which = profile.which_of(target)
    if what == profile.ZONE:
        return which <= _GENTLE_ZONES
    if what == profile.RACE or what == profile.DISTANCE:
        return which >= (_GENTLE_RACE if what == profile.RACE else 80)
    if what == profile.EFFORT:
        return which <= _GENTLE_EFFORT
    return profile.amount_of(target) <= _GENTLE_SHARE


def _pace(line):
    """Take 5'30", 5'30'' or 5:30 and a unit if there is one: (ms per unit, unit in mm or 0)."""
    start = line.i
    minutes = line.digits()
    if not minutes or not line.eat(_MINUTE_MARKS):
        line.fail("expected a pace, as in 5'30\"/km, 5:30/km or 8'00\"/mi", start)
    at = line.i
    seconds = line.digits()
    if len(seconds) != 2 or seconds > "59":
        line.fail("expected two digits of seconds, 00 to 59", at)
    ms = "000"
    if line.eat("."):
        ms = line.digits()
        if not 1 <= len(ms) <= 3:
            line.fail("expected one to three digits after the point")
        ms = ms + "000"[len(ms) :]
    if not line.eat(_SECOND_MARKS) and line.eat(_SINGLE_MARKS):
        line.eat(_SINGLE_MARKS)
    if len(minutes) > 3:
        line.fail(_EXPECTED_PACE, start)
    return int(minutes) * 60_000 + int(seconds) * 1000 + int(ms), _per(line)


def _per(line):
    """Take '/km', '/mi', '/lap' or '/400m': the unit in mm, or 0 and nothing taken."""
    start = line.i
    line.space()
    if line.text[line.i : line.i + 4].lower() == "min/":
        line.i += 3
    if not line.eat("/"):
        line.i = start
        return 0
    line.space()
    at = line.i
    metres = line.digits()
    unit = line.word()
    if not metres and unit in _PER:
        return _PER[unit]
    if not 3 <= len(metres) <= 4 or unit != "m" or int(metres) < 100:
        line.fail("expected km, mi, lap or 400m after '/'", at)
    if line.at_kind():
        line.unclear("a pace a lap, or another step? Write ',' in front of the step", at)
    return int(metres) * 1000


def _per_km(line, pace, unit, at):
    """A pace in ms per unit as ms/km, refused beyond what is run. at: where it stands."""
    pace = (pace * 1_000_000 + unit // 2) // unit
    if not _PACE_FASTEST_MS_KM <= pace <= PACE_SLOWEST_MS_KM:
        line.fail(_EXPECTED_PACE, at)
    return pace


def _named(line):
    """Take a target by name: its code, or 0 and nothing taken if it may be a pace."""
    start = line.i
    digits = line.digits()
    tenth = ""
    if digits:
        back = line.i
        if line.eat("."):
            tenth = line.digits()
            if not tenth:
                line.i = back
        if line.eat("%"):
            return _share(line, digits, tenth, start)
        line.space()
    word = line.word()
    if not digits:
        if word in ("rpe", "effort"):
            return _effort(line)
        if word == "cs":
            return profile.code(profile.SHARE, 0, 1000)
        if word in _ZONE_WORDS:
            return _zone(line, word)
    return _race(line, digits, tenth, word, start)


def _share(line, digits, tenth, start):
    """The rest of '95% CS' behind its sign."""
    line.space()
    at = line.i
    if line.word() != "cs":
        line.fail("expected 'CS' after the share, as in '@ 95% CS'", at)
    value = int(digits) * 10 + int(tenth or "0") if len(digits) <= 3 and len(tenth) <= 1 else 0
    if not 300 <= value <= 2000:
        line.fail("expected 30 to 200 % of critical speed, in tenths at most", start)
    return profile.code(profile.SHARE, 0, value)


def _effort(line):
    """The rest of 'RPE 7'."""
    line.space()
    at = line.i
    effort = line.digits()
    if not effort or len(effort) > 2 or not 1 <= int(effort) <= 10:
        line.fail("expected an effort of 1 to 10, as in '@ RPE 7'", at)
    return profile.code(profile.EFFORT, int(effort))


def _zone(line, word):
    """The rest of 'critical speed' or 'easy pace + 5s', whose first word is a zone's."""
    if word == "critical":
        line.space()
        if line.word() != "speed":
            line.fail("expected 'speed' after 'critical'")
    _word(line, "pace")
    return profile.code(profile.ZONE, _ZONE_WORDS[word], _offset(line))


def _race(line, digits, tenth, word, start):
    """The rest of '5k pace', '1500 pace - 5s', 'half marathon'; 0 and back to start if it may be a pace."""
    bare = bool(digits) and word == "pace"  # 1500 pace
    name = "" if tenth else digits if bare else digits + word
    if name == "half":
        back = line.i
        line.space()
        if line.word() != "marathon":
            line.i = back
    elif name and digits and word in ("mile", "miles", "mi"):
        name = digits + " miles"
    which = profile.race_index(name) if name and word else -1
    what = profile.RACE
    if which < 0 and 0 < len(digits) < 6 and len(tenth) < 2 and (tenth or digits[0] != "0"):
        metres = int(digits) if bare or word == "m" else int(digits + (tenth or "0")) * 100 if word in _PER else 0
        if not metres % 100 and 0 < metres < 25_600 and (bare or word[:1] == "k" or _word(line, "pace")):
            what = profile.DISTANCE
            which = metres // 100
            if metres in profile.RACES_M:  # 1.5k is the 1500
                what = profile.RACE
                which = profile.RACES_M.index(metres)
    if which < 0:
        if name and not digits:
            line.fail(_EXPECTED_TARGET, start)
        if bare or (digits and name != digits and line.peek() not in _MINUTE_MARKS):
            line.fail(_EXPECTED_RACE, start)
        line.i = start
        return 0
    if not bare:
        _word(line, "pace")
    return profile.code(what, which, _offset(line))


def _offset(line):
    """Take '- 5s' or '+ 2.5s', a kilometre or '/mi', '/lap': 0.1 s/km, or 0 and nothing taken.

    '+ 90s jog' is another step: behind '+' what is no time, or is followed by a kind of step, is left alone.
    """
    start = line.i
    sign = _sign(line)
    if not sign:
        line.i = start
        return 0
    line.space()
    at = line.i
    whole = line.digits()
    tenth = line.digits() if whole and line.eat(".") else "0"
    in_seconds = bool(whole) and TIME_UNITS.get(line.word()) == 1000
    unit = _per(line) if in_seconds else 0
    kind = not unit and line.at_kind()
    if sign > 0 and (not in_seconds or (len(tenth) == 1 and kind)):
        line.i = start
        return 0
    if not in_seconds or len(tenth) != 1:
        line.fail(_EXPECTED_OFFSET, at)
    if kind:
        line.unclear(_EXPECTED_OFFSET, at)
    value = int(whole) * 10 + int(tenth) if len(whole) <= 3 else 9999
    if value >= 300 and not unit:
        line.unclear("a pace by so much, or another step? Write '%ss/km', or ', %ss rest'" % (whole, whole), at)
    if unit:
        value = (value * 1_000_000 + unit // 2) // unit
    if value > 3000:
        line.fail("expected at most 300 s a kilometre", at)
    return sign * value


def _sign(line):
    """Take '+' or a dash that begins no arrow: 1, -1, or 0."""
    line.space()
    sign = 1 if line.eat("+") else -1 if line.eat(DASHES) else 0
    return 0 if line.peek() == ">" else sign
