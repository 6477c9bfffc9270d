"""What a coach writes for a pace, in the notation: `MP`, `in 72s`, `5k-3k pace`, `7:30 per mile`."""

import re
from dataclasses import dataclass

from pacer.core import profile as pf

from ..notation import pace_text
from .words import KM, LAP, MI, MILE_MM, MIN, SEC, UNIT_MM, YD, M, N, Unclear

_INTRO = re.compile(
    r"@\s*|\bat\s+(?:an?\s+|the\s+)?|\bin\s+(?=\d)|\bfrom\s+(?=\S+.*\bto\b)|\bbetween\s+(?=\S+.*\band\b)"
)
_SEND_OFF = re.compile(
    r"(?:\b(?:going|leaving|starting|go|leave|start)\s+)?\b(?:on|every)\s+(?:the\s+)?(?=\d+(?::\d\d|\s*'|\s*\"|\s*"
    + MIN
    + r"|\s*"
    + SEC
    + "))"
)
_RACE = re.compile(
    rf"(?:{N}\s*({KM}|{MI}|{M})?|(half(?:[ -]?marathon)?|marathon|hmp?|gmp|mp|mile|[etirm](?=[ -]pace)))"
    r"(?:\s+race)?(?:[ -]*\b(race pace|pace|effort|speed)\b)?"
)
_DANIELS = {"e": "easy", "t": "tempo", "i": "interval", "r": "repetition", "m": "marathon pace", "mp": "marathon pace",
            "gmp": "marathon pace", "hm": "half pace", "hmp": "half pace", "mile": "mile pace", "half": "half pace",
            "marathon": "marathon pace"}  # fmt: skip
_KNOWN_RACES = dict(zip(pf.RACES_M, pf.RACE_NAMES))
_ZONE = re.compile(
    r"(easy|steady|tempo|threshold|critical (?:speed|velocity)|cs|cv|interval|repetition|lt[12]?|moderate|vo2 ?max"
    r"|hard)\b"
    r"(?:[ -](?:run |race )?(?:pace|effort|intensity)\b)?"
)
_UNSAID = {
    "lt": "LT has two readings; write '@ CS' (critical speed) or '@ tempo'",
    "moderate": "'moderate' has several readings; write '@ steady', '@ easy' or an effort, '@ RPE 5'",
    "vo2max": "VO2max has several readings; write '@ interval' or '@ 3k pace'",
}
_CLOCK = re.compile(r"(\d{1,3})\s*[:']\s*([0-5]\d(?:\.\d+)?)(?:\s*\")?(?![:\d])")
_SECONDS = re.compile(rf"{N}\s*(?:{SEC}|\")")
_BARE = re.compile(N)
_MORE_SECONDS = re.compile(r"\d\d\d?(?!\s*[\d%a-z:'\"./])")
_PER = re.compile(
    rf"\s*(?:min(?:ute)?s?\s*)?(?:/|\bper\b|\ban?\b(?=\s+(?:km|kilo|mile|lap)))\s*(?:(\d{{3,4}})\s*({M})?|({KM})|({MI})|({LAP}))"
)
_RPE = re.compile(
    r"(?:rpe|effort|rate of)\s*(?:of\s*)?(\d+)(?:\s*(?:-|to)\s*(\d+))?(?:\s*/\s*10)?"
    r"|(\d+)(?:\s*-\s*(\d+))?\s*/\s*10\b(?:\s+effort)?"
)
_SHARE = re.compile(
    N + r"\s*%?\s*(?:-|to)?\s*(?:" + N + r"\s*)?%\s*(?:of\s+)?(?:cs|cv|critical speed|critical velocity)\b"
)
_OFFSET = re.compile(rf"\s*([+-])\s*{N}\s*(?:{SEC}|\")({_PER.pattern})?")
_ABOUT = re.compile(rf"\s*~\s*{N}\s*(?:{SEC}|\")?({_PER.pattern})?")
_FEASIBLE = (165_000, 720_000)  # ms/km that a runner's rep may have


@dataclass
class _Value:
    """One part of a target. name: a target of the notation; ms: a time, of which it is not said yet per what."""

    name: str = ""
    ms: float = 0.0
    seconds: bool = False  # written in seconds alone
    spoken: bool = True  # a name that says that it is a pace


