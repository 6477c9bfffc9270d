"""A defect, a dead part, an empty cell, an idle watch: what the runner is left with."""

import zlib

import pytest

from pacer.core import events as ev
from pacer.core import journal, motion, notation
from pacer_watch import boards, gallery
from pacer_watch.formats import runlog
from pacer_watch.gallery import visit
from pacer_watch.twin import hooks, interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver, UbloxReceiver
from pacer_watch.twin.runner import VirtualRunner
from pacer_watch.twin.world import DeepSleep, Reset, World

DEVKIT = "esp32_devkit"
LIGHT_SLEEP, DEEP_SLEEP, WAKE_ON = 21, 22, 23  # requests of guest/twinlink.py
pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")


def kept(world, folder, into):
    """Remember what was on the flash at the end: a session's folder goes with it."""
    for name in ("crash.count", "crash.txt", "settings.txt", "profile.txt", "learned.txt"):
        if (folder / name).exists():
            into[name] = (folder / name).read_text()
        else:
            into.pop(name, None)


DEFECTS = {
    "screen": hooks.before("screen", "if 30_000 < ms < 50_000: ms.nothing"),
    "imu": hooks.after("imu", "if 100 < self.steps < 140: self.nothing"),
    "gps": hooks.before("gps", "if 40_000 < at_ms < 45_000: fix.nothing"),
    "sound": hooks.before("sound", "if 30_000 < now_ms < 60_000: now_ms // 0"),
    "step": hooks.before("step", "if 40_000 < now_ms < 42_000: self.nothing"),
}


@pytest.mark.parametrize("where", DEFECTS)
def test_a_defect_in_a_run_is_logged_and_lived_with(where):
    text = "Workout - Defect\n- 60s @ 5'00\"/km\n- 200m @ 4'30\"/km\n"
    person = VirtualRunner(notation.parse(text), 3)
    r = session.run(text, person, NmeaReceiver(person.observe), seed=3, guest=DEFECTS[where])
    assert r.saved
    assert len(r.laps) == 3
    assert r.laps[1].distance_mm == 200_000
    faults = [e for e in r.events if e.kind == "fault"]
    assert 1 <= len(faults) <= 20
    assert r.crash.startswith(where)
    assert "Error" in r.crash


def test_the_fault_is_on_the_screen_for_a_while():
    seen = gallery.screens(DEVKIT)
    assert seen["fault"] != seen["run"]


class Mute(NmeaReceiver):
    """Silent between two times, in mid-sentence at the begin of it."""

    FROM_US, TO_US = 30_000_000, 50_000_000

    def say(self, at_us):
        said = super().say(at_us)
        if not self.FROM_US <= at_us < self.TO_US:
            return said
        return said + said[:60] if at_us < self.FROM_US + 1_000_000 else b""


@pytest.mark.parametrize("seed", [3, 4])
def test_a_receiver_that_was_silent_is_heard_at_once_when_it_speaks_again(seed):
    text = "Workout - Mute\n- 90s @ 5'00\"/km\n"
    person = VirtualRunner(notation.parse(text), seed)
    r = session.run(text, person, Mute(person.observe), seed=seed)
    assert r.saved
    assert r.world.uart.opened <= 4  # at the start, and no more
    at = (Mute.TO_US - r.start_us) // 1000
    assert all(s.confidence > 30 for s in r.seconds if s.t_ms > at + 3_000)


def test_the_run_after_number_9999_is_a_new_file():
    text = "Workout - Many\n- 20s @ 5'00\"/km\n"
    person = VirtualRunner(notation.parse(text), 3)
    names = []

    def prepare(world, folder):
        for n in (9, 9998, 9999, 10_000):
            (folder / "runs" / f"{n:04d}.got").write_bytes(b"fetched")

    def look(world, folder):
        names[:] = [path.name for path in (folder / "runs").glob("*.run")]

    r = session.run(text, person, NmeaReceiver(person.observe), seed=3, prepare=prepare, live=look)
    assert r.saved
    assert names == ["10001.run"]


def test_without_its_screen_the_watch_still_keeps_what_it_learned():
    text = "Workout - Dark\n- 60s @ 5'00\"/km\n"
    person = VirtualRunner(notation.parse(text), 3)
    into = {}

    def look(world, folder):
        kept(world, folder, into)

    def prepare(world, folder):
        world.at(40_000_000, lambda: world.take_off(world.display))

    r = session.run(text, person, NmeaReceiver(person.observe), seed=3, live=look, prepare=prepare)
    assert r.saved
    assert "learned.txt" in into


class Speechless(VirtualRunner):
    """Answers none of the questions; four seconds after the run the power goes."""

    def hear(self, at_us, name):
        if name == "end":
            self.index = len(self.plan) + 1
            self._end_us = at_us
        else:
            super().hear(at_us, name)


