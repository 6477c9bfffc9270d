"""The flash fails once, or from then on: what the log loses, and what the next start finds."""

from pathlib import Path

import pytest

from pacer.core import notation
from pacer_watch.twin import hooks, interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.runner import VirtualRunner

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
TEXT = "Workout - Faults\n- 90 s @ 5'00\"/km\n"


def run(guest, prepare=None, look=None, **options):
    person = VirtualRunner(notation.parse(TEXT), 3)
    return session.run(
        TEXT, person, NmeaReceiver(person.observe), seed=3, guest=guest, prepare=prepare, live=look,
        limit_us=200_000_000, **options,
    )  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 3, 5, 8, 9, 12, 15])
def test_one_operation_that_fails_costs_no_second_and_is_told(n):
    r = run(hooks.failing_files(n, False))
    assert r.saved
    times = [s.t_ms // 1000 for s in r.seconds]
    assert times == sorted(set(times))
    assert times[0] == 0
    assert len(times) == times[-1] + 1 >= 90
    assert [(e.kind, e.index) for e in r.events if e.kind in ("step", "lap", "end")] == [
        ("step", 0), ("lap", 0), ("step", 1), ("lap", 1), ("end", 1)]  # fmt: skip
    if any(e.kind == "fault" for e in r.events):
        assert [e.value for e in r.events if e.kind == "fault"] == [7]


FULL = """
_File.plain = _File.write


def _write(self, data, count=-1):
    if _full and _count[0] > 12:
        raise OSError(28)
    return self.plain(data, count)


def _room(a):
    global _full
    _full = False
    _remove(a)


_full = True
_File.write = _write
_Os.remove = staticmethod(_room)
"""


def test_a_flash_that_fills_in_mid_run_drops_the_oldest_fetched_run_and_no_other():
    left = []

    def prepare(world, folder: Path):
        for name in ("0001.run", "0002.got"):
            (folder / "runs" / name).write_bytes(b"x" * 100)

    def look(world, folder: Path):
        left[:] = sorted(p.name for p in (folder / "runs").iterdir())

    r = run(hooks.failing_files(1 << 28, False) + FULL, prepare, look)
    assert left == ["0001.run", "0003.run"]
    assert r.saved
    assert len(r.seconds) >= 90
