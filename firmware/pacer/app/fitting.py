"""How the chips of a board are found and set up, once at the start; borrowed for that."""

import time

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


def fit(parts, board):
    """Give a Parts what its board has."""
    parts.name = board.NAME
    machine.freq(board.MHZ * 1_000_000)
    parts.missing = []
    parts.faults = 0
    parts.clock_set = False
    parts.i2c = [I2C(b["id"], scl=Pin(b["scl"]), sda=Pin(b["sda"]), freq=b["freq"]) for b in board.I2C]
    parts.power = _power_chip(parts, board.POWER)
    parts.display = _oled(parts, board.DISPLAY)
    parts.imu_int = None
    parts.imu = _imu(parts, board.IMU, board.SPI)
    parts.clock = None
    if board.CLOCK:
        c = board.CLOCK
        parts.clock = _find(_driver(c["chip"]), parts.i2c[c["i2c"]], c["address"])
        if not parts.clock:
            parts.missing.append("clock")
    g = board.GNSS
    setup = borrow("core.gnss.setup")
    parts.gnss_setup = setup.begin(g["maker"], g["rate_hz"])
    parts.gnss_modes = setup.modes(g["maker"], g["rate_hz"])
    give_back("core.gnss.setup")
    parts.gnss = Gnss(UART(g["uart"]), g["bauds"], tx=Pin(g["tx"]), rx=Pin(g["rx"]))
    parts.buzzer = Buzzer(PWM(Pin(board.BUZZER["pin"], Pin.OUT), freq=2800, duty_u16=0))
    parts.battery = parts.power
    if board.BATTERY:
        parts.battery = Battery(ADC(Pin(board.BATTERY["pin"]), atten=ADC.ATTN_11DB), board.BATTERY["ratio"])
    try:
        parts.usb = UsbSerial()
    except (OSError, AttributeError):
        parts.usb = None  # no port to poll here
    parts.wake = _button(parts, board.BUTTONS["lap"])
    parts.buttons = Buttons(parts.wake, _button(parts, board.BUTTONS["back"]))
    parts.rails = board.POWER["rails"] if board.POWER else {}


def _power_chip(parts, facts):
    """The power chip, with its rails switched as the board says."""
    if not facts:
        return None
    irq = None if facts["irq"] is None else Pin(facts["irq"], Pin.IN, Pin.PULL_UP)
    chip = _find(_driver(facts["chip"]), parts.i2c[facts["i2c"]], facts["address"], irq)
    if not chip:
        parts.missing.append("power")
        return None
    for rail, millivolts in facts["rails"].values():
        chip.rail(rail, millivolts)
    time.sleep_ms(_SETTLE_MS)
    return chip


def _oled(parts, facts):
    """The display at the first of its addresses that answers. One that never does is tried again while running."""
    display = _driver(facts["chip"])(parts.i2c[facts["i2c"]], facts["addresses"][0])
    for _ in range(_TRIES):
        for address in facts["addresses"]:
            display.address = address
            try:
                display.start()
                return display
            except OSError:
                time.sleep_ms(5)
    display.address = facts["addresses"][0]
    parts.missing.append("display")
    return display


def _imu(parts, candidates, spi):
    """The first IMU that answers."""
    for facts in candidates:
        bus = None
        if "cs" in facts:
            from ..drivers.spimem import SpiMemory

            wires = SPI(spi["id"], spi["freq"], sck=Pin(spi["sck"]), mosi=Pin(spi["mosi"]), miso=Pin(spi["miso"]))
            bus = SpiMemory(wires, Pin(facts["cs"], Pin.OUT, value=1))
        imu = _find(_driver(facts["chip"]), bus or parts.i2c[facts["i2c"]], facts.get("address", 0), facts["rate_hz"])
        if imu:
            if facts["int"] is not None:
                parts.imu_int = Pin(facts["int"], Pin.IN)
            return imu
    parts.missing.append("imu")
    return None


def _button(parts, pin):
    """A button's pin, or the power key where it is one: None without the power chip."""
    if pin == "power":
        return parts.power.key if parts.power else None
    return Pin(pin, Pin.IN, Pin.PULL_UP)
