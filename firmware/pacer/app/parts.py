"""The chips of a board, made from its facts. What is not found is named in `missing`, and the watch goes on without."""

import time
from array import array

import machine

from .spare import borrow, give_back

MYPY = False  # a type checker takes it for True
if MYPY:
    from typing import Any


class Parts:
    """The drivers a Watch works with.

    gnss, display, buzzer, buttons      always there; BACK is never pressed where its key does not answer
    imu, power, clock, battery, usb     None where the board has none or it does not answer
    imu_int                             the Pin on which the IMU tells motion, or None
    faults                              how often the clock did not answer
    clock_set                           it was set since the start
    missing                             names of the parts that should be there and are not
    """

    name: str
    missing: list
    faults: int
    clock_set: bool
    display: "Any"
    power: "Any"
    clock: "Any"
    gnss: "Any"
    gnss_modes: "Any"
    buzzer: "Any"
    wake: "Any"
    rails: "Any"

    def __init__(self, board):
        borrow("app.fitting").fit(self, board)
        give_back("app.fitting")

    def set_clock(self, now):
        """Set the clocks; now: year, month, day, weekday (0 Monday), hour, minute, second, UTC."""
        machine.RTC().datetime((now[0], now[1], now[2], now[3], now[4], now[5], now[6], 0))
        try:
            if self.clock:
                self.clock.write(now)
        except OSError:
            self.faults += 1

    def read_clock(self):
        """Take the time from the clock chip, if it has kept it."""
        now = array("h", (0,) * 7)
        try:
            if self.clock and self.clock.read(now):
                machine.RTC().datetime((now[0], now[1], now[2], now[3], now[4], now[5], now[6], 0))
                return True
        except OSError:
            pass
        return False

    def down(self):
        """Everything off until LAP is pressed; the board starts anew then. Does not return on a board."""
        import esp32

        self.buzzer.off()
        try:
            self.display.power(False)
        except OSError:
            pass
        for command in self.gnss_modes[3]:
            self.gnss.write(command)
        time.sleep_ms(100)  # for the last bytes to go out
        if self.power:
            try:
                for rail, _ in self.rails.values():
                    self.power.rail(rail, 0)
            except OSError:
                pass
        esp32.wake_on_ext0(self.wake, esp32.WAKEUP_ALL_LOW)
        machine.deepsleep()
