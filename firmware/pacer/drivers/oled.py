"""SSD1306 and SH1106, 128x64 OLEDs on I2C (Solomon Systech SSD1306 rev 1.1, table 9; Sino Wealth SH1106 v2.3, table 5).

Page addressing, the one mode that both have. Who draws on fb says what he has touched; show() sends that in pieces
of 16 columns, each one transaction, a few at a time, so that no turn of a loop gets long.
"""

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
        self._piece = bytearray(_HEAD + _PIECE)
        for i in range(0, 6, 2):
            self._piece[i] = 0x80  # one command follows
        self._piece[6] = 0x40  # data from here on
        self._body = memoryview(self._piece)[_HEAD:]
        self._piece_fb = framebuf.FrameBuffer(self._body, _PIECE, 8, framebuf.MONO_VLSB)
        # What the glass shows, piece by piece: as many rows of 16 columns.
        glass = bytearray(WIDTH * _PAGES)
        view = memoryview(glass)
        self._glass = [view[i * _PIECE : (i + 1) * _PIECE] for i in range(_PAGES * _PIECES)]
        self._glass_fb = framebuf.FrameBuffer(glass, _PIECE, 8 * _PAGES * _PIECES, framebuf.MONO_VLSB)
        self._stale = True  # the glass may show something else
        self._set = bytearray(3)
        self._level = 0x7F
        self._inverted = False
        self._lit = True
        self.fb = framebuf.FrameBuffer(bytearray(WIDTH * _PAGES), WIDTH, HEIGHT, framebuf.MONO_VLSB)
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
        touched = self._touched
        piece = self._piece
        sent = 0
        for page in range(_PAGES):
            left = touched[page]
            if not left:
                continue
            piece[1] = 0xB0 | page
            for i in range(_PIECES):
                if left & 1 << i:
                    if sent == most:
                        return sent
                    self._piece_fb.blit(self.fb, -i * _PIECE, -page * 8)
                    k = page * _PIECES + i
                    if self._stale or self._body != self._glass[k]:
                        column = i * _PIECE + self._COLUMN
                        piece[3] = column & 15
                        piece[5] = 0x10 | column >> 4
                        self._i2c.writeto(self.address, piece)
                        self._glass_fb.blit(self._piece_fb, 0, 8 * k)
                        sent += 1
                    left &= ~(1 << i)
                    touched[page] = left
        self.dirty = False
        return sent

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
