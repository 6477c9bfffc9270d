"""What happens in a run: the kinds of events, what each of them carries, and the ring in which they wait.

An event has a kind, the place where it happened (t_ms of the run; index of the step in running order; row in the
workout, its length when past the end; rep, 0 outside a repeat), and up to three numbers of its own: a, b, c. These
are, kind by kind from 1 on (the laptop's tools read this table; a new kind is a constant and a row):

    start
    step - start_mm reps
    lap time_ms distance_mm by_button
    countdown time_ms distance_mm seconds
    undo exact
    pause time_ms distance_mm
    resume - - paused_ms
    complete time_ms distance_mm
    end time_ms distance_mm
    cue ahead_ms distance_mm what
    receiver accepted other refused
    oval east_cm north_cm shape
    lap-length - - lap_mm
    restore time_ms distance_mm
    clock utc_ms ddmmyy
    effort - - rpe
    last-rep - - answer
    warning late_ms millivolts what
    fault - - place
    split time_ms distance_mm late_ms

Kinds 1 to 126 are the log's (journal.py): a reader passes over those that it does not know.
"""

from array import array

from micropython import const

START = const(1)  # the run begins
STEP = const(2)  # a step begins
LAP = const(3)  # a step has ended; by_button 2: and with it a repeat of a range
COUNTDOWN = const(4)  # seconds to go; not logged
UNDO = const(5)  # the last LAP and STEP did not happen; exact = 1: they follow anew, from where a press was
PAUSE = const(6)
RESUME = const(7)
COMPLETE = const(8)  # the last step is done; the run goes on
END = const(9)  # the runner has ended it
CUE = const(10)  # coach.py; what = cue | reason << 8 | confidence << 16
RECEIVER = const(11)  # sentences, at the end of a run
OVAL = const(12)  # the runner is on an oval: its centre from the last second's place; shape = radius | straight << 13,
# cm; instead of a rep its direction in 1/65536 of a turn, | 0x8000 clockwise
LAP_LENGTH = const(13)  # of the track; instead of a rep the lane, 0 for none
RESTORE = const(14)  # the power was cut, and the run goes on
CLOCK = const(15)  # the time of day at t_ms, UTC
EFFORT = const(16)  # the runner's answer, 1 to 10
LAST_REP = const(17)  # 1: harder than the first one, 2: more controlled
WARN = const(18)
FAULT = const(19)  # something failed and was lived with
SPLIT = const(20)  # a line of a step: since the one before it, of the step, later than the target (earlier: below zero)

KIND_LAST = const(20)

# What of WARN.
DPRIME_RUNS_OUT = const(1)  # this step asks for more than is left above critical speed
BATTERY_LOW = const(2)
LATE = const(3)  # a rep took longer than its send-off: the next one begins at once
GPS_LOST = const(4)
GPS_BACK = const(5)  # or there for the first time in the run

# Places of FAULT.
SCREEN = const(1)
IMU = const(2)
GNSS = const(3)
LINK = const(4)
SOUND = const(5)
TURN = const(6)
FLASH = const(7)  # the log
PLACES = ("", "screen", "imu", "gps", "cable", "sound", "step", "flash")

_RING = const(32)
_FIELDS = const(8)


class Events:
    """A ring of 32 events. take() moves the oldest into the attributes kind, t_ms, index, row, rep, a, b, c.

    held: how many wait. lost: how many were overwritten before they were taken.
    """

    def __init__(self):
        self._ring = array("i", (0,) * (_RING * _FIELDS))
        self._in = 0
        self.held = 0
        self.lost = 0
        self.kind = self.t_ms = self.index = self.row = self.rep = 0
        self.a = self.b = self.c = 0

    def put(self, kind, t_ms, index, row, rep, a=0, b=0, c=0):
        """Append an event; Engine.tell() fills in where it happened."""
        ring = self._ring
        i = self._in * _FIELDS
        ring[i] = kind
        ring[i + 1] = t_ms
        ring[i + 2] = index
        ring[i + 3] = row
        ring[i + 4] = rep
        ring[i + 5] = a
        ring[i + 6] = b
        ring[i + 7] = c
        self._in = (self._in + 1) % _RING
        if self.held < _RING:
            self.held += 1
        else:
            self.lost += 1

    def take(self):
        """True with the oldest event in the attributes, False when there is none."""
        if not self.held:
            return False
        ring = self._ring
        i = (self._in - self.held) % _RING * _FIELDS
        self.held -= 1
        self.kind = ring[i]
        self.t_ms = ring[i + 1]
        self.index = ring[i + 2]
        self.row = ring[i + 3]
        self.rep = ring[i + 4]
        self.a = ring[i + 5]
        self.b = ring[i + 6]
        self.c = ring[i + 7]
        return True
