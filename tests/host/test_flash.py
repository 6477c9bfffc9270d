"""pacer flash between two different firmwares: cut off anywhere, it leaves one that boots and runs."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from pacer import __version__
from pacer_watch import FIRMWARE, ROOT, mip
from pacer_watch import flash as flashing
from pacer_watch.boards import folder_of
from pacer_watch.twin import flash as image
from pacer_watch.twin import interp
from pacer_watch.twin.board import Board
from pacer_watch.twin.runner import Stander

from .test_board import mpremote, ready
from .test_cli import pacer, refused

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")

# A firmware whose main.py does not know of loop.py: the face between the two was another one.
OLD_MAIN = """import gc
import sys
try:
    with open("/slot") as f:
        sys.path.insert(0, "/" + f.read().strip())
except OSError:
    pass
from pacer.app import begin
watch = begin.power_on()
gc.collect()
if watch:
    begin.run(watch)
"""


def old_firmware(folder, slot="a"):
    """A board that runs version 0.0.9, in a slot or at the root."""
    image.bare(folder)
    home = folder / slot
    shutil.copytree(FIRMWARE / "pacer", home / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "pacer" / "app" / "loop.py").rename(home / "pacer" / "app" / "begin.py")
    package = home / "pacer" / "__init__.py"
    package.write_text(package.read_text().replace(__version__, "0.0.9"))
    shutil.copy(folder_of("esp32_devkit") / "board.py", home)
    (folder / "main.py").write_text(OLD_MAIN)
    if slot:
        (folder / "slot").write_text(slot)
    (folder / "version").write_text("0.0.9 esp32_devkit")
    (folder / "settings.txt").write_text("screen dim\n")
    return folder


class Cut(Exception):
    """The cable was pulled."""


@pytest.fixture
def cut_at(monkeypatch):
    """Cut the cable and the power before a call of mpremote, by its number from 1."""
    real = flashing.mpremote
    monkeypatch.setattr(flashing, "_CHUNK", 100)

    def arrange(board, number):
        calls = []

        def counted(port, *args, **kwargs):
            calls.append(args)
            if len(calls) == number:
                board.reset()
                raise Cut
            return real(port, *args, **kwargs)

        monkeypatch.setattr(flashing, "mpremote", counted)
        return calls

    return arrange


# look, folders, files, look, cp main.old, rename, cp main.new, rename, look, slot, reset
CALLS = 11


@pytest.mark.parametrize("slot", ["a", ""] if os.environ.get("PACER_CUTS") else ["a"])
@pytest.mark.parametrize("number", range(1, CALLS + 2) if os.environ.get("PACER_CUTS") else (4, 6, 8, 9, 10, 11))
def test_cut_off_at_any_call_one_firmware_boots_and_runs(tmp_path, cut_at, number, slot):
    folder = old_firmware(tmp_path / "flash", slot)
    with Board(folder, Stander(1e6)) as board:
        assert ready(board).startswith("pacer 0.0.9 ")
        calls = cut_at(board, number)
        if number <= CALLS:
            with pytest.raises(Cut):
                flashing.flash(board.port)
        else:
            flashing.flash(board.port)
            assert len(calls) == CALLS
        board.reset()
        time.sleep(0.5)
        switched = number > CALLS - 1
        assert ready(board).startswith(f"pacer {__version__ if switched else '0.0.9'} ")


@pytest.mark.parametrize("missing", ["watch", "crash"])  # found out at the start; when its loop is loaded
def test_a_firmware_that_does_not_start_gives_way_to_the_one_before(tmp_path, monkeypatch, missing):
    folder = old_firmware(tmp_path / "flash")
    compiled = image.compile_firmware

    def broken(where, *args):
        sizes = compiled(where, *args)
        (where / "pacer" / "app" / f"{missing}.mpy").unlink()
        return sizes

    monkeypatch.setattr(image, "compile_firmware", broken)
    with Board(folder, Stander(1e6)) as board:
        ready(board)
        with pytest.raises(flashing.FlashError, match="did not start three times"):
            flashing.flash(board.port)
        assert (folder / "slot").read_text() == "a"
        assert ready(board).startswith("pacer 0.0.9 ")
        assert board.hard_resets >= 4
        monkeypatch.setattr(image, "compile_firmware", compiled)
        assert flashing.flash(board.port).now == f"{__version__} esp32_devkit"
        until = time.monotonic() + 20
        while (folder / "slot").read_text() != "b" and time.monotonic() < until:
            time.sleep(0.5)
        assert (folder / "slot").read_text() == "b"  # it has lived ten seconds: kept


def test_a_firmware_that_has_not_lived_yet_is_the_one_that_is_written_over(tmp_path, cut_at):
    folder = old_firmware(tmp_path / "flash")
    with Board(folder, Stander(1e6)) as board:
        ready(board)
        flashing.flash(board.port)
        assert (folder / "slot").read_text().startswith("b ")
        cut_at(board, 4)
        with pytest.raises(Cut):
            flashing.flash(board.port)
        assert (folder / "slot").read_text() == "a"
        time.sleep(0.5)
        assert ready(board).startswith("pacer 0.0.9 ")


def found(machine="", **facts):
    whole = {"micropython": (1, 28), "mpy": 6 | 3 << 8, "free": 150_000, "machine": machine, **facts}
    return flashing.Found(**whole)


ESP32 = "esp32 Generic ESP32 module with ESP32"
S3 = "esp32 Generic ESP32S3 module with Octal-SPIRAM with ESP32S3"


@pytest.mark.parametrize(
    ("what", "named", "sure", "expected"),
    [
        (found(ESP32), None, False, "esp32_devkit"),
        (found(S3, version="0.1.0 xiao_esp32s3"), None, False, "xiao_esp32s3"),
        (found(S3), "lilygo_tbeam_supreme", False, "lilygo_tbeam_supreme"),
        (found(S3, version="0.1.0 xiao_esp32s3"), "lilygo_tbeam_supreme", True, "lilygo_tbeam_supreme"),
        (found("linux Linux [GCC 12] version"), None, False, "esp32_devkit"),
    ],
)
def test_which_board_it_is(what, named, sure, expected):
    assert flashing.board_for(what, named, sure) == expected


@pytest.mark.parametrize(
    ("what", "named", "words"),
    [
        (found(S3), None, "say which board it is: --board lilygo_tbeam_supreme or --board xiao_esp32s3"),
        (found(S3), "esp32_devkit", "has an esp32; for it there is --board lilygo"),
        (found(ESP32), "xiao_esp32s3", "has an esp32s3"),
        (found(S3, version="0.1.0 xiao_esp32s3"), "lilygo_tbeam_supreme", "--yes"),
        (found("esp32 ESP32C3 module with ESP32C3"), None, "no board here"),
        (found("esp32 ESP32C3 module with ESP32-C3"), "esp32_devkit", "has an esp32"),
        (found(ESP32), "nothing_of_this_name", "no board"),
    ],
)
def test_a_wrong_board_is_not_flashed_unasked(what, named, words):
    with pytest.raises(flashing.FlashError, match=words):
        flashing.board_for(what, named, False)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"micropython": (1, 19)}, "1.19 is on it"),
        ({"mpy": 5}, "newer MicroPython"),
        ({"micropython": (), "mpy": 0}, "newer MicroPython"),
        ({"free": 50_000}, "48 KB there"),
    ],
)
def test_what_cannot_run_is_refused_with_what_can_be_done(facts, words):
    with pytest.raises(flashing.FlashError, match=words):
        flashing.refuse(found(ESP32, **facts))


def test_sources_are_never_sent(tmp_path, monkeypatch):
    image.bare(tmp_path / "flash")

    def missing(*args):
        raise interp.Crashed("mpy-cross is not installed here")

    monkeypatch.setattr(image, "compile_firmware", missing)
    with Board(tmp_path / "flash", Stander(1e6)) as board:
        time.sleep(0.3)
        with pytest.raises(flashing.FlashError, match="mpy-cross is missing"):
            flashing.flash(board.port)
    assert not (tmp_path / "flash" / "a").exists()


@pytest.mark.parametrize("target", [(), ("--target", "/")])
def test_mip_gives_a_watch_that_starts(tmp_path, target):
    named = mip.package(tmp_path / "mip", "esp32_devkit")
    assert (ROOT / "package.json").read_text() == mip.at_the_root(named), "a module is new or gone: make mip"
    assert named["version"] == __version__
    assert {name for name, _ in named["urls"] if not name.endswith(".mpy")} == {
        "main.py", "board.py", "../main.py", "../board.py",
    }  # fmt: skip
    image.bare(tmp_path / "flash")
    with Board(tmp_path / "flash", Stander(1e6)) as board:
        time.sleep(0.3)
        mpremote(board, "mip", "install", *target, tmp_path / "mip" / "package.json")
        board.reset()
        time.sleep(0.5)
        assert ready(board) == f"pacer {__version__} esp32_devkit 1 -"


def test_a_board_with_micropython_alone_ends_with_a_running_watch(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "pacer_watch", "board", "--empty", "--folder", str(tmp_path / "flash")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        line = process.stdout.readline()
        while "/dev/" not in line:
            line = process.stdout.readline()
        port = "/dev/" + line.partition("/dev/")[2].split()[0].rstrip(".,;:")
        assert "runs on it" in pacer("flash", "--port", port).stdout
        assert "state ready" in pacer("status", "--port", port).stdout.replace(":", "").replace("  ", " ")
        found = json.loads(pacer("selftest", "--json", "--port", port).stdout)
        assert found["board"] == "esp32_devkit"
        assert found["missing"] == "nothing"
        assert "0x3c" in found["i2c0"]
        assert found["run_turn_most_us"] > 0
        assert found["gps_messages"] > 50
        assert found["log_bytes"] > 200
        assert not list((tmp_path / "flash" / "runs").glob("*"))
        assert "--yes" in refused("flash", "--board", "xiao_esp32s3", "--port", port)
    finally:
        process.terminate()
        process.wait(10)
