"""The running watch allocates nothing: measured on the 32-bit interpreter with its collector off."""

from dataclasses import replace

import pytest

from pacer.core import notation
from pacer.core.motion import UNSURE
from pacer_watch.twin import hooks, interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.receivers import RECEIVERS
from pacer_watch.twin.runner import VirtualRunner

TEXT = """Workout - Garbage hunt
- 45s warm-up @ 6'00"-6'30"/km
- 3 x:
  - 150m @ 4'40"/km | quick and light
  - 15s rest between
- 20s jog @ 6'00"/km
- 100m @ 3'20" /km
"""
WARM_US = 35_000_000  # the run has begun 15 s before, every screen font and pattern is made


def run(**options):
    person = VirtualRunner(notation.parse(TEXT), seed=3)
    return session.run(TEXT, person, NmeaReceiver(person.observe, 10, 115200), seed=3, compiled=True, **options)


def test_minutes_of_running_allocate_no_byte():
    at = (WARM_US, WARM_US + 60_000_000, WARM_US + 120_000_000)
    result = run(runtime=interp.WASM, heap_at_us=at)
    used = [u for _, u, _ in result.heap]
    assert len(used) == 3
    assert used[1] - used[0] == 0
    assert used[2] - used[1] == 0
    kinds = {result.plan[lap.index].kind for lap in result.laps if lap.index < len(result.plan)}
    assert len(kinds) >= 4
    assert result.cues


def test_the_whole_rest_of_a_run_goes_by_under_a_locked_heap(runtime):
    result = run(runtime=runtime, lock_at_us=WARM_US)
    assert result.saved
    assert len(result.laps) >= 8


def test_so_does_one_on_an_arm_that_a_fix_a_second_cannot_see():
    """The largest errors that a receiver is believed: their squares still are small integers."""
    arm = replace(RECEIVERS["arm"], rate_hz=1)
    person = VirtualRunner(notation.parse(TEXT), seed=3, receiver=arm)
    result = session.run(
        TEXT, person, NmeaReceiver(person.observe), seed=3, compiled=True, runtime=interp.WASM, lock_at_us=WARM_US
    )
    assert result.saved
    assert 0 < min(s.confidence for s in result.seconds[60:]) <= UNSURE


def test_nothing_is_allocated_in_miles_nor_when_a_repeat_of_a_range_is_left():
    text = (
        "Workout - Miles\n- 40s @ 9:00/mi\n- 2-3 x (20s @ between RPE 6 and RPE 7, 10s jog)\n- 0.25mi jog @ 10:00/mi\n"
        "- 40s @ 8:00/mi to 7:00/mi\n- 0.3mi @ 7:00/mi\n"
    )
    person = VirtualRunner(notation.parse(text), seed=3)
    person.hand.plan([(22 + 40 + 55, "back", 1.2)])
    result = session.run(
        text, person, NmeaReceiver(person.observe, 10, 115200), seed=3, compiled=True, runtime=interp.WASM,
        lock_at_us=WARM_US, profile="# Pacer profile 1\nunits mi\n",
    )  # fmt: skip
    assert result.saved
    assert [lap.index for lap in result.laps] == [0, 1, 2, 3, 4, 7, 8, 9, 10]
    assert result.laps[4].value == 2


def test_an_allocation_would_be_noticed():
    """The proof itself: one tuple a turn, and the locked heap raises."""
    with pytest.raises(interp.Crashed, match=r"heap is locked|wasm trap"):
        run(runtime=interp.choose(None), lock_at_us=WARM_US, guest=hooks.after("turn", "self.pair = (now_ms, now_ms)"))
