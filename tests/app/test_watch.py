"""What the watch does with what fails: it is told and written down, the log is closed, and the heap is locked again."""

import binascii

import pytest

from pacer.app import control as ordering
from pacer.app import crash, files
from pacer.app import flash as on_flash
from pacer.app.control import Control
from pacer.app.watch import Watch
from pacer.core import events as ev
from pacer.core import journal

from .flash import Flash, Thing, on


class Bare(Watch):
    """As much of a watch as is asked for; did: what its parts were asked for."""

    running = True

    def __init__(self):
        self.did = []
        self.lean = True
        self.clock_ms = 70_000
        self.store = Thing(path="/runs/0001.run", end=lambda: self.did.append("end"))
        self.sounds = Thing(stop=lambda: self.did.append("quiet"))
        self.control = Thing(faults=Thing(add=lambda *args: self.did.append(args)))


class Idle(Bare):
    running = False


def test_the_loop_s_end_closes_the_log():
    w = Bare()
    w.close()
    assert w.did == ["end", "quiet"]


def test_what_fails_in_a_run_is_told_and_before_one_it_ends_the_loop():
    w = Bare()
    wrong = ValueError("gone")
    w.survive(wrong)
    assert w.did == [(wrong, ev.TURN, 70_000, False)]  # the heap is locked: it is written down the next time
    assert w.lean is False
    w.survive(wrong)
    assert w.did[1] == (wrong, ev.TURN, 70_000, True)
    Idle().survive(wrong)  # its log is open still
    w = Idle()
    w.store.path = ""
    with pytest.raises(ValueError):
        w.survive(wrong)
    assert w.did == []


class Orders(Control):
    """Control of a made-up watch; did: what it asked for."""

    def __init__(self, watch, did):
        self.did = did
        self._watch = watch
        self.faults = Thing(begin=lambda: did.append("faults"), add=lambda *args: did.append(args))
        self.effort = Thing()
        self.summary = "summary"

    def _let_go(self):
        self.did.append("let go")

    def _keep_learned(self):
        self.did.append("learned")


def test_a_run_is_lean_from_its_begin_and_its_log_is_closed_when_nothing_more_is_asked():
    did = []
    w = Thing(
        clock_ms=0, demo=None, lean=False, page=Thing(asks=True), desk=Thing(test=None),
        guide=Thing(begin=lambda: None),
        receiver=Thing(stream=Thing(accepted=1, other=2, refused=3)), locked=False,
        engine=Thing(tell=lambda *args, **more: did.append("told")), events=Thing(take=lambda: True),
        scribe=Thing(begin=lambda *args: None, take=lambda e: did.append("written")),
        store=Thing(broken=True, error="", flush=lambda: did.append("flush"), end=lambda: did.append("end"),
                    mend=lambda: did.append("mend")),
    )  # fmt: skip
    control = Orders(w, did)
    control.begin(5_000, 2)
    assert w.lean
    assert w.scribe.due_ms == 5_000
    assert did == ["let go", "faults"]
    did.clear()
    assert control.go_on()
    assert did == ["told", "written", "flush"]
    w.clock_ms = 2_000
    assert control.go_on()
    assert did[3:] == ["mend", (None, ev.FLASH, 2_000, False), "learned"]
    w.clock_ms = 299_999
    assert control.go_on()
    assert "end" not in did
    w.clock_ms = 300_000
    assert not control.go_on()
    assert did[-1] == "end"
    assert w.page == "summary"
    assert not control.go_on()


def mended(monkeypatch, works, known="", locked=True):
    """(heap's states, what was told) of Control.mend() on a store that can be mended, or not."""
    heap, told = [], []
    monkeypatch.setattr(ordering, "heap_lock", lambda: heap.append("locked"))
    monkeypatch.setattr(ordering, "heap_unlock", lambda: heap.append("open"))

    def mend():
        heap.append("mend")
        if works is None:
            raise MemoryError
        return works

    control = Orders(Thing(store=Thing(error=known, mend=mend), locked=locked), told)
    try:
        control.mend(5_000)
    except MemoryError:
        pass
    return heap, told


def test_a_log_that_could_not_be_written_is_told_when_it_is_mended_and_once_when_it_is_not(monkeypatch):
    told = [(None, ev.FLASH, 5_000, False)]
    assert mended(monkeypatch, True) == (["open", "mend", "locked"], told)
    assert mended(monkeypatch, True, "run not saved")[1] == told
    assert mended(monkeypatch, False)[1] == told
    assert mended(monkeypatch, False, "run not saved")[1] == []
    assert mended(monkeypatch, None)[0] == ["open", "mend", "locked"]
    assert mended(monkeypatch, True, locked=False)[0] == ["mend"]


