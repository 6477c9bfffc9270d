"""A GNSS receiver on a UART: bytes in bulk, and the search for its baud rate.

On the ESP32 a full receive ring loses bytes and makes each read wait for its timeout. It comes in one piece from what
Python leaves to the system, and anew whenever its size is said: so it is said once, at the start.
"""

from micropython import const

_RING = const(4096)  # bytes: a third of a second at 115,200 baud, a second and a half of NMEA ten times a second
_GAP_MS = const(15)  # so long without a byte, a burst is over: a turn of the loop in which none came
_EARLY_MS = const(30)  # a burst may come this much sooner than the last one did; it is seen up to 20 ms late


class Gnss:
    """bauds: the rates to try, the most likely first; tx and rx: the UART's pins.

    waiting()   how many bytes can be read
    over_ms     the burst is over then, when nothing more comes
    quiet_ms    until then no byte is to come; 0 while that is not known
    """

    def __init__(self, uart, bauds, tx, rx):
        self._uart = uart
        self._dropped = bytearray(64)
        uart.init(rxbuf=_RING, timeout=0, tx=tx, rx=rx)
        self._bauds = bauds
        self._index = -1
        self.waiting = uart.any  # how many bytes can be read: to be asked at each turn of the loop
        self._heard_ms = 0  # bytes came then
        self._begun_ms = 0  # the last burst began
        self._begun = False  # there was a burst
        self._period_ms = 0  # from one burst to the next ...
        self._sure = False  # ... measured while nobody slept
        self.over_ms = self.quiet_ms = self.baud = 0
        self.next_baud()

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
        baud = self.baud = self._bauds[self._index]
        self._uart.init(baudrate=baud)
        while self._uart.any():
            self._uart.readinto(self._dropped)
        self._begun = self._sure = False  # how it keeps time is learned anew, wide awake
        self.quiet_ms = 0

    def listen(self, now_ms):
        """Bytes have come since the last turn of the loop: how the receiver keeps time is learned."""
        if now_ms - self._heard_ms >= 2 * _GAP_MS:
            period = now_ms - self._begun_ms
            self._begun_ms = now_ms
            if self._sure and 2 * period < 3 * self._period_ms and 2 * self._period_ms < 3 * period:
                self._period_ms += (period - self._period_ms + 4) >> 3  # seen in steps of 20 ms
            else:
                # The first, another rate, or one was missed: the next period is waited for wide awake.
                self._sure = self._begun and not self._sure
                self._period_ms = period
            self._begun = True
            self.quiet_ms = now_ms + self._period_ms - _EARLY_MS if self._sure else 0
        self._heard_ms = now_ms
        self.over_ms = now_ms + _GAP_MS

    def read_into(self, room):
        """Read what is there, at most len(room) bytes, without waiting. Returns how many."""
        count = self._uart.readinto(room) or 0
        return count
