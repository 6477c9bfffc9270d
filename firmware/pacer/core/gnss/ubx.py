"""u-blox's binary protocol, UBX: NAV-PVT read into a Fix, and how a frame is written.

Offsets from the u-blox 8 / M8 receiver description (UBX-13003221, 32.2 frame, 32.17.14 UBX-NAV-PVT), CFG-VALSET from
the M10 interface description (UBX-21035062). Reading allocates nothing.
"""

from micropython import const

SYNC_1 = const(0xB5)  # a frame: 0xB5 0x62, class, id, length, payload, checksum
_HEAD = const(6)  # bytes before the payload
_AROUND = const(8)  # bytes before and behind it
_PVT_LEAST = const(84)  # payload: 84 bytes up to u-blox 7, 92 from 8 on; the fields used lie below
_PVT_MOST = const(100)
_RAM = const(1)  # CFG-VALSET's layer that is gone with the power

# What read_frame() returns when it does not return a length
_MORE = const(0)
_OTHER = const(-1)
DAMAGED = const(-2)


def read_frame(buf, views, start, end, fix):
    """Read the frame at buf[start], of which bytes up to buf[end] have come, into the fix.

    views: eight views of buf, beginning at its bytes 0 to 7

    Returns the frame's length for a new fix, 0 when the frame is not whole yet, DAMAGED for a NAV-PVT that is damaged
    or out of range, another negative number for any other message.
    """
    if end - start < _HEAD:
        return _MORE
    if buf[start + 2] != 1 or buf[start + 3] != 7:
        return _OTHER
    length = buf[start + 4] | buf[start + 5] << 8
    if not _PVT_LEAST <= length <= _PVT_MOST:
        return DAMAGED
    if end - start < length + _AROUND:
        return _MORE
    if not _checksum_ok(views, start + _HEAD, length) or not _read_pvt(buf, start + _HEAD, fix):
        return DAMAGED
    return length + _AROUND


def _checksum_ok(views, at, length):
    """Whether the frame whose payload of `length` bytes begins at `at` has the right checksum (8-bit Fletcher)."""
    b0, b1, b2, b3, b4, b5, b6, b7 = views
    a = b = 0
    i = at - 4
    end = at + length
    while i < end - 7:  # eight bytes a turn, each from its own view: two thirds of the cost
        b += (
            (a := a + b0[i]) + (a := a + b1[i]) + (a := a + b2[i]) + (a := a + b3[i])
            + (a := a + b4[i]) + (a := a + b5[i]) + (a := a + b6[i]) + (a := a + b7[i])
        )  # fmt: skip
        i += 8
    while i < end:
        a += b0[i]
        b += a
        i += 1
    return b0[end] == a & 255 and b1[end] == b & 255  # b < 2**21: 104 bytes


def _read_pvt(buf, at, fix):
    """Read the NAV-PVT payload at buf[at:] into the fix. False when a value is out of its range."""
    hour = buf[at + 8]
    minute = buf[at + 9]
    second = buf[at + 10]
    if hour > 23 or minute > 59 or second > 60:
        return False
    valid = 1 if buf[at + 21] & 1 and 2 <= buf[at + 20] <= 3 else 0
    ms = _signed(buf, at + 16) // 1_000_000  # the fraction of a second, -500 to 500 ms
    if not -1000 < ms < 1000:
        return False
    if buf[at + 63]:
        return False  # negative, or above 16 km/s
    speed = buf[at + 60] | buf[at + 61] << 8 | buf[at + 62] << 16
    if speed >= 500_000:
        return False
    if valid:
        if not _degrees(buf, at + 28, 90):
            return False
        deg = _angle[0]
        umin = _angle[1]
        if not _degrees(buf, at + 24, 180):
            return False
        fix.lat_deg = deg
        fix.lat_umin = umin
        fix.lon_deg = _angle[0]
        fix.lon_umin = _angle[1]
    fix.utc_ms = ((hour * 60 + minute) * 60_000 + second * 1000 + ms) % 86_400_000 if buf[at + 11] & 2 else -1
    fix.date_ddmmyy = (buf[at + 7] * 100 + buf[at + 6]) * 100 + (buf[at + 4] | buf[at + 5] << 8) % 100
    fix.valid = valid if fix.utc_ms >= 0 else 0
    fix.speed_mm_s = speed
    # The low halves: 32 m/s, and nobody who runs is faster.
    north = buf[at + 48] | buf[at + 49] << 8
    east = buf[at + 52] | buf[at + 53] << 8
    fix.directed = 1 if (north or east) and speed < 32_768 else 0
    fix.north_mm_s = north if north < 32_768 else north - 65_536
    fix.east_mm_s = east if east < 32_768 else east - 65_536
    accuracy = buf[at + 68] | buf[at + 69] << 8 | buf[at + 70] << 16
    fix.accuracy_mm_s = accuracy if accuracy < 100_000 and not buf[at + 71] else 100_000
    fix.sats = buf[at + 23]
    fix.hdop_c = buf[at + 76] | buf[at + 77] << 8
    fix.quality = buf[at + 20]
    return True


_angle = [0, 0]  # what _degrees() read: returning a tuple would allocate


def _signed(buf, at):
    """A signed 32-bit number, little-endian, clamped to what a small integer holds: no field read here goes beyond."""
    high = buf[at + 2] | buf[at + 3] << 8
    if high > 32767:
        high -= 65536
    if not -16384 <= high < 16384:
        return 0x3FFFFFFF if high > 0 else -0x3FFFFFFF
    return high * 65536 + (buf[at] | buf[at + 1] << 8)


def _degrees(buf, at, most):
    """Degrees times 1e7 into _angle as degrees and micro-minutes, without a number beyond 2**30."""
    low = buf[at] | buf[at + 1] << 8
    high = buf[at + 2] | buf[at + 3] << 8
    negative = high > 32767
    if negative:
        low = 65536 - low
        high = 65535 - high
        if low == 65536:
            low = 0
            high += 1
    # high * 65536 + low in units of 10,000 and the rest: 65536 is 6 * 10,000 + 5,536.
    rest = high * 5536 + low  # < 2**28
    tens = high * 6 + rest // 10_000
    rest %= 10_000
    deg = tens // 1000
    umin = (tens % 1000 * 10_000 + rest) * 6
    if deg > most or (deg == most and umin):
        return False
    _angle[0] = -deg if negative else deg
    _angle[1] = -umin if negative else umin
    return True


def frame(kind, number, payload):
    """The bytes of a UBX frame of a class, an id and a payload."""
    body = bytes((kind, number, len(payload) & 255, len(payload) >> 8)) + payload
    a = b = 0
    for c in body:
        a = (a + c) & 255
        b = (b + a) & 255
    return b"\xb5\x62" + body + bytes((a, b))


def valset(values):
    """CFG-VALSET into RAM. values: each the key and the value as bytes, little-endian."""
    return frame(0x06, 0x8A, bytes((0, _RAM, 0, 0)) + b"".join(values))
