"""The log on the flash: what is safe when, what a failure costs, and which run goes when there is no room."""

import errno

import pytest

from pacer.app import flash as on_flash
from pacer.app import store as module
from pacer.core import events as ev
from pacer_watch.formats import runlog

from .flash import Flash, Thing, on

HEAD = b"pacer 1\nworkout a.txt\n"
WORKOUT = b"Workout - A\n- 60s\n"
MOTION = Thing(x_mm=0, y_mm=0, fixed=False, speed_mm_s=3000, raw_mm_s=3000, confidence=90,
               plane=Thing(at_lat_deg=0, at_lat_umin=0, at_lon_deg=0, at_lon_umin=0))  # fmt: skip
FULL = errno.ENOSPC


@pytest.fixture
def flash(monkeypatch):
    flash = Flash()
    on(flash, monkeypatch, module, on_flash)
    flash.folders |= {"workouts"}
    flash.files["workouts/a.txt"] = WORKOUT
    return flash


def with_runs(flash, *names):
    flash.folders.add("runs")
    for name in names:
        flash.files["runs/" + name] = b"x" * 100


def begun(flash):
    store = module.Store()
    store.begin(HEAD, "/workouts/a.txt", b"# Pacer profile 1\n", 0)
    return store


def run(store, first, last, mend=True):
    """Seconds of a run, first to last; what is wrong is mended in the turn after."""
    failed = False
    for second in range(first, last + 1):
        if failed and mend:
            store.mend()
        store.journal.second(1000 * second, 3000 * second, 0, 0, MOTION, 170, -1)
        failed = store.step(1000 * second)


