"""Runs a figure on whatever interpreter is at hand, and says what it cost. For the files beside this one.

report() prints lines that benches/cost.py reads: `= name | things | units of time | heap bytes`. A unit of
time is a microsecond; in WebAssembly, where `make bench` runs this, the clock counts instructions. On a board:

    cd host_tools/pacer_watch/benches && mpremote mount scripts run scripts/nmea.py

Its microseconds over the instructions of `make bench` tell what an instruction takes there.
"""

import gc
import sys
import time

MICROPYTHON = sys.implementation.name == "micropython"
WEBASSEMBLY = getattr(sys.implementation, "_build", "") == "wasi"
if WEBASSEMBLY:
    gc.disable()  # its collector is safe at the top level only
if MICROPYTHON:
    from micropython import heap_lock, heap_unlock


def ready():
    """All is imported and made."""
    gc.collect()


def _now():
    return time.ticks_us() if MICROPYTHON else time.perf_counter_ns() // 1000


def _since(then):
    return time.ticks_diff(_now(), then) if MICROPYTHON else _now() - then


def _heap():
    return gc.mem_alloc() if MICROPYTHON else 0


def _timed(run, times, lean):
    """(time, heap bytes) of run(times); lean: under a locked heap, as the watch runs."""
    before = _heap()
    begun = _now()
    if lean:
        heap_lock()
    try:
        run(times)
    finally:
        if lean:
            heap_unlock()
    return _since(begun), _heap() - before


def report(name, run, times, per=1, less=None, lean=True):
    """Time run(times), which does `per` of the figure's things each time. less: what is taken off, run alike.

    Warmed up before, the collector off. lean: nothing may be allocated.
    """
    run(1 if times < 3 else 3)
    gc.disable()
    took, heap = _timed(run, times, lean and MICROPYTHON)
    if less:
        other = _timed(less, times, lean and MICROPYTHON)
        took -= other[0]
        heap -= other[1]
    if not WEBASSEMBLY:
        gc.enable()  # the 32-bit build collects at the top level only
    print("=", name, "|", times * per, "|", took, "|", heap)
