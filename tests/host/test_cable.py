"""load, ls, pull, rm, status and watch: what is asked of the watch, and what a person or a program is told."""

import json
from contextlib import contextmanager

import pytest
import rich_click as click
from click.testing import CliRunner

from pacer_watch.cli import cable
from pacer_watch.cli import watch as looking
from pacer_watch.link import File, WatchRefused

HEAD = b"PACERRUN 1 5 3610a686\nhello"


class Watch:
    """A link whose watch has some files; `did`: what it was asked for that changes something."""

    hello = "pacer 1 test 1 -"

    def __init__(self, files=(), status=(), refuses=None, lines=()):
        self.there = dict(files)
        self.facts = dict(status)
        self.refuses = refuses
        self.lines = list(lines)
        self.did = []

    def _change(self, what, *args):
        if self.refuses:
            raise WatchRefused(self.refuses)
        self.did.append((what, *args))

    def set_clock(self):
        self.did.append(("clock",))

    def put(self, name, data, progress):
        progress(0, len(data))
        self._change("put", name, data)

    def files(self):
        return [File(name, len(data)) for name, data in self.there.items()]

    def get(self, name, progress=lambda done, of: None):
        if name not in self.there:
            raise WatchRefused("no such file")
        progress(1, 2)
        return self.there[name]

    def mark(self, name):
        self._change("mark", name)

    def remove(self, name):
        self._change("remove", name)

    def status(self):
        return self.facts

    def crash(self):
        return ""

    def watch(self, on):
        self.did.append(("watch", on))

    def listen(self, seconds):
        if not self.lines:
            raise KeyboardInterrupt
        return [self.lines.pop(0)]


@pytest.fixture
def call(monkeypatch):
    """Call a command on a made-up watch; what was printed of each kind, and its exception."""

    def run(command, watch, *args):
        @contextmanager
        def connected(port):
            assert port == "/dev/x"
            yield watch

        monkeypatch.setattr(cable, "connected", connected)
        monkeypatch.setattr(looking, "connected", connected)
        return CliRunner().invoke(command, [*map(str, args), "--port", "/dev/x"], standalone_mode=False)

    return run


def refused(done):
    assert isinstance(done.exception, click.ClickException), done.exception
    return str(done.exception)


def test_a_workout_is_loaded_in_the_watch_s_own_notation_behind_the_time_of_day(call, tmp_path):
    path = tmp_path / ".Äa b (1).txt"
    path.write_text("5x1k @ 5k pace w/ 400m jog\n")
    watch = Watch()
    done = call(cable.load, watch, path)
    assert done.exit_code == 0
    (clock,), (put, name, data) = watch.did
    assert (clock, put, name) == ("clock", "put", "workouts/-a-b--1-.txt")
    assert b"5 x 1k" in data
    assert f"{name}: {len(data)} bytes" in done.output
    assert "goes to the watch as" in done.output
    plain = tmp_path / "plain.txt"
    plain.write_text("- 400m @ 4'00\"/km\n")
    (tmp_path / "....txt").write_text("400m\n")
    watch = Watch()
    done = call(cable.load, watch, plain, tmp_path / "....txt", "5x1000m")
    assert "goes to the watch as" not in done.output
    assert [d[1] for d in watch.did[1:]] == ["workouts/plain.txt", "workouts/workout.txt", "workouts/5x1000m.txt"]


def test_what_a_runner_wrote_is_no_markup(call, tmp_path):
    path = tmp_path / "a[red].txt"
    path.write_text("5x1k @ 5k pace w/ 400m jog | [bold] [/x]\n")
    done = call(cable.load, Watch(), path)
    assert done.exit_code == 0, done.exception
    assert "a[red].txt: " in done.output


