"""SSD1306 and SH1106, 128x64 OLEDs on I2C (Solomon Systech SSD1306 rev 1.1, table 9; Sino Wealth SH1106 v2.3, table 5).

Page addressing, the one mode that both have. Two frame buffers take turns: one is drawn while the other holds what the
glass shows. show() sends what differs in pieces of 16 columns, each one transaction, and swaps them; so every frame is
drawn whole, from fill(0) on.
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
    """fb is the FrameBuffer to draw on. start() and all that talks to it raise OSError when nothing answers at
    address.
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
        self._piece_fb = framebuf.FrameBuffer(memoryview(self._piece)[_HEAD:], _PIECE, 8, framebuf.MONO_VLSB)
        self._set = bytearray(3)
        self._level = 0x7F
        self._inverted = False
        self._lit = True
        self._pages = []
        self._pieces = []
        self._frames = []
        for _ in range(2):
            buf = bytearray(WIDTH * _PAGES)
            view = memoryview(buf)
            self._pages.append([view[i * WIDTH : (i + 1) * WIDTH] for i in range(_PAGES)])
            self._pieces.append([view[i * _PIECE : (i + 1) * _PIECE] for i in range(_PAGES * _PIECES)])
            self._frames.append(framebuf.FrameBuffer(buf, WIDTH, HEIGHT, framebuf.MONO_VLSB))
        self._back = 0
        self._stale = True  # the glass shows something else than the front buffer
        self.fb = self._frames[0]

    def start(self):
        """Set it up; again, after it or the bus has failed. Contrast, inversion and on or off stay as they were."""
        self._stale = True
        self._i2c.writeto(self.address, _COMMON)
        self._i2c.writeto(self.address, self._SETUP)
        self.contrast(self._level)
        self.invert(self._inverted)
        self.show()
        self.power(self._lit)

    def show(self):
        """Send the pieces that changed, make the other buffer the one to draw on. Returns how many."""
        back = self._pages[self._back]
        front = self._pages[1 - self._back]
        sent = 0
        for page in range(_PAGES):
            if self._stale or back[page] != front[page]:
                sent += self._send(page)
        self._stale = False
        self._back = 1 - self._back
        self.fb = self._frames[self._back]
        return sent

    def _send(self, page):
        """The changed pieces of a page. The copy is made by blit: a slice would be heap."""
        back = self._pieces[self._back]
        front = self._pieces[1 - self._back]
        piece = self._piece
        piece[1] = 0xB0 | page
        sent = 0
        first = page * _PIECES
        for i in range(_PIECES):
            if self._stale or back[first + i] != front[first + i]:
                column = i * _PIECE + self._COLUMN
                piece[3] = column & 15
                piece[5] = 0x10 | column >> 4
                self._piece_fb.blit(self.fb, -i * _PIECE, -page * 8)
                self._i2c.writeto(self.address, piece)
                sent += 1
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