def _value(text: str, i: int) -> tuple[_Value, int] | None:
    """A part of a target at a place, and where it ends."""
    if m := _SHARE.match(text, i):
        names = [f"{float(x):g}% CS" for x in (m[1], m[2]) if x]
        return _Value(names[0] if len(names) == 1 else f"between {names[0]} and {names[1]}"), m.end()
    if m := _RPE.match(text, i):
        efforts = [int(x) for x in m.groups() if x]
        name = f"RPE {efforts[0]}"
        return _Value(name if len(efforts) == 1 else f"between {name} and RPE {efforts[1]}"), m.end()
    if m := _ZONE.match(text, i):
        word = m[1].replace(" ", "") if m[1].startswith("vo2") else re.sub("^lt[12]", "lt", m[1])
        if word in _UNSAID:
            raise Unclear(_UNSAID[word], i)
        name = {"cv": "CS", "cs": "CS", "critical velocity": "CS", "threshold": "tempo", "hard": "RPE 8"}.get(
            word, word
        )
        return _Value(name), m.end()
    if m := _CLOCK.match(text, i):
        return _Value(ms=60_000 * int(m[1]) + 1000 * float(m[2])), m.end()
    if (m := _SECONDS.match(text, i)) and not _RACE_WORD.match(text, m.end()):
        return _Value(ms=1000 * float(m[1]), seconds=True), m.end()
    return _race(text, i)


_RACE_WORD = re.compile(r"\s*-?\s*(?:race|pace)\b")


def _race(text: str, i: int) -> tuple[_Value, int] | None:
    m = _RACE.match(text, i)
    if not m or (i and text[i - 1].isalnum() and not m[1]):
        return None
    spoken = bool(m[4])
    if m[3]:
        word = re.sub(r"[ -]?marathon$", "", m[3]) or "marathon"
        name = _DANIELS[word]
        return _Value(name, spoken=spoken or m[3] in ("mp", "gmp", "hmp")), m.end()
    metres = float(m[1]) * 1000
    unit = (m[2] or "").strip()
    if not unit:
        metres /= 1000
    elif re.fullmatch(MI, unit):
        metres *= 1.609344
    elif not re.fullmatch(KM, unit):
        metres /= 1000
    if not unit and not spoken and round(metres) not in (1500, 3000, 5000, 10_000):
        return None
    known = _KNOWN_RACES.get(round(metres))
    other = f"{metres / 1000:g}k pace" if metres >= 2000 else f"{metres:g}m pace"
    name = f"{known} pace" if known else other
    return _Value(name, spoken=spoken), m.end()


def _per(text: str, i: int) -> tuple[float, int]:
    """What a pace is per, in mm, and where that ends; 0 for not said."""
    m = _PER.match(text, i)
    if not m:
        return 0.0, i
    if m[1]:
        if re.match(r"\s*(?:jog|walk|rest)\b", text[m.end() :]):
            raise Unclear(f"a pace a {m[1]} m, or a recovery of {m[1]} m? Write ',' in front of the recovery", i)
        return 1000.0 * int(m[1]), m.end()
    return (1e6, MILE_MM, 400_000.0)[0 if m[3] else 1 if m[4] else 2], m.end()


_MARK = 0xE000  # private characters stand for what has been read


