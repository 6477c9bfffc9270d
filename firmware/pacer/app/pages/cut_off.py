"""A run was cut off: resume it or end it?"""

from ...core import events as ev
from ...drivers.button import SHORT
from . import Page
from .ready import status


class CutOff(Page):
    """LAP resumes it, BACK ends it where it was."""

    def draw(self, canvas, watch):
        status(canvas, watch)
        canvas.lines(("run was cut off:", watch.desk.unfinished.name[:16], "", "LAP  go on", "BACK  end it"))

    def press(self, lap, back, ms):
        if lap:
            return self.resume(ms)
        return self._end(ms) if back == SHORT else self

    def resume(self, ms):
        """The time since then does not count."""
        w = self.watch
        run = w.desk.unfinished
        w.desk.unfinished = None
        if not w.desk.take_up(run.name, run.workout):
            return w.control.home()
        w.store.resume(run.path, ms)
        w.motion.press()
        at = run.where
        w.engine.restore(at.index, at.t_ms, at.run_mm, at.step_ms, at.step_mm, ms, w.motion.distance_mm, at.rep_ms)
        w.control.begin(ms, at.laps)
        return w.control.run

    def _end(self, ms):
        """End it where it was."""
        w = self.watch
        run = w.desk.unfinished
        w.desk.unfinished = None
        w.store.resume(run.path, ms)
        at = run.where
        e = w.events
        e.put(ev.LAP, at.t_ms, at.index, 0, 0, at.t_ms - at.step_ms, at.run_mm - at.step_mm, 1)
        e.put(ev.END, at.t_ms, at.index, 0, 0, at.t_ms, at.run_mm)
        while e.take():
            w.store.journal.event(e)
        w.store.end()
        w.desk.again()
        return w.control.home()
