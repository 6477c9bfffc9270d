"""Pacer's main loop: picks the board, builds the watch, and steps it with the real clock.

Copied to the flash beside board.py, workouts/ and pacer/; MicroPython runs it after boot.
"""

import gc
import time

import board
from machine import WDT

from pacer.app.parts import Parts
from pacer.app.store import Store
from pacer.app.watch import Watch

TICK_MS = 20
WATCHDOG_MS = 8_000

watch = Watch(Parts(board), Store())
watchdogs: list = []  # the one that runs
gc.collect()  # what the start left behind; from here on the watch makes no garbage while it runs


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


try:
    loop(watch)
except KeyboardInterrupt:
    watch.close()
    if watchdogs:
        keep_feeding(watchdogs[0])
    raise
