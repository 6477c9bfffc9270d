"""Running tracks from maps: GeoJSON to the `oval` lines that the watch keeps (core/learned.py).

OpenStreetMap has them as leisure=track, sport=athletics or running, a closed way that may be the kerb, the middle or
the outer edge. All of them have the same centre, direction and straights, so the fit takes those from the line, and the
radius of lane 1 from the standard, or from the length of a lap. Lengths are in metres, places in degrees.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pacer.core import learned
from pacer.core.track.kept import FIELDS, KEPT
from pacer.core.track.laps import LANES_MM, RADII_CM
from pacer.core.track.oval import STRAIGHT_CM

from ..earth import metres_per_degree

_STANDARD_M = STRAIGHT_CM / 100
_STRAIGHT_OFF_M = 2.5  # of a standard track's straights, as a map has them
_KERB_M, _EDGE_M = 34.5, 48.0  # radii of its kerb and of its outer edge, and what a map is off
_MEASURED_M = 0.3  # so far outside the kerb a lap is measured
_ROUND_M = (200.0, 250.0, 300.0, 1000 / 3, 400.0)
_ROUND_OFF = 0.012
_OFF_RMS_M, _OFF_MOST_M = 1.5, 4.5  # of the line from the oval
_SMALLEST_M, _LARGEST_M = 10.0, 80.0  # radii
_GAP_M = 15.0  # between the ends of a line that was not closed
_SAME_M = 50.0  # tracks with centres so close are one and the same


class NoOval(Exception):
    """What was read holds no running track; the text says what to do."""


@dataclass(frozen=True)
class Track:
    """An oval as the watch keeps it. angle_deg: of the straights, counter-clockwise from east, 0 to 180."""

    lat_deg: float
    lon_deg: float
    angle_deg: float
    straight_m: float
    radius_m: float
    lap_m: float
    name: str = ""

    @property
    def standard(self) -> bool:
        return bool(round(100 * self.straight_m) == STRAIGHT_CM)

    def line(self) -> str:
        """The line of the watch's text."""
        angle = round(self.angle_deg / 360 * 65536) % 32768
        sizes = round(100 * self.straight_m), round(100 * self.radius_m), round(1000 * self.lap_m)
        return "oval %d %d %d %d %d %d %d %d\n" % (*_minutes(self.lat_deg), *_minutes(self.lon_deg), angle, *sizes)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name, "lat_deg": round(self.lat_deg, 7), "lon_deg": round(self.lon_deg, 7),
            "angle_deg": round(self.angle_deg, 1), "straight_m": round(self.straight_m, 2),
            "radius_m": round(self.radius_m, 2), "lap_m": round(self.lap_m, 2), "standard": self.standard,
        }  # fmt: skip


def _minutes(degrees: float) -> tuple[int, int]:
    """Whole degrees and micro-minutes of the same sign."""
    whole, rest = divmod(round(abs(degrees) * 60e6), 60_000_000)
    return (-whole, -rest) if degrees < 0 else (whole, rest)


