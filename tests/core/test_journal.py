from pacer.core import events as ev
from pacer.core import journal
from pacer.core.geodesy import Plane
from pacer.core.journal import Writer
from pacer.core.recovery import Reader


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
