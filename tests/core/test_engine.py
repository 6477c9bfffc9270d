import sys

from pacer.core import engine as eg
from pacer.core import events as ev
from pacer.core import workout as wk
from pacer.core.notation import parse

NAMES = (
    "", "start", "step", "lap", "countdown", "undo", "pause", "resume", "complete", "end", "cue", "receiver", "oval",
    "lap length", "restore", "clock", "effort", "last rep", "warning",
)  # fmt: skip


class Run:
    """An engine with a clock; remembers its events."""

    def __init__(self, text, start_ms=5_000, start_mm=700):
        self.events = ev.Events()
        self.engine = eg.Engine(parse(text), self.events)
        self.ms = start_ms
        self.mm = start_mm
        self.log = []

    def start(self):
        self.engine.start(self.ms, self.mm)
        return self.take()

    def go(self, ms, mm):
        """Let ms pass and mm be covered in one step."""
        self.ms += ms
        self.mm += mm
        self.engine.advance(self.ms, self.mm, mm * 1000 // ms if ms else 0)
        return self.take()

    def take(self):
        new = []
        e = self.events
        while e.take():
            new.append((NAMES[e.kind], e.t_ms, e.index, e.rep, e.a, e.b, e.c))
        self.log += new
        return new

    def laps(self):
        return [x for x in self.log if x[0] == "lap"]


def test_a_distance_step_ends_at_the_interpolated_instant_and_the_next_starts_there():
    r = Run("400m\n1min")
    r.start()
    for _ in range(99):
        r.go(1000, 4033)
    got = r.go(1000, 4033)
    lap = [x for x in got if x[0] == "lap"][0]
    assert lap[5] == 400_000
    assert lap[4] == 99_000 + 1000 * (400_000 - 99 * 4033) // 4033
    assert r.engine.step_ms == 100_000 - lap[4]
    assert r.engine.step_mm == 403_300 - 400_000


def test_no_second_is_lost_or_counted_twice_over_a_session():
    r = Run("3 x (217m, 7s run, 33s rest between)\n501m\n13s")
    r.start()
    k = 0
    while r.engine.cursor.row < len(r.engine.workout):
        k += 1
        r.go(870 + 37 * (k % 9), 2000 + 311 * (k % 13))
    r.engine.finish()
    r.take()
    laps = r.laps()
    assert sum([x[4] for x in laps]) == r.ms - 5_000
    assert sum([x[5] for x in laps]) == r.mm - 700
    assert [x[1] for x in laps] == [sum([y[4] for y in laps[: i + 1]]) for i in range(len(laps))]


def test_several_steps_may_end_between_two_calls():
    r = Run("10s\n10s\n10s")
    r.start()
    got = r.go(25_000, 50_000)
    assert [x[:2] for x in got if x[0] == "lap"] == [("lap", 10_000), ("lap", 20_000)]
    assert [x[5] for x in got if x[0] == "lap"] == [20_000, 20_000]


def test_a_rest_after_the_last_rep_can_be_left_out_and_n_repeats_are_n():
    r = Run("3 x 10s, 5s rest between")
    r.start()
    for _ in range(60):
        r.go(1000, 0)
    assert [x[4] for x in r.laps()] == [10_000, 5_000, 10_000, 5_000, 10_000]


def test_after_the_last_step_the_run_goes_on_until_the_runner_ends_it():
    r = Run("5s")
    r.start()
    got = r.go(6_000, 10_000)
    assert [x[0] for x in got] == ["lap", "complete", "step"]
    assert r.engine.state == eg.RUNNING
    for _ in range(1000):
        assert r.go(1000, 3000) == []
    r.engine.finish()
    got = r.take()
    assert [x[0] for x in got] == ["lap", "end"]
    assert got[0][4] == 1_001_000


def test_laps_past_the_end_are_counted_on():
    r = Run("5s")
    r.start()
    r.go(6_000, 0)
    for _ in range(3):
        r.go(10_000, 20_000)
        assert r.engine.lap()
    r.take()
    assert [x[2] for x in r.laps()] == [0, 1, 2, 3]


def test_the_lap_button_ends_a_step_of_any_kind():
    for step in ("1km", "10min", "lap"):
        r = Run(step + "\n5min")
        r.start()
        r.go(7_000, 20_000)
        assert r.engine.lap()
        got = r.take()
        assert got[0] == ("lap", 7_000, 0, 0, 7_000, 20_000, 1)
        assert r.engine.cursor.index == 1


def test_an_open_step_does_not_end_by_itself():
    r = Run("lap\n5min")
    r.start()
    for _ in range(5000):
        assert r.go(1000, 3000) == []
    assert r.engine.end == 2


def test_a_lap_press_made_by_mistake_can_be_taken_back_within_five_seconds():
    r = Run("400m @ 4'00\"/km\n1min rest\n400m")
    r.start()
    r.go(60_000, 250_000)
    r.engine.lap()
    r.go(5_000, 20_000)
    assert r.engine.can_undo()
    assert r.engine.undo()
    got = r.take()
    assert got[-1][0] == "undo"
    assert (r.engine.cursor.index, r.engine.step_ms, r.engine.step_mm) == (0, 65_000, 270_000)
    got = r.go(35_000, 130_000)
    assert [x for x in got if x[0] == "lap"] == [("lap", 100_000, 0, 0, 100_000, 400_000, 0)]
    assert not r.engine.undo()


def test_a_lap_press_cannot_be_taken_back_later():
    r = Run("400m\n1min")
    r.start()
    r.go(60_000, 250_000)
    r.engine.lap()
    r.go(5_001, 0)
    assert not r.engine.can_undo()
    assert not r.engine.undo()
    assert r.engine.cursor.index == 1


def test_taking_back_after_the_step_had_ended_by_itself_ends_it_where_it_would_have():
    r = Run("1min\n5min")
    r.start()
    r.go(58_000, 200_000)
    r.engine.lap()
    r.go(4_000, 16_000)
    assert r.engine.undo()
    got = r.take()
    assert [x for x in got if x[0] == "lap"][-1][1:6] == (60_000, 0, 0, 60_000, 208_000)


def test_taking_back_inside_a_repeat_restores_the_rep():
    r = Run("3 x 100m @ 5'00\" -> 4'00\"/km, 30s rest")
    r.start()
    r.go(30_000, 100_000)
    r.go(30_000, 0)
    r.go(10_000, 30_000)
    assert (r.engine.cursor.rep, r.engine.cursor.pace_fast) == (2, 270_000)
    r.engine.lap()
    r.engine.lap()
    assert r.engine.cursor.rep == 3
    r.engine.undo()
    assert (r.engine.cursor.rep, r.engine.kind) == (2, 1)


def test_a_pause_counts_neither_time_nor_distance():
    r = Run("1km")
    r.start()
    r.go(100_000, 400_000)
    r.engine.pause()
    for _ in range(10):
        r.go(10_000, 1_000)
    r.engine.resume(r.ms, r.mm)
    r.go(150_000, 600_000)
    assert r.laps()[0][4:6] == (250_000, 1_000_000)


def test_countdowns_come_at_three_two_one_for_time_and_for_distance():
    r = Run("20s\n200m")
    r.start()
    for _ in range(200):
        r.go(100, 0)
    assert [(x[1], x[6]) for x in r.log if x[0] == "countdown"] == [(17_000, 3), (18_000, 2), (19_000, 1)]
    r.log = []
    for _ in range(500):
        r.go(100, 400)
    assert [x[6] for x in r.log if x[0] == "countdown"] == [3, 2, 1]
    at = [x[1] for x in r.log if x[0] == "countdown"]
    assert at == [67_000, 68_000, 69_000]


def test_a_short_step_has_no_countdown():
    r = Run("5s\n20 metres")
    r.start()
    for _ in range(300):
        r.go(100, 300)
    assert not [x for x in r.log if x[0] == "countdown"]


def test_reps_are_numbered_from_one():
    r = Run("2 x 2 x (10s, 5s rest)")
    r.start()
    for _ in range(65):
        r.go(1000, 0)
    assert [x[3] for x in r.laps()] == [1, 1, 2, 2, 1, 1, 2, 2]


def test_a_clock_or_distance_that_goes_back_is_held():
    r = Run("1min")
    r.start()
    r.go(10_000, 30_000)
    r.engine.advance(r.ms - 5_000, r.mm - 9_000, 3000)
    assert (r.engine.run_ms, r.engine.run_mm) == (10_000, 30_000)


def test_calls_in_the_wrong_state_do_nothing():
    r = Run("1min")
    assert not r.engine.lap()
    assert not r.engine.undo()
    r.engine.pause()
    r.engine.resume(0, 0)
    r.engine.finish()
    r.engine.advance(99_999, 1, 1)
    assert r.take() == []
    assert r.engine.state == eg.READY
    r.start()
    r.engine.start(r.ms, r.mm)
    assert r.take() == []


def test_a_full_ring_keeps_the_newest_events_and_counts_the_lost():
    e = ev.Events()
    for i in range(40):
        e.put(ev.LAP, i, 0, 0, 0)
    assert e.lost == 8
    assert e.take()
    assert e.t_ms == 8


def test_a_day_at_marathon_length_holds():
    r = Run("1000km")
    r.start()
    for _ in range(24):
        r.go(3_600_000, 41_000_000)
    assert r.engine.step_mm == 24 * 41_000_000
    got = r.go(1_000_000, 20_000_000)
    lap = [x for x in got if x[0] == "lap"][0]
    assert lap[5] == 1_000_000_000
    assert lap[4] == 86_400_000 + 16_000_000 * 1_000_000 // 20_000_000


def test_a_rep_begins_each_send_off_and_what_is_left_is_rest():
    r = Run("3 x 400m @ 4'00\"/km on 2min")
    r.start()
    for _ in range(360):
        r.go(1000, 4_500)
    assert [(x[1], x[4]) for x in r.laps()] == [
        (88_888, 88_888), (120_000, 31_112), (208_888, 88_888), (240_000, 31_112), (328_888, 88_888), (360_000, 31_112),
    ]  # fmt: skip


def test_a_rep_slower_than_its_send_off_is_told_and_the_next_begins_at_once():
    r = Run("3 x 400m @ 4'00\"/km on 1min 30s")
    r.start()
    for _ in range(300):
        r.go(1000, 4_000)
    assert [(x[1], x[2]) for x in r.laps()][:3] == [(100_000, 0), (200_000, 2), (300_000, 4)]
    late = [x for x in r.log if x[0] == "warning"]
    assert late == [("warning", 100_000 * k, 2 * k - 1, k, 10_000, 0, ev.LATE) for k in (1, 2)]


def test_a_send_off_holds_over_a_lap_press_taken_back():
    r = Run("3 x 400m @ 4'00\"/km on 2min")
    r.start()
    r.go(90_000, 300_000)
    r.engine.lap()
    assert r.engine.amount == 30_000
    r.engine.undo()
    r.go(10_000, 100_000)
    assert (r.engine.kind, r.engine.amount) == (wk.REST, 20_000)


def test_a_send_off_goes_on_after_a_power_cut():
    r = Run("3 x 400m @ 4'00\"/km on 2min")
    r.engine.restore(2, 130_000, 450_000, 120_000, 400_000, r.ms, r.mm, 120_000)
    r.go(100_000, 350_000)
    assert (r.engine.kind, r.engine.amount) == (wk.REST, 120_000 - 110_000)


def test_a_recovery_ends_when_the_runner_is_ready_after_its_countdown():
    r = Run("2 x 1km @ 4'00\"/km, rest until D' 80%, 60s-3min")
    r.start()
    r.go(240_000, 1_000_000)
    r.go(30_000, 0)
    r.engine.recovered(95)
    assert r.engine.amount == 180_000  # not yet: 60 s at least
    r.go(40_000, 0)
    r.engine.recovered(79)
    assert r.engine.amount == 180_000
    r.engine.recovered(80)
    assert r.engine.amount == 73_500
    seconds = [x[6] for _ in range(4) for x in r.go(1000, 0) if x[0] == "countdown"]
    assert seconds == [3, 2, 1]
    assert (r.engine.kind, r.laps()[-1][4]) == (wk.RUN, 73_500)
    r.engine.recovered(100)
    assert r.engine.amount == 1_000_000  # nobody waits for that now


def test_a_recovery_that_waits_in_vain_ends_at_its_longest():
    r = Run("2 x 1km @ 4'00\"/km, rest until D' 80%, 60s-3min")
    r.start()
    r.go(240_000, 1_000_000)
    for _ in range(180):
        r.go(1000, 0)
        r.engine.recovered(-1)
    assert [x[4] for x in r.laps()] == [240_000, 180_000]


REPS = "4 x (400m, 60s rest)"
PRESSES = 10_000 if sys.implementation.name == "cpython" else 200


def standing(log):
    """(index, time, distance, by button) of the laps that stand."""
    out = []
    for x in log:
        if x[0] == "lap":
            out.append((x[2], x[4], x[5], x[6]))
        elif x[0] == "undo":
            out.pop()
    return out


class Chance:
    """The same on each interpreter."""

    def __init__(self, seed):
        self.state = seed

    def between(self, low, high):
        self.state = (self.state * 1103 + 12345) % 1000003
        return low + (high - low) * self.state // 1000003


def pressed_at_the_lines(rng, text=REPS):
    """A runner who presses up to 3 s before or behind where the watch ends each rep, which GPS puts up to 1.5 % off.

    Returns the run, and when each rep began and was ended by the press.
    """
    r = Run(text)
    r.start()
    speed = rng.between(2_500, 6_500)  # mm/s
    permille = 1000 + rng.between(-15, 16)
    turn = rng.between(50, 120)
    reps = []
    begun = r.ms
    true_um = 0
    press = None
    while len(reps) < 4:
        r.ms += turn
        resting = press is None and reps and r.ms < begun
        true_um += 0 if resting else speed * turn
        r.mm = 700 + true_um // 1000 * permille // 1000
        r.engine.advance(r.ms, r.mm, speed)
        r.take()
        if press is None and not resting:
            press = begun + 400_000 * 1000 // speed * 1000 // permille + rng.between(-2_950, 3_000 - turn)
        if press is not None and r.ms >= press:
            assert r.engine.lap()
            r.take()
            reps.append((begun, r.ms))
            begun = r.ms + 60_000
            press = None
    return r, reps


def test_a_press_at_any_time_about_a_line_is_that_line_s():
    rng = Chance(20261125)
    for _ in range(PRESSES // 4):
        r, reps = pressed_at_the_lines(rng)
        laps = standing(r.log)
        assert [x[0] for x in laps if x[2] == 400_000] == [0, 2, 4, 6], laps[-3:]
        assert [x[3] for x in laps if not x[0] % 2] == [1] * 4
        for (begun, ended), lap in zip(reps, [x for x in laps if not x[0] % 2]):
            assert abs(lap[1] - (ended - begun)) <= 130  # a turn, by which the rest ends later
        assert all(x[1] == 60_000 for x in laps if x[0] % 2)


def test_a_second_press_behind_a_line_means_what_it_says():
    for second_ms in (100, 1_000, 2_400):
        r = Run(REPS)
        r.start()
        r.go(100_000, 399_000)
        r.go(500, 2_000)
        r.go(400, 1_600)
        assert r.engine.lap()
        assert r.engine.kind == wk.REST
        r.go(second_ms, 1_000)
        assert r.engine.lap()
        r.take()
        assert r.engine.cursor.rep == 2
        assert standing(r.log) == [(0, 100_900, 400_000, 1), (1, second_ms, 1_000, 1)]


def test_a_press_that_made_a_line_exact_can_be_taken_back():
    r = Run(REPS)
    r.start()
    r.go(100_000, 399_000)
    r.go(500, 2_000)  # the line: at 100.25 s
    r.go(1_000, 4_000)
    before = (r.engine.step_ms, r.engine.step_mm, r.engine.run_mm)
    r.engine.lap()
    r.take()
    assert (r.engine.step_ms, r.engine.step_mm) == (0, 0)
    r.engine.undo()
    r.take()
    assert (r.engine.step_ms, r.engine.step_mm, r.engine.run_mm) == before
    assert standing(r.log) == [(0, 100_250, 400_000, 0)]
    assert not r.engine.can_undo()


def test_long_behind_a_line_a_press_ends_the_rest():
    r = Run(REPS)
    r.start()
    r.go(100_000, 400_000)
    r.go(6_100, 200)  # he stands
    r.engine.lap()
    r.take()
    assert standing(r.log) == [(0, 100_000, 400_000, 0), (1, 6_100, 200, 1)]


def test_at_the_last_line_the_workout_is_complete_once():
    r = Run("400m")
    r.start()
    r.go(100_000, 400_500)
    r.go(1_000, 4_000)
    r.engine.lap()
    r.go(10_000, 10_000)
    r.engine.finish()
    r.take()
    assert [x[0] for x in r.log if x[0] == "complete"] == ["complete"]
    assert standing(r.log)[0] == (0, 101_000, 400_000, 1)
    assert sum(x[1] for x in standing(r.log)) == 111_000


def test_between_two_lines_a_press_is_the_nearer_one_s():
    r = Run("5 x (400m, 24m run)")
    r.start()
    r.go(100_000, 401_000)
    r.go(1_000, 4_000)  # 5 m behind, 19 m before the next
    r.engine.lap()
    assert r.engine.cursor.index == 1
    r.go(4_000, 15_000)
    r.go(1_500, 4_500)  # 4.5 m before the next
    r.engine.lap()
    r.take()
    assert [x[:3] for x in standing(r.log)] == [(0, 101_000, 400_000), (1, 5_500, 24_000)]


def test_a_repeat_of_a_range_is_ended_by_the_runner_from_its_least_on():
    r = Run("2-4 x (10s run, 5s rest)\n1min")
    r.start()
    r.go(11_000, 30_000)
    assert not r.engine.leave()  # in the rest of the first rep
    r.go(5_000, 10_000)
    assert not r.engine.leave()  # in the second rep, which is one of the least
    r.go(10_000, 30_000)
    assert r.engine.leave()
    lap, step = r.take()
    assert (lap[0], lap[2:4], lap[6]) == ("lap", (3, 2), 2)
    assert (step[0], step[2], r.engine.amount) == ("step", 8, 60_000)  # the third and fourth rep are passed by
    assert not r.engine.leave()


def test_a_rep_beyond_the_least_is_ended_with_its_repeat_and_taken_back_with_it():
    r = Run("2-3 x (10s run, 5s rest)\n1min")
    r.start()
    r.go(32_000, 90_000)
    assert (r.engine.cursor.rep, r.engine.kind) == (3, wk.RUN)
    assert r.engine.leave()
    assert r.engine.amount == 60_000
    assert r.engine.undo()
    assert (r.engine.cursor.rep, r.engine.step_ms) == (3, 2_000)
    r.go(13_000, 30_000)
    assert r.engine.amount == 60_000  # of itself, after the last


def test_the_inner_or_the_outer_of_two_ranges_is_ended():
    r = Run("1-2 x (2-3 x (10s run, 5s rest), 20s rest)\n1min")
    r.start()
    r.go(26_000, 90_000)
    assert (r.engine.cursor.rep, r.engine.step_ms) == (2, 1_000)
    assert r.engine.leave()
    assert (r.engine.amount, r.engine.cursor.rep, r.engine.cursor.index) == (20_000, 1, 6)
    assert r.engine.leave()
    assert (r.engine.amount, r.engine.cursor.index) == (60_000, 14)
    r = Run("1-2 x (2 x (10s run, 5s rest))\n1min")
    r.start()
    r.go(11_000, 90_000)
    assert not r.engine.leave()  # half of the first set
    r.go(15_000, 90_000)
    assert r.engine.leave()
    assert r.engine.amount == 60_000


def test_an_easy_run_between_the_reps_is_a_recovery_too():
    r = Run("1-2 x (10s @ RPE 8, 20s @ easy)\n1min")
    r.start()
    assert not r.engine.leave()
    r.go(11_000, 30_000)
    assert r.engine.leave()
    assert r.engine.amount == 60_000


def test_a_range_is_left_where_its_last_rest_is_left_out():
    r = Run("1-2 x (10s run, 5s rest between)")
    r.start()
    r.go(11_000, 30_000)
    assert r.engine.leave()
    assert (r.engine.cursor.index, r.engine.end) == (3, wk.END_LAP)
    assert "complete" in [x[0] for x in r.take()]


def test_a_lap_taken_back_behind_a_pause_does_not_count_what_was_walked_in_it():
    r = Run("1km\n1km")
    r.start()
    r.go(10_000, 40_000)
    r.engine.lap()
    r.go(1_000, 4_000)
    r.engine.pause()
    r.ms += 60_000
    r.mm += 90_000
    r.engine.resume(r.ms, r.mm)
    r.go(1_000, 4_000)
    assert r.engine.undo()
    assert (r.engine.run_ms, r.engine.run_mm, r.engine.step_mm) == (12_000, 48_000, 48_000)


def test_laps_past_the_end_keep_their_numbers_over_a_power_cut():
    r = Run("10s")
    r.engine.restore(4, 60_000, 200_000, 50_000, 160_000, 5_000, 700)
    assert r.engine.cursor.index == 4
    r.engine.lap()
    assert [(x[0], x[2]) for x in r.take()] == [("restore", 4), ("lap", 4), ("step", 5)]


def test_the_laps_of_a_run_that_ends_with_a_snapped_press_are_as_long_as_the_run():
    r = Run("1km")
    r.start()
    r.go(100_000, 400_500)
    r.engine.lap(-500)
    r.engine.finish()
    r.take()
    (end,) = [x for x in r.log if x[0] == "end"]
    assert sum([x[5] for x in r.laps()]) == end[5] == 400_000
    assert r.engine.run_mm == 400_500  # what was shown does not go back


def test_what_is_loaded_is_ready_and_nothing_of_the_last_run_is_left():
    r = Run("400m\n1min")
    r.start()
    r.go(10_000, 40_000)
    r.engine.lap()
    r.engine.load(parse("1km"))
    e = r.engine
    assert (e.state, e.kind, e.end, e.amount) == (eg.READY, wk.RUN, wk.END_LAP, 0)
    assert (e.run_ms, e.run_mm, e.step_ms, e.step_mm) == (0, 0, 0, 0)
    assert not e.can_undo()
    r.take()
    assert r.go(1000, 4000) == []
    e.recovered(100)
    assert e.amount == 0
    assert r.start()[0][:2] == ("start", 0)


def test_a_run_that_is_restored_is_on_at_once():
    r = Run("400m\n2min\n400m")
    r.engine.restore(1, 130_000, 450_000, 100_000, 400_000, r.ms, r.mm)
    e = r.engine
    assert (e.state, e.run_ms, e.run_mm, e.step_ms, e.step_mm) == (eg.RUNNING, 130_000, 450_000, 30_000, 50_000)
    assert r.take() == [("restore", 130_000, 1, 0, 30_000, 50_000, 0)]
    assert e.amount == 120_000
    assert not e.can_undo()
    assert e.lap()


def test_how_long_a_step_still_takes():
    r = Run("400m\n1min\nlap\n1.5km")
    r.start()
    r.go(10_000, 100_000)
    assert [r.engine.left_ms(v) for v in (4000, 501, 500, 0)] == [75_000, 300_000 * 1000 // 501, -1, -1]
    r.engine.lap()
    r.go(10_000, 0)
    assert r.engine.left_ms(0) == 50_000
    r.engine.lap()
    assert r.engine.left_ms(4000) == -1
    r.engine.lap()
    r.go(1000, 500_000)
    assert r.engine.left_ms(4000) == -1  # a kilometre to go is too far to be told
    r.go(1, 1)
    assert r.engine.left_ms(4000) == 999_999 * 1000 // 4000
    r = Run("3km")
    r.start()
    r.go(1000, 4000)
    assert r.engine.left_ms(4000) == -1


def test_a_step_of_eight_seconds_or_thirty_metres_has_a_countdown_and_a_shorter_one_none():
    for text, most_ms, counted in (
        ("8s", 8_000, 3),
        ("7.999s", 8_000, 0),
        ("30 metres", 8_000, 3),
        ("29 metres", 8_000, 0),
    ):
        r = Run(text + "\nlap")
        r.start()
        for _ in range(most_ms // 100):
            r.go(100, 400)
        assert len([x for x in r.log if x[0] == "countdown"]) == counted, text


def test_what_was_walked_in_a_pause_stays_out_when_a_press_before_it_is_taken_back():
    for snap_mm in (0, 3_000):
        r = Run("400m\n1min")
        r.start()
        r.go(50_000, 200_000)
        r.engine.lap(snap_mm)
        r.engine.pause()
        r.go(60_000, 5_000)
        r.engine.resume(r.ms, r.mm)
        assert r.engine.undo()
        r.go(1_000, 4_000)
        assert (r.engine.run_ms, r.engine.run_mm) == (51_000, 204_000), snap_mm


def test_only_a_recovery_that_waits_for_it_ends_when_the_runner_is_ready():
    r = Run("1min\n2min rest\n5min")
    r.start()
    for _ in range(8):
        r.engine.recovered(100)
        r.go(10_000, 0)
    r.engine.recovered(100)
    r.go(400_000, 0)
    assert [x[4] for x in r.laps()] == [60_000, 120_000, 300_000]


def test_a_lap_that_is_snapped_back_beyond_its_begin_has_no_length_below_zero():
    r = Run("400m\n1min")
    r.start()
    r.go(1_000, 4_000)
    r.engine.lap(-9_000)
    r.take()
    assert r.laps()[0][4:6] == (1_000, 0)
    assert r.engine.run_mm == 4_000
    r.go(1_000, 3_000)
    assert r.engine.run_mm == 4_000  # held until the distance has caught up


def test_a_run_that_is_resumed_in_its_first_rep_keeps_that_reps_send_off():
    r = Run("3 x 400m @ 4'00\"/km on 2min")
    r.engine.restore(1, 110_000, 400_000, 100_000, 400_000, r.ms, r.mm)
    assert r.engine.amount == 20_000