def test_step_lengths_are_kept_though_nobody_answers_and_the_power_goes():
    text = "Workout - Speechless\n- 90s @ 5'00\"/km\n"
    person = Speechless(notation.parse(text), 3)
    into = {}
    r = session.run(text, person, NmeaReceiver(person.observe), seed=3, live=lambda w, folder: kept(w, folder, into))
    assert r.saved
    assert not any(e.kind == "effort" for e in r.events)
    assert "\nsteps " in into["learned.txt"]


def test_step_lengths_are_kept_when_the_cell_is_empty_in_mid_run():
    text = "Workout - Empty\n- 10min @ 5'00\"/km\n"
    person = VirtualRunner(notation.parse(text), 3)
    into = {}
    r = session.run(
        text, person, NmeaReceiver(person.observe), seed=3,
        prepare=gallery.draining, live=lambda w, folder: kept(w, folder, into),
    )  # fmt: skip
    assert r.slept
    assert "\nsteps " in into.get("learned.txt", "")


def crashing(into, at_ms):
    """A defect that takes the loop down before a run; how often it did so before is on the flash."""

    def prepare(world, folder):
        if into.get("crash.count"):
            (folder / "crash.count").write_text(into["crash.count"])

    return {"prepare": prepare, "guest": hooks.before("motion", f"if now_ms > {at_ms}: self.nothing")}


def test_a_hook_whose_name_is_gone_fails_loudly():
    gone = hooks.before("motion", "pass").replace("Motion.advance", "Motion.no_such_method")
    with pytest.raises(interp.Crashed, match="no_such_method"):
        visit(DEVKIT, 5, [], guest=gone)


def test_three_bad_ends_in_a_row_lead_to_safe_mode():
    flash: dict[str, str] = {}
    for n in range(3):
        with pytest.raises(interp.Crashed, match="AttributeError"):
            visit(DEVKIT, 20, [], **crashing(flash, 5_000), live=lambda w, f: kept(w, f, flash))
        flash["crash.count"] = str(n + 1)  # written after the last look
    with pytest.raises(interp.Crashed, match="Safe mode: Pacer has failed 3 times"):
        visit(DEVKIT, 20, [], **crashing(flash, 5_000))


def test_a_minute_that_went_well_ends_the_count():
    flash: dict[str, str] = {"crash.count": "2"}

    def prepare(world, folder):
        (folder / "crash.count").write_text("2")

    visit(DEVKIT, 70, [], prepare=prepare, live=lambda w, f: kept(w, f, flash))
    assert "crash.count" not in flash


def test_a_minute_that_went_well_within_a_run_ends_the_count_too():
    """Else the third watchdog bite of one long run, hours apart, would be safe mode."""
    flash: dict[str, str] = {}

    def prepare(world, folder):
        (folder / "crash.count").write_text("2")

    r = visit(DEVKIT, 90, [(12, "lap", 0.2)], prepare=prepare, live=lambda w, f: kept(w, f, flash))
    assert len(r.seconds) > 60
    assert "crash.count" not in flash
    assert not any(e.kind == "fault" for e in r.events)


# The watch ends with a crash if a run has what is only wanted before it.
NEEDLESS = "import sys\n" + hooks.before(
    "turn",
    "assert not self.running or not [m for m in ('files', 'settings', 'pages.settings', 'pages.cut_off')"
    " if 'pacer.app.' + m in sys.modules]",
)


def test_a_run_that_the_watchdog_cut_off_goes_on_by_itself():
    log = visit(DEVKIT, 40, [(12, "lap", 0.2)], live=lambda w, f: [p.read_bytes() for p in f.glob("runs/*")])
    person = VirtualRunner(notation.parse("1min\n100m"), 1)
    cut = session.run("1min\n100m", person, UbloxReceiver(person.observe), limit_us=50_000_000)
    assert log
    data = cut.log[: len(cut.log) - 200]

    def prepare(world, folder):
        (folder / "runs" / "0001.run").write_bytes(data)

    person = VirtualRunner(notation.parse("1min\n100m"), 1)
    person.hand.clear()  # nobody presses
    r = session.run(
        "1min\n100m", person, UbloxReceiver(person.observe), prepare=prepare, cause=3, limit_us=90_000_000,
        guest=NEEDLESS,
    )  # fmt: skip
    assert any(e.kind == "restore" for e in r.events)
    assert len(r.log) > len(data)


