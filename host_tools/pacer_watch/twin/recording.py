"""Recordings of real runs, to be fed to the watch in place of the virtual runner.

FIT (fitdecode), GPX (gpxpy) and TCX (tcxreader) give a track that the twin's receiver says again in NMEA;
a receiver's own log is played byte for byte.
"""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .chips.gnss import NmeaReceiver
from .chips.uart import Talker
from .runner import RecordedRunner, Stander, cadence_of
from .world import Person

SEMICIRCLE = 180 / 2**31
_MOST_BYTES = 32 << 20  # a day at a point a second is 20 MB of GPX
_TIMED = re.compile(rb"(?<![^\r\n])[^,\r\n]*(?:RMC|GGA),(\d{6}(?:\.\d{0,9})?),")  # hhmmss and a fraction
_LONGEST_S = 7 * 86_400
_DAY_S = 86_400  # no run of the watch is longer
_PIECE_S = 3_600  # without a record for so long, another run begins
_SHOWN = 6  # pieces that are told
_COMMENT = re.compile(rb"^#.*(?:\n|\Z)", re.MULTILINE)
_MOST_BURSTS = 1_000_000  # a day at ten a second has 864,000


class Unreadable(Exception):
    """The recording cannot be replayed; the text says why and what would do."""


@dataclass
class Track:
    """Samples of a run: seconds from its start, degrees, metres, m/s, steps/min; None where it says nothing.

    laps: when its LAP was pressed, in seconds from its start; None where such a file has none.
    """

    seconds: list[float] = field(default_factory=list)
    places: list[tuple[float, float] | None] = field(default_factory=list)
    distances: list[float | None] = field(default_factory=list)
    speeds: list[float | None] = field(default_factory=list)
    cadences: list[float | None] = field(default_factory=list)
    total_m: float | None = None  # the recording's own total
    laps: list[float] | None = None
    start: datetime | None = None

    def add(self, at: datetime, lat: Any, lon: Any, distance: Any, speed: Any, cadence: Any) -> None:
        """What can't be is left out: a place that is none on earth, numbers below zero or without end."""
        if lat is not None and lon is not None and not (abs(lat) <= 90 and abs(lon) <= 180):
            lat = lon = None
        if self.start is None:
            self.start = at
        second = (at - self.start).total_seconds()
        if self.seconds and second <= self.seconds[-1]:
            return
        self.seconds.append(second)
        self.places.append((float(lat), float(lon)) if lat is not None and lon is not None else None)
        self.distances.append(_sound(distance))
        self.speeds.append(_sound(speed))
        self.cadences.append(_sound(cadence))

    def add_laps(self, starts: list[datetime]) -> None:
        """The times at which laps began; the first one's is no press."""
        begin = self.start
        self.laps = sorted({(at - begin).total_seconds() for at in starts[1:]}) if begin else []

    def pieces(self) -> list[tuple[float, float]]:
        """(from, to) in seconds of what lies an hour or more apart."""
        out: list[tuple[float, float]] = []
        begin = 0
        for i in range(1, len(self.seconds) + 1):
            if i == len(self.seconds) or self.seconds[i] - self.seconds[i - 1] >= _PIECE_S:
                out.append((self.seconds[begin], self.seconds[i - 1]))
                begin = i
        return out

    def cut(self, from_s: float, for_s: float | None) -> "Track":
        """What of it lies between two times; its own total is lost."""
        to_s = math.inf if for_s is None else from_s + for_s
        if not from_s and to_s >= (self.seconds[-1] if self.seconds else 0.0):
            return self
        inside = [i for i, s in enumerate(self.seconds) if from_s <= s <= to_s]
        out = Track(
            [self.seconds[i] for i in inside],
            [self.places[i] for i in inside],
            [self.distances[i] for i in inside],
            [self.speeds[i] for i in inside],
            [self.cadences[i] for i in inside],
        )
        begin = out.seconds[0] if inside else 0.0
        out.seconds = [s - begin for s in out.seconds]
        first = next((d for d in out.distances if d is not None), 0.0)
        out.distances = [d - first if d is not None else None for d in out.distances]
        if self.laps is not None:
            out.laps = [s - begin for s in self.laps if from_s < s < to_s]
        return out


