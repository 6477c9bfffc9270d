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
    return _FAILING_WRITES % {"start": start, "each": 3 if kind == "bad block" else 1, "errno": FLASH_FAULTS[kind]}


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

_FAILING_WRITES = """import builtins
_open = builtins.open
_left = [%(start)d]


class _File:
    def __init__(self, f):
        self._f = f

    def write(self, data, count=-1):
        _left[0] -= 1
        if _left[0] < 0 and _left[0] %% %(each)d == 0:
            raise OSError(%(errno)d)
        return self._f.write(data) if count < 0 else self._f.write(data, count)

    def flush(self):
        self._f.flush()

    def close(self):
        self._f.close()

    def __enter__(self):
        return self

    def __exit__(self, *e):
        self._f.close()


def _wrong(name, mode="r", *rest):
    f = _open(name, mode, *rest)
    return _File(f) if ("w" in mode or "a" in mode) and not name.startswith("/.twin") else f


builtins.open = _wrong
"""
