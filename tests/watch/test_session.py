"""Whole runs of the unmodified firmware on the twin."""

import pytest

from pacer.core import notation
from pacer.core import profile as pf
from pacer_watch import BOARDS, WORKOUTS, boards
from pacer_watch.twin import interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver, Observation, UbloxReceiver
from pacer_watch.twin.oval import Oval
from pacer_watch.twin.receivers import RECEIVERS
from pacer_watch.twin.runner import VirtualRunner
from pacer_watch.twin.world import START_TICKS_MS

SHORT = """Workout - Short
- 30s warm-up
- 3 x 200m @ 4'30"/km, 20s rest between
- lap jog
- 100m @ 4'00"/km
"""


def run(text=SHORT, seed=1, rate=1, baud=None, receiver="white", lane=1, person=None, **options):
    person = person or VirtualRunner(notation.parse(text), seed, Oval(lane), RECEIVERS[receiver])
    talker = NmeaReceiver(person.observe, rate, baud or (9600 if rate == 1 else 115200))
    return session.run(text, person, talker, seed=seed, **options)


def test_a_short_session_comes_out_whole(runtime):
    r = run(runtime=runtime)
    laps = r.laps_table()
    assert [lap["kind"] for lap in laps] == ["warm-up", "run", "rest", "run", "rest", "run", "jog", "run", "free"]
    assert [lap["time_ms"] for lap in laps if lap["kind"] in ("warm-up", "rest")] == [30_000, 20_000, 20_000]
    assert [lap["distance_mm"] for lap in laps if lap["kind"] == "run"] == [200_000] * 3 + [100_000]
    end = next(e for e in r.events if e.kind == "end")
    assert sum(lap["time_ms"] for lap in laps) == end.time_ms
    assert sum(lap["distance_mm"] for lap in laps) == end.distance_mm
    assert r.saved
    assert r.uart_lost == 0


def test_both_micropythons_write_the_same_run():
    if not interp.micropython():
        pytest.skip("no unix MicroPython wheel here")
    a, b = (run(runtime=name, seed=5) for name in (interp.UNIX, interp.WASM))
    assert (a.seconds, a.events) == (b.seconds, b.events)


def test_laps_are_near_the_truth(runtime):
    r = run(runtime=runtime, seed=11)
    for lap in r.laps_table():
        assert abs(lap["time_ms"] - lap["true_time_ms"]) <= 150, lap
        assert abs(lap["distance_mm"] - lap["true_distance_mm"]) <= 6_000, lap


def test_a_press_is_heard_within_40_ms_though_most_looks_at_the_buttons_are_no_turn():
    text = "- 24 x:\n  - lap jog\n"
    person = VirtualRunner(notation.parse(text), 1)
    person.hand.clear()
    at = [20.0 + 2.03 * k + 0.0137 * k * k % 0.1 for k in range(20)]  # at any phase of what is due
    person.hand.plan([(s, "lap", 0.12) for s in at])
    receiver = UbloxReceiver(person.observe)
    r = session.run(text, person, receiver, runtime=interp.WASM, costs=True, limit_us=62_000_000)
    heard = [us for us, name in r.patterns if name in ("go", "recover", "lap")]
    late = [round(us / 1000 - 1000 * s) for us, s in zip(heard, at, strict=False)]
    assert len(late) == 20
    assert max(late) <= 40, late
    quiet = [cost for us, cost in r.step_costs if 6_000_000 < us < 19_000_000]  # ready, ten fixes a second
    assert 10 <= sum(cost > 60_000 for cost in quiet) / 13 <= 24
    assert len(quiet) / 13 >= 49


@pytest.mark.parametrize("after_s", [-1.5, 0.1, 0.9, 2.5])
def test_a_press_about_a_line_moves_the_rep_s_end_and_the_rest_is_whole(runtime, after_s):
    text = "- 3 x:\n  - 200m @ 4'00\"/km\n  - 20s rest\n- 200m jog\n"
    alone = run(text, seed=4, rate=10, runtime=runtime)
    line_us = next(us for us, name in alone.patterns if name == "recover")
    person = VirtualRunner(notation.parse(text), 4)
    person.hand.plan([(line_us / 1e6 + after_s, "lap", 0.15)])
    r = run(text, seed=4, rate=10, person=person, runtime=runtime)
    laps = r.laps
    assert [(lap.index, lap.distance_mm) for lap in laps[:6:2]] == [(0, 200_000), (2, 200_000), (4, 200_000)]
    assert abs(laps[0].time_ms - alone.laps[0].time_ms - 1000 * after_s) <= 150  # the tone comes a turn late
    assert [lap.time_ms for lap in laps[1:6:2]] == [20_000] * 3
    tones = [name for _, name in r.patterns]
    assert tones.count("recover") == 4  # once for each rest, and for the jog
    assert tones.count("lap") == (1 if after_s > 0.1 else 0)
    assert r.seconds == sorted(r.seconds, key=lambda s: s.distance_mm)


