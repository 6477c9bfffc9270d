"""Runs fetched: each once, by what is in it, and the watch told only when it is on the laptop's disk."""

from contextlib import contextmanager

import pytest
import rich_click as click
from click.testing import CliRunner

from pacer_watch.cli import cable
from pacer_watch.files import free_name
from pacer_watch.link import File, WatchRefused

HEAD = b"PACERRUN 1 5 3610a686\nhello"


class Watch:
    """A link whose watch has some runs, one of them open."""

    def __init__(self, runs, open_log=None, refuses=()):
        self.runs = runs
        self.open_log = open_log
        self.refuses = refuses
        self.marked = []

    def status(self):
        return {"state": "done", **({"log": self.open_log} if self.open_log else {})}

    def files(self):
        return [File(name, len(data)) for name, data in self.runs.items()]

    def get(self, name, progress):
        return self.runs[name]

    def mark(self, name):
        if name in self.refuses:
            raise WatchRefused("that run is on")
        self.marked.append(name)


@pytest.fixture
def pull(monkeypatch):
    def run(watch, *args):
        @contextmanager
        def connected(port):
            yield watch

        monkeypatch.setattr(cable, "connected", connected)
        return CliRunner().invoke(cable.pull, [str(a) for a in args], standalone_mode=False)

    return run


def test_a_run_that_waits_for_its_answers_is_left_and_the_others_are_fetched(pull, tmp_path):
    watch = Watch({"runs/0001.run": HEAD + b"a", "runs/0002.run": HEAD + b"b"}, "runs/0002.run")
    done = pull(watch, tmp_path)
    assert done.exit_code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["0001.run"]
    assert watch.marked == ["runs/0001.run"]


def test_a_refused_mark_stops_nothing_and_a_run_that_has_grown_is_no_second_one(pull, tmp_path):
    watch = Watch({"runs/0001.run": HEAD + b"a", "runs/0002.run": HEAD + b"b"}, refuses=("runs/0001.run",))
    assert pull(watch, tmp_path).exit_code == 0
    assert watch.marked == ["runs/0002.run"]
    watch.refuses = ()
    watch.runs["runs/0001.run"] += b" and its answers"
    assert pull(watch, tmp_path).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0001.run", "0002.run"]
    assert (tmp_path / "0001.run").read_bytes() == HEAD + b"a and its answers"


def test_a_run_is_known_under_any_name(tmp_path):
    (tmp_path / "tuesday.run").write_bytes(HEAD + b"a")
    assert free_name(tmp_path / "0001.run", HEAD + b"a") is None
    assert free_name(tmp_path / "0001.run", HEAD + b"ab") == tmp_path / "tuesday.run"
    assert free_name(tmp_path / "0001.run", HEAD + b"x") == tmp_path / "0001.run"


def test_the_disk_has_a_run_before_the_watch_may_forget_it(pull, tmp_path, monkeypatch):
    order = []
    watch = Watch({"runs/0001.run": HEAD + b"a"})
    monkeypatch.setattr("os.fsync", lambda fd: order.append("fsync"))
    monkeypatch.setattr(watch, "mark", lambda name: order.append("mark"))
    pull(watch, tmp_path)
    assert order == ["fsync", "fsync", "mark"]  # the file's and the folder's


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half(pull, tmp_path, monkeypatch):
    watch = Watch({"runs/0001.run": HEAD + b"a"})

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = pull(watch, tmp_path)
    assert isinstance(done.exception, click.ClickException)
    assert "No space left" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
    assert watch.marked == []
