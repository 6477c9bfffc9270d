# A tick of the engine, a look of the coach, a cue, a record of the journal, a workout parsed.
import json

import harness

from pacer.app import sounds
from pacer.core import engine as eg
from pacer.core import events as ev
from pacer.core import notation
from pacer.core.coach import Coach
from pacer.core.journal import Writer
from pacer.core.motion import Motion

TEXT = """Workout - Ladder
- 15min @ 6'00"/km
- 4 lots of:
  - 30s @ 3'00"/km
  - 45s walk between
- 1km @ 5'30"/km
- 400m jog
- 1km @ 5'00"/km
"""
workout = notation.parse(TEXT)
events = ev.Events()
engine = eg.Engine(workout, events)
engine.start(0, 0)
while events.take():
    pass
now = [0, 0]


def tick(times):
    for _ in range(times):
        now[0] += 100
        now[1] += 330
        engine.advance(now[0], now[1], 3300)


coach = Coach()
coach.step(0, 0, 300_000, 300_000, 1, 1_000_000)
looks = [0, 0]


def look(times):
    for _ in range(times):
        looks[0] += 500
        looks[1] += 1680
        coach.tick(looks[0], looks[1], 3360, 20_000, 100)


motion = Motion()
motion.speed_mm_s = 3300
motion.raw_mm_s = 3350
motion.fixed = True
motion.plane.place(51, 30_000_000, 4, 18_000_000)
writer = Writer(512)
writer.second(0, 0, 1, 1, motion, 172, 80)
seconds = [0]


class Piezo:
    def tone(self, frequency_hz):
        pass

    def off(self):
        pass


tones = sounds.Sounds(Piezo(), engine)


def cue(times):
    for _ in range(times):
        tones.play(sounds.EASY_NOW, 1000)
        events.put(ev.CUE, 61_000, 1, 1, 1, -300, 240_000, 1)
        events.take()
        writer.event(events)
        if writer.used > 400:
            writer.used = 0


def record(times):
    for _ in range(times):
        seconds[0] += 1
        motion.y_mm += 3300
        writer.second(1000 * seconds[0], 3300 * seconds[0], 1, 1, motion, 172, 80)
        if writer.used > 400:
            writer.used = 0


def usual(times):
    for i in range(times):
        (
            json.dumps(
                {"t": 1000 * i, "d": 3.3 * i, "v": 3.3, "lat": 51.5, "lon": 4.3, "cadence": 172, "confidence": 100}
            )
            + "\n"
        )


def parse(times):
    for _ in range(times):
        notation.parse(TEXT)


harness.ready()
harness.report("engine tick", tick, 20)
harness.report("a look of the coach", look, 20)
harness.report("a cue: its tone begun, its event put, taken and recorded", cue, 20)
harness.report("a record of the journal", record, 20)
harness.report("usual: a JSON line a second", usual, 20, lean=False)
harness.report("a line of a workout parsed", parse, 2, 8, lean=False)
