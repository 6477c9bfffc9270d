"""The log of a run, read back (journal.py tells its bytes): its records, and what is needed to resume a run.

After damage a reader steps on byte by byte to the next record whose CRC holds.
"""

from struct import unpack_from

from . import events, journal


def _size(kind):
    """Bytes of a record that begins like this."""
    if kind >= journal.SECOND:
        return journal.SECOND_BYTES
    return journal.PLACE_BYTES if kind == journal.PLACE else journal.EVENT_BYTES


class Reader:
    """Bytes back to records: add() what there is, next() until it returns 0.

    kind        SECOND or an event's; 0 when more bytes are needed
    t_ms, run_mm        of the run at a SECOND
    speed_mm_s, raw_mm_s, cadence_spm, confidence, balance      of it; -1 where unknown
    lat_deg, lat_umin, lon_deg, lon_umin, located       the last place in full
    x_cm, y_cm, placed  way east and north since then, and whether this SECOND has a place
    event_ms, index, row, rep, a, b, c      of an event
    skipped     bytes that belong to no record
    """

    def __init__(self):
        self._buf = bytearray()
        self._at = 0
        self._lost = False  # among bytes that belong to no record
        self.kind = self.t_ms = self.run_mm = 0
        self.speed_mm_s = self.raw_mm_s = self.cadence_spm = self.confidence = self.balance = 0
        self.x_cm = self.y_cm = 0
        self.placed = self.located = False
        self.lat_deg = self.lat_umin = self.lon_deg = self.lon_umin = 0
        self.event_ms = self.index = self.row = self.rep = self.a = self.b = self.c = 0
        self.skipped = 0

    def add(self, data):
        """More bytes of the file, behind its header."""
        self._buf = self._buf[self._at :]
        self._buf.extend(data)
        self._at = 0

    def next(self):
        """The kind of the next record, its content in the attributes; 0 when there is none whole."""
        buf = self._buf
        while self._at < len(buf):
            at = self._at
            kind = buf[at]
            size = _size(kind)
            # A kind that is not known is believed behind a whole record only: among damage it would hide good ones.
            if 0 < kind <= events.KIND_LAST or kind >= journal.PLACE or (kind and not self._lost):
                if at + size > len(buf):
                    return 0
                if journal.crc8(buf, at, size - 1) == buf[at + size - 1]:
                    self._at = at + size
                    self._lost = False
                    self._take(buf, at, kind)
                    return self.kind
            self._at += 1
            self.skipped += 1
            self._lost = True
        return 0

    def left(self):
        """Bytes at the end that make no whole record."""
        return len(self._buf) - self._at

    def _take(self, buf, at, kind):
        if kind >= journal.SECOND:
            self._second(buf, at)
        elif kind == journal.PLACE:
            v = unpack_from(journal.PLACE_FORMAT, buf, at)
            self.kind = journal.SECOND
            self.t_ms, self.run_mm = v[1], v[2]
            self.lat_deg, self.lat_umin, self.lon_deg, self.lon_umin = v[3:7]
            self.index, self.row = v[7:9]
            self.speed_mm_s, self.raw_mm_s = v[9:11]
            self.cadence_spm = v[11] if v[11] != journal.UNKNOWN else -1
            self.confidence = v[12]
            self.balance = v[13] if v[13] != journal.UNKNOWN else -1
            self.placed = self.located = v[3] != journal.NOWHERE
            self.x_cm = self.y_cm = 0
        else:
            v = unpack_from(journal.EVENT_FORMAT, buf, at)
            self.kind, self.rep, self.index, self.row = v[:4]
            self.event_ms, self.a, self.b, self.c = v[4:]

    def _second(self, buf, at):
        self.kind = journal.SECOND
        self.t_ms += 1000
        self.run_mm += (buf[at] & 7) << 11 | (buf[at + 2] >> 5) << 8 | buf[at + 1]
        self.confidence = (buf[at] >> 3 & 15) * 100 // 12
        if self.confidence > 100:
            self.confidence = 100
        self.speed_mm_s = ((buf[at + 2] & 31) << 8 | buf[at + 3]) << 1
        raw = buf[at + 8]
        self.raw_mm_s = self.speed_mm_s + 20 * (raw - 256 if raw > 127 else raw)
        self.cadence_spm = buf[at + 4] if buf[at + 4] != journal.UNKNOWN else -1
        self.balance = buf[at + 9] if buf[at + 9] != journal.UNKNOWN else -1
        dx = buf[at + 5] | buf[at + 7] >> 4 << 8
        dy = buf[at + 6] | (buf[at + 7] & 15) << 8
        if dx >= 2048:
            dx -= 4096
        if dy >= 2048:
            dy -= 4096
        self.placed = dx != journal.NO_PLACE
        if self.placed:
            self.x_cm += dx
            self.y_cm += dy


def header_of(line):
    """(bytes of the text, its CRC-32) of a run's first line, or (-1, 0) for what is none."""
    words = line.split()
    if line[: len(journal.MAGIC)] != journal.MAGIC or len(words) != 4:
        return -1, 0
    try:
        return int(words[2]), int(words[3], 16)
    except ValueError:
        return -1, 0


class Recovery:
    """A log read to its last whole record: what Engine.restore() needs to resume the run.

    index, t_ms, run_mm     where the run was; step_ms, step_mm: of the run, where its step began; rep_ms: its rep
    laps                    that stand
    ended                   there is nothing to resume
    """

    def __init__(self):
        self.ended = False
        self.index = self.t_ms = self.run_mm = 0
        self.step_ms = self.step_mm = self.rep_ms = 0
        self.laps = 0
        self._before_ms = self._before_mm = self._before_rep_ms = 0
        self._rep = self._row = 0
        self._reader = Reader()

    def add(self, data):
        """More bytes of the file, behind its header."""
        r = self._reader
        r.add(data)
        while r.next():
            self._take(r)

    def _take(self, r):
        if r.kind == journal.SECOND:
            self.t_ms = r.t_ms
            self.run_mm = r.run_mm
            return
        if r.kind > events.KIND_LAST:
            return  # a newer firmware's, or damage: it tells nothing
        if r.event_ms > self.t_ms:
            self.t_ms = r.event_ms
        if r.kind == events.STEP:
            self._before_ms = self.step_ms
            self._before_mm = self.step_mm
            self._before_rep_ms = self.rep_ms
            if r.rep != self._rep or r.row <= self._row:
                self.rep_ms = r.event_ms
            self._rep = r.rep
            self._row = r.row
            self.step_ms = r.event_ms
            self.step_mm = r.b
            self.index = r.index
        elif r.kind == events.UNDO:
            self.step_ms = self._before_ms
            self.step_mm = self._before_mm
            self.rep_ms = self._before_rep_ms
            self._rep = r.rep
            self._row = r.row
            self.index = r.index
            self.laps -= 1
        elif r.kind == events.LAP:
            self.laps += 1
        elif r.kind == events.END:
            self.ended = True
        if self.run_mm < self.step_mm:
            self.run_mm = self.step_mm
