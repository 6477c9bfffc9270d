"""A LiPo cell: a voltage over time, which a test may bend."""

from collections.abc import Callable

from pacer.core import lipo


class Battery:
    """curve(us) gives millivolts at the cell; 3.9 V for ever unless it is changed. 0: no cell is connected."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self.curve: Callable[[int], float] = lambda us: 3900.0

    def millivolts(self) -> float:
        return self.curve(self._now_us())

    def percent(self) -> int:
        return int(max(0, lipo.percent(round(self.millivolts()))))
