from pacer.core import notation, profile, workout
from pacer.core.notation import NotationError, parse

DESIGN = """Workout - Progressive 1k Repeats
- 15min @ 6'00''/km
- 4 lots of:
- 30s @ 3'00''/km
- 5 lots of:
- 1.0km @ 5'30''/km
- 2min 10s rest
- 10min @ 6'00''/km
"""


def rows(text):
    """The steps in running order: (kind, end, amount, fast, slow, rep, reps)."""
    w = parse(text)
    out = []
    c = workout.Cursor(w)
    while c.next():
        out.append((w.kind(c.row), w.end(c.row), w.amount(c.row), c.pace_fast, c.pace_slow, c.rep, c.reps))
    return out


def one(text):
    """The only step of a text, without rep."""
    got = rows(text)
    assert len(got) == 1, got
    return got[0][:5]


def refused(text, line, column, *words):
    try:
        parse(text)
    except NotationError as e:
        assert (e.line, e.column) == (line, column), str(e)
        for word in words:
            assert word in e.message, e.message
    else:
        raise AssertionError("not refused: %r" % (text,))


def test_the_session_of_the_house_reads_as_it_stands_flat():
    r = (workout.RUN, workout.END_TIME, 900_000, 360_000, 360_000, 0, 0)
    want = [r]
    want += [(workout.RUN, workout.END_TIME, 30_000, 180_000, 180_000, k, 4) for k in range(1, 5)]
    for k in range(1, 6):
        want.append((workout.RUN, workout.END_DISTANCE, 1_000_000, 330_000, 330_000, k, 5))
        want.append((workout.REST, workout.END_TIME, 130_000, 0, 0, k, 5))
    want.append((workout.RUN, workout.END_TIME, 600_000, 360_000, 360_000, 0, 0))
    assert rows(DESIGN) == want
    assert parse(DESIGN).name == "Progressive 1k Repeats"
    assert rows("\n".join(["    " + line for line in DESIGN.split("\n")])) == want


def test_indented_steps_belong_to_the_repeat_above():
    nested = "2 x:\n  3 lots of:\n    - 400m\n    - 1min rest\n  - 3min rest\n- 5min"
    got = rows(nested)
    assert len(got) == 2 * (3 * 2 + 1) + 1
    assert [g[2] for g in got[:7]] == [400_000, 60_000] * 3 + [180_000]
    assert rows("- 2 x:\n\t- 1km\n- 2km") == rows("2 x 1km\n2km")


def test_quotes_of_every_keyboard_mean_the_same():
    want = one("1km @ 5'30\"/km")
    for pace in (
        "5'30''/km",
        "5:30/km",
        "5\u201930\u201d/km",
        "5\u203230\u2033/km",
        "5\u201930\u2019\u2019/km",
        "5'30 /km",
        "5:30 min/km",
    ):
        assert one("1km @ " + pace) == want, pace


def test_a_pace_per_mile_is_one():
    assert one("1mi @ 8'00\"/mi") == (workout.RUN, workout.END_DISTANCE, 1_609_344, 298_258, 298_258)


def test_m_is_metres_and_min_is_minutes_always():
    assert one("400m")[1:3] == (workout.END_DISTANCE, 400_000)
    assert one("15 metres")[1:3] == (workout.END_DISTANCE, 15_000)
    assert one("15min")[1:3] == (workout.END_TIME, 900_000)
    assert one("15 min")[1:3] == (workout.END_TIME, 900_000)


def test_lengths():
    assert one("1h 5min 3s")[2] == 3_903_000
    assert one("2min10s")[2] == 130_000
    assert one("1.5min")[2] == 90_000
    assert one("2 laps")[1:3] == (workout.END_DISTANCE, 800_000)
    assert one("0.5mi")[2] == 804_672
    assert one("warm-up lap")[:3] == (workout.WARM_UP, workout.END_LAP, 0)


def test_kinds_stand_before_or_behind_the_length():
    for words, kind in (
        ("rest", workout.REST), ("jog", workout.JOG), ("walk", workout.WALK), ("stride", workout.STRIDE),
        ("warm-up", workout.WARM_UP), ("warm up", workout.WARM_UP), ("Warmup", workout.WARM_UP),
        ("cool-down", workout.COOL_DOWN), ("cool down", workout.COOL_DOWN), ("run", workout.RUN),
    ):  # fmt: skip
        assert one("5min " + words)[0] == kind
        assert one(words + " 5min")[0] == kind


