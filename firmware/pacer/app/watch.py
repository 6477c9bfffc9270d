"""The watch: one function of time, and the order of its parts.

Watch.step(now_ms) reads what has arrived, moves the state on, and returns. It is called some fifty times a second with
time.ticks_ms(); nothing below it asks what time it is. While a run is on it allocates nothing.

No part knows another, or the watch: what one has to tell is handed on here. An event goes down one line: guide,
sounds, scribe, page.
"""

from micropython import const

from ..core import engine
from ..core import events as ev
from ..core.cadence import UNKNOWN
from ..core.gnss import modes
from ..core.motion import Motion
from ..core.workout import Workout
from ..drivers.button import LONG, SHORT
from . import sounds
from .cable import Cable
from .control import Control
from .desk import Desk
from .guide import Guide
from .pages.canvas import Canvas
from .power import BRIGHT, Power, Settings
from .receiver import Receiver
from .scribe import Scribe
from .spare import borrow, give_back
from .steps import Steps

_TICKS_MASK = const(0x3FFFFFFF)  # time.ticks_ms counts 30 bits on every 32-bit port ...
_PASSED_MOST = const(0x1FFFFFFF)  # ... and more than that is a step back
_READ_MS = const(100)  # between two reads of the receiver, sooner when much waits; and two looks at the distance
_READ_BYTES = const(256)
_FRAME_MS = const(250)
_COACH_MS = const(500)
_SECOND_MS = const(1000)
_SLACK_MS = const(60)  # so long a frame may wait for a turn in which nothing else is done


