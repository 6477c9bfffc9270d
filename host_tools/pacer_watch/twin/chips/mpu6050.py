"""MPU-6050: registers, sample-rate divider and the 1024-byte FIFO (InvenSense RM-MPU-6000A-00 rev 4.2)."""

import struct
from collections.abc import Callable

from . import Refused
from .imu import Imu, Samples

_RESET = {0x6B: 0x40, 0x75: 0x68}
# Registers a driver may write; the rest are read-only or not documented.
_WRITABLE = {0x19, 0x1A, 0x1B, 0x1C, 0x1F, 0x20, 0x23, 0x37, 0x38, 0x68, 0x6A, 0x6B, 0x6C} | set(range(0x0D, 0x11))
_READABLE = _WRITABLE | set(range(0x3A, 0x49)) | {0x72, 0x73, 0x74, 0x75}
_FIFO_BYTES = 1024


class MPU6050(Imu):
    """samples(from_us, count, period_us) gives the world's acceleration as x, y, z in 1/4096 g."""

    NAME = "MPU-6050"
    RESET = _RESET

    def __init__(self, now_us: Callable[[], int], samples: Samples) -> None:
        super().__init__(now_us, samples)
        self._fifo = bytearray()
        self._looked_us = 0

    def write_memory(self, register: int, data: bytes) -> None:
        for value in data:
            if register not in _WRITABLE:
                raise Refused(f"MPU-6050: register 0x{register:02x} cannot be written")
            self._run()
            self._set(register, value)
            register += 1

    def _set(self, register: int, value: int) -> None:
        if register == 0x6B and value & 0x80:  # device reset
            self._reset_registers()
            self._fifo.clear()
            return
        if register == 0x6A and value & 0x04:  # FIFO reset: clears itself, works while FIFO_EN is 0
            if not self.registers[0x6A] & 0x40 or not value & 0x40:
                self._fifo.clear()
            value &= ~0x04
        self.registers[register] = value

    def read_memory(self, register: int, count: int) -> bytes:
        self._run()
        if register == 0x74:
            if count > len(self._fifo):
                raise Refused(f"MPU-6050: read of {count} bytes past a FIFO of {len(self._fifo)}")
            burst = bytes(self._fifo[:count])
            del self._fifo[:count]
            return burst
        out = bytearray()
        for r in range(register, register + count):
            if r not in _READABLE:
                raise Refused(f"MPU-6050: register 0x{r:02x} is not documented")
            if r == 0x72:
                out.append(len(self._fifo) >> 8)
            elif r == 0x73:
                out.append(len(self._fifo) & 255)
            elif 0x3B <= r <= 0x40:
                sample = self._samples(self._now_us(), 1, self._period_us())[0]
                value = self._scaled(sample[(r - 0x3B) // 2])
                out.append(value >> 8 & 255 if r & 1 else value & 255)
            else:
                out.append(self.registers[r])
        return bytes(out)

    def int_level(self) -> int:
        """The INT pin: high while a motion was seen that nobody has read yet."""
        r = self.registers
        if not (r[0x38] & 0x40 and r[0x6B] & 0x20):
            self._before = None
            self._moved = False
            return 0
        now = self._now_us()
        if now - self._looked_us >= 200_000:
            self._looked_us = now
            sample = self._samples(now, 1, 200_000)[0]
            if self._before and max(abs(a - b) for a, b in zip(sample, self._before)) * 1000 // 4096 > 2 * r[0x1F]:
                self._moved = True
            self._before = sample
        return int(self._moved)

    def _period_us(self) -> int:
        base = 1000 if 1 <= self.registers[0x1A] & 7 <= 6 else 125
        return base * (1 + self.registers[0x19])

    def _scaled(self, value: int) -> int:
        shift = (self.registers[0x1C] >> 3 & 3) - 2  # 4096 counts to a g at +-8 g
        if shift:
            value = value >> shift if shift > 0 else value << -shift
        return value if -32768 <= value <= 32767 else 32767 if value > 0 else -32768

    def _run(self) -> None:
        """Take the samples that are due by now."""
        period = self._period_us()
        start, due = self._due(period)
        if not due:
            return
        if self.registers[0x6B] & 0x40:  # asleep
            return
        if not (self.registers[0x6A] & 0x40 and self.registers[0x23] & 0x08):
            return
        most = _FIFO_BYTES // 6 + 1
        values = [self._scaled(value) for sample in self._newest(start, due, period, most) for value in sample]
        self._fifo += struct.pack(f">{len(values)}h", *values)
        if len(self._fifo) > _FIFO_BYTES:
            self.overflowed += 1
            del self._fifo[: len(self._fifo) - _FIFO_BYTES]  # the oldest bytes are lost
