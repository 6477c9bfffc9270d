"""LSM6DSO: registers, output data rates, the tagged FIFO and wake-up (ST DS12140 rev 2; AN5192 rev 1)."""

from collections.abc import Callable

from . import Refused
from .imu import Imu, Samples

_RESET = {0x0F: 0x6C, 0x12: 0x04}
_WRITABLE = {
    0x01, 0x02, *range(0x07, 0x0F), *range(0x10, 0x1A), *range(0x56, 0x60), 0x62, 0x63, *range(0x73, 0x76),
}  # fmt: skip
_READABLE = _WRITABLE | {0x0F, *range(0x1A, 0x2E), 0x35, 0x36, 0x37, *range(0x3A, 0x44), *range(0x78, 0x7F)}
_PERIOD_US = {1: 80_000, 2: 38_462, 3: 19_231, 4: 9_615, 5: 4_808, 6: 2_404}  # ODR 12.5 to 416 Hz
_SHIFT = {0: 2, 2: 1, 3: 0, 1: -1}  # +-2, 4, 8, 16 g from 1/4096 g
_WORDS = 511  # the status counts in 10 bits; 3 KB hold 512 words


class LSM6DSO(Imu):
    """samples(from_us, count, period_us) gives the world's acceleration as x, y, z in 1/4096 g."""

    NAME = "LSM6DSO"
    RESET = _RESET

    def __init__(self, now_us: Callable[[], int], samples: Samples) -> None:
        super().__init__(now_us, samples)
        self._fifo: list[tuple[int, int, int]] = []
        self._byte = 0  # of the word that is being read
        self._overrun = False

    def write_memory(self, register: int, data: bytes) -> None:
        for value in data:
            if register not in _WRITABLE:
                raise Refused(f"LSM6DSO: register 0x{register:02x} cannot be written")
            self._run()
            if register == 0x12 and value & 1:
                self.__init__(self._now_us, self._samples)  # type: ignore[misc]
                continue
            self.registers[register] = value
            if register == 0x0A and not value & 7:  # bypass empties the FIFO
                self._fifo.clear()
                self._byte = 0
            if register == 0x10:
                self._sampled_us = self._now_us()
            register += self.registers[0x12] >> 2 & 1

    def read_memory(self, register: int, count: int) -> bytes:
        self._run()
        out = bytearray()
        for _ in range(count):
            if register not in _READABLE:
                raise Refused(f"LSM6DSO: register 0x{register:02x} is not documented")
            if register >= 0x78:
                out.append(self._fifo_byte(register))
                register = 0x78 if register == 0x7E else register + 1  # AN5192, 9.6: rolls back for the next word
                continue
            if register == 0x3A:
                out.append(len(self._fifo) & 255)
            elif register == 0x3B:
                out.append(len(self._fifo) >> 8 & 3 | self._overrun << 6)
                self._overrun = False
            elif register == 0x1B:
                out.append(self._moved << 3)
                self._moved = False
            else:
                out.append(self.registers[register])
            register += 1
        return bytes(out)

    def _fifo_byte(self, register: int) -> int:
        if not self._fifo:
            raise Refused("LSM6DSO: read past the end of its FIFO")
        if register == 0x78:
            return 0x02 << 3
        value = self._fifo[0][(register - 0x79) // 2] & 0xFFFF
        if register == 0x7E:
            del self._fifo[0]
        return value & 255 if register & 1 else value >> 8

    def int_level(self) -> int:
        """INT1, as far as the wake-up function is routed to it."""
        r = self.registers
        self._run()
        return int(self._moved and r[0x5E] & 0x20 and r[0x58] & 0x80)

    def _run(self) -> None:
        """Take the samples that are due by now."""
        r = self.registers
        period = _PERIOD_US.get(r[0x10] >> 4, 0)
        if not period:
            self._sampled_us = self._now_us()
            return
        start, due = self._due(period)
        if not due:
            return
        filling = r[0x0A] & 7 == 6 and r[0x09] & 15
        watching = r[0x58] & 0x80 and r[0x5E] & 0x20
        if not filling and not watching:
            return
        shift = _SHIFT[r[0x10] >> 2 & 3]
        for x, y, z in self._newest(start, due, period, _WORDS + 1):
            now_g = (x, y, z)
            if watching and self._before:
                limit = (r[0x5B] & 63) * 8 * 4096 // 64
                self._moved |= max(abs(a - b) for a, b in zip(now_g, self._before)) > limit
            self._before = now_g
            if filling:
                self._fifo.append(
                    tuple(max(-32768, min(32767, v << shift if shift >= 0 else v >> 1)) for v in (x, y, z))  # type: ignore[arg-type]
                )
        if len(self._fifo) > _WORDS:
            self.overflowed += 1
            self._overrun = True
            del self._fifo[: len(self._fifo) - _WORDS]
