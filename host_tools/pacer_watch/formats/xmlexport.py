"""A run of the watch as GPX 1.1 and TCX v2, well-formed whatever stands in its texts."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime

from pacer.core import workout as wk

from ..text import plain
from . import kinds
from .runlog import RunLog, Second
from .timeline import CannotExport, Lap, Timeline, laps_of, place, seconds_of

_GPX = "http://www.topografix.com/GPX/1/1"
_TRACK_POINT = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
_TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
_TPX = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_GAP_MS = 10_000  # without a place: another segment


def xml_text(text: str) -> str:
    """A text with the characters that XML may hold."""
    return _NO_XML.sub("", plain(text))


def _sub(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    """A child; its name with the namespace of the parent if it has none."""
    e = ET.SubElement(parent, name if name.startswith("{") else parent.tag.partition("}")[0] + "}" + name)
    e.text = xml_text(text) or None
    return e


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def gpx(log: RunLog, fallback: datetime) -> str:
    """The run as GPX 1.1, with the cadence in Garmin's track point extension; a segment for each piece."""
    time = Timeline(log, fallback)
    ET.register_namespace("", _GPX)
    ET.register_namespace("gpxtpx", _TRACK_POINT)
    root = ET.Element(f"{{{_GPX}}}gpx", version="1.1", creator="Pacer")
    _sub(_sub(root, "metadata"), "time", _iso(time.at(0)))
    track = _sub(root, "trk")
    _sub(track, "name", log.title or "Run")
    _sub(track, "type", "running")
    placed = [s for s in log.seconds if place(s)]
    for piece in _pieces(placed, time, _GAP_MS):
        segment = _sub(track, "trkseg")
        for s in piece:
            _gpx_point(segment, s, time)
    if not placed:
        raise CannotExport("the run has no places in it (no GPS?); GPX needs them, FIT and TCX do not")
    return _document(root)


def _gpx_point(segment: ET.Element, s: Second, time: Timeline) -> None:
    lat, lon = place(s) or (0.0, 0.0)
    point = _sub(segment, "trkpt")
    point.set("lat", f"{lat:.7f}")
    point.set("lon", f"{min(lon, 179.9999999):.7f}")
    _sub(point, "time", _iso(time.at(s.t_ms)))
    if s.cadence_spm >= 0:
        extension = _sub(_sub(point, "extensions"), f"{{{_TRACK_POINT}}}TrackPointExtension")
        _sub(extension, "cad", str(_cadence(s)))


def _cadence(s: Second) -> int:
    """Both feet are one revolution."""
    return min(s.cadence_spm // 2, 254)


def _pieces(seconds: list[Second], time: Timeline, gap_ms: int) -> Iterator[list[Second]]:
    """The seconds between pauses and gaps, no two at the same time."""
    piece: list[Second] = []
    for s in seconds:
        if piece and s.t_ms <= piece[-1].t_ms:
            continue
        if piece and (s.t_ms - piece[-1].t_ms > gap_ms or time.paused_ms(s.t_ms) != time.paused_ms(piece[-1].t_ms)):
            yield piece
            piece = []
        piece.append(s)
    if piece:
        yield piece


def tcx(log: RunLog, fallback: datetime) -> str:
    """The run as TCX: a lap a step, a track for each piece of it between pauses."""
    laps = laps_of(log)
    time = Timeline(log, fallback)
    ET.register_namespace("", _TCX)
    ET.register_namespace("tpx", _TPX)
    root = ET.Element(f"{{{_TCX}}}TrainingCenterDatabase")
    activity = _sub(_sub(root, "Activities"), "Activity")
    activity.set("Sport", "Running")
    _sub(activity, "Id", _iso(time.at(0)))
    for lap in laps:
        e = _sub(activity, "Lap")
        e.set("StartTime", _iso(time.at(lap.start_ms)))
        _tcx_lap(e, lap)
        for piece in _pieces(seconds_of(log, lap), time, wk.MAX_TIME_MS):
            track = _sub(e, "Track")
            for s in piece:
                _tcx_point(track, s, time)
    return _document(root)


def _tcx_lap(e: ET.Element, lap: Lap) -> None:
    _sub(e, "TotalTimeSeconds", f"{(lap.end_ms - lap.start_ms) / 1000:.3f}")
    _sub(e, "DistanceMeters", f"{lap.distance_mm / 1000:.3f}")
    _sub(e, "Calories", "0")
    _sub(e, "Intensity", kinds.written(lap.step.kind if lap.step else None).tcx)
    by = "Manual"
    if not lap.by_button and lap.step is not None:
        by = "Distance" if lap.step.end == wk.END_DISTANCE else "Time"
    _sub(e, "TriggerMethod", by)


def _tcx_point(track: ET.Element, s: Second, time: Timeline) -> None:
    point = _sub(track, "Trackpoint")
    _sub(point, "Time", _iso(time.at(s.t_ms)))
    if at := place(s):
        position = _sub(point, "Position")
        _sub(position, "LatitudeDegrees", f"{at[0]:.7f}")
        _sub(position, "LongitudeDegrees", f"{at[1]:.7f}")
    _sub(point, "DistanceMeters", f"{s.distance_mm / 1000:.3f}")
    extension = _sub(_sub(point, "Extensions"), f"{{{_TPX}}}TPX")
    _sub(extension, "Speed", f"{s.speed_mm_s / 1000:.3f}")
    if s.cadence_spm >= 0:
        _sub(extension, "RunCadence", str(_cadence(s)))