def _sound(value: Any) -> float | None:
    """A number from 0 on that has an end, or None."""
    return value if value is not None and 0 <= value < math.inf else None


@dataclass
class Recording:
    """What is to be replayed. own_* is what the recording says of itself; None where it does not."""

    kind: str
    person: Person
    talker: Talker
    own_distance_m: float | None
    own_time_s: float | None
    length_s: float
    track: Track | None = None
    warning: str = ""


def read(path: Path, from_s: float = 0.0, for_s: float | None = None, laps: bool = False) -> Recording:
    """Read a recording by its suffix, or what begins at from_s in it and lasts for_s. Raises Unreadable.

    laps: LAP is pressed where it was in the recording.
    """
    kind = path.suffix.lower().lstrip(".")
    readers = {"fit": _fit, "gpx": _gpx, "tcx": _tcx}
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file")
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable(f"{path} is larger than a recording of a day is ({_MOST_BYTES >> 20} MB)")
    if kind in readers:
        try:
            track = readers[kind](path)
        except Unreadable as e:
            raise Unreadable(f"{path}: {e}") from None
        except Exception as e:  # a decoder's own errors are many
            raise Unreadable(f"{path}: not a readable {kind.upper()} file ({e or type(e).__name__})") from e
        return _from_track(kind, path, track, from_s, for_s, laps)
    if kind in ("nmea", "log", "txt", "ubx"):
        if laps:
            raise Unreadable(f"{path}: a receiver's log has no laps; leave out --laps")
        return _from_log(path, from_s, for_s)
    raise Unreadable(f"{path}: expected a .fit, .gpx, .tcx, .nmea or .log recording")


def _fit(path: Path) -> Track:
    import fitdecode

    track = Track()
    starts = []
    with fitdecode.FitReader(str(path)) as reader:
        for frame in reader:
            if not isinstance(frame, fitdecode.FitDataMessage):
                continue
            get = {f.name: f.value for f in reversed(frame.fields) if f.value is not None}.get
            if frame.name == "session":
                track.total_m = get("total_distance")
            elif frame.name == "lap" and isinstance(get("start_time"), datetime):
                starts.append(frame.get_value("start_time"))
            elif frame.name == "record":
                lat, lon = get("position_lat"), get("position_long")
                cadence = get("cadence")
                track.add(
                    frame.get_value("timestamp"),
                    lat * SEMICIRCLE if lat is not None else None,
                    lon * SEMICIRCLE if lon is not None else None,
                    get("distance"),
                    get("enhanced_speed", get("speed")),
                    2 * (cadence + (get("fractional_cadence") or 0)) if cadence is not None else None,
                )
    track.add_laps(starts)
    return track


def _gpx(path: Path) -> Track:
    import gpxpy

    track = Track()
    with path.open(encoding="utf-8") as f:
        gpx = gpxpy.parse(f)
    for part in gpx.tracks:
        for segment in part.segments:
            for p in segment.points:
                if p.time is not None:
                    said = _extensions(p)
                    track.add(p.time, p.latitude, p.longitude, None, p.speed or said.get("speed"), said.get("cadence"))
    return track


def _extensions(point: Any) -> dict[str, float]:
    """Speed in m/s and steps a minute of a point, as Garmin's track point extension has them."""
    out = {}
    for extension in point.extensions:
        for e in extension.iter():
            name = {"cad": "cadence", "speed": "speed"}.get(str(e.tag).rpartition("}")[2])
            if name:
                try:
                    out[name] = float(e.text or "") * (2 if name == "cadence" else 1)
                except ValueError:
                    continue
    return out


