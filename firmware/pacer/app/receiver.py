"""The care of the receiver: reads and parses what it says, finds its baud rate, sets it up, and saves its power."""

from micropython import const

from ..core.gnss import modes
from ..core.gnss.stream import Stream

_DEAF_MS = const(3_000)  # without one good sentence for so long, the next baud rate is tried ...
_NOISE_BYTES = const(100)  # ... if anything was heard at all
_SILENT_MS = const(2_000)  # after a silence this long the baud rate's timeout begins anew
_SEND_MS = const(500)  # for a set-up to go out at 9600 baud


class Receiver:
    """step() reads what has come and hands on the fixes.

    gnss        the driver
    stream      the parser; stream.fix is what was said last
    heard       it said something that made sense
    noise       bytes since then
    due_ms      when to read it next
    motion      where the fixes go
    """

    def __init__(self, gnss, setup, commands, motion):
        """setup: what is sent when the receiver is heard first; commands: for each of the modes."""
        self.gnss = gnss
        self.stream = Stream()
        self.stream.signals = True
        self.heard = False
        self.noise = 0
        self.due_ms = 0
        self.motion = motion
        self._setup = setup
        self._commands = commands
        self._mode = modes.WAIT
        self._asked = False  # it has been told what to do
        self._switch_ms = 0  # when to follow it to its new baud rate
        self._accepted = 0
        self._heard_ms = 0
        self._byte_ms = 0

    def step(self, ms):
        """Read and parse what waits."""
        if self._switch_ms and ms >= self._switch_ms:
            self._follow()
        stream = self.stream
        count = self.gnss.read_into(stream.room())
        if not count:
            return
        stream.commit(count)
        if ms - self._byte_ms > _SILENT_MS:
            self._heard_ms = ms
            self.noise = 0
        self._byte_ms = ms
        self.noise += count
        while stream.next():
            self.motion.fix(stream.fix, ms)
        if stream.accepted != self._accepted:
            self._accepted = stream.accepted
            self._heard_ms = ms
            self.heard = True
            self.noise = 0
            if self._asked or self.gnss.baud != modes.FAST_BAUD:
                self._set_up(ms)
        elif self.noise > _NOISE_BYTES and ms - self._heard_ms > _DEAF_MS:  # silence is no reason to change
            self._heard_ms = ms
            self.noise = 0
            self.gnss.next_baud()

    def tune(self, mode):
        """Tell the receiver what is wanted of it, when that has changed (gnss/modes.py)."""
        if mode != self._mode:
            self._mode = mode
            self.stream.signals = mode != modes.RUN
            self._send(self._commands[mode])

    def _set_up(self, ms):
        """Ask the receiver that is heard for more fixes, faster; go to its new rate when that is said.

        Asked once: a receiver that does not listen is found again where it was, and left as it is. One
        that did, and is heard at the slow rate later, has restarted and is asked again.
        """
        if self.gnss.baud == modes.FAST_BAUD:
            self._asked = False
        elif not self._asked and self._setup:
            self._asked = True
            self._send(self._setup)
            self._switch_ms = ms + _SEND_MS

    def _follow(self):
        """The set-up is said: go to the new baud rate, and say the mode again, which the set-up has changed."""
        self._switch_ms = 0
        self.gnss.use_baud(modes.FAST_BAUD)
        mode = self._mode
        self._mode = modes.WAIT
        self.tune(mode)

    def _send(self, commands):
        for command in commands:
            self.gnss.write(command)
