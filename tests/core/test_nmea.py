from pacer.core.gnss.nmea import EMPTY
from pacer.core.gnss.stream import Stream


def checked(body):
    total = 0
    for c in body.encode():
        total ^= c
    return ("$%s*%02X\r\n" % (body, total)).encode()


RMC = "GNRMC,093000.50,A,5130.12345,N,00418.54321,E,6.479,84.40,231126,,,A"


def feed(stream, data, chunk=512):
    """Give bytes in chunks; returns the fixes as tuples."""
    out = []
    for i in range(0, len(data), chunk):
        part = data[i : i + chunk]
        room = stream.room()
        for k in range(len(part)):
            room[k] = part[k]
        stream.commit(len(part))
        while stream.next():
            f = stream.fix
            out.append((f.valid, f.utc_ms, f.lat_deg, f.lat_umin, f.lon_deg, f.lon_umin, f.speed_mm_s))
    return out


WANT = (1, 34_200_500, 51, 30_123_450, 4, 18_543_210, 3333)


def counts(stream):
    return stream.accepted, stream.other, stream.refused


def test_rmc_makes_a_fix_from_any_talker():
    for talker in ("GP", "GN", "GL", "GA", "BD", "GB", "QZ", "GI"):
        p = Stream()
        assert feed(p, checked(talker + RMC[2:])) == [WANT], talker
        assert counts(p) == (1, 0, 0)


def test_the_course_makes_a_fix_directed():
    for course, east, north in (("84.40", 3317, 325), ("0.00", 0, 3333), ("270.0", -3333, 0), ("360", 0, 3333)):
        p = Stream()
        feed(p, checked(RMC.replace("84.40", course)))
        assert p.fix.directed == 1
        assert abs(p.fix.east_mm_s - east) <= 1
        assert abs(p.fix.north_mm_s - north) <= 1
    feed(p, checked(RMC.replace("84.40", "").replace("00.50", "01.50")))
    assert p.fix.directed == 0


def test_bytes_may_come_in_pieces_of_any_size():
    data = checked(RMC) * 9
    for chunk in (1, 2, 7, 8, 9, 63, 64, 65, 200, 511, 512):
        p = Stream()
        assert feed(p, data, chunk) == [WANT] * 9, chunk


def test_south_and_west_are_negative():
    p = Stream()
    got = feed(p, checked("GPRMC,000000,A,3456.5,S,05830.25,W,0,,010100,,"))
    assert got == [(1, 0, -34, -56_500_000, -58, -30_250_000, 0)]


def test_a_receiver_without_fix_is_heard_but_gives_none():
    p = Stream()
    got = feed(p, checked("GNRMC,093000.00,V,,,,,,,231126,,,N"))
    assert got[0][0] == 0
    assert got[0][6] == EMPTY
    assert counts(p) == (1, 0, 0)


def test_status_a_counts_whatever_the_navigational_status_says():
    p = Stream()
    assert feed(p, checked("GNRMC,093000.50,A,5130.12345,N,00418.54321,E,6.479,84.40,231126,,,A,V")) == [WANT]


def test_fewer_fields_of_old_receivers_will_do():
    p = Stream()
    assert feed(p, checked("GPRMC,093000.5,A,5130.12345,N,00418.54321,E,6.479,84.4,231126")) == [WANT]


def test_lines_up_to_120_characters_are_read_and_longer_ones_refused():
    body = RMC + ",A" * 23
    while len(checked(body)) < 120 + 2:
        body += "1"
    p = Stream()
    assert feed(p, checked(body)) == [WANT]
    p = Stream()
    assert feed(p, checked(body + "23") + checked(RMC)) == [WANT]
    assert p.refused == 1


