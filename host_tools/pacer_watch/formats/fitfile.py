"""A FIT file, written message by message: those of an activity and of a workout, each turned into bytes at once.

The protocol is Garmin's (Flexible and Interoperable Data Transfer): a header, then messages, each begun by its local
number; before the first of a kind, and where its fields change, stands its definition; a CRC-16 ends the file. Of the
profile there is here what is written here, under its own names and numbers.
"""

import math
import struct
from functools import cache
from typing import NamedTuple

EPOCH_S = 631_065_600  # 1989-12-31, from where FIT counts its seconds
DEVELOPMENT = 255  # the manufacturer's number of those that have none
_HEADER = struct.Struct("<BBHI4s")
_PROTOCOL, _PROFILE = 0x20, 2132  # 2.0, the first with developer fields; 21.32
_DEFINITION, _DEVELOPER = 0x40, 0x20  # bits of a message's first byte


class Base(NamedTuple):
    """A base type: its code in a definition, struct's letter, the value that says that there is none."""

    code: int
    letter: str
    none: int


ENUM = Base(0x00, "B", 0xFF)
UINT8 = Base(0x02, "B", 0xFF)
UINT16 = Base(0x84, "H", 0xFFFF)
SINT32 = Base(0x85, "i", 0x7FFFFFFF)
UINT32 = Base(0x86, "I", 0xFFFFFFFF)
UINT32Z = Base(0x8C, "I", 0)
TEXT = Base(0x07, "s", 0)
BYTES = Base(0x0D, "s", 0)


class Field(NamedTuple):
    """A field of a message: its number and type, by what a value is multiplied, the words for its numbers."""

    number: int
    base: Base
    scale: float = 1
    words: dict[str, int] | None = None


_DEGREES = 2**31 / 180
_SPORT = {"running": 1}
_INTENSITY = {"active": 0, "rest": 1, "warmup": 2, "cooldown": 3, "recovery": 4, "interval": 5}
_TIMESTAMP = Field(253, UINT32)
_INDEX = Field(254, UINT16)
_EVENT = {"timer": 0, "session": 8, "lap": 9, "activity": 26}
_EVENT_TYPE = {"start": 0, "stop": 1, "stop_all": 4}
_TOTALS = {
    "message_index": _INDEX, "timestamp": _TIMESTAMP, "event": Field(0, ENUM, words=_EVENT),
    "event_type": Field(1, ENUM, words=_EVENT_TYPE), "start_time": Field(2, UINT32),
    "total_elapsed_time": Field(7, UINT32, 1000), "total_timer_time": Field(8, UINT32, 1000),
    "total_distance": Field(9, UINT32, 100),
}  # fmt: skip
# Each message's number and fields.
MESSAGES: dict[str, tuple[int, dict[str, Field]]] = {
    "file_id": (0, {
        "type": Field(0, ENUM, words={"activity": 4, "workout": 5}), "manufacturer": Field(1, UINT16),
        "product": Field(2, UINT16), "serial_number": Field(3, UINT32Z), "time_created": Field(4, UINT32),
    }),
    "developer_data_id": (207, {
        "application_id": Field(1, BYTES), "developer_data_index": Field(3, UINT8),
        "application_version": Field(4, UINT32),
    }),
    "field_description": (206, {
        "developer_data_index": Field(0, UINT8), "field_definition_number": Field(1, UINT8),
        "fit_base_type_id": Field(2, UINT8), "field_name": Field(3, TEXT), "units": Field(8, TEXT),
    }),
    "workout": (26, {
        "sport": Field(4, ENUM, words=_SPORT), "num_valid_steps": Field(6, UINT16), "wkt_name": Field(8, TEXT),
    }),
    "workout_step": (27, {
        "message_index": _INDEX, "wkt_step_name": Field(0, TEXT),
        "duration_type": Field(1, ENUM, words={"time": 0, "distance": 1, "open": 5, "repeat_until_steps_cmplt": 6}),
        "duration_value": Field(2, UINT32), "target_type": Field(3, ENUM, words={"speed": 0, "open": 2}),
        "target_value": Field(4, UINT32), "custom_target_speed_low": Field(5, UINT32, 1000),
        "custom_target_speed_high": Field(6, UINT32, 1000), "intensity": Field(7, ENUM, words=_INTENSITY),
    }),
    "event": (21, {
        "timestamp": _TIMESTAMP, "event": Field(0, ENUM, words=_EVENT), "event_type": Field(1, ENUM, words=_EVENT_TYPE),
        "event_group": Field(4, UINT8),
    }),
    "record": (20, {
        "timestamp": _TIMESTAMP, "position_lat": Field(0, SINT32, _DEGREES),
        "position_long": Field(1, SINT32, _DEGREES), "cadence": Field(4, UINT8),
        "distance": Field(5, UINT32, 100), "fractional_cadence": Field(53, UINT8, 128),
        "enhanced_speed": Field(73, UINT32, 1000),
    }),
    "lap": (19, {
        **_TOTALS, "avg_cadence": Field(17, UINT8), "intensity": Field(23, ENUM, words=_INTENSITY),
        "lap_trigger": Field(24, ENUM, words={"manual": 0, "time": 1, "distance": 2, "session_end": 7}),
        "sport": Field(25, ENUM, words=_SPORT), "wkt_step_index": Field(71, UINT16),
        "avg_fractional_cadence": Field(80, UINT8, 128), "enhanced_avg_speed": Field(110, UINT32, 1000),
        "enhanced_max_speed": Field(111, UINT32, 1000),
    }),
    "session": (18, {
        **_TOTALS, "start_position_lat": Field(3, SINT32, _DEGREES), "start_position_long": Field(4, SINT32, _DEGREES),
        "sport": Field(5, ENUM, words=_SPORT), "sub_sport": Field(6, ENUM, words={"generic": 0, "track": 4}),
        "avg_cadence": Field(18, UINT8), "first_lap_index": Field(25, UINT16), "num_laps": Field(26, UINT16),
        "trigger": Field(28, ENUM, words={"activity_end": 0}), "avg_fractional_cadence": Field(92, UINT8, 128),
        "enhanced_avg_speed": Field(124, UINT32, 1000), "enhanced_max_speed": Field(125, UINT32, 1000),
        "workout_rpe": Field(193, UINT8),
    }),
    "activity": (34, {
        "timestamp": _TIMESTAMP, "total_timer_time": Field(0, UINT32, 1000), "num_sessions": Field(1, UINT16),
        "type": Field(2, ENUM, words={"manual": 0}), "event": Field(3, ENUM, words=_EVENT),
        "event_type": Field(4, ENUM, words=_EVENT_TYPE),
    }),
}  # fmt: skip
_LOCAL = {name: number for number, name in enumerate(MESSAGES)}  # of 16


