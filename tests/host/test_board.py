"""A board on a pseudo-terminal, driven by the real mpremote and by pacer's own commands."""

import json
import subprocess
import sys
import time

import pytest

from pacer.core import notation
from pacer_watch import ROOT, link
from pacer_watch.files import free_name
from pacer_watch.twin import flash, interp, session
from pacer_watch.twin.board import Board
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.runner import Stander, VirtualRunner

from .test_cli import pacer, refused

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")
TEXT = "Workout - Link\n- 5min @ 5'00\"/km\n- 200m\n"


@pytest.fixture
def bare(tmp_path):
    """MicroPython alone."""
    flash.bare(tmp_path / "flash")
    with Board(tmp_path / "flash", Stander(1e6)) as board:
        time.sleep(0.3)
        yield board


@pytest.fixture
def running(tmp_path):
    """Pacer, and a runner who starts after 20 s."""
    folder = flash.build(tmp_path / "flash", "esp32_devkit", {"a.txt": TEXT})
    with Board(folder, VirtualRunner(notation.parse(TEXT), 1), baud=115200) as board:
        yield board


def mpremote(board, *args, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.port, *map(str, args)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def ready(board):
    """Wait until the firmware answers."""
    for _ in range(10):
        try:
            with link.Link(board.port) as watch:
                return watch.hello
        except link.LinkError:
            time.sleep(0.5)
    raise AssertionError("the firmware does not answer")


def test_plain_mpremote_works_on_it(bare, tmp_path):
    (tmp_path / "hello.py").write_text("print('hello', 6 * 7)\n")
    assert mpremote(bare, "exec", "print(1 + 1)").strip() == "2"
    assert mpremote(bare, "run", tmp_path / "hello.py").strip() == "hello 42"
    mpremote(bare, "cp", tmp_path / "hello.py", ":h.py")
    assert "h.py" in mpremote(bare, "ls")
    assert mpremote(bare, "exec", "import h").strip() == "hello 42"
    assert mpremote(bare, "soft-reset", "exec", "print('h' in globals())").strip() == "False"
    assert "hello.py" in mpremote(bare, "mount", tmp_path, "exec", "import os; print(os.listdir('/remote'))")
    mpremote(bare, "reset")
    time.sleep(0.5)
    assert bare.hard_resets == 1
    assert mpremote(bare, "exec", "print(3)").strip() == "3"
    mpremote(bare, "exec", "--no-follow", "while True: pass")
    assert mpremote(bare, "exec", "print(4)").strip() == "4"
    mpremote(bare, "exec", "raise ValueError", code=1)


def test_a_board_is_flashed_thrice_loaded_listed_cleared_and_asked(bare, tmp_path):
    first = pacer("flash", "--port", bare.port).stdout
    assert "before: nothing" in first
    assert ready(bare).startswith("pacer ")
    again = pacer("flash", "--port", bare.port).stdout
    assert "before: 0." in again
    assert ready(bare)
    third = pacer("flash", "--port", bare.port).stdout
    assert "(0 of" in third
    assert ready(bare)
    workout = tmp_path / "tuesday.txt"
    workout.write_text(TEXT)
    pacer("load", workout, "--port", bare.port)
    names = [f["name"] for f in json.loads(pacer("ls", "--json", "--port", bare.port).stdout)]
    assert names == ["workouts/tuesday.txt"]
    pacer("rm", "tuesday.txt", "--port", bare.port)
    assert json.loads(pacer("ls", "--json", "--port", bare.port).stdout) == []
    status = json.loads(pacer("status", "--json", "--port", bare.port).stdout)
    assert status["state"] == "ready"


def test_a_flash_that_is_refused_leaves_the_watch_running(running, tmp_path):
    (tmp_path / "flash" / "version").write_text("0.1.0 esp32_devkit\n")  # as pacer flash leaves it
    ready(running)
    assert "say --yes as well" in refused("flash", "--board", "xiao_esp32s3", "--port", running.port)
    assert ready(running).startswith("pacer ")


def test_a_run_is_pulled_and_marked_and_the_next_one_is_watched_and_left_until_it_is_done(tmp_path):
    folder = flash.build(tmp_path / "flash", "esp32_devkit", {"a.txt": TEXT})
    run = (ROOT / "tests" / "golden" / "runs" / "undo.run").read_bytes()
    (folder / "runs" / "0001.run").write_bytes(run)
    got = tmp_path / "got"
    with Board(folder, VirtualRunner(notation.parse(TEXT), 1), baud=115200) as board:
        ready(board)
        assert f"runs/0001.run: {len(run)} bytes" in pacer("pull", got, "--port", board.port).stdout
        assert (got / "0001.run").read_bytes() == run
        assert [p.name for p in (folder / "runs").iterdir()] == ["0001.got"]
        assert "nothing new" in pacer("pull", got, "--port", board.port).stdout
        assert "already here" in pacer("pull", got, "--all", "--port", board.port).stdout
        until = time.monotonic() + 60
        state = ""
        while state != "running" and time.monotonic() < until:
            said = pacer("watch", "--seconds", "3", "--json", "--port", board.port).stdout
            state = json.loads(said.splitlines()[-1])["state"] if said else ""
        lines = [json.loads(line) for line in said.splitlines()]
        assert state == "running"
        assert lines[0]["run_ms"] <= lines[-1]["run_ms"]
        assert "step 1" in pacer("watch", "--seconds", "3", "--port", board.port).stdout
        done = pacer("pull", got, "--port", board.port)
        assert "runs/0002.run is not done on the watch" in done.stderr
        assert sorted(p.name for p in (folder / "runs").iterdir()) == ["0001.got", "0002.run"]
        assert [p.name for p in got.iterdir()] == ["0001.run"]


def test_a_flash_that_is_cut_off_leaves_the_old_firmware_running(bare, monkeypatch):
    from pacer_watch import flash as flashing

    flashing.flash(bare.port, "esp32_devkit")
    ready(bare)
    real = flashing.mpremote
    calls = []

    def cut(port, *args, **kwargs):
        calls.append(args)
        if len(calls) == 4:
            bare.reset()  # the cable is pulled
            raise flashing.FlashError("cut")
        return real(port, *args, **kwargs)

    monkeypatch.setattr(flashing, "mpremote", cut)
    with pytest.raises(flashing.FlashError):
        flashing.flash(bare.port, "esp32_devkit")
    assert (bare.flash / "slot").read_text() == "a"
    assert ready(bare).startswith("pacer ")


def test_the_link_serves_while_a_run_is_on(running):
    ready(running)
    data = ("Workout - Big\n" + "- 5 x 400m @ 4'00\"/km, 60s rest\n" * 12 + ("# " + "y" * 76 + "\n") * 46).encode()
    with link.Link(running.port) as watch:
        until = time.monotonic() + 40
        while watch.status()["state"] != "running" and time.monotonic() < until:
            time.sleep(1)
        began = time.monotonic()
        watch.put("workouts/big.txt", data)
        took = time.monotonic() - began
        assert took < 3.0  # about 1.5 s on an idle machine
        print(f"{len(data)} bytes at 115200 baud in {took:.2f} s")
        assert watch.get("workouts/big.txt") == data
        watch.watch(True)
        lines = watch.listen(2.5)
        assert len(lines) >= 2
        assert lines[0].startswith("running ")
        with pytest.raises(link.WatchRefused, match="that run is on"):
            watch.remove("runs/0001.run")
        with pytest.raises(link.WatchRefused, match="line 1"):
            watch.put("workouts/bad.txt", b"- 1km @ nothing\n")
    assert "print" not in mpremote(running, "exec", "print(2)")  # Ctrl-C still gets the REPL ...
    assert (running.flash / "runs" / "0001.run").read_bytes().startswith(b"PACERRUN 1 ")  # ... and the log is closed


@pytest.fixture
def fast(tmp_path):
    """Pacer twenty times as fast as real; the runner starts after a second."""
    folder = flash.build(tmp_path / "flash", "esp32_devkit", {"a.txt": TEXT})
    with Board(folder, VirtualRunner(notation.parse(TEXT), 1), speed=20) as board:
        yield board


def until(board, wanted, seconds=20):
    """The status when `wanted` holds of it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with link.Link(board.port) as watch:
                status = watch.status()
        except link.LinkError:
            continue
        if wanted(status):
            return status
        time.sleep(0.3)
    raise AssertionError(status)


def test_a_board_that_was_stopped_and_reset_by_mpremote_runs_on(fast):
    before = until(fast, lambda s: s["run_ms"] > 30_000)
    mpremote(fast, "exec", "print(1)")  # which stops the firmware
    time.sleep(1.5)
    mpremote(fast, "reset")
    after = until(fast, lambda s: s["state"] == "running")
    assert before["run_ms"] <= after["run_ms"] < before["run_ms"] + 160_000  # it made up for no time at the REPL
    until(fast, lambda s: s["run_mm"] > after["run_mm"] + 100_000)


def test_its_buttons_can_be_pressed_and_its_screen_be_seen(fast):
    until(fast, lambda s: s["state"] == "running")
    assert 200 < fast.pixels().sum() < 5000
    fast.press("back")
    until(fast, lambda s: s["state"] == "paused")
    fast.press("back", 1.2)
    assert until(fast, lambda s: s["state"] not in ("running", "paused"))["log"] == ""


def test_who_wears_it_begins_a_run_after_a_reset_before_one(fast):
    fast.press("back")  # the runner's own press is no more
    until(fast, lambda s: s["state"] == "ready")
    time.sleep(2)
    assert until(fast, lambda s: True)["state"] == "ready"
    mpremote(fast, "reset")
    status = until(fast, lambda s: s["run_mm"] > 50_000)
    assert status["step"] == 1


def test_status_tells_the_last_crash(running):
    ready(running)
    with link.Link(running.port) as watch:
        assert watch.crash() == ""
        (running.flash / "crash.txt").write_text(
            'screen, pacer 0.1.0\nTraceback (most recent call last):\n  File "pacer/app/screens.py", line 7, in draw\n'
            "AttributeError: no attribute 'x'\n"
        )
        assert watch.crash() == (
            "screen, pacer 0.1.0: AttributeError: no attribute 'x' at \"pacer/app/screens.py\", line 7, in draw"
        )


def test_a_reset_in_mid_run_offers_the_run_again(running):
    ready(running)
    with link.Link(running.port) as watch:
        until = time.monotonic() + 40
        while watch.status()["run_ms"] < 12_000 and time.monotonic() < until:
            time.sleep(1)
    running.reset()
    assert ready(running)
    with link.Link(running.port) as watch:
        assert watch.status()["state"] == "ready"
        assert [f.name for f in watch.files() if f.name.startswith("runs/")] == ["runs/0001.run"]
    assert (running.flash / "runs" / "0001.run").stat().st_size > 200


def test_nothing_answers_and_no_port_are_one_sentence(bare):
    assert "does not answer" in refused("status", "--port", bare.port)
    for command in ("status", "selftest", "flash", "ls"):
        said = refused(command, "--port", "/dev/no-such-port")
        assert said.startswith("pacer: /dev/no-such-port cannot be opened: there is no such port")
        assert "serial.tools.list_ports" in said
        assert "Errno" not in said


def test_why_a_port_is_closed_is_told_apart(monkeypatch):
    assert "usermod -aG dialout" in link.why_closed("/dev/x", PermissionError(13, "denied"))
    assert "another program has it" in link.why_closed("/dev/null", OSError(16, "busy"))


def test_a_workout_that_does_not_parse_never_leaves_the_laptop(tmp_path):
    bad = tmp_path / "bad.txt"
    bad.write_text("- 1km @ nonsense\n")
    assert "line 1, column 9" in refused("load", bad, "--port", "/dev/no-such-port")


def test_pulled_runs_overwrite_nothing(tmp_path):
    path = tmp_path / "0001.run"
    assert free_name(path, b"a") == path
    path.write_bytes(b"a")
    assert free_name(path, b"a") is None
    assert free_name(path, b"b") == tmp_path / "0001-2.run"


def test_a_run_that_was_cut_off_is_offered_at_the_next_start_and_goes_on():
    text = "Workout - Cut\n- 60s @ 5'00\"/km\n- 60s @ 4'40\"/km\n- 30s @ 5'00\"/km\n"

    def run(person, before=None, limit_us=None):
        def prepare(world, folder):
            if before is not None:
                (folder / "runs" / "0001.run").write_bytes(before)

        return session.run(text, person, NmeaReceiver(person.observe), limit_us=limit_us, prepare=prepare)

    whole = run(VirtualRunner(notation.parse(text), 3)).log
    cut = whole[: len(whole) * 2 // 5]
    from pacer_watch.formats import runlog

    last = runlog.parse(cut).seconds[-1]
    result = run(VirtualRunner(notation.parse(text), 3), cut, 90_000_000)
    restored = next(e for e in result.events if e.kind == "restore")
    assert 0 <= restored.t_ms - last.t_ms <= 1000
    later = [s for s in result.seconds if s.t_ms > restored.t_ms + 5000]
    assert later
    assert later[-1].distance_mm >= last.distance_mm
