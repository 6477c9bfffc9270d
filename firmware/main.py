"""Pacer's main loop: picks the firmware and the board, builds the watch, and steps it with the real clock.

On the flash beside board.py, workouts/ and pacer/; or beside two slots, a/ and b/, each with a whole firmware, and the
file `slot` that names the one to run: so an update that is cut off leaves the old one running. BACK held at the start
keeps the firmware from starting, so that a watch can always be saved.
"""

import gc
import sys
import time

TICK_MS = 20
WATCHDOG_MS = 8_000

try:
    with open("/slot") as f:
        sys.path.insert(0, "/" + f.read().strip())
except OSError:
    pass  # one firmware, at the root

import board  # noqa: E402
from machine import WDT, Pin  # noqa: E402

watchdogs: list = []  # the one that runs


def start():
    """Build the watch."""
    from pacer.app.parts import Parts
    from pacer.app.store import Store
    from pacer.app.watch import Watch

    return Watch(Parts(board), Store())


def loop(watch):
    """Step every 20 ms. The watchdog starts with the first run, so that an idle watch can be stopped."""
    watchdog = None
    due = time.ticks_ms()
    while True:
        watch.step(time.ticks_ms())
        if watchdog:
            watchdog.feed()
        elif watch.running:
            watchdog = WDT(timeout=WATCHDOG_MS)
            watchdogs.append(watchdog)
        due = time.ticks_add(due, TICK_MS)
        left = time.ticks_diff(due, time.ticks_ms())
        if left > 0:
            time.sleep_ms(left)
        else:
            due = time.ticks_ms()  # late: no hurry to catch up


def keep_feeding(watchdog):
    """At the REPL a watchdog that runs would reset the board: it can't be stopped, so a timer feeds it."""
    try:
        from machine import Timer

        Timer(0).init(period=2_000, mode=Timer.PERIODIC, callback=lambda t: watchdog.feed())
    except (ImportError, AttributeError):
        pass


def held():
    """Is BACK held down? Looked at twice: one reading may be a spark."""
    pin = Pin(board.BUTTONS["back"], Pin.IN, Pin.PULL_UP)
    time.sleep_ms(20)
    down = not pin.value()
    time.sleep_ms(30)
    return down and not pin.value()


if held():
    print("BACK is held: Pacer does not start. Ready for mpremote and pacer flash.")
else:
    watch = start()
    gc.collect()  # what the start left behind; from here on the watch makes no garbage while it runs
    try:
        loop(watch)
    except KeyboardInterrupt:
        watch.close()
        if watchdogs:
            keep_feeding(watchdogs[0])
        raise
