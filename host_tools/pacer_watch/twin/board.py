"""A board on a pseudo-terminal: what a real one's USB serial port does, for mpremote and the loader.

MicroPython for unix behind a PTY, with a folder as its flash and the chips' models beneath `machine`, in real time.
The interpreter ends on a soft reset: it is started again, says "soft reboot", and goes back to the raw REPL when it was
in it. A Ctrl-C becomes SIGINT while a program runs, since the unix port looks for it there.
"""

import contextlib
import os
import pty
import queue
import select
import signal
import subprocess
import tempfile
import threading
import time
import tty
from pathlib import Path
from typing import Any

import numpy as np

from .. import boards
from . import interp
from .chips import Refused
from .chips.gnss import UbloxReceiver
from .interp import Crashed
from .world import Reset, World

_SLICE = 64  # bytes that arrive together
_CTRL_A, _CTRL_B, _CTRL_C, _CTRL_D = b"\x01\x02\x03\x04"
_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_HEAP = "400wK"
_BEHIND_S = 0.5  # what the clock makes up for; the rest is time that the program was stopped at the REPL
_START = """import sys
sys.path[:] = ["/.twin", "", ".frozen", "/lib"]
del sys
import os, vfs
vfs.umount("/")
vfs.mount(vfs.VfsPosix(%r), "/")
os.chdir("/")
del os, vfs
"""
_MAIN = """try:
    exec(open("/main.py").read(), {"__name__": "__main__"})
except OSError:
    pass
"""


class _Later:
    """The same person to a board that was started anew: its clock begins at 0 again, the person's goes on."""

    def __init__(self, person: Any, offset_us: int) -> None:
        self._person = person
        self._offset = offset_us
        self.truth = person.truth
        self.hand = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._person, name)  # done, cadence_spm, speed_m_s

    def level(self, name: str, now_us: int) -> int:
        return int(self._person.hand.level(name, now_us + self._offset))

    def hear(self, at_us: int, name: str) -> None:
        self._person.hear(at_us + self._offset, name)

    def advance(self, until_us: int) -> None:
        self._person.advance(until_us + self._offset)

    def observe(self, at_us: int) -> Any:
        return self._person.observe(at_us + self._offset)


