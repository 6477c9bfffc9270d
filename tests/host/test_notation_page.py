"""Every example of docs/notation.md is read as the page says."""

import re
from pathlib import Path

import pytest

from pacer.core import notation
from pacer_watch.formats import shorthand
from pacer_watch.formats.words import in_words

PAGE = (Path(__file__).parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)
ROWS = [re.split(r"(?<!\\)\|", line)[1:3] for line in PAGE.splitlines() if line.startswith("| `")]


def code(cell: str) -> list[str]:
    return [text.replace("\\|", "|") for text in re.findall(r"`([^`]+)`", cell)]


SAID = [(code(left)[0], right.strip().removesuffix("; the runner ends it")) for left, right in ROWS]
MEANT = [(text, meaning) for text, meaning in SAID if " times: " in meaning or " km at " in meaning]
REFUSED = [(code(left)[0], code(right)) for left, right in ROWS if right.strip().startswith("`")]
READ = [text for left, right in ROWS if not right.strip().startswith("`") for text in code(left)]


def test_the_page_has_examples_of_each_sort():
    assert (len(BLOCKS), len(ROWS)) >= (2, 35)
    assert len(MEANT) >= 14
    assert len(REFUSED) >= 8
    assert len(READ) >= 50


@pytest.mark.parametrize("block", BLOCKS)
def test_a_whole_workout_is_read_by_the_watch_itself(block):
    notation.parse("\n".join(line[4:] for line in block.splitlines()))


@pytest.mark.parametrize("text", READ)
def test_an_example_is_read(text):
    shorthand.read(text)


@pytest.mark.parametrize(("text", "meaning"), MEANT, ids=[text for text, _ in MEANT])
def test_an_example_means_what_the_page_says(text, meaning):
    assert in_words(shorthand.read(text).workout) == meaning


@pytest.mark.parametrize(("text", "instead"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_is_refused_has_a_spelling_that_is_read(text, instead):
    with pytest.raises(notation.NotationError):
        shorthand.read(text)
    for other in instead:
        shorthand.read(other)