def test_every_kind_of_the_table_is_read_by_its_name():
    for kind in range(len(workout.KINDS)):
        name = workout.KIND_NAMES[kind]
        for word in (name, name.replace("-", ""), name.replace("-", " "), name.upper()):
            assert one("5min " + word)[0] == kind, word
    for word, kind in (("recovery", workout.REST), ("recover", workout.REST), ("strides", workout.STRIDE)):
        assert one("5min " + word)[0] == kind, word
    refused("5min warm", 1, 6, "expected a duration")
    refused("5min warm down", 1, 6, "expected a duration")


def test_bands_are_kept_fast_first_and_ladders_take_a_rung_a_rep():
    assert one("5min @ 5'40\"-5'20\"/km")[3:] == (320_000, 340_000)
    assert one("5min @ 5'20\"/km \u2013 5'40\"/km")[3:] == (320_000, 340_000)
    paces = [r[3] for r in rows("5 x 1km @ 5'30\" -> 3'45\"/km")]
    assert paces == [330_000, 303_750, 277_500, 251_250, 225_000]
    assert [r[3] for r in rows("1 x 1km @ 5'00\" \u2192 4'00\"/km")] == [300_000]
    assert [r[3] for r in rows("3 x 1km @ 4'00\" -> 4'20\"/km")] == [240_000, 250_000, 260_000]


def test_a_rest_between_is_left_out_after_the_last_rep():
    got = rows("3 x 400m @ 4'00\"/km, 1min rest between")
    assert [g[0] for g in got] == [workout.RUN, workout.REST, workout.RUN, workout.REST, workout.RUN]


def test_n_repeats_are_n():
    for n in (1, 2, 999):
        assert len(rows("%d x 100m" % n)) == n


def test_one_line_repeats_nest_in_brackets():
    got = rows("2 x (3 x (200m @ 4'00\"/km), 1 lap jog)")
    assert [g[2] for g in got] == [200_000, 200_000, 200_000, 400_000] * 2
    assert len(rows("2 x 3 x 200m @ 4'00\"/km")) == 6


def test_one_line_repeats_are_written_in_many_ways():
    want = rows("6 x 400m @ 3'50\"/km, 90s rest")
    assert len(want) == 12
    for text in (
        "6 x 400m @ 3:50/km + 90s rest",
        "6x400m @ 3:50/km; 90s rest",
        "6 x 400m @ 3:50/km / 90s rest",
        "6 x 400m @ 3:50/km with 90s rest",
        "6 x 400m @ 3:50/km (90s rest)",
        "6 x (400m @ 3:50/km, 90s rest)",
        "6 lots of: 400m @ 3:50/km and 90s rest",
        "6 \u00d7 ( 400m @ 3:50/km , 90s rest )",
    ):
        assert rows(text) == want, text
    refused("400m + 200m", 1, 6, "end of the line")
    refused("400m with 200m", 1, 6, "expected a duration")


def test_a_note_is_kept_for_the_screen():
    w = parse("1km @ 5'30\"/km | hold it, and smile")
    assert w.notes[0] == "hold it, and smile"


def test_comments_and_empty_lines_do_nothing():
    assert rows("# mine\n\n1km # all out\n\n") == rows("1km")


def test_what_cannot_be_read_is_refused_with_its_place():
    refused("", 1, 1, "at least one step")
    refused("5 bananas", 1, 3, "unit")
    refused("- 1km\n- hello", 2, 3, "expected a duration")
    refused("1km @ 5'77\"/km", 1, 9, "00 to 59")
    refused("1km @ 5'30\"", 1, 12, "/km or /mi")
    refused("1km @ fast", 1, 7, "expected a pace")
    refused("1km @ 5'30\"/km @ 5'40\"/km", 1, 16, "one target")
    refused("1km 5min", 1, 5, "only one")
    refused("400m 400m", 1, 6, "larger unit first")
    refused("4 lots of:", 1, 1, "step below")
    refused("- 4 lots off:\n- 1km", 1, 13, "'of'")
    refused("1km @ 5'30\" -> 4'00\"/km", 1, 5, "inside a repeat")
    refused("1min rest between", 1, 11, "in a repeat")
    refused("1km\n  2km", 2, 1, "as far to the right")
    refused("rest", 1, 1, "how long")
    refused("0m", 1, 1, "above zero")
    refused("1km |", 1, 6, "words")
    refused(b"1km \xff", 1, 1, "UTF-8")
    refused("Workout hills\n1km", 1, 9, "'-'")
    refused("1km rest jog", 1, 10, "one kind")
    refused("2 x (1km, 1min rest", 1, 20, "')'")


