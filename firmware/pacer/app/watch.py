"""The watch: one function of time.

Watch.step(now_ms) reads what has arrived, moves the state on, and returns. It is called some fifty
times a second with time.ticks_ms(); nothing below it asks what time it is. While a run is on it
allocates nothing.
"""

from array import array

from micropython import const, heap_lock, heap_unlock

from .. import __version__
from ..core import balance, coach, gnss_modes, track
from ..core import engine as eg
from ..core import workout as wk
from ..core.cadence import UNKNOWN, Cadence
from ..core.fieldtest import FieldTest
from ..core.motion import Motion
from ..core.nmea import Parser
from ..core.profile import Unresolved
from ..drivers import button
from . import crash, power, sounds
from .screens import FAULTS, Screens, wrap
from .settings import Settings
from .spare import borrow, give_back

_TICKS_MASK = const(0x3FFFFFFF)  # time.ticks_ms counts 30 bits on every 32-bit port ...
_PASSED_MOST = const(0x1FFFFFFF)  # ... and more than that is a step back
_READ_MS = const(100)  # between two reads of the receiver, sooner when much waits; and two looks at the distance
_READ_BYTES = const(256)
_FRAME_MS = const(250)
_COACH_MS = const(500)
_SECOND_MS = const(1000)
_DEAF_MS = const(3_000)  # without one good sentence for so long, the next baud rate ...
_NOISE_BYTES = const(100)  # ... if something was heard at all
_SILENT_MS = const(2_000)  # without a byte for so long: what comes then is heard out, as at the start
_SEND_MS = const(500)  # for a set-up to go out at 9600 baud
_SLACK_MS = const(60)  # so long a frame may wait for a turn in which nothing else is done
_TALK_MS = const(2_000)
_PIECES = const(12)  # of the screen, sent in a turn
_RETRY_MS = const(500)  # before a part that failed is set up again
_KEEP_MS = const(2_000)  # after the end, what was learned is written: that takes memory and time
_CUE_MS = const(6_000)  # a cue is on the screen for so long

_ASK_MS = const(300_000)  # so long the watch waits for an answer after the run
_WARN_MS = const(8_000)
_FIRST_YEAR = const(24)  # a receiver that says less has counted its weeks over (every 1,024), or knows no date
_WARN_AFTER_MS = const(1_500)  # the step's own tone comes first
_WARN_DPRIME = const(1)  # values of EV_WARN
_WARN_BATTERY = const(2)
_FAULT_MS = const(8_000)  # a fault is on the screen for so long
_FAULTS_TOLD = const(20)  # of a run, in its log; one is enough on the flash
_SAVE_MS = const(60_000)  # untouched so long before a run, the receiver saves power
_USB_MS = const(60_000)  # a laptop that spoke is still there: no sleep
_DOZE_LEAST_MS = const(5)  # a shorter light sleep costs more than it saves
_DOWN_SHOWN_MS = const(3_000)
_MOTION_MG = const(150)  # a still wrist does not reach it
_MOVING_MS = const(10_000)  # after a motion, time for a turn of the wrist to be seen
_SCREEN = const(1)  # where a fault was: values of EV_FAULT
_IMU = const(2)
_GNSS = const(3)
_LINK = const(4)
_SOUND = const(5)
_STEP = const(6)

_CUE_SOUNDS = (b"", sounds.EASY_NOW, sounds.HOLD_STEADY, sounds.PUSH)


