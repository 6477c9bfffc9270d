"""What coaches write is read as they mean it, or refused with what to write: never as something else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacer.core import notation
from pacer_watch.formats import shorthand
from pacer_watch.formats.notation import unparse


def rows_of(name):
    """(text, what became of it) of a file beside this one."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [line.partition("\t")[::2] for line in lines if not line.startswith("#")]


ROWS = rows_of("phrasings.txt")
SLIPS = rows_of("slips.txt")
READ = 0.7  # of these texts, many of which are there to be refused


def read_as(text: str) -> str:
    """The canonical lines of a text, or '!' and why it is refused."""
    try:
        workout = shorthand.read(text.replace("\\n", "\n")).workout
    except notation.NotationError as e:
        return f"! {e.message}"
    return " // ".join(unparse(workout).splitlines()[1:])


@pytest.mark.parametrize(("text", "wanted"), ROWS + SLIPS, ids=[row[0] for row in ROWS + SLIPS])
def test_a_phrasing_is_read_as_it_is_meant_or_refused(text, wanted):
    got = read_as(text)
    assert got.startswith(wanted) if wanted.startswith("!") else got == wanted


def test_most_phrasings_are_read():
    assert len(ROWS) > 150
    assert sum(not wanted.startswith("!") for _, wanted in ROWS) >= READ * len(ROWS)


def test_the_phrasings_that_were_gathered_are_read_or_refused_with_what_to_write(data):
    path = data / "phrasings.txt"
    if not path.exists():
        pytest.skip("no phrasings.txt beside the recordings")
    rows = [line.partition("\t")[::2] for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    for text, meaning in rows:
        assert read_as(text).startswith("!") == ("refused" in meaning), text


@pytest.mark.parametrize("text", [wanted for _, wanted in ROWS + SLIPS if not wanted.startswith("!")])
def test_what_was_read_is_read_again_without_shorthand(text):
    notation.parse("\n".join(text.split(" // ")))


def test_the_lines_that_were_read_otherwise_are_told():
    reading = shorthand.read("2km warm-up\n6x1k @ MP w/ 2' jog | easy now\n1km cool-down # done")
    assert reading.taken == [("6x1k @ MP w/ 2' jog | easy now", "- 6 x 1km @ marathon pace, 2min jog | easy now")]
    assert reading.text.splitlines()[0] == "2km warm-up"
    assert reading.workout.notes == [None, None, "easy now", None, None]


def test_a_text_in_the_notation_stays_as_it_is():
    text = "Workout - Mine\n  # a comment\n- 5 x 1km @ 5k pace, 400m jog # each\n"
    reading = shorthand.read(text)
    assert (reading.text, reading.taken) == (text, [])


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("5 x 1km @ 5k pace, 400m jgo", (1, 25), ""),
        ("1km @ 5k pace\n400m strdie", (2, 6), "strdie: stride?"),
        ("1km @ 5k pace\n1km wram-up", (2, 5), ""),
        ("2km WU\n1km @ steddy", (2, 7), "steddy: steady?"),
    ],
)
def test_a_word_that_is_nearly_one_of_ours_is_suggested(text, place, word):
    with pytest.raises(notation.NotationError) as caught:
        shorthand.read(text)
    assert (caught.value.line, caught.value.column) == place
    assert word in caught.value.message


WORDS = (
    "2 4 10 90 400 1000 1:30 5:00 2:30 x ( ) , ; + - / -> to and @ at in on every w/ km m k mile min s ' \" pace 5k "
    "10k MP easy hard jog rest walk WU CD between sets of reps each RPE 7 | lap float until"
)
words = st.sampled_from([*WORDS.split(), "\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=14))
def test_whatever_is_written_is_read_or_refused_in_a_sentence(some):
    text = " ".join(some)
    try:
        reading = shorthand.read(text)
    except notation.NotationError as e:
        assert e.message
        return
    assert list(notation.parse(reading.text).rows) == list(reading.workout.rows)
    assert list(notation.parse(unparse(reading.workout)).rows) == list(reading.workout.rows)