def seconds(flash, name="runs/0001.run"):
    log = runlog.parse(flash.files[name])
    assert log.skipped == 0
    return [s.t_ms // 1000 for s in log.seconds]


def test_a_run_begins_with_a_head_whose_crc_holds_and_what_it_is_run_with(flash):
    store = begun(flash)
    assert (store.path, store.error, store.broken) == ("/runs/0001.run", "", False)
    log = runlog.parse(flash.files["runs/0001.run"])
    assert log.skipped == 0
    assert log.header == {"pacer": "1", "workout": "a.txt"}
    assert (log.workout, log.profile) == (WORKOUT.decode(), "# Pacer profile 1\n")


def test_a_workout_that_is_gone_is_an_empty_one(flash):
    del flash.files["workouts/a.txt"]
    begun(flash)
    assert runlog.parse(flash.files["runs/0001.run"]).workout == ""


def test_what_was_run_is_safe_ten_seconds_later_and_not_written_each_second(flash):
    store = begun(flash)
    before = len(flash.asked)
    for second in range(1, 95):
        run(store, second, second)
        flash_has = seconds(flash)
        assert second - (flash_has[-1] if flash_has else 0) < 10
    writes = [name for what, name in flash.asked[before:] if what == "write"]
    assert len(writes) == 9
    flash.cut()
    assert seconds(flash) == list(range(1, 91))


def test_the_end_writes_what_is_left_and_closes_the_file(flash):
    store = begun(flash)
    run(store, 1, 14)
    store.end()
    assert seconds(flash) == list(range(1, 15))
    assert flash.opened == []
    assert (store.path, store.journal.used, store.error) == ("", 0, "")
    store.journal.used = 50  # after a run nobody wants what is told
    assert store.flush()
    assert store.journal.used == 0


@pytest.mark.parametrize("kind", [errno.EIO, FULL])
def test_an_operation_that_fails_once_costs_nothing(flash, kind):
    begun(flash)
    length = None
    n = 0
    while length is None or n < length:
        flash.__init__()
        flash.folders |= {"workouts"}
        flash.files["workouts/a.txt"] = WORKOUT
        flash.fails = lambda at, n=n: kind if at == n else None
        store = begun(flash)
        run(store, 1, 35)
        store.end()
        if flash.asked[n][0] != "close" or flash.asked[n + 1 :]:  # at its very end nothing is left to be done
            assert store.error == ""
        if flash.asked[n][1] != "workouts/a.txt":
            assert runlog.parse(flash.files["runs/0001.run"]).workout
        assert seconds(flash) == list(range(1, 36)), (n, flash.asked[n])
        assert flash.opened == []
        length = length or len(flash.asked)
        n += 1
    assert length > 12


def test_a_flash_that_is_dead_stops_nothing_is_told_and_tried_again(flash):
    store = begun(flash)
    run(store, 1, 12)
    flash.fails = lambda n: errno.EIO
    run(store, 13, 40)
    assert store.broken
    assert store.error.startswith("run not saved (")
    assert not store.mend()
    flash.fails = lambda n: None
    assert store.mend()
    assert (store.broken, store.error) == (False, "")
    run(store, 41, 50)
    assert seconds(flash)[-10:] == list(range(41, 51))
    flash.fails = lambda n: errno.EIO
    store.end()
    assert store.error.startswith("run not saved (")
    assert (store.path, store.broken) == ("", False)


def test_a_store_that_has_no_run_writes_nothing(flash):
    store = module.Store()
    store.journal.used = 40
    assert (store.path, store.error, store.broken) == ("", "", False)
    assert store.step(10_000) is False
    assert store.journal.used == 0
    store.end()
    assert flash.asked == []
    assert store.error == ""


def test_it_is_tried_twice_at_once(flash):
    store = begun(flash)
    run(store, 1, 9)
    flash.fails = lambda n: errno.EIO
    run(store, 10, 10)
    assert store.broken
    at = len(flash.asked) + 1
    flash.fails = lambda n: errno.EIO if n == at else None
    assert store.mend()
    assert seconds(flash) == list(range(1, 11))


def test_a_failed_step_says_so_and_nothing_is_written_until_it_is_mended(flash):
    store = begun(flash)
    run(store, 1, 9)
    flash.fails = lambda n: errno.EIO
    store.journal.second(10_000, 30_000, 0, 0, MOTION, 170, -1)
    assert store.step(10_000) is True
    flash.fails = lambda n: None
    asked = len(flash.asked)
    assert store.flush() is False
    assert len(flash.asked) == asked
    assert store.mend() is True
    assert store.step(11_000) is False
    assert seconds(flash) == list(range(1, 11))


def test_an_end_that_could_not_be_closed_is_told(flash):
    store = begun(flash)
    store.flush()
    closing = len(flash.asked)
    flash.fails = lambda n: errno.EIO if n == closing else None
    store.end()
    assert flash.asked[closing][0] == "close"
    assert store.error.startswith("run not saved (")


def test_a_flash_that_fills_up_gives_the_oldest_fetched_runs_and_no_other(flash):
    with_runs(flash, "0001.run", "0002.got", "0003.got", "0010.got", "0011.run")
    store = begun(flash)
    assert store.path == "/runs/0012.run"
    run(store, 1, 9)
    flash.fails = lambda n: FULL if "runs/0003.got" in flash.files and flash.asked[-1][0] == "write" else None
    run(store, 10, 12)
    flash.fails = lambda n: None
    run(store, 13, 30)
    left = sorted(n for n in flash.files if n.startswith("runs/"))
    assert left == ["runs/0001.run", "runs/0010.got", "runs/0011.run", "runs/0012.run"]
    assert seconds(flash, "runs/0012.run") == list(range(1, 31))
    assert store.error == ""


def test_a_full_flash_without_a_fetched_run_loses_no_run_that_was_not_fetched(flash):
    with_runs(flash, "0001.run", "0002.run")
    store = begun(flash)
    flash.fails = lambda n: FULL if flash.asked[-1][0] == "write" else None
    run(store, 1, 30)
    assert {"runs/0001.run", "runs/0002.run"} <= set(flash.files)
    assert "run not saved" in store.error


def test_another_error_takes_no_run(flash):
    with_runs(flash, "0001.got")
    store = begun(flash)
    flash.fails = lambda n: errno.EIO if flash.asked[-1][0] == "write" else None
    run(store, 1, 30)
    assert "runs/0001.got" in flash.files


@pytest.mark.parametrize(("free", "left", "said"), [(65_536, 3, False), (61_440, 2, False), (0, 0, True)])
def test_before_a_run_room_is_made_for_an_hour_and_a_quarter(flash, free, left, said):
    with_runs(flash, "0003.got", "0001.got", "0002.got")
    flash.free = free
    taken = flash.remove

    def remove(path):
        taken(path)
        flash.free += 4096

    flash.remove = remove
    store = begun(flash)
    assert sorted(n for n in flash.files if n.endswith(".got")) == [f"runs/000{k}.got" for k in range(4 - left, 4)]
    assert store.error == ("flash is nearly full: fetch runs with pacer pull" if said else "")
    store.end()
    assert begun(flash).error == ("" if flash.free >= 65_536 else store.error)


def test_room_that_cannot_be_made_is_no_endless_loop(flash):
    with_runs(flash, "0001.got")
    flash.free = 0
    flash.fails = lambda n: errno.EIO if flash.asked[-1][0] == "remove" else None
    assert "nearly full" in begun(flash).error


def test_a_flash_that_does_not_say_what_is_free_has_room(flash):
    with_runs(flash, "0001.got")
    flash.free = None
    assert begun(flash).error == ""
    assert "runs/0001.got" in flash.files


def test_a_run_that_was_cut_off_goes_on_behind_what_is_there(flash):
    store = begun(flash)
    run(store, 1, 20)
    flash.cut()
    store = module.Store()
    store.resume("/runs/0001.run", 20_000)
    run(store, 21, 29)
    assert seconds(flash)[-1] == 20
    run(store, 30, 40)
    store.end()
    assert seconds(flash) == list(range(1, 41))
    assert store.error == ""


def test_a_run_that_is_resumed_on_a_dead_flash_is_told_and_what_was_there_stays(flash):
    store = begun(flash)
    run(store, 1, 20)
    there = flash.files["runs/0001.run"]
    flash.fails = lambda n: errno.EIO
    store = module.Store()
    store.resume("/runs/0001.run", 20_000)
    run(store, 21, 29)
    assert store.error.startswith("run not saved (")
    assert flash.files["runs/0001.run"] == there


def test_events_find_room_while_nothing_can_be_written(flash):
    store = begun(flash)
    flash.fails = lambda n: errno.EIO
    run(store, 1, 60)
    events = ev.Events()
    for _ in range(4):
        events.put(ev.LAP, 61_000, 0, 0, 0, 1, 1, 1)
        events.take()
        assert store.journal.event(events)
    flash.fails = lambda n: None
    store.end()
    assert [e.kind for e in runlog.parse(flash.files["runs/0001.run"]).events] == ["lap"] * 4


def test_the_newest_and_the_oldest_run_go_by_their_numbers(flash):
    assert on_flash.newest_run() == ""  # no folder yet
    with_runs(
        flash, "9999.run", "10000.got", "0012.got", "0007.run", "notes.run", "0001.txt", "0006a.run", "0005.run.new"
    )
    assert on_flash.newest_run() == "10000.got"
    assert on_flash.outermost_run(True, (".got",)) == "0012.got"
    assert on_flash.outermost_run(True, (".run", ".got")) == "0007.run"
    assert on_flash.outermost_run(False, (".run",)) == "9999.run"
    assert begun(flash).path == "/runs/10001.run"


def test_a_file_is_read_to_a_bound(flash):
    flash.files["a"] = b"0123456789"
    assert on_flash.read("/a", 4) == b"0123"
    assert on_flash.read("/a", 10) == on_flash.read("/a", 99) == b"0123456789"
    assert flash.opened == []


def test_a_file_is_replaced_whole_or_stays_and_that_is_told(flash):
    n = 0
    while True:
        flash.files = {"profile.txt": b"the old one"}
        flash.asked.clear()
        flash.fails = lambda at, n=n: errno.EIO if at >= n else None
        said = on_flash.replace("/profile.txt", b"the new one")
        assert flash.files["profile.txt"] == (b"the old one" if said else b"the new one")
        if not said:
            break
        assert said.startswith("/profile.txt not written (")
        n += 1
    assert n == 4
    assert list(flash.files) == ["profile.txt"]
