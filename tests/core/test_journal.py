from pacer.core import events as ev
from pacer.core import journal
from pacer.core.geodesy import Plane
from pacer.core.journal import Writer
from pacer.core.recovery import Reader, header_of


class Motion:
    """What the writer reads of core/motion.py."""

    def __init__(self):
        self.plane = Plane()
        self.plane.place(-33, -51_000_000, 151, 12_000_000)
        self.x_mm = self.y_mm = 0
        self.speed_mm_s = 4000
        self.raw_mm_s = 4100
        self.confidence = 100
        self.fixed = True


def run(seconds, change=None):
    m = Motion()
    w = Writer(512)
    out = bytearray()
    said = []
    for k in range(seconds):
        m.x_mm += 3200
        m.y_mm -= 2400
        if change:
            change(k, m)
        mm = 4000 * k
        w.second(1000 * k, mm, 5, 3, m, 170 + k % 5, 100 - k % 100)
        said.append((1000 * k, mm, m.speed_mm_s, 170 + k % 5, 100 - k % 100))
        out.extend(w.buf[: w.used])
        w.used = 0
    return bytes(out), said


def read(data):
    r = Reader()
    r.add(data)
    out = []
    while r.next():
        if r.kind == journal.SECOND:
            out.append((r.t_ms, r.run_mm, r.speed_mm_s, r.cadence_spm, r.balance))
    return r, out


def test_seconds_come_back_as_they_were():
    data, said = run(500)
    r, got = read(data)
    assert got == said
    assert r.skipped == 0
    assert (r.lat_deg, r.lon_deg) == (-33, 151)
    assert r.raw_mm_s == 4100


def test_an_hour_is_less_than_twelve_bytes_a_second():
    data, _ = run(3600)
    assert len(data) / 3600 < 12


def test_places_come_back_within_centimetres():
    data, _ = run(300)
    r = Reader()
    r.add(data)
    while r.next():
        pass
    p = Plane()
    p.place(-33, -51_000_000, 151, 12_000_000)
    p.locate(r.lat_deg, r.lat_umin, r.lon_deg, r.lon_umin)
    assert abs(p.at_x_mm + 10 * r.x_cm - 300 * 3200) < 40
    assert abs(p.at_y_mm + 10 * r.y_cm + 300 * 2400) < 40


def test_what_does_not_fit_as_a_difference_is_written_in_full():
    def jump(k, m):
        if k == 50:
            m.x_mm += 5_000_000
        m.fixed = not 60 <= k < 70

    data, said = run(100, jump)
    r, got = read(data)
    assert got == said
    assert r.skipped == 0
    assert r.placed


def test_damage_costs_what_was_damaged():
    data, said = run(400)
    for at in (3, 200, 1500, 4000):
        hurt = bytearray(data)
        hurt[at] ^= 0x10
        r, got = read(bytes(hurt))
        assert len(got) >= 398
        assert r.skipped > 0
        assert got[-1] == said[-1]  # after the next record in full all is as it was


def test_a_cut_anywhere_loses_only_the_last_record():
    data, said = run(30)
    for cut in range(len(data)):
        r, got = read(data[:cut])
        assert got == said[: len(got)]
        assert r.left() <= journal.PLACE_BYTES


def test_noise_is_never_read_for_long():
    x = 12345
    noise = bytearray()
    for _ in range(5000):
        x = (x * 1103 + 12345) & 0xFFFFF
        noise.append(x >> 8 & 255)
    _, got = read(bytes(noise))
    assert len(got) < 60


def test_events_come_back_as_they_were():
    w = Writer(512)
    events = ev.Events()
    events.put(ev.LAP, 123_456, 7, 3, 2, 61_000, 400_000, 1)
    events.put(ev.CUE, 200_000, 8, 4, 1, -1500, 70_000, 0x5A0201)
    while events.take():
        assert w.event(events)
    r = Reader()
    r.add(w.buf[: w.used])
    assert r.next() == ev.LAP
    assert (r.event_ms, r.index, r.row, r.rep, r.a, r.b, r.c) == (
        123_456,
        7,
        3,
        2,
        61_000,
        400_000,
        1,
    )
    assert r.next() == ev.CUE
    assert (r.a, r.c) == (-1500, 0x5A0201)
    assert r.next() == 0


def test_a_full_writer_says_so_and_writes_nothing_by_half():
    w = Writer(128)
    events = ev.Events()
    wrote = 0
    for _ in range(10):
        events.put(ev.CUE, 0, 0, 0, 0, 0, 0, 1)
        events.take()
        wrote += 1 if w.event(events) else 0
    assert wrote == 128 // journal.EVENT_BYTES
    assert w.used == wrote * journal.EVENT_BYTES
    assert not w.free()


