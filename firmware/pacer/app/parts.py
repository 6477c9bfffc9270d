"""The chips of a board, made from its facts."""

from machine import I2C, PWM, UART, Pin

from ..core import ubx
from ..drivers.button import Button
from ..drivers.buzzer import Buzzer
from ..drivers.gnss import Gnss
from ..drivers.mpu6050 import MPU6050
from ..drivers.ssd1306 import SSD1306
from ..drivers.usb import UsbSerial

_DISPLAYS = {"ssd1306": SSD1306}
_IMUS = {"mpu6050": MPU6050}


def _setup(maker, rate_hz):
    """What to send to a receiver, made once: it may have to be said again in mid-run."""
    if maker == "u-blox":
        # The new form first: an old receiver passes it over, a new one then listens at another rate.
        return ubx.setup_new(rate_hz, ubx.FAST_BAUD) + ubx.setup_old(rate_hz, ubx.FAST_BAUD)
    if maker == "casic":
        return ubx.setup_casic(rate_hz)
    if maker == "mediatek":
        return ubx.setup_mediatek(rate_hz)
    return ()


class Parts:
    """The drivers a Watch works with: gnss, display, imu (None if it is missing), buzzer, lap, back."""

    def __init__(self, board):
        self.name = board.NAME
        bus = board.I2C
        i2c = I2C(bus["id"], scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus["freq"])
        self.display = _DISPLAYS[board.DISPLAY["chip"]](i2c, board.DISPLAY["address"])
        self.imu_rate_hz = board.IMU["rate_hz"]
        self.imu: MPU6050 | None
        try:
            self.imu = _IMUS[board.IMU["chip"]](i2c, board.IMU["address"], self.imu_rate_hz)
        except OSError:
            self.imu = None  # a watch without steps still paces
        g = board.GNSS
        self.gnss_setup = _setup(g["maker"], g["rate_hz"])
        self.gnss = Gnss(UART(g["uart"]), g["bauds"], tx=Pin(g["tx"]), rx=Pin(g["rx"]))
        self.buzzer = Buzzer(PWM(Pin(board.BUZZER["pin"], Pin.OUT), freq=2800, duty_u16=0))
        self.usb: UsbSerial | None
        try:
            self.usb = UsbSerial()
        except (OSError, AttributeError):
            self.usb = None  # no port to poll here
        self.lap = Button(Pin(board.BUTTONS["lap"], Pin.IN, Pin.PULL_UP))
        self.back = Button(Pin(board.BUTTONS["back"], Pin.IN, Pin.PULL_UP))
