from pacer.core import notation, workout
from pacer.core.workout import COACHED, KIND_NAMES, KINDS, REPEAT, RESTING, SCREEN_WORDS


def test_each_kind_is_the_row_that_its_number_says():
    for name, kind in (
        ("run", workout.RUN), ("rest", workout.REST), ("jog", workout.JOG), ("walk", workout.WALK),
        ("stride", workout.STRIDE), ("warm-up", workout.WARM_UP), ("cool-down", workout.COOL_DOWN),
    ):  # fmt: skip
        assert KINDS[kind][0] == KIND_NAMES[kind] == name


def test_the_columns_are_those_of_the_rows():
    assert len(KIND_NAMES) == len(RESTING) == len(COACHED) == len(SCREEN_WORDS) == len(KINDS)
    for kind in range(len(KINDS)):
        assert (KIND_NAMES[kind], RESTING[kind], COACHED[kind], SCREEN_WORDS[kind]) == KINDS[kind]
    assert [k for k in range(len(KINDS)) if RESTING[k]] == [workout.REST, workout.JOG, workout.WALK, workout.STRETCH]
    assert [k for k in range(len(KINDS)) if COACHED[k]] == [workout.RUN, workout.STRIDE]


def test_a_word_fits_on_the_screen_beside_rep_and_reps():
    for word in SCREEN_WORDS:
        assert 0 < len(word) <= 9 and word == word.upper()


def test_a_repeat_is_no_kind_and_cannot_become_one():
    assert len(KINDS) <= REPEAT
    for table in (KIND_NAMES, RESTING, COACHED, SCREEN_WORDS):
        try:
            table[REPEAT]
        except IndexError:
            continue
        raise AssertionError("a repeat is looked up as a kind of step")


def test_a_ramp_goes_from_its_first_pace_to_its_last():
    c = workout.Cursor(notation.parse("1km @ 5'00\"/km to 4'13.5\"/km"))
    c.next()
    seen = []
    for permille in (0, 1, 500, 1000):
        c.along(permille)
        assert c.pace_fast == c.pace_slow
        seen.append(c.pace_fast)
    assert seen == [300_000, 299_953, 276_750, 253_500]


def test_a_band_of_efforts_has_its_least_and_its_most():
    text = "1min @ between RPE 7 and RPE 6\n1min @ RPE 8\n1min\n2 x 1min @ RPE 5 -> RPE 7, 1min rest"
    c = workout.Cursor(notation.parse(text))
    seen = []
    while c.next():
        seen.append((c.effort(), c.effort(True)))
    assert seen == [(6, 7), (8, 8), (0, 0), (5, 5), (0, 0), (7, 7), (0, 0)]
