"""A run's file from the watch, read on the laptop: core/journal.py tells its format."""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pacer.core import coach, journal, notation, recovery
from pacer.core import events as ev
from pacer.core import profile as pf
from pacer.core import workout as wk

from ..earth import metres_per_degree
from .notation import parse_old

_ROWS = [line.split() for line in (ev.__doc__ or "").splitlines() if line.startswith("    ")]  # the table of events.py
EVENT_NAMES = ("", *(row[0].replace("-", " ") for row in _ROWS))
_OWN = {row[0].replace("-", " "): tuple(row[1:]) for row in _ROWS}
_LONGEST_MS = 86_400_000  # between two records: a workout has 24 h
MOST_BYTES = 4 << 20  # a day's run has a quarter of that
_UMIN_MOST = 2 * 60_000_000  # of a place: a fraction of a degree, and the way to it from there
_FIRST_LINE = 60  # bytes, more than it has
_BACK_MS = 60_000  # a lap press that was taken back


class NotARun(Exception):
    """The file is no run of the watch; the text says what it looks like and what would do."""


@dataclass(slots=True)
class Second:
    """A second of the run, as the watch logged it. Degrees; None where it knew nothing."""

    t_ms: int
    index: int
    speed_mm_s: int
    distance_mm: int
    raw_mm_s: int
    cadence_spm: int
    confidence: int
    balance: int | None = None  # of D', in %
    lat_deg: float | None = None
    lon_deg: float | None = None


@dataclass
class Event:
    """What happened. kind: its name in core/events.py; "kind N" for one of a newer firmware, its fields as they are.

    time_ms, distance_mm and value are its three own numbers as a lap has them; own has each kind's by its names.
    """

    kind: str
    t_ms: int
    index: int
    row: int
    rep: int
    time_ms: int
    distance_mm: int
    value: int
    reason: str = ""  # of a cue: why it came
    confidence: int = 0  # and how sure the speed was, in %

    @property
    def own(self) -> dict[str, int]:
        """Its own numbers by the names of core/events.py, as {"utc_ms": 34200000, "ddmmyy": 231126} of a clock."""
        numbers = (self.time_ms, self.distance_mm, self.value)
        return {name: number for name, number in zip(_OWN.get(self.kind, ()), numbers) if name != "-"}


@dataclass
class OvalSeen:
    """The oval that the watch has learned: centre in degrees, direction of the straights from east, metres."""

    lat_deg: float
    lon_deg: float
    angle_deg: float
    straight_m: float
    radius_m: float
    clockwise: bool
    t_ms: int


def standing_laps(events: list[Event]) -> list[Event]:
    """The laps that stand: those taken back by the button are left out."""
    out: list[Event] = []
    for e in events:
        if e.kind == "lap":
            out.append(e)
        elif e.kind == "undo" and out:
            out.pop()
    return out


def mean_cadence(seconds: list[Second]) -> float | None:
    """Steps a minute over the seconds that had steps, None where none had."""
    values = [s.cadence_spm for s in seconds if s.cadence_spm > 0]
    return sum(values) / len(values) if values else None


