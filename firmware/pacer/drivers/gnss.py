"""A GNSS receiver on a UART: bytes in bulk, and the search for its baud rate.

The receive ring holds a second of bytes at full rate: on the ESP32 a full ring loses bytes and makes
each read wait for its timeout.
"""

from micropython import const

_BITS_PER_BYTE = const(10)


class Gnss:
    """bauds: the rates to try, the most likely first; tx and rx: the UART's pins."""

    def __init__(self, uart, bauds, tx, rx):
        self._uart = uart
        self._bauds = bauds
        self._tx = tx
        self._rx = rx
        self._index = -1
        self.next_baud()

    @property
    def baud(self):
        return self._bauds[self._index]

    def use_baud(self, baud):
        """Go to a rate of the list; what was received at the old one is dropped."""
        self._index = self._bauds.index(baud) - 1
        self.next_baud()

    def write(self, data):
        """Send a command; it is on its way when this returns, not yet there."""
        self._uart.write(data)

    def next_baud(self):
        """Go on to the next rate of the list; what was received at the old one is dropped."""
        self._index = (self._index + 1) % len(self._bauds)
        baud = self._bauds[self._index]
        self._uart.init(baudrate=baud, rxbuf=baud // _BITS_PER_BYTE, timeout=0, tx=self._tx, rx=self._rx)

    def waiting(self):
        """How many bytes can be read now."""
        return self._uart.any()

    def read_into(self, room):
        """Read what is there, at most len(room) bytes, without waiting. Returns how many."""
        return self._uart.readinto(room) or 0
