"""The ESP32's UART: a finite receive ring, bytes that take their time, noise at the wrong baud rate."""

from collections import deque
from typing import Protocol


class Talker(Protocol):
    """A part that sends: its baud rate, and what it begins to send up to a time."""

    baud: int  # 0: always the one that the other end listens at

    def speak(self, until_us: int) -> list[tuple[int, bytes]]: ...

    def hear(self, data: bytes, baud: int) -> None: ...


class Uart:
    """One end with a ring of rxbuf bytes; the other end is the talker."""

    def __init__(self, talker: Talker, seed: int) -> None:
        self.talker = talker
        self._bursts: deque[tuple[int, bytes, int]] = deque()
        self._ring = bytearray()
        self._size = 256
        self._baud = 0
        self._free_us = 0
        self._noise = seed * 2 + 1
        self._dozes = (0, 0)  # from when to when the clock stands
        self.opened = 0  # how often a baud rate was chosen
        self.lost = 0
        self.slept_over = 0  # bytes that came in a light sleep
        self.received = 0

    def open(self, now_us: int, baud: int, rxbuf: int) -> None:
        """Set it up. 0: as it is. A new ring is empty."""
        self.flow(now_us)
        if rxbuf:
            self._ring.clear()
            self._size = max(rxbuf, 129)  # the ESP32's own FIFO holds 128
        if baud:
            self.opened += 1
        self._baud = baud or self._baud or 115_200

    def flow(self, now_us: int) -> int:
        """Let the bytes in that have come by now; returns how many can be read."""
        for start, data in self.talker.speak(now_us):
            if not data:
                continue  # an epoch that it is silent about
            start = max(start, self._free_us)
            byte_us = 10_000_000 // (self.talker.baud or 115_200)
            self._bursts.append((start, data, byte_us))
            self._free_us = start + len(data) * byte_us
        while self._bursts:
            start, data, byte_us = self._bursts[0]
            count = min(len(data), (now_us - start) // byte_us)
            if count <= 0:
                break
            self._take(self._awake(data[:count], start, byte_us))
            if count == len(data):
                self._bursts.popleft()
            else:
                self._bursts[0] = (start + count * byte_us, data[count:], byte_us)
                break
        return len(self._ring)

    def doze(self, from_us: int, until_us: int) -> None:
        """A light sleep: bytes that come in it are lost, the first that is heard again is garbled."""
        self.flow(from_us)
        self._dozes = (from_us, until_us)

    def _awake(self, data: bytes, start_us: int, byte_us: int) -> bytes:
        """Those of the bytes that came while the clock ran."""
        begin, end = self._dozes
        first = max(0, -(-(begin - start_us) // byte_us) - 1)  # one that has begun is lost too
        stop = min(len(data), max(0, (end - start_us) // byte_us))
        if end <= start_us or first >= len(data) or stop <= first:
            return data
        self.slept_over += stop - first
        rest = data[stop:]
        if rest:
            rest = bytes([rest[0] ^ 0x5A]) + rest[1:]
        return data[:first] + rest

    def _take(self, data: bytes) -> None:
        if not self._baud or not data:
            return
        if self.talker.baud and self._baud != self.talker.baud:
            data = self._garble(data)
        self.received += len(data)
        room = self._size - len(self._ring)
        if len(data) > room:
            self.lost += len(data) - room
            data = data[:room]
        self._ring += data

    def _garble(self, data: bytes) -> bytes:
        count = max(1, len(data) * self._baud // self.talker.baud)
        out = bytearray()
        for i in range(count):
            self._noise = self._noise * 1103515245 + 12345 & 0x7FFFFFFF
            out.append((data[i * len(data) // count] ^ self._noise >> 16) & 255)
        return bytes(out)

    def read(self, count: int) -> bytes:
        out = bytes(self._ring[:count])
        del self._ring[:count]
        return out

    def write(self, data: bytes) -> None:
        self.talker.hear(data, self._baud)
