from struct import pack

from test_nmea import RMC, WANT, checked, feed

from pacer.core.gnss import setup, ubx
from pacer.core.gnss.nmea import sentence
from pacer.core.gnss.stream import Stream


def pvt(
    lat=515020575,
    lon=43090535,
    speed=3333,
    accuracy=180,
    hour=9,
    minute=30,
    second=0,
    nano=500_000_000,
    fix=3,
    north=0,
    east=0,
):
    """A NAV-PVT frame as a u-blox 8 sends it."""
    return ubx.frame(
        1,
        7,
        pack("<IHBBBBBBIi", 0, 2026, 11, 23, hour, minute, second, 0x37, 25, nano)
        + pack("<BBBBiiii", fix, 1 if fix else 0, 0, 14, lon, lat, 0, 0)
        + pack("<II", 1500, 2000)
        + pack("<iiiiiII", north, east, 0, speed, 0, accuracy, 0)
        + pack("<H", 130)
        + bytes(14),
    )


def test_a_frame_makes_a_fix_with_its_accuracy():
    p = Stream()
    assert feed(p, pvt()) == [WANT]
    assert (p.fix.accuracy_mm_s, p.fix.sats, p.fix.hdop_c) == (180, 14, 130)
    assert (p.accepted, p.refused) == (1, 0)


def test_a_fix_knows_where_it_goes():
    p = Stream()
    feed(p, pvt(north=-3000, east=1452))
    assert (p.fix.directed, p.fix.north_mm_s, p.fix.east_mm_s) == (1, -3000, 1452)
    feed(p, pvt(second=1))
    assert p.fix.directed == 0  # a speed without its parts, as some modules' firmware sends it


def test_each_tenth_of_a_second_keeps_its_time():
    for tenth in range(-5, 10):
        assert feed(Stream(), pvt(nano=tenth * 100_000_000))[0][1] == 34_200_000 + 100 * tenth


def test_a_frame_behind_a_torn_sentence_or_within_one_is_read():
    want = feed(Stream(), pvt())
    for chunk in (1, 7, 64, 512):
        for torn in (b"$", b"$GNRMC,0930", b"$$"):
            assert feed(Stream(), torn + pvt(), chunk) == want, (torn, chunk)
        assert feed(Stream(), b"$GPGSV," + pvt() + b"*00\r\n", chunk) == want, chunk


def test_frames_and_sentences_may_be_mixed_and_cut_anywhere():
    data = (pvt() + checked(RMC)) * 5
    for chunk in (1, 3, 7, 50, 99, 100, 101, 512):
        p = Stream()
        assert feed(p, data, chunk) == [WANT] * 10, chunk


def test_beside_nav_pvt_no_gga_makes_a_fix():
    p = Stream()
    gga = checked("GPGGA,093000.50,5130.12345,N,00418.54321,E,1,09,0.85,12.3,M,45.6,M,,")
    assert feed(p, (pvt() + gga) * 10) == [WANT] * 10
    assert p.refused == 0


def test_all_corners_of_the_earth():
    for lat, lon in ((0, 0), (-1, 1), (-338765432, 1512345678), (900000000, -1800000000), (-899999999, 1799999999)):
        p = Stream()
        got = feed(p, pvt(lat=lat, lon=lon))[0]
        for value, deg, umin in ((lat, got[2], got[3]), (lon, got[4], got[5])):
            sign = -1 if value < 0 else 1
            assert (deg, umin) == (sign * (abs(value) // 10_000_000), sign * (abs(value) % 10_000_000 * 6))


def test_what_is_out_of_range_or_damaged_is_refused():
    for bad in (
        pvt(lat=900000001),
        pvt(lon=-1800000001),
        pvt(hour=24),
        pvt(minute=60),
        pvt(speed=-1),
        pvt(speed=600_000),
    ):
        p = Stream()
        assert feed(p, bad + checked(RMC)) == [WANT]
        assert p.refused >= 1
    good = pvt()
    for i in range(2, len(good)):
        bad = bytearray(good)
        bad[i] ^= 0x10
        p = Stream()
        assert feed(p, bytes(bad) + good)[-1] == WANT, i


def test_what_is_refused_leaves_the_last_fix_as_it_was():
    for bad in (pvt(lat=900000001, second=1), pvt(lon=-1800000001, second=1), pvt(speed=-1, lat=1, second=1)):
        p = Stream()
        feed(p, pvt())
        feed(p, bad)
        f = p.fix
        assert (f.valid, f.utc_ms, f.lat_deg, f.lat_umin, f.lon_deg, f.lon_umin, f.speed_mm_s) == WANT


def test_no_fix_is_told():
    p = Stream()
    assert feed(p, pvt(fix=0))[0][0] == 0


def test_the_second_before_midnight_belongs_to_its_day():
    p = Stream()
    assert feed(p, pvt(hour=0, minute=0, second=0, nano=-2_000_000))[0][1] == 86_399_998


def test_set_up_frames_are_what_the_makers_describe():
    rate = ubx.frame(0x06, 0x08, pack("<HHH", 1000, 1, 1))
    assert rate == b"\xb5\x62\x06\x08\x06\x00\xe8\x03\x01\x00\x01\x00\x01\x39"
    new, wrist, baud = setup.ublox_from_9(10)
    assert {part[2:4] for part in (new, wrist, baud)} == {b"\x06\x8a"}
    assert b"\x01\x00\x21\x30\x64\x00" in new
    assert b"\x21\x00\x11\x20\x03" in new
    assert wrist[-7:-2] == b"\x21\x00\x11\x20\x09"  # by itself: a receiver without this model refuses it whole
    assert b"\x01\x00\x52\x40\x00\xc2\x01\x00" in baud
    assert len(setup.ublox_to_8(10)) == 11
    assert sentence(b"PCAS02,100") == b"$PCAS02,100*1E\r\n"
    assert setup.casic(10)[2] == b"$PCAS01,5*19\r\n"
    assert setup.mediatek(1)[0] == b"$PMTK314,0,1,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0*28\r\n"


def test_no_bit_of_a_frame_may_be_wrong_and_no_two_bytes_may_have_changed_places():
    good = pvt(lat=-515020575, speed=70_001, north=1234, east=-77)
    assert len(feed(Stream(), good)) == 1
    for at in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            assert feed(Stream(), bytes(bad)) == [], (at, bit)
    for at in range(2, len(good) - 1):
        bad = bytearray(good)
        bad[at], bad[at + 1] = good[at + 1], good[at]
        assert bad == good or feed(Stream(), bytes(bad)) == [], at