def test_without_noise_the_distance_is_the_truth():
    r = run("1000m @ 5'00\"/km\n400m @ 4'00\"/km", receiver="perfect")
    for lap in r.laps_table()[:2]:
        assert abs(lap["distance_mm"] - lap["true_distance_mm"]) <= 2_500, lap


def test_ten_fixes_a_second_work_as_one_does():
    r = run(rate=10, seed=2)
    assert r.uart_lost == 0
    assert r.saved
    # RMC of each epoch and a GGA a second; refused are the few "$" in the noise before the baud rate was found.
    assert r.sentences["accepted"] >= (10 + 1) * (r.virtual_s - 15)
    assert r.sentences["accepted"] + r.sentences["other"] >= 2 * 10 * (r.virtual_s - 15)
    assert r.sentences["refused"] <= 4


def test_the_clock_wraps_in_the_first_seconds_and_nobody_notices():
    assert (1 << 30) - START_TICKS_MS < 20_000
    r = run("20s")
    assert r.laps[0].time_ms == 20_000


def test_a_u_blox_is_set_up_for_ten_fixes_a_second():
    person = VirtualRunner(notation.parse(SHORT), 1)
    talker = UbloxReceiver(person.observe)
    r = session.run(SHORT, person, talker)
    assert (talker.baud, talker.models) == (115200, [3, 9])  # pedestrian, and wrist for those that have it
    assert talker.epochs > 9 * r.virtual_s
    assert r.uart_lost == 0
    assert r.sentences["accepted"] > 9 * (r.virtual_s - 15)
    for lap in r.laps_table():
        assert abs(lap["distance_mm"] - lap["true_distance_mm"]) <= 4_000, lap


def test_a_receiver_that_restarts_at_9600_baud_in_mid_run_is_found_and_set_up_again():
    text = "4min @ 5'00\"/km"
    person = VirtualRunner(notation.parse(text), 1)
    talker = UbloxReceiver(person.observe)
    restarted = []

    def restart(world):
        restarted.append(world.now_us)
        talker.restart(world.now_us)

    def prepare(world, folder):
        world.at(120_000_000, lambda: restart(world))

    r = session.run(text, person, talker, prepare=prepare, lock_at_us=60_000_000)
    assert len(restarted) == 1
    assert talker.baud == 115200
    lap = r.laps_table()[0]
    assert lap["time_ms"] == 240_000
    assert abs(lap["distance_mm"] - lap["true_distance_mm"]) <= 0.01 * lap["true_distance_mm"]
    assert min(s.confidence for s in r.seconds[90:130]) < 100  # the runner saw that it was unsure


def test_a_receiver_that_does_not_listen_still_works():
    person = VirtualRunner(notation.parse("1min\n100m"), 1)
    talker = NmeaReceiver(person.observe)
    r = session.run("1min\n100m", person, talker)
    assert talker.baud == 9600
    assert r.saved
    assert r.laps[1].distance_mm == 100_000


def test_a_receiver_at_another_baud_rate_is_found():
    for baud in (115200, 38400):
        r = run("1min\n100m", baud=baud)
        assert r.saved, baud
        assert r.laps[1].distance_mm == 100_000


def test_the_watch_paces_without_an_imu():
    r = run("1min\n200m", prepare=lambda world, folder: world.take_off(world.imu))
    assert r.saved
    assert r.laps[1].distance_mm == 200_000
    assert max(s.cadence_spm for s in r.seconds) == 0


def test_a_run_without_a_display_is_run_by_ear():
    r = run("1min\n200m", prepare=lambda world, folder: world.take_off(world.display))
    assert r.saved
    assert r.patterns[0][1] == "warning"
    assert not r.frames


def test_a_display_at_the_other_address_is_found():
    r = run("1min\n200m", prepare=lambda world, folder: world.move(world.display, 0x3D), record=True)
    assert r.saved
    assert len(r.frames) > 100


