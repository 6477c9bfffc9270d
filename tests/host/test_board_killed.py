"""A virtual board whose program is killed or whose terminal is closed: nothing stays, and it is no bad end."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pacer_watch.twin import interp

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")


def interpreters(flash: Path) -> list[str]:
    """The processes that run on this flash."""
    out = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(flash).encode() in words and b"-i" in words:
            out.append(path.parent.name)
    return out


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_board_that_is_killed_leaves_no_interpreter_and_no_count(tmp_path, how):
    flash = tmp_path / "flash"
    process = subprocess.Popen(
        [sys.executable, "-c", "from pacer_watch.cli import main; main()", "board", "--folder", str(flash)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("/dev/")
    time.sleep(2)
    assert interpreters(flash)
    process.send_signal(how)
    process.wait(5)
    until = time.monotonic() + 5
    while interpreters(flash) and time.monotonic() < until:
        time.sleep(0.1)
    assert interpreters(flash) == []
    assert not (flash / "crash.count").exists()
    assert not (flash / "crash.txt").exists()
