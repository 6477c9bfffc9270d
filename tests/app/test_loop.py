"""The loop on the board: when the heap is locked, when the watchdog is fed, and what follows a bad end."""

import importlib
import sys
import time

import pytest

import pacer.app
from pacer.app import crash

from .flash import Flash, Thing, on


class Stop(BaseException):
    """The test has seen enough."""


class Watch:
    """A watch whose turns a test scripts: turn(self, n) is called in each, n from 0."""

    def __init__(self, board, turn=lambda watch, n: None, turns=200):
        self.board, self.turn, self.turns = board, turn, turns
        self.n = -1
        self.lean = self.running = self.locked = self.dozy = False
        self.survived = []
        self.idle_ms = self.waited = self.clock_ms = 0
        self.page = None
        self.desk = Thing(unfinished=None)
        self.sounds = Thing(playing=False)
        self.parts = Thing(gnss=Thing(waiting=lambda: 0, over_ms=0, quiet_ms=1 << 28))
        self.buttons = Thing(lap_level=lambda: 1, back_level=lambda: 1)
        self.control = Thing(resume=lambda ms: board.did.append(("go on",)) or "run")

    def step(self, now_ms):
        self.n += 1
        if self.n == self.turns:
            raise Stop
        self.board.did.append(("step", now_ms))
        self.turn(self, self.n)

    def survive(self, e):
        self.survived.append(e)

    def close(self):
        self.board.did.append(("close",))


class Board:
    """What the loop asks of the machine, in the order in which it did; its clock moves by sleep alone."""

    def __init__(self):
        self.did = []
        self.ms = 1_000
        self.cause = 1
        self.levels = {}  # of pins; a list is read one by one
        self.timers = []

    def times(self, what):
        return sum(x[0] == what for x in self.did)

    def sleep(self, what, ms):
        self.did.append((what, ms))
        self.ms += ms

    def wdt(self, timeout):
        self.did.append(("watchdog", timeout))
        return Thing(feed=lambda: self.did.append(("feed",)))

    def pin(self, number, mode, pull):
        def value():
            level = self.levels.get(number, 1)
            return level.pop(0) if isinstance(level, list) else level

        return Thing(value=value)


@pytest.fixture
def board(monkeypatch):
    return Board()


@pytest.fixture
def flash():
    return Flash()


@pytest.fixture
def loop(monkeypatch, board, flash):
    """pacer.app.loop, loaded anew on a made-up machine."""

    class Pin:
        IN, PULL_UP = 0, 1

        def __new__(cls, number, mode, pull):
            return board.pin(number, mode, pull)

    class Timer:
        PERIODIC = 1

        def __init__(self, number):
            board.timers.append(self)

        def init(self, period, mode, callback):
            self.period, self.callback = period, callback

    machine = Thing(
        WDT=board.wdt, Pin=Pin, Timer=Timer, WDT_RESET=3, reset_cause=lambda: board.cause,
        reset=lambda: board.did.append(("reset",)), lightsleep=lambda ms: board.sleep("doze", ms),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "machine", machine)
    monkeypatch.setitem(sys.modules, "board", Thing(BUTTONS={"lap": 4, "back": 5}))
    monkeypatch.setattr(time, "sleep_ms", lambda ms: board.sleep("sleep", ms), raising=False)
    monkeypatch.setattr(time, "ticks_ms", lambda: board.ms, raising=False)
    monkeypatch.setattr(time, "ticks_add", lambda a, b: a + b, raising=False)
    monkeypatch.setattr(time, "ticks_diff", lambda a, b: a - b, raising=False)
    printed = lambda e, f=None: f.write("%r\n" % e) if f else None  # noqa: E731
    monkeypatch.setattr(sys, "print_exception", printed, raising=False)
    on(flash, monkeypatch, crash, sys.modules["pacer.app.flash"])
    monkeypatch.delitem(sys.modules, "pacer.app.loop", raising=False)
    loaded = importlib.import_module("pacer.app.loop")
    monkeypatch.setattr(loaded, "heap_lock", lambda: board.did.append(("lock",)))
    monkeypatch.setattr(loaded, "heap_unlock", lambda: board.did.append(("unlock",)))
    yield loaded
    sys.modules.pop("pacer.app.loop", None)
    vars(pacer.app).pop("loop", None)


def turns(loop, watch):
    """Run the loop to the watch's last turn."""
    with pytest.raises(Stop):
        loop.loop(watch)


def failing(*which):
    def turn(watch, n):
        if n in which:
            raise ValueError(n)

    return turn


