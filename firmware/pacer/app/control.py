"""What a run is begun, resumed, asked about and ended by. The pages call it when a button is pressed.

Watch orders the turns of its parts; this orders what they do when something begins or ends. It takes memory, which a
run must not, so the pages that appear during a run are made at the start.
"""

from micropython import const, heap_lock, heap_unlock

from ..core import engine
from ..core import events as ev
from ..core.gnss import modes
from . import sounds
from .crash import Faults
from .flash import LEARNED, replace
from .pages.after import Battery, Effort, Summary
from .pages.ready import Ready
from .pages.run import Paused, Run
from .spare import borrow, give_back

_SAVE_MS = const(60_000)  # untouched so long before a run, the receiver saves power
_KEEP_MS = const(2_000)  # after the end, what was learned is written: that takes memory and time
_DOWN_SHOWN_MS = const(3_000)
_ASK_MS = const(300_000)  # so long the watch waits for an answer after the run


class Control:
    """watch: whose parts are ordered.

    faults      of this run
    ready, run, paused, effort, summary, battery    the pages that appear during a run
    """

    def __init__(self, watch):
        self.ready = Ready(watch)
        self.run = Run(watch)
        self.paused = Paused(watch)
        self.effort = Effort(watch)
        self.summary = Summary(watch)
        self.battery = Battery(watch)
        self._opened: list = []  # modules of pages that are borrowed
        self._ending: list = []  # one: the end of this run, as far as it has come
        self._more = False  # there is more of it
        self.faults = Faults(watch.engine)
        self._watch = watch
        self._noticed = False  # the runner was told of a damaged profile
        self._down_ms = 0  # when to go down, 0 for not at all
        self._answer_ms = 0  # until then the questions after a run are asked

    def first_page(self):
        """A watch that was never used begins with its self-test."""
        w = self._watch
        if w.power.settings.fresh and not w.desk.unfinished:
            return self.open("self_test", "SelfTest")
        return self.home()

    def open(self, module, name):
        """A page that is borrowed: a class of a module in pages/."""
        self._opened.append("app.pages." + module)
        return getattr(borrow("app.pages." + module), name)(self._watch)

    def home(self):
        """The page before a run; what was borrowed is given back."""
        w = self._watch
        if w.demo:
            w.demo = None
            w.motion = w.receiver.motion
        if w.engine.state == engine.DONE:
            w.desk.again()
        self._let_go()
        if w.desk.wrong and not self._noticed:
            self._noticed = True
            return self.open("notice", "Notice")
        if w.desk.unfinished:
            return self.open("cut_off", "CutOff")
        return self.ready

    def _let_go(self):
        """Give back what pages have borrowed: a run needs the memory."""
        while self._opened:
            give_back(self._opened.pop())
        give_back("app.settings")
        give_back("app.files")

    def next(self):
        """Choose the next workout."""
        self._watch.desk.next()
        give_back("app.files")
        return self.ready

    def start(self, ms):
        """Start the chosen workout."""
        w = self._watch
        header, workout, profile = w.desk.log_parts()
        w.store.begin(header, workout, profile, ms)
        w.motion.press()
        self.begin(ms, 0)
        w.engine.start(ms, w.motion.distance_mm)
        return self.run

    def resume(self, ms):
        """Resume the run that was cut off."""
        return self.open("cut_off", "CutOff").resume(ms)

    def demo(self, ms):
        """A short run that needs no receiver: what the watch would do. Nothing of it is kept."""
        w = self._watch
        demo = borrow("app.demo")
        if not w.desk.take_up("demo", demo.TEXT):
            return self.home()
        w.demo = demo.Demo()
        give_back("app.demo")
        w.motion = w.demo.motion
        self.begin(ms, 0)
        w.engine.start(ms, 0)
        return self.run

    def begin(self, ms, laps):
        """A run begins, or is resumed after so many laps."""
        w = self._watch
        self._let_go()
        w.scribe.begin(laps, w.desk.test)
        w.scribe.due_ms = ms
        w.guide.begin()
        self.faults.begin()
        self.effort.rpe = 5
        self._ending = [self._end()]
        self._more = True
        w.lean = True

    def go_on(self):
        """Behind a run, a step further in its end. True while there is more of it."""
        if self._more:
            next(self._ending[0])
        return self._more

    def _end(self):
        """The end of a run, from its last event to what was learned; a yield waits for the next spare turn."""
        w = self._watch
        n = w.receiver.stream
        w.engine.tell(ev.RECEIVER, n.accepted, n.other, n.refused, rep=0)
        w.events.take()
        w.scribe.take(w.events)
        if not w.demo:
            w.store.flush()  # and what that leaves, when there is memory
            self._answer_ms = w.clock_ms + _ASK_MS
            due_ms = w.clock_ms + _KEEP_MS
            while w.clock_ms < due_ms:
                yield
            if w.store.broken:
                self.mend(w.clock_ms)
            self._keep_learned()  # before the answers: often there are none
            while w.clock_ms < self._answer_ms:
                yield
            if w.page.asks:
                w.page = self.summary  # nobody has answered
            w.store.end()
        self._more = False
        yield

    def _keep_learned(self):
        """Step lengths and ovals go to the flash, whole or not at all."""
        w = self._watch
        w.motion.track.remember(w.motion.plane)
        try:
            learned = borrow("core.learned").dump(w.motion.stride, w.motion.track)
        except MemoryError:
            w.store.error = "no memory to keep what was learned"
        else:
            w.store.error = replace(LEARNED, learned) or w.store.error
        give_back("core.learned")

    def mend(self, ms):
        """The log could not be written: it is tried anew, and told. That takes memory, which a run has locked."""
        w = self._watch
        known = w.store.error
        if w.locked:
            heap_unlock()
        try:
            if w.store.mend() or not known:
                self.faults.add(None, ev.FLASH, ms, False)
        finally:
            if w.locked:
                heap_lock()

    def question(self, last_rep):
        """The next page behind a question. last_rep: how that was is to be asked."""
        test = self._watch.desk.test
        if last_rep:
            return self.open("questions", "LastRep")
        if test and test.result():
            return self.open("questions", "Tested")
        return self.answered()

    def answered(self):
        """The questions after a run are answered, as far as they were asked."""
        self._answer_ms = self._watch.clock_ms
        return self.summary

    def keep_settings(self, profile_changed):
        """The settings are left: keep them and go by them."""
        w = self._watch
        if profile_changed:
            w.desk.keep_profile()
        borrow("app.settings").save(w.power.settings)
        self.heed_profile()
        w.desk.again()

    def heed_settings(self, ms=-1):
        """A setting was changed; at the start, all of them."""
        w = self._watch
        try:
            w.power.renew()
        except OSError:
            w.canvas.retry_ms = 1
        muted = not w.power.settings.tones
        if muted != w.sounds.muted:
            w.sounds.muted = muted
            if ms >= 0:
                w.sounds.play(sounds.TICK, ms)

    def heed_profile(self):
        """The runner's figures go to all that go by them."""
        w = self._watch
        p = w.desk.profile
        w.guide.heed(p)
        w.canvas.miles = p.miles
        w.motion.track.name(p.lane, p.lap_mm)

    def take_up(self, link):
        """What a laptop has changed: files, unless a run is on or asked about; the clock. That takes memory."""
        w = self._watch
        link.news = False
        if w.locked:
            heap_unlock()
        try:
            self._take_up(w, link)
        finally:
            if w.locked:
                heap_lock()

    def _take_up(self, w, link):
        if link.changed and w.engine.state == engine.READY and not w.desk.unfinished:
            w.desk.read_profile()
            self.heed_profile()
            w.desk.list_workouts()
            borrow("app.files").recall(w.motion)
            give_back("app.files")
        link.changed = False
        if link.clock:
            w.parts.set_clock(link.clock)
            link.clock = None

    def set_clock(self, fix):
        """The clock by the receiver's time, once after the start."""
        day, month, year = fix.date_ddmmyy // 10_000, fix.date_ddmmyy // 100 % 100, 2000 + fix.date_ddmmyy % 100
        s = fix.utc_ms // 1000
        if not fix.valid or fix.date_ddmmyy < 0:
            return
        calendar = borrow("core.calendar")
        if calendar.exists(year, month, day, s // 3600, s // 60 % 60, s % 60):
            parts = self._watch.parts
            parts.clock_set = True
            weekday = calendar.weekday(year, month, day)
            parts.set_clock((year, month, day, weekday, s // 3600, s // 60 % 60, s % 60))
        give_back("core.calendar")

    def idle(self, ms, attached):
        """A second before a run: long untouched, the receiver saves power, and in the end the watch goes down."""
        w = self._watch
        settled = w.page.rests
        if settled and not attached and w.power.down_due(ms):
            self.go_down()
        idle = settled and w.motion.fixed and w.power.idle_ms(ms) >= _SAVE_MS
        w.receiver.tune(modes.SAVE if idle else modes.WAIT)

    def low(self, ms):
        """The battery is low: told once."""
        w = self._watch
        w.power.attend(ms)
        if w.running:
            w.engine.tell(ev.WARN, 0, w.power.millivolts, ev.BATTERY_LOW)
        else:
            w.sounds.warn(ms)
            w.waits = True

    def empty(self, ms):
        """The battery is empty: said for three seconds, then the watch goes down."""
        w = self._watch
        if not self._down_ms:
            self._down_ms = ms + _DOWN_SHOWN_MS
            w.lean = False
            w.page = self.battery
            w.sounds.play(sounds.END, ms)
        elif ms >= self._down_ms:
            self.go_down()

    def go_down(self):
        """Close the log, so that a run can be resumed, and switch off until LAP is pressed."""
        w = self._watch
        while w.events.take():
            if w.store.path:
                w.scribe.take(w.events)
        w.store.end()
        if self._more and not w.demo:  # a run is on, or its end not told yet
            self._keep_learned()
        w.parts.down()
