"""SSD1306, a 128x64 OLED on I2C (Solomon Systech, SSD1306 data sheet rev 1.1, command table 9).

Two frame buffers take turns: one is drawn while the other holds what the glass shows. show() sends the
pages in which they differ and swaps them; so every frame is drawn whole, from fill(0) on.
"""

import framebuf
from micropython import const

WIDTH = const(128)
HEIGHT = const(64)
_PAGES = const(8)
_COMMANDS = b"\x00"  # control byte: commands follow
_DATA = b"\x40"  # control byte: display data follows

_SET_CONTRAST = const(0x81)
_SET_COLUMNS = const(0x21)
_SET_PAGES = const(0x22)
_OFF = const(0xAE)
_ON = const(0xAF)

_INIT = (
    b"\x00\xae"  # off while it is set up
    b"\xd5\x80"  # clock divide 1, oscillator 8
    b"\xa8\x3f"  # multiplex: 64 rows
    b"\xd3\x00"  # no offset
    b"\x40"  # start line 0
    b"\x8d\x14"  # charge pump on
    b"\x20\x00"  # horizontal addressing
    b"\xa1\xc8"  # column 127 is segment 0, scan from the bottom: the connector is at the top
    b"\xda\x12"  # alternate row pins
    b"\x81\x7f"  # contrast: half
    b"\xd9\xf1"  # pre-charge 1 and 15 clocks
    b"\xdb\x40"  # deselect level, as on every module with a charge pump
    b"\xa4\xa6"  # show memory, not inverted
)


class SSD1306:
    """fb is the FrameBuffer to draw on. Raises OSError when no display answers at the address."""

    def __init__(self, i2c, address=0x3C):
        self._i2c = i2c
        self._address = address
        self._command = bytearray((0, _SET_COLUMNS, 0, WIDTH - 1, _SET_PAGES, 0, 0))
        self._set = bytearray(3)
        self._views = []
        self._frames = []
        self._writes = []
        for _ in range(2):
            buf = bytearray(WIDTH * _PAGES)
            view = memoryview(buf)
            pages = [view[i * WIDTH : (i + 1) * WIDTH] for i in range(_PAGES)]
            self._views.append(pages)
            self._writes.append([(_DATA, page) for page in pages])
            self._frames.append(framebuf.FrameBuffer(buf, WIDTH, HEIGHT, framebuf.MONO_VLSB))
        self._back = 0
        self._stale = True  # the glass shows something else than the front buffer
        self.fb = self._frames[0]
        self.start()

    def start(self):
        """Set it up; again, after it or the bus has failed."""
        self._stale = True
        self._i2c.writeto(self._address, _INIT)
        self.show()
        self.power(True)

    def show(self):
        """Send the pages that changed, make the other buffer the one to draw on. Returns how many."""
        back = self._views[self._back]
        front = self._views[1 - self._back]
        writes = self._writes[self._back]
        sent = 0
        for page in range(_PAGES):
            if self._stale or back[page] != front[page]:
                self._command[5] = page
                self._command[6] = page
                self._i2c.writeto(self._address, self._command)
                self._i2c.writevto(self._address, writes[page])
                sent += 1
        self._stale = False
        self._back = 1 - self._back
        self.fb = self._frames[self._back]
        return sent

    def contrast(self, level):
        """0 to 255."""
        self._set[1] = _SET_CONTRAST
        self._set[2] = level
        self._i2c.writeto(self._address, self._set)

    def power(self, on):
        self._set[1] = self._set[2] = _ON if on else _OFF
        self._i2c.writeto(self._address, self._set)
