"""The laptop's end of the link against the watch's own: what gets lost or damaged on the way, and who answers."""

import binascii
import time

import pytest
import serial
from serial.tools import list_ports

from pacer_watch import link


class Wire:
    """A port whose watch has files; what goes over may be lost or damaged, by its number from 0."""

    def __init__(self, files=(), spoils=lambda n, frame: frame):
        self.files = dict(files)
        self.spoils = spoils
        self.asked = []
        self.out = b""
        self.noise = b""
        self.frames = 0
        self.in_waiting = 0
        self.loaded = b""
        self.refuses = ""

    def open(self):
        assert self.port == "/dev/x"
        assert self.exclusive
        self.is_open = True

    def close(self):
        self.is_open = False

    def write(self, data):
        for kind, number, payload in link.Decoder().feed(data):
            self.asked.append((kind, payload))
            answer = self.answer(kind, payload)
            frame = link.encode("x" if self.refuses else kind.lower(), number, self.refuses.encode() or answer)
            self.out += self.noise + self.spoils(self.frames, frame)
            self.frames += 1

    def answer(self, kind, payload):
        if kind == "S":
            data = self.files[payload.decode()]
            return b"%d %08x" % (len(data), binascii.crc32(data))
        if kind == "G":
            at, _, name = payload.partition(b" ")
            return self.files[name.decode()][int(at) :][:160]
        if kind == "P":
            self.loaded = self.loaded or b""
            return b"%d" % len(self.loaded)
        if kind == "D":
            if int.from_bytes(payload[:4], "little") == len(self.loaded):
                self.loaded += payload[4:]
            return b"%d" % len(self.loaded)
        if kind == "L":
            names = list(self.files)[int(payload) :][:2]
            return "".join(f"{len(self.files[n])} {n}\n" for n in names).encode()
        return b"answer"

    def read(self, count):
        out, self.out = self.out[:count], self.out[count:]
        return out


@pytest.fixture
def on(monkeypatch):
    monkeypatch.setattr(link, "_WAIT_S", 0.02)

    def made(wire):
        monkeypatch.setattr(serial, "Serial", lambda: wire)
        return link.Link("/dev/x")

    return made


DATA = bytes(range(256)) * 3


def test_a_frame_that_is_lost_or_damaged_is_asked_for_again(on):
    def spoils(n, frame):
        return b"" if n % 3 == 0 else frame[:4] + b"!" + frame[5:] if n % 3 == 1 else frame

    wire = Wire({"runs/0001.run": DATA}, spoils)
    assert on(wire).get("runs/0001.run") == DATA
    wire = Wire({}, spoils)
    on(wire).put("workouts/a.txt", DATA)
    assert wire.loaded == DATA
    assert wire.asked[0] == ("P", b"768 %08x workouts/a.txt" % binascii.crc32(DATA))
    assert wire.asked[-1] == ("E", b"")


def test_each_bit_of_a_frame_is_held_by_its_crc():
    frame = link.encode("G", 3, b"some bytes")
    assert link.Decoder().feed(frame) == [("G", 3, b"some bytes")]
    for at in range(len(frame)):
        for bit in range(8):
            bad = bytearray(frame)
            bad[at] ^= 1 << bit
            assert link.Decoder().feed(bytes(bad)) == [], (at, bit)


def test_frames_may_come_in_any_pieces_between_anything():
    frame = link.encode("a", 1, bytes(range(200)))
    decoder = link.Decoder()
    found = [f for b in b"noise\r\n" + frame + b"\x03" + frame for f in decoder.feed(bytes([b]))]
    assert found == [("a", 1, bytes(range(200)))] * 2
    assert link.Decoder().feed(frame + frame[1:]) == [("a", 1, bytes(range(200)))] * 2


def test_a_whole_file_whose_crc_does_not_hold_is_a_sentence(on):
    wire = Wire({"runs/0001.run": DATA})
    plain = wire.answer
    wire.answer = lambda kind, payload: b"x" * 160 if kind == "G" else plain(kind, payload)
    with pytest.raises(link.LinkError, match="came damaged"):
        on(wire).get("runs/0001.run")
    short = Wire({"runs/0001.run": DATA})
    short.answer = lambda kind, payload: b"" if kind == "G" else plain(kind, payload)
    with pytest.raises(link.LinkError, match="came damaged"):
        on(short).get("runs/0001.run")