class Watch:
    """parts: a Parts or what looks like one. store: a Store.

    clock_ms    counts from the first step(); everything is timed by it
    page        is on the screen
    motion      the runner's; in a demo run the demo's
    lean        a run is on, and nothing has failed in it: the loop may lock the heap
    locked      it does, in each turn
    dozy        the chip may sleep lightly between two turns, when nothing is due
    idle_ms     so long after this turn nothing is due, unless a button is pressed or the receiver speaks
    waited      bytes that the receiver had sent at this turn
    """

    def __init__(self, parts, store):
        self.clock_ms = 0
        self._ticks = -1
        self._gnss = parts.gnss
        self.waited = 0
        self._due = 0
        self.idle_ms = 0
        self._second_half = False
        self._frame_due = 80  # between two halves
        self.waits = False  # something waits for a turn in which nothing else is done
        self.lean = self.locked = self.dozy = False
        self.parts = parts
        self.store = store
        self.buttons = parts.buttons
        self.power = Power(parts.display, parts.battery, borrow("app.settings").load(Settings()))
        give_back("app.settings")
        self.cable = Cable(parts.usb)
        self.canvas = Canvas(parts.display, "display" in parts.missing)
        self.events = ev.Events()
        self.engine = engine.Engine(Workout(), self.events)
        self.motion = Motion()
        self.receiver = Receiver(parts.gnss, parts.gnss_setup, parts.gnss_modes, self.motion)
        self.steps = Steps(parts.imu, parts.imu_int)
        self.sounds = sounds.Sounds(parts.buzzer, self.engine)
        self.desk = Desk(parts.name, self.engine, self.motion)
        self.guide = Guide(self.engine, self.desk.profile)
        self.scribe = Scribe(store.journal, self.engine)
        self.demo = None  # while one is on
        self.control = Control(self)
        self.control.heed_profile()
        parts.read_clock()
        self.control.heed_settings()
        if "display" in parts.missing:
            self.sounds.play(sounds.WARNING, 0)
        self.page = self.control.first_page()

    @property
    def running(self):
        state = self.engine.state
        return state == engine.RUNNING or state == engine.PAUSED  # not `in`: its tuple is heap

    def step(self, now_ms):
        """One turn of the loop. now_ms is time.ticks_ms(), which may wrap; a late call is no harm.

        What is due each 100 ms is done in one turn, in two where the first half is much; the frame takes one of those
        between.
        """
        ticks, self._ticks = self._ticks, now_ms
        ms = self.clock_ms
        passed = now_ms - ticks & _TICKS_MASK
        if passed <= _PASSED_MOST and ticks >= 0:
            ms += passed
            self.clock_ms = ms
        waiting = self._gnss.waiting()
        buttons = self.buttons
        pressed = not (buttons.lap_level() and buttons.back_level())
        if waiting != self.waited:
            self.waited = waiting
            self._gnss.listen(ms)
        # One heavy piece of work a turn is enough.
        busy = (pressed or buttons.held) and self._press(ms)
        if ms >= self._due or waiting >= _READ_BYTES:
            busy = True
            if self._second_half or self._hear(ms):
                self._second_half = False
                self._due = self.receiver.due_ms
                self._feel(ms)
            else:
                self._second_half = True
                self._due = ms
        talking = self.cable.talking
        if talking:
            self._speak(ms)
        if busy and self.events.held:
            self._hand_on(ms)
        due = self._due
        if self.sounds.playing or self.guide.metronome:
            sound_ms = self._sound(ms)
            if sound_ms < due:
                due = sound_ms
        frame_due = self._frame_due
        dirty = self.canvas.display.dirty
        if busy and ms < frame_due + _SLACK_MS:
            pass
        elif ms >= frame_due:
            frame_due += _FRAME_MS
            if ms >= frame_due:
                frame_due = ms + _FRAME_MS
            self._frame_due = frame_due
            self._draw(ms)
            dirty = self.canvas.send(ms)
        elif dirty:
            dirty = self.canvas.send(ms)
        elif self.waits:
            self._spare(ms)
            dirty = True  # it may have set more going
        if dirty or self.waits or talking or buttons.held:
            due = ms
        elif frame_due < due:
            due = frame_due
        self.idle_ms = due - ms

    def _sound(self, ms):
        """On with the tone that sounds; the metronome gives way to it. Returns when there is more to do."""
        tones = self.sounds
        guide = self.guide
        if guide.metronome and ms >= guide.beat_ms and guide.beat(ms) and not tones.playing:
            tones.play(sounds.BEAT, ms)
        try:
            tones.step(ms)
        except Exception as e:
            self._survive(e, ev.SOUND, ms)
        due = tones.until_ms if tones.playing else guide.beat_ms
        return due if not guide.metronome or due < guide.beat_ms else guide.beat_ms

    def _hear(self, ms):
        """The first half: the receiver, the coach, each second the log. True when there is time for the second."""
        self.receiver.due_ms = ms + _READ_MS
        self.waited = 0
        try:
            if self.demo:
                self.demo.step(self.engine.cursor.index, ms)
            self.receiver.step(ms)
        except Exception as e:
            self._survive(e, ev.GNSS, ms)
        light = not self.steps.cadence.wide
        guide = self.guide
        if ms >= guide.due_ms:
            guide.due_ms = ms + _COACH_MS
            guide.advise(self.motion, not self.sounds.playing)
            light = False
        scribe = self.scribe
        if ms >= scribe.due_ms:
            scribe.due_ms += _SECOND_MS
            if ms >= scribe.due_ms:
                scribe.due_ms = ms + _SECOND_MS
            self._second(ms)
            light = False
        return light

    def _feel(self, ms):
        """The second half: steps, the laptop, and where the runner is in the workout."""
        if ms >= self.steps.due_ms and not self.demo:
            try:
                self.motion.steps(self.steps.step(ms))
            except Exception as e:
                self._survive(e, ev.IMU, ms)
            if self.steps.turned:
                self.steps.turned = False
                self.power.attend(ms)
        if not self.cable.talking and self.cable.waiting():
            self._speak(ms)
        self._move(ms)
        guide = self.guide
        run = self.engine
        if guide.waypoint and run.step_ms >= guide.waypoint_ms and run.state == engine.RUNNING:
            guide.mark()
            if not self.sounds.playing:
                self.sounds.play(sounds.WAYPOINT, ms)

    def _move(self, ms):
        m = self.motion
        m.advance(ms)
        self.engine.advance(ms, m.distance_mm, m.speed_mm_s)

    def _press(self, ms):
        """Look at the buttons. True when there was something."""
        buttons = self.buttons
        if not buttons.poll(ms):
            return False
        dark = not self.power.light
        self.power.attend(ms)
        self.canvas.renew()
        if dark and self.engine.state != engine.RUNNING and buttons.back != LONG:
            return True  # it only lights the screen
        self._move(ms)
        if buttons.lap or buttons.back >= SHORT:  # not for a release of LAP, nor before BACK tells short from long
            self.page = self.page.press(buttons.lap, buttons.back, ms)
        return True

    def _second(self, ms):
        """Each second: the log, the laptop, the battery, the receiver's mode, the end of an idle watch."""
        running = self.engine.state == engine.RUNNING
        m = self.motion
        self.steps.cadence.speed_mm_s = m.speed_mm_s if m.fixed else UNKNOWN
        if running:
            self.guide.second(m.fixed)
            percent = self.guide.balance.percent()
            cadence = self.steps.cadence.cadence_spm
            self.scribe.second(m, self.receiver.stream.fix, cadence, percent, ms)
            # The flash may hold up a cue that sounds, or is about to; a metronome's beats never end.
            if (self.guide.metronome or not self.sounds.playing) and not self.events.held:
                self.waits = self.store.step(ms, self.engine.left_ms(m.speed_mm_s)) or self.waits
        attached = self.cable.attached(ms)
        self.dozy = running and not self.demo and not attached
        try:
            self.cable.second(self)
        except Exception as e:
            self._survive(e, ev.LINK, ms)
        if self.power.step(ms):
            self.control.low(ms)
        if self.power.empty:
            self.control.empty(ms)
        if running:
            self.receiver.tune(modes.RUN)
        elif self.engine.state == engine.READY:
            self.control.idle(ms, attached)
        if not self.lean and not self.demo and not self.parts.clock_set:
            self.control.set_clock(self.receiver.stream.fix)

    def _hand_on(self, ms):
        """Each event that has happened down its line."""
        e = self.events
        ended = False
        while e.take():
            self.guide.take(e, ms)
            self.sounds.take(e, ms)
            self.scribe.take(e)
            self.page = self.page.take(e.kind)
            if e.kind == ev.LAP or e.kind == ev.CUE:
                self.power.attend(ms)
            elif e.kind == ev.WARN:
                self.waits = True
            ended = ended or e.kind == ev.END
            if not self.store.journal.free():
                self.store.step(ms)
        if ended:
            self.lean = False
            self.waits = self.control.go_on()

    def _spare(self, ms):
        """A turn in which nothing else is done: for what may wait."""
        if self.sounds.late:
            self.sounds.catch_up(ms)
        elif self.store.broken:
            self.control.mend(ms)
        ending = not self.running and self.control.go_on()
        self.waits = self.sounds.late or ending

    def _draw(self, ms):
        """The frame. A display that fails is set up again; the run does not wait for it."""
        canvas = self.canvas
        power = self.power
        if ms < canvas.retry_ms:
            return
        running = self.engine.state == engine.RUNNING
        try:
            canvas.revive()
            power.shine(power.wanted(ms, running))
            if power.light:
                canvas.show(self.page, self, ms)
        except OSError:
            canvas.failed(ms)
        except Exception as e:
            canvas.failed(ms)
            self._survive(e, ev.SCREEN, ms)
        self.steps.attentive = power.light != BRIGHT
        self.steps.idle = not power.light and not running

    def _speak(self, ms):
        """With the laptop: in each turn while somebody speaks, else when something has come."""
        try:
            self.cable.step(self, ms)
            link = self.cable.link
            if link and link.news:
                self.control.take_up(link)
        except Exception as e:
            self._survive(e, ev.LINK, ms)

    def _survive(self, e, place, ms):
        """Something failed that should not. While a run is on, or its log open, it is told, shown and lived with."""
        if not self.running and not self.store.path:
            raise e
        self.control.faults.add(e, place, ms, not self.lean)
        self.lean = False  # the next time there is memory to write down what it was

    def survive(self, e):
        """The loop's own: step() itself has failed. Raises it again unless a run is on."""
        self._survive(e, ev.TURN, self.clock_ms)

    def close(self):
        """The loop ends (Ctrl-C): keep the log whole. The run can be resumed after the next start."""
        self.store.end()
        self.sounds.stop()
