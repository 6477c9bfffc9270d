"""Whatever comes over the cable: no crash, no wrong file, and the next good frame is served.

Here the link stands over a folder; the campaign's family "link" has the real watch beneath it, in a run.
PACER_STREAMS sets how many streams are tried.
"""

import binascii
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacer import __version__
from pacer.app import link as guest
from pacer.core import engine as eg
from pacer.core.events import Events
from pacer.core.profile import Profile
from pacer.core.workout import Workout
from pacer_watch.faults.cable import damaged
from pacer_watch.link import Decoder, encode

STREAMS = int(os.environ.get("PACER_STREAMS", "10000"))
GOOD = b"Workout - Good\n- 1km @ 5'00\"/km\n"


class Port:
    def __init__(self):
        self.incoming = b""
        self.sent = bytearray()

    def read_into(self, buf):
        n = min(len(buf), len(self.incoming))
        buf[:n] = self.incoming[:n]
        self.incoming = self.incoming[n:]
        return n

    def write(self, buf, count):
        self.sent += bytes(buf[:count])


class Thing:
    """A part of a watch, as far as the link reads it."""

    def __init__(self, **values):
        self.__dict__.update(values)


def made_up_watch():
    """What the link reads of a watch."""
    return Thing(
        desk=Thing(board="test", profile=Profile(), wrong="", unfinished=None),
        engine=eg.Engine(Workout(), Events()),
        receiver=Thing(stream=Thing(fix=Thing(sats=9))),
        motion=Thing(fixed=True),
        power=Thing(percent=-1, faults=0),
        canvas=Thing(faults=0),
        steps=Thing(faults=0),
        parts=Thing(faults=0),
        store=Thing(path="/runs/0002.run", error=""),
    )


@pytest.fixture
def rig(tmp_path, monkeypatch):
    """A Link over a folder that stands for the flash."""

    def inside(path):
        return str(tmp_path) + "/" + str(path).lstrip("/")

    class Os:
        listdir = staticmethod(lambda p: os.listdir(inside(p)))
        remove = staticmethod(lambda p: os.remove(inside(p)))
        mkdir = staticmethod(lambda p: os.mkdir(inside(p)))
        rename = staticmethod(lambda a, b: os.replace(inside(a), inside(b)))
        statvfs = staticmethod(lambda p: os.statvfs(tmp_path))

    class Gc:
        mem_free = staticmethod(lambda: 1)

    monkeypatch.setattr(guest, "open", lambda p, mode="r": Path(inside(p)).open(mode), raising=False)  # noqa: SIM115
    monkeypatch.setattr(guest, "os", Os)
    monkeypatch.setattr(guest, "gc", Gc)
    for name in ("workouts", "runs"):
        (tmp_path / name).mkdir()
    (tmp_path / "workouts" / "a.txt").write_bytes(GOOD)
    (tmp_path / "runs" / "0001.run").write_bytes(b"x" * 700)
    (tmp_path / "runs" / "0002.run").write_bytes(b"y" * 700)
    (tmp_path / "main.py").write_bytes(b"keep me")
    port = Port()
    return guest.Link(port), port, made_up_watch(), tmp_path


def feed(link, port, watch, data):
    """Send bytes; the answers."""
    port.incoming += data
    port.sent.clear()
    while port.incoming:
        link.step(watch)
    return Decoder().feed(bytes(port.sent))


def put(rig_, name, data, seq=10):
    """Load a file by the book; the last answer."""
    link, port, watch, _ = rig_
    head = b"%d %08x %s" % (len(data), binascii.crc32(data), name)
    got = feed(link, port, watch, encode("P", seq, head))
    if got[0][0] != "p":
        return got[0]
    at = int(got[0][2])
    while at < len(data):
        seq = (seq + 1) % 200
        got = feed(link, port, watch, encode("D", seq, at.to_bytes(4, "little") + data[at : at + 160]))
        at = int(got[0][2])
    return feed(link, port, watch, encode("E", 250, b""))[0]


def snapshot(folder: Path):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_file_arrives_whole_and_goes_on_after_a_break(rig):
    link, port, watch, folder = rig
    data = GOOD + b"# " + b"z" * 900 + b"\n"
    head = b"%d %08x workouts/b.txt" % (len(data), binascii.crc32(data))
    feed(link, port, watch, encode("P", 1, head))
    feed(link, port, watch, encode("D", 2, (0).to_bytes(4, "little") + data[:160]))
    assert not (folder / "workouts" / "b.txt").exists()
    again = guest.Link(port)
    rig_ = (again, port, watch, folder)
    assert feed(again, port, watch, encode("P", 3, head))[0][2] == b"160"
    assert put(rig_, b"workouts/b.txt", data)[0] == "e"
    assert (folder / "workouts" / "b.txt").read_bytes() == data


