"""How often the watch speaks in a whole run, to somebody who does not listen."""

import math

import pytest

from pacer.core import notation
from pacer.core import workout as wk
from pacer_watch import review
from pacer_watch.formats import runlog
from pacer_watch.twin import session
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.receivers import RECEIVERS
from pacer_watch.twin.runner import VirtualRunner

TEXT = """Workout - Everything
- 5min warm-up @ 7'00"-7'30"/km
- 2 x 20s stride @ 3'30"/km, 20s walk between
- 2 x 200m @ 3'45"/km, 30s jog @ 7'00"/km
- 2 x 400m @ 3'40"/km, 30s jog
- 1000m @ 4'00"/km
- 60s jog
- 90s @ 4'00"/km
"""
MOST = {200_000: 1, 400_000: 2, 1_000_000: 3, 90_000: 1}


class Deaf(VirtualRunner):
    """Runs each step at a share of its target, and hears the steps only."""

    def __init__(self, workout, seed, share, receiver):
        super().__init__(workout, seed, receiver=receiver)
        self.share = share

    def hear(self, at_us, name):
        if name not in ("easy now", "push a little harder"):
            super().hear(at_us, name)

    def _wanted(self):
        wanted = super()._wanted()
        if 0 <= self.index < len(self.plan) and self.plan[self.index].pace_fast:
            step = self.plan[self.index]
            return 2e6 / (step.pace_fast + step.pace_slow) * self.share
        return wanted


def run(text=TEXT, rate_hz=10, share=1.04, seed=5, **options):
    receiver = RECEIVERS["raw"] if rate_hz == 10 else RECEIVERS["white"]
    person = Deaf(notation.parse(text), seed, share, receiver)
    talker = NmeaReceiver(person.observe, rate_hz, 115200 if rate_hz == 10 else 9600)
    return session.run(text, person, talker, seed=seed, **options)


def by_lap(result):
    """(step, cues) of each lap, cues as (ms into the step, mm, kind)."""
    out = []
    for lap in result.laps[: len(result.plan)]:
        begin = lap.t_ms - lap.time_ms
        cues = [(c.t_ms - begin, c.own["distance_mm"], c.value) for c in result.cues if c.index == lap.index]
        out.append((result.plan[lap.index], cues))
    return out


@pytest.mark.parametrize(("rate_hz", "share"), [(1, 1.05), (10, 1.05), (10, 0.95)])
def test_a_session_of_somebody_who_does_not_listen(rate_hz, share):
    laps = by_lap(run(rate_hz=rate_hz, share=share))
    assert len(laps) == 15
    for step, cues in laps:
        if step.kind == wk.RUN:
            assert len(cues) <= MOST[step.amount]
            assert all(mm >= 100_000 for _, mm, _ in cues)
        elif step.kind == wk.STRIDE:
            assert cues == []
        else:
            assert len(cues) <= 2
            assert all(ms >= 60_000 for ms, _, _ in cues if step.kind == wk.WARM_UP)
    assert sum(len(cues) for _, cues in laps) >= 3  # it is no mute


def test_an_effort_has_no_pace_and_no_coach():
    text = "Workout - Hills\n- 2 x 60s @ RPE 8, 30s jog\n- 200m @ RPE 10\n"
    for rate_hz in (1, 10):
        hills = run(text, rate_hz)
        assert len(hills.laps) >= 5
        assert hills.cues == []
        assert review.reps_of(runlog.parse(hills.log)) == []
        assert "waypoint" not in [name for _, name in hills.patterns]


def splits(result, index):
    """The lines of a step."""
    return [e for e in result.events if e.kind == "split" and e.index == index]


