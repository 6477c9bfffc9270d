"""After a run: how hard it was, and the summary. And the page of a battery that is empty."""

from ...core import events as ev
from ...core.pace import pace_of_lap
from ...drivers.button import SHORT
from . import Page
from .canvas import RIGHT

_EFFORTS = (
    "", "very easy", "easy", "easy", "steady", "steady", "hard", "hard", "very hard", "very hard", "all-out",
)  # fmt: skip


class Effort(Page):
    """How hard was it (RPE)? LAP counts up, BACK takes it."""

    asks = True

    def __init__(self, watch):
        super().__init__(watch)
        self.rpe = 5

    def draw(self, canvas, watch):
        canvas.title("HOW HARD? RPE")
        canvas.big_number(self.rpe, 0, 14)
        canvas.text(_EFFORTS[self.rpe], 44, 22)
        canvas.text("LAP +1   BACK ok", 0, 56)

    def press(self, lap, back, ms):
        w = self.watch
        if lap:
            self.rpe = self.rpe % 10 + 1
            return self
        if back != SHORT:
            return self
        w.engine.tell(ev.EFFORT, c=self.rpe)
        return w.control.question(w.scribe.reps > 1)


class Summary(Page):
    """BACK leads to the next run."""

    def draw(self, canvas, watch):
        e = watch.engine
        if watch.demo:
            canvas.title("DEMO OVER")
        else:
            canvas.title("RUN NOT SAVED" if watch.store.error else "RUN SAVED")
        canvas.put_clock(e.run_ms)
        canvas.middles(7, 0, 15)
        canvas.distance(e.run_mm, 0, 37)
        canvas.pace(pace_of_lap(e.run_ms, e.run_mm), 6, RIGHT, 37)
        canvas.text("laps", RIGHT, 15)
        canvas.number(watch.scribe.laps, 4, RIGHT, 24)
        canvas.text("BACK: new run", 0, 54)

    def press(self, lap, back, ms):
        return self.watch.control.home() if back == SHORT else self


class Battery(Page):
    """Nothing leads away from it."""

    def draw(self, canvas, watch):
        canvas.text("BATTERY EMPTY", 8, 16)
        canvas.text("all is saved", 16, 32)
        canvas.text("charge me", 28, 44)
