"""A firmware's own part of main.py: builds the watch with this board's facts, and steps it with the real clock.

main.py calls power_on() and run(), and stays as it is when the firmware changes. BACK held at the start keeps the
firmware from starting, so that a watch can always be saved; and so does the third bad end in a row.
"""

import sys
from time import sleep_ms, ticks_add, ticks_diff, ticks_ms

import board
import machine
from machine import WDT, Pin
from micropython import const, heap_lock, heap_unlock

from . import crash

_TICK_MS = const(20)
_WATCHDOG_MS = const(8_000)
_DOZE_LEAST_MS = const(5)  # a shorter light sleep costs more than it saves
_FEED_TURNS = const(16)
_WELL_MS = const(60_000)  # a start that has lived so long was good
_KEPT_MS = const(10_000)  # a new firmware that has lived so long is kept
_BAD_MOST = const(250)  # turns in a row that failed, five seconds: then the run is better off with a new start

watchdogs: list = []  # the one that runs
watch = None
bad_ends = crash.count()
on_trial = crash.on_trial()


def start():
    """Build the watch."""
    from .parts import Parts
    from .store import Store
    from .watch import Watch

    return Watch(Parts(board), Store())


def loop(watch):
    """A turn when something is due, comes or is pressed, which is looked for every 20 ms; in a run under a locked heap.

    A run needs nothing from the heap but the frames of long functions, and with the heap locked MicroPython puts
    those on the stack: that saves it the search for a place, which is half of the time that a turn takes. Turns that
    fail in a run are survived, for a while.
    """
    step = watch.step
    # Looked up once: a global name costs as much as ten locals, fifty times a second.
    now, add, diff, sleep, lock, unlock = ticks_ms, ticks_add, ticks_diff, sleep_ms, heap_lock, heap_unlock
    sounds = watch.sounds
    gnss = watch.parts.gnss
    waiting, lap, back = gnss.waiting, watch.buttons.lap_level, watch.buttons.back_level
    due = begun = now()
    bad = well = 0
    was = False
    while True:
        locked = watch.lean
        if locked != was:
            was = watch.locked = locked
        idle_ms = 0
        at = now()
        if locked:
            lock()
        try:
            step(at)
            idle_ms = watch.idle_ms
            bad = 0
            well += 1
        except Exception as e:
            bad += 1
            if bad > _BAD_MOST:
                raise
            watch.survive(e)  # raises it again when no run is on
        finally:
            if locked:
                unlock()
        if well >= _FEED_TURNS:
            well = 0
            feed(watch)
            settle(watch, diff(due, begun))
        while True:
            due = add(due, _TICK_MS)
            t = now()
            left = diff(due, t)
            ms = watch.clock_ms + diff(t, at)
            if left <= 0:
                due = t  # late: no hurry to catch up
            elif (
                watch.dozy and left >= _DOZE_LEAST_MS and not sounds.playing
                and gnss.over_ms <= ms and ms + left < gnss.quiet_ms  # else the UART would lose a fix
            ):  # fmt: skip
                machine.lightsleep(left)
            else:
                sleep(left)
            if diff(due, at) >= idle_ms or waiting() != watch.waited or not lap() or not back():
                break


def settle(watch, ms):
    """The loop has gone well for so long: this start was good, in a run, too (bites that are hours apart are not in a
    row), and a new firmware is kept.
    """
    global bad_ends, on_trial
    if bad_ends and ms > _WELL_MS:
        bad_ends = 0
        crash.set_count(0)
    if on_trial and ms > _KEPT_MS and not watch.running:
        on_trial = False
        crash.keep()


def feed(watch):
    """The watchdog. It starts with the first run, so that an idle watch can be stopped.

    It is fed by turns that went well only: a loop that fails or hangs resets the board, and the run is resumed.
    """
    if watchdogs:
        watchdogs[0].feed()
    elif watch.running:
        watchdogs.append(WDT(timeout=_WATCHDOG_MS))


def keep_feeding(watchdog):
    """At the REPL a watchdog that runs would reset the board: it can't be stopped, so a timer feeds it."""
    try:
        from machine import Timer

        Timer(0).init(period=2_000, mode=Timer.PERIODIC, callback=lambda t: watchdog.feed())
    except (ImportError, AttributeError):
        pass


def held():
    """Is BACK held down (LAP, where BACK is no pin)? Looked at twice: one reading may be a spark."""
    back = board.BUTTONS["back"]
    pin = Pin(board.BUTTONS["lap"] if back == "power" else back, Pin.IN, Pin.PULL_UP)
    sleep_ms(20)
    down = not pin.value()
    sleep_ms(30)
    return down and not pin.value()


def safe_mode():
    """Three bad ends in a row: show it, and leave the board to the laptop."""
    print("Safe mode: Pacer has failed %d times in a row and does not start. The last time:" % bad_ends)
    print(crash.last())
    print(
        "Put the firmware on again (pacer flash), remove what was loaded last, or: import os; os.remove('/crash.count')"
    )
    try:
        from .parts import Parts

        display = Parts(board).display
        y = 0
        for line in ("SAFE MODE", "", "Pacer failed 3", "times in a row.", "Connect it and:", "pacer status"):
            display.fb.text(line, 0, y)
            y += 10
        display.touch(0, 0, 128, 64)
        display.show(64)
    except Exception as e:
        print("The screen cannot be used either (%r)." % e)


def failed(e, where):
    """A bad end: written down, the log closed, and another start."""
    sys.print_exception(e)
    try:
        crash.note(e, where)
        crash.set_count(bad_ends + 1)
        if watch:
            watch.close()
    finally:
        machine.reset()


def power_on():
    """A Watch that is ready; None when it is not to start."""
    global bad_ends, watch
    revived = machine.reset_cause() == machine.WDT_RESET
    if revived:
        bad_ends += 1
        crash.set_count(bad_ends)
    if held():
        print("BACK is held: Pacer does not start. Ready for mpremote and pacer flash.")
        crash.set_count(0)
        return None
    if bad_ends >= crash.SAFE_AFTER:
        safe_mode()
        return None
    try:
        watch = start()
        if (revived or bad_ends) and watch.desk.unfinished:
            watch.page = watch.control.resume(watch.clock_ms)  # the run is still on: nobody has to press a button
        return watch
    except Exception as e:
        failed(e, "start")


def run(watch):
    """The loop, until Ctrl-C or a bad end."""
    try:
        loop(watch)
    except KeyboardInterrupt:
        watch.close()
        if watchdogs:
            keep_feeding(watchdogs[0])
        raise
    except Exception as e:
        failed(e, "loop")