def test_in_a_run_each_turn_is_stepped_under_a_locked_heap_and_nothing_else_is(loop, board):
    def turn(watch, n):
        watch.lean = 2 <= n < 6
        board.did.append(("locked", watch.locked))
        if n == 4:
            raise ValueError

    watch = Watch(board, turn, 9)
    turns(loop, watch)
    order = [x[0] for x in board.did if x[0] in ("lock", "step", "unlock")]
    assert order == ["step"] * 3 + ["lock", "step", "unlock"] * 4 + ["step"] * 2
    assert [x[1] for x in board.did if x[0] == "locked"] == [False] * 3 + [True] * 4 + [False] * 2
    assert board.did.index(("unlock",)) > board.did.index(("lock",))


def test_the_heap_is_open_again_when_a_turn_ends_the_loop(loop, board):
    watch = Watch(board, failing(3), 9)
    watch.lean = True

    def ends(e):
        raise e

    watch.survive = ends
    with pytest.raises(ValueError):
        loop.loop(watch)
    assert [x[0] for x in board.did][-1] == "unlock"


def test_a_turn_each_20_ms_and_no_hurry_behind_a_long_one(loop, board):
    def turn(watch, n):
        board.ms += 70 if n == 3 else 5

    turns(loop, Watch(board, turn, 8))
    at = [x[1] for x in board.did if x[0] == "step"]
    assert [b - a for a, b in zip(at, at[1:])] == [20, 20, 20, 70, 20, 20, 20]


def test_where_it_may_the_board_sleeps_lightly_but_not_while_a_fix_is_due_or_a_tone_sounds(loop, board):
    def slept(**changes):
        board.did.clear()
        watch = Watch(board, turns=5)
        watch.dozy = True
        for name, value in changes.items():
            setattr(watch, name, value)
        turns(loop, watch)
        assert board.times("doze") + board.times("sleep") == 5
        return "doze" if board.times("doze") == 5 else "sleep" if board.times("sleep") == 5 else "both"

    def gnss(over_ms, quiet_ms):
        return Thing(gnss=Thing(waiting=lambda: 0, over_ms=over_ms, quiet_ms=quiet_ms))

    assert slept() == "doze"
    assert slept(dozy=False) == "sleep"
    assert slept(sounds=Thing(playing=True)) == "sleep"
    assert slept(parts=gnss(1, 1_000)) == "sleep"  # it speaks still
    assert slept(parts=gnss(0, 20)) == "sleep"  # it will speak before the sleep ends
    assert slept(parts=gnss(0, 21)) == "doze"


def test_a_turn_is_made_when_something_is_due_comes_or_is_pressed(loop, board):
    def ms(**changes):
        board.did.clear()
        watch = Watch(board, turns=2)
        watch.idle_ms = 100
        for name, value in changes.items():
            setattr(watch, name, value)
        turns(loop, watch)
        first, second = [x[1] for x in board.did if x[0] == "step"]
        return second - first

    def after(n, level, later):
        levels = [level] * n
        return lambda: levels.pop() if levels else later

    assert ms() == 100
    assert ms(idle_ms=0) == 20
    assert ms(parts=Thing(gnss=Thing(waiting=after(2, 0, 5), over_ms=0, quiet_ms=0))) == 60
    assert ms(buttons=Thing(lap_level=after(1, 1, 0), back_level=lambda: 1)) == 40
    assert ms(buttons=Thing(lap_level=lambda: 1, back_level=after(3, 1, 0))) == 80


