"""A GNSS receiver on a UART: bytes in bulk, and the search for its baud rate.

The receive ring holds a second of bytes at full rate: on the ESP32 a full ring loses bytes and makes
each read wait for its timeout.
"""

from micropython import const

_BITS_PER_BYTE = const(10)


class Gnss:
    """bauds: the rates to try, the most likely first. The UART's pins are the board's business."""

    def __init__(self, uart, bauds, **pins):
        self._uart = uart
        self._bauds = bauds
        self._pins = pins
        self._index = -1
        self.next_baud()

    @property
    def baud(self):
        return self._bauds[self._index]

    def next_baud(self):
        """Go on to the next rate of the list; what was received at the old one is dropped."""
        self._index = (self._index + 1) % len(self._bauds)
        baud = self._bauds[self._index]
        self._uart.init(baudrate=baud, rxbuf=baud // _BITS_PER_BYTE, timeout=0, **self._pins)

    def waiting(self):
        """How many bytes can be read now."""
        return self._uart.any()

    def read_into(self, room):
        """Read what is there, at most len(room) bytes, without waiting. Returns how many."""
        return self._uart.readinto(room) or 0