def test_what_is_out_of_place_is_refused():
    for body in (
        "GPRMC,093000,A,5177.12345,N,00418.54321,E,6.479,84.40,231126",  # minute 77
        "GPRMC,093000,A,9530.12345,N,00418.54321,E,6.479,84.40,231126",  # latitude 95
        "GPRMC,093000,A,9000.00001,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,093000,A,5130.12345,N,18100.00000,E,6.479,84.40,231126",
        "GPRMC,093000,A,513.012345,N,00418.54321,E,6.479,84.40,231126",  # digits shifted
        "GPRMC,093000,A,5130.1x345,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,093000,A,5130.12.45,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,093000,A,5130.12345,E,00418.54321,E,6.479,84.40,231126",
        "GPRMC,093000,A,5130.12345,N,,,6.479,84.40,231126",
        "GPRMC,093000,A,,,,,6.479,84.40,231126",  # valid without a place
        "GPRMC,240000,A,5130.12345,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,096000,A,5130.12345,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,9300,A,5130.12345,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,093000,X,5130.12345,N,00418.54321,E,6.479,84.40,231126",
        "GPRMC,093000,A,5130.12345,N,00418.54321,E,6..47,84.40,231126",
        "GPRMC,093000,A,5130.12345,N,00418.54321,E,-6.47,84.40,231126",
        "GPRMC,093000,A,5130.12345,N,00418.54321,E,6.479,384.4,231126",
        "GPRMC,093000,A,5130.12345,N,00418.54321,E,6.479,84.40,321126",
        "GPRMC,093000,A,5130.12345,N,00418.54321,E,6.479,84.40,231326",
        "GPRMC,093000,A,5130.12345,N,00418.54321,E,99999.9,84.40,231126",
        "GPRMC,093000,A",
    ):
        p = Stream()
        assert feed(p, checked(body)) == [], body
        assert counts(p) == (0, 0, 1), body


def test_a_sentence_needs_its_checksum():
    good = checked(RMC)
    for bad in (
        b"$" + RMC.encode() + b"\r\n",
        good[:-4] + b"00\r\n",
        good[:-4] + b"GG\r\n",
        good[:-5] + b"\r\n",
        b"$*00\r\n",
    ):
        p = Stream()
        assert feed(p, bad) == []
        assert counts(p) == (0, 0, 1), bad


def test_a_bit_flipped_anywhere_lets_no_wrong_fix_through():
    good = checked(RMC)
    for i in range(len(good) - 2):
        for bit in range(8):
            bad = bytearray(good)
            bad[i] ^= 1 << bit
            p = Stream()
            got = feed(p, bytes(bad) + good)
            assert got in ([WANT], [WANT, WANT]), (i, bit, got)  # twice: only its case bit was hit
            if len(got) == 2:
                assert bytes(bad).upper() == good


def test_garbage_and_lines_without_end_do_no_harm():
    p = Stream()
    noise = bytes([(i * 73 + 19) & 255 for i in range(5000)])
    assert feed(p, noise + b"\n" + checked(RMC))[-1:] == [WANT]
    p = Stream()
    assert feed(p, b"$GPRMC," + b"1" * 5000 + checked(RMC)) == [WANT]
    p = Stream()
    assert feed(p, b"$" * 3000 + checked(RMC)[1:]) == [WANT]


def test_gga_adds_what_rmc_does_not_say():
    p = Stream()
    feed(p, checked("GPGGA,093000,5130.12345,N,00418.54321,E,1,09,0.85,12.3,M,45.6,M,,") + checked(RMC))
    assert (p.fix.sats, p.fix.hdop_c, p.fix.quality) == (9, 85, 1)


def test_a_receiver_without_rmc_gets_fixes_from_gga_and_vtg():
    p = Stream()
    data = b""
    for s in range(10):
        data += checked("GPGGA,0930%02d,5130.12345,N,00418.54321,E,1,09,0.85,12.3,M,45.6,M,," % s)
        data += checked("GPVTG,84.4,T,,M,6.479,N,12.0,K,A")
    got = feed(p, data)
    assert len(got) >= 6
    assert got[-1] == (1, 34_209_000, 51, 30_123_450, 4, 18_543_210, 3333)


def test_other_sentences_are_counted_apart():
    p = Stream()
    feed(p, checked("GPGSV,1,1,01,05,40,113,32") + checked("PUBX,00,1") + checked("GNZDA,1,2"))
    assert counts(p) == (0, 3, 0)


def test_the_signal_is_the_mean_of_the_four_best_satellites_of_a_fix():
    p = Stream()
    gsv = checked("GPGSV,1,1,04,05,40,113,32,07,58,301,41,13,69,080,38,14,24,257,29")
    gsv += checked("GLGSV,1,1,03,65,40,113,44,66,58,301,,67,69,080,31")
    later = checked(RMC.replace("093000", "093001"))
    feed(p, checked(RMC) + gsv + later + gsv)
    assert p.signal_db == 0  # nobody asked
    p.signals = True
    feed(p, checked(RMC) + gsv)
    assert p.signal_db == 0  # not before the next fix
    feed(p, later + gsv)
    assert p.signal_db == (44 + 41 + 38 + 32) // 4
    assert counts(p) == (4, 8, 0)
    feed(p, gsv.replace(b"32", b"33"))
    assert counts(p) == (4, 9, 1)  # GPGSV has the wrong checksum now


