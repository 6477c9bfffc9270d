"""The care of the IMU: reads its samples, counts steps, sees a turn of the wrist, rests while nobody looks."""

from array import array

from micropython import const

from ..core.cadence import UNKNOWN, Cadence

_READ_MS = const(180)  # between two reads: every other look at the receiver
_HALF_MS = const(100)  # half of what is read then
_RETRY_MS = const(500)  # before a part that failed is set up again
_MOTION_MG = const(150)  # a still wrist does not reach it
_MOVING_MS = const(10_000)  # after a motion, time for a turn of the wrist to be seen
# A turn of the wrist: the watch's face is up for so long, with so much of gravity (4096) across it, and was not before.
_TURN_MS = const(300)
_TURN_UP = const(2_900)
_TURN_DOWN = const(1_600)


class Steps:
    """step() returns the cadence in steps a minute, UNKNOWN without an IMU.

    due_ms      when to step() next
    cadence     its estimator
    faults      how often the IMU did not answer
    idle        set from outside: nobody looks and nobody runs, so that it may rest
    attentive   set from outside: a turn of the wrist is looked for; turned says that there was one
    """

    def __init__(self, imu, pin):
        """imu: a driver, or None; pin: where it tells motion, or None."""
        self.cadence = Cadence(imu.rate_hz if imu else 100)
        self.due_ms = 0
        self.faults = 0
        self.idle = self.attentive = self.turned = False
        self._imu = imu
        self._pin = pin
        self._samples = array("h", (0,) * (3 * imu.BURST if imu else 0))
        self._resting = False  # it only looks for motion
        self._still_ms = 0  # when it may do so again
        self._retry_ms = 0
        self._face = 0  # mean of the acceleration across the watch's face
        self._up_ms = 0
        self._armed = False

    def step(self, ms):
        """Read what has gathered. An IMU that fails is set up again; the watch goes on without."""
        imu = self._imu
        self.due_ms = ms + _READ_MS
        if imu is None or ms < self._retry_ms:
            return UNKNOWN
        try:
            if self._retry_ms:
                imu.start()
                self._retry_ms = 0
            if not (self.idle or self._resting) or not self._rest(imu, ms):
                self._read(imu, ms)
        except OSError:
            self.faults += 1
            self._retry_ms = ms + _RETRY_MS
            self._resting = False
            return UNKNOWN
        return self.cadence.cadence_spm

    def _read(self, imu, ms):
        samples = self._samples
        count = imu.read(samples)
        while count:
            self.cadence.feed(samples, count)
            if self.attentive:
                half = count >> 1
                self._look(0, half, ms - _HALF_MS)
                self._look(half, count, ms)
            if count < imu.BURST:
                break
            count = imu.read(samples)

    def _rest(self, imu, ms):
        """Nobody looks: the IMU only waits for motion. True while it does."""
        pin = self._pin
        if pin is None or not self.idle:
            if self._resting:
                self._resting = False
                imu.start()
            return False
        if not self._resting:
            if ms >= self._still_ms:
                self._resting = True
                imu.wake_on_motion(_MOTION_MG)
        elif pin.value():
            self._resting = False
            imu.start()
            self._still_ms = ms + _MOVING_MS
        return self._resting

    def _look(self, start, stop, ms):
        """Was there a turn of the wrist in these samples?"""
        if start == stop:
            return
        samples = self._samples
        total = 0
        for i in range(3 * start + 2, 3 * stop, 3):
            total += samples[i]
        total //= stop - start
        self._face += ((total if total > 0 else -total) - self._face) >> 1
        if self._face < _TURN_DOWN:
            self._armed = True
            self._up_ms = ms
        elif self._face < _TURN_UP:
            self._up_ms = ms
        elif self._armed and ms - self._up_ms >= _TURN_MS:
            self._armed = False
            self.turned = True
