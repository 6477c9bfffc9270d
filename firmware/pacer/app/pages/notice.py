"""Something to be read before anything else: a profile that was damaged, say."""

from ..desk import wrap
from . import Page
from .ready import status


class Notice(Page):
    """Any button leads on."""

    def __init__(self, watch):
        super().__init__(watch)
        self._lines = wrap(watch.desk.wrong, 16, 4) + ("LAP: last good",)

    def draw(self, canvas, watch):
        status(canvas, watch)
        canvas.lines(self._lines)

    def press(self, lap, back, ms):
        return self.watch.control.home()
