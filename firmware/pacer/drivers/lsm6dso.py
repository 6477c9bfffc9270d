"""LSM6DSO, a 6-axis IMU on I2C or SPI, read through its FIFO (ST DS12140 rev 2, AN5192 rev 1).

Only the accelerometer is on: +-8 g, 0.244 mg a count, which is 4098 to a g, in its low-power mode. The FIFO holds words
of seven bytes: a tag that says whose they are, and x, y, z.
"""

import uctypes
from micropython import const

_WHO_AM_I = const(0x0F)
_FIFO_CTRL3 = const(0x09)
_FIFO_CTRL4 = const(0x0A)
_INT1_CTRL = const(0x0D)
_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL3_C = const(0x12)
_CTRL6_C = const(0x15)
_WAKE_UP_SRC = const(0x1B)
_FIFO_STATUS1 = const(0x3A)
_TAP_CFG2 = const(0x58)
_WAKE_UP_THS = const(0x5B)
_WAKE_UP_DUR = const(0x5C)
_MD1_CFG = const(0x5E)
_FIFO_DATA_OUT_TAG = const(0x78)

_ID = const(0x6C)
_TAG = const(0xF8)
_ACCEL_TAG = const(0x02 << 3)  # AN5192, table 73: accelerometer, not compressed
_RATES_HZ = (26, 52, 104, 208)  # ODR codes 2 to 5
_WORD = const(7)
_BURST = const(20)


def _numbers(buf, at):
    """buf from there on as signed 16-bit numbers, the low byte first."""
    numbers = {"all": (uctypes.ARRAY | 0, (len(buf) - at) // 2 | uctypes.INT16)}
    return uctypes.struct(uctypes.addressof(buf) + at, numbers, uctypes.LITTLE_ENDIAN).all


class LSM6DSO:
    """rate_hz: the nearest of 26, 52, 104, 208 is taken. Raises OSError when the part is not there or another one.

    BURST       samples that one read() returns at most
    lost        how often the FIFO overflowed since the start
    rate_hz     samples a second
    """

    BURST = _BURST

    def __init__(self, bus, address=0x6A, rate_hz=104):
        self._bus = bus
        self._address = address
        self.lost = 0
        self._code = 2
        while self._code < 5 and rate_hz > (_RATES_HZ[self._code - 2] + _RATES_HZ[self._code - 1]) // 2:
            self._code += 1
        self.rate_hz = _RATES_HZ[self._code - 2]
        self._one = bytearray(1)
        self._two = bytearray(2)
        self._buf = bytearray(_BURST * _WORD)
        view = memoryview(self._buf)
        self._rooms = [view[: i * _WORD] for i in range(_BURST + 1)]
        self._even = _numbers(self._buf, 0)  # of two bytes, the first at an even place
        self._odd = _numbers(self._buf, 1)
        bus.readfrom_mem_into(address, _WHO_AM_I, self._one)
        if self._one[0] != _ID:
            raise OSError("at 0x%02x is no LSM6DSO (WHO_AM_I 0x%02x)" % (address, self._one[0]))
        self.start()

    def start(self):
        """Set it up; again, after it or the bus has failed, or to end wake_on_motion()."""
        self._write(_CTRL3_C, 0x44)  # a sample's halves belong together, addresses count up
        self._write(_MD1_CFG, 0)
        self._write(_CTRL2_G, 0)  # gyroscope off
        self._write(_CTRL6_C, 0x10)  # low power instead of high performance
        self._write(_CTRL1_XL, self._code << 4 | 0x0C)  # +-8 g
        self._write(_FIFO_CTRL4, 0)  # bypass: empties it
        self._write(_FIFO_CTRL3, self._code)
        self._write(_FIFO_CTRL4, 6)  # continuous: the newest overwrite the oldest

    def read(self, samples):
        """Fill an array('h') of 3 * BURST with x, y, z, the oldest first. Returns how many samples."""
        self._bus.readfrom_mem_into(self._address, _FIFO_STATUS1, self._two)
        held = self._two[0] | (self._two[1] & 3) << 8
        if self._two[1] & 0x40:
            self.lost += 1
        if held > _BURST:
            held = _BURST
        held -= held & 1  # they are read two by two; the odd one waits for the next time
        if not held:
            return 0
        self._bus.readfrom_mem_into(self._address, _FIFO_DATA_OUT_TAG, self._rooms[held])
        buf = self._buf
        even = self._even
        odd = self._odd
        wrong = to = 0
        for i in range(0, _WORD * (held >> 1), _WORD):  # the second of two begins at an odd place
            at = i + i
            wrong |= (buf[at] ^ _ACCEL_TAG) | (buf[at + _WORD] ^ _ACCEL_TAG)
            samples[to] = odd[i]
            samples[to + 1] = odd[i + 1]
            samples[to + 2] = odd[i + 2]
            samples[to + 3] = even[i + 4]
            samples[to + 4] = even[i + 5]
            samples[to + 5] = even[i + 6]
            to += 6
        if wrong & _TAG:
            self.lost += 1  # words of another sensor, which is off: the FIFO was not read as it lies
            return 0
        return held

    def wake_on_motion(self, mg):
        """No more samples: INT1 goes high when the acceleration changes by `mg` (AN5192, 5.3). 26 Hz, a few uA."""
        self._write(_FIFO_CTRL4, 0)
        self._write(_CTRL1_XL, 0x2C)
        self._write(_WAKE_UP_DUR, 0)
        self._write(_WAKE_UP_THS, min(63, max(1, mg * 64 // 8000)))  # 1/64 of full scale
        self._write(_TAP_CFG2, 0x80)  # interrupts on
        self._write(_MD1_CFG, 0x20)  # wake-up to INT1

    def _write(self, register, value):
        self._one[0] = value
        self._bus.writeto_mem(self._address, register, self._one)
