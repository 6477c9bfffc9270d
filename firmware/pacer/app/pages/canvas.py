"""The glass: 128x64 pixels, 16 characters by 8 lines of text, and large digits.

Numbers are written into one buffer and drawn from there: drawing a frame allocates nothing.
"""

import uctypes
from micropython import const

from ...core.pace import per_mile, put_clock, put_distance, put_miles, put_number, put_pace
from . import digits

# The grid: where the lines of a page stand.
HEAD = const(0)
RULE = const(10)
BODY = const(14)  # four lines, ten apart
LINE = const(10)
RIGHT = const(80)  # where the right column begins
FOOT_1 = const(46)
FOOT = const(56)

_CHARS = const(24)  # that buf has room for
_PIECES = const(12)  # of the screen, sent in a turn
_OTHER_MS = const(1_000)
_RETRY_MS = const(500)  # before a display that failed is set up again


class Canvas:
    """Draws on the display's frame buffer, and has it sent.

    buf         where numbers are written to be drawn by chars(), clock() ...
    miles       paces are per mile, distances in miles
    faults      how often the display did not answer
    retry_ms    when to set it up again, 0 when it is well
    """

    def __init__(self, display, missing):
        """missing: it did not answer at the start."""
        self.display = display
        self.fb = display.fb
        # Drawn as text, which ends at a 0, and written as numbers: the same bytes, so that no string is made.
        self._text = bytes(_CHARS + 1)
        self.buf = uctypes.bytearray_at(uctypes.addressof(self._text), _CHARS + 1)
        self.big = digits.big()
        self.middle = digits.middle()
        self.miles = False
        self.faults = 0
        self.retry_ms = 1 if missing else 0
        self._page = None  # what the glass shows, ...
        self._due_ms = 0  # ... and when it is drawn anew

    def show(self, page, watch, ms):
        """Draw a page: one that is live each time, another whole once a second."""
        if page.live:
            if self._page is not page:
                self._page = page
                page.begin(self)
        elif self._page is page and ms < self._due_ms:
            return
        else:
            self._page = page
            self._due_ms = ms + _OTHER_MS
            self.blank()
        page.draw(self, watch)

    def renew(self):
        """Something was pressed: the page is drawn anew with the next frame."""
        self._page = None

    def revive(self):
        """Set up a display that failed. OSError when it does so again."""
        if self.retry_ms:
            self.display.start()
            self.retry_ms = 0

    def failed(self, ms):
        """The display did not answer."""
        self.faults += 1
        self.retry_ms = ms + _RETRY_MS

    def send(self, ms):
        """Some more of the frame to the display. True when there is still more."""
        display = self.display
        if not display.dirty or self.retry_ms:
            return False
        try:
            display.show(_PIECES)
        except OSError:
            self.failed(ms)
            return False
        return display.dirty

    def blank(self):
        """An empty page."""
        self.fb.fill(0)
        self.display.touch(0, 0, 128, 64)

    def clear(self, x, y, width, height):
        """Empty a rectangle that is drawn anew."""
        self.fb.fill_rect(x, y, width, height, 0)
        self.display.touch(x, y, width, height)

    def text(self, text, x, y, colour=1):
        """A string of at most (128 - x) / 8 characters; what is longer is cut."""
        self.fb.text(text, x, y, colour)

    def title(self, text):
        """The head of a page, with the rule below it."""
        self.text(text, 0, HEAD)
        self.fb.hline(0, RULE, 128, 1)

    def lines(self, lines):
        """Up to five lines of text below the head."""
        y = BODY
        for line in lines:
            self.text(line, 0, y)
            y += LINE

    def feet(self, lap, back):
        """What the buttons do, at the bottom."""
        self.text(lap, 0, FOOT_1)
        self.text(back, 0, FOOT)

    def chars(self, count, x, y):
        """The first `count` bytes of the buffer as small text."""
        buf = self.buf
        behind = buf[count]
        buf[count] = 0
        self.fb.text(self._text, x, y)
        buf[count] = behind

    def number(self, value, width, x, y):
        """A number in `width` characters."""
        put_number(self.buf, 0, value, width)
        self.chars(width, x, y)

    def put_clock(self, ms):
        """A time into the buffer as h:mm:ss, seven characters."""
        put_clock(self.buf, 0, ms)

    def clock(self, ms, x, y):
        """A time, seven characters."""
        put_clock(self.buf, 0, ms)
        self.chars(7, x, y)

    def distance(self, mm, x, y):
        """A distance, seven characters."""
        if self.miles:
            put_miles(self.buf, 0, mm)
        else:
            put_distance(self.buf, 0, mm)
        self.chars(7, x, y)

    def put_pace(self, pace_ms_km):
        """A pace into the buffer, per kilometre or mile as the runner thinks."""
        put_pace(self.buf, 0, per_mile(pace_ms_km) if self.miles else pace_ms_km)

    def pace(self, pace_ms_km, count, x, y):
        """A pace, `count` characters of it."""
        self.put_pace(pace_ms_km)
        self.chars(count, x, y)

    def middles(self, count, x, y):
        """The clock or pace in the buffer in middle digits."""
        for i in range(count):
            if self.buf[i] == 58:
                self.fb.fill_rect(x + 4, y + 4, 2, 2, 1)
                self.fb.fill_rect(x + 4, y + 10, 2, 2, 1)
            else:
                self.middle.put(self.fb, x, y, self.buf[i])
            x += 10

    def big_number(self, value, x, y):
        """A number of one or two digits, large."""
        put_number(self.buf, 0, value, 2)
        self.big.put(self.fb, x, y, self.buf[0])
        self.big.put(self.fb, x + 18, y, self.buf[1])
