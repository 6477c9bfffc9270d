"""What the commands are like in a terminal that is small, plain, piped, or of another language."""

import os
import pty
import struct
import subprocess
import sys
import time

import pytest

from pacer_watch import WORKOUTS

PACER = [sys.executable, "-m", "pacer_watch"]


def pacer(*args, code=0, **environment):
    done = subprocess.run(
        [*PACER, *map(str, args)], env={**os.environ, **environment}, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize(
    "command", [["workouts"], ["check", "ladder-5x1000"], ["board", "check"], ["bench", "--help"], ["--help"]]
)
@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"},
     {"PYTHONIOENCODING": "cp1252"}, {"TERM": "dumb"}, {"NO_COLOR": "1"}, {"COLUMNS": "40"}],
    ids=lambda e: next(iter(e)) + "=" + next(iter(e.values())),
)  # fmt: skip
def test_any_terminal_will_do(command, environment):
    assert b"\x1b" not in pacer(*command, **environment).stdout


def test_a_note_that_the_terminal_has_no_letters_for_is_shown_as_well_as_can_be(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_text("- 1km @ 5'00\"/km | \u65e5\u672c \U0001f3c3\n", encoding="utf-8")
    assert b"??" in pacer("check", path, PYTHONIOENCODING="ascii").stdout


@pytest.mark.parametrize("command", ["check ladder-5x1000", "workouts", "--help", "board check"])
def test_who_reads_only_the_first_line_hears_no_complaint(command):
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {' '.join(PACER)} {command} | head -1"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "Broken" not in done.stderr


def on_a_terminal(command, rows, columns, resize=None, **environment):
    """What a program writes to a terminal of this size; resize: (seconds, rows, columns)."""
    fcntl = pytest.importorskip("fcntl")
    termios = pytest.importorskip("termios")
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", **environment}
    env.pop("NO_COLOR", None) if "NO_COLOR" not in environment else None
    process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=env, start_new_session=True)
    os.close(inner)
    began, said = time.monotonic(), b""
    while True:
        if resize and time.monotonic() - began > resize[0]:
            fcntl.ioctl(outer, termios.TIOCSWINSZ, struct.pack("HHHH", *resize[1:], 0, 0))
            resize = None
        try:
            data = os.read(outer, 65536)
        except OSError:
            break
        if not data:
            break
        said += data
    os.close(outer)
    return process.wait(60), said


@pytest.fixture
def short(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("- 20s warm-up\n- 2 x 100m @ 4'00\"/km, 10s rest between\n")
    return path


def test_the_live_view_has_a_screen_of_its_own_and_gives_it_back(short):
    code, said = on_a_terminal([*PACER, "sim", str(short)], 24, 80, (1.0, 30, 76))
    assert code == 0
    own, back = said.index(b"\x1b[?1049h"), said.index(b"\x1b[?1049l")
    assert own < said.index(b"OLED") < back
    assert b"of virtual time" in said[back:]  # the laps stay, where nothing of the view is


def test_a_dumb_terminal_gets_no_view(short):
    code, said = on_a_terminal([*PACER, "sim", str(short)], 24, 80, TERM="dumb")
    assert code == 0
    assert b"\x1b" not in said
    assert b"of virtual time" in said


def test_a_table_on_80_columns_is_not_cut():
    for path in WORKOUTS.glob("*.txt"):
        assert "\u2026".encode() not in pacer("check", path, COLUMNS="80").stdout, path.name