def from_geojson(text: str | bytes, lap_m: float | None = None) -> tuple[list[Track], list[str]]:
    """(tracks, what was left out and why) of a GeoJSON. lap_m: how long a lap of them is, where that is known.

    Raises NoOval when there is no track in it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise NoOval("this is no GeoJSON; export the track as GeoJSON, from overpass-turbo.eu or JOSM") from e
    shapes = list(_shapes(data))
    if not shapes:
        raise NoOval("no line and no area is in this GeoJSON; export the track itself, not only its name or its place")
    marked = [s for s in shapes if s[1]]
    found: list[Track] = []
    refused = []
    for name, _, rings in marked or shapes:
        try:
            track = _innermost(rings, name, lap_m)
        except NoOval as e:
            refused.append(f"{name}: {e}")
            continue
        same = [t for t in found if _apart(t, track) < _SAME_M]
        if same and same[0].radius_m <= track.radius_m:
            continue
        found = [t for t in found if t not in same] + [track]
    if not found:
        raise NoOval(refused[0])
    return found, refused


_Ring = list[tuple[float, float]]


def _shapes(data: Any, name: str = "", marked: bool = False) -> Iterator[tuple[str, bool, list[_Ring]]]:
    """(name, whether it says that it is a running track, rings) of each line and area."""
    if not isinstance(data, dict):
        return
    kind = data.get("type")
    if kind == "FeatureCollection":
        for feature in _list(data.get("features")):
            yield from _shapes(feature)
    elif kind == "Feature":
        tags = _dict(data.get("properties"))
        tags = {**tags, **_dict(tags.get("tags"))}
        label = str(tags.get("name") or tags.get("@id") or data.get("id") or "the line")
        sport = str(tags.get("sport", ""))
        is_track = tags.get("leisure") == "track" and (not sport or "athletics" in sport or "running" in sport)
        yield from _shapes(data.get("geometry"), label, is_track)
    elif kind == "GeometryCollection":
        for part in _list(data.get("geometries")):
            yield from _shapes(part, name, marked)
    else:
        depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}.get(str(kind))
        if depth is None:
            return
        parts = [data.get("coordinates")]
        for _ in range(depth):
            parts = [inner for part in parts for inner in _list(part)]
        yield name or "the line", marked, [ring for ring in map(_ring, parts) if ring]


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _ring(points: Any) -> _Ring:
    out = []
    for p in _list(points):
        if not isinstance(p, list) or len(p) < 2 or not all(isinstance(v, int | float) for v in p[:2]):
            return []
        if not (-180 <= p[0] <= 180 and -90 < p[1] < 90):
            return []
        out.append((float(p[0]), float(p[1])))
    return out


def _innermost(rings: list[_Ring], name: str, lap_m: float | None) -> Track:
    """The track of an area: its inner ring is the kerb, where it has one."""
    fits = []
    wrong = NoOval("it has no points; export it again, with its geometry")
    for ring in rings:
        try:
            fits.append(fit(ring, name, lap_m))
        except NoOval as e:
            wrong = e
    if not fits:
        raise wrong
    return min(fits, key=lambda t: t.lap_m)


def fit(ring: _Ring, name: str = "", lap_m: float | None = None) -> Track:
    """The oval whose line lies next to a closed line of (longitude, latitude), by least squares. Raises NoOval."""
    lon0, lat0 = (float(v) for v in np.mean(ring, axis=0))
    east_m, north_m = metres_per_degree(lat0)
    points = (np.array(ring) - (lon0, lat0)) * (east_m, north_m)
    gap = float(np.hypot(*(points[-1] - points[0])))
    if len(points) < 8 or gap > _GAP_M:
        raise NoOval(
            "it is no closed line around a track; export the whole oval, a closed way with leisure=track, "
            "and not a path or a straight"
        )
    points = _evenly(points)
    size = _least_squares(points)
    off = _beside(size, points)
    cx, cy, angle, straight, radius = (float(v) for v in size)
    rms, most = float(np.sqrt(np.mean(off**2))), float(np.abs(off).max())
    if rms > _OFF_RMS_M or most > _OFF_MOST_M or not _SMALLEST_M < radius < _LARGEST_M:
        raise NoOval(
            f"it is no oval of two straights and two half circles of {_SMALLEST_M:.0f} m or more ({most:.0f} m off); "
            "take the line of the running track itself, or run a lap and a half: the watch learns it by itself"
        )
    straight, radius, lap = _sizes(straight, radius, lap_m)
    return Track(lat0 + cy / north_m, lon0 + cx / east_m, math.degrees(angle) % 180, straight, radius, lap, name)


def _evenly(points: np.ndarray) -> np.ndarray:
    """The closed line, a point each 2 m: a map has few on the straights."""
    closed = np.vstack([points, points[:1]])
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    at = np.linspace(0, way[-1], max(32, min(1000, int(way[-1] / 2))), endpoint=False)
    return np.stack([np.interp(at, way, closed[:, 0]), np.interp(at, way, closed[:, 1])], axis=1)


def _beside(size: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How far outside an oval (centre, angle, straight, radius) points lie."""
    cx, cy, angle, straight, radius = size
    x, y = points[:, 0] - cx, points[:, 1] - cy
    u = x * math.cos(angle) + y * math.sin(angle)
    v = y * math.cos(angle) - x * math.sin(angle)
    return np.asarray(np.hypot(np.maximum(0, np.abs(u) - straight / 2), v) - radius)


