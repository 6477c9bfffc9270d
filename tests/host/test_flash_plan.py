"""pacer flash on a made-up board, call by call: what is sent, what goes, and which slot runs."""

import binascii
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from pacer import __version__
from pacer_watch import FIRMWARE
from pacer_watch import flash as flashing
from pacer_watch.boards import folder_of
from pacer_watch.link import LinkError
from pacer_watch.twin.interp import Crashed
from tests.app.flash import Flash

NOW = f"{__version__} esp32_devkit"
MADE = {"pacer/app/loop.mpy": b"the loop", "pacer/core/a.mpy": b"a", "pacer/core/b.mpy": b"b"}
MAIN = (FIRMWARE / "main.py").read_bytes()


class Board:
    """MicroPython on a board, as far as mpremote is asked of it."""

    def __init__(self):
        self.flash = Flash()
        self.flash.folders = {""}
        self.calls = []
        self.machine = "esp32 Generic ESP32 module with ESP32"
        self.spoils = lambda name, data: data
        self.cut_at = 0

    def mpremote(self, port, *args, timeout=90.0):
        assert port == "/dev/x"
        self.calls.append(args)
        if len(self.calls) == self.cut_at:
            if args[0] == "cp":  # what was on its way came half
                self.flash.files[args[-1].lstrip(":/")] = b"half"
            raise KeyboardInterrupt
        if args[0] == "exec" and "walk(" in args[1]:
            return self.look()
        if args[0] == "exec":
            flash = self.flash
            os = SimpleNamespace(mkdir=flash.mkdir, remove=flash.remove, rename=flash.rename, chdir=lambda p: None)
            code = args[1].replace("import os", "pass")
            exec(code, {"os": os, "open": flash.open})
        elif args[0] == "cp":
            words = [a for a in args if a not in ("cp", "-f", "+")]
            for source, target in zip(words[::2], words[1::2], strict=True):
                name = target.lstrip(":/")
                data = self.flash.files[source[2:]] if source[0] == ":" else Path(source).read_bytes()
                assert name.rpartition("/")[0] in self.flash.folders
                self.flash.files[name] = self.spoils(name, data)
        return ""

    def look(self):
        files = self.flash.files
        slot = files.get("slot", b"-").decode().strip()
        own = "" if slot == "-" else slot[0] + "/"
        lines = [f"slot {slot}", f"version {files.get(own + 'version', b'-').decode().strip()}"]
        lines += [f"before {files.get('version', b'-').decode().strip()}", "mpy 774", "micropython 1 28"]
        lines += [f"machine {self.machine}", "free 150000"]
        shown = ("a/", "b/")
        lines += [f"file {binascii.crc32(d):08x} /{n}" for n, d in files.items()
                  if n.startswith(shown) or n in ("main.py", "main.old", "pacer/app/loop.mpy")]  # fmt: skip
        return "\n".join(lines)


