# A fix through motion and track: ten a second and one a second, on an oval that is learned on the way.
import harness

from pacer.core.fixed import cos_q14, sin_q14
from pacer.core.gnss.stream import Fix
from pacer.core.motion import Motion

UMIN_MM_Q8 = 138  # micro-minutes of latitude to a millimetre, Q8


class Runner:
    """3.5 m/s around an oval of 400 m: a fix each period_ms."""

    def __init__(self, period_ms):
        self.motion = Motion()
        self.fix = Fix()
        self.fix.valid = 1
        self.fix.lat_deg = 51
        self.fix.hdop_c = 90
        self.fix.accuracy_mm_s = 150
        self.period_ms = period_ms
        self.way_mm = 0
        self.ms = 1000
        self.noise = 7
        self.x = self.y = 0

    def step(self):
        self.ms += self.period_ms
        self.way_mm += 35 * self.period_ms // 10
        s = self.way_mm % 400_000
        if s < 84_390:
            x, y = s, -36_800
        elif s < 200_000:
            a = (s - 84_390) // 10 * 32768 // 11_561 - 16384
            x, y = 84_390 + 36_800 * cos_q14(a) // 16384, 36_800 * sin_q14(a) // 16384
        elif s < 284_390:
            x, y = 284_390 - s, 36_800
        else:
            a = (s - 284_390) // 10 * 32768 // 11_561 + 16384
            x, y = 36_800 * cos_q14(a) // 16384, 36_800 * sin_q14(a) // 16384
        self.noise = (self.noise * 1103 + 12345) & 32767
        f = self.fix
        f.utc_ms = self.ms
        f.lat_umin = 30_000_000 + (y >> 2) * UMIN_MM_Q8 // 64
        f.lon_umin = 18_000_000 + (x >> 2) * UMIN_MM_Q8 * 8 // 325
        f.speed_mm_s = 3400 + self.noise % 200
        f.directed = 1
        f.east_mm_s = (x - self.x) * 1000 // self.period_ms
        f.north_mm_s = (y - self.y) * 1000 // self.period_ms
        self.x = x
        self.y = y
        return f


def fixes(period_ms, laps):
    r = Runner(period_ms)
    for _ in range(laps * 114_300 // period_ms):
        r.motion.steps(170)
        r.motion.fix(r.step(), r.ms)
        r.motion.advance(r.ms)

    def run(times):
        for _ in range(times):
            r.motion.fix(r.step(), r.ms)

    def advance(times):
        for _ in range(times):
            r.motion.advance(r.motion.fix_ms + 40)

    def blind(times):
        for i in range(times):
            r.motion.advance(r.motion.fix_ms + 10_000 + 100 * i)

    def making(times):
        for _ in range(times):
            r.step()

    return run, advance, blind, making


def usual(times):
    """A tuple a fix, haversine in floats, a list of the last ten speeds."""
    from math import asin, cos, radians, sin, sqrt

    speeds = []
    last = (51.5, 4.3)
    total = 0.0
    for i in range(times):
        here = (51.5 + i * 3e-6, 4.3)
        a, b = radians(last[0]), radians(here[0])
        h = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(here[1] - last[1]) / 2) ** 2
        total += 2 * 6371000 * asin(sqrt(h))
        speeds.append(3.5)
        if len(speeds) > 10:
            speeds.pop(0)
        sum(speeds) / len(speeds)
        last = here


figures = [(name, fixes(period_ms, 2)) for period_ms, name in ((100, "10 Hz"), (1000, "1 Hz"))]
harness.ready()
for name, (run, advance, _, making) in figures:
    harness.report("a fix through motion and track at " + name, run, 36, 1, making)
    harness.report("motion brought to now at " + name, advance, 20)
harness.report("motion by steps alone, without fixes", figures[0][1][2], 20)
harness.report("usual: haversine in floats, a list of speeds", usual, 20, lean=False)
