"""main.py: which firmware runs, and how the one before comes back."""

import sys

import pytest

import pacer.app
from pacer_watch import FIRMWARE

from .flash import Flash, Thing

SOURCE = compile((FIRMWARE / "main.py").read_text(encoding="utf-8"), "main.py", "exec")


class Boot:
    """main.py run once on a flash: did: what it did in its order."""

    def __init__(self, flash, monkeypatch, loads=None, starts=True):
        self.did = []
        self.path = ["", "/lib"]
        watch = Thing()

        def power_on():
            self.did.append("power on")
            return watch if starts else None

        def run(given):
            assert given is watch
            self.did.append("run")

        loop = Thing(power_on=power_on, run=run)

        class App:
            """`from pacer.app import loop` of a firmware that may not load."""

            @property
            def loop(self):
                if loads:
                    raise loads
                return loop

        gc = Thing(collect=lambda: self.did.append("collect"), threshold=lambda n: self.did.append(f"threshold {n}"))
        machine = Thing(reset=lambda: self.did.append("reset"))
        fake_sys = Thing(path=self.path, print_exception=lambda e: self.did.append(type(e).__name__))
        for name, module in (("gc", gc), ("os", flash), ("machine", machine), ("sys", fake_sys)):
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setitem(sys.modules, "pacer.app", App())
        monkeypatch.setitem(sys.modules, "pacer.app.loop", loop)
        try:
            exec(SOURCE, {"__name__": "__main__", "open": flash.open})
        finally:
            monkeypatch.undo()
        assert sys.modules["pacer.app"] is pacer.app
        assert self.path[-2:] == ["", "/lib"]  # what is found first is what came before these
        del self.path[-2:]


@pytest.fixture
def flash():
    return Flash()


def on_it(flash, slot, *folders):
    flash.folders = {"", *folders}
    flash.files["slot"] = slot
    flash.asked.clear()


def written(flash):
    return [name for what, name in flash.asked if what.startswith("open w")]


def test_a_firmware_without_slots_runs_from_the_root(flash, monkeypatch):
    boot = Boot(flash, monkeypatch)
    assert boot.path == []
    assert boot.did == ["threshold 8192", "power on", "collect", "run"]
    assert flash.files == {}


def test_a_watch_that_is_not_to_start_is_left_alone(flash, monkeypatch):
    assert Boot(flash, monkeypatch, starts=False).did == ["threshold 8192", "power on", "collect"]


def test_the_slot_that_is_named_goes_before_all_others_and_nothing_is_written(flash, monkeypatch):
    on_it(flash, b"b", "a", "b", "pacer")
    assert Boot(flash, monkeypatch).path == ["/b"]
    assert flash.files == {"slot": b"b"}
    assert written(flash) == []


@pytest.mark.parametrize(("name", "other"), [("a", "b"), ("b", "a")])
def test_a_new_firmware_is_started_three_times_and_then_the_one_before(flash, monkeypatch, capsys, name, other):
    on_it(flash, b"%s 0" % name.encode(), "a", "b")
    flash.files["crash.count"] = b"3"
    for n in (1, 2, 3):
        assert Boot(flash, monkeypatch).path == ["/" + name]
        assert flash.files["slot"] == b"%s %d" % (name.encode(), n)
    assert flash.files["crash.count"] == b"3"
    assert capsys.readouterr().out == ""
    assert Boot(flash, monkeypatch).path == ["/" + other]
    assert flash.files == {"slot": other.encode()}  # its crashes were the other's
    assert f"/{name} did not start 3 times" in capsys.readouterr().out
    assert Boot(flash, monkeypatch).path == ["/" + other]


def test_the_one_before_may_be_at_the_root(flash, monkeypatch):
    on_it(flash, b"a 3", "a", "pacer")
    assert Boot(flash, monkeypatch).path == []
    assert "slot" not in flash.files


def test_where_there_is_no_other_the_new_one_is_tried_on(flash, monkeypatch):
    on_it(flash, b"a 3", "a")
    assert Boot(flash, monkeypatch).path == ["/a"]
    assert flash.files["slot"] == b"a 4"


def test_the_slot_is_named_at_once_and_never_half(flash, monkeypatch):
    for slot in (b"b 0", b"b 3"):
        for n in range(12):
            on_it(flash, slot, "a", "b")
            flash.fails = lambda at, n=n: 5 if at >= n else None
            try:
                Boot(flash, monkeypatch)
            except OSError:
                pass
            assert flash.files["slot"] in (slot, b"b 1", b"a")
            flash.fails = lambda at: None
        assert "slot" not in written(flash)
        assert flash.files["slot"] != slot


def test_a_new_firmware_that_cannot_be_loaded_starts_the_board_anew(flash, monkeypatch, capsys):
    for wrong in (ImportError("gone"), SyntaxError("half")):
        on_it(flash, b"b 1", "a", "b")
        flash.files["main.old"] = b"import gc; gc.threshold(0)"
        boot = Boot(flash, monkeypatch, loads=wrong)
        assert boot.did == ["threshold 8192", type(wrong).__name__, "reset", "collect"]
        assert "pacer flash" in capsys.readouterr().out


def test_an_old_firmware_has_the_main_py_that_it_came_with(flash, monkeypatch):
    on_it(flash, b"b", "a", "b")
    flash.files["main.old"] = b"import gc; gc.threshold(__name__)"
    assert Boot(flash, monkeypatch, loads=ImportError("no loop")).did == [
        "threshold 8192",
        "threshold __main__",
        "collect",
    ]
    boot = Boot(flash, monkeypatch, loads=ValueError("a defect"))
    assert boot.did == ["threshold 8192", "ValueError", "collect"]  # it is no old one


def test_a_firmware_that_cannot_be_loaded_is_told_and_stays_for_the_laptop(flash, monkeypatch, capsys):
    assert Boot(flash, monkeypatch, loads=ImportError("gone")).did == ["threshold 8192", "ImportError", "collect"]
    assert "pacer flash" in capsys.readouterr().out