@pytest.fixture
def board(monkeypatch):
    board = Board()
    hello = []

    class Link:
        def __init__(self, port):
            self.hello = hello.pop(0) if hello else f"pacer {NOW} 1 {board.flash.files['slot'][:1].decode()}"
            if isinstance(self.hello, Exception):
                raise self.hello

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass

        def crash(self):
            return "loop: ValueError"

    def compiled(folder):
        for name, data in MADE.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)

    clock = [0.0]
    monkeypatch.setattr(flashing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(flashing.time, "sleep", lambda s: clock.__setitem__(0, clock[0] + s))
    monkeypatch.setattr(flashing, "mpremote", board.mpremote)
    monkeypatch.setattr(flashing.image, "compile_firmware", compiled)
    monkeypatch.setattr(flashing, "Link", Link)
    board.hello = hello
    return board


def flashed(**options):
    return flashing.flash("/dev/x", "esp32_devkit", **options)


def in_slot(board, slot):
    return {n[2:]: d for n, d in board.flash.files.items() if n.startswith(slot + "/")}


WHOLE = {**MADE, "version": (NOW + "\n").encode(), "board.py": (folder_of("esp32_devkit") / "board.py").read_bytes()}


def test_a_bare_board_gets_the_firmware_in_slot_a_and_runs_it(board):
    done = flashed()
    assert done == flashing.Flashed("a", 5, 5, "", NOW)
    assert in_slot(board, "a") == WHOLE
    assert board.flash.files["slot"] == b"a 0"
    assert board.flash.files["main.py"] == MAIN
    assert board.calls[-1] == ("reset",)
    assert "main.old" not in board.flash.files


def test_the_next_one_goes_into_the_other_slot_and_only_what_has_changed_is_sent(board):
    flashed()
    board.flash.files["slot"] = b"a"  # it has lived
    assert (flashed().slot, board.flash.files["slot"]) == ("b", b"b 0")
    board.flash.files["slot"] = b"b"
    board.flash.files["a/pacer/core/a.mpy"] = b"older"
    board.flash.files["a/pacer/core/gone.mpy"] = b"no more"
    seen = []
    done = flashed(progress=lambda *said: seen.append(said))
    assert (done.slot, done.sent, done.files, done.before) == ("a", 1, 5, NOW)
    assert in_slot(board, "a") == WHOLE  # what went is gone, too
    assert seen == [(1, 1, "/a/pacer/core/a.mpy")]


def test_one_that_has_not_lived_yet_is_written_over_and_until_then_the_other_runs(board):
    flashed()
    board.flash.files["slot"] = b"a"
    flashed()
    assert board.flash.files["slot"] == b"b 0"
    board.cut_at = len(board.calls) + 4
    with pytest.raises(KeyboardInterrupt):
        flashed()
    assert board.flash.files["slot"] == b"a"
    board.cut_at = 0
    del board.flash.files["slot"]
    board.flash.files = {n: d for n, d in board.flash.files.items() if n[:2] != "b/"} | {"slot": b"a 1"}
    assert flashed().slot == "b"  # there is no other: it stays, and it stays the one that runs until then


def test_cut_off_at_any_call_what_ran_before_runs(board):
    flashed()
    board.flash.files["slot"] = b"a"
    whole = in_slot(board, "a")
    before = len(board.calls)
    board.flash.files["b/pacer/core/old.mpy"] = b"x"
    board.flash.folders |= {"b/pacer", "b/pacer/core"}
    board.flash.files["main.py"] = b"an older one"
    kept = dict(board.flash.files), set(board.flash.folders)
    flashed()
    for n in range(1, len(board.calls) - before - 1):
        board.flash.files, board.flash.folders = dict(kept[0]), set(kept[1])
        board.cut_at = len(board.calls) + n
        with pytest.raises(KeyboardInterrupt):
            flashed()
        assert in_slot(board, "a") == whole
        assert board.flash.files["slot"] == b"a"
        assert board.flash.files["main.py"] in (MAIN, b"an older one")


def test_what_arrived_damaged_is_not_made_the_one_that_runs(board):
    flashed()
    board.flash.files["slot"] = b"a"
    board.spoils = lambda name, data: data[:-1] if name == "b/pacer/core/b.mpy" else data
    with pytest.raises(flashing.FlashError, match=r"b\.mpy arrived damaged; the old firmware stays"):
        flashed()
    assert board.flash.files["slot"] == b"a"
    del board.flash.files["main.py"]
    board.spoils = lambda name, data: data[:-1] if name == "main.new" else data
    with pytest.raises(flashing.FlashError, match=r"main.py arrived damaged"):
        flashed()
    assert board.flash.files["slot"] == b"a"


def test_the_main_py_of_an_older_firmware_is_kept_for_it_until_there_is_none(board):
    old = b"print('old')"
    board.flash.files |= {
        "slot": b"a",
        "main.py": old,
        "a/pacer/app/begin.mpy": b"x",
        "a/version": b"0.0.9 esp32_devkit",
    }
    done = flashed()
    assert (done.slot, done.before) == ("b", "0.0.9 esp32_devkit")
    assert board.flash.files["main.old"] == old
    assert board.flash.files["main.py"] == MAIN
    board.flash.files["main.py"] = b"another"
    board.flash.files["slot"] = b"a"
    flashed()
    assert board.flash.files["main.old"] == old  # what was kept first
    board.flash.files["slot"] = b"b"
    flashed()
    assert "main.old" not in board.flash.files


@pytest.mark.parametrize("old", ["/pacer/app/loop.mpy", "/pacer/app/loop.py"])
def test_a_firmware_at_the_root_has_no_main_py_of_its_own(board, old, monkeypatch):
    board.flash.files |= {"main.py": b"x", "main.old": b"y", "pacer/app/loop.mpy": b"z", "version": b"1 esp32_devkit\n"}
    plain = board.look
    monkeypatch.setattr(board, "look", lambda: plain().replace(" /pacer/app/loop.mpy", " " + old))
    assert flashed().before == "1 esp32_devkit"
    assert "main.old" not in board.flash.files


def test_it_is_done_when_the_new_firmware_has_answered(board):
    board.hello += [LinkError("not yet"), "pacer 0.0.9 esp32_devkit 1 a", f"pacer {NOW} 1 a"]
    assert flashed().slot == "a"
    assert board.hello == []


def test_an_old_firmware_that_answers_from_its_slot_is_told_and_silence_too(board):
    board.hello += [LinkError("not yet"), "pacer 0.0.9 esp32_devkit 1 b"]
    with pytest.raises(flashing.FlashError, match=r"did not start three times.*0\.0\.9.*ValueError"):
        flashed()
    board.hello += [LinkError("no")] * 1000
    with pytest.raises(flashing.FlashError, match="has not answered within 40 s"):
        flashed()
    assert 1000 - len(board.hello) == 80


def test_the_board_is_the_one_that_it_was_flashed_as(board):
    board.machine = "esp32 Generic ESP32S3 module with ESP32S3"
    with pytest.raises(flashing.FlashError, match="say which board it is"):
        flashing.flash("/dev/x")
    board.machine = "esp32 Generic ESP32 module with ESP32"
    assert flashing.flash("/dev/x").now == NOW


def test_without_mpy_cross_nothing_is_sent(board, monkeypatch):
    def missing(folder):
        raise Crashed("none")

    monkeypatch.setattr(flashing.image, "compile_firmware", missing)
    with pytest.raises(flashing.FlashError, match="mpy-cross is missing"):
        flashed()
    assert board.flash.files == {}


@pytest.mark.parametrize(
    ("said", "tries", "told"),
    [("could not enter raw repl", 4, "raw repl"), ("port in use", 4, "in use"), ("OSError: 28", 1, "OSError: 28"),
     ("no such file or directory: /dev/x", 1, "no such file")],
)  # fmt: skip
def test_mpremote_is_tried_again_where_the_board_may_only_be_slow(monkeypatch, said, tries, told):
    calls, slept = [], []

    def run(args, **options):
        calls.append((args, options))
        return SimpleNamespace(returncode=1, stdout="", stderr="Traceback\n" + said + "\n")

    monkeypatch.setattr(flashing.subprocess, "run", run)
    monkeypatch.setattr(flashing.time, "sleep", slept.append)
    with pytest.raises(flashing.FlashError, match=told):
        flashing.mpremote("/dev/x", "ls")
    assert len(calls) == tries
    assert slept == ([0.5, 1.0, 1.5, 2.0] if tries > 1 else [])
    assert calls[0][0][1:] == ["-m", "mpremote", "connect", "/dev/x", "ls"]
    assert (calls[0][1]["timeout"], calls[0][1]["check"]) == (90, False)


def test_mpremote_that_hangs_is_told_and_one_that_works_says_what_it_printed(monkeypatch):
    calls = []

    def hangs(args, **options):
        calls.append(args)
        raise subprocess.TimeoutExpired(args, 90)

    monkeypatch.setattr(flashing.subprocess, "run", hangs)
    with pytest.raises(flashing.FlashError, match="did not answer in time"):
        flashing.mpremote("/dev/x", "ls")
    assert len(calls) == 4
    monkeypatch.setattr(flashing.subprocess, "run", lambda *a, **o: SimpleNamespace(returncode=0, stdout="yes"))
    assert flashing.mpremote("/dev/x", "ls") == "yes"
    answers = [SimpleNamespace(returncode=1, stdout="", stderr=""), SimpleNamespace(returncode=0, stdout="yes")]
    monkeypatch.setattr(flashing.subprocess, "run", lambda *a, **o: answers.pop(0))
    with pytest.raises(flashing.FlashError):
        flashing.mpremote("/dev/x", "ls")


def test_micropython_goes_on_with_esptool_at_the_place_of_its_chip(monkeypatch, tmp_path):
    image = tmp_path / "image.bin"
    image.write_bytes(b"x" * 100_000)
    calls, codes = [], []
    monkeypatch.setattr(flashing.importlib.util, "find_spec", lambda name: name == "esptool")
    monkeypatch.setattr(
        flashing.subprocess, "run",
        lambda args, check: calls.append(args[1:]) or SimpleNamespace(returncode=codes.pop(0) if codes else 0),
    )  # fmt: skip
    for chip, offset in (("esp32", "0x1000"), ("esp32s3", "0x0")):
        calls.clear()
        flashing.erase_and_write("/dev/x", image, chip)
        base = ["-m", "esptool", "--chip", chip, "--port", "/dev/x"]
        assert calls[0] == [*base, "erase-flash"]
        assert calls[1] == [*base, "--baud", "460800", "write-flash", "-z", offset, str(image)]
    for answers in ([1], [0, 2]):
        codes[:] = answers
        with pytest.raises(flashing.FlashError, match="could not write"):
            flashing.erase_and_write("/dev/x", image, "esp32")
    image.write_bytes(b"x" * 99_999)
    for wrong in (image, tmp_path, tmp_path / "none.bin"):
        with pytest.raises(flashing.FlashError, match="no MicroPython image"):
            flashing.erase_and_write("/dev/x", wrong, "esp32")
    monkeypatch.setattr(flashing.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(flashing.FlashError, match="esptool is not installed"):
        flashing.erase_and_write("/dev/x", image, "esp32")