def test_a_line_may_end_with_more_than_one_cr_or_with_none():
    line = checked(RMC)[:-2]
    for end in (b"\r\n", b"\n", b"\r\r\n", b"\r\r\r\n"):
        for chunk in (1, 7, 512):
            p = Stream()
            assert feed(p, (line + end) * 5, chunk) == [WANT] * 5, end
            assert counts(p) == (5, 0, 0)
    p = Stream()
    gsv = checked("GPGSV,1,1,01,05,40,113,32").replace(b"\r", b"\r\r")
    assert feed(p, gsv + line + b"\r\r\n") == [WANT]
    assert counts(p) == (1, 1, 0)


def test_a_cr_alone_ends_no_line():
    line = checked(RMC)[:-2]
    p = Stream()
    assert feed(p, line + b"\r" + line + b"\r\n") == [WANT]
    assert counts(p) == (1, 0, 1)
    p = Stream()
    assert feed(p, line + b"\r\rx\n" + line + b"\r") == []
    assert counts(p) == (0, 0, 1)


def rmc(talker, second, status="A", date="231126"):
    place = "5130.12345,N,00418.54321,E,6.479,84.40" if status == "A" else ",,,,,"
    return checked("%sRMC,0930%02d.50,%s,%s,%s,,,%s" % (talker, second, status, place, date, status))


