"""A Zwift workout for runners (.zwo).

Its lengths are seconds, or metres where durationType says distance. Its "power" is a share of the speed of a race that
the step's pace names: 0 the mile, 1 5 km, 2 10 km, 3 the half, 4 the marathon. All of the race's speed is that race's
pace here; another share takes the runner's profile, and is a pace in figures then.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable

from pacer.core import profile as pf
from pacer.core import workout as wk

from .made import Brought, Made, NotAWorkout

_RACES = ("mile", "5k", "10k", "half", "marathon")
_KINDS = {"Warmup": wk.WARM_UP, "Cooldown": wk.COOL_DOWN}
_STEPS = ("SteadyState", "Ramp", "Warmup", "Cooldown", "FreeRun", "FreeRide", "MaxEffort", "IntervalsT")
_AROUND = {"author", "description", "category", "subcategory", "categoryIndex", "categoryOverride", "tags", "uniqueId",
    "legacyIdHash", "sportType", "durationType", "name", "workout", "thresholdSecPerKm", "painIndex", "entid",
    "workoutLength", "authorAlt", "activitySaveName", "visibleOutsidePlan", "ftpOverride"}  # fmt: skip


class _Reader:
    def __init__(self, root: ET.Element, profile: pf.Profile | None) -> None:
        self.made = Made(root.findtext("name"))
        self.profile = profile
        self.end = wk.END_DISTANCE if (root.findtext("durationType") or "").strip() == "distance" else wk.END_TIME

    def number(self, e: ET.Element, name: str, where: str) -> float | None:
        """An attribute that is a finite number from 0 on, None where it is missing."""
        text = e.get(name)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            raise NotAWorkout(f"{where}: {name} is {text[:40]!r}; expected a number from 0 on")
        return value

    def target(self, e: ET.Element, share: float | None, where: str) -> int:
        """What a share of a race's speed means, 0 for nothing."""
        if not share:
            return 0
        which = self.number(e, "pace", where)
        if which is None or which not in range(len(_RACES)):
            self.made.lost.append(
                f"{where}: it does not say of which pace it takes {100 * share:g}%; its target is left out"
            )
            return 0
        race = _RACES[int(which)]
        code: int = pf.code(pf.RACE, pf.RACE_NAMES.index(race))
        if abs(share - 1) < 0.0005:
            return code
        if self.profile is None:
            self.made.lost.append(
                f"{where}: {100 * share:g}% of {race} pace takes your profile (--profile); it is left out"
            )
            return 0
        try:
            pace: int = pf.band(self.profile, code)[0]
        except pf.Unresolved as unresolved:
            self.made.lost.append(f"{where}: {100 * share:g}% of {race} pace is left out ({unresolved})")
            return 0
        return int(1000 * round(pace / share / 1000))

    def step(self, e: ET.Element, where: str) -> None:
        if e.tag == "IntervalsT":
            self.intervals(e, where)
            return
        low, high, power = (self.number(e, name, where) for name in ("PowerLow", "PowerHigh", "Power"))
        first, last = (power, power) if power else (low, high)
        fast, slow = self.target(e, first, where), self.target(e, last, where) if first != last else 0
        slow = slow or fast
        flags = wk.RAMP if fast and slow != fast else 0
        self.add(e, where, _KINDS.get(e.tag, wk.RUN), self.number(e, "Duration", where), fast, slow, flags)

    def add(self, e: ET.Element, where: str, kind: int, length: float | None, fast: int, slow: int, flags: int) -> None:
        fast, slow = (fast, slow) if fast else (slow, slow)
        if e.tag == "MaxEffort":
            fast = slow = pf.code(pf.EFFORT, 10)
        self.made.step(where, kind, self.end, 1000 * (length or 0), fast, slow, self.note(e, where), flags)

    def intervals(self, e: ET.Element, where: str) -> None:
        """So many times on and off."""
        first = len(self.made.workout)
        for part, kind in (("On", wk.RUN), ("Off", wk.JOG)):
            length = self.number(e, f"{part}Duration", where)
            if length is None and part == "Off":
                continue
            target = self.target(e, self.number(e, f"{part}Power", where), where)
            note = self.note(e, where) if part == "On" else ""
            self.made.step(where, kind, self.end, 1000 * (length or 0), target, target, note)
        self.made.repeat(where, first, self.number(e, "Repeat", where) or 1)

    def note(self, e: ET.Element, where: str) -> str:
        """The one message of a step, where it has one: it stands on the screen as its note."""
        texts = [t.get("message") or "" for t in e if t.tag.lower() == "textevent"]
        for more in texts[1:]:
            self.made.lost.append(f"{where}: the message {more[:30]!r} is left out; a step has one note")
        for name in ("Cadence", "CadenceLow", "CadenceHigh", "CadenceResting", "Incline", "Slope"):
            if self.number(e, name, where):
                self.made.lost.append(f"{where}: its {name} is left out; there is no such target here")
        return texts[0] if texts else ""


def read(text: str, profile: Callable[[], pf.Profile | None] = lambda: None) -> Brought:
    """Raises NotAWorkout. profile: for shares of race paces; asked where one is."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotAWorkout("it is XML with a document type of its own, which no Zwift workout has")
    try:
        root = ET.fromstring(text)
    except ET.ParseError as e:
        raise NotAWorkout(f"it is no whole XML ({e})") from e
    if root.tag != "workout_file":
        raise NotAWorkout(f"it is XML of another kind ({root.tag.rpartition('}')[2]}); expected a Zwift workout (.zwo)")
    sport = (root.findtext("sportType") or "bike").strip().lower()
    if sport != "run":
        raise NotAWorkout(f"it is a Zwift workout for the {sport}; expected one for runners (sportType run)")
    reader = _Reader(root, profile())
    made = reader.made
    if (root.findtext("description") or "").strip():
        made.lost.append("the description is left out")
    for other in root:
        if other.tag not in _AROUND:
            made.lost.append(f"{other.tag} is left out")
    for number, step in enumerate(root.iterfind("workout/*"), 1):
        where = f"step {number}"
        if step.tag in _STEPS:
            reader.step(step, where)
        else:
            made.lost.append(f"{where}: {step.tag} has no equal here; it is left out")
    return made.done()
