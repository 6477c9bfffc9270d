"""A push button to ground, polled.

A press counts at its first low reading, so that a lap is taken at the press; the contacts' bouncing
falls into a dead time after each change (Ganssle, "A Guide to Debouncing": most settle within 10 ms).
"""

from micropython import const

NONE = const(0)
DOWN = const(1)  # just pressed
SHORT = const(2)  # released before it was held long
LONG = const(3)  # held long; nothing follows on its release

debounce_ms = 30
long_ms = 800


class Button:
    """pin: an input with pull-up. poll() returns each event once; while down is False and the pin high there is
    none.
    """

    def __init__(self, pin):
        self.pin = pin
        self.down = False
        self._long = False
        self._since_ms = 0
        self._settled_ms = 0

    def poll(self, now_ms):
        """Look at the pin. now_ms grows; call it at least every 50 ms."""
        if now_ms < self._settled_ms:
            return NONE
        low = not self.pin.value()
        if low != self.down:
            self.down = low
            self._settled_ms = now_ms + debounce_ms
            if low:
                self._since_ms = now_ms
                self._long = False
                return DOWN
            return NONE if self._long else SHORT
        if low and not self._long and now_ms - self._since_ms >= long_ms:
            self._long = True
            return LONG
        return NONE
