"""A run was cut off: resume it or end it?"""

from ...drivers.button import SHORT
from . import Page
from .ready import status


class CutOff(Page):
    """LAP resumes it, BACK ends it where it was."""

    def draw(self, canvas, watch):
        status(canvas, watch)
        canvas.lines(("run was cut off:", watch.desk.unfinished.name[:16], "", "LAP  go on", "BACK  end it"))

    def press(self, lap, back, ms):
        w = self.watch
        if lap:
            return w.control.resume(ms)
        if back == SHORT:
            return w.control.drop(ms)
        return self