def test_faults_are_told_twenty_times_and_written_down_once(monkeypatch):
    told, noted = [], []
    monkeypatch.setattr(crash, "note", lambda *args: noted.append(args))
    faults = crash.Faults(Thing(tell=lambda kind, c: told.append((kind, c))))
    wrong = ValueError()
    faults.add(wrong, ev.IMU, 1_000, False)
    assert noted == []
    for _ in range(30):
        faults.add(wrong, ev.GNSS, 2_000, True)
    assert told == [(ev.FAULT, ev.IMU)] + [(ev.FAULT, ev.GNSS)] * 19
    assert noted == [(wrong, ev.PLACES[ev.GNSS])]
    assert faults.place == ev.GNSS
    assert faults.shown(9_999)
    assert not faults.shown(10_000)
    faults.begin()
    faults.add(wrong, ev.IMU, 3_000, True)
    assert (len(told), len(noted)) == (21, 2)


TEXT = b"pacer 1\nworkout a.txt\n\n- 1km\n\n--\n# Pacer profile 1\n"


def a_log(text=TEXT, crc=None, ended=False):
    writer = journal.Writer(512)
    events = ev.Events()
    events.put(ev.STEP, 40_000, 1, 0, 0, 0, 100_000, 0)
    if ended:
        events.put(ev.END, 60_000, 1, 0, 0)
    while events.take():
        writer.event(events)
    head = journal.header(len(text), binascii.crc32(text) if crc is None else crc)
    return head + text + bytes(writer.buf[: writer.used])


@pytest.fixture
def flash(monkeypatch):
    flash = Flash()
    flash.folders.add("runs")
    on(flash, monkeypatch, files, on_flash)
    return flash


def test_the_last_run_is_offered_when_it_was_cut_off_and_its_head_is_whole(flash):
    assert files.unfinished() is None
    flash.files["runs/0001.run"] = a_log(ended=True)
    flash.files["runs/0002.run"] = a_log()
    run = files.unfinished()
    assert (run.path, run.name, run.workout) == ("/runs/0002.run", "a.txt", b"- 1km\n")
    assert (run.where.index, run.where.t_ms) == (1, 40_000)
    flash.files["runs/0003.run"] = a_log(ended=True)
    assert files.unfinished() is None
    flash.files["runs/0003.run"] = a_log().replace(b"PACERRUN", b"PACERRAN")
    assert files.unfinished() is None
    crc = binascii.crc32(TEXT)
    for wrong in (crc ^ 1, 0, 0xFFFFFFFF, crc - 1, crc + 1):
        flash.files["runs/0003.run"] = a_log(crc=wrong)
        assert files.unfinished() is None
    flash.files["runs/0003.run"] = a_log()[: len(TEXT)]  # cut off in its head
    assert files.unfinished() is None
    flash.files["runs/0003.got"] = flash.files.pop("runs/0003.run")
    assert files.unfinished() is None  # the last one was fetched: nobody goes on with an older one


def test_a_damaged_profile_is_told_and_the_last_good_one_stands_in(flash):
    good = b"# Pacer profile 1\ncritical-speed 4.0 m/s\n"
    flash.files["profile.txt"] = good
    assert (files.profile()[0].cs_mm_s, files.profile()[1]) == (4000, "")
    assert flash.files["profile.good"] == good
    writes = len([w for w, _ in flash.asked if w == "write"])
    files.profile()
    assert len([w for w, _ in flash.asked if w == "write"]) == writes  # nothing new: the flash is not worn
    flash.files["profile.txt"] = good[:-9]
    found, wrong = files.profile()
    assert found.cs_mm_s == 4000
    assert wrong
    assert flash.files["profile.good"] == good
    del flash.files["profile.good"]
    found, wrong = files.profile()
    assert found.cs_mm_s == 0
    assert wrong


def test_workouts_are_listed_and_what_cannot_be_read_is_told(flash):
    assert files.workouts() == []
    flash.folders.add("workouts")
    flash.files |= {"workouts/b.txt": b"400m", "workouts/a.txt": b"nonsense", "workouts/c.py": b""}
    assert files.workouts() == ["a.txt", "b.txt"]
    assert files.workout_text("b.txt") == (b"400m", "")
    assert files.workout_text("z.txt")[1].startswith("z.txt cannot be read (")
    assert files.read_workout(b"400m")[1] == ""
    assert files.read_workout(b"nonsense")[0] is None
    assert "line 1" in files.read_workout(b"nonsense")[1]
