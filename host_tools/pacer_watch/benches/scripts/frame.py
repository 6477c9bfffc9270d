# A frame of the screen in a run: drawn, compared, sent. The bus counts bytes and does nothing else.
import sys

import harness

if sys.implementation.name != "micropython":
    print("frame: skipped, CPython has no framebuf")
    sys.exit()

from pacer.app.pages.canvas import Canvas
from pacer.app.pages.run import Run
from pacer.core import engine as eg
from pacer.core import events as ev
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


class Guide:
    balance = Balance()
    coach = Thing()
    split_until_ms = 0

    def warned(self, ms):
        return False

    def cue_shown(self, ms):
        return False


class Faults:
    def shown(self, ms):
        return False


watch = Thing()
events = ev.Events()
watch.engine = eg.Engine(
    notation.parse("- 1km @ 5'30\"/km | relaxed\n- 5 x:\n  - 400m @ 4'00\"/km\n  - 60s rest"), events
)
watch.motion = Thing()
watch.motion.speed_mm_s = 3030
watch.motion.confidence = 90
watch.guide = Guide()
watch.guide.coach.cue = 0
watch.guide.coach.fast_mm_s = watch.guide.coach.slow_mm_s = 3030
watch.control = Thing()
watch.control.faults = Faults()
watch.desk = Thing()
watch.desk.run_steps = 11
watch.desk.notes = [("relaxed",), None, None, None]
watch.scribe = Thing()
watch.scribe.laps = 1
watch.scribe.lap_ms = 95_000
watch.scribe.lap_mm = 300_000
canvas = Canvas(SSD1306(Bus()), False)
page = Run(watch)
watch.engine.start(0, 0)
now = [12_000, 36_000]


def frames(times):
    for _ in range(times):
        now[0] += 250
        now[1] += 757
        watch.clock_ms = now[0]
        watch.motion.speed_mm_s = 3030 + (now[0] >> 10) % 7
        watch.engine.advance(now[0], now[1], 3030)
        canvas.show(page, watch, now[0])
        while canvas.display.dirty:
            canvas.send(now[0])


def whole(times):
    for _ in range(times):
        watch.clock_ms = now[0]
        canvas.renew()
        canvas.display._stale = True
        canvas.show(page, watch, now[0])
        canvas.display.show(64)
        canvas.display._stale = False


harness.ready()
harness.report("a frame in a run, drawn and sent, and an engine tick", frames, 40)
Bus.sent = 0
frames(40)
ours = Bus.sent
harness.report("usual: all of a frame, drawn and sent", whole, 8)
Bus.sent = 0
whole(8)
print("# bytes over I2C a frame | %d | usual %d" % (ours // 40, Bus.sent // 8))
