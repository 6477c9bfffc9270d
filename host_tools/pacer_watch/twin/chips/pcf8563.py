"""PCF8563: a clock in BCD registers that goes on while its voltage holds (NXP PCF8563 data sheet rev 11, table 4)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from . import Refused, RegisterPart


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _decimal(bcd: int) -> int:
    return (bcd >> 4) * 10 + (bcd & 15)


class PCF8563(RegisterPart):
    """Has stopped (bit VL) until it is set for the first time, as after its cell was changed."""

    NAME = "PCF8563"

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._control = bytearray(2)
        self._set_at: tuple[datetime, int] | None = None

    def now(self) -> datetime | None:
        if self._set_at is None:
            return None
        when, us = self._set_at
        return when + timedelta(microseconds=self._now_us() - us)

    def write_memory(self, register: int, data: bytes) -> None:
        if register + len(data) > 0x10:
            raise Refused(f"PCF8563: register 0x{register + len(data) - 1:02x} does not exist")
        for i, value in enumerate(data[: max(0, 2 - register)]):
            self._control[register + i] = value
        if register == 2 and len(data) == 7:
            s, m, h, day, weekday, month, year = data
            try:
                when = datetime(
                    2000 + _decimal(year), _decimal(month & 0x1F), _decimal(day), _decimal(h), _decimal(m), _decimal(s)
                )
            except ValueError as e:
                raise Refused(f"PCF8563: that is no date ({e})") from None
            if when.isoweekday() % 7 != weekday:
                raise Refused(f"PCF8563: {when:%Y-%m-%d} is no weekday {weekday}")
            self._set_at = (when, self._now_us())
        elif register >= 2:
            raise Refused("PCF8563: the time is set whole, or it is torn at a carry")

    def read_memory(self, register: int, count: int) -> bytes:
        if register + count > 0x10:
            raise Refused(f"PCF8563: register 0x{register + count - 1:02x} does not exist")
        now = self.now()
        t = now or datetime(2000, 1, 1)
        regs = bytes(self._control) + bytes(
            (
                _bcd(t.second) | (0 if now else 0x80), _bcd(t.minute), _bcd(t.hour), _bcd(t.day), t.isoweekday() % 7,
                _bcd(t.month), _bcd(t.year - 2000),
            )
        )  # fmt: skip
        return (regs + bytes(7))[register : register + count]