@dataclass
class RunLog:
    """header: what the watch said of itself, all of its lines; workout and profile: the texts it ran with."""

    header: dict[str, str] = field(default_factory=dict)
    workout: str = ""
    profile: str = ""
    seconds: list[Second] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ovals: list[OvalSeen] = field(default_factory=list)
    skipped: int = 0  # damaged bytes
    size: int = 0

    @property
    def laps(self) -> list[Event]:
        return standing_laps(self.events)

    @property
    def left_out(self) -> list[str]:
        """What of the file was not read, a sentence each."""
        out = []
        if self.skipped:
            out.append(f"{self.skipped} damaged bytes of the log were left out.")
        if unknown := sum(e.kind.startswith("kind ") for e in self.events):
            whose = "a newer firmware's, or damage" if self.skipped else "a newer firmware's: update pacer to see them"
            records = "records of kinds" if unknown > 1 else "record of a kind"
            out.append(f"{unknown} {records} that this pacer does not know were passed over ({whose}).")
        return out

    @property
    def title(self) -> str:
        """The workout's name, "" where it has none or its text is damaged."""
        workout = self.read_workout()
        return str(workout.name) if workout is not None else ""

    def read_workout(self) -> wk.Workout | None:
        """The workout that was run, its targets by name as the profile of then had them; None when it is damaged.

        It is read once: whoever gets it leaves it as it is.
        """
        return _workout(self.workout, self.profile)

    def read_profile(self) -> pf.Profile:
        """The profile that the run had, an empty one where it had none or it is damaged."""
        try:
            found: pf.Profile = pf.parse(self.profile)
            return found
        except pf.ProfileError:
            return pf.Profile()

    @property
    def cues(self) -> list[Event]:
        return [e for e in self.events if e.kind == "cue"]

    @property
    def end(self) -> Event | None:
        return next((e for e in self.events if e.kind == "end"), None)

    @property
    def lane(self) -> int:
        """The last lane that was known, 0 for none."""
        return next((e.rep for e in reversed(self.events) if e.kind == "lap length"), 0)


@lru_cache(maxsize=4)
def _workout(text: str, profile: str) -> wk.Workout | None:
    try:
        workout = parse_old(text)
    except notation.NotationError:
        return None
    if profile:
        try:
            workout.resolve(pf.parse(profile))
        except (pf.Unresolved, pf.ProfileError):
            pass
    return workout


def read(path: Path) -> RunLog:
    """A run's file. Raises NotARun, or OSError; what is damaged inside is left out and counted."""
    with path.open("rb") as f:
        return parse(f.read(MOST_BYTES + 1), str(path))


def parse(data: bytes, name: str = "the run") -> RunLog:
    log = RunLog(size=len(data))
    if len(data) > MOST_BYTES:
        raise NotARun(f"{name} is larger than a run of a day can be ({MOST_BYTES >> 20} MB); take a file from runs/")
    head, newline, rest = data[:_FIRST_LINE].partition(b"\n")
    rest = data[len(head) + 1 :]
    words = head.split()
    magic, own = journal.MAGIC.split()
    if newline and words[:1] == [magic] and len(words) > 1 and words[1].isdigit() and words[1] != own:
        theirs, ours = words[1].decode(), own.decode()
        raise NotARun(
            f"{name} is a run in format {theirs}, of a newer firmware; this pacer reads format {ours}: update it"
        )
    if not newline or not data.startswith(journal.MAGIC) or len(words) != 4 or not words[2].isdigit():
        raise NotARun(f"{name} is no run of a Pacer watch (it does not begin with PACERRUN); take a file from runs/")
    text, records = rest[: int(words[2])], rest[int(words[2]) :]
    _header(log, text.decode("utf-8", "replace"))
    if b"%08x" % binascii.crc32(text) != words[3]:
        log.skipped += 1  # taken as it is: most of it will be right
    _records(log, records)
    return log


def _header(log: RunLog, text: str) -> None:
    head, _, rest = text.partition("\n\n")
    log.header = dict(line.partition(" ")[::2] for line in head.splitlines())
    log.workout, _, log.profile = rest.partition("\n--\n")


def _records(log: RunLog, records: bytes) -> None:
    reader = recovery.Reader()
    reader.add(records)
    scale = (0.0, 0.0)  # metres to a degree north and east, at the last full second
    last_ms = 0
    while kind := reader.next():
        # A CRC-8 lets one damaged record in 256 through: what can't be is left out too.
        t_ms = reader.t_ms if kind == journal.SECOND else reader.event_ms
        if not last_ms - _BACK_MS <= t_ms <= last_ms + _LONGEST_MS or not _possible(reader, kind):
            log.skipped += 1
            continue
        if kind == journal.SECOND:
            if reader.located and reader.placed:
                east_m, north_m = metres_per_degree(reader.lat_deg + reader.lat_umin / 60e6)
                scale = north_m, east_m
            log.seconds.append(_second(reader, *scale))
        else:
            e = _event(reader, kind)
            log.events.append(e)
            if e.kind == "oval" and log.seconds and scale[1]:
                log.ovals += _oval(e, log.seconds[-1], *scale)
        if kind == journal.SECOND or kind < len(EVENT_NAMES):
            last_ms = max(last_ms, t_ms)  # not by a kind that nobody here can judge
    log.skipped += reader.skipped