@pytest.mark.parametrize("hours", [4, 9, 16, 23])
@pytest.mark.parametrize("step", ["24h @ 5'00\"/km", "280km @ 5'00\"/km", "24h @ 2'05\"/km", "lap @ 5'00\"/km"])
def test_a_step_of_many_hours_stays_within_small_integers(hours, step):
    """A run that was cut off late goes on under a locked heap, where a larger integer is an error."""
    text = f"- {step}\n".encode()
    head = b"pacer\nboard esp32_devkit\nworkout workout.txt\n\n" + text + b"\n--\n"
    t_ms = hours * 3_600_000
    run_mm = t_ms // 1000 * (8_000 if "2'" in step else 3_333)

    def prepare(world, folder):
        events = ev.Events()
        writer = journal.Writer(512)
        for kind in (ev.START, ev.STEP):
            events.put(kind, 0, 0, 0, 0, 0, 0, 0)
            events.take()
            writer.event(events)
        writer.second(t_ms, run_mm, 0, 0, motion.Motion(), 170, 80)
        data = journal.header(len(head), zlib.crc32(head)) + head + bytes(writer.buf[: writer.used])
        (folder / "runs" / "0001.run").write_bytes(data)

    person = VirtualRunner(notation.parse(text), 1)
    person.hand.clear()  # nobody presses
    r = session.run(
        text.decode(), person, UbloxReceiver(person.observe), prepare=prepare, cause=3, runtime=interp.WASM,
        limit_us=60_000_000,
    )  # fmt: skip
    assert any(e.kind == "restore" for e in r.events)
    assert r.seconds[-1].t_ms > t_ms + 30_000
    assert r.crash == ""
    assert [e for e in r.events if e.kind == "fault"] == []


def test_an_empty_cell_closes_the_log_and_goes_down_clean():
    r = visit(DEVKIT, 200, [(12, "lap", 0.2)], prepare=gallery.draining)
    assert r.slept
    assert 110 < r.virtual_s < 135
    assert [e.kind for e in r.events if e.kind == "warning"] == ["warning"]
    assert [e.value for e in r.events if e.kind == "warning"] == [2]
    assert not any(e.kind == "end" for e in r.events)  # it can be gone on with
    assert r.seconds[-1].t_ms > 95_000
    assert runlog.parse(r.log).seconds[-1].t_ms == r.seconds[-1].t_ms
    assert not r.world.display.on
    assert r.world.wakes == (32, 0)


def test_a_short_dip_of_the_voltage_is_nothing():
    def dips(world, folder):
        world.battery.curve = lambda us: 3200 if us % 30_000_000 < 11_000_000 else 3900

    r = visit(DEVKIT, 150, [(12, "lap", 0.2)], prepare=dips)
    assert not r.slept


def test_an_idle_watch_goes_dark_and_then_down_and_lap_wakes_it():
    r = visit(DEVKIT, 700, [])
    assert r.slept
    assert 595 < r.virtual_s < 605
    off, dim, bright = (us / 1e6 for us in r.world.lit_us)
    assert 25 < bright < 40
    assert 85 < dim < 95
    assert off > 470
    assert r.world.wakes == (32, 0)


def test_the_receiver_saves_power_before_a_run_and_not_in_it():
    receivers = []

    def prepare(world, folder):
        receivers.append(world.uart.talker)

    r = visit(DEVKIT, 300, [(200, "lap", 0.2), (201, "lap", 0.2)], prepare=prepare)
    assert 100_000_000 < receivers[0].saved_us < 160_000_000
    assert not receivers[0].saving
    assert not r.slept


def test_a_press_lights_a_dark_screen_and_does_nothing_else():
    r = visit(DEVKIT, 220, [(200, "lap", 0.2)])
    assert not r.patterns  # no run has begun
    assert r.world.display.on