def test_a_watch_that_is_silent_is_asked_eight_times_and_then_it_is_told(on):
    wire = Wire(spoils=lambda n, frame: b"")
    with pytest.raises(link.LinkError, match="does not answer any more"):
        on(wire).request("Q", b"")
    assert len(wire.asked) == 8
    with pytest.raises(link.LinkError, match="is Pacer running on it"):
        on(wire).__enter__()
    wire = Wire()
    with on(wire) as watch:
        assert watch.hello == "answer"
        assert wire.is_open
    assert not wire.is_open


def test_answers_of_other_requests_are_passed_over_and_telemetry_is_kept(on):
    wire = Wire()
    wire.noise = (
        link.encode("q", 7, b"an old one") + link.encode("h", 255, b"another") + link.encode("v", 0, b"running 1")
    )
    watch = on(wire)
    assert watch.request("Q", b"") == b"answer"
    assert watch.telemetry == ["running 1"]
    wire.out = link.encode("v", 0, b"running 2") + link.encode("q", 1, b"late")
    assert watch.listen(0.05) == ["running 1", "running 2"]
    assert watch.telemetry == []


def test_a_refusal_is_told_and_a_crash_that_an_older_firmware_cannot_tell_is_none(on):
    wire = Wire()
    wire.refuses = "that run is on"
    watch = on(wire)
    with pytest.raises(link.WatchRefused, match="that run is on"):
        watch.remove("runs/0001.run")
    with pytest.raises(link.WatchRefused):
        watch.__enter__()
    assert watch.crash() == ""
    wire.refuses = ""
    assert watch.crash() == "answer"


def test_requests_say_what_is_wanted(on):
    wire = Wire()
    watch = on(wire)
    watch.remove("a")
    watch.mark("runs/1.run")
    watch.watch(True)
    watch.watch(False)
    watch.set_clock()
    assert wire.asked[:4] == [("R", b"a"), ("M", b"runs/1.run"), ("W", b"1"), ("W", b"0")]
    kind, said = wire.asked[4]
    now = time.gmtime()
    numbers = list(map(int, said.split()))
    assert (kind, len(numbers), numbers[:2], numbers[3]) == ("T", 7, [now.tm_year, now.tm_mon], now.tm_wday)


def test_all_files_are_listed_and_a_load_goes_on_where_it_stopped(on):
    wire = Wire({f"runs/{k}.run": b"x" * k for k in range(7)})
    assert [(f.name, f.size) for f in on(wire).files()] == [(f"runs/{k}.run", k) for k in range(7)]
    wire = Wire()
    wire.loaded = DATA[:320]
    seen = []
    on(wire).put("a", DATA, lambda done, size: seen.append((done, size)))
    assert wire.loaded == DATA
    assert seen == [(480, 768), (640, 768), (768, 768)]
    seen.clear()
    on(Wire({"a": DATA})).get("a", lambda done, size: seen.append((done, size)))
    assert seen == [(160, 768), (320, 768), (480, 768), (640, 768), (768, 768)]


def test_a_status_has_numbers_where_there_are_some(on):
    wire = Wire()
    wire.answer = lambda kind, payload: b"state ready\nsats -1\nlog \nrun_ms 12\nerror 3 of 4"
    assert on(wire).status() == {"state": "ready", "sats": -1, "log": "", "run_ms": 12, "error": "3 of 4"}


def test_a_cable_that_is_pulled_out_is_a_sentence(on):
    wire = Wire()

    def gone(*args):
        raise OSError("no such device")

    wire.write = gone
    with pytest.raises(link.LinkError, match="the cable is out"):
        on(wire).status()


class Port:
    def __init__(self, device, vid):
        self.device, self.vid = device, vid


@pytest.mark.parametrize(
    ("ports", "found"),
    [([], "no watch found"), ([("/dev/a", 0x1234)], "no watch found"), ([("/dev/a", 0x303A), ("/dev/b", 1)], None),
     ([("/dev/a", 0x303A), ("/dev/b", 0x10C4)], "more than one board is plugged in (/dev/a, /dev/b)")],
)  # fmt: skip
def test_the_one_port_that_looks_like_a_watch_is_taken(monkeypatch, ports, found):
    monkeypatch.delenv("PACER_PORT", raising=False)
    monkeypatch.setattr(list_ports, "comports", lambda: [Port(*p) for p in ports])
    if found:
        with pytest.raises(link.LinkError) as e:
            link.find_port()
        assert found in str(e.value)
    else:
        assert link.find_port() == "/dev/a"
    monkeypatch.setenv("PACER_PORT", "/dev/mine")
    assert link.find_port() == "/dev/mine"