@cache
def _crc_table() -> tuple[int, ...]:
    """CRC-16 with the polynomial 0x8005, reflected."""
    out = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
        out.append(byte)
    return tuple(out)


def crc16(data: bytes | bytearray) -> int:
    crc, table = 0, _crc_table()
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc


def fit_time(epoch_ms: int) -> int:
    """A time in FIT's seconds."""
    return (epoch_ms + 500) // 1000 - EPOCH_S


class Writer:
    """add() the messages in their order, then data() is the file."""

    def __init__(self) -> None:
        self._out = bytearray()
        self._shapes: dict[str, tuple[object, ...]] = {}
        self._developer: dict[str, Field] = {}  # of the records

    def describe(self, application: bytes, fields: dict[str, tuple[Base, str]]) -> None:
        """Fields of our own, by name: their types and units. Records may hold them from here on."""
        self.add("developer_data_id", application_id=application, developer_data_index=0, application_version=1)
        for number, (name, (base, units)) in enumerate(fields.items()):
            self._developer[name] = Field(number, base)
            self.add(
                "field_description", developer_data_index=0, field_definition_number=number, fit_base_type_id=base.code,
                field_name=name, **({"units": units} if units else {}),
            )  # fmt: skip

    def add(self, message: str, **values: float | str | bytes | None) -> None:
        """A message of the profile's fields by their names, in its units: seconds, metres, m/s, degrees, words.

        None, and what the field can't hold, is told as the type's invalid value.
        """
        known = MESSAGES[message][1]
        letters = "<B"
        packed: list[int | bytes] = [_LOCAL[message]]
        for name, value in values.items():
            field = known.get(name) or self._developer[name]
            raw = _raw(field, value)
            letters += f"{len(raw)}s" if isinstance(raw, bytes) else field.base.letter
            packed.append(raw)
        shape = (letters, *values)
        if self._shapes.get(message) != shape:
            self._shapes[message] = shape
            self._define(message, values, packed)
        self._out += struct.pack(letters, *packed)

    def _define(self, message: str, values: dict[str, float | str | bytes | None], packed: list[int | bytes]) -> None:
        number, known = MESSAGES[message]
        own, developer = bytearray(), bytearray()
        for name, raw in zip(values, packed[1:]):
            field = known.get(name) or self._developer[name]
            size = len(raw) if isinstance(raw, bytes) else struct.calcsize(field.base.letter)
            if name in known:
                own += bytes([field.number, size, field.base.code])
            else:
                developer += bytes([field.number, size, 0])
        first = _DEFINITION | (_DEVELOPER if developer else 0) | _LOCAL[message]
        self._out += struct.pack("<BBBHB", first, 0, 0, number, len(own) // 3) + own
        if developer:
            self._out += bytes([len(developer) // 3]) + developer

    def data(self) -> bytes:
        head = _HEADER.pack(14, _PROTOCOL, _PROFILE, len(self._out), b".FIT")
        head += struct.pack("<H", crc16(head))
        whole = head + self._out
        return bytes(whole + struct.pack("<H", crc16(whole)))


@cache
def _range(letter: str) -> tuple[int, int]:
    """The least and the most that struct's letter holds."""
    bits = 8 * struct.calcsize("<" + letter)
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if letter.islower() else (0, (1 << bits) - 1)


def _raw(field: Field, value: float | str | bytes | None) -> int | bytes:
    """A value as it stands in the file."""
    base = field.base
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode() + b"\0" if base is TEXT else (field.words or {})[value]
    if value is None or not math.isfinite(value):
        return base.none
    number = value if isinstance(value, int) and field.scale == 1 else round(value * field.scale)
    least, most = _range(base.letter)
    return number if least <= number <= most else base.none