def test_limits_are_checked_and_named():
    refused("\n".join(["1km"] * 65), 65, 1, "64 steps")
    assert len(rows("\n".join(["1km"] * 64))) == 64
    refused("2 x 2 x 2 x 2 x 100m", 1, 1, "3 deep")
    assert len(rows("2 x 2 x 2 x 100m")) == 8
    refused("1000 x 100m", 1, 1, "999")
    refused("0 x 100m", 1, 1, "999")
    refused("# " + "x" * 4095 + "\n1km", 1, 1, "4 KiB")
    refused("25h", 1, 1, "24 h")
    refused("25 x 1h", 1, 1, "24 h")
    refused("1001km", 1, 1, "1,000 km")
    refused("2 x 501km", 1, 1, "1,000 km")
    refused("999 x 999 x lap", 1, 1, "steps")


def test_totals_count_every_rep():
    count, time_ms, distance_mm, unknown, _ = parse(DESIGN).totals()
    assert (count, time_ms, unknown) == (16, 3_920_000, 0)
    assert distance_mm == 9_833_335  # 15 min at 6'00" is 2.5 km, 30 s at 3'00" 166.667 m
    assert parse("3 x 1km @ 5'00\"/km, 1min rest between").totals()[:3] == (5, 1_020_000, 3_000_000)


def test_a_flat_repeat_ends_before_a_cool_down():
    got = rows("2 lots of:\n30s @ 3'00\"/km\n10min cool-down")
    assert [g[2] for g in got] == [30_000, 30_000, 600_000]


def test_a_workout_that_failed_leaves_nothing_behind():
    w = None
    try:
        w = parse("1km\n5 x\n")
    except NotationError:
        pass
    assert w is None
    assert notation.MAX_TEXT_BYTES == 4096


def test_a_second_length_belongs_to_the_first_only_directly_behind_it():
    assert one("2min 10s rest")[2] == one("rest 2min 10s")[2] == 130_000
    refused("5 x 1km @ 5k pace 400m jog", 1, 19, "', 400m jog'")
    refused("2min @ 5k pace 10s", 1, 16, "one length")
    refused("2min rest 10s", 1, 11, "one length")
    refused("3 x 10min @ tempo 2min jog", 1, 19, "one length")


def test_a_dash_before_a_recovery_is_no_offset():
    refused("8 x 400m @ 5k pace - 90s jog", 1, 22, "','", "dash")
    refused("8 x 400m @ 5k pace \u2013 9s rest", 1, 22, "','")
    refused("8 x 400m @ 5k pace - 90s", 1, 22, "'90s/km'", "', 90s rest'")
    refused("8 x 400m @ 5k pace + 90s", 1, 22, "'90s/km'")
    refused("8 x 400m @ 5k pace - 400m jog", 1, 22, "','")
    assert one("1km @ 5k pace - 5s")[3:] == (0, 0)
    assert len(rows("8 x 400m @ 5k pace + 90s rest")) == 16


def test_an_offset_of_half_a_minute_says_a_kilometre_and_may_be_a_mile_or_a_lap():
    def offset(text):
        return profile.amount_of(parse("1km @ 5k pace " + text).target_a(0))

    assert [offset("- 90s/km"), offset("+ 5s/mi"), offset("- 2s/lap"), offset("+ 2s/400m")] == [-900, 31, -50, 50]
    refused("1km @ 5k pace - 5s/hour", 1, 20, "km, mi, lap")