def _second(reader: recovery.Reader, north: float, east: float) -> Second:
    lat = lon = None
    if reader.located and reader.placed:
        lat = reader.lat_deg + reader.lat_umin / 60e6 + reader.y_cm / 100 / north
        lon = reader.lon_deg + reader.lon_umin / 60e6 + reader.x_cm / 100 / max(east, 1.0)
        lat, lon = min(90.0, max(-90.0, lat)), (lon + 180) % 360 - 180  # the pole is the end, the date line is none
    return Second(
        reader.t_ms, reader.index, reader.speed_mm_s, reader.run_mm, reader.raw_mm_s, reader.cadence_spm,
        reader.confidence, reader.balance if reader.balance >= 0 else None, lat, lon,
    )  # fmt: skip


def _event(reader: recovery.Reader, kind: int) -> Event:
    """An event of any kind: one that a newer firmware has is "kind N", its fields as they are in the file."""
    name = EVENT_NAMES[kind] if kind < len(EVENT_NAMES) else f"kind {kind}"
    e = Event(name, reader.event_ms, reader.index, reader.row, reader.rep, reader.a, reader.b, reader.c)
    if name == "cue":
        e.reason = coach.REASON_NAMES[min(e.value >> 8 & 255, len(coach.REASON_NAMES) - 1)]
        e.confidence = e.value >> 16
        e.value &= 255
    return e


def _oval(e: Event, last: Second, north: float, east: float) -> Iterator[OvalSeen]:
    """The oval of an event, whose centre is told from the last second's place; none when that has no place."""
    if last.lat_deg is None or last.lon_deg is None:
        return
    yield OvalSeen(
        last.lat_deg + e.own["north_cm"] / 100 / north,
        last.lon_deg + e.own["east_cm"] / 100 / east,
        (e.rep & 0x7FFF) * 360 / 65536,
        (e.own["shape"] >> 13) / 100,
        (e.own["shape"] & 8191) / 100,
        bool(e.rep & 0x8000),
        e.t_ms,
    )


def _possible(reader: recovery.Reader, kind: int) -> bool:
    """May this record be what the watch wrote? Of an event that is not known here nothing can be said."""
    if kind == journal.SECOND:
        return bool(reader.speed_mm_s <= 16_000 and 0 <= reader.run_mm <= wk.MAX_DISTANCE_MM and _on_earth(reader))
    if kind >= len(EVENT_NAMES):
        return True
    if reader.index > wk.MAX_RUN_STEPS:
        return False
    if kind == ev.LAP:
        return bool(0 <= reader.a <= wk.MAX_TIME_MS and 0 <= reader.b <= wk.MAX_DISTANCE_MM)
    return bool(kind != ev.CUE or 0 < reader.c & 255 < len(coach.CUE_NAMES))


def _on_earth(reader: recovery.Reader) -> bool:
    """Is the last place in full one, or none at all?

    Degrees are the origin's of the watch's plane, south and west below zero, and micro-minutes go from there to the
    place: either way, and by more than a degree where it is far off. Over the date line they go on.
    """
    if not reader.located:
        return True
    lat, lon = (60_000_000 * deg + umin for deg, umin in _degrees(reader))
    near = all(abs(umin) < _UMIN_MOST for _, umin in _degrees(reader))
    return near and abs(lat) <= 90 * 60_000_000 and abs(lon) < 181 * 60_000_000


def _degrees(reader: recovery.Reader) -> tuple[tuple[int, int], tuple[int, int]]:
    return (reader.lat_deg, reader.lat_umin), (reader.lon_deg, reader.lon_umin)
