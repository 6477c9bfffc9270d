"""The watch: one function of time.

Watch.step(now_ms) reads what has arrived, moves the state on, and returns. It is called some fifty
times a second with time.ticks_ms(); nothing below it asks what time it is. While a run is on it
allocates nothing.
"""

from array import array

from micropython import const

from .. import __version__
from ..core import balance, coach, track, ubx
from ..core import engine as eg
from ..core import workout as wk
from ..core.cadence import UNKNOWN, Cadence
from ..core.fieldtest import FieldTest
from ..core.fixed import ticks_since
from ..core.motion import Motion
from ..core.nmea import Parser
from ..core.profile import Unresolved
from ..drivers import button
from . import sounds
from .link import Link
from .screens import Screens, wrap

_MOVE_MS = const(100)  # between two looks at the distance
_READ_MS = const(100)  # between two reads of the receiver, sooner when much waits
_READ_BYTES = const(256)
_SAMPLE_MS = const(100)
_FRAME_MS = const(250)
_COACH_MS = const(500)
_SECOND_MS = const(1000)
_DEAF_MS = const(3_000)  # without one good sentence for so long, the next baud rate ...
_NOISE_BYTES = const(100)  # ... if something was heard at all
_SEND_MS = const(500)  # for a set-up to go out at 9600 baud
_RETRY_MS = const(500)  # before a part that failed is set up again
_KEEP_MS = const(2_000)  # after the end, what was learned is written: that takes memory and time
_CUE_MS = const(6_000)  # a cue is on the screen for so long

_ASK_MS = const(300_000)  # so long the watch waits for an answer after the run
_WARN_MS = const(8_000)
_FIRST_YEAR = const(24)  # a receiver that says less has counted its weeks over (every 1,024), or knows no date
_WARN_AFTER_MS = const(1_500)  # the step's own tone comes first

_CUE_SOUNDS = (b"", sounds.EASY_NOW, sounds.HOLD_STEADY, sounds.PUSH)


