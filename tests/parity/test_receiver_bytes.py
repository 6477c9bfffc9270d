"""A receiver's bytes, good and damaged, mixed and cut anywhere, beside a reference reader that sees all at once."""

import re
from functools import reduce
from struct import pack, unpack_from

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacer.core.gnss import ubx
from pacer.core.gnss.nmea import sentence
from pacer.core.gnss.stream import Stream

SENTENCE = re.compile(rb"\$([^$\n]{8,117})\*([0-9A-Fa-f]{2})\r*\n")
RMC = re.compile(rb"..RMC,(\d\d)(\d\d)(\d\d)\.\d*,A,\d{4}\.\d*,N,\d{5}\.\d*,E,[\d.]*,[\d.]*,\d{6},")
FLUSH = b"\n" * 130  # more than a frame: a false start waits for the bytes that it announces
SIZES = (1, 2, 3, 7, 50, 64, 99, 100, 101, 230, 511, 512)


def pvt(second, speed=3333):
    """A NAV-PVT frame of a second of the day."""
    hour, minute = second // 3600, second // 60 % 60
    return ubx.frame(
        1,
        7,
        pack("<IHBBBBBBIi", 0, 2026, 11, 23, hour, minute, second % 60, 0x37, 25, 0)
        + pack("<BBBBiiii", 3, 1, 0, 14, 43090535, 515020575, 0, 0)
        + pack("<IIiiiiiIIH", 1500, 2000, 0, 0, 0, speed, 0, 180, 0, 130)
        + bytes(14),
    )


def rmc(second):
    clock = b"%02d%02d%02d" % (second // 3600, second // 60 % 60, second % 60)
    return sentence(b"GNRMC,%s.00,A,5130.12345,N,00418.54321,E,6.479,84.40,231126,,,A" % clock)


def reference(data):
    """The ms of the day of each good frame and sentence, from all the bytes at once."""
    out, at = [], 0
    while at < len(data):
        if data[at : at + 4] == b"\xb5\x62\x01\x07" and len(data) >= at + 6:
            length = unpack_from("<H", data, at + 4)[0]
            frame = data[at : at + length + 8]
            if 84 <= length <= 100 and frame == ubx.frame(1, 7, frame[6:-2]):
                nano = unpack_from("<i", frame, 22)[0]
                out.append(((frame[14] * 60 + frame[15]) * 60 + frame[16]) * 1000 + nano // 1_000_000)
                at += len(frame)
                continue
        said = SENTENCE.match(data, at)
        if said and b"\xb5\x62" not in said[0] and reduce(lambda a, b: a ^ b, said[1]) == int(said[2], 16):
            # Two bytes alike that are lost leave the checksum right, but no field's form.
            clock = RMC.match(said[1])
            if clock:
                hour, minute, second = (int(x) for x in clock.groups())
                out.append(((hour * 60 + minute) * 60 + second) * 1000)
            at += len(said[0])
            continue
        at += 1
    return out


def fixes(data, sizes):
    """The same from the stream, given in chunks of the sizes, over and over."""
    stream, out, at, turn = Stream(), [], 0, 0
    while at < len(data):
        part = data[at : at + sizes[turn % len(sizes)]]
        room = stream.room()
        room[: len(part)] = part
        stream.commit(len(part))
        while stream.next():
            out.append(stream.fix.utc_ms)
        at += len(part)
        turn += 1
    return out


# What may stand in other data and looks like a beginning or an end.
pieces = st.sampled_from(
    (
        b"$", b"\n", b"\r\n", b"\r", b"\xb5\x62", b"\xb5", b"\x62", b"*", b"*00\r\n", b"$GNRMC,", b"$GPGSV,3,1,12*",
        b"\xb5\x62\x01\x07", b"\xb5\x62\x01\x07\x5c\x00", b"\xb5\x62\x01\x07\xff\xff", b"\xd3\x00\x13\x3e\xd0",
        bytes(60), b"x" * 130, b"$" + b"1" * 125,
    )
)  # fmt: skip
noise = st.lists(pieces | st.binary(max_size=40), max_size=12).map(b"".join)
seconds = st.integers(0, 86_399)
good = st.tuples(st.just(True), st.builds(pvt, seconds) | st.builds(rmc, seconds))
others = st.sampled_from((sentence(b"GPGSV,1,1,01,05,40,113,32"), sentence(b"GNTXT,01,01,02,u-blox AG")))
messages = st.builds(ubx.frame, st.sampled_from((1, 2, 10)), st.sampled_from((0x20, 0x35, 0x15)), noise)


@st.composite
def damaged(draw):
    """A frame or sentence with bytes changed, lost or put in."""
    data = draw(good)[1]
    at = draw(st.integers(0, len(data) - 1))
    lost = draw(st.integers(0, 3))
    put_in = draw(st.binary(max_size=3))
    return data[:at] + put_in + data[at + lost :]


bad = st.tuples(st.just(False), noise | messages | damaged() | others)
mixes = st.lists(good | bad, max_size=14)
MANY = settings(max_examples=400, deadline=None)


@MANY
@given(mixes, st.lists(st.integers(1, 512), min_size=1, max_size=8) | st.sampled_from(SIZES).map(lambda n: [n]))
def test_all_that_is_good_is_seen_whatever_stands_around_it_and_however_it_is_cut(parts, sizes):
    data = b"".join(part for _, part in parts) + FLUSH
    want = reference(data)
    assert fixes(data, sizes) == want
    whole = [second for is_good, part in parts if is_good for second in reference(part)]
    rest = iter(want)
    assert all(second in rest for second in whole)  # in this order; a bent one may turn out to be good


@MANY
@given(st.lists(good, min_size=3, max_size=8), st.data())
def test_one_that_is_damaged_costs_no_other(parts, data):
    hit = data.draw(st.integers(0, len(parts) - 1))
    size = data.draw(st.integers(1, 512))
    stream = [part for _, part in parts]
    want = [second for i, part in enumerate(stream) if i != hit for second in reference(part)]
    at = data.draw(st.integers(0, len(stream[hit]) - 1))
    bent = bytearray(stream[hit])
    bent[at] ^= data.draw(st.integers(1, 255))
    stream[hit] = bytes(bent)
    got = fixes(b"".join(stream) + FLUSH, [size])
    assert got == want or len(got) == len(want) + 1  # \r made another letter than \n, a letter's case: still good


@pytest.mark.parametrize("size", SIZES)
def test_each_frame_of_a_recording_in_ubx_is_seen(data, size):
    raw = (data / "nmea" / "ublox-neo-m8n.log").read_bytes()
    want = reference(raw)
    assert len(want) == 24
    assert [ms // 1000 for ms in fixes(raw + FLUSH, [size])] == [ms // 1000 for ms in want]


@pytest.mark.parametrize("size", SIZES)
def test_frames_between_other_binary_data_are_seen(size):
    """RTCM, other UBX messages, half a sentence: each once before each frame."""
    before = (
        b"\xd3\x00\x13\x3e\xd0\x00$\x03\x8a\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33\x36\x0b\x98",
        ubx.frame(2, 0x15, b"$" * 40 + b"\n\xb5\x62" + bytes(300)),
        b"$GNRMC,0930",
        b"$",
        b"$GNGSA,A,3*",
        b"",
        b"\xb5\x62\x01\x07",
    )
    data = b"".join(part + pvt(i) for i, part in enumerate(before * 8)) + FLUSH
    assert fixes(data, [size]) == list(range(0, 56_000, 1000))