def test_a_request_that_comes_twice_is_done_once(rig):
    link, port, watch, _ = rig
    frame = encode("R", 7, b"workouts/a.txt")
    assert feed(link, port, watch, frame)[0][0] == "r"
    assert feed(link, port, watch, frame)[0][0] == "r"
    assert feed(link, port, watch, encode("R", 8, b"workouts/a.txt"))[0][0] == "x"


def test_what_must_not_be_touched_is_not(rig):
    link, port, watch, folder = rig
    before = snapshot(folder)
    for name in (
        b"main.py",
        b"../main.py",
        b"/main.py",
        b"workouts/../main.py",
        b"workouts/",
        b"runs/.x",
        b"link.part",
        b"",
    ):
        for kind in "RSMG":
            payload = b"0 " + name if kind == "G" else name
            assert feed(link, port, watch, encode(kind, len(name) + ord(kind), payload))[0][0] == "x", (kind, name)
        assert put(rig, name, GOOD)[0] == "x"
    assert put(rig, b"workouts/bad.txt", b"- 1km @ nonsense\n")[0] == "x"
    assert put(rig, b"profile.txt", b"nonsense")[0] == "x"
    assert feed(link, port, watch, encode("M", 99, b"runs/0002.run"))[0][0] == "x"
    after = {k: v for k, v in snapshot(folder).items() if not k.startswith("link.")}
    assert after == before


def test_a_run_that_is_not_done_is_neither_deleted_nor_marked_and_the_status_names_it(rig):
    link, port, watch, _ = rig
    for path, unfinished in (("/runs/0002.run", None), ("", Thing(path="/runs/0002.run"))):
        watch.store.path, watch.desk.unfinished = path, unfinished
        for k, kind in enumerate("RM"):
            link._last = -1
            assert feed(link, port, watch, encode(kind, k, b"runs/0002.run"))[0] == ("x", k, b"that run is on")
        assert b"\nlog runs/0002.run\n" in feed(link, port, watch, encode("Q", 9, b""))[0][2]


def test_frames_hold_no_control_characters(rig):
    for k in range(256):
        frame = encode("G", k, bytes(range(256))[k:] + bytes(range(k)))
        assert all(b >= 32 and b != 127 for b in frame)
        assert Decoder().feed(frame)[0][1] == k


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.integers(0, 255))
def test_any_bytes_are_passed_over_and_the_next_frame_is_served(rig, noise, number):
    link, port, watch, _ = rig
    feed(link, port, watch, noise)
    assert ("h", number, b"pacer %s test 1 -" % __version__.encode()) in feed(
        link, port, watch, b"\x7e" + encode("H", number, b"")
    )


def test_mutated_frames_and_noise_do_no_harm(rig):
    link, port, watch, folder = rig
    before = snapshot(folder)
    rng = random.Random(20261124)
    requests = (
        ("H", b""), ("S", b"workouts/a.txt"), ("L", b"0"), ("G", b"0 runs/0001.run"), ("Q", b""), ("W", b"0"),
        ("P", b"33 00000000 workouts/c.txt"), ("D", b"\0\0\0\0abc"), ("E", b""),
    )  # fmt: skip
    served = 0
    for k in range(STREAMS):
        data = damaged(rng, requests)
        feed(link, port, watch, data)
        if k % 10 == 0:
            number = rng.randrange(256)
            link._last = -1
            assert any(a[:2] == ("h", number) for a in feed(link, port, watch, b"\x7e" + encode("H", number, b""))), (
                data
            )
            served += 1
    assert served == (STREAMS + 9) // 10
    after = {k: v for k, v in snapshot(folder).items() if not k.startswith("link.")}
    assert after == before


def test_a_time_that_there_is_not_is_refused(rig):
    link, port, watch, _ = rig
    for k, wrong in enumerate((b"2026 2 31 0 10 0 0", b"2026 6 1 0 -5 0 0", b"2026 6 1 0 10 0 99", b"1 2 3", b"now")):
        assert feed(link, port, watch, encode("T", 20 + k, wrong))[0][0] == "x"
        assert link.clock is None
    assert feed(link, port, watch, encode("T", 30, b"2026 11 25 6 10 0 0"))[0][0] == "t"
    assert link.clock == (2026, 11, 25, 2, 10, 0, 0)  # a Wednesday, whatever was said