def test_the_watchdog_starts_with_the_first_run_and_not_before(loop, board):
    watch = Watch(board, turns=100)
    turns(loop, watch)
    assert board.times("watchdog") == 0
    watch = Watch(board, turns=100)
    watch.running = True
    turns(loop, watch)
    assert [x for x in board.did if x[0] == "watchdog"] == [("watchdog", 8_000)]
    assert board.times("feed") == 100 // 16 - 1
    watch.running = False
    watch.n = -1
    turns(loop, watch)  # behind a run it has to be fed, too: it cannot be stopped
    assert board.times("feed") == 2 * (100 // 16) - 1


def test_the_watchdog_is_fed_within_its_time_and_by_good_turns_alone(loop, board):
    watch = Watch(board, failing(*range(60, 250)), 310)
    watch.running = True
    turns(loop, watch)
    assert len(watch.survived) == 190
    fed = []
    n = -1
    for x in board.did:
        n += x[0] == "step"
        if x[0] == "feed":
            fed.append(n)
    assert [f for f in fed if f < 60] == [31, 47]
    assert not [f for f in fed if 60 <= f < 250]
    assert fed[2] <= 250 + 16
    assert board.did.index(("watchdog", 8_000)) < board.did.index(("feed",))


def test_turns_that_fail_are_survived_for_five_seconds_in_a_row(loop, board):
    watch = Watch(board, failing(*range(0, 250), *range(251, 501)), 600)
    turns(loop, watch)
    assert len(watch.survived) == 500
    assert str(watch.survived[0]) == "0"
    with pytest.raises(ValueError):
        loop.loop(Watch(board, failing(*range(0, 251)), 600))


def test_a_minute_that_went_well_forgets_the_bad_ends_in_a_run_too(loop, board, flash):
    for running in (False, True):
        flash.files["crash.count"] = b"2"
        loop.bad_ends = 2
        watch = Watch(board, turns=2_900)
        watch.running = running
        turns(loop, watch)
        assert flash.files["crash.count"] == b"2"
        watch = Watch(board, turns=3_100)
        watch.running = running
        turns(loop, watch)
        assert "crash.count" not in flash.files
        assert loop.bad_ends == 0
        assert len(flash.asked) < 20  # once: each look at the flash takes time
        flash.asked.clear()


def test_a_new_firmware_is_kept_when_it_has_lived_for_ten_seconds_out_of_a_run(loop, board, flash):
    flash.files["slot"] = b"b 1"
    loop.on_trial = True
    watch = Watch(board, turns=490)
    turns(loop, watch)
    watch = Watch(board, turns=600)
    watch.running = True
    turns(loop, watch)
    assert flash.files["slot"] == b"b 1"
    turns(loop, Watch(board, turns=600))
    assert flash.files["slot"] == b"b"
    asked = len(flash.asked)
    turns(loop, Watch(board, turns=600))
    assert not [what for what, _ in flash.asked[asked:] if what == "write"]


def test_a_bad_end_is_written_down_counted_and_the_log_is_closed_before_the_board_starts_anew(loop, board, flash):
    loop.watch = Watch(board)
    loop.bad_ends = 1
    loop.failed(ValueError("gone"), "loop")
    assert flash.files["crash.count"] == b"2"
    assert b"gone" in flash.files["crash.txt"]
    assert flash.files["crash.txt"].startswith(b"loop, pacer ")
    assert board.did == [("close",), ("reset",)]


def test_a_log_that_cannot_be_closed_keeps_nobody_from_starting_anew(loop, board, flash):
    loop.watch = Watch(board)
    loop.watch.close = lambda: 1 // 0
    with pytest.raises(ZeroDivisionError):
        loop.failed(ValueError("gone"), "loop")
    assert board.did == [("reset",)]
    board.did.clear()
    loop.watch = None  # it failed at the start
    loop.failed(ValueError("gone"), "start")
    assert board.did == [("reset",)]


def test_a_run_that_fails_is_a_bad_end_and_ctrl_c_is_none(loop, board, flash):
    def interrupt(watch, n):
        raise KeyboardInterrupt

    watch = Watch(board, interrupt)
    with pytest.raises(KeyboardInterrupt):
        loop.run(watch)
    assert [x[0] for x in board.did if x[0] != "step"] == ["close"]
    assert board.timers == []
    loop.watchdogs.append(board.wdt(8_000))
    with pytest.raises(KeyboardInterrupt):
        loop.run(watch)
    (timer,) = board.timers  # a watchdog that runs is fed at the REPL, too
    assert 0 < timer.period < 8_000
    timer.callback(None)
    assert board.times("feed") == 1
    assert "crash.count" not in flash.files
    watch = Watch(board, failing(*range(300)))
    watch.turns = 400
    loop.watch = watch
    loop.run(watch)
    assert board.did[-1] == ("reset",)
    assert flash.files["crash.txt"].startswith(b"loop, pacer ")


def test_a_watchdog_at_the_repl_of_a_chip_without_timers_is_no_error(loop, monkeypatch):
    monkeypatch.delattr(sys.modules["machine"], "Timer")
    with pytest.raises(ImportError):
        from machine import Timer  # noqa: F401
    loop.keep_feeding(None)


@pytest.fixture
def starts(loop, board, monkeypatch):
    """power_on() with these bad ends and cause; the watch that it starts has a run that was cut off, or none."""

    def start(bad_ends=0, cause=1, unfinished=True, fails=False):
        board.did.clear()
        loop.bad_ends, board.cause = bad_ends, cause
        watch = Watch(board)
        watch.desk.unfinished = Thing() if unfinished else None
        monkeypatch.setattr(loop, "start", lambda: 1 // 0 if fails else watch)
        monkeypatch.setattr(loop, "safe_mode", lambda: board.did.append(("safe mode",)))
        started = loop.power_on()
        assert started in (None, watch)
        return started

    return start


def test_a_start_by_hand_offers_the_run_that_was_cut_off_and_goes_on_by_itself_behind_a_bad_end(starts, board):
    assert starts()
    assert board.times("go on") == 0
    assert starts(bad_ends=1).page == "run"
    assert board.times("go on") == 1
    assert starts(cause=3)
    assert board.times("go on") == 1
    assert starts(cause=3, unfinished=False)
    assert board.times("go on") == 0


def test_each_bite_of_the_watchdog_is_a_bad_end_and_the_third_in_a_row_is_safe_mode(starts, loop, board, flash):
    assert starts(1, 3)
    assert flash.files["crash.count"] == b"2"
    assert loop.bad_ends == 2
    assert starts(2, 3) is None
    assert board.times("safe mode") == 1
    assert starts(2, 1)
    assert starts(3, 1) is None
    assert board.times("safe mode") == 1


def test_back_held_at_the_start_keeps_the_firmware_from_starting_and_ends_the_count(starts, board, flash, capsys):
    flash.files["crash.count"] = b"3"
    board.levels[5] = 0
    assert starts(3) is None
    assert [ms for what, ms in board.did if what == "sleep"] == [20, 30]  # the pull-up settles; a spark is over
    assert "BACK is held" in capsys.readouterr().out
    assert board.times("safe mode") == 0
    assert "crash.count" not in flash.files
    for spark in ([0, 1], [1, 0]):
        board.levels[5] = spark
        assert starts()
    sys.modules["board"].BUTTONS["back"] = "power"  # no pin: LAP then
    assert starts()
    board.levels[4] = 0
    assert starts() is None


def test_a_start_that_fails_is_a_bad_end(starts, board, flash):
    assert starts(fails=True) is None
    assert board.times("reset") == 1
    assert flash.files["crash.count"] == b"1"
    assert flash.files["crash.txt"].startswith(b"start, pacer ")


def test_safe_mode_tells_the_last_crash_and_needs_no_screen(loop, flash, monkeypatch, capsys):
    flash.files["crash.txt"] = b"loop, pacer 1\nValueError: gone\n"
    loop.bad_ends = 3
    drawn = []
    display = Thing(
        fb=Thing(text=lambda text, x, y: drawn.append((text, x, y))),
        touch=lambda *area: drawn.append(area), show=drawn.append,
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "pacer.app.parts", Thing(Parts=lambda board: Thing(display=display)))
    loop.safe_mode()
    said = capsys.readouterr().out
    assert "Pacer has failed 3 times in a row" in said
    assert "ValueError: gone" in said
    assert "pacer flash" in said
    assert drawn[0] == ("SAFE MODE", 0, 0)
    assert [y for _, x, y in drawn[:6]] == [0, 10, 20, 30, 40, 50]
    assert drawn[-2:] == [(0, 0, 128, 64), 64]
    monkeypatch.setitem(sys.modules, "pacer.app.parts", Thing(Parts=lambda board: 1 // 0))
    loop.safe_mode()
    assert "The screen cannot be used either (ZeroDivisionError" in capsys.readouterr().out


def test_the_watch_is_built_of_this_boards_parts(loop, monkeypatch):
    made = []
    monkeypatch.setitem(sys.modules, "pacer.app.parts", Thing(Parts=lambda board: ("parts", board)))
    monkeypatch.setitem(sys.modules, "pacer.app.store", Thing(Store=lambda: "store"))
    monkeypatch.setitem(sys.modules, "pacer.app.watch", Thing(Watch=lambda *args: made.append(args) or "watch"))
    assert loop.start() == "watch"
    assert made == [(("parts", sys.modules["board"]), "store")]


def test_what_the_last_crash_was_is_one_line(flash, monkeypatch):
    on(flash, monkeypatch, crash)
    assert crash.last() == ""
    flash.files["crash.txt"] = b"half\n"
    assert crash.last() == ""
    flash.files["crash.txt"] = b'loop, pacer 1\n\n  File "a.py", line 1\n  File "b.py", line 2\nE: x\n'
    assert crash.last() == 'loop, pacer 1: E: x at "b.py", line 2'


def test_the_count_is_written_only_when_it_changes_and_never_raises(flash, monkeypatch):
    on(flash, monkeypatch, crash)
    assert crash.count() == 0
    crash.set_count(0)
    assert [what for what, _ in flash.asked if what not in ("open r",)] == []
    crash.set_count(2)
    assert crash.count() == 2
    flash.files["crash.count"] = b"x"
    assert crash.count() == 0
    flash.fails = lambda n: 5
    crash.set_count(3)
    crash.note(ValueError(), "loop")
