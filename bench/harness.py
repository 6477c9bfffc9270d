"""Runs one figure on whatever interpreter is at hand, and says what it cost. For the files beside this one.

report() prints lines that host_tools/microbench.py reads: `= name, times, units of time, heap bytes`. A unit of time is a microsecond; in
WebAssembly, where `make bench` runs this, the clock counts instructions. On a board:

    mpremote mount bench run bench/nmea.py
"""

# As in firmware/main.py: frames of long functions are taken from the heap's begin, so there has to be room.
_hole = bytearray(30_000)

import gc  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

MICROPYTHON = sys.implementation.name == "micropython"
if "firmware" not in sys.path[:1] and not MICROPYTHON:
    sys.path[:0] = ["firmware", "host_tools/compat"]  # from the project's folder


def ready():
    """All is imported and made: now there may be room at the heap's begin."""
    global _hole
    _hole = None
    gc.collect()


def _now():
    return time.ticks_us() if MICROPYTHON else time.perf_counter_ns() // 1000


def _since(then):
    return time.ticks_diff(_now(), then) if MICROPYTHON else _now() - then


def _heap():
    return gc.mem_alloc() if MICROPYTHON else 0


def report(name, run, times, per=1):
    """Time run(times), which does `per` of the figure's things each time. Warmed up before, the collector off."""
    run(1 if times < 3 else 3)
    if getattr(sys.implementation, "_build", "") != "wasi":
        gc.collect()
    gc.disable()
    before = _heap()
    begun = _now()
    run(times)
    took = _since(begun)
    heap = _heap() - before
    if getattr(sys.implementation, "_build", "") != "wasi":
        gc.enable()  # the 32-bit build collects at the top level only
    print("=", name.replace(",", ";"), ",", times * per, ",", took, ",", heap)