def hexed(w):
    out = "".join(["%02x" % b for b in w.buf[: w.used]])
    w.used = 0
    return out


def test_format_1_is_these_bytes():
    """Logs are kept for years: a change of these is a new format."""
    m = Motion()
    w = Writer(256)
    w.second(1000, 4000, 258, 7, m, 170, 80)
    assert hexed(w) == "7fe8030000a00f0000df40cdf5fc9700001bb700020107a00f0410aa6450b0"
    m.x_mm, m.y_mm = 3210, -2400
    w.second(2000, 8100, 258, 7, m, 171, 79)
    assert hexed(w) == "e20407d0ab41101f054f4c"
    m.x_mm, m.y_mm = -17_290, 18_000
    m.speed_mm_s, m.raw_mm_s, m.confidence = 16_383, 20_000, 37
    w.second(3000, 24_484, 258, 7, m, 255, -1)
    assert hexed(w) == "7fb80b0000a45f0000df48f3f5fc970036efb600020107ff3f204eff25ff27"
    m.fixed = False
    m.speed_mm_s, m.raw_mm_s = 16_381, 5
    w.second(4000, 24_485, 258, 7, m, 0, 101)
    assert hexed(w) == "a0011fff0000008880ffe3"
    events = ev.Events()
    events.put(ev.CUE, 200_000, 258, 4, 513, -1500, 70_000, 0x5A0201)
    events.take()
    w.event(events)
    assert hexed(w) == "0a0102020104400d030024faffff7011010001025a0097"
    assert journal.header(517, 0x1F) == b"PACERRUN 1 517 0000001f\n"
    assert journal.crc8(b"123456789", 0, 9) == 0x20  # AUTOSAR's DF, which turns all bits at the end


def test_the_largest_and_the_unknown_come_back_as_far_as_they_fit():
    m = Motion()
    w = Writer(512)
    w.second(1000, 0, 0, 0, m, 170, 100)
    m.speed_mm_s, m.raw_mm_s = 20_000, 30_000
    w.second(2000, 16_383, 0, 0, m, 254, 0)
    m.speed_mm_s, m.raw_mm_s = 5000, 0
    w.second(3000, 32_766, 0, 0, m, 255, 101)
    w.second(4050, 32_766, 0, 0, m, -1, -1)
    assert w.used == journal.PLACE_BYTES + 3 * journal.SECOND_BYTES
    r = Reader()
    r.add(bytes(w.buf[: w.used]))
    got = []
    while r.next():
        got.append((r.t_ms, r.run_mm, r.speed_mm_s, r.raw_mm_s, r.cadence_spm, r.balance))
    assert got == [
        (1000, 0, 4000, 4100, 170, 100),
        (2000, 16_383, 16_382, 16_382 + 20 * 127, 254, 0),
        (3000, 32_766, 5000, 5000 - 20 * 128, -1, -1),
        (4000, 32_766, 5000, 5000 - 20 * 128, -1, -1),
    ]


def test_a_second_that_is_none_is_written_in_full():
    for t_ms, mm in ((1949, 0), (2051, 0), (2000, -1), (2000, 16_384)):
        w = Writer(512)
        w.second(1000, 0, 0, 0, Motion(), 170, 80)
        w.second(t_ms, mm, 0, 0, Motion(), 170, 80)
        assert w.used == 2 * journal.PLACE_BYTES, (t_ms, mm)
        _, got = read(bytes(w.buf[: w.used]))
        assert got[1][:2] == (t_ms, mm)
    for way_mm, fits in ((20_470, True), (-20_470, True), (20_480, False), (-20_480, False)):
        for axis in ("x_mm", "y_mm"):
            m = Motion()
            w = Writer(512)
            w.second(1000, 0, 0, 0, m, 170, 80)
            setattr(m, axis, way_mm)
            w.second(2000, 0, 0, 0, m, 170, 80)
            assert (w.used == journal.PLACE_BYTES + journal.SECOND_BYTES) == fits


def test_each_two_minutes_and_behind_a_place_that_came_back_a_second_stands_in_full():
    def sizes(change):
        m = Motion()
        w = Writer(512)
        out = []
        for k in range(260):
            change(k, m)
            w.second(1000 * k, 4000 * k, 0, 0, m, 170, 80)
            out.append(w.used)
            w.used = 0
        return [k for k, size in enumerate(out) if size == journal.PLACE_BYTES]

    def lost(k, m):
        m.fixed = not 10 <= k < 20

    assert sizes(lambda k, m: None) == [0, 121, 242]
    assert sizes(lost) == [0, 20, 141]