def test_a_pace_may_be_a_lap_or_any_metres():
    assert one("400m @ 1:12/lap")[3] == one("400m @ 1:12/400m")[3] == 180_000
    assert one("400m @ 0:18/100m")[3] == 180_000
    refused("400m @ 1:12/40m", 1, 13, "km, mi, lap")
    refused("5 x 1km @ 3:45/400m jog", 1, 16, "another step")


def test_what_follows_in_a_repeat_says_what_it_is():
    refused("8 x 400m @ 5k pace (90s)", 1, 21, "rest, jog, walk or run")
    refused("8 x 400m @ 5k pace, 90s between", 1, 21, "rest, jog, walk or run")
    refused("6x1km @ 10k pace, 1min", 1, 19, "rest, jog, walk or run")
    refused("4 lots of:\n- 400m @ 5k pace\n- 90s", 3, 1, "rest, jog, walk or run")
    refused("4 lots of:\n  400m @ 5k pace\n  90s", 3, 3, "rest, jog, walk or run")
    assert len(rows("2 lots of:\n  400m @ 5k pace\n  90s | easy now\n  90s run")) == 6
    assert len(rows("8 x 30s, 90s run")) == 16


def test_a_thousand_and_a_fraction_are_told_apart():
    refused("5 x 1.000m", 1, 5, "1000m")
    refused("5 x 1.200 metres", 1, 5, "1200m")
    assert one("1609.344m")[2] == 1_609_344
    assert one("1.500km")[2] == 1_500_000
    refused("1.30min", 1, 1, "1min 30s")
    refused("1.15h", 1, 1, "1h 15min")
    assert one("1.75min")[2] == 105_000


def test_metres_that_were_minutes_are_refused():
    for text in ("15m", "5 x 3m", "20m warm-up", "cool-down 60m", "60m @ easy", "4 x 20m @ tempo", "90m @ easy"):
        refused(text, 1, 5 if " x " in text else 1, "write min")
    for text in ("40m jog", "30m", "2 x 30m @ marathon pace", "3 x 20m @ 6'00\"/km", "45m @ RPE 5", "20m @ 95% CS"):
        refused(text, 1, 5 if " x " in text else 1, "write min")
    assert len(rows("20 x 20m @ mile pace, 40m walk")) == 40
    assert len(rows("8 x 60m stride, 60m jog")) == 16
    assert one("60m stride")[2] == one("60 metres")[2] == one("0.06km")[2] == 60_000


def test_a_name_is_not_what_is_run():
    refused("Workout: 6x800m @ 5k pace, 400m jog\n1km cool-down", 1, 10, "name")
    refused("Workout - 6x800m @ 5k pace, 400m jog\n1km cool-down", 1, 11, "name")
    refused("Workout: 20min tempo\n5min cool-down", 1, 10, "name")
    refused("Workout - 6 x 800m\n1km cool-down", 1, 1, "promises")
    assert parse("Workout - 16 x 200 m\n16 x 200m @ mile pace, 200m jog").name == "16 x 200 m"
    assert parse("Workout - 800 m breakdowns\n1km").name == "800 m breakdowns"
    for name in ("5k at the track", "Laps", "Mile repeats", "min", "x", "- a", "m 2"):
        assert parse("Workout: %s\n1km" % name).name == name


def test_an_empty_line_ends_no_repeat_by_itself():
    lines = DESIGN.split("\n")
    assert rows("\n\n".join(lines)) == rows(DESIGN)
    refused("4 lots of:\n30s @ 3'00\"/km\n\n10min @ easy", 4, 1, "two spaces")
    refused("4 lots of:\n30s @ 3'00\"/km\n\n# now\n10min @ easy", 5, 1, "two spaces")
    assert len(rows("4 lots of:\n30s @ 3'00\"/km\n# then\n10min @ easy")) == 8
    assert len(rows("4 lots of:\n30s @ 3'00\"/km\n\n1min jog\n\n10min @ easy")) == 9
    assert len(rows("4 lots of:\n30s @ 3'00\"/km\n\n10min cool-down")) == 5


