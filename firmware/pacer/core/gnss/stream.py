"""The byte stream of any GNSS receiver to fixes: UBX frames and NMEA sentences, mixed as they come.

No strings, no floats, no allocation. What stands in a frame is read in ubx.py, in a sentence in nmea.py.

Whatever is not a good frame or sentence is gone through byte by byte, so it never hides a good one in it or behind it.
Where a NAV-PVT begins and is torn, what follows is read once the bytes it announces have come, 108 at most.

The caller fills room(), says by commit() how many bytes it wrote, and calls next() until that returns False.
"""

from micropython import const

from .nmea import EMPTY, NEW_FIX, READ, REFUSED, SIGNALS, Nmea
from .ubx import DAMAGED, SYNC_1, read_frame

_ROOM = const(512)
_MAX_LINE = const(122)  # 120 bytes from "$" to the checksum, CR and LF; RTK and 4G modules send 91
_HEAD = const(128)  # the longest unread rest: a line, or a NAV-PVT frame of 108 bytes


class Fix:
    """What the receiver last said. Integers only; -1 where it said nothing.

    valid       1 with a fix, else 0
    utc_ms      time of day in ms; date_ddmmyy as sent
    lat_deg, lat_umin, lon_deg, lon_umin   degrees and micro-minutes, both negative in the south and west
    speed_mm_s  Doppler speed over ground
    accuracy_mm_s   its sigma by the receiver's own account (UBX; NMEA has none)
    sats, hdop_c (hundredths), quality     of the last GGA, GNS or NAV-PVT
    """

    def __init__(self):
        self.valid = 0
        self.utc_ms = EMPTY
        self.date_ddmmyy = EMPTY
        self.lat_deg = self.lat_umin = 0
        self.lon_deg = self.lon_umin = 0
        self.speed_mm_s = EMPTY
        self.directed = 0
        self.east_mm_s = self.north_mm_s = 0
        self.accuracy_mm_s = EMPTY
        self.sats = EMPTY
        self.hdop_c = EMPTY
        self.quality = EMPTY


class Stream:
    """A stream of bytes to fixes.

    fix         the last Fix, always the same object
    accepted    count of NAV-PVT, RMC, GGA, GNS and VTG that were read
    other       count of sentences of another kind
    refused     count of torn or overlong sentences, and of those and NAV-PVT frames that were not correct
    signals     set it to have GSV read, too
    signal_db   from GSV: mean C/N0 of the four best satellites in dB-Hz, 0 when unknown
    """

    def __init__(self):
        self.fix = Fix()
        self.accepted = 0
        self.other = 0
        self.refused = 0
        self.signals = False
        self.signal_db = 0
        self._buf = bytearray(_HEAD + _ROOM)
        view = memoryview(self._buf)
        self._room = view[_HEAD:]  # room() moves the unread rest to end here, so one slice is enough
        self._views = [view[i:] for i in range(8)]  # views[3][i] is buf[i + 3] without the addition
        self._pos = 0  # first unread byte
        self._end = 0  # behind the last byte received
        self._nmea = Nmea(self._buf, self._views, self.fix)

    def room(self):
        """A memoryview of 512 bytes to read the next bytes into. Moves the unread rest to end right before it."""
        buf = self._buf
        left = self._end - self._pos
        if left > _HEAD:  # next() leaves no more than that
            left = 0
        to = _HEAD - left
        if to != self._pos:
            at = self._pos
            if at > to:
                for i in range(to, _HEAD):
                    buf[i] = buf[at]
                    at += 1
            else:
                at += left
                for i in range(_HEAD - 1, to - 1, -1):
                    at -= 1
                    buf[i] = buf[at]
        self._pos = to
        self._end = _HEAD
        return self._room

    def commit(self, count):
        """`count` bytes of room() are filled."""
        self._end += count

    def next(self):
        """Read on to the next fix; True with .fix renewed, False when more bytes are needed.

        Written out, as each call would cost 2,000 instructions a sentence.
        """
        buf = self._buf
        end = self._end
        while True:
            at = self._pos
            start = buf.find(b"$", at, end)
            at = -1 if start == at else buf.find(b"\xb5\x62", at, start if start >= 0 else end)
            if at >= 0:
                got = read_frame(buf, self._views, at, end, self.fix)
                if got > 0:
                    self._pos = at + got
                    self._nmea.since_rmc = 0
                    self.accepted += 1
                    return True
                if not got:
                    self._pos = at
                    return False
                self._pos = at + 2  # only the sync bytes: a false start may hide a sentence
                if got == DAMAGED:
                    self.refused += 1
                continue
            if start < 0:
                self._pos = end - 1 if end and buf[end - 1] == SYNC_1 else end
                return False
            stop = buf.find(b"\n", start, end)
            limit = stop if stop >= 0 else end
            if buf.find(b"$", start + 1, limit) >= 0 or limit - start > _MAX_LINE:
                got = REFUSED  # bytes were lost: the line is torn, or joined to another
            elif stop >= 0:
                got = self._nmea.read(start, stop, self.signals)
            elif buf.find(b"\xb5\x62", start, end) >= 0:
                got = REFUSED
            else:
                self._pos = start
                return False
            self._pos = stop + 1
            if got == NEW_FIX:
                self.accepted += 1
                return True
            if got == READ:
                self.accepted += 1
            elif got == REFUSED:
                self.refused += 1
                self._pos = start + 1  # a frame or another sentence may begin in it
            else:
                self.other += 1
                if got == SIGNALS:
                    self.signal_db = self._nmea.signal_db
                else:
                    at = buf.find(b"\xb5\x62", start, stop)
                    if at >= 0:  # its checksum was not looked at: it may be anything before a frame
                        self._pos = at
