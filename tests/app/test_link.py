"""The watch's end of the link, request by request: what it answers, what it writes, and what the watch is told."""

import binascii
from types import SimpleNamespace

import pytest

from pacer import __version__
from pacer.app import crash
from pacer.app import link as module
from pacer.core import engine as eg
from pacer.core.events import Events
from pacer.core.notation import parse
from pacer.core.profile import Profile
from pacer_watch.link import Decoder, encode

from .flash import Flash, Thing, on

GOOD = b"Workout - Good\n- 1km @ 5'00\"/km\n"


class Port:
    def __init__(self):
        self.incoming = b""
        self.sent = b""

    def read_into(self, buf):
        part, self.incoming = self.incoming[: len(buf)], self.incoming[len(buf) :]
        buf[: len(part)] = part
        return len(part)

    def write(self, buf, count):
        self.sent += bytes(buf[:count])


class Rig:
    """A Link, its port, its watch, and the flash beneath."""

    def __init__(self, monkeypatch):
        self.flash = Flash()
        self.flash.folders |= {"workouts", "runs"}
        on(self.flash, monkeypatch, module, crash)
        monkeypatch.setattr(module, "gc", SimpleNamespace(mem_free=lambda: 54_321))
        self.port = Port()
        self.link = module.Link(self.port)
        self.watch = Thing(
            desk=Thing(board="test", profile=Profile(), wrong="", unfinished=None),
            engine=eg.Engine(parse("1km @ 5'00\"/km"), Events()),
            receiver=Thing(stream=Thing(fix=Thing(sats=9))),
            motion=Thing(fixed=True, speed_mm_s=3301, raw_mm_s=3299, confidence=88),
            power=Thing(percent=77, faults=1000), canvas=Thing(faults=1), parts=Thing(faults=100),
            steps=Thing(faults=10, cadence=Thing(cadence_spm=171)),
            guide=Thing(balance=Thing(percent=lambda: 93)), store=Thing(path="/runs/0002.run", error=""),
        )  # fmt: skip
        self.number = 0

    def send(self, data):
        """The answers to these bytes, and whether a laptop was heard."""
        self.port.incoming, self.port.sent = data, b""
        heard = False
        while self.port.incoming:
            heard = self.link.step(self.watch) or heard
        return Decoder().feed(self.port.sent), heard

    def ask(self, kind, payload=b""):
        """A request's answer; "" before a refusal's sentence."""
        self.number = (self.number + 1) % 256
        ((said, number, data),), heard = self.send(encode(kind, self.number, payload))
        assert heard
        assert number == self.number
        assert said in (kind.lower(), "x")
        return data if said != "x" else "x " + data.decode()

    def put(self, name, data, crc=None):
        head = b"%d %08x %s" % (len(data), binascii.crc32(data) if crc is None else crc, name.encode())
        at = int(self.ask("P", head))
        while at < len(data):
            at = int(self.ask("D", at.to_bytes(4, "little") + data[at : at + 160]))
        return self.ask("E")


@pytest.fixture
def rig(monkeypatch):
    return Rig(monkeypatch)


def test_it_says_who_it_is_and_a_laptop_that_begins_anew_is_answered_anew(rig):
    assert rig.ask("H") == b"pacer %s test 1 -" % __version__.encode()
    rig.flash.files["slot"] = b"b"
    frame = encode("H", 9, b"")
    assert rig.send(frame)[0] == [("h", 9, b"pacer %s test 1 b" % __version__.encode())]
    rig.flash.files["workouts/a.txt"] = GOOD
    assert rig.send(encode("R", 0xFF, b"workouts/a.txt"))[0][0][0] == "r"


def test_a_frame_whose_crc_does_not_hold_is_passed_over(rig):
    rig.flash.files["workouts/a.txt"] = GOOD
    good = encode("R", 7, b"workouts/a.txt")
    for at in range(1, len(good) - 1):
        for bit in range(5):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            answers, _ = rig.send(bytes(bad))
            assert answers == [] or answers[0][0] != "r", at
            assert "workouts/a.txt" in rig.flash.files
    assert rig.send(good) == ([("r", 7, b"")], True)
    assert rig.flash.files == {}


