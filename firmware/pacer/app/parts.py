"""The chips of a board, made from its facts. What is not found is named in `missing`, and the watch goes on without."""

import time
from array import array

import machine
from machine import ADC, I2C, PWM, SPI, UART, Pin

from ..drivers.battery import Battery
from ..drivers.button import Buttons
from ..drivers.buzzer import Buzzer
from ..drivers.gnss import Gnss
from ..drivers.usb import UsbSerial
from .spare import borrow, give_back

_TRIES = 3  # looks for a part at the start: one that fails once is there after all
_SETTLE_MS = 60  # a rail that was just switched on, and the part on it


def _driver(chip):
    """The class that drives a chip; its module is loaded only on boards that have it."""
    file = "oled" if chip in ("ssd1306", "sh1106") else chip
    return getattr(__import__("pacer.drivers." + file, None, None, ("*",)), chip.upper())


def _find(make, *args):
    """make(*args), tried three times; None when the part never answers."""
    for _ in range(_TRIES):
        try:
            return make(*args)
        except OSError:
            time.sleep_ms(10)
    return None


class Parts:
    """The drivers a Watch works with.

    gnss, display, buzzer, buttons      always there; BACK is never pressed where its key does not answer
    imu, power, clock, battery, usb     None where the board has none or it does not answer
    imu_int                             the Pin on which the IMU tells motion, or None
    faults                              how often the clock did not answer
    clock_set                           it was set since the start
    missing                             names of the parts that should be there and are not
    """

    def __init__(self, board):
        self.name = board.NAME
        machine.freq(board.MHZ * 1_000_000)
        self.missing: list = []
        self.faults = 0
        self.clock_set = False
        self._i2c = [I2C(b["id"], scl=Pin(b["scl"]), sda=Pin(b["sda"]), freq=b["freq"]) for b in board.I2C]
        self.power = self._power_chip(board.POWER)
        self.display = self._oled(board.DISPLAY)
        self.imu_int = None
        self.imu = self._imu(board.IMU, board.SPI)
        self.clock = None
        if board.CLOCK:
            c = board.CLOCK
            self.clock = _find(_driver(c["chip"]), self._i2c[c["i2c"]], c["address"])
            if not self.clock:
                self.missing.append("clock")
        g = board.GNSS
        setup = borrow("core.gnss.setup")
        self.gnss_setup = setup.begin(g["maker"], g["rate_hz"])
        self.gnss_modes = setup.modes(g["maker"], g["rate_hz"])
        give_back("core.gnss.setup")
        self.gnss = Gnss(UART(g["uart"]), g["bauds"], tx=Pin(g["tx"]), rx=Pin(g["rx"]))
        self.buzzer = Buzzer(PWM(Pin(board.BUZZER["pin"], Pin.OUT), freq=2800, duty_u16=0))
        self.battery = self.power
        if board.BATTERY:
            self.battery = Battery(ADC(Pin(board.BATTERY["pin"]), atten=ADC.ATTN_11DB), board.BATTERY["ratio"])
        self.usb: UsbSerial | None
        try:
            self.usb = UsbSerial()
        except (OSError, AttributeError):
            self.usb = None  # no port to poll here
        self._wake = self._button(board.BUTTONS["lap"])
        self.buttons = Buttons(self._wake, self._button(board.BUTTONS["back"]))
        self._rails = board.POWER["rails"] if board.POWER else {}

    def _power_chip(self, facts):
        """The power chip, with its rails switched as the board says."""
        if not facts:
            return None
        irq = None if facts["irq"] is None else Pin(facts["irq"], Pin.IN, Pin.PULL_UP)
        chip = _find(_driver(facts["chip"]), self._i2c[facts["i2c"]], facts["address"], irq)
        if not chip:
            self.missing.append("power")
            return None
        for rail, millivolts in facts["rails"].values():
            chip.rail(rail, millivolts)
        time.sleep_ms(_SETTLE_MS)
        return chip

    def _oled(self, facts):
        """The display at the first of its addresses that answers. One that never does is tried again while running."""
        display = _driver(facts["chip"])(self._i2c[facts["i2c"]], facts["addresses"][0])
        for _ in range(_TRIES):
            for address in facts["addresses"]:
                display.address = address
                try:
                    display.start()
                    return display
                except OSError:
                    time.sleep_ms(5)
        display.address = facts["addresses"][0]
        self.missing.append("display")
        return display

    def _imu(self, candidates, spi):
        """The first IMU that answers."""
        for facts in candidates:
            bus = None
            if "cs" in facts:
                from ..drivers.spimem import SpiMemory

                wires = SPI(spi["id"], spi["freq"], sck=Pin(spi["sck"]), mosi=Pin(spi["mosi"]), miso=Pin(spi["miso"]))
                bus = SpiMemory(wires, Pin(facts["cs"], Pin.OUT, value=1))
            imu = _find(
                _driver(facts["chip"]), bus or self._i2c[facts["i2c"]], facts.get("address", 0), facts["rate_hz"]
            )
            if imu:
                if facts["int"] is not None:
                    self.imu_int = Pin(facts["int"], Pin.IN)
                return imu
        self.missing.append("imu")
        return None

    def _button(self, pin):
        """A button's pin, or the power key where it is one: None without the power chip."""
        if pin == "power":
            return self.power.key if self.power else None
        return Pin(pin, Pin.IN, Pin.PULL_UP)

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
                for rail, _ in self._rails.values():
                    self.power.rail(rail, 0)
            except OSError:
                pass
        esp32.wake_on_ext0(self._wake, esp32.WAKEUP_ALL_LOW)
        machine.deepsleep()
