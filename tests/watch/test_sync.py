"""When the log is synced: the flash holds a turn up, so not while a step's end is counted down."""

import pytest

from pacer.app.store import Store
from pacer.core import notation
from pacer_watch.twin import hooks, interp, session
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.runner import VirtualRunner


class Counted(Store):
    """Counts what is synced."""

    synced = 0

    def flush(self):
        self.synced += 1
        self.journal.used = 0


def syncs(left_ms_at):
    """At which seconds of a minute a store syncs, into which each second something is written."""
    store = Counted()
    out = []
    for second in range(1, 61):
        store.journal.used = 12
        before = store.synced
        store.step(1000 * second, left_ms_at(second))
        if store.synced > before:
            out.append(second)
    return out


def test_each_ten_seconds_where_no_end_is_near():
    assert syncs(lambda second: -1) == [10, 20, 30, 40, 50, 60]
    assert syncs(lambda second: 600_000) == [10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize("end", range(10, 60))
def test_none_in_a_countdown_and_nothing_waits_for_longer_than_ten_seconds(end):
    at = syncs(lambda second: 1000 * (end - second) if second < end else -1)
    assert not [second for second in at if 0 < end - second <= 3]
    assert max(b - a for a, b in zip([0, *at], at, strict=False)) <= 10


def test_an_end_that_was_not_foreseen_puts_it_off_by_a_countdown_at_most():
    at = syncs(lambda second: 3_000 if second > 8 else -1)
    assert at[0] == 14


def test_a_full_journal_is_written_in_a_countdown_too():
    store = Counted()
    store.journal.used = len(store.journal.buf)
    store.step(1000, 2_000)
    assert store.synced == 1


SHORT = """Workout - Syncs
- 5 x:
  - 600m @ 4'00"/km
  - 23s @ 4'30"/km
  - 31s jog
"""
BEHIND_US = 200_000  # a tone


@pytest.mark.skipif(interp.micropython() is None, reason="LittleFS is in MicroPython for unix")
@pytest.mark.parametrize(("kind", "most_us"), [("typical", 150_000), ("worst", 1_500_000)])
def test_on_littlefs_with_a_flash_s_times_no_countdown_and_no_cue_is_held_up(kind, most_us):
    person = VirtualRunner(notation.parse(SHORT), 5)
    r = session.run(SHORT, person, UbloxReceiver(person.observe), guest=hooks.flash_times(kind))
    assert not r.crash
    assert r.uart_lost == 0
    assert r.world is not None
    held = r.world.flash_holds
    assert max(us for _, us in held) <= most_us
    running = [at for at, _ in held if at > r.start_us]
    assert len(running) > 60  # each ten seconds
    tones = [(us, name) for us, name in r.patterns if us > r.start_us]
    assert sum(name in ("easy now", "hold steady", "push a little harder") for _, name in tones) > 2
    for us, name in tones:
        before = 3_100_000 if name in ("go", "recover", "complete") else 20_000
        if name not in ("pause", "end"):
            assert not [at for at in running if us - before < at < us + BEHIND_US], (us, name)
