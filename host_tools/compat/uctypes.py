"""What the drivers need of MicroPython's own module under CPython: arrays of 16-bit numbers in a buffer."""

import ctypes
import struct as _struct

LITTLE_ENDIAN = 0
BIG_ENDIAN = 1
ARRAY = 0xC0000000
INT16 = 3 << 28
_COUNT = (1 << 28) - 1


def addressof(buf):
    """Where a bytearray lies."""
    return ctypes.addressof((ctypes.c_char * len(buf)).from_buffer(buf))


class _Numbers:
    def __init__(self, address, count, layout):
        self._address = address
        self._count = count
        self._format = "<>"[layout] + "h"

    def __getitem__(self, i):
        if not 0 <= i < self._count:
            raise IndexError
        return _struct.unpack(self._format, ctypes.string_at(self._address + 2 * i, 2))[0]


class struct:  # noqa: N801
    """Every member of the descriptor is an array of INT16."""

    def __init__(self, address, descriptor, layout):
        for name, (at, what) in descriptor.items():
            assert what & ~_COUNT == INT16
            setattr(self, name, _Numbers(address + (at & ~ARRAY), what & _COUNT, layout))
