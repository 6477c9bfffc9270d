"""The self-test: which parts were found, and what to look at when one was not."""

from ...drivers.button import LONG, SHORT
from .. import sounds
from . import Page

_CHECKS = {
    "display": "screen: SDA SCL",
    "imu": "imu: check wires",
    "power": "power: I2C bus 1",
    "clock": "clock: cell flat",
    "gnss": "gps: check TX RX",
    "baud": "gps: wrong baud",
}


class SelfTest(Page):
    """LAP sounds a tone, BACK leaves."""

    rests = False

    def press(self, lap, back, ms):
        w = self.watch
        if back == SHORT or back == LONG:
            w.control.keep_settings(False)
            return w.control.home()
        if lap:
            w.sounds.play(sounds.GO, ms)
        return self

    def draw(self, canvas, watch):
        fb = canvas.fb
        missing = watch.parts.missing
        receiver = watch.receiver
        canvas.text("SELF-TEST", 0, 0)
        fb.hline(0, 9, 128, 1)
        lines = [("screen", "MISSING" if "display" in missing else "ok")]
        counting = watch.steps.cadence.filled
        lines.append(("imu", "MISSING" if "imu" in missing else "ok" if counting else "no samples"))
        lines.append(("gps", _gps(receiver)))
        if watch.power.percent >= 0:
            lines.append(("battery", "%d%%" % watch.power.percent))
        elif "power" in missing:
            lines.append(("power", "MISSING"))
        y = 12
        for name, said in lines:
            canvas.text(name, 0, y)
            canvas.text(said, 128 - 8 * len(said), y)
            y += 9
        wrong = _CHECKS[missing[-1]] if missing else ""
        if not receiver.heard and not wrong:
            wrong = _CHECKS["baud" if receiver.noise else "gnss"]
        if wrong:
            fb.fill_rect(0, 47, 128, 9, 1)
            canvas.text(wrong, 0, 48, 0)
        canvas.text("LAP beep BACK ok", 0, 57)


def _gps(receiver):
    stream = receiver.stream
    if not receiver.heard:
        return "garbage" if receiver.noise else "silent"
    if stream.signal_db:
        return "%d sat %d dB" % (max(0, stream.fix.sats), stream.signal_db)
    return "ok, %d sat" % max(0, stream.fix.sats)
