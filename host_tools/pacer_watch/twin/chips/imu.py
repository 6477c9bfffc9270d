"""What the models of the IMUs have in common: registers after reset, and which samples are due."""

from collections.abc import Callable
from typing import ClassVar

from . import RegisterPart

Samples = Callable[[int, int, int], list[tuple[int, int, int]]]


class Imu(RegisterPart):
    """samples(from_us, count, period_us) gives the world's acceleration as x, y, z in 1/4096 g."""

    RESET: ClassVar[dict[int, int]]  # registers that are not 0 after a reset

    def __init__(self, now_us: Callable[[], int], samples: Samples) -> None:
        self._now_us = now_us
        self._samples = samples
        self._reset_registers()
        self._sampled_us = now_us()
        self._before: tuple[int, int, int] | None = None
        self._moved = False
        self.overflowed = 0

    def _reset_registers(self) -> None:
        self.registers = bytearray(128)
        for register, value in self.RESET.items():
            self.registers[register] = value

    def _due(self, period_us: int) -> tuple[int, int]:
        """(when the first one is, how many) of the samples that are due by now and were not taken; they now are."""
        due = max(0, (self._now_us() - self._sampled_us) // period_us)
        start_us = self._sampled_us + period_us
        self._sampled_us += due * period_us
        return start_us, due

    def _newest(self, start_us: int, due: int, period_us: int, most: int) -> list[tuple[int, int, int]]:
        """The samples from start_us on, of more than `most` the last."""
        passed = max(0, due - most)
        return self._samples(start_us + passed * period_us, due - passed, period_us)
