"""The log of a run: what its bytes mean and how they are written. Format 1.

A run's file begins with one line and a text:

    PACERRUN 1 <bytes of the text> <CRC-32 of the text, 8 hex digits>\\n
    <text: "key value" lines, an empty line, the workout, a line "--", the profile>

Then records follow one another, little-endian, each ending in a CRC-8 (polynomial 0x2F, start 0xFF: it finds
any three wrong bits in 119, AUTOSAR SWS CRC) of its other bytes. The first byte tells the kind:

0x80 and up   a second of the run, 11 bytes. Bits: b0 = 1, confidence / 8 (4), distance since the last one in mm,
              bits 11-13; b1 = its bits 0-7; b2 = its bits 8-10 (3), speed in 2 mm/s, bits 8-12; b3 = bits 0-7;
              b4 = cadence in steps/min, 255 unknown; b5, b6, b7 = way east and north since the last one in cm, 12 bits
              each with sign, the high ones in b7, -2048 in both: no place known; b8 = receiver's speed less
              the smoothed one in 20 mm/s, signed; b9 = D' balance in %, 255 unknown; b10 = CRC.
              It stands for the second after the record before it.
0x7F          the same in full, 31 bytes: time of the run, ms (4), distance, mm (4), latitude degrees, signed,
              127: no place known (1), and micro-minutes (4), longitude the same (2 and 4), step index (2),
              row (1), speed, mm/s (2), receiver's speed, mm/s (2), cadence (1), confidence, % (1), D' balance (1),
              CRC (1). Written at the start, each two minutes, and whenever a second does not fit as a difference.
else          an event of events.py, 23 bytes: kind (1), rep (2), step index (2), row (1), time of the run (4), its own
              numbers a, b, c (4 each), CRC (1); of a kind that is not known, too.

How it is read back is in recovery.py.
"""

from struct import pack_into

from micropython import const

MAGIC = b"PACERRUN 1 "
SECOND = const(0x80)
PLACE = const(0x7F)
SECOND_BYTES = const(11)
PLACE_BYTES = const(31)
EVENT_BYTES = const(23)
NO_PLACE = const(-2048)
UNKNOWN = const(255)
_PLACE_EACH = const(120)  # seconds
_FOR_EVENTS = const(92)  # room for four, that seconds leave: while nothing can be written, laps go before them
EVENT_FORMAT = "<BHHBiiii"
PLACE_FORMAT = "<BiibihiHBHHBBB"
NOWHERE = const(127)


def _table():
    out = bytearray(256)
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c << 1 ^ 0x2F) & 255 if c & 128 else c << 1
        out[i] = c
    return bytes(out)


_CRC = _table()


def crc8(buf, at, count):
    """CRC-8 0x2F of buf[at:at + count]."""
    c = 255
    table = _CRC
    for i in range(at, at + count):
        c = table[c ^ buf[i]]
    return c


class Writer:
    """Records into buf[:used]; the caller writes them away and sets used to 0. room: at least 128 bytes."""

    def __init__(self, room):
        self.buf = bytearray(room)
        self.used = 0
        self.begin()

    def begin(self):
        """A run begins."""
        self._t_ms = self._mm = 0
        self._x_cm = self._y_cm = 0
        self._known = False
        self._since = _PLACE_EACH

    def free(self):
        """Is there room for whatever one turn of the loop may write?"""
        return self.used <= len(self.buf) - PLACE_BYTES - 4 * EVENT_BYTES

    def event(self, e):
        """The event that `e` (events.Events) has just taken."""
        buf = self.buf
        at = self.used
        if at + EVENT_BYTES > len(buf):
            return False
        pack_into(
            EVENT_FORMAT, buf, at, e.kind, e.rep & 0xFFFF, e.index & 0xFFFF, e.row & 255, e.t_ms, e.a, e.b, e.c
        )  # fmt: skip
        buf[at + 22] = crc8(buf, at, 22)
        self.used = at + EVENT_BYTES
        return True

    def second(self, t_ms, run_mm, index, row, motion, cadence_spm, balance):
        """The run at t_ms and run_mm; speeds, confidence and place from motion. balance: of D' in %, -1 unknown."""
        x_cm = motion.x_mm // 10
        y_cm = motion.y_mm // 10
        passed = t_ms - self._t_ms
        moved = run_mm - self._mm
        dx = x_cm - self._x_cm
        dy = y_cm - self._y_cm
        known = motion.fixed
        fits = 950 <= passed <= 1_050 and 0 <= moved < 16_384 and self._since < _PLACE_EACH
        if known and (not self._known or not -2047 <= dx <= 2047 or not -2047 <= dy <= 2047):
            fits = False
        if not 0 <= cadence_spm < UNKNOWN:
            cadence_spm = UNKNOWN
        if not 0 <= balance <= 100:
            balance = UNKNOWN
        if not fits:
            self._t_ms = t_ms
            self._mm = run_mm
            self._x_cm = x_cm
            self._y_cm = y_cm
            self._full(index, row, motion, cadence_spm, balance)
            return
        if not known:
            dx = dy = NO_PLACE
            self._known = False
        buf = self.buf
        at = self.used
        if at + SECOND_BYTES > len(buf) - _FOR_EVENTS:
            return
        speed = (motion.speed_mm_s + 1) >> 1
        if speed > 8191:
            speed = 8191
        raw = (motion.raw_mm_s - motion.speed_mm_s) // 20
        raw = -128 if raw < -128 else 127 if raw > 127 else raw
        sure = motion.confidence >> 3
        buf[at] = 0x80 | (sure if sure < 15 else 15) << 3 | moved >> 11
        buf[at + 1] = moved & 255
        buf[at + 2] = (moved >> 8 & 7) << 5 | speed >> 8
        buf[at + 3] = speed & 255
        buf[at + 4] = cadence_spm
        buf[at + 5] = dx & 255
        buf[at + 6] = dy & 255
        buf[at + 7] = (dx >> 8 & 15) << 4 | dy >> 8 & 15
        buf[at + 8] = raw & 255
        buf[at + 9] = balance
        buf[at + 10] = crc8(buf, at, 10)
        self.used = at + SECOND_BYTES
        self._since += 1
        self._t_ms += 1000
        self._mm = run_mm
        if known:
            self._x_cm += dx
            self._y_cm += dy

    def _full(self, index, row, motion, cadence_spm, balance):
        buf = self.buf
        at = self.used
        if at + PLACE_BYTES > len(buf) - _FOR_EVENTS:
            self._since = _PLACE_EACH  # the next one is in full, too
            return
        self._since = 0
        self._known = motion.fixed
        p = motion.plane
        lat = NOWHERE
        if self._known:
            p.invert(10 * self._x_cm, 10 * self._y_cm)
            lat = p.at_lat_deg
        pack_into(
            PLACE_FORMAT, buf, at, PLACE, self._t_ms, self._mm, lat, p.at_lat_umin, p.at_lon_deg, p.at_lon_umin,
            index & 0xFFFF, row & 255, motion.speed_mm_s, motion.raw_mm_s, cadence_spm, motion.confidence, balance,
        )  # fmt: skip
        buf[at + PLACE_BYTES - 1] = crc8(buf, at, PLACE_BYTES - 1)
        self.used = at + PLACE_BYTES


def header(size, crc):
    """The first line of a run's file, for a text of so many bytes with this CRC-32."""
    return MAGIC + b"%d %08x\n" % (size, crc)
