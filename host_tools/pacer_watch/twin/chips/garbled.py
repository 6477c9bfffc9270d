"""A part whose answers come wrong over the wire now and then."""

import random
from typing import Protocol

from . import Refused


class _OnABus(Protocol):
    def write(self, data: bytes) -> None: ...

    def read(self, count: int) -> bytes: ...

    def write_memory(self, register: int, data: bytes) -> None: ...

    def read_memory(self, register: int, count: int) -> bytes: ...


class Garbled:
    """In front of a part on its bus: a byte of a register comes wrong with the probability `share`. Seeded."""

    def __init__(self, part: _OnABus, share: float, seed: int) -> None:
        self._part = part
        self._share = share
        self._rng = random.Random(seed)

    def write(self, data: bytes) -> None:
        self._part.write(data)

    def read(self, count: int) -> bytes:
        return self._part.read(count)

    def write_memory(self, register: int, data: bytes) -> None:
        self._part.write_memory(register, data)

    def read_memory(self, register: int, count: int) -> bytes:
        try:
            said = self._part.read_memory(register, count)
        except Refused:
            said = bytes(count)  # asked for more than there is, by a count that was garbled
        rng = self._rng
        return bytes(b ^ rng.randrange(256) if rng.random() < self._share else b for b in said)
