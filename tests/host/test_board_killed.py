"""A virtual board whose program is killed or whose terminal is closed: nothing stays, and it is no bad end."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pacer_watch.twin import interp

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")
BOARD = "from pacer_watch.cli import main; main()"
SESSION = """
from pacer.core import notation
from pacer_watch.twin import runner, session
from pacer_watch.twin.chips.gnss import NmeaReceiver
person = runner.VirtualRunner(notation.parse("- 1km"), 1)
print("/dev/none", flush=True)
session.run("- 1km", person, NmeaReceiver(person.observe), guest="open('/.twin/begun', 'w').close()\\nwhile True: pass")
"""
NO_END = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"


def interpreters(flash: Path) -> list[str]:
    """The interpreters that run on this flash, or on one beneath it."""
    out = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"-X" in words and any(w.startswith(str(flash).encode()) for w in words):
            out.append(path.parent.name)
    return out


def gone(flash: Path) -> list[str]:
    """The interpreters that are left after a while."""
    until = time.monotonic() + 5
    while interpreters(flash) and time.monotonic() < until:
        time.sleep(0.1)
    left = interpreters(flash)
    for pid in left:
        os.kill(int(pid), signal.SIGKILL)
    return left


def wait_for_one(flash: Path) -> None:
    until = time.monotonic() + 20
    while not interpreters(flash) and time.monotonic() < until:
        time.sleep(0.1)
    assert interpreters(flash)
    time.sleep(1.5)  # main.py has begun, and who is told has set up what to do


def begun(tmp_path: Path, code: str, *words: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("/dev/")
        wait_for_one(tmp_path)
    except BaseException:
        process.kill()
        gone(tmp_path)
        raise
    return process


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_board_that_is_killed_leaves_no_interpreter_and_no_count(tmp_path, how):
    flash = tmp_path / "flash"
    process = begun(tmp_path, BOARD, "board", "--folder", str(flash))
    process.send_signal(how)
    process.wait(5)
    assert gone(tmp_path) == []
    assert not (flash / "crash.count").exists()
    assert not (flash / "crash.txt").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="an interpreter that computes without end: Linux alone ends it")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
def test_a_program_without_end_on_a_board_that_is_killed_is_ended(tmp_path, how):
    flash = tmp_path / "flash"
    flash.mkdir()
    (flash / ".twin").mkdir()
    (flash / "main.py").write_text(NO_END)
    process = begun(tmp_path, BOARD, "board", "--folder", str(flash))
    process.send_signal(how)
    process.wait(5)
    assert gone(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="an interpreter that computes without end: Linux alone ends it")
def test_a_session_that_hangs_in_a_program_that_is_killed_is_ended(tmp_path):
    process = begun(tmp_path, SESSION)
    process.kill()
    process.wait(5)
    assert gone(tmp_path) == []


def test_a_board_whose_terminal_is_closed_leaves_no_interpreter(tmp_path):
    flash = tmp_path / "flash"
    pid, terminal = pty.fork()
    if not pid:
        os.execv(sys.executable, [sys.executable, "-c", BOARD, "board", "--folder", str(flash)])
    assert os.read(terminal, 100)
    wait_for_one(flash)
    os.close(terminal)
    until = time.monotonic() + 5
    while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < until:
        time.sleep(0.1)
    assert gone(flash) == []
    assert not (flash / "crash.count").exists()