def test_a_profile_is_loaded_as_it_is(call, tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes(b"# Pacer profile 1\ncritical-speed 4.0 m/s\n")
    watch = Watch()
    call(cable.load, watch, path)
    assert watch.did[1:] == [("put", "profile.txt", path.read_bytes())]
    path.write_bytes(b"# Pacer profile 1\nnonsense\n")
    assert "mine.txt" in refused(call(cable.load, Watch(), path))


def test_what_cannot_be_read_is_a_sentence_and_nothing_is_loaded_at_all(call, tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("400m\n")
    bad.write_text("- 1km @ nonsense\n")
    watch = Watch()
    assert "line 1, column 9" in refused(call(cable.load, watch, good, bad))
    assert "cannot be read" in refused(call(cable.load, watch, tmp_path))
    assert watch.did == []
    assert "the watch refuses it: it is full" in refused(call(cable.load, Watch(refuses="it is full"), good))


def test_files_are_listed_for_people_and_for_programs(call):
    watch = Watch({"workouts/a.txt": b"x" * 12, "runs/0001.run": b"y" * 1234})
    said = call(cable.ls, watch).output.splitlines()
    assert said == ["      12  workouts/a.txt", "    1234  runs/0001.run"]
    assert json.loads(call(cable.ls, watch, "--json").output) == [
        {"name": "workouts/a.txt", "size": 12}, {"name": "runs/0001.run", "size": 1234}]  # fmt: skip


def test_files_are_deleted_by_their_names_and_workouts_by_short_ones(call):
    there = dict.fromkeys(("workouts/a.txt", "runs/0001.run", "profile.txt", "runs/0002.run"), b"")
    watch = Watch(there)
    done = call(cable.rm, watch, "a.txt", "runs/0001.run", "profile.txt")
    assert watch.did == [("remove", n) for n in ("workouts/a.txt", "runs/0001.run", "profile.txt")]
    assert done.output.splitlines() == ["workouts/a.txt: gone", "runs/0001.run: gone", "profile.txt: gone"]
    on = Watch(there, refuses="that run is on")
    assert refused(call(cable.rm, on, "runs/0002.run")) == "runs/0002.run: that run is on"
    assert "b.txt is not on the watch" in refused(call(cable.rm, Watch(there), "b.txt"))


def test_runs_are_fetched_once_and_all_of_them_when_asked_for(call, tmp_path):
    runs = {"workouts/a.txt": b"", "runs/0001.got": HEAD + b"1", "runs/0002.run": HEAD + b"2"}
    watch = Watch(runs, {"state": "ready"})
    done = call(cable.pull, watch, tmp_path / "new")
    assert done.output.strip() == f"runs/0002.run: {len(HEAD) + 1} bytes"
    assert (tmp_path / "new" / "0002.run").read_bytes() == HEAD + b"2"
    done = call(cable.pull, watch, tmp_path / "new", "--all", "--json")
    assert json.loads(done.output) == {"files": [str(tmp_path / "new" / "0001.run")]}
    assert watch.did == [("mark", "runs/0002.run")] * 2
    done = call(cable.pull, watch, tmp_path / "new")
    assert done.output.split("\n")[-3:-1] == [f"runs/0002.run: {len(HEAD) + 1} bytes, already here", "nothing new"]
    assert json.loads(call(cable.pull, Watch(), tmp_path, "--json").output) == {"files": []}


def test_what_is_not_done_is_left_where_the_watch_names_it_and_where_an_older_one_does_not(call, tmp_path):
    runs = {"runs/9999.run": HEAD + b"1", "runs/10000.run": HEAD + b"2"}
    for status in ({"state": "running"}, {"state": "paused"}, {"state": "done", "log": "runs/10000.run"}):
        watch = Watch(runs, status)
        done = call(cable.pull, watch, tmp_path)
        assert "runs/10000.run is not done on the watch" in done.output
        assert watch.did == [("mark", "runs/9999.run")]
    watch = Watch(runs, {"state": "done"})
    call(cable.pull, watch, tmp_path)
    assert watch.did == [("mark", n) for n in runs]
    assert call(cable.pull, Watch({}, {"state": "running"}), tmp_path).output.strip() == "nothing new"


def test_a_mark_that_is_refused_and_a_folder_that_cannot_be_made_are_told(call, tmp_path):
    done = call(cable.pull, Watch({"runs/0001.run": HEAD}, refuses="that run is on"), tmp_path)
    assert "runs/0001.run: the watch keeps it as not fetched (that run is on)" in done.output
    (tmp_path / "file").write_text("")
    watch = Watch({"runs/0001.run": HEAD})
    assert "cannot be made" in refused(call(cable.pull, watch, tmp_path / "file"))
    assert watch.did == []


STATUS = {"state": "running", "run_ms": 61_000, "run_mm": 200_000, "step": 2, "sats": 9, "fix": 1, "battery": 80,
          "flash_free_kib": 1536, "heap_free": 54_321, "bus_faults": 0, "error": ""}  # fmt: skip


def test_the_status_is_told_in_words_and_as_it_is(call):
    said = call(looking.status, Watch(status=STATUS)).output
    told = ("state  running", "run  1:01.0, 0.200 km, in step 2", "9, with a fix", "80 %", "1.5 MB free", "53 KB free")
    for words in (*told, "last crash  none"):
        assert words in said
    assert "faults" not in said
    assert "error" not in said
    worse = {**STATUS, "state": "ready", "fix": 0, "battery": -1, "bus_faults": 3, "error": "a.txt is damaged"}
    said = call(looking.status, Watch(status=worse)).output
    for words in ("9, without a fix", "not measured", "bus faults  3", "error  a.txt is damaged"):
        assert words in said
    assert "in step" not in said
    got = json.loads(call(looking.status, Watch(status=STATUS), "--json").output)
    assert got == {"watch": Watch.hello, **STATUS, "last_crash": None}


def test_a_status_of_another_firmware_is_told_as_far_as_it_goes(call):
    for status in ({}, {"state": "running", "run_ms": "x"}, dict.fromkeys(STATUS, "x")):
        done = call(looking.status, Watch(status=status))
        assert done.exit_code == 0, done.exception
        assert Watch.hello in done.output


def test_telemetry_is_told_line_by_line_and_switched_off_at_the_end(call):
    good = "running 61000 200000 1 4000 3990 171 90 250000 88"
    lines = [good, "", "running 1 2", "running 61000 200000 x 4000 3990 171 90 250000 88", "ready 0 0 0 0 0 -1 0 0 -1"]
    watch = Watch(lines=lines)
    said = call(looking.watch, watch).output.splitlines()
    assert len(said) == 2
    for words in ("running", "1:01.0", "0.200 km", "step 2", "4'10\" for 4'10\"", "171 spm"):
        assert words in said[0]
    assert "- for -" in said[1]
    assert watch.did == [("watch", True), ("watch", False)]
    watch = Watch(lines=lines)
    (first, second) = map(json.loads, call(looking.watch, watch, "--json").output.splitlines())
    assert (first["state"], first["step"], first["balance"]) == ("running", 1, 88)
    assert second["cadence_spm"] == -1
