"""NMEA 0183: sentences read into a Fix, and how a maker's sentence is written. Reading allocates nothing.

RMC makes a fix (time, validity, position, speed, date); GGA adds satellites, HDOP and quality. For a receiver that
sends no RMC, GGA makes the fix and VTG adds the speed, as it does for an RMC without one. GNS is read in place of GGA
where none comes. The third field of RMC, A or V, says whether there is a fix; the navigational status at its end is V
on good fixes of several makers and is not read. All talkers are alike, but one without a fix takes nothing from another
that has one.

Refused are: a missing or wrong checksum, a character or digit out of place, hour 24, minute 60, latitude over 90.
Only what is used is read: a sentence of another kind is recognised by its form alone, and so is a GGA or GNS beside
RMC, except one a second for its three figures.
"""

from micropython import const

from ..fixed import sin_q14

_RMC = const(0x524D43)
_GGA = const(0x474741)
_GNS = const(0x474E53)
_VTG = const(0x565447)
_GSV = const(0x475356)
_ZERO = const(48)  # c ^ "0" is the digit's value; every other character gives more than 9
_DOT = const(30)  # "." ^ "0"
_ALONE = const(3)  # after this many GGA without an RMC, assume the receiver sends none; VTG likewise
_GGA_MS = const(1_000)  # beside RMC, one GGA a second is enough for satellites and HDOP
_MAX_FIELDS = const(32)
_FAST_MM_S = const(60_000)  # faster than this no direction is read
_MODES = b"NSMEADPFR"  # a constellation's in GNS, from the worst to the best ...
_QUALITIES = b"\0\x08\x07\x06\x01\x02\x03\x05\x04"  # ... and GGA's numbers for them

EMPTY = const(-1)  # a field with nothing in it
_BAD = const(-2)  # a field that is not what it should be

# What read() returns
NEW_FIX = const(2)
READ = const(1)  # one of RMC, GGA, GNS and VTG, that gives no fix by itself
OTHER = const(0)  # of another kind, not read
SIGNALS = const(3)  # a GSV, into signal_db
REFUSED = const(-1)


