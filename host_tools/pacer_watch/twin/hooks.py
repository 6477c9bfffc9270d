"""Hooks in the guest: Python that is run inside the interpreter before main.py, for Session.guest.

With one a test makes open() fail, or wraps a method of the firmware by its name. The names of the firmware that are
used so stand in PARTS, and only there; a name that is gone ends the session at its start (interp.Crashed). A wrapper
is neither a closure nor takes *args, since those allocate and a run goes by under a locked heap.
"""

import errno
from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A method of the firmware, and its arguments after self."""

    module: str
    name: str
    arguments: str

    @property
    def passed(self) -> str:
        """The arguments without their defaults, as the old method is called."""
        return ", ".join(a.split("=")[0] for a in self.arguments.split(", "))


# The parts of a turn, as the firmware's own crash.txt names them, and the method in which each is met.
PARTS = {
    "screen": Method("pacer.app.pages.canvas", "Canvas.show", "page, watch, ms"),
    "imu": Method("pacer.core.cadence", "Cadence.feed", "samples, count"),
    "gps": Method("pacer.core.motion", "Motion.fix", "fix, at_ms"),
    "sound": Method("pacer.app.sounds", "Sounds.step", "now_ms"),
    "step": Method("pacer.core.engine", "Engine.advance", "now_ms, total_mm, speed_mm_s"),
    "motion": Method("pacer.core.motion", "Motion.advance", "now_ms"),
    "turn": Method("pacer.app.watch", "Watch.step", "now_ms"),
    "text": Method("pacer.app.pages.canvas", "Canvas.text", "text, x, y, colour=1"),
    "chars": Method("pacer.app.pages.canvas", "Canvas.chars", "count, x, y"),
}
FLASH_FAULTS = {"full": errno.ENOSPC, "read-only": errno.EROFS, "bad block": errno.EIO}


def before(part: str, statement: str) -> str:
    """A hook that does something before each call of a part's method; the statement may use self and the arguments."""
    return _wrapped(part, f"    {statement}\n    return OLD\n")


def after(part: str, statement: str) -> str:
    """A hook that does something after each call of a part's method."""
    return _wrapped(part, f"    result = OLD\n    {statement}\n    return result\n")


def _wrapped(part: str, body: str) -> str:
    """The hook: OLD in its body is the call of the method as it was. Several stand behind each other in one guest."""
    method = PARTS[part]
    where = f"{method.module!r}, {method.name!r}"
    old = f"_old_{part}(self, {method.passed})"
    return (
        f"import twinhook\n_old_{part} = twinhook.take({where})\n\n\n"
        f"def _new_{part}(self, {method.arguments}):\n{body.replace('OLD', old)}\n\n"
        f"twinhook.put({where}, _new_{part})\n"
    )


def failing_writes(kind: str, start: int) -> str:
    """A hook by which writes to the flash fail from the `start`th on, by a bad block only each third of them."""
    each = 3 if kind == "bad block" else 1
    return _FAILING % {"ops": ("write",), "first": start, "last": 1 << 29, "each": each, "errno": FLASH_FAULTS[kind]}


OPERATIONS = ("open", "write", "flush", "close", "rename", "remove", "mkdir")


def failing_files(first: int, for_ever: bool) -> str:
    """A hook by which the `first`th operation on the flash fails with EIO, from 0 on, alone or with all behind it.

    What was counted in all is in COUNTED on the flash.
    """
    last = 1 << 29 if for_ever else first
    return _FAILING % {"ops": OPERATIONS, "first": first, "last": last, "each": 1, "errno": errno.EIO}


COUNTED = ".twin/counted"


# With it World.heap and Result.heap tell, in the place of what is free, the largest block that is, after a collection.
# For the unix port: the 32-bit build's collector must not run there.
LARGEST_BLOCK = """import gc
import twinlink


def _tell_heap():
    gc.collect()
    used = gc.mem_alloc()
    gc.disable()
    low, high = 0, gc.mem_free()
    while high - low > 64:
        size = (low + high) // 2
        try:
            bytearray(size)
            low = size
        except MemoryError:
            high = size
        gc.collect()
    gc.enable()
    twinlink.call(twinlink.HEAP, 0, 0, used, low)


twinlink.tell_heap = _tell_heap
"""

