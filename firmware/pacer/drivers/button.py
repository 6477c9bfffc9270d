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


def _released():
    return 1


class Button:
    """pin: an input with pull-up, or None for a button that is not there. poll() returns each event once; while down
    is False and level() is 1 there is none.
    """

    def __init__(self, pin):
        self.level = pin.value if pin else _released  # made once: a bound method made in a loop is heap
        self.down = False
        self._long = False
        self._since_ms = 0
        self._settled_ms = 0

    def poll(self, now_ms):
        """Look at the pin. now_ms grows; call it at least every 50 ms."""
        if now_ms < self._settled_ms:
            return NONE
        low = not self.level()
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


class Buttons:
    """LAP and BACK: lap_level() and back_level() are 0 while they are down. poll() while one is, or held is set.

    lap     LAP was pressed
    back    BACK's event, NONE, DOWN, SHORT or LONG
    """

    def __init__(self, lap, back):
        """The pins; None for a button that is not there."""
        self._lap = Button(lap)
        self._back = Button(back)
        self.lap_level = self._lap.level
        self.back_level = self._back.level
        self.held = False
        self.lap = False
        self.back = NONE

    def poll(self, ms):
        """Look at both. True when something was pressed, released or held."""
        lap = self._lap.poll(ms)
        self.back = self._back.poll(ms)
        self.lap = lap == DOWN
        self.held = self._lap.down or self._back.down
        return lap != NONE or self.back != NONE
