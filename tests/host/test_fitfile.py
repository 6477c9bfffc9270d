"""FIT files that are written here, held to Garmin's profile and to three readers of other people."""

import io
import random

import fitdecode
import fitparse
import pytest
from garmin_fit_sdk import Decoder, Profile, Stream

from pacer_watch.formats import fitfile

BASES = {
    "enum": fitfile.ENUM, "uint8": fitfile.UINT8, "uint16": fitfile.UINT16, "sint32": fitfile.SINT32,
    "uint32": fitfile.UINT32, "uint32z": fitfile.UINT32Z, "string": fitfile.TEXT, "byte": fitfile.BYTES,
}  # fmt: skip
UNSCALED = {"position_lat", "position_long", "start_position_lat", "start_position_long"}  # semicircles there
SPEEDS = {"custom_target_speed_low": "custom_target_value_low", "custom_target_speed_high": "custom_target_value_high"}


def read(data):
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    return messages


@pytest.mark.parametrize("message", fitfile.MESSAGES)
def test_every_message_has_the_numbers_types_and_scales_of_garmins_profile(message):
    number, fields = fitfile.MESSAGES[message]
    theirs = Profile["messages"][number]
    assert theirs["messages_key"] == message + "_mesgs"
    for name, field in fields.items():
        known = theirs["fields"][field.number]
        assert known["name"] == SPEEDS.get(name, name)
        assert BASES[known["base_type"]] == field.base, name
        if name not in UNSCALED | set(SPEEDS):
            assert known["scale"] in ([field.scale], field.scale), name
        for word, value in (field.words or {}).items():
            assert Profile["types"][known["type"]][value] == word, name


def test_what_three_readers_read_is_what_was_written():
    rng = random.Random(3)
    out = fitfile.Writer()
    out.add("file_id", type="activity", manufacturer=fitfile.DEVELOPMENT, product=1, serial_number=7, time_created=1000)
    out.describe(b"0123456789abcdef", {"target": (fitfile.UINT16, "mm/s"), "left": (fitfile.UINT8, "")})
    asked = []
    for k in range(200):
        lat, lon = (rng.uniform(-90, 90), rng.uniform(-180, 179.99)) if k % 7 else (None, None)
        asked.append((1_000_000 + k, lat, lon, 3.21 * k, rng.choice((None, 85)), rng.randrange(65_000)))
        out.add(
            "record", timestamp=asked[-1][0], position_lat=lat, position_long=lon, distance=asked[-1][3],
            cadence=asked[-1][4], target=asked[-1][5], left=None,
        )  # fmt: skip
    data = out.data()
    semicircles = 2**31 / 180
    with fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        decoded = [f for f in reader if isinstance(f, fitdecode.FitDataMessage) and f.name == "record"]
    parsed = list(fitparse.FitFile(io.BytesIO(data)).get_messages("record"))
    theirs = read(data)["record_mesgs"]
    assert len(decoded) == len(parsed) == len(theirs) == len(asked)
    for (at, lat, lon, metres, cadence, target), a, b, c in zip(asked, theirs, decoded, parsed):
        for value in (a.get, lambda name, b=b: b.get_value(name, fallback=None), c.get_value):
            assert value("cadence") == cadence
            assert abs(value("distance") - metres) <= 0.0051
            for name, degrees in (("position_lat", lat), ("position_long", lon)):
                assert value(name) == (None if degrees is None else round(degrees * semicircles))
        assert a["timestamp"].timestamp() - fitfile.EPOCH_S == at
        assert a["developer_fields"][0] == target
        assert b.get_value("target") == c.get_value("target") == target


def test_a_message_whose_fields_change_is_defined_anew_and_texts_may_have_any_length():
    out = fitfile.Writer()
    for note in ("", "a", "\u00e4" * 100, None):
        more = {} if note is None else {"wkt_step_name": note}
        out.add("workout_step", message_index=1, duration_type="open", **more)
    names = [m.get("wkt_step_name") for m in read(out.data())["workout_step_mesgs"]]
    assert names == [None, "a", "\u00e4" * 100, None]


@pytest.mark.parametrize("value", [-0.01, 1e12, float("nan"), float("inf"), None])
def test_what_a_field_can_not_hold_is_not_known(value):
    out = fitfile.Writer()
    out.add("record", timestamp=1_000_000, distance=value, cadence=3)
    (record,) = read(out.data())["record_mesgs"]
    assert "distance" not in record
    assert record["cadence"] == 3


def test_a_byte_that_is_changed_is_seen_by_a_reader():
    out = fitfile.Writer()
    out.add("record", timestamp=1_000_000, distance=4.5)
    data = bytearray(out.data())
    assert Decoder(Stream.from_byte_array(data)).check_integrity()
    data[-4] ^= 1
    assert not Decoder(Stream.from_byte_array(data)).check_integrity()
