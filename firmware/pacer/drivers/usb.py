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
        self._held = False  # the next byte was read already
        self.waiting()  # the first look makes what the others use again

    def waiting(self):
        """Has something come?"""
        if self._held or not self._open:
            return self._held
        for ready in self._poll.ipoll(0):
            if ready[1] & select.POLLIN:
                self._held = self._in.readinto(self._one) == 1
                self._open = self._held  # what can be read and is nothing is the end
        return self._held

    def read_into(self, buf):
        """Read what has come, len(buf) bytes at most. Returns how many."""
        count = 0
        while count < len(buf) and self.waiting():
            buf[count] = self._one[0]
            self._held = False
            count += 1
        return count

    def write(self, buf, count):
        """Send buf[:count]."""
        self._out.write(buf, count)