def _tcx(path: Path) -> Track:
    from tcxreader.tcxreader import TCXReader

    track = Track()
    exercise = TCXReader().read(str(path), only_gps=False)
    for p in exercise.trackpoints:
        extension = p.tpx_ext or {}
        cadence = extension.get("RunCadence", p.cadence)
        track.add(
            p.time, p.latitude, p.longitude, p.distance, extension.get("Speed"),
            2 * cadence if cadence is not None else None,
        )  # fmt: skip
    track.total_m = exercise.distance
    # The reader passes by laps without a point, as of two presses in a second, and by when they began.
    marks = (e.get("StartTime") for _, e in ET.iterparse(path) if e.tag.rpartition("}")[2] == "Lap")
    starts = [datetime.fromisoformat(at.replace("Z", "+00:00")) for at in marks if at]
    zone = track.start.tzinfo if track.start else None
    track.add_laps([at.astimezone(zone) if zone else at.replace(tzinfo=None) for at in starts])
    return track


def _from_track(
    kind: str, path: Path, whole: Track, from_s: float, for_s: float | None, laps: bool
) -> Recording:  # fmt: skip
    if laps and whole.laps is None:
        raise Unreadable(f"{path}: a {kind.upper()} file has no laps; leave out --laps")
    track = whole.cut(from_s, for_s)
    if not track.seconds and whole.seconds:
        raise Unreadable(f"{path}: nothing was recorded then; it is {_clock(whole.seconds[-1])} long")
    if track.seconds and track.seconds[-1] > _LONGEST_S:
        raise Unreadable(f"{path}: {_many(track)}")
    if sum(place is not None for place in track.places) < 2:
        raise Unreadable(f"{path}: expected a run with positions and times; this {kind.upper()} file holds none")
    distances = _filled(track.distances, _ground(track))
    own = _sound(track.total_m)
    if own is None:
        own = distances[-1]  # of a GPX file, which has none of its own, its points' path
    speeds = [s if s is not None else _slope(distances, track.seconds, i) for i, s in enumerate(track.speeds)]
    cadences = [c if c is not None else cadence_of(speeds[i]) for i, c in enumerate(track.cadences)]
    person = RecordedRunner(
        track.seconds, track.places, speeds, distances, cadences, (track.laps or []) if laps else []
    )
    length = track.seconds[-1]
    warning = _many(track) if length > _DAY_S or len(track.pieces()) > 1 else ""
    return Recording(kind, person, NmeaReceiver(person.observe, baud=0), own, length, length, track, warning)


def _many(track: Track) -> str:
    """That a recording is of several runs, or of days, and how one of them is cut out."""
    pieces = track.pieces()
    told = ", ".join(f"--from {_clock(a)} --for {_clock(b - a)}" for a, b in pieces[:_SHOWN])
    more = f" and {len(pieces) - _SHOWN} more" if len(pieces) > _SHOWN else ""
    if len(pieces) == 1:
        return (
            f"it is {_clock(track.seconds[-1])} long; expected one run of a day at most, cut it with --from and --for"
        )
    return f"it is {_clock(track.seconds[-1])} long, with {len(pieces)} runs in it; cut one out with {told}{more}"


def _clock(seconds: float) -> str:
    """1:02:03, to the second below."""
    s = int(seconds)
    return f"{s // 3600}:{s // 60 % 60:02d}:{s % 60:02d}"


def _ground(track: Track) -> list[float]:
    """Metres along the path; a stretch without places goes evenly from the place before it to the one behind."""
    known = [(i, place) for i, place in enumerate(track.places) if place]
    out = [0.0] * len(track.seconds)
    for (i, here), (j, there) in zip(known, known[1:]):
        far, span = _metres(here, there), track.seconds[j] - track.seconds[i]
        for k in range(i + 1, j + 1):
            out[k] = out[i] + far * (track.seconds[k] - track.seconds[i]) / span
    for k in range(known[-1][0] + 1, len(out)):
        out[k] = out[k - 1]
    return out


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance on the mean earth; for hops of metres."""
    p = math.radians((a[0] + b[0]) / 2)
    north = math.radians(b[0] - a[0])
    east = math.radians(b[1] - a[1]) * math.cos(p)
    return 6_371_008.8 * math.hypot(north, east)


def _filled(values: list[float | None], ground: list[float]) -> list[float]:
    """The recording's distances, where it has them; between and without them, its path."""
    out: list[float] = []
    last, at = 0.0, 0
    for i, v in enumerate(values):
        if v is not None:
            last, at = v, i
        out.append(max(last + ground[i] - ground[at], out[-1] if out else 0.0))
    return out