class Watch:
    """parts: a Parts or what looks like one. store: a Store.

    clock_ms counts from the first step(); everything in here is timed by it.
    """

    def __init__(self, parts, store):
        self._parts = parts
        self._store = store
        self._display = parts.display
        self._lap = parts.lap
        self._back = parts.back
        self._lap_level = parts.lap.pin.value  # made once: a bound method made in a loop is heap
        self._back_level = parts.back.pin.value
        self._held = False  # one of them is down
        self._gnss = parts.gnss
        self._waiting = parts.gnss.waiting
        self._waited = 0
        self.board = parts.name
        self.settings = Settings().load()
        self.power = power.Power(parts.display, self.settings)
        self.link = None  # to a laptop, once one has spoken: 7 KB that a watch on the wrist does without
        self._usb_waiting = parts.usb.waiting if parts.usb else _nobody
        self.screens = Screens(parts.display)
        self.sounds = sounds.Sounds(parts.buzzer)
        self.sounds.muted = not self.settings.tones
        self.nmea = Parser()
        self.motion = Motion()
        self.cadence = Cadence(parts.imu.rate_hz if parts.imu else 100)
        self.coach = coach.Coach()
        self.events = eg.Events()
        self.engine = eg.Engine(wk.Workout(), self.events)
        self.clock_ms = 0
        self.message: tuple = ()  # lines for the ready screen when no workout can be run
        self.heard = False  # the receiver said something that made sense
        self.saved = True
        self.undo_shown = self.cue_shown = False
        self.run_steps = 0
        self.laps = self.lap_ms = self.lap_mm = 0
        self._undo_laps = self._undo_ms = self._undo_mm = 0
        self.lean = False  # a run is on, and nothing has failed in it: the loop may lock the heap
        self.locked = False  # it has, for this turn
        self.faults = 0  # of this run
        self._noted = False  # one of them is written down
        self.fault = 0  # where the last one was
        self._fault_ms = -_FAULT_MS
        self.fault_shown = False
        self.menu = None  # the settings, while they are open
        self.demo = None  # the demo run, while one is on
        self._motion = self.motion  # the true one meanwhile
        self._gnss_mode = gnss_modes.WAIT
        self._usb_ms = -_USB_MS
        self._talking = False  # a laptop has just spoken
        self._dozy = False  # the chip may sleep between two turns, when nothing is due
        self._down_ms = 0  # when to go down, 0 for not at all
        self._resting = False  # the IMU only looks for motion
        self._still_due = 0  # when it may do so again
        self._clock_set = False
        self._low_told = False
        self._ticks = None
        self._samples = array("h", (0,) * (3 * (parts.imu.BURST if parts.imu else 0)))
        self._due = self._read_due = 0
        self._second_half = False
        self._coach_due = 0
        self._frame_due = 80  # between two halves
        self._second_due = 0
        self._heard_ms = 0
        self._byte_ms = 0
        self.noise = 0  # bytes that made no sense
        self._asked = False  # the receiver has been told what to do
        self._switch_ms = 0  # when to follow it to its new baud rate
        self._accepted = 0
        self._cue_ms = -_CUE_MS
        self._completed = False  # the step that begins is the free run behind the last one
        self._keep_due = 0
        self._keep = b""  # what was learned, to be written
        self.ask = 0  # 1: how hard it was, 2: how the last rep was
        self.effort = 5
        self._ask_due = 0
        self._waypoint = 0  # the next one's number in this step, 0 for none
        self._waypoint_ms = self._beat_ms = self._beat_due = self._balance_ms = self._balance_mm = 0
        self.warn_shown = False
        self._warn_ms = -_WARN_MS
        self._warn_due = 0
        self._waits: object = 0  # true while one of those that have a time, or what is to be kept, waits
        self._reps = 0
        self.bus_faults = 0
        self._imu_retry = 0
        self._display_retry = 1 if "display" in parts.missing else 0
        self._heed_profile()
        self.notice: tuple = ()  # shown until a button is pressed
        if store.error:
            self.notice = wrap(store.error, 16, 4) + ("LAP: last good",)
        self.balance = balance.Balance()
        self.test = FieldTest()
        self._tests = b""  # for each row: is it a field test's effort?
        store.recall(self.motion)
        self._files = store.workouts()
        self._choice = 0
        self._header = b""
        self.choices = len(self._files)
        self._choose(0)
        self._dated = False
        self._oval_known = False
        self._lap_mm = 0
        self.unfinished = store.unfinished()
        if self.unfinished:
            self.message = ("run was cut off:", self.unfinished.name[:16], "", "LAP  go on", "BACK end it there")
        parts.read_clock(array("h", (0,) * 7))
        try:
            self.power.renew()
        except OSError:
            self._display_retry = 1
        if "display" in parts.missing:
            self.sounds.play(sounds.WARN, 0)
        if self.settings.fresh and not self.unfinished:
            self._open_menu(True)

    @property
    def running(self):
        state = self.engine.state
        return state == eg.RUNNING or state == eg.PAUSED  # not `in`: its tuple is heap

    def step(self, now_ms):
        """One turn of the loop. now_ms is time.ticks_ms(), which may wrap; a late call is no harm.

        What is due each 100 ms is done in two turns, one behind the other; the frame takes one of those between.
        """
        if self._ticks is None:
            self._ticks = now_ms
        passed = now_ms - self._ticks & _TICKS_MASK
        self._ticks = now_ms
        ms = self.clock_ms
        if passed <= _PASSED_MOST:
            ms += passed
            self.clock_ms = ms
        waiting = self._waiting()
        if waiting != self._waited:
            self._waited = waiting
            self._gnss.listen(ms)
        busy = False  # one heavy piece of work a turn is enough
        if self._held or not self._lap_level() or not self._back_level():
            self._press(ms)
            busy = True
        if ms >= self._due or waiting >= _READ_BYTES:
            busy = True
            if self._second_half:
                self._second_half = False
                self._due = self._read_due
                self._feel(ms)
            else:
                self._read_due = ms + _READ_MS
                self._second_half = True
                self._due = ms
                self._hear(ms)
        if self._talking:
            self._speak(ms)
        if self._beat_ms and ms >= self._beat_due:
            self._beat(ms)
        if busy and self.events.held:
            self._report(ms)
        if self.sounds.playing:
            try:
                self.sounds.step(ms)
            except Exception as e:
                self._survive(e, _SOUND, ms)
        if busy and ms < self._frame_due + _SLACK_MS:
            return
        if ms >= self._frame_due:
            self._frame_due += _FRAME_MS
            if ms >= self._frame_due:
                self._frame_due = ms + _FRAME_MS
            self._draw(ms)
        elif self._display.dirty and not self._display_retry:
            self._send(ms)
        elif self._waits:
            self._later(ms)

    def _hear(self, ms):
        """The first half: the receiver, the coach, each second the log."""
        try:
            self._receive(ms)
        except Exception as e:
            self._survive(e, _GNSS, ms)
        if ms >= self._coach_due:
            self._coach_due = ms + _COACH_MS
            self._advise(ms)
        if ms >= self._second_due:
            self._second_due += _SECOND_MS
            if ms >= self._second_due:
                self._second_due = ms + _SECOND_MS
            self._second(ms)
            self._house(ms)

    def _feel(self, ms):
        """The second half: steps, the laptop, and where the runner is in the workout."""
        self._sample(ms)
        if not self._talking and self._usb_waiting():
            self._speak(ms)
        self._move(ms)
        e = self.engine
        if self._waypoint and e.step_ms >= self._waypoint_ms and e.state == eg.RUNNING:
            self._mark(e, ms)

    def _send(self, ms):
        """Some more of the frame to the display."""
        try:
            self._display.show(_PIECES)
        except OSError:
            self.bus_faults += 1
            self._display_retry = ms + _RETRY_MS

    def _later(self, ms):
        """What waits for its time, and for a turn in which nothing else is done."""
        if self._warn_due and ms >= self._warn_due:
            self._warn_due = 0
            self.sounds.play(sounds.WARN, ms)
        if self._ask_due and ms >= self._ask_due:
            self._ask_due = self.ask = 0
            self._store.end()
            self.motion.track.remember(self.motion.plane)
            self._keep_due = ms + _KEEP_MS
        if self._keep_due and ms >= self._keep_due:
            self._keep_due = 0
            self._keep = self._store.learned(self.motion)
        elif self._keep:
            self._store.keep(self._keep)  # not in the same turn: each takes its time
            self._keep = b""
        self._waits = self._warn_due or self._ask_due or self._keep_due or self._keep

    def _telemeter(self, ms):
        locked = self.locked
        if locked:
            heap_unlock()
        try:
            if self.link:
                self.link.second(self)
        except Exception as e:
            self._survive(e, _LINK, ms)
        finally:
            if locked:
                heap_lock()

    def _speak(self, ms):
        """The laptop's link: looked at in each turn while somebody speaks, else when something has come."""
        locked = self.locked
        if locked:
            heap_unlock()  # what a laptop asks for may take memory
        try:
            if not self.link:
                self.link = borrow("app.link").Link(self._parts.usb, self._store)
            if self.link.step(self):
                self._usb_ms = ms
                self._dozy = False
            self._talking = ms - self._usb_ms < _TALK_MS
        except Exception as e:
            self._survive(e, _LINK, ms)
        finally:
            if locked:
                heap_lock()

    def _draw(self, ms):
        """The frame. A display that fails is set up again; the run does not wait for it."""
        if ms < self._display_retry:
            return
        self.undo_shown = self.engine.can_undo()
        self.cue_shown = ms - self._cue_ms < _CUE_MS
        self.warn_shown = ms - self._warn_ms < _WARN_MS
        self.fault_shown = ms - self._fault_ms < _FAULT_MS
        try:
            if self._display_retry:
                self._parts.display.start()
                self._display_retry = 0
            self.power.shine(self.power.wanted(ms, self.engine.state == eg.RUNNING))
            if self.power.light:
                self.screens.draw(self, ms)
        except OSError:
            self.bus_faults += 1
            self._display_retry = ms + _RETRY_MS
        except Exception as e:
            self._display_retry = ms + _RETRY_MS
            self._survive(e, _SCREEN, ms)

    def _survive(self, e, where, ms):
        """Something failed that should not. While a run is on, or its log open, it is told, shown and lived with."""
        if not self.running and not self._store.path:
            raise e
        self.faults += 1
        self.fault = where
        self._fault_ms = ms
        if self.faults <= _FAULTS_TOLD:
            c = self.engine.cursor
            self.events.put(eg.EV_FAULT, self.engine.run_ms, c.index, c.row, 0, 0, 0, where)
        if self.lean:
            self.lean = False  # the next time there is memory to write down what it was
        elif not self._noted:
            self._noted = True
            crash.note(e, FAULTS[where])

    def survive(self, e):
        """The loop's own: step() itself has failed. Raises it again unless a run is on."""
        self._survive(e, _STEP, self.clock_ms)

    def may_doze(self, left_ms):
        """May the chip sleep lightly for so long? Only in a run, and never while a fix is due: the UART would lose
        it.
        """
        if left_ms < _DOZE_LEAST_MS or not self._dozy or self.sounds.playing:
            return False
        gnss = self._gnss
        ms = self.clock_ms
        return ms >= gnss.over_ms and ms + left_ms < gnss.quiet_ms

    def _house(self, ms):
        """Once a second: telemetry, battery, the receiver's mode, the clock, the end of an idle watch."""
        running = self.engine.state == eg.RUNNING
        self._dozy = running and not self.demo and ms - self._usb_ms >= _USB_MS
        if self.link and self.link.telemetry:
            self._telemeter(ms)
        try:
            self.power.measure(self._parts.battery, ms)
        except OSError:
            self.bus_faults += 1
        if self.power.low and not self._low_told:
            self._low_told = True
            self._tell_battery(ms)
        if self.power.empty and not self._down_ms:
            self._down_ms = ms + _DOWN_SHOWN_MS
            self.lean = False
            self.sounds.play(sounds.END, ms)
        if self._down_ms and ms >= self._down_ms:
            self._go_down()
            return
        if running:
            self._tune(gnss_modes.RUN)
            return
        if self.engine.state == eg.READY:
            usb = ms - self._usb_ms < _USB_MS
            if self.power.down_due(ms) and not usb and not self.menu:
                self._go_down()
                return
            idle = self.motion.fixed and self.power.idle_ms(ms) >= _SAVE_MS and not self.menu
            self._tune(gnss_modes.SAVE if idle else gnss_modes.WAIT)
        if not self._clock_set and not self.lean:
            self._set_clock()

    @property
    def going_down(self):
        """The battery is empty: what is on the screen is the last."""
        return self._down_ms != 0

    @property
    def low_shown(self):
        """Say on the screen that the battery is low."""
        return self.power.low and self.warn_shown

    def _tell_battery(self, ms):
        self._warn_ms = ms
        self._warn_due = self._waits = ms
        self.power.attend(ms)
        if self.running:
            e = self.engine
            self.events.put(
                eg.EV_WARN, e.run_ms, e.cursor.index, e.cursor.row, 0, 0, self.power.millivolts, _WARN_BATTERY
            )

    def _go_down(self):
        """Close the log, so that a run can be gone on with, and switch off until LAP is pressed."""
        while self.events.take():
            if self._store.path:
                self._store.journal.event(self.events)
        self._store.end()
        self._parts.down()

    def _tune(self, mode):
        """Tell the receiver what is wanted of it, when that has changed."""
        if mode != self._gnss_mode:
            self._gnss_mode = mode
            for command in self._parts.gnss_modes[mode]:
                self._gnss.write(command)

    def _set_clock(self):
        """The clock by the receiver's time, once after the start: not in a run or its pauses, since it allocates."""
        f = self.nmea.fix
        if not f.valid or f.utc_ms < 0 or f.date_ddmmyy % 100 < _FIRST_YEAR or self.demo:
            return
        self._clock_set = True
        day = f.date_ddmmyy // 10_000
        month = f.date_ddmmyy // 100 % 100
        year = 2000 + f.date_ddmmyy % 100
        s = f.utc_ms // 1000
        try:
            self._parts.set_clock((year, month, day, weekday(year, month, day), s // 3600, s // 60 % 60, s % 60))
        except OSError:
            self.bus_faults += 1

    def _open_menu(self, self_test=False):
        self.menu = borrow("app.menu").Menu(self, self._parts, self._store, self_test)

    def close_menu(self):
        """The settings are left: keep them and go by them."""
        self.menu = None
        give_back("app.menu")
        self.settings.save(self._store)
        self._heed_profile()
        if not self.demo:
            self._choose(self._choice)

    def begin_demo(self):
        """A short run that needs no receiver: what the watch would do. Nothing of it is kept."""
        demo = borrow("app.demo")
        workout = self._store.parse("demo", demo.TEXT)
        if not workout or not self._take_up(workout):
            return
        self.demo = demo.Demo()
        give_back("app.demo")
        self._motion = self.motion
        self.motion = Motion()
        self.laps = self.lap_ms = self.lap_mm = 0
        self._begin_log(self.clock_ms)
        self.engine.start(self.clock_ms, 0)

    def _end_demo(self):
        self.demo = None
        self.motion = self._motion
        self.ask = self._ask_due = 0
        self._choose(self._choice)

    def renew(self):
        """Files have changed: take up new workouts and profile, unless a run is on."""
        if self.engine.state == eg.READY and not self.unfinished:
            self._heed_profile()
            chosen = self._files[self._choice] if self._files else ""
            self._files = self._store.workouts()
            self.choices = len(self._files)
            self._choose(self._files.index(chosen) if chosen in self._files else 0)

    def _heed_profile(self):
        """Read the profile and tell it to all that go by it."""
        p = self.profile = self._store.profile()
        self._profile_text = p.dump().encode()  # as it goes into a run's log: made now, not at the start
        self.coach.tolerance_mm_s = p.tolerance_mm_s
        self.screens.miles = p.miles
        self.motion.track.name(p.lane, p.lap_mm)

    def close(self):
        """The loop ends (Ctrl-C): keep the log whole. The run can be gone on with after the next start."""
        self._store.end()
        self.sounds.stop()

    def _receive(self, ms):
        gnss = self._gnss
        demo = self.demo
        if demo:
            demo.step(self, ms)
        nmea = self.nmea
        if self._switch_ms and ms >= self._switch_ms:
            self._switch_ms = 0
            gnss.use_baud(gnss_modes.FAST_BAUD)
            mode = self._gnss_mode
            self._gnss_mode = gnss_modes.WAIT  # as the set-up leaves it
            self._tune(mode)
        self._waited = 0
        count = gnss.read_into(nmea.room())
        if not count:
            return
        nmea.commit(count)
        if ms - self._byte_ms > _SILENT_MS:
            self._heard_ms = ms
            self.noise = 0
        self._byte_ms = ms
        self.noise += count
        nmea.signals = self.engine.state == eg.READY
        while nmea.next():
            if not demo:
                self.motion.fix(nmea.fix, ms)
        self._listen(ms)

    def _listen(self, ms):
        """Another baud rate when what comes makes no sense for a while. Silence is no reason to change."""
        accepted = self.nmea.accepted
        if accepted != self._accepted:
            self._accepted = accepted
            self._heard_ms = ms
            self.heard = True
            self.noise = 0
            if self._asked or self._gnss.baud != gnss_modes.FAST_BAUD:
                self._set_up(ms)
        elif self.noise > _NOISE_BYTES and ms - self._heard_ms > _DEAF_MS:
            self._heard_ms = ms
            self.noise = 0
            self._gnss.next_baud()

    def _set_up(self, ms):
        """Ask the receiver that is heard for more fixes, faster; go to its new rate when that is said.

        Asked once: a receiver that does not listen is found again where it was, and left as it is. One
        that did, and is heard at the slow rate later, has restarted and is asked again.
        """
        gnss = self._gnss
        if gnss.baud == gnss_modes.FAST_BAUD:
            self._asked = False
        elif not self._asked and self._parts.gnss_setup:
            self._asked = True
            for command in self._parts.gnss_setup:
                gnss.write(command)
            self._switch_ms = ms + _SEND_MS

    def _sample(self, ms):
        """Steps from the IMU. When it fails the watch goes on without, and sets it up again."""
        imu = self._parts.imu
        if imu is None or self.demo or ms < self._imu_retry:
            if not self.demo:
                self.motion.steps(UNKNOWN)
            return
        try:
            if self._imu_retry:
                imu.start()
                self._imu_retry = 0
            if not self._rest(imu):
                self._read_imu(imu, ms)
        except OSError:
            self.bus_faults += 1
            self._imu_retry = ms + _RETRY_MS
            self._resting = False
            self.motion.steps(UNKNOWN)
        except Exception as e:
            self._survive(e, _IMU, ms)

    def _rest(self, imu):
        """While the screen is off before or after a run the IMU only looks for motion. True while it rests."""
        pin = self._parts.imu_int
        if pin is None or self.power.light or self.engine.state == eg.RUNNING:
            if self._resting:
                self._resting = False
                imu.start()
            return False
        if not self._resting:
            if self.clock_ms >= self._still_due:
                self._resting = True
                imu.wake_on_motion(_MOTION_MG)
        elif pin.value():
            self._resting = False
            imu.start()
            self._still_due = self.clock_ms + _MOVING_MS
        return self._resting

    def _read_imu(self, imu, ms):
        samples = self._samples
        count = imu.read(samples)
        while count:
            self.cadence.feed(samples, count)
            if self.power.light != power.BRIGHT and self.power.wrist(samples, count, ms):
                self.power.attend(ms)
            if count < imu.BURST:
                break
            count = imu.read(samples)
        self.motion.steps(self.cadence.cadence_spm)

    def _move(self, ms):
        self.motion.advance(ms)
        self.engine.advance(ms, self.motion.distance_mm, self.motion.speed_mm_s)

    def _press(self, ms):
        lap = self._lap.poll(ms)
        back = self._back.poll(ms)
        self._held = self._lap.down or self._back.down
        if lap == button.NONE and back == button.NONE:
            return
        dark = not self.power.light
        self.power.attend(ms)
        self.screens.renew()
        e = self.engine
        state = e.state
        if dark and state != eg.RUNNING:
            if back != button.LONG:
                return  # it only lights the screen
        self._move(ms)
        if self.menu:
            self.menu.press(lap == button.DOWN, back)
            return
        if self.notice:
            self.notice = ()
            return
        if self.ask:
            self._answer(lap == button.DOWN, back == button.SHORT, ms)
            return
        if lap == button.DOWN:
            if self.unfinished:
                self.go_on()
            elif state == eg.READY:
                self._start(ms)
            elif state == eg.RUNNING:
                e.lap(self.motion.press())
            elif state == eg.PAUSED:
                e.resume(ms, self.motion.distance_mm)
        if back == button.SHORT:
            if self.unfinished:
                self._drop(ms)
            elif state == eg.READY:
                self._choose(self._choice + 1)
            elif state == eg.RUNNING:
                e.pause()
            elif state == eg.PAUSED:
                e.resume(ms, self.motion.distance_mm)
            elif self.demo:
                self._end_demo()
            else:
                self._choose(self._choice)
        elif back == button.LONG:
            if state == eg.READY and not self.unfinished:
                self._open_menu()
            elif state == eg.RUNNING:
                e.undo()
            elif state == eg.PAUSED:
                e.finish()

    def _choose(self, choice):
        """Load a workout: not while running, so it may allocate."""
        self.engine = eg.Engine(wk.Workout(), self.events)
        if not self._files:
            self.message = ("no workouts:", "load one with", "mpremote cp", "W.txt :workouts/")
            return
        self._choice = choice % len(self._files)
        name = self._files[self._choice]
        self._header = ("pacer %s\nboard %s\nworkout %s\n" % (__version__, self._parts.name, name)).encode()
        self._take_up(self._store.load(self._files[self._choice]))

    def _take_up(self, workout):
        """Make a workout ready to be run. False, with the message why, if it can't be; None could not be read."""
        wrong = self._store.error
        if workout is not None:
            wrong = ""
            try:
                workout.resolve(self.profile)
            except Unresolved as e:
                wrong = str(e)
        self.message = wrap(wrong, 16, 5) if wrong else ()
        if wrong:
            return False
        self.run_steps = workout.totals()[0]
        self.screens.load(workout)
        self._tests = bytes([1 if note and note[:4].lower() == "test" else 0 for note in workout.notes] + [0])
        self.engine = eg.Engine(workout, self.events)
        return True

    def _answer(self, lap, back, ms):
        """The two questions after a run: LAP counts up or says harder, BACK accepts or says more controlled."""
        e = self.engine
        if self.ask == 1:
            if lap:
                self.effort = self.effort % 10 + 1
            elif back:
                self.events.put(eg.EV_EFFORT, e.run_ms, e.cursor.index, 0, 0, 0, 0, self.effort)
                self.ask = 2 if self._reps > 1 else 0
        elif self.ask == 2 and (lap or back):
            self.events.put(eg.EV_LAST_REP, e.run_ms, e.cursor.index, 0, 0, 0, 0, 1 if lap else 2)
            self.ask = 0
        elif self.ask == 3 and (lap or back):
            if lap:
                self._keep_test()
            self.ask = 0
            self._ask_due = self._waits = ms
            return
        if not self.ask and self.test.result():
            self.ask = 3
        if not self.ask:
            self._ask_due = self._waits = ms

    def _keep_test(self):
        """The field test's result becomes the profile: race paces and zones follow from it."""
        p = self.profile
        t = self.test
        p.cs_mm_s = t.cs_mm_s
        p.cs_unsure_mm_s = t.cs_unsure_mm_s
        p.dprime_mm = t.dprime_mm // 1000 * 1000
        p.dprime_unsure_mm = t.dprime_unsure_mm // 1000 * 1000
        for i in range(len(p.paces)):
            p.paces[i] = 0
        for i in range(len(p.zones)):
            p.zones[i] = 0
        self._store.write_profile(p)
        self._profile_text = p.dump().encode()

    def _start(self, ms):
        if self.message:
            return
        self.laps = self.lap_ms = self.lap_mm = 0
        self._store.begin(self._header, self._store.text(self._files[self._choice]), self._profile_text, ms)
        self._begin_log(ms)
        self.motion.press()
        self.engine.start(ms, self.motion.distance_mm)

    def _begin_log(self, ms):
        self._second_due = ms
        self._reps = 0
        self.effort = 5
        self.test.begin()
        p = self.profile
        self.balance.begin(p.cs_mm_s, p.dprime_mm)
        self._balance_ms = self.engine.run_ms
        self._balance_mm = self.engine.run_mm
        self._beat_ms = 60_000 // p.metronome_spm if p.metronome_spm else 0
        self._dated = self._oval_known = False
        self._lap_mm = 0
        self.faults = 0
        self._noted = False
        self.lean = True

    def go_on(self):
        """Go on with the run that was cut off; the time since then does not count."""
        ms = self.clock_ms
        run = self.unfinished
        self.unfinished = None
        if not self._take_up(self._store.parse(run.name, run.workout)):
            return
        self._store.go_on(run.path, ms)
        self.motion.press()
        self.laps = run.laps
        self.engine.restore(run.index, run.t_ms, run.run_mm, run.step_ms, run.step_mm, ms, self.motion.distance_mm)
        self._begin_log(ms)

    def _drop(self, ms):
        """End the run that was cut off where it was."""
        run = self.unfinished
        self.unfinished = None
        self._store.go_on(run.path, ms)
        self.events.put(eg.EV_LAP, run.t_ms, run.index, 0, 0, run.t_ms - run.step_ms, run.run_mm - run.step_mm, 1)
        self.events.put(eg.EV_END, run.t_ms, run.index, 0, 0, run.t_ms, run.run_mm, 0)
        while self.events.take():
            self._store.journal.event(self.events)
        self._store.end()
        self._choose(self._choice)

    def _advise(self, ms):
        e = self.engine
        if e.state != eg.RUNNING:
            return
        m = self.motion
        cue = self.coach.tick(e.run_ms, e.step_mm, m.recent_mm_s, m.noise_mm2_s(), m.confidence)
        if cue == coach.NONE or self.sounds.playing:
            return
        self._cue_ms = ms
        self.power.attend(ms)
        self.sounds.play(_CUE_SOUNDS[cue], ms)
        c = e.cursor
        why = cue | self.coach.reason << 8 | m.confidence << 16
        self.events.put(eg.EV_CUE, e.run_ms, c.index, c.row, c.rep, self.coach.ahead_ms, e.step_mm, why)

    def _report(self, ms):
        """Take what has happened: sound, screen, record."""
        ev = self.events
        while ev.take():
            self._heed(ev, ms)
            if ev.kind != eg.EV_COUNTDOWN:
                self._store.journal.event(ev)
                if not self._store.journal.free():
                    self._store.step(ms)
            if ev.kind == eg.EV_END:
                n = self.nmea
                ev.put(eg.EV_RECEIVER, ev.t_ms, ev.index, ev.row, 0, n.accepted, n.other, n.refused)
            elif ev.kind == eg.EV_RECEIVER and self.demo:
                self.saved = True
            elif ev.kind == eg.EV_RECEIVER:
                self._store.flush()
                self.saved = not self._store.error
                self.ask = 1
                self._ask_due = self._waits = ms + _ASK_MS

    def _heed(self, ev, ms):
        e = self.engine
        kind = ev.kind
        if kind == eg.EV_STEP:
            self._begin_step(ms)
        elif kind == eg.EV_LAP:
            self.power.attend(ms)
            if ev.row < len(self._tests) and self._tests[ev.row]:
                self.test.effort(ev.time_ms, ev.distance_mm)
            self._undo_laps = self.laps
            self._undo_ms = self.lap_ms
            self._undo_mm = self.lap_mm
            self.laps += 1
            self.lap_ms = ev.time_ms
            self.lap_mm = ev.distance_mm
        elif kind == eg.EV_COMPLETE:
            self._completed = True
            self.sounds.play(sounds.COMPLETE, ms)
        elif kind == eg.EV_COUNTDOWN:
            self.sounds.play(sounds.TICK, ms)
        elif kind == eg.EV_UNDO:
            self.laps = self._undo_laps
            self.lap_ms = self._undo_ms
            self.lap_mm = self._undo_mm
            self._begin_step(ms)
            self.sounds.play(sounds.UNDO, ms)
        elif kind == eg.EV_PAUSE:
            self.sounds.play(sounds.PAUSE, ms)
        elif kind == eg.EV_RESUME or kind == eg.EV_RESTORE:
            self._coach_step(e)
            self.sounds.play(sounds.RESUME, ms)
        elif kind == eg.EV_END:
            self.lean = False
            self.sounds.play(sounds.END, ms)

    def _begin_step(self, ms):
        e = self.engine
        self._coach_step(e)
        if e.kind == wk.RUN and e.cursor.row < len(e.workout):
            self._reps += 1
        if e.cursor.row >= len(e.workout):
            if not self._completed:
                self.sounds.play(sounds.LAP, ms)
            self._completed = False
        elif e.kind == wk.REST or e.kind == wk.JOG or e.kind == wk.WALK:
            self.sounds.play(sounds.RECOVER, ms)
        else:
            self.sounds.play(sounds.GO, ms)
            self._warn(e, ms)

    def _warn(self, e, ms):
        """Will this step at its pace take more than what is left above critical speed?"""
        speed = self.coach.fast_mm_s
        time = e.amount if e.end == wk.END_TIME else e.left_ms(speed) if e.end == wk.END_DISTANCE else 0
        if self.balance.cs_mm_s and 0 < time < 7_200_000 and speed and self.balance.after(time, speed) < 0:
            self._warn_ms = ms
            self._warn_due = self._waits = ms + _WARN_AFTER_MS
            c = e.cursor
            self.events.put(eg.EV_WARN, e.run_ms, c.index, c.row, c.rep, 0, self.balance.left_mm, _WARN_DPRIME)

    def _coach_step(self, e):
        c = e.cursor
        self.coach.step(e.run_ms, e.kind, c.pace_fast, c.pace_slow, e.end, e.amount)
        self._waypoint = 0
        if self.profile.waypoint_mm and c.pace_fast and c.pace_fast == c.pace_slow and e.kind == wk.RUN:
            self._waypoint = 1
            self._next_waypoint(e)

    def _next_waypoint(self, e):
        """When the target is at its next mark, in ms of the step; none behind the last."""
        mm = self._waypoint * self.profile.waypoint_mm
        if mm > 100_000_000 or (e.end == wk.END_DISTANCE and mm >= e.amount):
            self._waypoint = 0
            return
        self._waypoint_ms = mm // 1000 * (e.cursor.pace_fast // 100) // 10  # < 2**30: 100 km at 10'00"

    def _mark(self, e, ms):
        """The target is at its next mark: a short click that gives way to all else."""
        self._waypoint += 1
        self._next_waypoint(e)
        if not self.sounds.playing:
            self.sounds.play(sounds.WAYPOINT, ms)

    def _beat(self, ms):
        """The metronome, likewise."""
        e = self.engine
        self._beat_due = ms - ms % self._beat_ms + self._beat_ms
        if e.state == eg.RUNNING and e.kind == wk.RUN and not self.sounds.playing:
            self.sounds.play(sounds.BEAT, ms)

    def _second(self, ms):
        e = self.engine
        if e.state != eg.RUNNING:
            return
        m = self.motion
        c = e.cursor
        store = self._store
        b = self.balance
        dt = e.run_ms - self._balance_ms
        if dt > 0:
            moved = e.run_mm - self._balance_mm
            b.advance(dt, moved * 1000 // dt if moved < 1_000_000 else 0)
            self._balance_ms = e.run_ms
            self._balance_mm = e.run_mm
        if c.row < len(self._tests) and self._tests[c.row]:
            self.test.mark(e.step_ms, e.step_mm)
        store.journal.second(e.run_ms, e.run_mm, c.index, c.row, m, self.cadence.cadence_spm, b.percent())
        self._tell_track(e)
        if not self._dated:
            self._tell_time(e, ms)
        store.step(ms)

    def _tell_track(self, e):
        """Into the log: that the runner is on an oval, and how long a lap of it is."""
        t = self.motion.track
        c = e.cursor
        on = t.stage == track.ON
        if on and not self._oval_known and self.motion.fixed:
            o = t.oval
            x = (o.cx_q8 >> 8) - self.motion.x_mm // 10
            y = (o.cy_q8 >> 8) - self.motion.y_mm // 10
            self.events.put(
                eg.EV_OVAL, e.run_ms, c.index, c.row, o.angle & 0x7FFF | o.clockwise << 15, x, y,
                o.radius_cm | o.straight_cm << 13,
            )  # fmt: skip
        self._oval_known = on
        if t.laps.lap_mm != self._lap_mm:
            self._lap_mm = t.laps.lap_mm
            self.events.put(eg.EV_LAP_LENGTH, e.run_ms, c.index, c.row, t.laps.lane, 0, 0, t.laps.lap_mm)

    def _tell_time(self, e, ms):
        """Into the log: what time it is, once the receiver knows."""
        f = self.nmea.fix
        at = e.run_ms - (ms - self.motion.fix_ms)
        if f.valid and f.utc_ms >= 0 and f.date_ddmmyy % 100 >= _FIRST_YEAR and at >= 0:
            self._dated = True
            c = e.cursor
            self.events.put(eg.EV_CLOCK, at, c.index, c.row, 0, f.utc_ms, f.date_ddmmyy, 0)


def _nobody():
    """In place of a laptop."""
    return 0


def weekday(year, month, day):
    """0 for Monday (Zeller's congruence)."""
    if month < 3:
        month += 12
        year -= 1
    return (day + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400 + 5) % 7
