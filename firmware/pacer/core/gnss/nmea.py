"""The stream of any GNSS receiver: NMEA 0183, and u-blox's NAV-PVT among it. Bytes in, fixes out.

No strings, no floats, no allocation.

Of the sentences, RMC makes a fix (time, validity, place, speed, date); GGA adds satellites, HDOP and
quality; VTG gives the speed where RMC has none. A receiver that sends no RMC gets its fixes from
GGA and VTG. All talkers are alike. Whether there is a fix says the third field of RMC, A or V; the
navigational status at its end is V on good fixes of several makers and is not read.

Refused are: no checksum or a wrong one, a character or digit out of place, hour 24, minute 60, latitude
over 90, lines of more than 120 characters. Only what is used is read: a sentence of another kind is counted by its
form alone, and so is a GGA beside RMC, but for one a second that gives its three figures. The caller fills room(),
says how much by commit(), and calls next() until it returns False.
"""

from micropython import const

from . import ubx

_RMC = const(0x524D43)
_GGA = const(0x474741)
_VTG = const(0x565447)
_GSV = const(0x475356)
_ZERO = const(48)  # "0": a digit is this XOR 0 to 9, and nothing else is
_DOT = const(30)  # "." XOR that
_ALONE = const(3)  # so many GGA without an RMC: there is none
_GGA_MS = const(1_000)  # beside RMC one a second tells enough of satellites and HDOP

MAX_LINE = const(120)  # from "$" to the checksum; RTK and 4G modules send 91
ROOM = const(512)
EMPTY = const(-1)
_BAD = const(-2)
_HEAD = const(128)
_MAX_FIELDS = const(32)


class Fix:
    """What the receiver last said. Integers only; -1 where it said nothing.

    valid       1 with a fix, else 0
    utc_ms      time of day in ms; date_ddmmyy as sent
    lat_deg, lat_umin, lon_deg, lon_umin   degrees and micro-minutes, both negative in the south and west
    speed_mm_s  Doppler speed over ground
    accuracy_mm_s   its sigma by the receiver's own account (UBX; NMEA has none)
    sats, hdop_c (hundredths), quality     of the last GGA
    """

    def __init__(self):
        self.valid = 0
        self.utc_ms = EMPTY
        self.date_ddmmyy = EMPTY
        self.lat_deg = self.lat_umin = 0
        self.lon_deg = self.lon_umin = 0
        self.speed_mm_s = EMPTY
        self.accuracy_mm_s = EMPTY
        self.sats = EMPTY
        self.hdop_c = EMPTY
        self.quality = EMPTY