def _least_squares(points: np.ndarray) -> np.ndarray:
    """Gauss-Newton, from the moments of the line."""
    centre = points.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov((points - centre).T))
    radius = math.sqrt(max(spread[0], 1.0)) * 1.25
    length = float(np.hypot(*(np.roll(points, -1, axis=0) - points).T).sum())
    angle = math.atan2(axes[1, 1], axes[0, 1])
    size = np.array([*centre, angle, max(1.0, length / 2 - math.pi * radius), radius])
    for _ in range(30):
        off = _beside(size, points)
        slopes = np.empty((len(points), 5))
        for k, step in enumerate((0.01, 0.01, 1e-4, 0.01, 0.01)):
            moved = size.copy()
            moved[k] += step
            slopes[:, k] = (_beside(moved, points) - off) / step
        change = np.linalg.lstsq(slopes, -off, rcond=None)[0]
        size = size + np.clip(change, (-20, -20, -0.3, -20, -10), (20, 20, 0.3, 20, 10))
        size[3] = max(0.0, size[3])
        if np.abs(change).max() < 1e-4:
            break
    return size


def _sizes(straight: float, radius: float, lap_m: float | None) -> tuple[float, float, float]:
    """Straights, radius and length of lane 1, of a line that may be the kerb, the middle or the outer edge."""
    if lap_m is None and abs(straight - _STANDARD_M) < _STRAIGHT_OFF_M and _KERB_M < radius < _EDGE_M:
        return _STANDARD_M, RADII_CM[0] / 100, LANES_MM[0] / 1000
    lap = lap_m or 2 * straight + 2 * math.pi * (radius + _MEASURED_M)
    for length in _ROUND_M:
        if lap_m is None and abs(lap - length) < length * _ROUND_OFF:
            lap = length
    inner = (lap - 2 * straight) / (2 * math.pi)
    if not 0.6 * radius < inner < 1.2 * radius:
        raise NoOval(f"a lap of {lap:g} m does not fit its straights of {straight:.0f} m; is --lap what you mean?")
    return straight, inner, lap


def _apart(a: Track, b: Track) -> float:
    east_m, north_m = metres_per_degree(a.lat_deg)
    return math.hypot((a.lon_deg - b.lon_deg) * east_m, (a.lat_deg - b.lat_deg) * north_m)


def from_text(text: str) -> list[Track]:
    """The ovals of the watch's text, the last used first."""
    out = []
    for line in text.splitlines():
        words = line.split()
        if words[:1] != ["oval"] or len(words) != FIELDS + 1:
            continue
        try:
            lat, lat_u, lon, lon_u, angle, straight, radius, lap = map(int, words[1:])
        except ValueError:
            continue
        place = lat + lat_u / 60e6, lon + lon_u / 60e6
        out.append(Track(*place, angle / 65536 * 360 % 180, straight / 100, radius / 100, lap / 1000))
    return out


def added(text: str, tracks: list[Track]) -> str:
    """The watch's text with tracks put in: in place of one at the same spot, or else behind those that it has.

    Raises NoOval when there is no room: none that the runner has learned is dropped for it.
    """
    have = from_text(text)
    for track in tracks:
        same = [k for k, old in enumerate(have) if _apart(old, track) < _SAME_M]
        if same:
            have[same[0]] = track
        else:
            have.append(track)
    if len(have) > KEPT:
        raise NoOval(
            f"the watch keeps {KEPT} tracks and would have {len(have)}; take one off with pacer track rm first"
        )
    return with_ovals(text, have)


def with_ovals(text: str, tracks: list[Track]) -> str:
    """The watch's text with these ovals in place of its own."""
    rest = [line for line in text.splitlines(keepends=True) if line.split()[:1] != ["oval"]] or [learned.HEAD]
    if rest[-1][-1:] != "\n":
        rest[-1] += "\n"
    return "".join(rest) + "".join(t.line() for t in tracks)
