"""QMI8658: registers, the CTRL9 command protocol, the FIFO and wake on motion (QST QMI8658A data sheet rev A)."""

from collections.abc import Callable

from . import Refused
from .imu import Imu, Samples

_RESET = {0x00: 0x05, 0x01: 0x7C, 0x02: 0x20}
_WRITABLE = {0x02, 0x03, 0x04, 0x06, *range(0x08, 0x15), 0x60}
_READABLE = _WRITABLE | {0x00, 0x01, 0x15, 0x16, 0x17, 0x2D, 0x2E, 0x2F, *range(0x30, 0x41)}
_PERIOD_US = {
    3: 1_000,
    4: 2_000,
    5: 4_000,
    6: 8_000,
    7: 16_000,
    8: 32_000,
    12: 7_812,
    13: 47_619,
    14: 90_909,
    15: 333_333,
}
_COMMANDS = {0x00, 0x04, 0x05, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x10, 0x11, 0xA2}
_DEPTH = {0: 16, 1: 32, 2: 64, 3: 128}
_SHIFT = {0: 2, 1: 1, 2: 0, 3: -1}  # +-2, 4, 8, 16 g from 1/4096 g


class QMI8658(Imu):
    """samples(from_us, count, period_us) gives the world's acceleration as x, y, z in 1/4096 g."""

    NAME = "QMI8658"
    RESET = _RESET

    def __init__(self, now_us: Callable[[], int], samples: Samples) -> None:
        super().__init__(now_us, samples)
        self._fifo = bytearray()
        self._reading = False
        self._done = False  # CmdDone
        self._overrun = False
        self._threshold_mg = 0

    def write_memory(self, register: int, data: bytes) -> None:
        for value in data:
            if register not in _WRITABLE:
                raise Refused(f"QMI8658: register 0x{register:02x} cannot be written")
            self._run()
            self.registers[register] = value
            if register == 0x0A:
                self._command(value)
            elif register == 0x14:
                self._reading = bool(value & 0x80)
                if not value & 3:
                    self._fifo.clear()
            elif register == 0x08:
                self._sampled_us = self._now_us()
            register += self.registers[0x02] >> 6 & 1

    def _command(self, command: int) -> None:
        if command not in _COMMANDS:
            raise Refused(f"QMI8658: no CTRL9 command 0x{command:02x}")
        if command == 0:
            self._done = False
            return
        if self._done:
            raise Refused("QMI8658: the last CTRL9 command was not acknowledged (5.10)")
        if not self.registers[0x09] & 0x80:
            raise Refused("QMI8658: commands are told by INT1 unless CTRL8 bit 7 is set, and nobody looks there")
        if command == 0x04:
            self._fifo.clear()
        elif command == 0x05:
            self._reading = True
        elif command == 0x08:
            if self.registers[0x08] & 1:
                raise Refused("QMI8658: wake on motion is set while the accelerometer is off (10)")
            self._threshold_mg = self.registers[0x0B]
            self._moved = self._moved and self._threshold_mg > 0
        self._done = True

    def read_memory(self, register: int, count: int) -> bytes:
        self._run()
        if register == 0x17:
            if not self._reading:
                raise Refused("QMI8658: the FIFO was not asked for (CTRL9 REQ_FIFO)")
            if count > len(self._fifo):
                raise Refused(f"QMI8658: read of {count} bytes past a FIFO of {len(self._fifo)}")
            burst = bytes(self._fifo[:count])
            del self._fifo[:count]
            return burst
        if count > 1 and not self.registers[0x02] & 0x40:
            raise Refused("QMI8658: addresses do not count up unless CTRL1 bit 6 is set")
        out = bytearray()
        for r in range(register, register + count):
            if r not in _READABLE:
                raise Refused(f"QMI8658: register 0x{r:02x} is not documented")
            if r == 0x15:
                out.append(len(self._fifo) // 2 & 255)
            elif r == 0x16:
                out.append(len(self._fifo) // 2 >> 8 & 3 | self._overrun << 5 | bool(self._fifo) << 4)
                self._overrun = False
            elif r == 0x2D:
                out.append(self._done << 7)
            elif r == 0x2F:
                out.append(self._moved << 2)
                self._moved = False
            else:
                out.append(self.registers[r])
        return bytes(out)

    def int_level(self) -> int:
        """INT1, as far as wake on motion drives it."""
        self._run()
        return int(self._moved and self.registers[0x02] & 0x08 != 0)

    def _run(self) -> None:
        r = self.registers
        period = _PERIOD_US.get(r[0x03] & 15, 0)
        if not r[0x08] & 1 or not period:
            self._sampled_us = self._now_us()
            return
        start, due = self._due(period)
        if not due:
            return
        filling = r[0x14] & 3 and not self._reading
        if not filling and not self._threshold_mg:
            return
        deep = 6 * _DEPTH[r[0x14] >> 2 & 3]
        shift = _SHIFT[r[0x03] >> 4 & 3]
        for sample in self._newest(start, due, period, deep // 6 + 1):
            if self._threshold_mg and self._before:
                limit = self._threshold_mg * 4096 // 1000
                self._moved |= max(abs(a - b) for a, b in zip(sample, self._before)) > limit
            self._before = sample
            if filling:
                for value in sample:
                    value = max(-32768, min(32767, value << shift if shift >= 0 else value >> 1))
                    self._fifo += (value & 0xFFFF).to_bytes(2, "little")
        if len(self._fifo) > deep:
            self.overflowed += 1
            self._overrun = True
            del self._fifo[: len(self._fifo) - deep]
