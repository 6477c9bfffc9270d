"""u-blox's binary protocol: NAV-PVT to a Fix. What is said to a receiver is in setup.py.

Field places from the u-blox 8 / M8 receiver description (UBX-13003221, 32.17.14 UBX-NAV-PVT). Reading allocates
nothing.
"""

from micropython import const

SYNC_1 = const(0xB5)
SYNC_2 = const(0x62)
OVERHEAD = const(8)  # two sync bytes, class, id, length; two of checksum behind the payload
PVT_BYTES = const(84)  # of the payload: 84 up to u-blox 7, 92 from 8 on, the fields used lie below
PVT_MOST = const(100)


def checksum_ok(bytes_from, at, length):
    """Is the frame whose payload of `length` bytes begins at `at` whole? (8-bit Fletcher)

    bytes_from: eight views of the buffer, that begin 0 to 7 bytes behind its first.
    """
    b0, b1, b2, b3, b4, b5, b6, b7 = bytes_from
    a = b = 0
    i = at - 4
    end = at + length
    while i < end - 7:  # eight at a time, each from its own view: two thirds of the price
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


def read_pvt(buf, at, fix):
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
    fix.utc_ms = ((hour * 60 + minute) * 60_000 + second * 1000 + ms) % 86_400_000 if buf[at + 11] & 2 else -1
    fix.date_ddmmyy = (buf[at + 7] * 100 + buf[at + 6]) * 100 + (buf[at + 4] | buf[at + 5] << 8) % 100
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
    if buf[at + 63]:
        return False  # negative, or no speed of this world
    speed = buf[at + 60] | buf[at + 61] << 8 | buf[at + 62] << 16
    if speed >= 500_000:
        return False
    fix.valid = valid if fix.utc_ms >= 0 else 0
    fix.speed_mm_s = speed
    accuracy = buf[at + 68] | buf[at + 69] << 8 | buf[at + 70] << 16
    fix.accuracy_mm_s = accuracy if accuracy < 100_000 and not buf[at + 71] else 100_000
    fix.sats = buf[at + 23]
    fix.hdop_c = buf[at + 76] | buf[at + 77] << 8
    fix.quality = buf[at + 20]
    return True


_angle = [0, 0]  # what _degrees() read: a tuple would be heap


def _signed(buf, at):
    """A signed 32-bit number, little-endian; beyond 2**29 it is cut to that, which no field here means."""
    high = buf[at + 2] | buf[at + 3] << 8
    if high > 32767:
        high -= 65536
    if not -8192 <= high < 8192:
        return 0x1FFFFFFF if high > 0 else -0x1FFFFFFF
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
