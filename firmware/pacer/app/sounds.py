"""Tone patterns: one for each event, told apart without looking.

A pattern is pairs of bytes: frequency in 20 Hz (0 is silence) and length in 10 ms. The piezo is
loudest near 2.7 to 4 kHz, so that is where the patterns lie; what tells them apart is whether they
fall, stay or rise, and how long they are.
"""

TICK = b"\x8c\x06"  # countdown: short, 2.8 kHz
GO = b"\xaa\x28"  # a step to run: long, 3.4 kHz
RECOVER = b"\x78\x14\x00\x0a\x78\x14"  # a step to recover: two of 2.4 kHz
LAP = b"\xaa\x0a\x00\x06\xaa\x0a"
EASY_NOW = b"\xb4\x0c\x00\x05\x96\x0c\x00\x05\x78\x18"  # three, falling
HOLD_STEADY = b"\x96\x1e"  # one, level
PUSH = b"\x78\x0c\x00\x05\x96\x0c\x00\x05\xb4\x18"  # three, rising
PAUSE = b"\x96\x0a\x78\x0a"
RESUME = b"\x78\x0a\x96\x0a"
UNDO = b"\xb4\x06\x00\x06\x78\x06\x00\x06\xb4\x06"
COMPLETE = b"\x78\x0f\x96\x0f\xb4\x0f\x00\x08\xb4\x32"
WAYPOINT = b"\xbe\x03"  # the target is at its mark: a click of 3.8 kHz
BEAT = b"\x64\x02"  # the metronome
WARN = b"\x50\x0c\x00\x06\x50\x0c\x00\x06\x50\x0c"  # three of 1.6 kHz
END = b"\xaa\x14\x82\x28"

_PATTERNS = {
    "tick": TICK,
    "go": GO,
    "recover": RECOVER,
    "lap": LAP,
    "easy now": EASY_NOW,
    "hold steady": HOLD_STEADY,
    "push a little harder": PUSH,
    "pause": PAUSE,
    "resume": RESUME,
    "undo": UNDO,
    "complete": COMPLETE,
    "end": END,
    "waypoint": WAYPOINT,
    "beat": BEAT,
    "warning": WARN,
}


def patterns():
    """Every pattern by name, for documents and for ears that learn them."""
    return _PATTERNS


class Sounds:
    """Plays one pattern at a time; a new one takes over. muted: silently."""

    def __init__(self, buzzer):
        self._buzzer = buzzer
        self._pattern = b""
        self._at = 0
        self._until_ms = 0
        self.muted = False
        self.playing = False

    def play(self, pattern, now_ms):
        """Begin a pattern now."""
        self._pattern = pattern
        self._at = 0
        self._tone(now_ms)

    def stop(self):
        """Silence."""
        self._pattern = b""
        self.playing = False
        self._buzzer.off()

    def step(self, now_ms):
        """Go on to the next tone when the present one is over."""
        if self.playing and now_ms >= self._until_ms:
            self._at += 2
            self._tone(self._until_ms)

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
        self._until_ms = now_ms + 10 * self._pattern[at + 1]
