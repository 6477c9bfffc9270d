"""The laptop's disk is full, or not to be written: nothing good is touched, and a command says so in one sentence."""

import os

import pytest
import rich_click as click

from pacer.core import notation
from pacer_watch import cli, pictures
from pacer_watch.cli import common, shown
from pacer_watch.files import write_whole
from pacer_watch.text import KM
from pacer_watch.twin.result import Result


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_profile_and_the_old_one_beside_it_are_whole_on_a_full_disk(tmp_path, monkeypatch):
    profile, old = tmp_path / "profile.txt", tmp_path / "profile.txt.old"
    profile.write_text("new")
    old.write_text("old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(click.ClickException, match="No space left"):
        common.replace(profile, "newer")
    assert (profile.read_text(), old.read_text()) == ("new", "old")
    assert sorted(os.listdir(tmp_path)) == ["profile.txt", "profile.txt.old"]


def test_nothing_half_is_left_where_a_write_fails(tmp_path, monkeypatch):
    write_whole(tmp_path / "a", b"good")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a", b"better")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"good")]


def test_the_log_of_a_session_is_written_before_its_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "save", full)
    result = Result(notation.parse("- 1km"), [], "unix", log=b"PACERRUN")
    with pytest.raises(OSError, match="No space"):
        shown.save(result, tmp_path, KM)
    assert (tmp_path / "run.run").read_bytes() == b"PACERRUN"


def test_an_error_of_the_system_in_any_command_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(cli, "pacer", lambda **_: full())
    with pytest.raises(SystemExit) as e:
        cli.main()
    assert e.value.code == 2
    assert capsys.readouterr().err == "pacer: No space left on device\n"
