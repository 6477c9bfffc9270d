"""Tone patterns: one for each event, told apart without looking.

A pattern is pairs of bytes: frequency in 20 Hz (0 is silence) and length in 10 ms. The piezo is
loudest near 2.7 to 4 kHz, so that is where the patterns lie; what tells them apart is whether they
fall, stay or rise, and how long they are.
"""

from micropython import const

from ..core import events as ev
from ..core import workout as wk

TICK = const(0)
GO = const(1)
RECOVER = const(2)
LAP = const(3)
EASY_NOW = const(4)
HOLD_STEADY = const(5)
PUSH_A_LITTLE_HARDER = const(6)
PAUSE = const(7)
RESUME = const(8)
UNDO = const(9)
COMPLETE = const(10)
END = const(11)
WAYPOINT = const(12)
BEAT = const(13)
WARNING = const(14)

# By the numbers above, whose names say how a tone is called: the event that it is played for, 0 for none, and the
# pattern.
TABLE = (
    (ev.COUNTDOWN, b"\x8c\x06"),  # short, 2.8 kHz
    (0, b"\xaa\x28"),  # a step to run: long, 3.4 kHz
    (0, b"\x78\x14\x00\x0a\x78\x14"),  # a step to recover: two of 2.4 kHz
    (0, b"\xaa\x0a\x00\x06\xaa\x0a"),
    (0, b"\xb4\x0c\x00\x05\x96\x0c\x00\x05\x78\x18"),  # three, falling
    (0, b"\x96\x1e"),  # one, level
    (0, b"\x78\x0c\x00\x05\x96\x0c\x00\x05\xb4\x18"),  # three, rising
    (ev.PAUSE, b"\x96\x0a\x78\x0a"),
    (ev.RESUME, b"\x78\x0a\x96\x0a"),
    (ev.UNDO, b"\xb4\x06\x00\x06\x78\x06\x00\x06\xb4\x06"),
    (ev.COMPLETE, b"\x78\x0f\x96\x0f\xb4\x0f\x00\x08\xb4\x32"),
    (ev.END, b"\xaa\x14\x82\x28"),
    (0, b"\xbe\x03"),  # the target is at its mark: a click of 3.8 kHz
    (0, b"\x64\x02"),  # the metronome
    (0, b"\x50\x0c\x00\x06\x50\x0c\x00\x06\x50\x0c"),  # three of 1.6 kHz
)
_WARN_AFTER_MS = const(1_500)  # the step's own tone comes first


class Sounds:
    """Plays one pattern at a time; a new one takes over.

    muted       silently
    playing     step() has something to do
    late        a tone waits for a turn in which nothing else is done
    """

    def __init__(self, buzzer, engine):
        self._buzzer = buzzer
        self._engine = engine
        self._pattern = b""
        self._at = 0
        self.until_ms = 0
        self._warn_ms = 0
        self._completed = False  # the step that begins is the free run behind the last one
        self._exact = False  # the step that begins has begun before, and is told where
        self.muted = False
        self.playing = False
        self.late = False

    def take(self, e, now_ms):
        """The tone of an event (events.Events)."""
        kind = e.kind
        if kind == ev.STEP:
            self._step(e.row, now_ms)
        elif kind == ev.UNDO and e.a:
            self._exact = True
        elif kind == ev.CUE:
            self.play(EASY_NOW - 1 + (e.c & 255), now_ms)  # three, in the coach's order
        elif kind == ev.WARN and e.c == ev.GPS_BACK:
            if not self.playing:
                self.play(RESUME, now_ms)
        elif kind == ev.WARN:
            self.warn(now_ms + _WARN_AFTER_MS if e.c != ev.BATTERY_LOW else now_ms)
        elif kind == ev.RESTORE:
            self.play(RESUME, now_ms)
        else:
            if kind == ev.COMPLETE:
                self._completed = True
            for i in range(len(TABLE)):
                if TABLE[i][0] == kind:
                    self.play(i, now_ms)

    def _step(self, row, now_ms):
        """A step begins: to run, to recover, or behind the last one, where each lap is a step."""
        workout = self._engine.workout
        known = self._exact and not self.playing  # its tone has been heard to its end
        self._exact = False
        if known:
            self.play(LAP, now_ms)
        elif row < len(workout):
            self.play(RECOVER if wk.RESTING[workout.kind(row)] else GO, now_ms)
        elif not self._completed:
            self.play(LAP, now_ms)
        self._completed = False

    def warn(self, at_ms):
        """A warning at at_ms, or in the first turn behind it in which nothing else is done."""
        self._warn_ms = at_ms
        self.late = True

    def catch_up(self, now_ms):
        """A turn in which nothing else is done."""
        if now_ms >= self._warn_ms:
            self.late = False
            self.play(WARNING, now_ms)

    def play(self, tone, now_ms):
        """Begin a tone of TABLE now."""
        self._pattern = TABLE[tone][1]
        self._at = 0
        self._tone(now_ms)

    def stop(self):
        """Silence."""
        self._pattern = b""
        self.playing = False
        self._buzzer.off()

    def step(self, now_ms):
        """Go on to the next tone when the present one is over."""
        if self.playing and now_ms >= self.until_ms:
            self._at += 2
            self._tone(self.until_ms)

    def _tone(self, now_ms):
        at = self._at
        self.playing = at < len(self._pattern)
        if not self.playing:
            self._buzzer.off()
            return
        frequency = 20 * self._pattern[at]
        if frequency and not self.muted:
            self._buzzer.tone(frequency)
        else:
            self._buzzer.off()
        self.until_ms = now_ms + 10 * self._pattern[at + 1]