def test_seconds_leave_room_for_four_events_and_the_next_one_is_in_full():
    m = Motion()
    for room in range(128, 256):
        w = Writer(room)
        k = 0
        while True:
            before = w.used
            k += 1
            w.second(1000 * k, 4000 * k, 0, 0, m, 170, 80)
            if w.used == before:
                break
        assert room - w.used >= 4 * journal.EVENT_BYTES
        if k > 1:  # else not even the first one went in
            assert room - w.used < 4 * journal.EVENT_BYTES + journal.SECOND_BYTES
            w.used = 0
            w.second(1000 * k, 4000 * k, 0, 0, m, 170, 80)
            assert w.used == journal.SECOND_BYTES
    w = Writer(128)
    w.used = 6
    w.second(1000, 0, 0, 0, m, 170, 80)
    assert w.used == 6
    w.used = 0
    w.second(2000, 0, 0, 0, m, 170, 80)
    assert w.used == journal.PLACE_BYTES


def test_bytes_may_come_in_any_pieces():
    data, said = run(200)
    for size in (1, 7, 512):
        r = Reader()
        got = []
        for at in range(0, len(data), size):
            r.add(data[at : at + size])
            while r.next():
                got.append((r.t_ms, r.run_mm, r.speed_mm_s, r.cadence_spm, r.balance))
        assert got == said
        assert (r.left(), r.skipped) == (0, 0)


def test_every_kind_of_event_is_read():
    for kind in range(1, 256):
        w = Writer(512)
        events = ev.Events()
        events.put(kind, 1, 2, 3, 4, 5, 6, 7)
        events.take()
        w.event(events)
        r = Reader()
        r.add(bytes(w.buf[: w.used]))
        if kind < journal.PLACE:
            assert r.next() == kind


def test_confidence_comes_back_in_steps_of_eight():
    for sure in range(101):
        m = Motion()
        m.confidence = sure
        w = Writer(512)
        w.second(1000, 0, 0, 0, m, 170, 80)
        w.second(2000, 0, 0, 0, m, 170, 80)
        r = Reader()
        r.add(bytes(w.buf[: w.used]))
        assert r.next()
        assert (r.confidence, r.index, r.row, r.raw_mm_s) == (sure, 0, 0, 4100)
        assert r.next()
        assert abs(r.confidence - sure) <= 8
        assert r.confidence == 100 or sure < 96


def test_the_first_line_of_a_run_is_read_and_no_other():
    assert header_of(b"PACERRUN 1 517 0000001f\n") == (517, 31)
    for line in (b"", b"PACERRUN 2 5 1f", b"PACERRUN 1 5", b"PACERRUN 1 5 1f 3", b"PACERRUN 1 x 1f", b"PACERRUN 1 5 1x",
                 b"QACERRUN 1 5 1f", b"PACERRUM 1 5 1f"):  # fmt: skip
        assert header_of(line) == (-1, 0)


def test_without_a_fix_a_second_has_no_place_in_full_or_short():
    m = Motion()
    m.fixed = False
    w = Writer(512)
    w.second(1000, 0, 0, 0, m, 170, 80)
    w.second(2000, 0, 0, 0, m, 170, 80)
    r = Reader()
    r.add(bytes(w.buf[: w.used]))
    for _ in range(2):
        assert r.next()
        assert not r.located
        assert not r.placed


def test_what_is_unknown_in_full_is_unknown_when_it_is_read():
    m = Motion()
    for cadence, balance in ((-1, 80), (255, 80), (170, -1), (170, 101)):
        w = Writer(512)
        w.second(1000, 0, 0, 0, m, cadence, balance)
        _, got = read(bytes(w.buf[: w.used]))
        assert got[0][3:] == (170 if cadence == 170 else -1, 80 if balance == 80 else -1)


def test_a_reader_that_has_read_nothing_says_nothing():
    r = Reader()
    r.add(b"")
    assert (r.next(), r.kind, r.t_ms, r.run_mm, r.skipped) == (0, 0, 0, 0, 0)
    assert (r.speed_mm_s, r.raw_mm_s, r.cadence_spm, r.confidence, r.balance) == (0, 0, 0, 0, 0)
    assert (r.event_ms, r.index, r.row, r.rep, r.a, r.b, r.c, r.x_cm, r.y_cm) == (0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert (r.placed, r.located) == (False, False)
