"""A board's facts are read without running anything that its folder holds."""

import pytest

from pacer_watch import BOARDS, boards


def folder(tmp_path, text):
    (tmp_path / "board.py").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "line", ["import os", "NAME = open('ran', 'w')", "def f(): pass", "open('ran', 'w')", "NAME = __import__('os')",
             "MHZ = 9 ** 9 ** 9", "NAME = 'x' * 999_999_999_999", "(" * 5000, "A.b = 1", "\0", "MHZ = 1 / 0"],
)  # fmt: skip
def test_what_is_no_fact_is_a_sentence_and_is_not_run(tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    said = boards.check(folder(tmp_path, line + "\n"))
    assert any("board.py cannot be read" in sentence for sentence in said)
    assert not (tmp_path / "ran").exists()


def test_the_facts_of_each_board_are_what_running_its_file_gives():
    for name in boards.names():
        made: dict[str, object] = {}
        exec((BOARDS / name / "board.py").read_text(), made)  # our own
        board = boards.load(name)
        facts = {key: value for key, value in made.items() if key.isupper()}
        assert {key: getattr(board, key) for key in facts} == facts
