"""MPU-6050, a 6-axis IMU on I2C, read through its FIFO (InvenSense RM-MPU-6000A-00 rev 4.2).

Only the accelerometer is on: +-8 g, 4096 counts to a g, into the FIFO at the rate that was asked for.
The gyroscopes sleep; they take most of the part's current.
"""

import uctypes
from micropython import const

ONE_G = const(4096)

_SMPLRT_DIV = const(0x19)
_CONFIG = const(0x1A)
_ACCEL_CONFIG = const(0x1C)
_MOT_THR = const(0x1F)
_MOT_DUR = const(0x20)
_FIFO_EN = const(0x23)
_INT_PIN_CFG = const(0x37)
_INT_ENABLE = const(0x38)
_USER_CTRL = const(0x6A)
_PWR_MGMT_1 = const(0x6B)
_PWR_MGMT_2 = const(0x6C)
_FIFO_COUNT = const(0x72)
_FIFO_R_W = const(0x74)
_WHO_AM_I = const(0x75)

_ID = const(0x68)
_BASE_HZ = const(1000)  # with the low-pass filter on
_SAMPLE = const(6)
_BURST = const(20)  # samples a read() can take
_FIFO_BYTES = const(1024)


def _numbers(buf):
    """buf as signed 16-bit numbers, the high byte first."""
    numbers = {"all": (uctypes.ARRAY | 0, len(buf) // 2 | uctypes.INT16)}
    return uctypes.struct(uctypes.addressof(buf), numbers, uctypes.BIG_ENDIAN).all


class MPU6050:
    """rate_hz: 4 to 1000. Raises OSError with the address when the part is not there or another one.

    BURST       samples that one read() returns at most
    lost        how often the FIFO overflowed since the start
    rate_hz     samples a second
    """

    BURST = _BURST

    def __init__(self, i2c, address=0x68, rate_hz=100):
        self._i2c = i2c
        self._address = address
        self.lost = 0
        self._two = bytearray(2)
        self._one = bytearray(1)
        self._buf = bytearray(_BURST * _SAMPLE)
        view = memoryview(self._buf)
        self._rooms = [view[: i * _SAMPLE] for i in range(_BURST + 1)]
        self._numbers = _numbers(self._buf)
        self.rate_hz = rate_hz
        i2c.readfrom_mem_into(address, _WHO_AM_I, self._one)
        if self._one[0] != _ID:
            raise OSError("at 0x%02x is no MPU-6050 (WHO_AM_I 0x%02x)" % (address, self._one[0]))
        self.start()

    def start(self):
        """Set it up; again, after it or the bus has failed."""
        self._write(_INT_ENABLE, 0)
        self._write(_PWR_MGMT_1, 0x08)  # awake, temperature sensor off
        self._write(_PWR_MGMT_2, 0x07)  # gyroscopes in standby
        self._write(_CONFIG, 3)  # low-pass 44 Hz
        self._write(_SMPLRT_DIV, _BASE_HZ // self.rate_hz - 1)
        self._write(_ACCEL_CONFIG, 0x10)  # +-8 g
        self._write(_FIFO_EN, 0x08)  # accelerometer
        self._reset()

    def read(self, samples):
        """Fill an array('h') of 3 * BURST with x, y, z, the oldest first. Returns how many samples."""
        self._i2c.readfrom_mem_into(self._address, _FIFO_COUNT, self._two)
        held = self._two[0] << 8 | self._two[1]
        if held >= _FIFO_BYTES:  # full: whole samples are no longer told apart
            self.lost += 1
            self._reset()
            return 0
        count = held // _SAMPLE
        if count > _BURST:
            count = _BURST
        if not count:
            return 0
        self._i2c.readfrom_mem_into(self._address, _FIFO_R_W, self._rooms[count])
        numbers = self._numbers
        for i in range(3 * count):
            samples[i] = numbers[i]
        return count

    def wake_on_motion(self, mg):
        """No more samples: INT goes high when the acceleration changes by `mg` (rev 3.2, 8.3).

        Looks 5 times a second.
        """
        self._write(_FIFO_EN, 0)
        self._write(_ACCEL_CONFIG, 0x11)  # +-8 g, high-pass 5 Hz
        self._write(_MOT_THR, min(255, max(1, mg // 2)))  # 2 mg a count
        self._write(_MOT_DUR, 1)
        self._write(_INT_PIN_CFG, 0x20)  # INT stays high until its status is read
        self._write(_INT_ENABLE, 0x40)
        self._write(_PWR_MGMT_2, 0x47)  # 5 looks a second
        self._write(_PWR_MGMT_1, 0x28)  # cycle between sleep and a look

    def _reset(self):
        self._write(_USER_CTRL, 0x04)
        self._write(_USER_CTRL, 0x40)

    def _write(self, register, value):
        self._one[0] = value
        self._i2c.writeto_mem(self._address, register, self._one)
