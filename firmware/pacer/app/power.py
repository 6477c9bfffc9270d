"""What the battery is spent on: the screen's light, the battery's own state, when the chip may sleep.

In a run the screen is dimmed after 20 s, or switched off where the settings say so; a press, a cue, a lap or a turn
of the wrist brings it back. Before and after a run it goes off in two minutes, and in ten the whole watch does; LAP
wakes it.
"""

from micropython import const

from ..core import lipo

OFF = const(0)
DIM = const(1)
BRIGHT = const(2)

_RUN_DIM_MS = const(20_000)
_RUN_OFF_MS = const(30_000)
_IDLE_DIM_MS = const(30_000)
_IDLE_OFF_MS = const(120_000)
_DOWN_MS = const(600_000)
_BATTERY_MS = const(10_000)
_LOW_PERCENT = const(10)
_EMPTY_TIMES = const(3)  # readings in a row: a cue's tone pulls the voltage down for a moment
_LEVELS = b"\x18\x40\x7f\xb0\xff"  # contrast by brightness 1 to 5; dimmed an eighth of it


class Settings:
    """The settings of /settings.txt, as numbers; settings.py, which is borrowed, fills and saves them."""


class Power:
    """display, battery: the drivers, battery None for none. settings: a Settings.

    percent     of the battery, -1 unknown; millivolts
    low         the battery is; empty: time to go down
    light       OFF, DIM or BRIGHT, as the display was told last
    settings
    down_ms     when to go down, 0 for not at all
    low_told    the low battery was told
    faults      how often the battery's chip did not answer
    """

    def __init__(self, display, battery, settings):
        self._display = display
        self._battery = battery
        self.settings = settings
        self.light = BRIGHT
        self.percent = lipo.UNKNOWN
        self.millivolts = 0
        self.low = self.empty = False
        self._told = False  # that it is low
        self._battery_due = 0
        self._empties = 0
        self._attended_ms = 0
        self.faults = 0
        self._level = -1  # of brightness and contrast, as the display was told last
        self.down_ms = 0

    def attend(self, ms):
        """Something happened that the runner wants to see."""
        self._attended_ms = ms

    def idle_ms(self, ms):
        return ms - self._attended_ms

    def down_due(self, ms):
        """Nobody has used the watch for ten minutes."""
        return ms - self._attended_ms >= _DOWN_MS

    def wanted(self, ms, running):
        """The light that the screen should have now."""
        idle = ms - self._attended_ms
        if running:
            screen = self.settings.screen
            if screen == 0 or idle < _RUN_DIM_MS:
                return BRIGHT
            return DIM if screen == 1 or idle < _RUN_OFF_MS else OFF
        if idle < _IDLE_DIM_MS:
            return BRIGHT
        return DIM if idle < _IDLE_OFF_MS else OFF

    def shine(self, light):
        """Tell the display. OSError when it does not answer."""
        if light == self.light:
            return
        if light != OFF:
            level = _LEVELS[self.settings.brightness]
            self._display.contrast(level if light == BRIGHT else level >> 3)
        if (light == OFF) != (self.light == OFF):
            self._display.power(light != OFF)
        self.light = light

    def renew(self):
        """Brightness or contrast may have changed."""
        level = self.settings.brightness << 1 | self.settings.contrast
        if level == self._level:
            return
        self._level = level
        self._display.invert(self.settings.contrast == 1)
        self.light = DIM
        self.shine(BRIGHT)

    def step(self, ms):
        """Look at the battery each ten seconds. True once, when it is low."""
        if self._battery is None or ms < self._battery_due:
            return False
        self._battery_due = ms + _BATTERY_MS
        try:
            mv = self._battery.read_mv()
        except OSError:
            self.faults += 1
            return False
        if not mv:
            self.percent = lipo.UNKNOWN  # on a cable, without a cell
            self._empties = 0
            return False
        self.millivolts = mv
        now = lipo.percent(mv)
        # Down by the mean of two, up at once only when it is charged: a percentage that jumps is not believed.
        self.percent = now if self.percent < 0 or now > self.percent + 3 else (self.percent + now) // 2
        self.low = self.percent <= _LOW_PERCENT
        self._empties = self._empties + 1 if mv <= lipo.EMPTY_MV else 0
        self.empty = self._empties >= _EMPTY_TIMES
        if self._told or not self.low:
            return False
        self._told = True
        return True