@pytest.mark.parametrize("rate_hz", [1, 10])
def test_at_each_line_the_split_and_what_it_is_later_than_the_target(rate_hz):
    text = (
        "Workout - Lines\n- 250m warm-up @ 5'00\"/km\n- 200m @ 4'00\"/km\n- 1000m @ 4'00\"/km\n"
        "- 1400m @ 3'20\"-3'30\"/km\n- 2min @ 4'00\"/km\n- 3300m @ 3'00\"/km\n- 250m @ RPE 7\n"
    )
    result = run(text, rate_hz, share=1.03)
    assert [splits(result, index) for index in (0, 1, 6)] == [[], [], []]  # the end of a step is a lap, no line
    for index, every, count, fast, slow in (
        (2, 200_000, 4, 48_000, 48_000), (3, 400_000, 3, 80_000, 84_000), (4, 200_000, 2, 48_000, 48_000),
        (5, 1_000_000, 3, 180_000, 180_000),
    ):  # fmt: skip
        found = splits(result, index)
        assert [e.own["distance_mm"] for e in found] == [every * (k + 1) for k in range(count)]
        lap = next(lap for lap in result.laps if lap.index == index)
        at = lap.t_ms - lap.time_ms
        for e in found:
            ms = e.own["time_ms"]
            at += ms
            assert abs(e.t_ms - at) <= 2
            assert e.own["late_ms"] == (ms - slow if ms > slow else ms - fast if ms < fast else 0)
            assert abs(ms - (fast + slow) / 2 / 1.03) <= 1_500 or e is found[0]


def test_a_line_that_was_not_seen_has_no_split():
    """After a lap press that was taken back the time at the last line is not known, so 400 m are left out."""
    text = "Workout - Undone\n- 1000m @ 4'00\"/km\n- 60s jog\n"
    person = Deaf(notation.parse(text), 5, 1.03, RECEIVERS["raw"])
    person.hand.press("lap", person.START_US + 70_000_000)
    person.hand.press("back", person.START_US + 72_000_000, 1_200_000)
    result = session.run(text, person, NmeaReceiver(person.observe, 10, 115200), seed=5)
    found = splits(result, 0)
    assert [e.own["distance_mm"] for e in found] == [200_000, 600_000, 800_000]
    assert found[2].own["time_ms"] == found[2].t_ms - found[1].t_ms


def test_in_miles_the_lines_are_those_of_a_mile_but_a_track_keeps_its_metres():
    text = "Workout - Miles\n- 400m @ 4'00\"/km\n- 1mi @ 6:00/mi\n- 2.5mi @ 6:00/mi\n- 10min @ 7'00\"/mi\n"
    result = run(text, share=1.0, profile="# Pacer profile 1\nunits mi\n")
    quarter, mile = 402_336, 1_609_344
    for index, every, count, target in ((0, 200_000, 1, 48_000), (1, quarter, 3, 90_000), (2, mile, 2, 360_000),
                                        (3, quarter, 5, 105_000)):  # fmt: skip
        found = splits(result, index)
        assert [e.own["distance_mm"] for e in found] == [every * (k + 1) for k in range(count)]
        for e in found:
            assert abs(e.own["late_ms"] - (e.own["time_ms"] - target)) <= 80


@pytest.mark.parametrize(("first", "last"), [("5:00", "4:00"), ("3:40", "4:20")])
def test_the_waypoints_of_a_ramp_over_a_time_follow_its_target(first, last):
    text = f"Workout - Ramp\n- 8min @ {first}/km to {last}/km\n- 30s jog\n"
    result = run(text, 1, share=1.0)
    a, b = (60 * int(p[0]) + int(p[2:]) for p in (first, last))
    heard = [(us - result.start_us) / 1e6 for us, name in result.patterns if name == "waypoint"]
    way = 480 / (b - a) * math.log(b / a) * 1000  # metres that the target runs in eight minutes
    wanted = [480 * a / (b - a) * (math.exp((b - a) * k / 4800) - 1) for k in range(1, int(way // 100) + 1)]
    near = [min(abs(h - w) for h in heard) for w in wanted]
    assert sum(n < 0.35 for n in near) >= len(wanted) - 3  # a cue or a countdown sounds instead of some
    assert len(heard) <= len(wanted)