def test_the_rest_of_a_rep_and_the_rest_of_a_set_are_told_apart():
    refused("2 x (4 x 200m @ 3'40\"/km, 3min rest)", 1, 6, "each rep's or each set's")
    refused("2 x 4 x 200m @ 3'40\"/km, 3min rest", 1, 5, "each rep's or each set's")
    refused("2 x (1km @ 5k pace, 4 x 200m @ mile pace, 1min rest)", 1, 21, "each rep's or each set's")
    reps = [200_000, 60_000] * 4
    assert [r[2] for r in rows("2 x (4 x 200m @ 3'40\"/km, 1min rest), 3min rest")] == (reps + [180_000]) * 2
    assert [r[2] for r in rows("2 x (4 x (200m @ 3'40\"/km, 1min rest))")] == reps * 2
    assert [r[2] for r in rows("2 x (4 x (200m), 3min rest)")] == ([200_000] * 4 + [180_000]) * 2
    assert [r[2] for r in rows("2 x (4 x 200m), 3min rest")] == ([200_000] * 4 + [180_000]) * 2
    assert [r[2] for r in rows("2 x (4 x 200m (1min rest), 3min rest)")] == (reps + [180_000]) * 2
    got = rows("2 x (6 x 400m @ 5k pace, 200m jog between), 400m jog")
    assert [g[2] for g in got] == ([400_000, 200_000] * 5 + [400_000, 400_000]) * 2
    refused("2 x (4 x 200m), 1km @ 5k pace", 1, 16, "rest of each set")


def test_the_pace_of_a_run_is_not_that_of_its_recovery():
    refused("5 x 1km, 90s rest @ 4'00\"/km", 1, 10, "whose pace")
    refused("5 x 1km, 400m jog @ 4'00\"/km", 1, 10, "whose pace")
    refused("90s rest @ easy", 1, 1, "whose pace")
    assert len(rows("5 x 1km @ 4'00\"/km, 400m jog @ easy")) == 10
    assert len(rows("5 lots of:\n  1km\n  400m jog @ easy")) == 10


def test_a_repeat_on_one_line_ends_with_its_recovery():
    refused("4 x 200m @ mile pace, 1min rest, 3min rest", 1, 34, "brackets")
    refused("6 x 400m @ 5k pace, 200m jog, 1km cool-down", 1, 31, "brackets")
    refused("6 x 400m @ 5k pace, 1km cool-down", 1, 21, "brackets")
    assert len(rows("3 rounds of: 1min @ RPE 8, 1min rest, 2min @ RPE 7, 2min rest")) == 12
    assert len(rows("3 x (1min @ RPE 8, 1min rest, 2min @ RPE 7, 2min rest)")) == 12
    assert len(rows("3 x 1min walk, 2min run")) == 6


def test_a_recovery_below_a_repeat_on_one_line_is_in_it_or_not():
    refused("6 x 400m @ 5k pace\n90s rest", 2, 1, "each rep's")
    assert len(rows("6 x (400m @ 5k pace)\n90s rest")) == 7
    assert len(rows("6 x 400m @ 5k pace, 90s jog\n90s rest")) == 13
    assert len(rows("6 x 400m @ 5k pace\n1km @ easy")) == 7
    assert len(rows("2 lots of:\n  4 x 200m @ 5k pace\n3min rest")) == 9
    refused("2 lots of:\n  4 x 200m @ 5k pace\n  3min rest", 3, 3, "each rep's")


def test_notes_and_names_hold_no_control_characters():
    refused("1km | a\x1b[31mb", 1, 8, "control")
    refused("Workout - a\x85b\n1km", 1, 12, "control")
    refused("1km | tab\there", 1, 10, "control")
    odd = "[b] $x <i> ]]> \u202eabc\u202c \U0001f3c3"
    assert parse("Workout - %s\n1km | %s\t\r\n" % (odd, odd)).notes == [odd]


def test_seconds_that_may_be_metres_are_refused():
    refused("6 x 400s @ 5k pace, 200m jog", 1, 5, "400m")
    refused("150s", 1, 1, "150 s")
    assert one("400 s")[2] == 400_000
    assert one("90s")[2] == 90_000
    assert one("120s")[2] == 120_000


def paces(text):
    """The paces of the steps in running order, those without left out."""
    return [r[3] for r in rows(text) if r[3]]


