"""PCF8563, a clock that runs on while the board is off (NXP PCF8563 data sheet rev 11, table 4)."""

from micropython import const

_CONTROL_1 = const(0x00)
_SECONDS = const(0x02)
_LOW_VOLTAGE = const(0x80)


class PCF8563:
    """Raises OSError when nothing answers at the address."""

    def __init__(self, i2c, address=0x51):
        self._i2c = i2c
        self._address = address
        self._seven = bytearray(7)
        self._one = bytearray(1)
        i2c.writeto_mem(address, _CONTROL_1, self._one)  # run, no test mode

    def read(self, now):
        """Fill an array of 7 with year, month, day, weekday (0 Monday), hour, minute, second.

        False when it had stopped.
        """
        b = self._seven
        self._i2c.readfrom_mem_into(self._address, _SECONDS, b)
        if b[0] & _LOW_VOLTAGE:
            return False
        now[0] = 2000 + _decimal(b[6])
        now[1] = _decimal(b[5] & 0x1F)
        now[2] = _decimal(b[3] & 0x3F)
        now[3] = (b[4] + 6) % 7  # the part counts from Sunday
        now[4] = _decimal(b[2] & 0x3F)
        now[5] = _decimal(b[1] & 0x7F)
        now[6] = _decimal(b[0] & 0x7F)
        return 1 <= now[1] <= 12 and 1 <= now[2] <= 31 and now[4] < 24 and now[5] < 60

    def write(self, now):
        """Set it; `now` as read() gives it, years 2000 to 2099."""
        b = self._seven
        b[0] = _bcd(now[6])
        b[1] = _bcd(now[5])
        b[2] = _bcd(now[4])
        b[3] = _bcd(now[2])
        b[4] = (now[3] + 1) % 7
        b[5] = _bcd(now[1])
        b[6] = _bcd(now[0] - 2000)
        self._i2c.writeto_mem(self._address, _SECONDS, b)


def _decimal(bcd):
    return (bcd >> 4) * 10 + (bcd & 15)


def _bcd(value):
    return value // 10 << 4 | value % 10