def test_a_turn_of_the_wrist_lights_the_screen():
    def samples(start_us, count, period_us):
        up = 40_000_000 < start_us < 42_000_000 or start_us > 170_000_000
        return [(0, 0, 4096) if up else (4096, 0, 0)] * count

    def dark(world, folder):
        world.samples = samples
        (folder / "settings.txt").write_text("screen off\n")

    lit = []
    visit(
        DEVKIT, 190, [(12, "lap", 0.2)], prepare=dark,
        live=lambda w, f: lit.append((w.now_us // 1_000_000, w.display.light())),
    )  # fmt: skip
    states = dict(lit)
    assert states[20] == 2
    assert states[41] == 2
    assert states[39] == 1
    assert states[100] == 0
    assert states[172] == 2


def test_settings_are_kept_and_gone_by():
    flash: dict[str, str] = {}
    presses = [(10, "back", 1.2)]
    at = 12.0
    for changes in (1, 3, 2, 1, 1, 1, 2):  # units, lane, waypoints, tones, brightness, contrast, screen
        for _ in range(changes):
            presses.append((at, "lap", 0.2))
            at += 0.6
        presses.append((at, "back", 0.2))
        at += 0.6
    presses.append((at + 1, "back", 1.2))
    r = visit(DEVKIT, at + 5, presses, live=lambda w, f: kept(w, f, flash))
    assert flash["settings.txt"] == "tones off\nbrightness 4\ncontrast dark\nscreen on\n"
    assert "units mi" in flash["profile.txt"]
    assert "lane 3" in flash["profile.txt"]
    assert "waypoints 0" in flash["profile.txt"] or "waypoints 100" in flash["profile.txt"]
    assert r.world.display.inverted
    assert r.world.display.contrast == 0xB0


def test_damaged_settings_are_those_of_a_new_watch():
    def prepare(world, folder):
        (folder / "settings.txt").write_bytes(b"tones maybe\nbrightness 9\n\xff\xfe\x00screen\n")

    assert visit(DEVKIT, 15, [], prepare=prepare).crash == ""


def test_the_demo_run_keeps_nothing():
    flash: dict[str, str] = {}
    runs = []
    presses = [(10, "back", 1.2), *[(12 + i, "back", 0.2) for i in range(8)], (22, "lap", 0.2)]
    presses += [(200, "back", 0.2), (203, "back", 1.2), (206, "back", 0.2)]
    r = visit(
        DEVKIT, 230, presses, live=lambda w, f: (kept(w, f, flash), runs.append(len(list(f.glob("runs/*")))))
    )  # fmt: skip
    heard = [name for _, name in r.patterns]
    assert "easy now" in heard
    assert "push a little harder" in heard
    assert "complete" in heard
    assert max(runs) == 0
    assert "learned.txt" not in flash
    assert r.crash == ""


def test_a_demo_run_gives_back_what_the_pages_before_it_have_borrowed():
    presses = [(10, "back", 1.2), *[(12 + i, "back", 0.2) for i in range(8)], (22, "lap", 0.2)]
    r = visit(DEVKIT, 40, presses, guest=NEEDLESS)
    assert "go" in [name for _, name in r.patterns]
    assert r.crash == ""


@pytest.mark.parametrize("missing", ["imu", "display"])
def test_the_self_test_names_what_is_missing(missing):
    def without(world, folder):
        gallery.unpacked(world, folder)
        world.take_off(getattr(world, missing))

    whole = visit(DEVKIT, 10, [], prepare=gallery.unpacked)
    r = visit(DEVKIT, 10, [], prepare=without)
    if missing == "imu":
        assert r.frames[-1][1] != whole.frames[-1][1]
    else:
        assert not r.world.display.on
        assert [name for _, name in r.patterns] == ["warning"]


def test_light_sleep_in_the_twin_loses_bytes_and_hangs_a_tone():
    """What the firmware has to keep clear of is there."""
    from pacer_watch.twin.chips import Refused
    from pacer_watch.twin.chips.uart import Uart
    from tests.host.test_models import Speaker

    uart = Uart(Speaker((0, bytes(range(32, 132)))), 1)
    uart.open(0, 9600, 500)
    assert uart.flow(10_000) == 9
    uart.doze(10_000, 30_000)
    uart.flow(120_000)
    got = uart.read(200)
    assert 78 <= len(got) <= 82
    assert uart.slept_over == 100 - len(got)
    assert got[:8] == bytes(range(32, 40))
    assert got[-20:] == bytes(range(112, 132))
    person = VirtualRunner(notation.parse("1min"), 1)
    world = World(boards.load(DEVKIT), NmeaReceiver(person.observe), person)
    world.ears.tone(0, 3000, 32768)
    with pytest.raises(Refused, match="tone hangs"):
        world.handle(LIGHT_SLEEP, 0, 0, 10_000, 0, b"", 0)
    with pytest.raises(Refused, match="cannot wake"):
        world.handle(WAKE_ON, 23, 0, 0, 0, b"", 0)
    with pytest.raises(DeepSleep):
        world.handle(DEEP_SLEEP, 0, 0, 0, 0, b"", 0)
    assert not issubclass(DeepSleep, Reset)


def test_without_its_power_chip_a_t_beam_has_no_back_and_lap_is_lap_alone():
    """GPIO 0 stood in for the key at the power chip, so that each press of LAP was LAP and BACK."""

    def gone(world, folder):
        world.take_off(world.power)

    presses = [(12, "lap", 0.2), (20, "lap", 0.2), (26, "lap", 0.2)]
    r = visit("lilygo_tbeam_supreme", 40, presses, prepare=gone, text="Workout - Three\n- lap\n- lap\n- lap\n")
    kinds = [e.kind for e in r.events if e.kind in ("lap", "pause", "resume", "undo", "end")]
    assert kinds == ["lap", "lap"]
