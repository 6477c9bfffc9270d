"""A run of the watch as FIT (an activity), GPX 1.1 and TCX.

FIT follows Garmin's description of an activity file: file_id first, timer events around the records, a lap a step,
then one session and one activity; messages in the order of their time. Distances to the centimetre, times to the
millisecond; the laps' sums are the session's totals.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import gpxpy.gpx
from fit_tool.base_type import BaseType
from fit_tool.data_message import DataMessage
from fit_tool.developer_field import DeveloperField
from fit_tool.field import Field
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.fit_file_header import FitFileHeader
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.developer_data_id_message import DeveloperDataIdMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.profile_type import (
    Activity,
    Event,
    EventType,
    FileType,
    LapTrigger,
    Manufacturer,
    SessionTrigger,
    Sport,
    SubSport,
)
from fit_tool.record import Record
from fit_tool.utils.crc import crc16

from pacer.core import workout as wk

from ..review import plan_of
from ..twin.runner import Step
from . import fitworkout, kinds
from .runlog import RunLog, Second, mean_cadence

_FIT_EPOCH_S = 631_065_600  # 1989-12-31, where FIT counts from
_APPLICATION = b"PacerWatch000001"  # 16 bytes that name our developer fields


class CannotExport(ValueError):
    """The run holds nothing to export; the text says why."""


@dataclass
class Lap:
    """A lap on the wall's clock: from and to (ms of the run), where it began and ended (mm)."""

    index: int
    row: int
    start_ms: int
    end_ms: int
    start_mm: int
    distance_mm: int
    by_button: bool
    step: Step | None


class _Bytes(list[Record]):
    """Records as they go into the file: each becomes bytes at once, since a day of them takes half a gigabyte."""

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def append(self, record: Record) -> None:
        self.data += record.to_bytes()


class _Streamed(FitFileBuilder):  # type: ignore[misc]
    """FitFileBuilder that keeps bytes in the place of records."""

    def __init__(self, auto_define: bool) -> None:
        super().__init__(auto_define=auto_define)
        self.records: _Bytes = _Bytes()

    def build_bytes(self) -> bytes:
        data = FitFileHeader(records_size=len(self.records.data)).to_bytes() + bytes(self.records.data)
        return bytes(data + crc16(data).to_bytes(2, "little"))


class Timeline:
    """When things happened: ms of the run to the time of day, pauses counted in."""

    def __init__(self, log: RunLog, fallback: datetime) -> None:
        self.dated = False
        self.start = fallback
        self.pauses = [(e.t_ms, e.own["paused_ms"]) for e in log.events if e.kind == "resume"]
        for e in log.events:
            if e.kind == "clock":
                date = e.own["ddmmyy"]
                day, month, year = date // 10_000, date // 100 % 100, 2000 + date % 100
                try:
                    midnight = datetime(year, month, day, tzinfo=timezone.utc)
                except ValueError:
                    continue
                self.dated = True
                self.start = midnight + timedelta(milliseconds=e.own["utc_ms"] - e.t_ms - self.paused_ms(e.t_ms))
                break

    def paused_ms(self, t_ms: int) -> int:
        """How long all pauses that began before t_ms were."""
        return sum(length for at, length in self.pauses if at < t_ms)

    def at(self, t_ms: int) -> datetime:
        return self.start + timedelta(milliseconds=t_ms + self.paused_ms(t_ms))

    def epoch_ms(self, t_ms: int) -> int:
        return round(self.at(t_ms).timestamp() * 1000)


def laps_of(log: RunLog) -> list[Lap]:
    """The laps that stand, one behind the other."""
    plan = plan_of(log)
    out = []
    at_ms = at_mm = 0
    for e in log.laps:
        step = plan[e.index] if e.index < len(plan) else None
        out.append(Lap(e.index, e.row, at_ms, at_ms + e.time_ms, at_mm, e.distance_mm, bool(e.value), step))
        at_ms += e.time_ms
        at_mm += e.distance_mm
    if not out and log.seconds:  # cut off in its first step
        last = log.seconds[-1]
        out.append(Lap(0, 0, 0, last.t_ms, 0, last.distance_mm, True, plan[0] if plan else None))
    elif log.end is None and log.seconds and log.seconds[-1].t_ms > at_ms:
        last = log.seconds[-1]
        step = plan[last.index] if last.index < len(plan) else None
        out.append(Lap(last.index, 0, at_ms, last.t_ms, at_mm, max(0, last.distance_mm - at_mm), True, step))
    if not out:
        raise CannotExport("the run has neither a lap nor a second in it; there is nothing to export")
    return out


