"""The `machine` module of the virtual board: thin; the models on the host do the refusing.

Only what the ESP32 port has, with its names and its argument order.
"""

import twinlink as _link
from twinlink import lightsleep  # noqa: F401
from twinlink import status as _status


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_UP = 2
    PULL_DOWN = 1

    def __init__(self, id, mode=-1, pull=-1, value=-1):
        self._id = id
        self._word = 4 + (id >> 4)
        self._bit = 1 << (id & 15)
        _link.call(_link.PIN_INIT, id, mode & 0xFFFF, pull & 0xFF, value & 0xFF)

    def value(self, x=None):
        if x is None:
            return 1 if _status[self._word] & self._bit else 0
        _link.call(_link.PIN_OUT, self._id, 1 if x else 0)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5


def reset():
    _link.call(_link.RESET)


def reset_cause():
    cause = bytearray(1)
    _link.call(_link.RESET_CAUSE, 0, 0, 0, 0, None, 0, cause, 1)
    return cause[0]


_hz = [160_000_000]


def freq(hz=None):
    if hz is None:
        return _hz[0]
    _hz[0] = hz
    _link.call(_link.FREQUENCY, 0, 0, hz)


def deepsleep(time_ms=0):
    _link.call(_link.DEEP_SLEEP, 0, 0, time_ms)


class RTC:
    _now = (2000, 1, 1, 5, 0, 0, 0, 0)

    def datetime(self, now=None):
        if now is None:
            return RTC._now
        if len(now) != 8:
            raise ValueError
        RTC._now = tuple(now)
        text = b"%d %d %d %d %d %d %d" % RTC._now[:7]
        _link.call(_link.SET_CLOCK, 0, 0, 0, 0, text, len(text))


class UART:
    def __init__(self, id, *args, **kwargs):
        self._id = id
        self._pins = 255 | 255 << 8
        if args or kwargs:
            self.init(*args, **kwargs)

    def init(
        self,
        baudrate=0,
        bits=8,
        parity=None,
        stop=1,
        *,
        tx=None,
        rx=None,
        rxbuf=-1,
        txbuf=-1,
        timeout=0,
        timeout_char=0,
    ):
        # What is not given stays as it is; a size that is given takes a new ring.
        if tx:
            self._pins = self._pins & 0xFF00 | tx._id
        if rx:
            self._pins = self._pins & 0xFF | rx._id << 8
        _link.call(_link.UART_INIT, self._id, self._pins, baudrate, rxbuf if rxbuf > 0 else 0)

    def any(self):
        return _status[3]

    def readinto(self, buf, nbytes=-1):
        n = _status[3]
        room = len(buf)
        if n > room:
            n = room
        if nbytes >= 0 and n > nbytes:
            n = nbytes
        if not n:
            return None
        _link.call(_link.UART_READ, self._id, 0, 0, 0, None, 0, buf, n)
        return n

    def read(self, nbytes=-1):
        n = self.any()
        if nbytes >= 0 and n > nbytes:
            n = nbytes
        buf = bytearray(n)
        self.readinto(buf)
        return bytes(buf) if n else None

    def write(self, buf):
        _link.call(_link.UART_WRITE, self._id, 0, 0, 0, buf, len(buf))
        return len(buf)


class I2C:
    def __init__(self, id=-1, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._id = id
        pins = (scl._id if scl else 255) | (sda._id if sda else 255) << 8
        _link.call(_link.I2C_INIT, id, pins, freq)

    def scan(self):
        found = []
        for address in range(8, 120):
            try:
                _link.call(_link.I2C_WRITE, self._id, address)
                found.append(address)
            except OSError:
                pass
        return found

    def writeto(self, addr, buf, stop=True):
        _link.call(_link.I2C_WRITE, self._id, addr, 0, 0, buf, len(buf))
        return len(buf)

    def writevto(self, addr, vector, stop=True):
        # The host gets the parts one behind the other: all but the last are marked as unfinished.
        last = len(vector) - 1
        total = 0
        for i in range(last + 1):
            part = vector[i]
            _link.call(_link.I2C_WRITE, self._id, addr, 0 if i == last else 1, 0, part, len(part))
            total += len(part)
        return total

    def readfrom_into(self, addr, buf, stop=True):
        _link.call(_link.I2C_READ, self._id, addr, 0, 0, None, 0, buf, len(buf))

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        _link.call(_link.I2C_MEM_READ, self._id, addr, memaddr, 0, None, 0, buf, len(buf))

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        _link.call(_link.I2C_MEM_WRITE, self._id, addr, memaddr, 0, buf, len(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        buf = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, buf)
        return bytes(buf)


class SPI:
    def __init__(self, id, baudrate=500_000, *, polarity=0, phase=0, sck=None, mosi=None, miso=None):
        self._id = id
        pins = (sck._id if sck else 255) | (mosi._id if mosi else 255) << 8
        _link.call(_link.SPI_INIT, id, pins, baudrate, (miso._id if miso else 255) | polarity << 8 | phase << 9)

    def write(self, buf):
        _link.call(_link.SPI_WRITE, self._id, 0, 0, 0, buf, len(buf))

    def readinto(self, buf, write=0):
        _link.call(_link.SPI_READ, self._id, 0, 0, 0, None, 0, buf, len(buf))


class ADC:
    ATTN_11DB = 3

    def __init__(self, pin, *, atten=0):
        self._pin = pin._id
        self._buf = bytearray(4)
        _link.call(_link.ADC_INIT, self._pin, atten)

    def read_uv(self):
        b = self._buf
        _link.call(_link.ADC_READ, self._pin, 0, 0, 0, None, 0, b, 4)
        return b[0] | b[1] << 8 | b[2] << 16 | b[3] << 24


class PWM:
    def __init__(self, dest, freq=-1, duty_u16=-1):
        self._pin = dest._id
        self._freq = freq if freq > 0 else 5000
        self._duty = duty_u16 if duty_u16 >= 0 else 0
        self._set()

    def _set(self):
        _link.call(_link.PWM_SET, self._pin, 0, self._freq, self._duty)

    def freq(self, value=None):
        if value is None:
            return self._freq
        self._freq = value
        self._set()

    def duty_u16(self, value=None):
        if value is None:
            return self._duty
        self._duty = value
        self._set()

    def deinit(self):
        self.duty_u16(0)


class WDT:
    def __init__(self, id=0, timeout=5000):
        _link.call(_link.WDT_START, 0, 0, timeout)

    def feed(self):
        _link.fed = 1
