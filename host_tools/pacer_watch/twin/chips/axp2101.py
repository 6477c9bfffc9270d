"""AXP2101: rails, the battery's voltage and gauge, the power key (X-Powers AXP2101 data sheet V1.0)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import Refused, RegisterPart
from .battery import Battery

if TYPE_CHECKING:
    from ..runner import Hand

_WRITABLE = {0x10, 0x12, 0x14, 0x15, 0x16, *range(0x17, 0x1B), *range(0x22, 0x2C), 0x30, *range(0x40, 0x43),
             *range(0x48, 0x4B), 0x50, *range(0x54, 0x68), 0x68, 0x69, 0x6A, *range(0x80, 0x87), *range(0x90, 0x9B),
             0xA2}  # fmt: skip
_READABLE = _WRITABLE | {0x00, 0x01, 0x03, 0x20, 0x21, *range(0x34, 0x3E), 0xA4}
RAILS = ("aldo1", "aldo2", "aldo3", "aldo4", "bldo1", "bldo2")


class AXP2101(RegisterPart):
    """hand: whose "back" presses the power key. irq_level() is its open-drain interrupt line, high at rest."""

    NAME = "AXP2101"

    def __init__(self, battery: Battery, hand: "Hand", now_us: Callable[[], int]) -> None:
        self._battery = battery
        self._hand = hand
        self._now_us = now_us
        self.registers = bytearray(256)
        self.registers[0x03] = 0x4A
        self.registers[0x41] = 0xFC  # interrupts as they come up
        self.registers[0x90] = 0x00
        self._level = 1
        self.off = False

    def rail_mv(self, name: str) -> int:
        """What a rail gives, 0 while it is off."""
        i = RAILS.index(name)
        return 500 + 100 * (self.registers[0x92 + i] & 31) if self.registers[0x90] >> i & 1 else 0

    def _press(self) -> None:
        level = self._hand.level("back", self._now_us())
        if level != self._level:
            self._level = level
            self.registers[0x49] |= 0x01 if level else 0x02

    def irq_level(self) -> int:
        self._press()
        return int(not any(self.registers[0x48 + i] & self.registers[0x40 + i] for i in range(3)))

    def write_memory(self, register: int, data: bytes) -> None:
        for value in data:
            if register not in _WRITABLE:
                raise Refused(f"AXP2101: register 0x{register:02x} cannot be written")
            self._press()
            if 0x48 <= register <= 0x4A:
                self.registers[register] &= ~value & 255  # ones clear
            else:
                self.registers[register] = value
            if 0x92 <= register <= 0x97 and value & 31 > 30:
                raise Refused(f"AXP2101: {RAILS[register - 0x92]} goes to 3.5 V")
            if register == 0x10 and value & 1:
                self.off = True
            register += 1

    def read_memory(self, register: int, count: int) -> bytes:
        self._press()
        out = bytearray()
        for r in range(register, register + count):
            if r not in _READABLE:
                raise Refused(f"AXP2101: register 0x{r:02x} is not documented")
            mv = self._battery.millivolts()
            if r == 0x00:
                out.append(0x08 if mv else 0)
            elif r == 0x34:
                out.append(round(mv) >> 8 & 0x3F if self.registers[0x30] & 1 else 0)
            elif r == 0x35:
                out.append(round(mv) & 255 if self.registers[0x30] & 1 else 0)
            elif r == 0xA4:
                out.append(self._battery.percent() if mv else 0xFF)
            else:
                out.append(self.registers[r])
        return bytes(out)
