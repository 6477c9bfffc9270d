"""The whole session in fixed heaps, as large as what `pacer bench heap` finds and a little more: it is noticed when the
firmware grows out of a board.
"""

import pytest

from pacer_watch.benches import heap
from pacer_watch.twin import interp

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no MicroPython for unix on this machine")


@pytest.mark.parametrize(("in_rom", "kib"), [(False, 148), (True, 100)], ids=["copied", "in place"])
def test_the_ladder_is_run_whole_the_settings_are_reviewed_and_a_laptop_is_talked_to(in_rom, kib):
    r = heap.play(kib, in_rom)
    assert heap.run_whole(r)
    assert not any(e.kind == "fault" for e in r.events)
    used = [n for _, n, _ in r.heap]
    assert len(used) == 2
    assert abs(used[1] - used[0]) < 4_096  # in nearly an hour; 64-bit words, half of it on a board


def test_a_heap_that_is_too_small_is_noticed():
    assert heap.fits(72, False, whole=False) is None