class Watch:
    """parts: a Parts or what looks like one. store: a Store.

    clock_ms counts from the first step(); everything in here is timed by it.
    """

    def __init__(self, parts, store):
        self._parts = parts
        self._store = store
        self.board = parts.name
        self.battery_percent = -1  # not measured
        self.link = Link(parts.usb, store) if parts.usb else None
        self.screens = Screens(parts.display)
        self.sounds = sounds.Sounds(parts.buzzer)
        self.nmea = Parser()
        self.motion = Motion()
        self.cadence = Cadence(parts.imu_rate_hz)
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
        self._ticks = None
        self._samples = array("h", (0,) * (3 * (parts.imu.BURST if parts.imu else 0)))
        self._read_due = self._sample_due = self._move_due = 0
        self._frame_due = self._coach_due = self._second_due = 0
        self._heard_ms = 0
        self._noise = 0
        self._asked = False  # the receiver has been told what to do
        self._switch_ms = 0  # when to follow it to its new baud rate
        self._accepted = 0
        self._cue_ms = -_CUE_MS
        self._completed = False  # the step that begins is the free run behind the last one
        self._keep_due = 0
        self.ask = 0  # 1: how hard it was, 2: how the last rep was
        self.effort = 5
        self._ask_due = 0
        self._waypoint = 0  # the next one's number in this step, 0 for none
        self._waypoint_ms = self._beat_ms = self._beat_due = self._balance_ms = self._balance_mm = 0
        self.warn_shown = False
        self._warn_ms = -_WARN_MS
        self._warn_due = 0
        self._reps = 0
        self.bus_faults = 0
        self._imu_retry = self._display_retry = 0
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
        self.choices = len(self._files)
        self._choose(0)
        self._dated = False
        self._oval_known = False
        self._lap_mm = 0
        self.unfinished = store.unfinished()
        if self.unfinished:
            self.message = ("run was cut off:", self.unfinished.name[:16], "", "LAP  go on", "BACK end it there")

    @property
    def running(self):
        return self.engine.state in (eg.RUNNING, eg.PAUSED)

    def step(self, now_ms):
        """One turn of the loop. now_ms is time.ticks_ms(), which may wrap; a late call is no harm."""
        if self._ticks is None:
            self._ticks = now_ms
        passed = ticks_since(now_ms, self._ticks)
        self._ticks = now_ms
        if passed > 0:
            self.clock_ms += passed
        ms = self.clock_ms
        self._receive(ms)
        if ms >= self._sample_due:
            self._sample_due = ms + _SAMPLE_MS
            self._sample(ms)
        self._press(ms)
        if ms >= self._move_due:
            self._move_due = ms + _MOVE_MS
            self._move(ms)
        if ms >= self._coach_due:
            self._coach_due = ms + _COACH_MS
            self._advise(ms)
        if ms >= self._second_due:
            self._second_due += _SECOND_MS
            if ms >= self._second_due:
                self._second_due = ms + _SECOND_MS
            self._second(ms)
            if self.link:
                self.link.second(self)
        if self._waypoint or self._beat_ms:
            self._tick(ms)
        if self.link:
            self.link.step(self)
        self._report(ms)
        if self._warn_due and ms >= self._warn_due:
            self._warn_due = 0
            self.sounds.play(sounds.WARN, ms)
        if self._ask_due and ms >= self._ask_due:
            self._ask_due = self.ask = 0
            self._store.end()
            self._keep_due = ms + _KEEP_MS
        if self._keep_due and ms >= self._keep_due:
            self._keep_due = 0
            self._store.remember(self.motion)
        self.sounds.step(ms)
        if ms >= self._frame_due:
            self._frame_due = ms + _FRAME_MS
            self.undo_shown = self.engine.can_undo()
            self.cue_shown = ms - self._cue_ms < _CUE_MS
            self.warn_shown = ms - self._warn_ms < _WARN_MS
            self._draw(ms)

    def _draw(self, ms):
        """The frame. A display that fails is set up again; the run does not wait for it."""
        if ms < self._display_retry:
            return
        try:
            if self._display_retry:
                self._parts.display.start()
                self._display_retry = 0
            self.screens.draw(self)
        except OSError:
            self.bus_faults += 1
            self._display_retry = ms + _RETRY_MS

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
        self.coach.tolerance_mm_s = p.tolerance_mm_s
        self.screens.miles = p.miles
        self.motion.track.name(p.lane, p.lap_mm)

    def close(self):
        """The loop ends (Ctrl-C): keep the log whole. The run can be gone on with after the next start."""
        self._store.end()
        self.sounds.stop()

    def _receive(self, ms):
        gnss = self._parts.gnss
        if ms < self._read_due and gnss.waiting() < _READ_BYTES:
            return
        self._read_due = ms + _READ_MS
        nmea = self.nmea
        if self._switch_ms and ms >= self._switch_ms:
            self._switch_ms = 0
            gnss.use_baud(ubx.FAST_BAUD)
        count = gnss.read_into(nmea.room())
        if not count:
            return
        nmea.commit(count)
        self._noise += count
        while nmea.next():
            self.motion.fix(nmea.fix, ms)
        self._listen(ms)

    def _listen(self, ms):
        """Another baud rate when what comes makes no sense for a while. Silence is no reason to change."""
        if self.nmea.accepted != self._accepted:
            self._accepted = self.nmea.accepted
            self._heard_ms = ms
            self.heard = True
            self._noise = 0
            self._set_up(ms)
        elif self._noise > _NOISE_BYTES and ms - self._heard_ms > _DEAF_MS:
            self._heard_ms = ms
            self._noise = 0
            self._parts.gnss.next_baud()

    def _set_up(self, ms):
        """Ask the receiver that is heard for more fixes, faster; go to its new rate when that is said.

        Asked once: a receiver that does not listen is found again where it was, and left as it is. One
        that did, and is heard at the slow rate later, has restarted and is asked again.
        """
        gnss = self._parts.gnss
        if gnss.baud == ubx.FAST_BAUD:
            self._asked = False
        elif not self._asked and self._parts.gnss_setup:
            self._asked = True
            for command in self._parts.gnss_setup:
                gnss.write(command)
            self._switch_ms = ms + _SEND_MS

    def _sample(self, ms):
        """Steps from the IMU. When it fails the watch goes on without, and sets it up again."""
        imu = self._parts.imu
        if imu is None or ms < self._imu_retry:
            self.motion.steps(UNKNOWN)
            return
        try:
            if self._imu_retry:
                imu.start()
                self._imu_retry = 0
            self._read_imu(imu)
        except OSError:
            self.bus_faults += 1
            self._imu_retry = ms + _RETRY_MS
            self.motion.steps(UNKNOWN)

    def _read_imu(self, imu):
        count = imu.read(self._samples)
        while count:
            self.cadence.feed(self._samples, count)
            if count < imu.BURST:
                break
            count = imu.read(self._samples)
        self.motion.steps(self.cadence.cadence_spm)

    def _move(self, ms):
        self.motion.advance(ms)
        self.engine.advance(ms, self.motion.distance_mm, self.motion.speed_mm_s)

    def _press(self, ms):
        lap = self._parts.lap.poll(ms)
        back = self._parts.back.poll(ms)
        if lap == button.NONE and back == button.NONE:
            return
        self._move(ms)
        e = self.engine
        state = e.state
        if self.notice:
            self.notice = ()
            return
        if self.ask:
            self._answer(lap == button.DOWN, back == button.SHORT, ms)
            return
        if lap == button.DOWN:
            if self.unfinished:
                self._go_on(ms)
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
            else:
                self._choose(self._choice)
        elif back == button.LONG:
            if state == eg.RUNNING:
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
            self._ask_due = ms
            return
        if not self.ask and self.test.result():
            self.ask = 3
        if not self.ask:
            self._ask_due = ms

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

    def _start(self, ms):
        if self.message:
            return
        self.laps = self.lap_ms = self.lap_mm = 0
        name = self._files[self._choice]
        header = "pacer %s\nboard %s\nworkout %s\n" % (__version__, self._parts.name, name)
        self._store.begin(header.encode(), self._store.text(name), self.profile.dump().encode(), ms)
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

    def _go_on(self, ms):
        """Go on with the run that was cut off; the time since then does not count."""
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
            elif ev.kind == eg.EV_RECEIVER:
                self._store.flush()
                self.saved = not self._store.error
                self.ask = 1
                self._ask_due = ms + _ASK_MS

    def _heed(self, ev, ms):
        e = self.engine
        kind = ev.kind
        if kind == eg.EV_STEP:
            self._begin_step(ms)
        elif kind == eg.EV_LAP:
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
            self._warn_due = ms + _WARN_AFTER_MS
            c = e.cursor
            self.events.put(eg.EV_WARN, e.run_ms, c.index, c.row, c.rep, 0, self.balance.left_mm, 1)

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

    def _tick(self, ms):
        """The target's waypoints, and the metronome: short clicks that give way to all else."""
        e = self.engine
        if e.state != eg.RUNNING:
            return
        if self._waypoint and e.step_ms >= self._waypoint_ms:
            self._waypoint += 1
            self._next_waypoint(e)
            if not self.sounds.playing:
                self.sounds.play(sounds.WAYPOINT, ms)
        if self._beat_ms and ms >= self._beat_due:
            self._beat_due = ms - ms % self._beat_ms + self._beat_ms
            if not self.sounds.playing and e.kind == wk.RUN:
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
            x = t.cx_cm - self.motion.x_mm // 10
            y = t.cy_cm - self.motion.y_mm // 10
            self.events.put(
                eg.EV_OVAL, e.run_ms, c.index, c.row, t.angle & 0x7FFF | t.clockwise << 15, x, y,
                t.radius_cm | t.straight_cm << 13,
            )  # fmt: skip
        self._oval_known = on
        if t.lap_mm != self._lap_mm:
            self._lap_mm = t.lap_mm
            self.events.put(eg.EV_LAP_LENGTH, e.run_ms, c.index, c.row, t.lane, 0, 0, t.lap_mm)

    def _tell_time(self, e, ms):
        """Into the log: what time it is, once the receiver knows."""
        f = self.nmea.fix
        at = e.run_ms - (ms - self.motion.fix_ms)
        if f.valid and f.utc_ms >= 0 and f.date_ddmmyy % 100 >= _FIRST_YEAR and at >= 0:
            self._dated = True
            c = e.cursor
            self.events.put(eg.EV_CLOCK, at, c.index, c.row, 0, f.utc_ms, f.date_ddmmyy, 0)