def test_noise_is_no_laptop(rig):
    for noise in (b"\x03\x03", b"hello\r\n", b"\x7e\x7e\x7e", b"\x7eabc\x7e", b"\x7e" + b"a" * 300 + b"\x7e"):
        assert rig.send(noise) == ([], False)
    rig.link = module.Link(rig.port)
    assert rig.send(encode("H", 1, b"")[1:]) == ([], False)  # begun in the middle
    assert rig.send(b"\x7ea\x03" + encode("H", 2, b""))[0][0][:2] == ("h", 2)


def test_any_bytes_come_through_in_both_directions(rig):
    for k in range(256):
        data = bytes([k, 255 - k, 0x7E, 0x7D, 3, k])
        rig.flash.files["runs/0001.run"] = data
        assert rig.ask("G", b"0 runs/0001.run") == data
        assert all(b >= 32 and b not in (0x7F,) for b in rig.port.sent)
    rig.flash.files["runs/0001.run"] = b"\x03" * 160  # each of them takes two
    assert rig.ask("G", b"0 runs/0001.run") == b"\x03" * 160


def test_a_request_that_comes_twice_is_answered_twice_and_done_once(rig):
    data = b"z" * 100
    rig.ask("P", b"100 %08x workouts/b.txt" % binascii.crc32(data))
    frame = encode("D", 77, (0).to_bytes(4, "little") + data[:40])
    assert rig.send(frame) == rig.send(frame) == ([("d", 77, b"40")], True)
    assert rig.flash.files["link.part"] == data[:40]
    rig.flash.files["workouts/a.txt"] = GOOD
    frame = encode("R", 78, b"workouts/a.txt")
    assert rig.send(frame)[0] == [("r", 78, b"")]
    assert rig.send(frame)[0] == [("r", 78, b"")]  # not "there is no such file"


def test_files_are_listed_in_pieces_that_fit_and_only_what_the_runner_keeps(rig):
    for k in range(40):
        rig.flash.files[f"runs/{k:04}.run"] = b"x" * k
    rig.flash.files |= {
        "workouts/a.txt": GOOD,
        "profile.txt": b"p",
        "learned.txt": b"",
        "board.py": b"",
        "main.py": b"",
    }
    listed = []
    while True:
        part = rig.ask("L", b"%d" % len(listed))
        assert len(part) <= 160
        if not part:
            break
        listed += part.decode().splitlines()
    assert listed == [
        "32 workouts/a.txt",
        *(f"{k} runs/{k:04}.run" for k in range(40)),
        "0 learned.txt",
        "1 profile.txt",
    ]
    rig.flash.folders -= {"runs", "workouts"}
    rig.flash.files = {}
    assert rig.ask("L", b"0") == b""


def test_a_file_is_fetched_from_any_place_on_with_its_size_and_crc(rig):
    data = bytes(range(256)) * 5
    rig.flash.files["runs/0001.run"] = data
    assert rig.ask("S", b"runs/0001.run") == b"%d %08x" % (len(data), binascii.crc32(data))
    got = b""
    while len(got) < len(data):
        got += rig.ask("G", b"%d runs/0001.run" % len(got))
    assert got == data
    assert rig.ask("G", b"1280 runs/0001.run") == b""
    assert rig.ask("S", b"runs/0009.run").startswith("x cannot be done (")


def test_a_workout_is_in_its_place_whole_and_the_watch_is_told(rig):
    rig.flash.folders -= {"workouts"}
    for name in ("workouts/b.txt", "profile.txt", "learned.txt"):
        rig.link.news = rig.link.changed = False
        data = {"workouts/b.txt": GOOD, "profile.txt": b"# Pacer profile 1\n"}.get(name, b"# any " * 99)
        assert rig.put(name, data) == name.encode()
        assert rig.flash.files == {name: data}
        assert rig.flash.folders >= {"workouts"}
        assert rig.link.news
        assert rig.link.changed
        rig.flash.files = {}


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("workouts/b.txt", b"- 1km @ nonsense\n", "line 1, column 9"), ("workouts/b.txt", b"400m @ tempo\n", "tempo"),
     ("profile.txt", b"nonsense", "Pacer profile")],
)  # fmt: skip
def test_what_the_watch_cannot_read_is_refused_with_its_reason_and_the_old_one_stays(rig, name, data, said):
    rig.flash.files[name] = b"the old one"
    assert said in rig.put(name, data)
    assert rig.flash.files[name] == b"the old one"
    assert "link.part" not in rig.flash.files
    assert not rig.link.news
    assert not rig.link.changed
    assert rig.ask("E") == "x no file was begun"
    assert rig.ask("D", bytes(4) + b"x") == "x no file was begun"