def test_every_workout_of_the_library_runs_to_its_end():
    profile = (WORKOUTS / "example.profile").read_text()
    for name in ("5x1000m", "800m-breakdowns", "cut-down-1000s", "hill-minutes", "ladder-5x1000", "field-test-3min"):
        path = WORKOUTS / f"{name}.txt"
        text = path.read_text(encoding="utf-8")
        workout = notation.parse(text)
        workout.resolve(pf.parse(profile))
        person = VirtualRunner(workout, 4)
        r = session.run(text, person, NmeaReceiver(person.observe), profile=profile)
        assert r.saved, path.name
        assert len([lap for lap in r.laps if lap.index < len(r.plan)]) == len(r.plan), path.name


def test_the_ladder_is_the_session_that_was_asked_for():
    w = notation.parse((WORKOUTS / "ladder-5x1000.txt").read_text(encoding="utf-8"))
    from pacer_watch.twin.runner import unroll

    plan = unroll(w)
    reps = [s for s in plan if s.amount == 1_000_000]
    assert [s.pace_fast // 1000 for s in reps] == [330, 310, 290, 260, 225]
    assert len({s.note for s in reps}) == 5
    assert all(s.note for s in reps)
    assert [s.amount for s in plan if s.kind == 2] == [400_000] * 4
    assert (plan[0].kind, plan[0].amount) == (5, 1_600_000)
    assert (plan[-1].kind, plan[-1].amount) == (6, 800_000)
    assert [(s.kind, s.amount) for s in plan if s.kind == 4] == [(4, 30_000)] * 4


def test_a_target_that_changes_is_followed_and_a_send_off_kept():
    text = (
        "400m @ 5'00\"/km to 4'00\"/km | go\n2 lots of:\n  100m @ 4'00\"/km | one | two\n  rest on 40s\n"
        "2 x 100m @ 4'30\"/km on 15s\n"
    )
    r = run(text, receiver="perfect")
    laps = r.laps_table()
    assert [lap["step"] for lap in laps] == [1, 2, 3, 4, 5, 6, 8, 10]  # the rests of the last two are over at once
    assert abs(laps[0]["time_ms"] - 108_000) < 4_000
    assert [laps[i]["time_ms"] + laps[i + 1]["time_ms"] for i in (1, 3)] == [40_000, 40_000]
    clicks = [(us - r.start_us) / 1e6 for us, name in r.patterns if name == "waypoint"]
    assert [round(s) for s in clicks] == [29, 57, 83]  # where one is who speeds up evenly, metre by metre
    late = [e for e in r.events if e.kind == "warning"]
    assert [round(e.own["late_ms"] / 1000) for e in late] in ([11], [12])  # 27 s for what was to start after 15


class Fumbler(VirtualRunner):
    """Presses lap by mistake in the first step and takes it back; pauses in the second."""

    def hear(self, at_us, name):
        if name == "undo":
            self.index -= 1
            return
        if name in ("pause", "resume"):
            return
        super().hear(at_us, name)


def test_a_mistaken_lap_press_is_taken_back_and_a_pause_does_not_count():
    text = "40s\n30s\n20s"
    person = Fumbler(notation.parse(text), 1)
    start = person.START_US
    person.hand.press("lap", start + 20_000_000)
    person.hand.press("back", start + 22_000_000, 1_000_000)
    person.hand.press("back", start + 50_000_000)
    person.hand.press("lap", start + 65_000_000)
    r = run(text, person=person)
    kinds = [e.kind for e in r.events]
    assert kinds.count("undo") == 1
    assert [lap.time_ms for lap in r.laps[:3]] == [40_000, 30_000, 20_000]
    heard = [r.heard_us(lap.t_ms) for lap in r.laps[:3]]
    assert kinds.count("pause") == 2  # one here, one at the end
    pause = next(e for e in r.events if e.kind == "pause")
    assert abs(pause.t_ms - 50_000) <= 200
    assert heard[0] - r.start_us < 41_000_000
    tones = [name for _, name in r.patterns]
    assert "undo" in tones
    assert "resume" in tones


def test_laps_behind_the_last_step_sound_as_laps():
    person = VirtualRunner(notation.parse("20s"), 1)
    person.hand.press("lap", person.START_US + 24_000_000)
    r = run("20s", person=person)
    assert [name for _, name in r.patterns if name != "tick"] == ["go", "complete", "lap", "pause", "end"]
    assert [lap.index for lap in r.laps] == [0, 1, 2]


def test_a_broken_workout_is_shown_and_never_run():
    def broken(world, folder):
        (folder / "workouts" / "workout.txt").write_text("- 1km @ 5'77\"/km\n")

    r = run("1min", prepare=broken, limit_us=40_000_000, record=True)
    assert r.events == []
    assert not r.patterns
    assert any(r.frames[-1][1])


def test_a_flash_that_cannot_be_written_does_not_stop_the_run():
    def no_runs(world, folder):
        (folder / "runs").rmdir()
        (folder / "runs").write_text("in the way")

    r = run("20s", prepare=no_runs, record=True)
    assert r.events == []
    assert [name for _, name in r.patterns if name != "tick"] == ["go", "complete", "pause", "end"]


@pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")
def test_telemetry_and_a_file_over_the_cable_leave_the_run_as_it_is():
    import binascii

    from pacer_watch.link import encode

    text = "Workout - Same\n- 60s @ 5'00\"/km\n- 2 x 200m @ 4'30\"/km, 20s rest\n"
    data = b"Workout - Other\n- 1km\n" + b"# " + b"x" * 900 + b"\n"
    frames = encode("W", 1, b"1") + encode("P", 2, b"%d %08x workouts/b.txt" % (len(data), binascii.crc32(data)))
    for k, at in enumerate(range(0, len(data), 160)):
        frames += encode("D", 3 + k, at.to_bytes(4, "little") + data[at : at + 160])
    frames += encode("L", 98, b"0") + b"noise \x7e half a fr"  # no "E": a new file changes the ready screen

    def trace(serial):
        person = VirtualRunner(notation.parse(text), 2)
        r = session.run(
            text, person, NmeaReceiver(person.observe, 10, 115200), runtime=interp.UNIX, seed=2, serial=serial
        )
        assert r.uart_lost == 0
        return r

    # A laptop on the cable keeps the chip from sleeping between the fixes: a transfer may fall into another turn of the
    # loop, and a distance be looked at a millisecond sooner.
    talked, quiet = trace(frames), trace(b"")
    assert [(e.kind, e.index, e.rep) for e in talked.events] == [(e.kind, e.index, e.rep) for e in quiet.events]
    assert len(talked.seconds) == len(quiet.seconds)
    for a, b in zip(talked.seconds, quiet.seconds, strict=True):
        assert (a.t_ms, a.cadence_spm, a.raw_mm_s) == (b.t_ms, b.cadence_spm, b.raw_mm_s)
        assert abs(a.distance_mm - b.distance_mm) <= 10


def test_boards_are_found_by_name():
    assert boards.names() == ["esp32_devkit", "lilygo_tbeam_supreme", "xiao_esp32s3"]
    assert (BOARDS / "esp32_devkit" / "README.md").exists()
    with pytest.raises(FileNotFoundError, match="esp32_devkit"):
        boards.load("nothing")


def test_on_a_treadmill_a_rep_ends_by_the_steps_and_the_screen_says_so(runtime):
    person = VirtualRunner(notation.parse("200m @ 4'00\"/km"), 3)
    receiver = NmeaReceiver(lambda us: Observation(None))
    r = session.run("200m @ 4'00\"/km", person, receiver, runtime=runtime, record=True)
    first = r.laps[0]
    assert first.distance_mm == 200_000
    assert 45_000 <= first.t_ms <= 56_000
    # He starts faster than the target, whose speed is taken: 21 m too many on average over twelve runners.
    assert abs(r.truth.distance_at(r.start_us + 1000 * first.t_ms) - r.truth.distance_at(r.start_us) - 200) <= 36
    assert {s.confidence for s in r.seconds[10:40]} == {8}  # GUESSED, as the log rounds it
    assert not r.cues


def test_a_fix_that_is_lost_is_told_and_so_is_its_return(runtime):
    text = "- 3min @ 5'00\"/km\n"
    person = VirtualRunner(notation.parse(text), 2)
    receiver = NmeaReceiver(lambda us: Observation(None) if 80e6 < us < 105e6 else person.observe(us))
    r = session.run(text, person, receiver, runtime=runtime, record=True)
    told = [(e.value, r.start_us / 1e6 + e.t_ms / 1000) for e in r.events if e.kind == "warning"]
    assert [what for what, _ in told] == [4, 5]
    assert 85 <= told[0][1] <= 88
    assert 105 <= told[1][1] <= 110
    assert [name for us, name in r.patterns if 84e6 < us < 110e6] == ["warning", "resume"]