def _inside(log: RunLog, lap: Lap) -> list[Second]:
    return [s for s in log.seconds if lap.start_ms < s.t_ms <= lap.end_ms]


def fit(log: RunLog, fallback: datetime) -> bytes:
    """The run as a FIT activity file."""
    laps = laps_of(log)
    time = Timeline(log, fallback)
    end_ms = laps[-1].end_ms
    builder = _Streamed(auto_define=True)
    file_id = FileIdMessage()
    file_id.type = FileType.ACTIVITY
    file_id.manufacturer = Manufacturer.DEVELOPMENT.value
    file_id.product = 1
    file_id.serial_number = 1 + time.epoch_ms(0) // 1000 % 0x7FFFFFFF
    file_id.time_created = time.epoch_ms(0)
    builder.add(file_id)
    fields = _describe_fields(builder)
    steps = fitworkout.add_to(builder, log.read_workout())
    _timer(builder, EventType.START, time.epoch_ms(0))
    timeline: list[tuple[int, int, object]] = []
    cues = {round(c.t_ms / 1000): c.value for c in log.cues}
    for s in log.seconds:
        if s.t_ms <= end_ms:
            timeline.append((s.t_ms, 2, s))
    for e in log.events:
        # A run is ended out of a pause: that one is the end itself.
        if e.kind in ("pause", "resume") and e.t_ms < end_ms:
            timeline.append((e.t_ms, 3 if e.kind == "pause" else 4, e))
    for k, lap in enumerate(laps):
        timeline.append((lap.end_ms, 5 if lap is laps[-1] else 1, _lap(log, lap, k, time, steps, k == len(laps) - 1)))
    for t, _, what in sorted(timeline, key=lambda x: (x[0], x[1])):
        if isinstance(what, Second):
            what = _record(what, time, fields, laps, cues)
            builder.add(what)
        elif isinstance(what, LapMessage):
            if what is timeline[-1][2]:
                _timer(builder, EventType.STOP_ALL, time.epoch_ms(t))
            builder.add(what)
        else:
            pause = getattr(what, "kind", "") == "pause"
            at = time.epoch_ms(t) if pause else time.epoch_ms(t) + getattr(what, "value", 0)
            _timer(builder, EventType.STOP_ALL if pause else EventType.START, at)
    builder.add(_session(log, laps, time))
    activity = ActivityMessage()
    activity.timestamp = time.epoch_ms(end_ms)
    activity.total_timer_time = end_ms / 1000
    activity.num_sessions = 1
    activity.type = Activity.MANUAL
    activity.event = Event.ACTIVITY
    activity.event_type = EventType.STOP
    activity.local_timestamp = time.epoch_ms(end_ms) // 1000 - _FIT_EPOCH_S
    builder.add(activity)
    return bytes(builder.build_bytes())


def _timer(builder: FitFileBuilder, kind: EventType, at: int) -> None:
    event = EventMessage()
    event.timestamp = at
    event.event = Event.TIMER
    event.event_type = kind
    event.event_group = 0
    builder.add(event)


_BLANK_RECORD = RecordMessage()
_WANTED = ("timestamp", "position_lat", "position_long", "distance", "enhanced_speed", "cadence", "fractional_cadence")
_RECORD_FIELDS = [f for f in _BLANK_RECORD.fields if f.name in _WANTED]
_FIELDS = (
    ("target_speed", BaseType.UINT16, 2, "mm/s"),
    ("cue", BaseType.UINT8, 1, ""),
    ("dprime_left", BaseType.UINT8, 1, "%"),
)


def _describe_fields(builder: FitFileBuilder) -> list[DeveloperField]:
    developer = DeveloperDataIdMessage()
    developer.application_id = _APPLICATION
    developer.developer_data_index = 0
    developer.application_version = 1
    builder.add(developer)
    out = []
    for i, (name, base, size, units) in enumerate(_FIELDS):
        description = FieldDescriptionMessage()
        description.developer_data_index = 0
        description.field_definition_number = i
        description.fit_base_type_id = base.value
        description.field_name = name
        if units:
            description.units = units
        builder.add(description)
        out.append(
            DeveloperField(developer_data_index=0, field_id=i, size=size, name=name, units=units, base_type=base)
        )
    return out