def test_a_pace_a_rep_is_given_one_by_one():
    five = "5 x 1000m @ 5'30\" -> 5'10\" -> 4'50\" -> 4'20\" -> 3'45\"/km, 400m jog"
    assert paces(five) == [330_000, 310_000, 290_000, 260_000, 225_000]
    assert paces("3 lots of:\n- 400m @ 8'00\"/mi -> 5'00\" -> 4'30\"/km\n- 90s rest") == [298_258, 300_000, 270_000]
    w = parse("2 x (3 x 400m @ marathon -> half -> 10k pace, 200m jog), 3min rest")
    assert [profile.target_name(t) for t in w.rungs] == ["marathon pace", "half pace", "10k pace"]
    refused("4 x 1km @ 5'30\" -> 5'00\" -> 4'30\"/km", 1, 9, "3 paces for 4 reps")
    refused("3 x 1km @ 5'30\" -> 5'00\" -> 4'30\"", 1, 34, "/km or /mi")
    refused("1km @ 5'30\" -> 5'00\" -> 4'30\"/km", 1, 5, "inside a repeat")


def test_two_steps_with_a_pace_a_rep_keep_theirs_apart():
    text = "3 lots of:\n  800m @ 5'30\" -> 5'00\" -> 4'30\"/km\n  400m @ 5'00\" -> 4'00\" -> 3'00\"/km"
    assert paces(text) == [330_000, 300_000, 300_000, 240_000, 270_000, 180_000]


def test_a_note_a_rep():
    w = parse("3 lots of:\n  1km @ 5'00\"/km | settle in | taller | hold it\n  1min jog | breathe\n1km | a | b")
    c = workout.Cursor(w)
    seen = []
    notes = w.notes + w.rep_notes
    while c.next():
        seen.append(notes[c.note])
    assert seen == ["settle in", "breathe", "taller", "breathe", "hold it", "breathe", "a | b"]
    assert c.note == -1
    refused("3 lots of:\n  1km | a | b", 2, 3, "2 notes for 3 reps")
    refused("2 lots of:\n  1km | a |", 2, 3, "one a rep")
    long = "x" * 60
    assert parse("2 lots of:\n  1km | %s | %s" % (long, long)).rep_notes == [long, long]
    refused("1km | %s | %s" % (long, long), 1, 6, "64")
    refused("2 lots of:\n  1km | %s | a%s" % (long, "y" * 64), 2, 8, "64")


def test_a_band_between_names():
    for text in ("5k pace and mile pace", "easy and 5'00\"/km", "RPE 6 and RPE 7", "95% CS and CS"):
        w = parse("1km @ between " + text)
        assert w.target_a(0) != w.target_b(0)
        assert not w.flags(0)
    assert one("1km @ between 5'40\"/km and 5'20\"/km")[3:] == (320_000, 340_000)
    refused("1km @ between 5k pace", 1, 22, "'and'")
    refused("1km @ between 5k pace and mile pace and CS", 1, 37, "expected a duration")


def test_a_ramp_within_a_step():
    w = parse("1km @ 5'00\"/km to 4'00\"/km")
    assert (w.flags(0), w.pace_a(0), w.pace_b(0)) == (workout.RAMP, 300_000, 240_000)
    c = workout.Cursor(w)
    c.next()
    assert (c.pace_fast, c.pace_slow, c.ramp) == (300_000, 300_000, 240_000)
    assert parse("5 x 1km @ 10k pace to 5k pace, 1min rest").flags(0) == workout.RAMP
    refused("1km @ 10k pace to fast", 1, 19, "expected a pace")
    refused("lap @ 10k pace to 5k pace", 1, 1, "length")
    refused("1km @ 5k to 10k pace", 1, 7, "a band, or a change")
    refused("20min @ 4:10 to 4:20/km", 1, 9, "a band, or a change")


def test_a_rep_each_two_minutes_and_a_half():
    got = rows("3 x 400m @ 5k pace on 2min 30s")
    assert [(g[0], g[1], g[2]) for g in got[:2]] == [
        (workout.RUN, workout.END_DISTANCE, 400_000), (workout.REST, workout.END_SEND_OFF, 150_000),
    ]  # fmt: skip
    assert len(got) == 6
    assert rows("3 lots of:\n  400m @ 5k pace\n  rest on 2min 30s") == got
    assert rows("2 x (200m @ 5k pace, 100m jog, rest on 2min)")[2][:3] == (workout.REST, workout.END_SEND_OFF, 120_000)
    assert parse("3 x 400m @ 3'00\"/km on 2min").totals()[:2] == (6, 360_000)
    assert parse("3 x 400m @ 6'00\"/km on 2min").totals()[:2] == (6, 432_000)
    refused("400m @ 5k pace on 2min", 1, 16, "in a repeat")
    refused("3 x 400m on", 1, 12, "on 2min 30s")
    refused("3 x 400m on 400m", 1, 13, "on 2min 30s")


