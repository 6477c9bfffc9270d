"""The self-test and the settings, worked with two buttons: BACK goes on, LAP changes, BACK held leaves.

Loaded when it is opened and let go when it is left; a running watch does not have it in memory.
"""

from . import sounds
from .settings import CONTRASTS, SCREENS, TONES

_WAYPOINTS_MM = (0, 50_000, 100_000, 200_000)
_ITEMS = ("units", "lane", "waypoints", "tones", "brightness", "contrast", "screen", "self-test", "demo run")
_HELP = (
    "paces per", "track lane", "clicks each", "", "of the screen", "writing is", "after 20 s run", "LAP: look",
    "LAP: run it",
)  # fmt: skip
# What to look at when a part was not found.
_CHECKS = {
    "display": "screen: SDA SCL",
    "imu": "imu: check wires",
    "power": "power: I2C bus 1",
    "clock": "clock: cell flat",
    "gnss": "gps: check TX RX",
    "baud": "gps: wrong baud",
}


class Menu:
    """press() each button event, draw() each frame. self_test: begin with that page."""

    def __init__(self, watch, parts, store, self_test):
        self._watch = watch
        self._parts = parts
        self._store = store
        self._at = -1 if self_test else 0
        self._changed = False

    def press(self, lap, back):
        """lap: LAP was pressed. back: BACK's event, 2 released, 3 held."""
        if back == 3 or (back == 2 and self._at < 0):
            self._leave()
        elif back == 2:
            self._at = (self._at + 1) % len(_ITEMS)
        elif lap:
            self._change()

    def _leave(self):
        if self._changed:
            self._store.write_profile(self._watch.profile)
        self._watch.close_menu()

    def _change(self):
        w = self._watch
        p = w.profile
        s = w.settings
        name = _ITEMS[self._at] if self._at >= 0 else ""
        if self._at < 0:
            w.sounds.play(sounds.GO, w.clock_ms)
        elif name == "units":
            p.miles = not p.miles
        elif name == "lane":
            p.lane = (p.lane + 1) % 9
        elif name == "waypoints":
            i = _WAYPOINTS_MM.index(p.waypoint_mm) if p.waypoint_mm in _WAYPOINTS_MM else 0
            p.waypoint_mm = _WAYPOINTS_MM[(i + 1) % len(_WAYPOINTS_MM)]
        elif name == "tones":
            s.tones = 1 - s.tones
            w.sounds.muted = not s.tones
            w.sounds.play(sounds.TICK, w.clock_ms)
        elif name == "brightness":
            s.brightness = s.brightness % 5 + 1
        elif name == "contrast":
            s.contrast = 1 - s.contrast
        elif name == "screen":
            s.screen = (s.screen + 1) % 3
        elif name == "self-test":
            self._at = -1
        elif name == "demo run":
            self._leave()
            w.begin_demo()
            return
        self._changed = self._changed or name in ("units", "lane", "waypoints")
        if name in ("brightness", "contrast"):
            w.power.renew()

    def draw(self, fb, screens):
        if self._at < 0:
            self._self_test(fb)
            return
        name = _ITEMS[self._at]
        fb.text("SETTINGS", 0, 0)
        fb.text("%d/%d" % (self._at + 1, len(_ITEMS)), 104, 0)
        fb.hline(0, 10, 128, 1)
        fb.text(name, 0, 13)
        value = self._value(name)
        if len(value) == 1 or value.isdigit():
            screens.big_number(fb, int(value), 88, 13)
            fb.text(_HELP[self._at], 0, 25)
        else:
            fb.text(_HELP[self._at], 0, 22)
            fb.fill_rect(0, 31, 8 * len(value) + 4, 11, 1)
            fb.text(value, 2, 33, 0)
        fb.text("LAP set BACK nxt", 0, 48)
        fb.text("hold BACK: done", 0, 57)

    def _value(self, name):
        p = self._watch.profile
        s = self._watch.settings
        if name == "units":
            return "mile" if p.miles else "kilometre"
        if name == "lane":
            return "%d" % p.lane if p.lane else "find it out"
        if name == "waypoints":
            return "%d m" % (p.waypoint_mm // 1000) if p.waypoint_mm else "no clicks"
        if name == "tones":
            return TONES[s.tones]
        if name == "brightness":
            return "%d" % s.brightness
        if name == "contrast":
            return ("light on dark", "dark on light")[s.contrast]
        if name == "screen":
            return ("stays bright", "is dimmed", "goes off")[s.screen]
        return "all parts" if name == "self-test" else "without GPS"

    def _self_test(self, fb):
        w = self._watch
        missing = self._parts.missing
        fb.text("SELF-TEST", 0, 0)
        fb.hline(0, 9, 128, 1)
        y = 12
        wrong = ""
        lines = [("screen", "MISSING" if "display" in missing else "ok")]
        lines.append(("imu", "MISSING" if "imu" in missing else "ok" if w.cadence.filled else "no samples"))
        lines.append(("gps", self._gps()))
        if w.power.percent >= 0:
            lines.append(("battery", "%d%%" % w.power.percent))
        elif "power" in missing:
            lines.append(("power", "MISSING"))
        for name in missing:
            wrong = _CHECKS[name]
        if not w.heard and not wrong:
            wrong = _CHECKS["baud" if w.noise else "gnss"]
        for name, said in lines:
            fb.text(name, 0, y)
            fb.text(said, 128 - 8 * len(said), y)
            y += 9
        if wrong:
            fb.fill_rect(0, 47, 128, 9, 1)
            fb.text(wrong, 0, 48, 0)
        fb.text("LAP beep BACK ok", 0, 57)

    def _gps(self):
        w = self._watch
        if not w.heard:
            return "garbage" if w.noise else "silent"
        if w.nmea.signal_db:
            return "%d sat %d dB" % (max(0, w.nmea.fix.sats), w.nmea.signal_db)
        return "ok, %d sat" % max(0, w.nmea.fix.sats)


assert len(_ITEMS) == len(_HELP)
assert len(SCREENS) == 3 and len(CONTRASTS) == 2
