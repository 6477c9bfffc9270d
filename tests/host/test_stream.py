"""The receiver's bytes, whatever stands around them: every good frame and sentence is seen, at any chunk size."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacer.core.gnss import ubx
from pacer.core.gnss.nmea import sentence
from pacer.core.gnss.stream import Stream
from pacer_watch.twin.chips.gnss import Observation, UbloxReceiver

RMC = b"GNRMC,0930%02d.00,A,5130.00000,N,00418.00000,E,7.000,12.00,231126,,,A"


def fixes(data, chunk):
    """(fixes read, refused) of a stream that comes in pieces of this size."""
    stream, seen = Stream(), 0
    for at in range(0, len(data), chunk):
        part = data[at : at + chunk]
        room = stream.room()
        room[: len(part)] = part
        stream.commit(len(part))
        while stream.next():
            seen += 1
    return seen, stream.refused


def frames(data):
    """The NAV-PVT frames of a byte string whose checksum is right, found by trying each place."""
    found = 0
    for at in range(len(data) - 8):
        if data[at : at + 4] == b"\xb5\x62\x01\x07":
            length = int.from_bytes(data[at + 4 : at + 6], "little")
            found += data[at : at + length + 8] == ubx.frame(1, 7, data[at + 6 : at + 6 + length])
    return found


def pvt(second):
    """A good NAV-PVT, as the twin's receiver says it."""
    receiver = UbloxReceiver(lambda us: Observation(51.5, 4.3, 3.3))
    receiver.hear(ubx.frame(6, 1, bytes((1, 7, 1))), 9600)
    receiver.hear(ubx.frame(6, 0, bytes((1, 0, 0, 0)) + bytes(4) + (9600).to_bytes(4, "little") + bytes(8)), 9600)
    (said,) = [data for us, data in receiver.speak(1_000_000 * second + 60_000)][-1:]
    return said


@pytest.mark.parametrize("chunk", [1, 7, 64, 512])
def test_every_good_frame_of_a_recording_is_seen(data, chunk):
    recorded = (data / "nmea" / "ublox-neo-m8n.log").read_bytes()
    good = frames(recorded)
    assert good == 24
    assert fixes(recorded, chunk)[0] == good


noise = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"$", b"$GP", b"\xb5", b"\xb5\x62", b"$$$\n", b"\r\n", b"\xb5\x62\x01\x35\x04\x00$$$$\x00\x00"]),
    st.builds(lambda n: ubx.frame(1, 0x35, b"$" * n + b"\n"), st.integers(0, 90)),
).filter(lambda b: b"\xb5\x62\x01\x07" not in b)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(noise, st.integers(0, 59)), max_size=12), st.integers(1, 512))
def test_good_frames_are_seen_among_anything(pieces, chunk):
    data, good = b"", 0
    for k, piece in enumerate(pieces):
        if isinstance(piece, int):
            data += pvt(10 + k)
            good += 1
        else:
            data += piece + b"\x00" * (piece[-1:] == b"\xb5")  # so that it makes no frame with what follows
    assert fixes(data + bytes(130), chunk)[0] == good


@settings(deadline=None, max_examples=100)
@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(6, 90), st.integers(1, 255), st.integers(1, 512))
def test_a_damaged_frame_costs_itself_alone(good, at, flip, chunk):
    data = b""
    for k, whole in enumerate(good):
        said = bytearray(pvt(10 + k))
        said[at] ^= 0 if whole else flip
        data += said
    assert fixes(data + bytes(130), chunk)[0] == sum(good)


@settings(deadline=None, max_examples=60)
@given(st.lists(noise, max_size=5), st.integers(1, 512))
def test_a_sentence_on_a_line_of_its_own_is_seen_behind_anything(before, chunk):
    data = b"".join(before) + b"\n" + sentence(RMC % 5)
    assert fixes(data, chunk)[0] == 1
