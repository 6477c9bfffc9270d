"""The cable goes out at each frame, and two commands want one port: a real watch on a virtual port beneath."""

import subprocess
import sys
import time

import pytest
import serial

from pacer.core import notation
from pacer_watch import link
from pacer_watch.twin import flash, interp, session
from pacer_watch.twin.board import Board
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.runner import Stander, VirtualRunner

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")
OLD = b"Workout - Old\n- 1km @ 5'00\"/km\n"
NEW = b"Workout - New\n- 1km @ 4'00\"/km\n# " + b"x" * 400 + b"\n"
TEXT = "Workout - Run\n- 20s\n"


class Cut:
    """A port whose cable goes out: behind its n-th frame out, or before the n-th answer."""

    def __init__(self, port, frames, answered):
        self._port = port
        self._left = frames
        self._answered = answered

    def __getattr__(self, name):
        return getattr(self._port, name)

    def write(self, data):
        if self._left == 0:
            raise serial.SerialException("device disconnected")
        self._left -= 1
        return self._port.write(data)

    def read(self, size):
        if self._left == 0 and not self._answered:
            raise serial.SerialException("device disconnected")
        return self._port.read(size)


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A watch with a workout and a run on it."""
    person = VirtualRunner(notation.parse(TEXT), 1)
    run = session.run(TEXT, person, NmeaReceiver(person.observe)).log
    folder = flash.build(tmp_path_factory.mktemp("board") / "flash", "esp32_devkit", {"a.txt": OLD.decode()})
    (folder / "runs" / "0001.run").write_bytes(run)
    with Board(folder, Stander(1e6)) as virtual:
        virtual.run = run
        for _ in range(20):
            try:
                with link.Link(virtual.port):
                    break
            except link.LinkError:
                time.sleep(0.5)
        yield virtual


def interrupted(board, frames, answered, do):
    """Whether the cable went out while something was done."""
    with link.Link(board.port) as watch:
        watch._serial = Cut(watch._serial, frames, answered)
        try:
            do(watch)
        except link.LinkError as e:
            assert "cable" in str(e)
            return True
    return False


@pytest.mark.parametrize("answered", [False, True])
def test_a_file_is_old_or_new_wherever_the_cable_goes_out_and_is_there_at_the_second_try(board, answered):
    path = board.flash / "workouts" / "a.txt"
    for n in range(20):
        path.write_bytes(OLD)
        out = interrupted(board, n, answered, lambda watch: watch.put("workouts/a.txt", NEW))
        assert path.read_bytes() in (OLD, NEW)
        with link.Link(board.port) as watch:
            watch.put("workouts/a.txt", NEW)
            assert watch.get("workouts/a.txt") == NEW
        assert path.read_bytes() == NEW
        if not out:
            break
    assert 5 <= n < 19


def test_a_run_is_fetched_whole_or_not_at_all_wherever_the_cable_goes_out(board):
    got = []
    for n in range(40):
        out = interrupted(board, n, False, lambda watch: got.append(watch.get("runs/0001.run")))
        assert (board.flash / "runs" / "0001.run").read_bytes() == board.run
        if not out:
            break
    assert 3 <= n < 39
    assert got == [board.run]


def test_a_mark_whose_answer_is_lost_is_made_once_and_asking_again_does_no_harm(board):
    runs = board.flash / "runs"
    try:
        assert interrupted(board, 1, False, lambda watch: watch.mark("runs/0001.run"))
        time.sleep(0.5)
        assert (runs / "0001.got").exists() and not (runs / "0001.run").exists()
        with link.Link(board.port) as watch, pytest.raises(link.WatchRefused):
            watch.mark("runs/0001.run")
        assert (runs / "0001.got").read_bytes() == board.run
    finally:
        (runs / "0001.got").rename(runs / "0001.run")


def test_of_two_commands_on_one_port_one_is_served_and_the_other_gets_a_sentence(board):
    code = "from pacer_watch.cli import main; main()"
    with link.Link(board.port) as watch:
        words = [sys.executable, "-c", code, "status", "--port", board.port]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert watch.get("runs/0001.run") == board.run
    assert done.returncode == 2
    assert "another program" in done.stderr
    assert "Traceback" not in done.stderr
    assert subprocess.run(words, capture_output=True, timeout=60, check=False).returncode == 0
