"""The settings, worked with two buttons: BACK goes on, LAP changes, BACK held leaves."""

from ...drivers.button import LONG, SHORT
from .. import settings
from . import Page

_SETTINGS = len(settings.TABLE)
_ITEMS = _SETTINGS + len(settings.PAGES)


class Settings(Page):
    """Shows a row of settings.TABLE, or of settings.PAGES behind them, at a time."""

    rests = False

    def __init__(self, watch):
        super().__init__(watch)
        self._at = 0
        self._changed = False  # something of the profile

    def press(self, lap, back, ms):
        w = self.watch
        if back == LONG:
            w.control.keep_settings(self._changed)
            return w.control.home()
        if back == SHORT:
            self._at = (self._at + 1) % _ITEMS
        elif lap and self._at < _SETTINGS:
            self._change(settings.TABLE[self._at], ms)
        elif lap:
            w.control.keep_settings(self._changed)
            module, name = settings.PAGES[self._at - _SETTINGS][3:]
            return w.control.open(module, name) if module else w.control.demo(ms)
        return self

    def _change(self, row, ms):
        """On to the next value."""
        where, name, values = row[:3]
        if where == settings.FILE:
            s = self.watch.power.settings
            setattr(s, name, (getattr(s, name) + 1) % len(values))
            self.watch.control.heed_settings(ms)
            return
        p = self.watch.desk.profile
        i = values.index(getattr(p, name)) if getattr(p, name) in values else 0
        setattr(p, name, values[(i + 1) % len(values)])
        self._changed = True

    def draw(self, canvas, watch):
        fb = canvas.fb
        canvas.title("SETTINGS")
        which = "%d/%d" % (self._at + 1, _ITEMS)
        canvas.text(which, 128 - 8 * len(which), 0)
        if self._at < _SETTINGS:
            where, name, values, _, title, help_, words = settings.TABLE[self._at]
            value = getattr(watch.power.settings if where == settings.FILE else watch.desk.profile, name)
            word = words[value if where == settings.FILE else values.index(value) if value in values else 0]
        else:
            title, help_, word = settings.PAGES[self._at - _SETTINGS][:3]
        canvas.text(title, 0, 13)
        if word.isdigit():
            canvas.big_number(int(word), 88, 13)
            canvas.text(help_, 0, 25)
        else:
            canvas.text(help_, 0, 22)
            fb.fill_rect(0, 31, 8 * len(word) + 4, 11, 1)
            canvas.text(word, 2, 33, 0)
        canvas.text("LAP set BACK nxt", 0, 48)
        canvas.text("hold BACK: done", 0, 57)
