"""The USB serial port as bytes, beside the REPL that owns it: what has come in, without waiting.

MicroPython's stdin reads until its buffer is full, so it is asked one byte at a time, and only when poll says there is
one. Ctrl-C stays the REPL's: the link's frames never hold that byte.
"""

import select
import sys


class UsbSerial:
    """read_into() and write(); nothing where there is no port to poll."""

    def __init__(self):
        self._one = bytearray(1)
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._open = True
        self.waiting()  # the first look makes what the others use again

    def waiting(self):
        """Has something come?"""
        for ready in self._poll.ipoll(0):
            return ready[1] & select.POLLIN
        return 0

    def read_into(self, buf):
        """Read what has come, len(buf) bytes at most. Returns how many."""
        count = 0
        one = self._one
        while self._open and count < len(buf) and self.waiting():
            if self._in.readinto(one) != 1:
                self._open = False  # closed at the other end
                break
            buf[count] = one[0]
            count += 1
        return count

    def write(self, buf, count):
        """Send buf[:count]."""
        self._out.write(buf, count)