def _slope(ground: list[float], seconds: list[float], i: int) -> float:
    a, b = max(0, i - 2), min(len(ground) - 1, i + 2)
    return (ground[b] - ground[a]) / (seconds[b] - seconds[a])


class LogTalker:
    """Plays a receiver's own bytes: what belongs to one second of its clock begins with that second."""

    LEAD_US = 2_000_000
    baud = 0  # whatever the watch listens at: the log does not tell what it was taken at

    def __init__(self, data: bytes) -> None:
        self.bursts = _bursts(data)
        self._next = 0

    def speak(self, until_us: int) -> list[tuple[int, bytes]]:
        out = []
        while self._next < len(self.bursts) and self.bursts[self._next][0] + self.LEAD_US <= until_us:
            at, data = self.bursts[self._next]
            out.append((at + self.LEAD_US, data))
            self._next += 1
        return out

    def hear(self, data: bytes, baud: int) -> None:
        """A recording does not listen."""

    @property
    def length_us(self) -> int:
        return self.bursts[-1][0] + 1_000_000


def _bursts(data: bytes) -> list[tuple[int, bytes]]:
    """[(start in us from the log's begin, bytes)], cut where the time of day in RMC or GGA changes."""
    out: list[tuple[int, bytes]] = []
    begin = 0
    first: float | None = None
    last: float | None = None
    now_us = 0
    for found in _TIMED.finditer(data):
        at, t = found.start(), found[1]
        second = int(t[:2]) * 3600 + int(t[2:4]) * 60 + float(t[4:])
        if first is None:
            first = second
        elif last is not None and second != last:
            out.append((now_us, data[begin:at]))
            if len(out) > _MOST_BURSTS:
                raise Unreadable(f"its time of day changes more than {_MOST_BURSTS} times; expected one run")
            begin = at
            step = second - last
            now_us += round((step if 0 < step < 60 else 1) * 1e6)
        last = second
    out.append((now_us, data[begin:]))
    return out if first is not None else _frames(data)


def _frames(data: bytes) -> list[tuple[int, bytes]]:
    """The same for a log of UBX alone: cut before each NAV-PVT, timed by its time of week."""
    starts = [m.start() for m in re.finditer(rb"\xb5\x62\x01\x07", data) if m.start() + 10 <= len(data)]
    if not starts:
        return [(0, data)]
    weeks = [int.from_bytes(data[s + 6 : s + 10], "little") for s in starts]
    out = [(0, data[: starts[0]])] if starts[0] else []
    now_us = 0
    for i, start in enumerate(starts):
        if i:
            step = weeks[i] - weeks[i - 1]
            now_us += 1000 * (step if 0 < step < 60_000 else 1000)
        out.append((now_us, data[start : starts[i + 1] if i + 1 < len(starts) else len(data)]))
    return out


def _from_log(path: Path, from_s: float, for_s: float | None) -> Recording:
    data = _COMMENT.sub(b"", path.read_bytes())
    if b"$G" not in data and b"$B" not in data and b"\xb5\x62\x01\x07" not in data:
        raise Unreadable(f"{path}: expected NMEA sentences ($GPRMC, $GNGGA, ...) or UBX NAV-PVT; this log holds none")
    try:
        talker = LogTalker(data)
    except Unreadable as e:
        raise Unreadable(f"{path}: {e}") from None
    if from_s or for_s is not None:
        to_us = math.inf if for_s is None else 1e6 * (from_s + for_s)
        inside = [(at, said) for at, said in talker.bursts if 1e6 * from_s <= at <= to_us]
        if not inside:
            raise Unreadable(f"{path}: nothing was recorded then; it is {_clock(talker.length_us / 1e6)} long")
        talker.bursts = [(at - inside[0][0], said) for at, said in inside]
    length = talker.length_us / 1e6
    person = Stander((talker.length_us + talker.LEAD_US) / 1e6)
    long = f"it is {_clock(length)} long; cut it with --from and --for" if length > _DAY_S else ""
    return Recording("nmea", person, talker, None, None, length, warning=long)