def _record(
    s: Second, time: Timeline, fields: list[DeveloperField], laps: list[Lap], cues: dict[int, int]
) -> RecordMessage:
    own = [DeveloperField.from_developer_field(f) for f in fields]
    # Made of the fields it holds: RecordMessage() makes all ninety, which is most of the time of an export.
    blank = _BLANK_RECORD
    record = RecordMessage.__new__(RecordMessage)
    DataMessage.__init__(
        record, blank.local_id, blank.global_id, blank.endian, blank.name,
        fields=[Field.from_field(f) for f in _RECORD_FIELDS], developer_fields=own,
    )  # fmt: skip
    record.timestamp = time.epoch_ms(s.t_ms)
    if s.lat_deg is not None and s.lon_deg is not None:
        record.position_lat = s.lat_deg
        record.position_long = s.lon_deg
    record.distance = s.distance_mm / 1000
    record.enhanced_speed = s.speed_mm_s / 1000
    if s.cadence_spm >= 0:
        record.cadence = s.cadence_spm // 2  # both feet are one revolution
        record.fractional_cadence = 0.5 * (s.cadence_spm % 2)
    lap = next((lap for lap in laps if s.t_ms <= lap.end_ms), None)
    step = lap.step if lap else None
    target = round(2e9 / (step.pace_fast + step.pace_slow)) if step and step.pace_fast else 0
    own[0].set_value(0, target)
    own[1].set_value(0, cues.get(round(s.t_ms / 1000), 0))
    own[2].set_value(0, s.balance if s.balance is not None else 255)
    return record


def _lap(log: RunLog, lap: Lap, number: int, time: Timeline, steps: int, last: bool) -> LapMessage:
    inside = _inside(log, lap)
    out = LapMessage()
    out.message_index = number
    out.timestamp = time.epoch_ms(lap.end_ms)
    out.start_time = time.epoch_ms(lap.start_ms)
    timer = lap.end_ms - lap.start_ms
    paused = time.paused_ms(lap.end_ms) - time.paused_ms(lap.start_ms)
    out.total_elapsed_time = (timer + paused) / 1000
    out.total_timer_time = timer / 1000
    out.total_distance = lap.distance_mm / 1000
    if timer:
        out.enhanced_avg_speed = lap.distance_mm / timer
    if inside:
        out.enhanced_max_speed = max(s.speed_mm_s for s in inside) / 1000
    cadence = mean_cadence(inside)
    if cadence:
        out.avg_cadence = int(cadence / 2)
        out.avg_fractional_cadence = cadence / 2 % 1
    out.sport = Sport.RUNNING
    out.event = Event.LAP
    out.event_type = EventType.STOP
    out.intensity = kinds.written(lap.step.kind if lap.step else None).fit
    if lap.step and lap.row < steps:
        out.workout_step_index = lap.row
    trigger = LapTrigger.MANUAL
    if last:
        trigger = LapTrigger.SESSION_END
    elif not lap.by_button and lap.step:
        trigger = LapTrigger.DISTANCE if lap.step.end == wk.END_DISTANCE else LapTrigger.TIME
    out.lap_trigger = trigger
    return out


def _session(log: RunLog, laps: list[Lap], time: Timeline) -> SessionMessage:
    end_ms = laps[-1].end_ms
    metres = sum(lap.distance_mm for lap in laps) / 1000
    out = SessionMessage()
    out.message_index = 0
    out.timestamp = time.epoch_ms(end_ms)
    out.start_time = time.epoch_ms(0)
    out.sport = Sport.RUNNING
    out.sub_sport = SubSport.TRACK if log.ovals or log.lane else SubSport.GENERIC
    out.total_timer_time = end_ms / 1000
    out.total_elapsed_time = (end_ms + time.paused_ms(end_ms)) / 1000
    out.total_distance = metres
    if end_ms:
        out.enhanced_avg_speed = 1000 * metres / end_ms
    if log.seconds:
        out.enhanced_max_speed = max(s.speed_mm_s for s in log.seconds) / 1000
    cadence = mean_cadence(log.seconds)
    if cadence:
        out.avg_cadence = int(cadence / 2)
        out.avg_fractional_cadence = cadence / 2 % 1
    placed = [s for s in log.seconds if s.lat_deg is not None and s.lon_deg is not None]
    if placed:
        out.start_position_lat, out.start_position_long = placed[0].lat_deg, placed[0].lon_deg
    out.first_lap_index = 0
    out.num_laps = len(laps)
    out.event = Event.SESSION
    out.event_type = EventType.STOP
    out.trigger = SessionTrigger.ACTIVITY_END
    effort = next((e.value for e in log.events if e.kind == "effort"), None)
    if effort:
        out.workout_rpe = 10 * effort
    return out


