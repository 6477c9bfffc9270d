"""Before a run: the workout, the battery, the satellites."""

from ...drivers.button import LONG, SHORT
from . import Page
from .canvas import RIGHT, RULE


def status(canvas, watch):
    """The head of the pages before a run: the battery and how many satellites there are."""
    fb = canvas.fb
    percent = watch.power.percent
    if percent >= 0:
        canvas.number(percent, 3, 32, 0)
        canvas.text("%", 56, 0)
        fb.rect(0, 0, 26, 7, 1)
        fb.fill_rect(2, 2, percent * 22 // 100, 3, 1)
        fb.vline(26, 2, 3, 1)
    else:
        canvas.text("PACER", 0, 0)
    sats = watch.receiver.stream.fix.sats
    if sats >= 0:
        canvas.number(sats, 2, RIGHT, 0)
        canvas.text("sat", 104, 0)
    fb.hline(0, RULE, 128, 1)


class Ready(Page):
    """LAP starts, BACK chooses the next workout, BACK held opens the settings."""

    def draw(self, canvas, watch):
        status(canvas, watch)
        stream = watch.receiver.stream
        desk = watch.desk
        if desk.message:
            canvas.lines(desk.message)
            return
        canvas.lines(desk.name)
        if watch.motion.fixed:
            canvas.text("GPS fix", 0, 38)
        elif watch.receiver.heard:
            canvas.text("searching", 0, 38)
        else:
            canvas.text("no GPS: wiring?", 0, 38)
        if stream.signal_db and (watch.motion.fixed or watch.receiver.heard):
            self._signal(canvas, stream.signal_db)
        canvas.text("LAP starts", 0, 54)
        if desk.choices > 1:
            canvas.text("BACK>", 88, 54)

    def _signal(self, canvas, db):
        """How strong the four best satellites are: below 30 the antenna is badly placed, over 40 it is good."""
        canvas.number(db, 2, RIGHT, 38)
        canvas.text("dB", 100, 38)
        canvas.fb.hline(RIGHT, 48, 48, 1)
        canvas.fb.fill_rect(RIGHT, 47, 48 if db > 44 else 2 * (db - 20) if db > 20 else 0, 3, 1)

    def press(self, lap, back, ms):
        w = self.watch
        if lap and not w.desk.message:
            return w.control.start(ms)
        if back == SHORT:
            return w.control.next()
        if back == LONG:
            return w.control.open("settings", "Settings")
        return self