def test_what_came_is_not_what_was_sent(rig):
    for crc in (1, 0xFFFFFFFF):
        assert rig.put("workouts/b.txt", GOOD, crc) == "x what came is not what was sent; send it again"
    assert "workouts/b.txt" not in rig.flash.files
    assert "link.part" not in rig.flash.files
    rig.ask("P", b"%d %08x workouts/b.txt" % (len(GOOD), binascii.crc32(GOOD)))
    rig.ask("D", bytes(4) + GOOD[:9])
    assert rig.ask("E").startswith("x what came is not")  # a part of it
    rig.ask("P", b"9 %08x workouts/b.txt" % binascii.crc32(GOOD[:9]))
    rig.flash.files["link.part"] = GOOD  # more than was told
    assert rig.ask("E").startswith("x what came is not")
    assert "workouts/b.txt" not in rig.flash.files


def test_a_load_goes_on_where_it_stopped_and_another_begins_at_its_begin(rig):
    data = GOOD + b"# " + b"y" * 400 + b"\n"
    head = b"%d %08x workouts/b.txt" % (len(data), binascii.crc32(data))
    assert rig.ask("P", head) == b"0"
    assert rig.ask("D", bytes(4) + data[:160]) == b"160"
    assert rig.ask("D", bytes(4) + data[:160]) == b"160"  # that is here
    assert rig.ask("D", (200).to_bytes(4, "little") + data[200:300]) == b"160"  # that is not next
    assert rig.ask("D", (160).to_bytes(4, "little")) == b"160"
    rig.link = module.Link(rig.port)
    assert rig.ask("P", head) == b"160"
    assert rig.ask("D", (160).to_bytes(4, "little") + data[160:300]) == b"300"
    assert rig.ask("D", (300).to_bytes(4, "little") + b"y" * 160) == b"300"  # more than was told
    for other in (
        head.replace(b"b.txt", b"c.txt"),
        b"%d %08x workouts/c.txt" % (len(data), 1),
        b"9 00000001 workouts/c.txt",
    ):
        assert rig.ask("P", other) == b"0"
        assert rig.flash.files["link.part"] == b""
        rig.ask("D", bytes(4) + b"x")
    rig.flash.files["link.part"] = b"x" * 10
    assert rig.ask("P", b"9 00000001 workouts/c.txt") == b"0"  # it can be no part of it


@pytest.mark.parametrize(
    ("head", "said"),
    [(b"0 0 workouts/a.txt", "1 to 4096"), (b"4097 0 workouts/a.txt", "1 to 4096"),
     (b"8193 0 profile.txt", "1 to 8192"),
     (b"9 0 runs/0001.run", "only workouts"), (b"9 0 workouts/a.py", "only workouts"),
     (b"9 0 board.py", "no such place"),
     (b"9 0 workouts/.txt", "no such place"), (b"9 0 workouts/a b.txt", "letters"),
     (b"9 0 workouts/a/b.txt", "no such"),
     (b"9 0 workouts/" + b"a" * 45 + b".txt", "no such"), (b"x", "cannot be done"), (b"9 zz workouts/a.txt", "cannot")],
)  # fmt: skip
def test_what_may_not_be_written_is_refused(rig, head, said):
    assert said in rig.ask("P", head)
    assert rig.flash.files == {}


def test_the_largest_that_may_be_written(rig):
    for head in (
        b"4096 0 workouts/a.txt",
        b"8192 0 profile.txt",
        b"1 0 learned.txt",
        b"9 0 workouts/" + b"a" * 44 + b".txt",
    ):
        assert rig.ask("P", head) == b"0"