def gpx(log: RunLog, fallback: datetime) -> str:
    """The run as GPX 1.1, with speed and cadence in Garmin's track point extension."""
    time = Timeline(log, fallback)
    out = gpxpy.gpx.GPX()
    out.creator = "Pacer"
    out.nsmap["gpxtpx"] = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
    out.time = time.at(0)
    track = gpxpy.gpx.GPXTrack(name=log.title or "Run")
    track.type = "running"  # type: ignore[assignment]
    out.tracks.append(track)
    segment = gpxpy.gpx.GPXTrackSegment()
    track.segments.append(segment)
    last = None
    for s in log.seconds:
        if s.lat_deg is None or s.lon_deg is None:
            continue
        if last is not None and time.epoch_ms(s.t_ms) - last > 10_000 and segment.points:
            segment = gpxpy.gpx.GPXTrackSegment()
            track.segments.append(segment)
        last = time.epoch_ms(s.t_ms)
        point = gpxpy.gpx.GPXTrackPoint(round(s.lat_deg, 7), round(s.lon_deg, 7), time=time.at(s.t_ms))
        extension = ET.Element("gpxtpx:TrackPointExtension")
        if s.cadence_spm >= 0:
            ET.SubElement(extension, "gpxtpx:cad").text = str(s.cadence_spm // 2)
        ET.SubElement(extension, "gpxtpx:speed").text = f"{s.speed_mm_s / 1000:.3f}"
        point.extensions.append(extension)
        segment.points.append(point)
    if not segment.points:
        raise CannotExport("the run has no places in it (no GPS?); GPX needs them, FIT and TCX do not")
    return out.to_xml(version="1.1")


_TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
_TPX = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"


def tcx(log: RunLog, fallback: datetime) -> str:
    """The run as TCX: a lap a step."""
    laps = laps_of(log)
    time = Timeline(log, fallback)
    ET.register_namespace("", _TCX)
    ET.register_namespace("tpx", _TPX)

    def tag(name: str) -> str:
        return f"{{{_TCX}}}{name}"

    root = ET.Element(tag("TrainingCenterDatabase"))
    activity = ET.SubElement(ET.SubElement(root, tag("Activities")), tag("Activity"), Sport="Running")
    ET.SubElement(activity, tag("Id")).text = _iso(time.at(0))
    for lap in laps:
        e = ET.SubElement(activity, tag("Lap"), StartTime=_iso(time.at(lap.start_ms)))
        ET.SubElement(e, tag("TotalTimeSeconds")).text = f"{(lap.end_ms - lap.start_ms) / 1000:.3f}"
        ET.SubElement(e, tag("DistanceMeters")).text = f"{lap.distance_mm / 1000:.3f}"
        ET.SubElement(e, tag("Calories")).text = "0"
        ET.SubElement(e, tag("Intensity")).text = kinds.written(lap.step.kind if lap.step else None).tcx
        by = (
            "Manual" if lap.by_button or lap.step is None else "Distance" if lap.step.end == wk.END_DISTANCE else "Time"
        )
        ET.SubElement(e, tag("TriggerMethod")).text = by
        track = ET.SubElement(e, tag("Track"))
        for s in _inside(log, lap):
            p = ET.SubElement(track, tag("Trackpoint"))
            ET.SubElement(p, tag("Time")).text = _iso(time.at(s.t_ms))
            if s.lat_deg is not None and s.lon_deg is not None:
                place = ET.SubElement(p, tag("Position"))
                ET.SubElement(place, tag("LatitudeDegrees")).text = f"{s.lat_deg:.7f}"
                ET.SubElement(place, tag("LongitudeDegrees")).text = f"{s.lon_deg:.7f}"
            ET.SubElement(p, tag("DistanceMeters")).text = f"{s.distance_mm / 1000:.3f}"
            extension = ET.SubElement(ET.SubElement(p, tag("Extensions")), f"{{{_TPX}}}TPX")
            ET.SubElement(extension, f"{{{_TPX}}}Speed").text = f"{s.speed_mm_s / 1000:.3f}"
            if s.cadence_spm >= 0:
                ET.SubElement(extension, f"{{{_TPX}}}RunCadence").text = str(s.cadence_spm // 2)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