class Targets:
    """Finds the targets of a line and leaves a mark for each; put() writes them as the notation does."""

    def __init__(self, text: str) -> None:
        self.found: list[str] = []
        text = re.sub(
            rf"(?:@\s*)?{N}\s*(?:{SEC}|\")\s*({_PER.pattern})\s*(slower|faster|quicker)\s+than\s+(\S+(?: race)? pace)",
            self._than,
            text,
        )
        text = re.sub(r"(?<=[a-z0-9])\s*\((?=\S+(?: race| mile)? (?:pace|effort)\))([^()]*)\)", r" @ \1 ", text)
        self.text = self._scan(self._lists(text))

    def put(self, text: str) -> str:
        return re.sub("[\ue000-\uf8ff]", lambda m: f" {self.found[ord(m[0]) - _MARK]} ", text)

    def _than(self, m: re.Match[str]) -> str:
        """`5s per lap slower than 5k pace`, as an offset."""
        groups = m.groups()
        return f"@ {groups[-1]} {'+' if groups[-2] == 'slower' else '-'} {m[1]}s{self._unit(m[2], 0)}"

    def _mark(self, target: str) -> str:
        self.found.append(target)
        return f" {chr(_MARK + len(self.found) - 1)} "

    def _lists(self, text: str) -> str:
        """`4 x 400m (half, 10k, 5k, mile pace)` and `4 x 1km @ 5:00, 4:50, 4:40, 4:30/km`: a pace a rep."""

        def one(m: re.Match[str]) -> str:
            values, unit = [], 0.0
            for part in m[3].split(","):
                part = part.strip()
                got = _value(part, 0)
                if not got:
                    return m[0]
                value, end = got
                unit, end = _per(part, end)
                if end != len(part) or (value.name and part[0].isdigit() and not re.search(r"k|mile|pace", part)):
                    return m[0]
                values.append(value)
            if not unit and all(v.ms for v in values):  # a mile, or a kilometre, is what its pace is per
                length = _length_of(m[2])[0]
                unit = length if length in (1e6, MILE_MM) else 0.0
            if len(values) != int(m[1]) or not (unit or all(v.name for v in values)):
                return m[0]
            names = [v.name or pace_text(round(v.ms * 1e6 / unit)) + "/km" for v in values]
            return m[1] + m[2] + self._mark("@ " + " -> ".join(names))

        text = re.sub(r"(\d+)(\s*x\s*[\d.]+\s*[a-z]+\s*)\(([^()]*,[^()]*)\)", one, text)
        return re.sub(r"(\d+)(\s*x\s*[\d.]+\s*[a-z]+\s*)@\s*([^(),;]*(?:,[^(),;]*[:'k][^(),;]*)+)", one, text)

    def _scan(self, text: str) -> str:
        out, i = "", 0
        while i < len(text):
            got = self._at(text, i, out)
            if got:
                out += self._mark(got[0]) if got[0] else " "
                i = got[1]
            else:
                out += text[i]
                i += 1
        return out

    def _at(self, text: str, i: int, before: str) -> tuple[str, int] | None:
        """The target that begins at a place, and where it ends."""
        begins = not i or text[i] == "@" or not (text[i - 1].isalnum() or text[i - 1] in ".:'")
        if not begins:
            return None
        if m := _SEND_OFF.match(text, i):
            return self._send_off(text, m.end())
        if m := _INTRO.match(text, i):
            inner = _INTRO.match(text, m.end())  # @ between
            return self._whole(text, (inner or m).end(), (inner or m)[0].strip().split(" ")[0], before)
        return self._implied(text, i, before)

    def _send_off(self, text: str, i: int) -> tuple[str, int] | None:
        if m := _CLOCK.match(text, i):
            return f"on {duration(60 * int(m[1]) + float(m[2]))}", m.end()
        m = re.compile(rf"(?:{N}\s*(?:{MIN}|'))?\s*(?:{N}\s*(?:{SEC}|\"))?").match(text, i)
        if m and (m[1] or m[2]):
            return f"on {duration(60 * float(m[1] or 0) + float(m[2] or 0))}", m.end()
        return None

    def _implied(self, text: str, i: int, before: str) -> tuple[str, int] | None:
        """A target without '@': easy, 5k pace, 5:30/km."""
        got = _value(text, i)
        if not got or (got[0].name and not got[0].spoken):
            return None
        if got[0].name.endswith("pace") and text[i].isdigit() and not _RACE_WORD.search(text, i, got[1]):
            return None
        if got[0].ms and not _per(text, got[1])[0] and not re.match(r"\s*-\s*\d+[:'].*?/", text[got[1] :]):
            return None
        whole = self._whole(text, i, "", before)
        explicit = re.match(r"[^,;+()&/]*@", text[got[1] :]) or re.search(r"[\ue000-\uf8ff][^,;+()&/]*$", before)
        if whole and explicit and _ZONE.match(text, i):
            return "", whole[1]  # a tempo run at a pace that is given
        return whole

    def _whole(self, text: str, i: int, intro: str, before: str) -> tuple[str, int] | None:
        got = _value(text, i)
        if not got:
            m = _BARE.match(text, i)
            if not m or not (re.match(r"\s*-\s*\d", text[m.end() :]) or self._bare_seconds(text, m, intro, before)):
                return None
            got = _Value(ms=1000 * float(m[1]), seconds=True), m.end()  # 70-75s
        first, j = got
        if intro == "in" and first.name:
            return None
        if first.ms:
            return self._times(text, j, first, intro, before)
        return self._names(text, j, first, intro)

    @staticmethod
    def _bare_seconds(text: str, m: re.Match[str], intro: str, before: str) -> bool:
        """Is this the time of a rep of a track, as in `12 x 400 @ 90`?"""
        length, kind = _length_of(before)
        alone = re.fullmatch(r"\d\d\d?", m[1]) and not re.match(r"\s*[%a-z:'\"./]", text[m.end() :])
        return bool(alone) and intro in ("@", "at") and kind == "m" and length <= 1.6e6

    def _names(self, text: str, j: int, first: _Value, intro: str) -> tuple[str, int]:
        """The rest of a target by name: an offset, a band, a ladder, a ramp."""
        first.name, j = self._offset(text, j, first.name)
        names, how = [first.name], ""
        while m := re.compile(r"\s*(?:(>)|\b(?:down |up )?(to)\b|\b(and)\b|(-)|(/))\s*").match(text, j):
            sign = next(g for g in m.groups() if g)
            if (how and sign != how) or (sign == "and" and intro != "between"):
                break
            got = _value(text, m.end())
            if not got or not got[0].name or (sign == "-" and not got[0].spoken and m[0] != "-"):
                break
            if sign == "/" and not got[0].spoken:
                break
            if sign == "/":
                raise Unclear("two paces; write a band with '-', as in '@ 5k-3k pace', or one of them", j)
            if sign == "to" and intro != "from" and not first.spoken:
                raise Unclear("a band or a change within the rep? Write '@ 5k-3k pace' or '@ 5k pace to 3k pace'", j)
            how = sign
            name, j = self._offset(text, got[1], got[0].name)
            names.append(name)
        if re.compile(r"\s+or\s+(?:faster|quicker|slower|better)").match(text, j):
            raise Unclear("'or faster' has no edge; write a band, as in '@ between 5k pace and 3k pace'", j)
        if not how:
            return f"@ {first.name}", j
        if how == ">":
            return "@ " + " -> ".join(names), j
        if how == "to":
            return f"@ {names[0]} to {names[1]}", j
        return f"@ between {names[0]} and {names[1]}", j

    def _offset(self, text: str, j: int, name: str) -> tuple[str, int]:
        """A name with '- 5s' or '+- 5s' behind it."""
        if m := _ABOUT.match(text, j):
            per = self._unit(text, m.start(2)) if m[2] else ""
            return f"between {name} - {float(m[1]):g}s{per} and {name} + {float(m[1]):g}s{per}", m.end()
        m = _OFFSET.match(text, j)
        if not m:
            return name, j
        per = self._unit(text, m.start(3)) if m[3] else ""
        return f"{name} {m[1]} {m[2]}s{per}", m.end()

    @staticmethod
    def _unit(text: str, i: int) -> str:
        size = _per(text, i)[0]
        return {1e6: "/km", MILE_MM: "/mi", 400_000.0: "/lap"}.get(size, f"/{size / 1000:.0f}m")

    def _times(self, text: str, j: int, first: _Value, intro: str, before: str) -> tuple[str, int] | None:
        """The rest of a target that is a pace, or a time for the rep."""
        values, how = [first], ""
        unit, j = _per(text, j)
        while m := re.compile(r"\s*(?:(>)|\b(to)\b|\b(and)\b|(-))\s*(?=\d)").match(text, j):
            sign = next(g for g in m.groups() if g)
            got = _value(text, m.end())
            more = _MORE_SECONDS.match(text, m.end()) if first.seconds and sign == "-" else None
            if more:  # 78-80
                got = _Value(ms=1000 * float(more[0]), seconds=True), more.end()
            if (how and sign != how) or (sign == "and" and intro != "between") or not got or not got[0].ms:
                break
            how = sign
            values.append(got[0])
            per, j = _per(text, got[1])
            unit = per or unit
        if how == "to" and intro not in ("in", "from") and not first.seconds:
            raise Unclear(
                "a band or a change within the rep? Write 4:30-4:20/km for a band, 4:30/km to 4:20/km for a change", j
            )
        if not unit and not intro:
            return None
        if not unit and _length_of(before)[0] == MILE_MM and intro != "in":
            unit = MILE_MM  # 1 mile @ 7:30
        paces = [self._pace(v, unit, intro, before, j) for v in values]
        about = _ABOUT.match(text, j)
        if about and len(paces) == 1:
            per = _per(text, about.start(2))[0] if about[2] else unit or 1e6
            wide = round(1000 * float(about[1]) * 1e6 / per)
            return f"@ {pace_text(paces[0] - wide)}-{pace_text(paces[0] + wide)}/km", about.end()
        per_text = "/km"
        if unit == MILE_MM:
            paces, per_text = [round(v.ms) for v in values], "/mi"
        texts = [pace_text(p) for p in paces]
        if intro == "from" and how == "to":
            return f"@ {texts[0]}{per_text} to {texts[1]}{per_text}", j
        if how == ">":
            return "@ " + " -> ".join(texts) + per_text, j
        return "@ " + "-".join(texts[:2]) + per_text, j

    def _pace(self, value: _Value, unit: float, intro: str, before: str, at: int) -> int:
        """A time as a pace in ms/km."""
        length, kind = _length_of(before)
        if unit:
            return round(value.ms * 1e6 / unit)
        whole = value.ms * 1e6 / length if length else 0.0
        if intro == "in" or value.seconds:
            if not length:
                raise Unclear(
                    "a time for how far? Write the distance in front, as in '400m in 72s', or a pace with /km", at
                )
            if not _FEASIBLE[0] * 0.6 <= whole <= _FEASIBLE[1]:
                raise Unclear(f"that is {pace_text(round(whole))}/km, no pace to run", at)
            return round(whole)
        readings = {}
        if length and _FEASIBLE[0] * (0.6 if length <= 800_000 else 1) <= whole <= _FEASIBLE[1]:
            readings[round(whole)] = f"'in {_clock(value.ms)}' for the whole rep"
        if kind != "mi" and _FEASIBLE[0] <= value.ms <= _FEASIBLE[1]:
            readings.setdefault(round(value.ms), f"'{_clock(value.ms)}/km'")
        mile = round(value.ms / 1.609344)
        if kind != "km" and _FEASIBLE[0] <= mile <= _FEASIBLE[1]:
            readings[mile] = f"'{_clock(value.ms)}/mi'"
        if len(readings) != 1:
            raise Unclear("a pace of what? Write " + (" or ".join(readings.values()) or "it with /km or /mi"), at)
        return next(iter(readings))


def _clock(ms: float) -> str:
    return f"{int(ms // 60_000)}:{ms % 60_000 / 1000:02.0f}"


def duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = ([f"{minutes:g}min"] if minutes else []) + ([f"{rest:g}s"] if rest or not minutes else [])
    return " ".join(parts)


def _length_of(before: str) -> tuple[float, str]:
    """The last distance in front of a target, in mm, and its unit; 0 for none."""
    piece = re.split(r"[,;(+]|\bx\b|(?<=\d)x(?=\s*\d)", before)[-1]
    found = (0.0, "")
    for m in re.finditer(rf"{N}\s*({KM}|{MI}|{YD}|{LAP}|{M})?", piece):
        size = next((mm for unit, mm in UNIT_MM if m[2] and re.fullmatch(unit, m[2])), 0.0)
        if size:
            found = float(m[1]) * size, "km" if size == 1e6 else "mi" if size > 1e6 else "m"
        elif not m[2] and float(m[1]) >= 100 and not re.match(r"\s*[a-z:'\"]", piece[m.end() :]):
            found = float(m[1]) * 1000, "m"
    return found
