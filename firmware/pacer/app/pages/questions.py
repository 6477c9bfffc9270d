"""More questions after a run (after.py has the first): how the last rep was, whether a field test's result is kept."""

from ...core import events as ev
from ...core.pace import pace_of_speed
from ...drivers.button import SHORT
from . import Page
from .canvas import RULE


class LastRep(Page):
    """How was the last rep against the first?"""

    asks = True

    def draw(self, canvas, watch):
        canvas.title("LAST REP")
        canvas.text("against the", 0, 16)
        canvas.text("first it was:", 0, 26)
        canvas.text("LAP   harder", 0, 44)
        canvas.text("BACK  in control", 0, 56)

    def press(self, lap, back, ms):
        if not lap and back != SHORT:
            return self
        self.watch.engine.tell(ev.LAST_REP, c=1 if lap else 2)
        return self.watch.control.question(False)


class Tested(Page):
    """What a field test has found; the runner decides."""

    asks = True

    def draw(self, canvas, watch):
        test = watch.desk.test
        canvas.text("FIELD TEST", 0, 0)
        canvas.fb.hline(0, RULE, 128, 1)
        canvas.text("critical speed", 0, 14)
        canvas.put_pace(pace_of_speed(test.cs_mm_s))
        canvas.middles(5, 0, 24)
        canvas.text("D'", 72, 28)
        canvas.number(test.dprime_mm // 1000, 4, 88, 28)
        canvas.text("m", 120, 28)
        canvas.feet("LAP keep it", "BACK no")

    def press(self, lap, back, ms):
        if not lap and back != SHORT:
            return self
        if lap:
            self.watch.desk.keep_test()
        return self.watch.control.answered()
