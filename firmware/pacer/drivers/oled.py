"""SSD1306 and SH1106, 128x64 OLEDs on I2C (Solomon Systech SSD1306 rev 1.1, table 9; Sino Wealth SH1106 v2.3, table 5).

Page addressing, the one mode that both have. Callers report the dirty rectangle by touch(); show() sends that in pieces
of 16 columns, those side by side in one transaction, a few at a time, so that no turn of a loop gets long.
"""

from struct import pack_into

import framebuf
from micropython import const

WIDTH = const(128)
HEIGHT = const(64)
_PAGES = const(8)
_PIECE = const(16)  # columns
_PIECES = const(8)
_HEAD = const(
    7
)  # bytes before a piece's own: three commands, each behind its control byte, and the data's control byte

_SET_CONTRAST = const(0x81)
_OFF = const(0xAE)
_ON = const(0xAF)
_NORMAL = const(0xA6)

_COMMON = (
    b"\x00\xae"  # off while it is set up
    b"\xd5\x80"  # clock divide 1, oscillator 8
    b"\xa8\x3f"  # multiplex: 64 rows
    b"\xd3\x00"  # no offset
    b"\x40"  # start line 0
    b"\xa1\xc8"  # column 127 is segment 0, scan from the bottom: the connector is at the top
    b"\xda\x12"  # alternate row pins
    b"\xdb\x40"  # deselect level, as on every module with a charge pump
    b"\xa4"  # show memory
)


class _Oled:
    """fb is the FrameBuffer to draw on; dirty: there is something to send.

    start() and all that talks to it raise OSError when nothing answers at address.
    """

    _SETUP = b""
    _COLUMN = 0  # of the display's memory that is the glass's first

    def __init__(self, i2c, address=0x3C):
        self._i2c = i2c
        self.address = address
        # One transaction: as many pieces as stand side by side and have changed. A view of it for each number.
        self._out = bytearray(_HEAD + WIDTH)
        for i in range(0, 6, 2):
            self._out[i] = 0x80  # one command follows
        self._out[6] = 0x40  # data from here on
        view = memoryview(self._out)
        self._outs = [view[: _HEAD + i * _PIECE] for i in range(_PIECES + 1)]
        # In this layout a piece is 16 bytes in a row: those to be shown, and those that the glass shows.
        buf = bytearray(WIDTH * _PAGES)
        self.fb = framebuf.FrameBuffer(buf, WIDTH, HEIGHT, framebuf.MONO_VLSB)
        self._pieces = _cut(buf)
        self._glass_buf = bytearray(WIDTH * _PAGES)
        self._glass = _cut(self._glass_buf)
        self._stale = True  # the glass may show something else
        self._set = bytearray(3)
        self._level = 0x7F
        self._inverted = False
        self._lit = True
        self._touched = bytearray(_PAGES)  # a bit for each piece of a page
        self.dirty = False

    def start(self):
        """Set it up; again, after it or the bus has failed. Contrast, inversion and on or off stay as they were."""
        self._i2c.writeto(self.address, _COMMON)
        self._i2c.writeto(self.address, self._SETUP)
        self.contrast(self._level)
        self.invert(self._inverted)
        self.touch(0, 0, WIDTH, HEIGHT)
        self._stale = True
        self.show(_PAGES * _PIECES)
        self._stale = False
        self.power(self._lit)

    def touch(self, x, y, width, height):
        """What lies in this rectangle of fb is to be shown anew. It may reach beyond the edges by less than a piece."""
        mask = (2 << ((x + width - 1) >> 4)) - (1 << (x >> 4))
        touched = self._touched
        for page in range(y >> 3, ((y + height - 1) >> 3) + 1):
            touched[page] |= mask
        self.dirty = True

    def show(self, most):
        """Send what was touched and is not what the glass shows: `most` pieces now, the rest at the next call.

        Returns how many.
        """
        pieces = self._pieces
        glass = self._glass
        stale = self._stale
        touched = self._touched
        sent = 0
        for page in range(_PAGES):
            left = touched[page]
            i = side = 0
            k = page * _PIECES
            while left:
                if left & 1 and (stale or pieces[k] != glass[k]):
                    if sent == most:
                        if side:
                            self._send(page, i, side)
                        touched[page] = left << i
                        return sent
                    pack_into("16s", self._out, _HEAD + side * _PIECE, pieces[k])
                    pack_into("16s", self._glass_buf, k * _PIECE, pieces[k])
                    side += 1
                    sent += 1
                elif side:
                    self._send(page, i, side)
                    side = 0
                left >>= 1
                i += 1
                k += 1
            if side:
                self._send(page, i, side)
            touched[page] = 0
        self.dirty = False
        return sent

    def _send(self, page, i, side):
        """The `side` pieces to the left of piece i, in one transaction."""
        out = self._out
        column = (i - side) * _PIECE + self._COLUMN
        out[1] = 0xB0 | page
        out[3] = column & 15
        out[5] = 0x10 | column >> 4
        try:
            self._i2c.writeto(self.address, self._outs[side])
        except OSError:
            self._stale = True
            raise

    def contrast(self, level):
        """0 to 255."""
        self._level = level
        self._set[1] = _SET_CONTRAST
        self._set[2] = level
        self._i2c.writeto(self.address, self._set)

    def invert(self, on):
        """Dark on light."""
        self._inverted = on
        self._set[1] = self._set[2] = _NORMAL | on
        self._i2c.writeto(self.address, self._set)

    def power(self, on):
        """The panel on or off; its memory stays."""
        self._lit = on
        self._set[1] = self._set[2] = _ON if on else _OFF
        self._i2c.writeto(self.address, self._set)


def _cut(buf):
    """A view of each piece."""
    view = memoryview(buf)
    return [view[at : at + _PIECE] for at in range(0, len(buf), _PIECE)]


class SSD1306(_Oled):
    _SETUP = (
        b"\x00\x20\x02"  # page addressing
        b"\xd9\xf1"  # pre-charge 1 and 15 clocks
        b"\x8d\x14"  # charge pump on
    )


class SH1106(_Oled):
    _SETUP = (
        b"\x00\xad\x8b"  # DC-DC converter on
        b"\xd9\x22"  # pre-charge 2 and 2 clocks
        b"\x32"  # pump at 8.0 V
    )
    _COLUMN = 2  # its memory is 132 columns wide