def test_a_file_is_deleted_and_a_fetched_run_renamed_but_not_the_one_that_is_not_done(rig):
    rig.flash.files |= {"runs/0001.run": b"1", "runs/0002.run": b"2", "workouts/a.txt": GOOD, "runs/0003.got": b"3"}
    assert rig.ask("M", b"runs/0001.run") == b""
    assert not rig.link.changed
    assert "runs/0001.got" in rig.flash.files
    for kind in "MR":
        assert rig.ask(kind, b"runs/0002.run") == "x that run is on"
    for name in (b"runs/0003.got", b"workouts/a.txt", b"profile.txt"):
        assert rig.ask("M", name) == "x only a run can be marked as fetched"
    rig.watch.store.path, rig.watch.desk.unfinished = "", Thing(path="/runs/0002.run")
    for kind in "MR":
        assert rig.ask(kind, b"runs/0002.run") == "x that run is on"
    rig.watch.desk.unfinished = None
    assert rig.ask("R", b"runs/0002.run") == b""
    assert rig.link.news
    assert rig.link.changed
    assert sorted(rig.flash.files) == ["runs/0001.got", "runs/0003.got", "workouts/a.txt"]


def test_the_clock_is_taken_with_its_own_weekday_or_refused(rig):
    assert rig.ask("T", b"2026 11 25 6 10 20 30") == b""
    assert rig.link.clock == (2026, 11, 25, 2, 10, 20, 30)
    assert rig.link.news
    assert not rig.link.changed
    rig.link.clock, rig.link.news = None, False
    for wrong in (b"2026 2 30 0 1 1 1", b"2026 11 25 6 10 20", b"2026 11 25 6 24 0 0", b"2026 11 25 0 1 1 1 1"):
        assert rig.ask("T", wrong).startswith("x that is no time")
    assert rig.ask("T", b"now").startswith("x cannot be done")
    assert rig.link.clock is None
    assert not rig.link.news


def test_the_status_says_it_all(rig):
    e = rig.watch.engine
    e.start(0, 0)
    e.advance(61_000, 200_000, 3300)
    rig.flash.free = 300 * 4096
    said = dict(line.split(" ", 1) for line in rig.ask("Q").decode().splitlines())
    assert said == {
        "state": "running", "run_ms": "61000", "run_mm": "200000", "step": "1", "sats": "9", "fix": "1",
        "battery": "77", "flash_free_kib": "1200", "heap_free": "54321", "bus_faults": "1111", "log": "runs/0002.run",
        "error": "",
    }  # fmt: skip
    rig.flash.free = None
    rig.watch.store.path, rig.watch.desk.wrong = "", "a.txt is damaged"
    text = rig.ask("Q")
    assert b"\nflash_free_kib 0\n" in text
    assert text.endswith(b"\nlog \nerror a.txt is damaged"[: 160 - text.index(b"\nlog ")])
    rig.watch.store.error = "run not saved"
    assert b"error run not saved" in rig.ask("Q")


def test_telemetry_goes_out_each_second_while_it_is_wanted_and_spoils_no_answer(rig):
    rig.watch.engine.start(0, 0)
    rig.watch.engine.advance(1_000, 3_000, 3300)
    frame = encode("W", 5, b"1")
    assert rig.send(frame)[0] == [("w", 5, b"")]
    rig.port.sent = b""
    rig.link.second(rig.watch)
    assert Decoder().feed(rig.port.sent) == [("v", 0, b"running 1000 3000 0 3301 3299 171 88 300000 93")]
    assert rig.send(frame)[0] == [("w", 5, b"")]  # the answer, again
    rig.ask("W", b"0")
    rig.port.sent = b""
    rig.link.second(rig.watch)
    assert rig.port.sent == b""


def test_the_last_crash_is_told_as_far_as_it_fits(rig):
    assert rig.ask("C") == b""
    rig.flash.files["crash.txt"] = b"loop, pacer 1\nValueError: " + b"x" * 300 + b"\n"
    assert rig.ask("C") == b"loop, pacer 1: ValueError: " + b"x" * (160 - 27)


def test_a_request_that_there_is_not_and_one_that_fails_are_answered(rig):
    assert rig.ask("Z") == "x there is no such request"
    assert rig.ask("G", b"x runs/0001.run").startswith("x cannot be done (")
    assert rig.ask("S", b"\xff\xfe").startswith("x cannot be done (")
    assert rig.ask("H").startswith(b"pacer ")