class Parser:
    """A stream of bytes to fixes. accepted, other and refused count sentences.

    accepted: RMC, GGA or VTG that was read; other: a sentence of another kind; refused: what began with "$" and was
    torn, too long, or one of the three and not correct.
    signals     read GSV, too; signal_db is then the mean C/N0 of the four best satellites, 0 unknown
    """

    def __init__(self):
        self.fix = Fix()
        self.accepted = 0
        self.other = 0
        self.refused = 0
        self._buf = bytearray(_HEAD + ROOM)
        view = memoryview(self._buf)
        # A slice made now costs nothing later: one for each multiple of 8 that left-over bytes end at.
        self._rooms = [view[i : i + ROOM] for i in range(0, _HEAD + 1, 8)]
        self._bytes_from = [view[i:] for i in range(8)]  # the i-th of eight bytes without an addition
        self._pos = 0  # first byte not yet read
        self._end = 0  # behind the last byte received
        self._commas = bytearray(_MAX_FIELDS + 1)
        self._fields = 0
        self._start = 0
        self._since_rmc = 0
        self._gga_ms = EMPTY  # time of day of the last one read beside RMC
        self._since_vtg = 0
        self._deg = self._umin = 0
        self.signals = False
        self.signal_db = 0
        self._best = bytearray(4)  # C/N0 since the last fix, falling
        self._gsv_utc = 0

    def room(self):
        """A memoryview of 512 bytes to read the next bytes into. Moves what is left over to the front."""
        buf = self._buf
        left = self._end - self._pos
        if left > _HEAD:  # next() leaves at most a line
            left = 0
        to = -left & 7
        if to != self._pos:
            at = self._pos
            if at > to:
                for i in range(to, to + left):
                    buf[i] = buf[at]
                    at += 1
            else:
                at += left
                for i in range(to + left - 1, to - 1, -1):
                    at -= 1
                    buf[i] = buf[at]
        self._pos = to
        self._end = to + left
        return self._rooms[(to + left) >> 3]

    def commit(self, count):
        """`count` bytes of room() are filled."""
        self._end += count

    def next(self):
        """Read on to the next fix; True with .fix renewed, False when more bytes are needed."""
        buf = self._buf
        end = self._end
        while True:
            start = buf.find(b"$", self._pos, end)
            frame = buf.find(b"\xb5\x62", self._pos, start if start >= 0 else end)
            if frame >= 0:
                got = self._frame(frame, end)
                if got < 0:
                    return False
                if got:
                    return True
                continue
            if start < 0:
                self._pos = end
                if end and buf[end - 1] == ubx.SYNC_1:
                    self._pos = end - 1
                return False
            stop = buf.find(b"\n", start, end)
            limit = stop if stop >= 0 else end
            again = buf.find(b"$", start + 1, limit)
            if again >= 0:  # bytes were lost: the line is torn
                self.refused += 1
                self._pos = again
                continue
            if limit - start > MAX_LINE + 2:
                self.refused += 1
                self._pos = limit
                continue
            if stop < 0:
                self._pos = start
                return False
            self._pos = stop + 1
            got = self._sentence(start, stop)
            if got < 0:
                self.refused += 1
            elif got:
                return True

    def _frame(self, start, end):
        """A UBX frame: 1 with a new fix, 0 without, negative when it is not whole yet."""
        buf = self._buf
        if end - start < 6:
            self._pos = start
            return -1
        length = buf[start + 4] | buf[start + 5] << 8
        self._pos = start + 2
        if buf[start + 2] != 1 or buf[start + 3] != 7:
            return 0  # another message; what looks like a sentence in it has no right checksum
        if not ubx.PVT_BYTES <= length <= ubx.PVT_MOST:
            self.refused += 1
            return 0
        if end - start < length + ubx.OVERHEAD:
            self._pos = start
            return -1
        if not ubx.checksum_ok(self._bytes_from, start + 6, length) or not ubx.read_pvt(buf, start + 6, self.fix):
            self.refused += 1
            return 0
        self._pos = start + length + ubx.OVERHEAD
        self._since_rmc = 0
        self.accepted += 1
        return 1

    def _sentence(self, start, stop):
        """1 with a new fix, 0 without, negative when refused."""
        buf = self._buf
        if buf[stop - 1] == 13:
            stop -= 1
        star = stop - 3
        if star < start + 6 or buf[star] != 42:
            return _BAD
        kind = 0
        if buf[start + 6] == 44 and buf[start + 1] != 80:  # "P" opens a maker's own sentence
            kind = buf[start + 3] << 16 | buf[start + 4] << 8 | buf[start + 5]
        if kind != _RMC and kind != _GGA and kind != _VTG and (kind != _GSV or not self.signals):
            self.other += 1
            return 0
        if kind == _GGA and self._since_rmc < _ALONE:
            utc_ms = self.fix.utc_ms
            if 0 <= utc_ms - self._gga_ms < _GGA_MS and utc_ms != EMPTY:
                self._since_rmc += 1
                self.other += 1
                return 0
            self._gga_ms = utc_ms
        total = 0
        i = start + 1
        _, b1, b2, b3, b4, b5, b6, b7 = self._bytes_from
        while i < star - 7:  # eight at a time: a third of the price
            total ^= buf[i] ^ b1[i] ^ b2[i] ^ b3[i] ^ b4[i] ^ b5[i] ^ b6[i] ^ b7[i]
            i += 8
        while i < star:
            total ^= buf[i]
            i += 1
        if total != _hex(buf[star + 1]) << 4 | _hex(buf[star + 2]):
            return _BAD
        if kind == _RMC:
            return self._rmc(start, star)
        if kind == _GGA:
            return self._gga(start, star)
        if kind == _VTG:
            return self._vtg(start, star)
        self._gsv(start, star)
        self.other += 1
        return 0

    def _gsv(self, start, star):
        """Keep the four strongest signals; those of the last fix's sentences become signal_db."""
        self._split(start, star)
        best = self._best
        if self.fix.utc_ms != self._gsv_utc:
            self._gsv_utc = self.fix.utc_ms
            n = 4
            while n and not best[n - 1]:
                n -= 1
            self.signal_db = (best[0] + best[1] + best[2] + best[3]) // n if n else 0
            for i in range(4):
                best[i] = 0
        for field in range(7, self._fields + 1, 4):
            db = self._number(field, 0)
            if 0 < db < 100:
                for i in range(4):
                    if db > best[i]:
                        was = best[i]
                        best[i] = db
                        db = was

    def _split(self, start, star):
        """Note where the fields end, relative to start. Field 0 is the sentence's name."""
        buf = self._buf
        commas = self._commas
        n = 0
        at = start + 6  # the name's end
        while at >= 0 and n < _MAX_FIELDS:
            commas[n] = at - start
            n += 1
            at = buf.find(b",", at + 1, star)
        commas[n] = star - start
        self._start = start
        self._fields = n  # fields after the name

    def _rmc(self, start, star):
        self._split(start, star)
        if self._fields < 9:
            return _BAD
        c = self._commas
        at = start + c[1] + 1
        if c[2] - c[1] != 2:
            return _BAD
        status = self._buf[at]
        utc = self._time(1)
        speed = self._digits(start + c[6] + 1, start + c[7], 3)
        course = self._digits(start + c[7] + 1, start + c[8], 2)
        date = self._date(9)
        if utc == _BAD or speed == _BAD or course == _BAD or date == _BAD or course > 36_000:
            return _BAD
        if status != 65 and status != 86:
            return _BAD
        place = self._place(3)
        if place == _BAD or (status == 65 and (place == EMPTY or utc == EMPTY)):
            return _BAD
        if speed > 1_000_000:
            return _BAD
        fix = self.fix
        fix.valid = 1 if status == 65 else 0
        fix.utc_ms = utc
        fix.date_ddmmyy = date
        if speed >= 0:
            speed = (speed * 463 + 450) // 900  # knots of 1852 m: mm/s = thousandths * 1852 / 3600
        fix.speed_mm_s = speed
        self._since_rmc = 0
        self.accepted += 1
        return 1

    def _gga(self, start, star):
        self._split(start, star)
        if self._fields < 8:
            return _BAD
        quality = self._number(6, 0)
        sats = self._number(7, 0)
        hdop = self._number(8, 2)
        if quality == _BAD or sats == _BAD or hdop == _BAD or quality > 9 or sats > 99:
            return _BAD
        fix = self.fix
        alone = self._since_rmc >= _ALONE
        if alone:
            utc = self._time(1)
            place = self._place(2)
            if utc == _BAD or place == _BAD:
                return _BAD
        fix.quality = quality
        fix.sats = sats
        fix.hdop_c = hdop
        self.accepted += 1
        if not alone:
            self._since_rmc += 1
            return 0
        fix.utc_ms = utc
        fix.valid = 1 if quality > 0 and place != EMPTY and utc != EMPTY else 0
        if self._since_vtg < _ALONE:
            self._since_vtg += 1
            return 0
        fix.speed_mm_s = EMPTY
        return 1

    def _vtg(self, start, star):
        if self._since_rmc < _ALONE:
            self.accepted += 1
            self._since_vtg = 0
            return 0
        self._split(start, star)
        if self._fields < 5:
            return _BAD
        speed = self._number(5, 3)
        if speed == _BAD or speed > 1_000_000:
            return _BAD
        self.accepted += 1
        self._since_vtg = 0
        if speed >= 0:
            speed = (speed * 463 + 450) // 900
        self.fix.speed_mm_s = speed
        return 1

    def _number(self, field, places):
        """A field's number, `places` decimals kept and the rest cut off; EMPTY or _BAD."""
        start = self._start
        return self._digits(start + self._commas[field - 1] + 1, start + self._commas[field], places)

    def _digits(self, at, stop, places):
        if at >= stop:
            return EMPTY
        buf = self._buf
        value = 0
        dot = -1
        for i in range(at, stop):
            c = buf[i] ^ _ZERO
            if c > 9:
                if c != _DOT:
                    return _BAD
                dot = i
                break
            value = value * 10 + c
        if value > 999_999_999:
            return _BAD
        if dot >= 0:
            if stop - at == 1:
                return _BAD  # a point alone
            for i in range(dot + 1, stop):
                c = buf[i] ^ _ZERO
                if c > 9:
                    return _BAD
                if places:
                    if value > 99_999_999:  # < 2**30 after the next digit
                        return _BAD
                    value = value * 10 + c
                    places -= 1
        while places:
            if value > 99_999_999:
                return _BAD
            value *= 10
            places -= 1
        return value

    def _time(self, field):
        """hhmmss.sss as ms of the day. Second 60 is a leap second."""
        start = self._start + self._commas[field - 1] + 1
        stop = self._start + self._commas[field]
        if start == stop:
            return EMPTY
        if stop - start < 6 or (stop - start > 6 and self._buf[start + 6] != 46):
            return _BAD
        clock = self._digits(start, stop, 3)  # hhmmss as thousandths: < 2**30 up to 23
        if clock < 0 or clock > 235_960_999:
            return _BAD
        minutes = clock // 100_000
        ms = clock - minutes * 100_000
        hours = minutes // 100
        minutes -= hours * 100
        if minutes > 59 or ms > 60_999:
            return _BAD
        return (hours * 60 + minutes) * 60_000 + ms

    def _date(self, field):
        date = self._number(field, 0)
        if date == EMPTY or date == _BAD:
            return date
        if self._commas[field] - self._commas[field - 1] != 7:
            return _BAD
        day = date // 10_000
        if day < 1 or day > 31:
            return _BAD
        month = date // 100 - day * 100
        return date if 1 <= month <= 12 else _BAD

    def _place(self, field):
        """Read four fields of latitude and longitude into the fix. 0, EMPTY or _BAD."""
        got = self._angle(field, 2, 90, 78, 83)
        if got:
            return got
        deg = self._deg
        umin = self._umin
        got = self._angle(field + 2, 3, 180, 69, 87)
        if got:
            return _BAD  # a latitude without a longitude
        fix = self.fix
        fix.lat_deg = deg
        fix.lat_umin = umin
        fix.lon_deg = self._deg
        fix.lon_umin = self._umin
        return 0

    def _angle(self, field, width, most, plus, minus):
        """d...dmm.mmmmm and its letter into _deg and _umin; what is finer than 1/100,000 minute, 2 cm, is cut off."""
        c = self._commas
        start = self._start + c[field - 1] + 1
        stop = self._start + c[field]
        if start == stop:
            return EMPTY
        buf = self._buf
        hundreds = 0
        if width == 3:
            hundreds = buf[start] ^ _ZERO
            if hundreds > 1:
                return _BAD
            start += 1
        if stop - start < 4 or (stop - start > 4 and buf[start + 4] != 46) or c[field + 1] - c[field] != 2:
            return _BAD
        value = self._digits(start, stop, 5)  # < 2**30: 99 degrees and 99 minutes
        if value < 0:
            return _BAD
        deg = value // 10_000_000
        umin = 10 * (value - deg * 10_000_000)
        deg += 100 * hundreds
        if umin >= 60_000_000 or deg > most or (deg == most and umin):
            return _BAD
        letter = buf[stop + 1]
        if letter == minus:
            deg = -deg
            umin = -umin
        elif letter != plus:
            return _BAD
        self._deg = deg
        self._umin = umin
        return 0


def _hex(c):
    if 48 <= c <= 57:
        return c - 48
    if 65 <= c <= 70:
        return c - 55
    if 97 <= c <= 102:
        return c - 87
    return 256
