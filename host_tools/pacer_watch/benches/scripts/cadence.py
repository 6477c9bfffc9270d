# A sample of the accelerometer through cadence, in bursts of a tenth of a second.
from array import array

import harness

from pacer.core.cadence import Cadence
from pacer.core.fixed import sin_q14


def burst(rate_hz, k):
    """A tenth of a second of a wrist at 172 steps a minute."""
    out = array("h", (0,) * (3 * (rate_hz // 10)))
    for i in range(rate_hz // 10):
        t = (k * (rate_hz // 10) + i) * 172 * 65536 // (60 * rate_hz)
        out[3 * i] = sin_q14(t >> 1) // 8
        out[3 * i + 1] = 500
        out[3 * i + 2] = 4096 + sin_q14(t) // 3
    return out


def feeder(rate_hz):
    bursts = [burst(rate_hz, k) for k in range(60)]
    cadence = Cadence(rate_hz)
    for b in bursts:
        cadence.feed(b, rate_hz // 10)

    def run(times):
        for k in range(times):
            cadence.feed(bursts[k % 60], rate_hz // 10)

    return run


def usual(times):
    """Floats and tuples: magnitude, a running mean, a threshold crossing."""
    b = burst(100, 0)
    history = []
    steps = 0
    for _ in range(times):
        for i in range(0, len(b), 3):
            x, y, z = b[i] / 4096, b[i + 1] / 4096, b[i + 2] / 4096
            size = (x * x + y * y + z * z) ** 0.5
            history.append((size, i))
            if len(history) > 50:
                history.pop(0)
            mean = sum([h[0] for h in history]) / len(history)
            if size > mean + 0.2:
                steps += 1


at_100_hz = feeder(100)
harness.ready()
harness.report("an IMU sample through cadence at 100 Hz", at_100_hz, 120, 10)
harness.report("usual: floats, tuples, a threshold", usual, 6, 10, lean=False)