def test_a_float_is_a_run_with_a_target():
    assert one("200m float @ 5'00\"/km") == (workout.RUN, workout.END_DISTANCE, 200_000, 300_000, 300_000)
    refused("8 x 400m @ 5k pace, 200m float", 1, 21, "target")


def test_a_recovery_until_the_runner_is_ready():
    w = parse("3 x 1km @ 5k pace, jog until D' 80%, 60s-3min 30s")
    got = (w.kind(1), w.end(1), w.amount(1), w.target_a(1), w.target_b(1), w.pace_a(1))
    assert got == (workout.JOG, workout.END_READY, 210_000, 60_000, 80, 0)
    assert parse("2 x (1km @ 4'00\"/km, rest until D\u2019 50% 1min-2min)").totals()[:2] == (4, 720_000)
    for text, column in (
        ("rest until D' 80%", 18), ("rest until D' 120%, 1min-2min", 6), ("rest until D' 80%, 3min-2min", 6),
        ("run until D' 80%, 1min-2min", 1), ("rest until ready", 6), ("90s rest until D' 80%, 1min-2min", 10),
        ("rest until D' 80%, 1min", 24), ("rest until D' 80%, 1min-400m", 25),
    ):  # fmt: skip
        refused(text, 1, column, "rest until D'")


def test_any_distance_is_a_race():
    for text, name in (
        ("9k pace", "9k pace"), ("7.5k", "7.5k pace"), ("1200m pace", "1200m pace"), ("1200 pace", "1200m pace"),
        ("5k pace", "5k pace"), ("12km pace", "12k pace"), ("25.5k pace", "25.5k pace"),
    ):  # fmt: skip
        assert profile.target_name(parse("1km @ " + text).target_a(0)) == name
    refused("1km @ 1250m pace", 1, 7, "expected a race")
    refused("1km @ 30k pace", 1, 7, "expected a race")
    refused("1km @ 0k pace", 1, 7, "expected a race")
    refused("8 x 1km @ 400m jog", 1, 11, "expected a race")  # a comma is missing
    refused("1km @ 7k to 9k pace", 1, 7, "a band, or a change")


def test_a_repeat_of_a_range_keeps_its_least():
    for text in (
        "2-3 x 400m @ 5k pace, 200m jog", "2\u20133 lots of:\n  400m @ 5k pace\n  200m jog",
        "- 2-3 times: 400m, 90s rest",
    ):  # fmt: skip
        w = parse(text)
        assert (w.kind(2), w.amount(2), w.target_a(2), w.ranged) == (workout.REPEAT, 3, 2, True)
    w = parse("2 x (3-4 x (400m, 90s rest)), 3min rest")
    assert [w.target_a(r) for r in range(len(w)) if w.kind(r) == workout.REPEAT] == [3, 0]
    refused("3-2 x 400m @ 5k pace, 200m jog", 1, 1, "expected '2-3 x'")
    refused("0-2 x 400m @ 5k pace, 200m jog", 1, 1, "expected '2-3 x'")
    refused("2-3 x 400m @ 5k pace -> 3k pace -> mile pace -> 800m pace, 200m jog", 1, 12, "4 paces for 3 reps")
    refused("2-99 x (20 x (50 metres, 9s rest))", 1, 1, "at most 999 steps")


def test_a_race_is_the_same_in_kilometres_and_in_metres_and_has_no_leading_zero():
    for a, b in (("1.5k", "1500m"), ("1 k", "1000m"), ("0.8k", "800m"), ("5.0k", "5k")):
        assert list(parse("400m @ %s pace" % a).rows) == list(parse("400m @ %s pace" % b).rows)
    for text in ("05k", "0800m", "00.5"):
        try:
            parse("400m @ %s pace" % text)
        except NotationError:
            continue
        raise AssertionError(text)