class Nmea:
    """Sentences to fixes.

    buf         the bytes that sentences stand in
    views       eight views of buf, beginning at its bytes 0 to 7
    fix         the Fix to read into
    signal_db   from GSV: mean C/N0 of the four best satellites in dB-Hz, 0 when unknown
    since_rmc   GGA since the last RMC; set it to 0 at a fix from elsewhere (NAV-PVT): then no GGA makes one
    """

    def __init__(self, buf, views, fix):
        self.fix = fix
        self.signal_db = 0
        self.since_rmc = 0
        self._buf = buf
        self._views = views
        self._commas = bytearray(_MAX_FIELDS + 2)  # where the fields of the sentence end, relative to _start
        self._fields = 0
        self._start = 0
        self._gga_ms = EMPTY  # time of day of the last GGA read beside RMC
        self._since_vtg = 0
        self._since_gga = 0  # GNS
        # An RMC without a speed takes that of its VTG
        self._wanted = True  # the last RMC had no speed: VTG is read
        self._vtg_mm_s = EMPTY  # what VTG has said since that RMC
        self._fresh = False  # ... if it has
        self._between = False  # another sentence came since the last RMC or VTG
        self._followed = False  # VTG came right behind that RMC
        self._order = EMPTY  # 1 when VTG follows RMC, 0 when it comes before it, EMPTY while that is not known
        self._held = False  # the fix is complete when its VTG comes
        self._lacking = _ALONE  # RMC since the last VTG, when it follows
        self._talker = 0  # who said last that there is a fix: the second letter
        self._doubted_ms = EMPTY  # time of day of the fix of which another talker has said since that there is none
        self._doubt_ms = EMPTY  # ... and the time that it gave
        self._deg = self._umin = 0  # what _angle() read: returning a tuple would allocate
        self._best = bytearray(4)  # the highest C/N0 since the last fix, in falling order
        self._gsv_utc = 0

    def read(self, start, stop, signals):
        """Read the sentence buf[start:stop], "$" to the CR or the end, into the fix.

        signals: whether GSV is read, too

        Returns NEW_FIX, READ, SIGNALS, OTHER or REFUSED. The checksum's loop is written out for speed.
        """
        buf = self._buf
        if buf[stop - 1] == 13:
            stop -= 1
        star = stop - 3
        if buf[star] != 42:
            while star > start and buf[star + 2] == 13:  # some modems end lines with CR CR LF
                star -= 1
            if buf[star] != 42:
                return REFUSED
        if star < start + 6:
            return REFUSED
        kind = 0
        if buf[start + 6] == 44 and buf[start + 1] != 80:  # "P" begins a maker's own sentence
            kind = buf[start + 3] << 16 | buf[start + 4] << 8 | buf[start + 5]
        if kind != _RMC and kind != _VTG:
            self._between = True
            if kind != _GGA and kind != _GNS and (kind != _GSV or not signals):
                return OTHER
        if (kind == _GGA or kind == _GNS) and self.since_rmc < _ALONE:
            utc_ms = self.fix.utc_ms
            if 0 <= utc_ms - self._gga_ms < _GGA_MS and utc_ms != EMPTY:
                self.since_rmc += 1
                return OTHER
            self._gga_ms = utc_ms
        total = 0
        i = start + 1
        _, b1, b2, b3, b4, b5, b6, b7 = self._views
        while i < star - 7:  # eight bytes a turn: a third of the cost
            total ^= buf[i] ^ b1[i] ^ b2[i] ^ b3[i] ^ b4[i] ^ b5[i] ^ b6[i] ^ b7[i]
            i += 8
        while i < star:
            total ^= buf[i]
            i += 1
        digits = b"0123456789ABCDEF"
        c = buf[star + 1]
        if (c if c < 97 else c - 32) != digits[total >> 4]:  # 97: "a"
            return REFUSED
        c = buf[star + 2]
        if (c if c < 97 else c - 32) != digits[total & 15]:
            return REFUSED
        if kind == _RMC:
            return self._rmc(start, star)
        if kind == _GGA:
            self._since_gga = 0
            return self._gga(start, star, 9)
        if kind == _GNS:
            return self._gns(start, star)
        if kind == _VTG:
            return self._vtg(start, star)
        return self._gsv(start, star)

    def _gsv(self, start, star):
        """Keep the four strongest signals; those of one fix's sentences become signal_db at the next fix's first."""
        self._split(start, star, _MAX_FIELDS)
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
        return SIGNALS

    def _split(self, start, star, most):
        """Note where the fields up to number `most` end; what is behind them counts as one. Field 0 is the name."""
        buf = self._buf
        commas = self._commas
        n = 0
        at = start + 6  # the name's end
        while at >= 0 and n <= most:
            commas[n] = at - start
            n += 1
            at = buf.find(b",", at + 1, star)
        commas[n] = star - start
        self._start = start
        self._fields = n  # fields after the name

    def _rmc(self, start, star):
        self._split(start, star, 9)
        if self._fields < 9:
            return REFUSED
        c = self._commas
        at = start + c[1] + 1
        if c[2] - c[1] != 2:
            return REFUSED
        status = self._buf[at]
        utc = self._time(1)
        speed = self._digits(start + c[6] + 1, start + c[7], 3)
        course = self._digits(start + c[7] + 1, start + c[8], 2)
        date = self._date(9)
        if utc == _BAD or speed == _BAD or course == _BAD or date == _BAD or course > 36_000:
            return REFUSED
        if status != 65 and status != 86:
            return REFUSED
        if speed > 1_000_000:
            return REFUSED
        if status == 86 and self._outvoted(start, utc):
            return READ
        place = self._place(3)
        if place == _BAD or (status == 65 and (place == EMPTY or utc == EMPTY)):
            return REFUSED
        fix = self.fix
        if status == 65:
            fix.valid = 1
            self._talker = self._buf[start + 2]
        else:
            fix.valid = 0
        if date >= 0 or fix.utc_ms != utc:
            fix.date_ddmmyy = date
        fix.utc_ms = utc
        if speed >= 0:
            speed = (speed * 463 + 450) // 900  # knots of 1852 m: mm/s = thousandths * 1852 / 3600
        fix.speed_mm_s = speed
        fix.directed = 1 if course >= 0 and 0 <= speed < _FAST_MM_S else 0
        if fix.directed:
            course = course * 8192 // 4500  # hundredths of a degree to 1/65536 of a turn; < 2**30: 36,000
            fix.east_mm_s = speed * sin_q14(course) >> 14
            fix.north_mm_s = speed * sin_q14(course + 16384) >> 14
        self.since_rmc = 0
        if self._wanted or speed < 0:
            return self._lend_speed()
        return NEW_FIX

    def _lend_speed(self):
        """RMC is read: where it has no speed, take VTG's of before, or hold the fix until VTG follows.

        VTG has no time. It belongs to the RMC that it stands right beside; beside two, or none,
        it is that of the one before it if RMC was heard first. A VTG that is lost costs the fix that waits for it.
        """
        fix = self.fix
        fresh = self._fresh
        self._fresh = False
        self._held = False
        before = fresh and not self._between
        self._between = False
        followed = self._followed
        self._followed = False
        self._wanted = fix.speed_mm_s < 0
        if not self._wanted:
            return NEW_FIX
        if self._order < 0:
            self._order = 0 if fresh else 1
        if fresh and before != followed:
            self._order = 1 if followed else 0
        if not self._order:
            if fresh:
                fix.speed_mm_s = self._vtg_mm_s
        elif fix.valid and self._lacking < _ALONE:
            self._lacking += 1
            self._held = True
            return READ
        return NEW_FIX

    def _outvoted(self, start, utc):
        """Whether a sentence without a fix is to be passed over, as another talker has one.

        The talker that said so last is the one to take it back. Another one's word counts from the second epoch on in
        which that talker is silent: it may come before it in an epoch, and a receiver may change its talker.
        """
        fix = self.fix
        if not fix.valid or self._buf[start + 2] == self._talker:
            return False
        fix_ms = fix.utc_ms
        if utc == fix_ms:
            return True
        if self._doubted_ms != fix_ms:
            self._doubted_ms = fix_ms
            self._doubt_ms = utc
            return True
        return utc == self._doubt_ms and utc != EMPTY

    def _gns(self, start, star):
        """Read GNS as a GGA, where there is none. Its modes E, M and S, which RMC calls V, are no fix."""
        if self._since_gga < _ALONE:
            self._since_gga += 1
            if self.since_rmc < _ALONE:
                self.since_rmc += 1
            return READ
        return self._gga(start, star, 5)

    def _mode(self):
        """The sixth field of GNS, a letter for each constellation, as the best one's quality; 0 or _BAD."""
        buf = self._buf
        best = 0
        for i in range(self._start + self._commas[5] + 1, self._start + self._commas[6]):
            k = 8
            while k >= 0 and buf[i] != _MODES[k]:
                k -= 1
            if k < 0:
                return _BAD
            if k > best:
                best = k
        return _QUALITIES[best]

    def _gga(self, start, star, most):
        """Read a GGA, or a GNS, whose fields are the same. most: the highest quality that is a fix, 5 in GNS."""
        self._split(start, star, 8)
        if self._fields < 8:
            return REFUSED
        quality = self._number(6, 0) if most > 5 else self._mode()
        sats = self._number(7, 0)
        hdop = self._number(8, 2)
        if quality == _BAD or sats == _BAD or hdop == _BAD or quality > 9 or sats > 99:
            return REFUSED
        fix = self.fix
        alone = self.since_rmc >= _ALONE
        if alone:
            utc = self._time(1)
            valid = 0 < quality <= most
            if utc != _BAD and not valid and self._outvoted(start, utc):
                return READ
            place = self._place(2)
            if utc == _BAD or place == _BAD:
                return REFUSED
            if place == EMPTY or utc == EMPTY:
                valid = False
            if valid:
                self._talker = self._buf[start + 2]
        fix.quality = quality
        fix.sats = sats
        fix.hdop_c = hdop
        if not alone:
            self.since_rmc += 1
            return READ
        fix.utc_ms = utc
        fix.valid = 1 if valid else 0
        fix.directed = 0
        if self._since_vtg < _ALONE:  # the fix is complete when its VTG comes
            self._since_vtg += 1
            return READ
        fix.speed_mm_s = EMPTY
        return NEW_FIX

    def _vtg(self, start, star):
        alone = self.since_rmc >= _ALONE
        if not alone and not self._wanted:
            self._since_vtg = 0
            return READ
        self._split(start, star, 5)
        if self._fields < 5:
            return REFUSED
        speed = self._number(5, 3)
        if speed == _BAD or speed > 1_000_000:
            return REFUSED
        self._since_vtg = 0
        if speed >= 0:
            speed = (speed * 463 + 450) // 900
        if not alone:
            self._vtg_mm_s = speed
            self._fresh = True
            self._followed = not self._between
            self._between = False
            self._lacking = 0
            if not self._held:
                return READ
            self._held = False
        self.fix.speed_mm_s = speed
        return NEW_FIX

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
        c = self._commas
        stop = c[field]
        at = c[field - 1] + 1
        date = self._digits(self._start + at, self._start + stop, 0)
        if date < 0:
            return date
        if stop - at != 6:
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


def sentence(body):
    """The bytes of a sentence, checksum added. body: from behind "$" to before "*"."""
    total = 0
    for c in body:
        total ^= c
    return b"$" + body + b"*%02X\r\n" % total
