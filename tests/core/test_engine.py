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
