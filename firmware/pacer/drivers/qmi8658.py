"""QMI8658, a 6-axis IMU on I2C or SPI, read through its FIFO (QST QMI8658A data sheet rev A).

Only the accelerometer is on: +-8 g, 4096 counts to a g, at 125 Hz. To read the FIFO it has to be asked for (CTRL9
command REQ_FIFO, 5.10), and given back by clearing FIFO_RD_MODE.
"""

from struct import pack_into

from micropython import const

_WHO_AM_I = const(0x00)
_CTRL1 = const(0x02)
_CTRL2 = const(0x03)
_CTRL5 = const(0x06)
_CTRL7 = const(0x08)
_CTRL8 = const(0x09)
_CTRL9 = const(0x0A)
_CAL1_L = const(0x0B)
_FIFO_CTRL = const(0x14)
_FIFO_SMPL_CNT = const(0x15)
_FIFO_DATA = const(0x17)
_STATUSINT = const(0x2D)

_ID = const(0x05)
_ACK = const(0x00)
_RST_FIFO = const(0x04)
_REQ_FIFO = const(0x05)
_WOM = const(0x08)
_STREAM = const(0x0A)  # 64 samples, the newest overwrite the oldest
_SAMPLE = const(6)
_BURST = const(20)
_TRIES = const(20)  # looks at CmdDone


class QMI8658:
    """rate_hz: 125 is all that is offered. Raises OSError when the part is not there, is another one, or hangs.

    BURST       samples that one read() returns at most
    lost        how often the FIFO overflowed since the start
    rate_hz     samples a second
    """

    BURST = _BURST

    def __init__(self, bus, address=0x6B, rate_hz=125):
        self._bus = bus
        self._address = address
        self.lost = 0
        self.rate_hz = 125
        self._one = bytearray(1)
        self._two = bytearray(2)
        self._buf = bytearray(_BURST * _SAMPLE)
        view = memoryview(self._buf)
        self._rooms = [view[: i * _SAMPLE] for i in range(_BURST + 1)]
        bus.readfrom_mem_into(address, _WHO_AM_I, self._one)
        if self._one[0] != _ID:
            raise OSError("at 0x%02x is no QMI8658 (WHO_AM_I 0x%02x)" % (address, self._one[0]))
        self.start()

    def start(self):
        """Set it up; again, after it or the bus has failed, or to end wake_on_motion()."""
        self._write(_CTRL7, 0)  # all off while it is set up
        self._write(_CTRL1, 0x48)  # addresses count up, little-endian, INT1 on
        self._write(_CTRL8, 0x80)  # commands end in STATUSINT
        self._write(_CTRL2, 0x26)  # +-8 g, 125 Hz
        self._write(_CTRL5, 0x01)  # low-pass on, 2.66 % of the rate
        self._write(_CTRL9, _ACK)  # a command that the bus failed in is over
        self._two[0] = self._two[1] = 0
        self._bus.writeto_mem(self._address, _CAL1_L, self._two)
        self._command(_WOM)  # a threshold of 0: no longer wake on motion
        self._command(_RST_FIFO)
        self._write(_FIFO_CTRL, _STREAM)
        self._write(_CTRL7, 0x01)  # accelerometer on

    def read(self, samples):
        """Fill an array('h') of 3 * BURST with x, y, z, the oldest first. Returns how many samples."""
        self._bus.readfrom_mem_into(self._address, _FIFO_SMPL_CNT, self._two)
        count = ((self._two[1] & 3) << 8 | self._two[0]) // 3  # it counts pairs of bytes
        if self._two[1] & 0x20:
            self.lost += 1
        if count > _BURST:
            count = _BURST
        if not count:
            return 0
        self._command(_REQ_FIFO)
        self._bus.readfrom_mem_into(self._address, _FIFO_DATA, self._rooms[count])
        self._write(_FIFO_CTRL, _STREAM)  # FIFO_RD_MODE off: it fills again
        pack_into("120s", samples, 0, self._buf)  # they come as this little-endian chip keeps them
        return count

    def wake_on_motion(self, mg):
        """No more samples: INT1 goes high when the acceleration changes by `mg` (data sheet, 10: wake on motion)."""
        self._write(_CTRL7, 0)
        self._write(_CTRL2, 0x2D)  # 21 Hz, low power
        self._two[0] = min(255, max(1, mg))  # 1 mg a count
        self._two[1] = 0x04  # INT1, begins low; a blanking time of four samples
        self._bus.writeto_mem(self._address, _CAL1_L, self._two)
        self._command(_WOM)
        self._write(_CTRL7, 0x01)

    def _command(self, command):
        """Give a CTRL9 command, wait until it is done, and say that this was seen (5.10)."""
        self._write(_CTRL9, command)
        for _ in range(_TRIES):
            self._bus.readfrom_mem_into(self._address, _STATUSINT, self._one)
            if self._one[0] & 0x80:
                self._write(_CTRL9, _ACK)
                return
        raise OSError(110)  # ETIMEDOUT

    def _write(self, register, value):
        self._one[0] = value
        self._bus.writeto_mem(self._address, register, self._one)