# What a serial flash of 4 MB takes, us, as a rule and at most (Winbond W25Q32JV data sheet, AC characteristics: sector
# erase time and page program time). In a fresh one nothing has to be moved; in a worn one each erase may take the most.
FLASH_US = {"typical": (45_000, 700), "worst": (400_000, 3_000)}


def flash_times(kind: str = "typical") -> str:
    """A hook by which runs/ lies on a LittleFS, as MicroPython makes it on an ESP32, whose block device holds a turn up
    for as long as a serial flash does (World.flash_holds). Its data is gone with the interpreter. For the unix port,
    which has LittleFS.
    """
    erase_us, page_us = FLASH_US[kind]
    return _FLASH_TIMES % {"erase_us": erase_us, "page_us": page_us}


# Nothing in it takes memory: a run's syncs come under a locked heap.
_FLASH_TIMES = """import os
import twinlink
import vfs

_BLOCK = 4096
_BLOCKS = 64


class _Flash:
    def __init__(self):
        self.data = bytearray(b"\\xff" * (_BLOCK * _BLOCKS))

    def readblocks(self, n, buf, offset=0):
        at = n * _BLOCK + offset
        data = self.data
        for i in range(len(buf)):
            buf[i] = data[at + i]

    def writeblocks(self, n, buf, offset=0):
        at = n * _BLOCK + offset
        data = self.data
        for i in range(len(buf)):
            data[at + i] = buf[i]
        twinlink.call(twinlink.FLASH, 0, 0, (len(buf) + 255) // 256 * %(page_us)d)

    def ioctl(self, op, arg):
        if op == 4:
            return _BLOCKS
        if op == 5:
            return _BLOCK
        if op == 6:
            data = self.data
            for i in range(arg * _BLOCK, (arg + 1) * _BLOCK):
                data[i] = 255
            twinlink.call(twinlink.FLASH, 0, 0, %(erase_us)d)
        return 0


_flash = _Flash()
vfs.VfsLfs2.mkfs(_flash)
try:
    os.mkdir("/runs")
except OSError:
    pass
vfs.mount(vfs.VfsLfs2(_flash), "/runs")
"""

_FAILING = """import builtins, os, sys
_open = builtins.open
_ops = %(ops)r
_count = [0]


def _may(op):
    if op in _ops:
        n = _count[0]
        _count[0] = n + 1
        if %(first)d <= n <= %(last)d and (n - %(first)d) %% %(each)d == 0:
            raise OSError(%(errno)d)


def _tell():
    with _open("/.twin/counted", "w") as f:
        f.write(str(_count[0]))


class _File:
    def __init__(self, f):
        self._f = f

    def write(self, data, count=-1):
        _may("write")
        return self._f.write(data) if count < 0 else self._f.write(data, count)

    def flush(self):
        self._f.flush()
        _may("flush")

    def close(self):
        self._f.close()
        _tell()
        _may("close")

    def seek(self, to, whence=0):
        return self._f.seek(to, whence)

    def __enter__(self):
        return self

    def __exit__(self, *e):
        self.close()


def _wrong(name, mode="r", *rest):
    if mode in ("r", "rb") or name.startswith(("/.twin", "/crash")):
        return _open(name, mode, *rest)
    _may("open")
    return _File(_open(name, mode, *rest))


def _rename(a, b):
    _may("rename")
    _os[0](a, b)


def _remove(a):
    _may("remove")
    _os[1](a)


def _mkdir(a):
    _may("mkdir")
    _os[2](a)


_os = (os.rename, os.remove, os.mkdir)
builtins.open = _wrong


class _Os:
    ilistdir, listdir, statvfs = os.ilistdir, os.listdir, os.statvfs


_Os.rename, _Os.remove, _Os.mkdir = staticmethod(_rename), staticmethod(_remove), staticmethod(_mkdir)
sys.modules["os"] = _Os
"""
