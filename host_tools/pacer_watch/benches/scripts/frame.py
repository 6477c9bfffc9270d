# A frame of the screen in a run: drawn, compared, sent. The bus counts bytes and does nothing else.
import sys

import harness

if sys.implementation.name != "micropython":
    print("frame: skipped, CPython has no framebuf")
    sys.exit()

from pacer.app.screens import Screens
from pacer.core import engine as eg
from pacer.core import notation
from pacer.drivers.oled import SSD1306


class Bus:
    sent = 0

    def writeto(self, address, data):
        Bus.sent += len(data) + 1


class Thing:
    pass


class Balance:
    def percent(self):
        return 83


watch = Thing()
watch.events = eg.Events()
watch.engine = eg.Engine(
    notation.parse("- 1km @ 5'30\"/km | relaxed\n- 5 x:\n  - 400m @ 4'00\"/km\n  - 60s rest"), watch.events
)
watch.motion = Thing()
watch.motion.speed_mm_s = 3030
watch.motion.confidence = 90
watch.balance = Balance()
watch.coach = Thing()
watch.coach.cue = 0
watch.coach.fast_mm_s = watch.coach.slow_mm_s = 3030
watch.warn_shown = watch.undo_shown = watch.cue_shown = watch.fault_shown = watch.low_shown = watch.going_down = False
watch.menu = watch.demo = None
watch.run_steps = 11
watch.laps = 1
watch.lap_ms = 95_000
watch.lap_mm = 300_000
screens = Screens(SSD1306(Bus()))
screens.load(watch.engine.workout)
watch.engine.start(0, 0)
now = [12_000, 36_000]


def frames(times):
    for _ in range(times):
        now[0] += 250
        now[1] += 757
        watch.motion.speed_mm_s = 3030 + (now[0] >> 10) % 7
        watch.engine.advance(now[0], now[1], 3030)
        screens.draw(watch, now[0])
        while screens._display.dirty:
            screens._display.show(12)


def whole(times):
    for _ in range(times):
        screens._page = 0
        screens._display._stale = True
        screens.draw(watch, now[0])
        screens._display.show(64)
        screens._display._stale = False


harness.ready()
harness.report("a frame in a run, drawn and sent, and an engine tick", frames, 40)
Bus.sent = 0
frames(40)
ours = Bus.sent
harness.report("usual: all of a frame, drawn and sent", whole, 8)
Bus.sent = 0
whole(8)
print("# bytes over I2C a frame | %d | usual %d" % (ours // 40, Bus.sent // 8))
