"""A run of the watch as GPX 1.1 and TCX v2, well-formed whatever stands in its texts."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest

from pacer.core import workout as wk

from ..text import plain
from . import kinds
from .runlog import RunLog, Second
from .timeline import CannotExport, Lap, Timeline, laps_of, place, seconds_by_lap

_GPX = "http://www.topografix.com/GPX/1/1"
_TRACK_POINT = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
_TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
_TPX = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_POINTS = "\0"  # in a tree, where points come: they are text at once, for a day's elements take a third of a gigabyte
_GAP_MS = 10_000  # without a place: another segment


def xml_text(text: str) -> str:
    """A text with the characters that XML may hold."""
    return _NO_XML.sub("", plain(text))


def _sub(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    """A child; its name with the namespace of the parent if it has none."""
    e = ET.SubElement(parent, name if name.startswith("{") else parent.tag.partition("}")[0] + "}" + name)
    e.text = xml_text(text) or None
    return e


def _document(root: ET.Element, points: list[str]) -> str:
    """The file of a tree; points: what comes in the place of each _POINTS."""
    ET.indent(root)
    parts = ET.tostring(root, encoding="unicode").split(_POINTS)
    both = (text for pair in zip_longest(parts, points, fillvalue="") for text in pair)
    return "".join(('<?xml version="1.0" encoding="UTF-8"?>\n', *both, "\n"))


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def gpx(log: RunLog, fallback: datetime) -> str:
    """The run as GPX 1.1, with the cadence in Garmin's track point extension; a segment for each piece."""
    time = Timeline(log, fallback)
    ET.register_namespace("", _GPX)
    root = ET.Element(f"{{{_GPX}}}gpx", version="1.1", creator="Pacer")
    _sub(_sub(root, "metadata"), "time", _iso(time.at(0)))
    track = _sub(root, "trk")
    _sub(track, "name", log.title or "Run")
    _sub(track, "type", "running")
    placed = [s for s in log.seconds if place(s)]
    points = []
    for piece in _pieces(placed, time, _GAP_MS):
        _sub(track, "trkseg").text = _POINTS
        points.append("".join(_gpx_point(s, time) for s in piece) + "\n    ")
    if not placed:
        raise CannotExport("the run has no places in it (no GPS?); GPX needs them, FIT and TCX do not")
    root.set("xmlns:gpxtpx", _TRACK_POINT)
    return _document(root, points)


def _gpx_point(s: Second, time: Timeline) -> str:
    lat, lon = place(s) or (0.0, 0.0)
    cadence = ""
    if s.cadence_spm >= 0:
        cadence = f"""
        <extensions>
          <gpxtpx:TrackPointExtension>
            <gpxtpx:cad>{_cadence(s)}</gpxtpx:cad>
          </gpxtpx:TrackPointExtension>
        </extensions>"""
    return f"""
      <trkpt lat="{lat:.7f}" lon="{min(lon, 179.9999999):.7f}">
        <time>{_iso(time.at(s.t_ms))}</time>{cadence}
      </trkpt>"""


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
    root = ET.Element(f"{{{_TCX}}}TrainingCenterDatabase")
    activity = _sub(_sub(root, "Activities"), "Activity")
    activity.set("Sport", "Running")
    _sub(activity, "Id", _iso(time.at(0)))
    points = []
    for lap, inside in zip(laps, seconds_by_lap(log, laps)):
        e = _sub(activity, "Lap")
        e.set("StartTime", _iso(time.at(lap.start_ms)))
        _tcx_lap(e, lap)
        for piece in _pieces(inside, time, wk.MAX_TIME_MS):
            _sub(e, "Track").text = _POINTS
            points.append("".join(_tcx_point(s, time) for s in piece) + "\n        ")
    root.set("xmlns:tpx", _TPX)
    return _document(root, points)


def _tcx_lap(e: ET.Element, lap: Lap) -> None:
    _sub(e, "TotalTimeSeconds", f"{(lap.end_ms - lap.start_ms) / 1000:.3f}")
    _sub(e, "DistanceMeters", f"{lap.distance_mm / 1000:.3f}")
    _sub(e, "Calories", "0")
    _sub(e, "Intensity", kinds.written(lap.step.kind if lap.step else None).tcx)
    by = "Manual"
    if not lap.by_button and lap.step is not None:
        by = "Distance" if lap.step.end == wk.END_DISTANCE else "Time"
    _sub(e, "TriggerMethod", by)


def _tcx_point(s: Second, time: Timeline) -> str:
    position = cadence = ""
    if at := place(s):
        position = f"""
            <Position>
              <LatitudeDegrees>{at[0]:.7f}</LatitudeDegrees>
              <LongitudeDegrees>{at[1]:.7f}</LongitudeDegrees>
            </Position>"""
    if s.cadence_spm >= 0:
        cadence = f"""
                <tpx:RunCadence>{_cadence(s)}</tpx:RunCadence>"""
    return f"""
          <Trackpoint>
            <Time>{_iso(time.at(s.t_ms))}</Time>{position}
            <DistanceMeters>{s.distance_mm / 1000:.3f}</DistanceMeters>
            <Extensions>
              <tpx:TPX>
                <tpx:Speed>{s.speed_mm_s / 1000:.3f}</tpx:Speed>{cadence}
              </tpx:TPX>
            </Extensions>
          </Trackpoint>"""
