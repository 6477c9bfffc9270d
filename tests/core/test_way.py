"""The filter along the oval, whatever comes: on the 32-bit interpreter no value may leave the small integers."""

import micropython

from pacer.core.fixed import cos_q14, sin_q14
from pacer.core.track.laps import Laps
from pacer.core.track.oval import Oval
from pacer.core.track.way import Way

LOCK = getattr(micropython, "heap_lock", lambda: None)  # an integer from 2**30 on would need heap
UNLOCK = getattr(micropython, "heap_unlock", lambda: None)
SHAPES = ((8439, 3680), (8439, 4524), (0, 1000), (20_000, 8000), (6000, 1750))


class Dice:
    def __init__(self):
        self.seed = 1

    def roll(self, n):
        self.seed = (self.seed * 8121 + 28_411) % 134_456
        return self.seed % n


def wild(case, steps):
    """A run on an oval with courses, noises, stops and turns of all kinds. Returns how often the way was begun."""
    d = Dice()
    d.seed = 1 + 997 * case
    o = Oval()
    o.straight_cm, o.radius_cm = SHAPES[case % 5]
    o.standard = o.straight_cm == 8439
    o.size()
    o.clockwise = case & 1
    o.angle = d.roll(32_768)
    laps = Laps()
    if not o.standard:
        laps.lap_mm = 10 * o.path_cm
        laps.sure = True
    elif case % 3 == 1:
        laps.name(1 + d.roll(8), 0)
    way = Way()
    speed = (1000, 12_000, 4000, 2500)[case % 4]
    s = shown = begun = 0
    half = o.straight_cm + o.bend_cm
    for k in range(steps):
        dt = (900, 1700, 2000, 2900, 3900)[d.roll(5)]
        v = speed if d.roll(20) else d.roll(12_000)
        moved = v * dt // 1000 * (90 + d.roll(20)) // 100
        s = (s + moved // 10) % o.path_cm
        q = s % half
        turn = (32_768 if s >= half else 0) + (0 if q < o.straight_cm else (q - o.straight_cm) * 32_768 // o.bend_cm)
        turn = o.angle + (-turn if o.clockwise else turn) + d.roll(9000 if d.roll(10) == 0 else 2000) - 1000
        if d.roll(50) == 0:
            turn += 32_768
        if d.roll(100) == 0:
            o.clockwise ^= 1
        east = v * cos_q14(turn) >> 14
        north = v * sin_q14(turn) >> 14
        noise = (100, 22_500, 490_000)[d.roll(3)]
        dx = east * dt // 10_000 + d.roll(400) - 200
        dy = north * dt // 10_000 + d.roll(400) - 200
        late = dt * d.roll(9) // 20
        ago = d.roll(9000)
        LOCK()
        try:
            way.tell(dt, east, north, late, noise, shown)
            if way.active:
                way.move(o, laps, moved, dx, dy)
                o.s_cm = s
                if k & 7 == 0:
                    way.check(o, ago)
            else:
                o.s_cm = s
                way.begin(o, laps)
                begun += 1
        finally:
            UNLOCK()
        assert 0 <= way.mm < 2 * 10 * (o.straight_cm + o.bend_cm) * 3 // 2
        assert -90_000 < way.scale_ppm < 90_000
        shown += moved
    return begun


def test_whatever_comes_stays_in_small_integers():
    for case in range(20):
        assert 0 < wild(case, 400) < 400