def told(data, chunk=512):
    """(valid, second, date) at each fix."""
    p = Stream()
    out = []
    for i in range(0, len(data), chunk):
        room = p.room()
        part = data[i : i + chunk]
        for k in range(len(part)):
            room[k] = part[k]
        p.commit(len(part))
        while p.next():
            out.append((p.fix.valid, p.fix.utc_ms // 1000 % 60, p.fix.date_ddmmyy))
    return out


def test_a_talker_without_fix_takes_nothing_from_another_that_has_one():
    good = [(1, s, 231126) for s in range(6)]
    for date in ("", "231126"):
        data = b"".join([rmc("GN", s) + rmc("GL", s, "V", date) for s in range(6)])
        assert told(data) == good
        data = b"".join([rmc("GN", s) + rmc("GL", s, "V", date) + rmc("GA", s, "V", date) for s in range(6)])
        assert told(data) == good
        data = rmc("GN", 0) + b"".join([rmc("GL", s, "V", date) + rmc("GN", s) for s in range(1, 6)])
        assert told(data) == good
        both = [rmc("GL", s, "V", date) + rmc("GA", s, "V", date) + rmc("GP", s) for s in range(1, 6)]
        assert told(rmc("GP", 0) + b"".join(both)) == good


def test_a_talker_without_fix_and_without_time_takes_nothing_either():
    none = checked("GLRMC,,V,,,,,,,,,,N")
    assert told(b"".join([rmc("GN", s) + none for s in range(6)])) == [(1, s, 231126) for s in range(6)]


def test_the_talker_that_had_the_fix_says_at_once_that_it_is_lost():
    assert [x[0] for x in told(rmc("GN", 0) + rmc("GN", 1, "V") + rmc("GN", 2))] == [1, 0, 1]
    assert [x[0] for x in told(rmc("GN", 0) + rmc("GN", 0, "V"))] == [1, 0]


def test_when_it_falls_silent_another_is_believed_from_the_second_epoch_on():
    """A receiver may be another talker without a fix than with one."""
    assert [x[:2] for x in told(rmc("GN", 0) + rmc("GP", 1, "V") + rmc("GP", 2, "V"))] == [(1, 0), (0, 2)]
    none = checked("GPRMC,,V,,,,,,,,,,N")
    assert [x[0] for x in told(rmc("GN", 0) + none + none)] == [1, 0]


def test_an_epoch_keeps_its_date_when_another_talker_has_none():
    assert told(rmc("GN", 0) + rmc("GL", 0, "A", "") + rmc("GN", 1)) == [(1, 0, 231126)] * 2 + [(1, 1, 231126)]


def test_of_gga_alone_the_same_is_true():
    data = b""
    for s in range(10):
        for talker, what in (("GN", "5130.12345,N,00418.54321,E,1,09,0.85"), ("GL", ",,,,0,00,")):
            data += checked("%sGGA,0930%02d,%s,,,,,," % (talker, s, what))
    got = told(data)
    assert len(got) > 5
    assert all(x[0] for x in got)


def gns(second, mode="AA", talker="GN", sats="12", hdop="0.85", place="5130.12345,N,00418.54321,E"):
    return checked("%sGNS,0930%02d.50,%s,%s,%s,%s,12.3,45.6,,,V" % (talker, second, place, mode, sats, hdop))


VTG = checked("GNVTG,84.4,T,,M,6.479,N,12.0,K,A")


def test_a_receiver_of_gns_alone_gets_fixes_with_vtgs_speed():
    for chunk in (1, 7, 512):
        p = Stream()
        got = feed(p, b"".join([gns(s) + VTG for s in range(10)]), chunk)
        assert len(got) >= 6
        assert got[-1] == (1, 34_209_500, 51, 30_123_450, 4, 18_543_210, 3333)
        assert (p.fix.sats, p.fix.hdop_c, p.fix.quality) == (12, 85, 1)
        assert p.refused == 0


def test_a_receiver_of_gns_and_nothing_else_gets_fixes_without_speed():
    p = Stream()
    got = feed(p, b"".join([gns(s) for s in range(20)]))
    assert len(got) >= 10
    assert got[-1] == (1, 34_219_500, 51, 30_123_450, 4, 18_543_210, EMPTY)


def test_the_best_mode_of_gns_is_its_quality():
    for mode, valid, quality in (
        ("N", 0, 0), ("NN", 0, 0), ("A", 1, 1), ("NA", 1, 1), ("AN", 1, 1), ("DANN", 1, 2), ("AD", 1, 2), ("P", 1, 3),
        ("RRNN", 1, 4), ("FA", 1, 5), ("RF", 1, 4), ("E", 0, 6), ("MN", 0, 7), ("S", 0, 8), ("EA", 1, 1), ("", 0, 0),
    ):  # fmt: skip
        p = Stream()
        feed(p, b"".join([gns(s, mode) + VTG for s in range(10)]))
        assert (p.fix.valid, p.fix.quality, p.refused) == (valid, quality, 0), mode


def test_without_a_place_gns_has_no_fix():
    p = Stream()
    got = feed(p, b"".join([gns(s, "NN", place=",,,", sats="00", hdop="") + VTG for s in range(10)]))
    assert len(got) >= 5
    assert not any(x[0] for x in got)


def test_gns_out_of_place_is_refused():
    for what in (
        gns(5, "X"), gns(5, "aa"), gns(5, "A1"), gns(5, sats="123"), gns(5, hdop="x"),
        gns(5, place="9130.1,N,00418.5,E"), checked("GNGNS,243000,5130.1,N,00418.5,E,AA,12,0.8,1,1,,"),
        checked("GNGNS,093000,5130.12345,N,00418.54321,E,A"),
    ):  # fmt: skip
        p = Stream()
        feed(p, b"".join([gns(s) + VTG for s in range(5)]))
        before = p.refused
        assert feed(p, what) == [], what
        assert p.refused == before + 1, what


def test_beside_rmc_or_gga_gns_makes_no_fix():
    want = [(1, s, 231126) for s in range(10)]
    assert told(b"".join([gns(s) + rmc("GN", s) for s in range(10)])) == want
    p = Stream()
    gga = "GNGGA,0930%02d.50,5130.12345,N,00418.54321,E,1,09,0.70,12.3,M,45.6,M,,"
    for first in (True, False):
        data = b""
        for s in range(20):
            other = gns(s)
            data += (other if first else b"") + checked(gga % s) + (b"" if first else other)
        p = Stream()
        got = feed(p, data)
        assert len(got) >= 10
        assert len({x[1] for x in got}) == len(got)  # one an epoch
        assert p.fix.hdop_c == 70


def test_gns_gives_satellites_beside_rmc():
    p = Stream()
    feed(p, b"".join([gns(s, "DA") + rmc("GN", s) for s in range(9)]))
    assert (p.fix.sats, p.fix.hdop_c, p.fix.quality) == (12, 85, 2)


def test_gns_of_a_talker_without_fix_takes_nothing_from_another():
    p = Stream()
    none = [gns(s, "N", "GL", "00", "", ",,,") for s in range(12)]
    got = feed(p, b"".join([gns(s) + none[s] + VTG for s in range(12)]))
    assert len(got) >= 6
    assert all(x[0] for x in got[1:])  # the first may be the one without: nobody has had a fix then
    assert p.fix.sats == 12


def slow(second, status="A", speed=""):
    return checked("GNRMC,0930%02d.00,%s,5130.12345,N,00418.54321,E,%s,84.40,231126,,,A" % (second, status, speed))


def vtg(second):
    """VTG of the speed that belongs to a second: so many knots."""
    return checked("GNVTG,84.4,T,,M,%d.000,N,,K,A" % second)


def knots(data, chunk=512):
    """(second, knots) at each fix."""
    return [(x[1] // 1000 % 60, x[6] if x[6] < 0 else (x[6] * 9 + 2315) // 4630) for x in feed(Stream(), data, chunk)]


GSA = checked("GNGSA,A,3,05,07,13,14,15,30,24,28,,,,,1.60,0.90,1.30")
GGA = checked("GNGGA,093000.00,5130.12345,N,00418.54321,E,1,09,0.85,12.3,M,45.6,M,,")


def test_vtg_stands_in_where_rmc_has_no_speed_in_either_order():
    for chunk in (1, 7, 64, 512):
        for before, after in ((b"", b""), (GSA, b""), (b"", GSA), (GGA, GSA * 2), (GSA, GGA)):
            data = b"".join([before + slow(s) + vtg(s) + after for s in range(10)])
            assert knots(data, chunk) == [(0, EMPTY)] + [(s, s) for s in range(1, 10)]  # no VTG was heard at the first
            data = b"".join([before + vtg(s) + slow(s) + after for s in range(10)])
            assert knots(data, chunk) == [(s, s) for s in range(10)]


def test_the_order_is_seen_after_a_start_in_mid_epoch():
    data = slow(0) + GSA + b"".join([vtg(s) + slow(s) + GSA for s in range(1, 9)])
    assert knots(data)[-7:] == [(s, s) for s in range(2, 9)]
    data = vtg(0) + GSA + b"".join([slow(s) + vtg(s) + GSA for s in range(1, 9)])
    assert knots(data)[-7:] == [(s, s) for s in range(2, 9)]


def test_a_fix_waits_for_its_vtg_and_no_longer():
    p = Stream()
    feed(p, slow(0) + vtg(0) + GSA + slow(1) + vtg(1) + GSA)
    assert feed(p, slow(2)) == []
    assert len(feed(p, vtg(2))) == 1
    p = Stream()
    feed(p, vtg(0) + slow(0) + GSA)
    assert feed(p, vtg(1)) == []
    assert len(feed(p, slow(1))) == 1


def test_without_vtg_a_fix_without_speed_comes_at_once():
    assert knots(b"".join([slow(s) for s in range(5)])) == [(s, EMPTY) for s in range(5)]
    gone = slow(0) + vtg(0) + GSA + slow(1) + vtg(1) + GSA + b"".join([slow(s) + GSA for s in range(2, 9)])
    assert knots(gone)[-4:] == [(s, EMPTY) for s in range(5, 9)]


def test_a_damaged_vtg_costs_one_speed_or_one_fix():
    bent = vtg(5).replace(b",N,", b",M,")
    data = b"".join([slow(s) + (bent if s == 5 else vtg(s)) + GSA for s in range(10)])
    assert knots(data)[1:] == [(s, s) for s in range(1, 10) if s != 5]
    data = b"".join([(bent if s == 5 else vtg(s)) + slow(s) + GSA for s in range(10)])
    assert knots(data) == [(s, s if s != 5 else EMPTY) for s in range(10)]


def test_vtg_changes_nothing_where_rmc_has_a_speed():
    data = b"".join([slow(s, speed="7") + vtg(s) for s in range(5)])
    assert knots(data) == [(s, 7) for s in range(5)]
    data = b"".join([vtg(s) + slow(s, speed="7" if s % 3 else "") + GSA for s in range(9)])
    assert knots(data) == [(s, 7 if s % 3 else s if s == 0 else EMPTY) for s in range(9)]  # EMPTY: VTG is not read


def test_a_lost_fix_waits_for_no_vtg():
    p = Stream()
    feed(p, b"".join([slow(s) + vtg(s) + GSA for s in range(5)]))
    assert [x[0] for x in feed(p, slow(5, "V"))] == [0]