class Board:
    """start(), then .port is what to connect to; stop() pulls the cable.

    flash: a folder that twin/flash.py has built, or an empty one. person: who wears it, None for nobody.
    baud: bytes take their time as at this rate, 0 for as fast as they come (a native USB port). speed: seconds of the
    board in one of real time.
    """

    def __init__(self, flash: Path, person: Any, board: str = "esp32_devkit", baud: int = 0, speed: float = 1) -> None:
        if interp.micropython() is None:
            raise Crashed("MicroPython for unix is not installed on this machine; there is no board without it")
        self.flash = flash
        self.person = person
        self.port = ""
        self.hard_resets = 0
        self._board = boards.load(board)
        self._baud = baud
        self._speed = speed
        self._world: World | None = None
        self._presses: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._raw = False
        self._held = b""  # of what a fresh interpreter says, until its raw REPL is there
        self._process: subprocess.Popen[bytes] | None = None
        self._inner = -1
        self._lived_us = 0  # the person's time when the board was started last
        self._temporary = tempfile.TemporaryDirectory()

    def start(self) -> str:
        """Power on. Returns the port's path."""
        self._outer, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        thread = threading.Thread(target=self._carry, daemon=True)
        thread.start()
        self._threads.append(thread)
        return self.port

    def stop(self) -> None:
        """Power off."""
        self._stop.set()
        self._kill()
        for thread in self._threads:
            thread.join(2)
        for fd in (self._outer, self._slave):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._temporary.cleanup()

    def __enter__(self) -> "Board":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def reset(self) -> None:
        """The reset button, or the power gone for a moment."""
        self.hard_resets += 1
        self._kill()

    def press(self, button: str, hold_s: float = 0.2) -> None:
        """Press "lap" or "back" now. From the first press on the person's own are no more."""
        self._presses.put((button, hold_s))

    def pixels(self) -> np.ndarray:
        """What is on the screen, 64 x 128 booleans."""
        return self._world.display.pixels() if self._world else np.zeros((64, 128), bool)

    def _kill(self) -> None:
        process = self._process
        if process and process.poll() is None:
            process.kill()
            process.wait()

    def _spawn(self, raw: bool) -> None:
        """Start the interpreter; with main.py, unless it goes back to the raw REPL."""
        exe = interp.micropython() or ""
        boot = Path(self._temporary.name) / "boot.py"
        main = not raw and (self.flash / "main.py").exists()
        boot.write_text(_START % str(self.flash) + (_MAIN if main else ""))
        master, slave = pty.openpty()
        tty.setraw(slave)
        to_guest, from_host = os.pipe()
        to_host, from_guest = os.pipe()
        if main and self._lived_us and hasattr(self.person, "again"):
            self.person.again(self._lived_us)
        later: Any = _Later(self.person, self._lived_us)
        world = self._world = World(self._board, UbloxReceiver(later.observe), later, 1)
        self._process = subprocess.Popen(
            [exe, "-X", f"heapsize={_HEAP}", "-i", str(boot), str(self.flash), str(to_guest), str(from_guest)],
            stdin=slave, stdout=slave, stderr=slave, pass_fds=(to_guest, from_guest), start_new_session=True,
            preexec_fn=interp.dies_with_us(),  # noqa: PLW1509, see there
        )  # fmt: skip
        for fd in (slave, to_guest, from_guest):
            os.close(fd)
        if self._inner >= 0:
            os.close(self._inner)
        self._inner = master
        self._raw = raw
        thread = threading.Thread(target=self._live, args=(to_host, from_host, world), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _live(self, read_fd: int, write_fd: int, world: World) -> None:
        """The chips, in real time or so many times as fast."""
        began = time.monotonic()
        lived = self._lived_us

        def on_step(_: int) -> None:
            nonlocal began
            self._lived_us = max(self._lived_us, lived + world.now_us)
            while not self._presses.empty():
                button, hold_s = self._presses.get()
                self.person.hand.take_over()
                self.person.hand.plan([(self._lived_us / 1e6, button, hold_s)])
            ahead = world.now_us / 1e6 / self._speed - (time.monotonic() - began)
            if ahead > 0:
                time.sleep(ahead)
            elif ahead < -_BEHIND_S:
                began -= ahead + _BEHIND_S

        try:
            interp.serve_pipes(read_fd, write_fd, world, self._stop.is_set, on_step)
        except (EOFError, OSError):
            pass  # the interpreter has ended
        except Refused as e:
            if not isinstance(e, Reset):
                self._out(b"\r\nthe board: " + str(e).encode() + b"\r\n")
            self.reset()
        for fd in (read_fd, write_fd):
            with contextlib.suppress(OSError):
                os.close(fd)

    def _carry(self) -> None:
        """Start the interpreter; then bytes between it and the port, until the power is off."""
        self._spawn(raw=False)  # not by who called: it would end with that thread
        swallow = b""
        while not self._stop.is_set():
            try:
                ready, _, _ = select.select([self._outer, self._inner], [], [], 0.05)
            except (OSError, ValueError):
                ready = []
            if self._outer in ready:
                try:
                    self._in(os.read(self._outer, 4096))
                except OSError:
                    time.sleep(0.02)  # nobody is connected
            dead = self._process is not None and self._process.poll() is not None
            if self._inner in ready:
                try:
                    data = os.read(self._inner, 4096)
                except OSError:
                    data = b""
                    dead = True
                if swallow:
                    swallow, data = self._hide(swallow, data)
                if data:
                    self._out(data)
            if dead and not self._stop.is_set():
                if self._process:
                    self._process.wait()
                raw, killed = self._raw, bool(self._process and self._process.returncode < 0)
                self._spawn(raw and not killed)
                if not killed:
                    self._out(b"MPY: soft reboot\r\n")
                if self._raw:
                    os.write(self._inner, bytes([_CTRL_A]))
                    swallow = _BANNER

    def _hide(self, mark: bytes, data: bytes) -> tuple[bytes, bytes]:
        """Leave out what the fresh interpreter says before its raw REPL is there."""
        self._held += data
        at = self._held.find(mark)
        if at < 0:
            return mark, b""
        data, self._held = self._held[at:], b""
        return b"", data

    def _out(self, data: bytes) -> None:
        self._take_time(len(data))
        with contextlib.suppress(OSError):
            os.write(self._outer, data)

    def _take_time(self, count: int) -> None:
        if self._baud:
            time.sleep(10 * count / self._baud)  # a start and a stop bit around each byte

    def _in(self, data: bytes) -> None:
        process = self._process
        for part in _split(data):
            if part == b"\x01":
                self._raw = True
            elif part == b"\x02":
                self._raw = False
            if part == b"\x03" and process and process.poll() is None and _handles_sigint(process.pid):
                process.send_signal(signal.SIGINT)
                continue
            for at in range(0, len(part), _SLICE):
                some = part[at : at + _SLICE]
                self._take_time(len(some))
                with contextlib.suppress(OSError):
                    os.write(self._inner, some)


def _split(data: bytes) -> list[bytes]:
    """Control bytes by themselves, all else in one piece."""
    out: list[bytes] = []
    at = 0
    for i, b in enumerate(data):
        if b in (_CTRL_A, _CTRL_B, _CTRL_C):
            if i > at:
                out.append(data[at:i])
            out.append(data[i : i + 1])
            at = i + 1
    if at < len(data):
        out.append(data[at:])
    return out


def _handles_sigint(pid: int) -> bool:
    """Does the interpreter listen for SIGINT now (a program runs), or does it read the byte (the REPL)?"""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
    except OSError:
        pass
    return False
