"""Workouts printed in the notation, and read back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacer.core import profile
from pacer.core import workout as wk
from pacer.core.notation import NotationError, parse
from pacer_watch.formats.notation import amount_text, pace_text, parse_old, step_text, unparse
from pacer_watch.formats.words import in_words
from pacer_watch.twin.runner import unroll

DESIGN = """Workout - Progressive 1k Repeats
- 15min @ 6'00''/km
- 4 lots of:
- 30s @ 3'00''/km
- 5 lots of:
- 1.0km @ 5'30''/km
- 2min 10s rest
- 10min @ 6'00''/km
"""
NESTED = "3 x:\n  2 \u00d7 2min @ 8:00-8:30/mi, 1 lap jog\n  lap walk | go"


@pytest.mark.parametrize(
    "text",
    [
        DESIGN,
        "5 x (1km @ 5'30\" -> 3'45\"/km, 90s rest between)",
        NESTED,
        "1h 1.5s\n1mi warm-up\n0.001km stride @ 2'59.999\"/km",
        "3 x 1km @ 5'30\" -> 5'00\" -> 4'00\"/km, 90s rest",
        "3 x:\n  1km @ marathon -> 10k -> 4'00\"/km | a | b | c d\n  2 x 30s stretch | e",
        "2 x (3 x 1km @ CS -> 5k -> 3k, 1min jog), 1min jog",
        "1km @ between 5k pace - 5s and 5k pace + 5s\n1km @ between RPE 6 and RPE 7\n1km @ between 4'00\"/km and tempo",
        "3 x 1km @ 5k pace, rest until D' 80%, 60s-3min",
        "1km @ 10k pace to 5k pace\n20min @ 5'00\"/km to 4'00\"/km",
        "4 x 400m @ 5k pace on 2min 30s\n3 x (200m @ mile pace, 100m jog, rest between on 1min 30s)",
    ],
)
def test_canonical_text_reads_back_to_the_same_workout(text):
    w = parse(text)
    again = parse(unparse(w))
    assert (again.name, list(again.rows), again.notes) == (w.name, list(w.rows), w.notes)
    assert unparse(again) == unparse(w)


def test_repeats_are_indented_and_steps_stand_below_them():
    assert unparse(parse(DESIGN)) == (
        "Workout - Progressive 1k Repeats\n"
        "- 15min @ 6'00\"/km\n"
        "- 4 lots of:\n"
        "  - 30s @ 3'00\"/km\n"
        "- 5 lots of:\n"
        "  - 1km @ 5'30\"/km\n"
        "  - 2min 10s rest\n"
        "- 10min @ 6'00\"/km\n"
    )
    assert unparse(parse(NESTED)) == (
        "Workout\n"
        "- 3 lots of:\n"
        "  - 2 lots of:\n"
        "    - 2min @ 4'58.258\"-5'16.899\"/km\n"
        "    - 400m jog\n"
        "  - lap walk | go\n"
    )


def test_a_ladder_between_names():
    assert "@ 10k pace -> 5k pace" in unparse(parse("Workout\n- 5 x 1km @ 10k pace -> 5k pace, 1min rest\n"))


@pytest.mark.parametrize(
    "name",
    [
        "easy", "tempo - 2.5s", "critical speed", "5k pace", "10k pace - 5s", "mile pace + 3s", "CS", "92.5% CS",
        "RPE 7", "half pace",
    ],
)  # fmt: skip
def test_names_read_back(name):
    assert step_text(parse("Workout\n- 1km @ " + name + "\n"), 0) == "1km @ " + name


@pytest.mark.parametrize("race", profile.RACE_NAMES)
def test_every_race_reads_back(race):
    assert step_text(parse(f"1km @ {race} pace"), 0) == f"1km @ {race} pace"


@pytest.mark.parametrize("kind", range(len(wk.KINDS)))
def test_every_kind_reads_back(kind):
    w = wk.Workout()
    w.add_step(kind, wk.END_DISTANCE, 200_000)
    assert parse(unparse(w)).kind(0) == kind


def test_lengths_and_paces_have_the_decimals_that_they_need():
    lengths = ((3_600_000, "1h"), (3_661_500, "1h 1min 1.5s"), (0, "0s"), (50, "0.05s"))
    for amount, text in lengths:
        assert amount_text(wk.END_TIME, amount) == text
    lengths = (
        (1_500_000, "1.5km"),
        (1_609_344, "1mi"),
        (804_672, "0.5mi"),
        (402_336, "0.25mi"),
        (400_000, "400m"),
        (1_010_000, "1.01km"),
    )
    for amount, text in lengths:
        assert amount_text(wk.END_DISTANCE, amount) == text
    assert amount_text(wk.END_LAP, 0) == "lap"
    assert [pace_text(p) for p in (330_000, 305_000, 179_999, 300_250)] == [
        "5'30\"",
        "5'05\"",
        "2'59.999\"",
        "5'00.25\"",
    ]


OLD = [  # read in 0.1, refused today: what each was run as
    ("5 x 1km @ 5k pace 400m jog", [1_400_000] * 5),
    ("8 x 400m @ 5k pace (90s)", [400_000, 90_000] * 8),
    ("5 x 1.000m", [1000] * 5),
    ("20m warm-up", [20_000]),
    ("Workout: 6x800m @ 5k pace, 400m jog\n1km cool-down", [1_000_000]),
    ("2 x (4 x 200m @ 3'40\"/km, 3min rest)", [200_000, 180_000] * 8),
    ("6 x 400m @ 5k pace\n90s rest", [400_000] * 6 + [90_000]),
    ("6 x 400s, 400m jog", [400_000] * 12),
    ("2 lots of:\n1km\n\n2km @ easy", [1_000_000, 2_000_000] * 2),
    ("8 x 400m @ 5k pace - 90s", [400_000] * 8),
    ("2 x 400m | a | b | c", [400_000] * 2),
]


@pytest.mark.parametrize(("text", "amounts"), OLD)
def test_a_log_tells_what_was_run_even_where_its_text_is_refused_today(text, amounts):
    with pytest.raises(NotationError):
        parse(text)
    assert [step.amount for step in unroll(parse_old(text))] == amounts
    with pytest.raises(NotationError):
        parse(text)  # and the next one is refused again


def test_control_characters_of_an_old_log_are_cut_out():
    w = parse_old("Workout - a\x1b[31mb\n1km | c\x07d")
    assert (w.name, w.notes) == ("a[31mb", ["cd"])


@pytest.mark.parametrize("length", ["60 metres", "0.06km", "12.5 metres", "0.804672km", "0.00325km", "0.099999km"])
def test_short_lengths_are_printed_so_that_they_have_one_reading(length):
    w = parse(length)
    assert list(parse(unparse(w)).rows) == list(w.rows)


def test_an_offset_of_half_a_minute_is_printed_with_its_unit():
    assert step_text(parse("1km @ easy + 45s/km"), 0) == "1km @ easy + 45s/km"


# Workouts of every kind of step, target and repeat, most of which can be read.
LENGTHS = st.one_of(
    st.builds("{}m".format, st.integers(100, 5000)),
    st.sampled_from(["0.4km", "60 metres", "1mi", "0.75mi", "2 laps", "lap", "90s", "2min 10s", "1h", "0.001s"]),
)
EDGES = st.one_of(
    st.builds("{}'{:02d}.{}\"/km".format, st.integers(2, 9), st.integers(0, 59), st.integers(0, 999)),
    st.sampled_from(["easy", "tempo - 2.5s", "5k pace", "half pace + 45s/km", "CS", "92.5% CS", "RPE 7", "mile pace"]),
)
TARGETS = st.one_of(
    st.just(""),
    st.builds(" @ {}".format, EDGES),
    st.builds(" @ {} to {}".format, EDGES, EDGES),
    st.builds(" @ between {} and {}".format, EDGES, EDGES),
    st.builds(" @ {} -> {}".format, EDGES, EDGES),
    st.builds(" @ {} -> {} -> {}".format, EDGES, EDGES, EDGES),
)
NOTES = st.sampled_from(["", " | a", " | a | b | c"])
STEPS = st.one_of(
    st.builds("{} {}{}{}".format, LENGTHS, st.sampled_from(wk.KIND_NAMES), TARGETS, NOTES),
    st.sampled_from(["rest on 2min", "90s jog between", "rest until D' 80%, 1min-3min", "400m @ 5k pace on 1min 30s"]),
)
BLOCKS = st.one_of(
    st.builds("- {}".format, STEPS),
    st.builds("- 3 lots of:\n  - {}\n  - {}".format, STEPS, STEPS),
    st.builds("- 2 lots of:\n  - 3 lots of:\n    - {}\n    - {}\n  - {}".format, STEPS, STEPS, STEPS),
    st.builds("- 2 x (3 x ({}, {}), {})".format, STEPS, STEPS, STEPS),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=4))
def test_whatever_is_read_is_printed_so_that_it_reads_back(blocks):
    try:
        w = parse("\n".join(["Workout - Any", *blocks]))
    except NotationError:
        return
    again = parse(unparse(w))
    assert (list(again.rows), again.notes, again.rep_notes) == (list(w.rows), w.notes, w.rep_notes)
    assert list(again.rungs) == list(w.rungs)
    assert unparse(again) == unparse(w)
    assert in_words(w)
