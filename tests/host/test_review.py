"""The review: each verdict as a coach would give it, runs that count once, and how far the paces may go."""

import json
from datetime import date, datetime, timedelta, timezone

import pytest

from pacer.core import notation
from pacer.core import profile as pf
from pacer_watch import review
from pacer_watch.benches import weeks
from pacer_watch.review import memory
from pacer_watch.twin import interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.runner import VirtualRunner

from .runs import PROFILE, made, write
from .test_cli import pacer, refused

TODAY = datetime.now(timezone.utc).date()
DAY = TODAY - timedelta(days=2)


def back(days):
    return DAY - timedelta(days=days)


def reviewed(*logs, profile=PROFILE, today=TODAY):
    """(sessions by day, proposal) of runs that are looked at together."""
    runner = pf.parse(profile)
    sessions = [review.look(log, f"{i}.run", runner, today) for i, log in enumerate(logs)]
    remembered = memory.memory_of(profile, runner)
    review.settle(sessions, remembered)
    return sessions, review.propose(sessions, remembered, runner.cs_mm_s, today)


# A run, its verdict, and what is said of it.
VERDICTS = {
    "good": (made("5x1000", [0], 8, DAY), "as planned", "These paces are right"),
    "stopped after 2 of 5": (made("5x1000", [0], 8, DAY, stop=2), "not finished", "2 of 5 hard reps were run"),
    "stopped, pain, illness, heat": (made("5x1000", [0], 5, DAY, stop=4), "not finished", "pain, illness or heat?"),
    "last rep cut short": (made("5x1000", [0], 6, DAY, stop=5, cut=0.4), "not finished", "4 of 5"),
    "last two missed by 4 % in control": (made("5x1000", [0, 0, 0, -4, -4], 7, DAY), "missed", "2 of 5 reps missed"),
    "one of six missed by a little": (made("6x1000", [0, 0, 0, -1.8, 0], 7, DAY), "as planned", "1 of 6 reps missed"),
    "one missed and easy": (made("6x1000", [0, 0, 0, -1.8, 0], 4, DAY), "as planned", "no evidence"),
    "faded from a fast start": (made("5x1000", [5, 3, 0, -3, -4], 8, DAY), "pacing", "started too fast"),
    "fast start, easy": (made("5x1000", [5, 3, 0, -3, -4], 4, DAY), "pacing", "pacing fault"),
    "slow start": (made("5x1000", [-4, -3, 0, 3, 5], 8, DAY), "pacing", "started too slow"),
    "all 6 % too fast": (made("5x1000", [6], 8, DAY), "too fast", "5 of 5 reps too fast"),
    "all too fast and easy": (made("5x1000", [3], 4, DAY), "too fast", "race or a trial"),
    "all too fast, all-out": (made("5x1000", [4], 10, DAY), "maximal", "5 of 5 reps too fast"),
    "one too fast, easy": (made("5x1000", [2.5, 0], 4, DAY), "as planned", "no evidence"),
    "better": (made("5x1000", [0], 6, DAY, "controlled"), "better", "more in it"),
    "RPE 7 in control": (made("5x1000", [0], 7, DAY, "controlled"), "as planned", "right"),
    "better, but the last was harder": (made("5x1000", [0], 6, DAY, "harder"), "as planned", "last rep felt harder"),
    "the last was planned faster": (made("cut-down", [0], 5, DAY, "harder"), "better", "tells nothing"),
    "RPE 9 of 7": (made("6x1000", [0], 9, DAY), "hard", "RPE 9 where about 7"),
    "hard": (made("tempo", [-1], 8, DAY), "hard", "Harder than it should be"),
    "16 x 200 at RPE 7": (made("16x200", [0], 7, DAY), "speed", "RPE 7 where about 7 was expected"),
    "16 x 200 at RPE 4": (made("16x200", [0], 4, DAY), "speed", "don't move critical speed"),
    "16 x 200 all-out": (made("16x200", [0], 10, DAY), "maximal", "Maximal"),
    "12 x 400": (made("12x400", [0], 7, DAY), "as planned", "right"),
    "hot day": (made("5x1000", [-3], 9, DAY), "missed", "heat?"),
    "missed at an easy effort": (made("5x1000", [-4], 4, DAY), "held back", "not the legs"),
    "all 12 % slow": (made("5x1000", [-12], 9, DAY), "missed", "run a test"),
    "tempo as planned": (made("tempo", [-1], 6, DAY), "as planned", "1 of 1 reps on target"),
    "tempo at RPE 10": (made("tempo", [0], 10, DAY), "maximal", "RPE 10 where about 7 was expected"),
    "tempo easy": (made("tempo", [-1], 3, DAY), "better", "more in it"),
    "tempo missed": (made("tempo", [-3], 8, DAY), "missed", "1 of 1 reps missed"),
    "tempo stopped": (made("tempo", [0], 8, DAY, stop=1, cut=0.5), "not finished", "0 of 1"),
    "trial 3 % quicker": (made("trial", [3], 10, DAY), "trial", "3.0 % quicker than planned"),
    "trial 5 % slower": (made("trial", [-5], 10, DAY), "trial", "illness or heat?"),
    "trial in control": (made("trial", [0], 7, DAY), "nothing", "not all-out"),
    "race by its name": (made("10km @ 10k pace", [1], 9, DAY), "trial", "1.0 % quicker"),
    "trial by its pace": (made("3km @ 3'54\"/km", [1], 10, DAY), "trial", "1.0 % quicker"),
    "trial not finished": (made("trial", [0], 9, DAY, stop=1, cut=0.5), "not finished", "pain"),
    "field test": (made("field test", [0], 10, DAY), "trial", "sets critical speed"),
    "hills by effort": (made("hills", [0], 8, DAY), "nothing", "No hard rep with a pace"),
    "easy with strides": (made("strides", [0], 3, DAY), "nothing", "No hard rep"),
    "reps by the button": (made("5 x lap @ CS, 2min jog between", [0], 7, DAY), "as planned", "5 of 5"),
    "easy and slower": (made("strides", [-9], 3, DAY), "nothing", "No hard rep"),
    "easy and too fast": (made("strides", [6], 3, DAY), "nothing", "6.0 % faster"),
    "one short rep": (made("5min @ CS", [0], 6, DAY), "nothing", "too little"),
    "no RPE": (made("5x1000", [0], None, DAY), "nothing", "No RPE"),
    "cut off": (made("5x1000", [0], 8, DAY, ended=False), "nothing", "no end"),
    "no date": (made("5x1000", [0], 5, None), "better", "did not know the date"),
    "a date to come": (made("5x1000", [0], 5, TODAY + timedelta(days=1)), "better", "yet to come"),
    "a clock that was not set": (made("5x1000", [0], 5, date(2007, 4, 7)), "better", "did not know the date"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_one_run_is_judged_as_a_coach_would_and_moves_nothing(name):
    log, verdict, words = VERDICTS[name]
    (found,), proposal = reviewed(log)
    assert found.verdict == verdict
    assert words in " ".join(found.words)
    assert proposal.change == 0


# Runs, the change in %, and what is said: (plan, off, RPE, days before, more).
def runs(*rows):
    return [made(name, off, rpe, back(days), **more) for name, off, rpe, days, more in rows]


GOOD, EASY, MISS = ("5x1000", [0], 8), ("5x1000", [0], 6), ("5x1000", [-3], 9)
WEEKS = {
    "one easy": ([(*EASY, 0, {})], 0, "a second within three weeks"),
    "two easy": ([(*EASY, 7, {}), (*EASY, 0, {})], 0.5, "2 sessions"),
    "three easy": ([(*EASY, 7, {}), (*EASY, 4, {}), (*EASY, 0, {})], 1.0, "3 sessions"),
    "six easy": ([(*EASY, 3 * k, {}) for k in range(6)], 1.0, "6 sessions"),
    "two easy, 22 days apart": ([(*EASY, 22, {}), (*GOOD, 11, {}), (*EASY, 0, {})], 0, "a second"),
    "two easy of seven": ([(*EASY, 14, {}), *[(*GOOD, 2 * k, {}) for k in range(1, 6)], (*EASY, 0, {})], 0, "2 of 7"),
    "easy, easy, maximal": ([(*EASY, 7, {}), (*EASY, 4, {}), ("6x1000", [0], 10, 0, {})], 0, "was maximal"),
    "hard, easy, easy": ([("6x1000", [0], 9, 12, {}), (*EASY, 4, {}), (*EASY, 0, {})], 0, "harder than it should be"),
    "maximal, easy, easy": ([("6x1000", [0], 10, 12, {}), (*EASY, 4, {}), (*EASY, 0, {})], 0, "was maximal"),
    "easy, easy, 200s all-out": ([(*EASY, 7, {}), ("16x200", [0], 10, 4, {}), (*EASY, 0, {})], 0, "was maximal"),
    "easy, easy, missed": ([(*EASY, 7, {}), (*EASY, 4, {}), (*MISS, 0, {})], 0, "One missed session"),
    "missed, easy, easy": ([(*MISS, 10, {}), (*EASY, 4, {}), (*EASY, 0, {})], 0, "missed its targets"),
    "not finished, easy, easy": ([(*GOOD, 10, {"stop": 2}), (*EASY, 4, {}), (*EASY, 0, {})], 0, "was not finished"),
    "badly paced, easy, easy": ([("5x1000", [4, 0, -3], 8, 10, {}), (*EASY, 4, {}), (*EASY, 0, {})], 0, "paced badly"),
    "easy, not finished": ([(*EASY, 4, {}), (*GOOD, 0, {"stop": 2})], 0, "not finished"),
    "two missed in a fortnight": ([(*MISS, 14, {}), (*MISS, 0, {})], -1.0, "2 sessions missed"),
    "two missed among good ones": ([(*MISS, 12, {}), (*GOOD, 8, {}), (*GOOD, 4, {}), (*MISS, 0, {})], -0.5, "2 sess"),
    "two missed, 15 days apart": ([(*MISS, 15, {}), (*GOOD, 7, {}), (*MISS, 0, {})], 0, "One missed"),
    "one bad day among good": ([(*GOOD, 6, {}), (*MISS, 3, {}), (*GOOD, 0, {})], 0, "fit"),
    "two not finished": ([(*GOOD, 4, {"stop": 2}), (*GOOD, 0, {"stop": 3})], 0, "not finished"),
    "two held back": ([("5x1000", [-4], 4, 4, {}), ("5x1000", [-4], 4, 0, {})], 0, "not by the legs"),
    "two paced badly": (
        [("5x1000", [5, 3, 0, -3, -4], 8, 4, {}), ("5x1000", [5, 3, 0, -3, -4], 8, 0, {})],
        0,
        "evenly",
    ),
    "after 15 days off": ([(*GOOD, 16, {}), ("5x1000", [-12], 9, 0, {})], -2.0, "15 days without"),
    "after 24 days off": ([(*GOOD, 25, {}), ("5x1000", [-12], 9, 0, {})], -3.0, "run a test"),
    "after 60 days off": ([(*GOOD, 61, {}), (*MISS, 0, {})], -4.0, "60 days without"),
    "after a break, met but maximal": ([(*GOOD, 25, {}), ("6x1000", [0], 10, 0, {})], -3.0, "24 days without"),
    "after a break, met as planned": ([(*GOOD, 25, {}), (*GOOD, 0, {})], 0, "fit"),
    "after a break, stopped": ([(*GOOD, 25, {}), (*GOOD, 0, {"stop": 2})], 0, "a test"),
    "an easy week after a break": (
        [(*GOOD, 30, {}), ("strides", [0], 3, 5, {}), (*MISS, 0, {})],
        -3.0,
        "24 days without",
    ),
    "14 days off are no break": ([(*GOOD, 15, {}), (*MISS, 0, {})], 0, "One missed"),
    "trial among sessions": (
        [(*EASY, 7, {}), (*EASY, 4, {}), ("trial", [3], 10, 0, {})],
        0,
        "A race or test says more",
    ),
    "200s only": ([("16x200", [0], 4, 7, {}), ("16x200", [0], 4, 0, {})], 0, "Short reps"),
    "nothing": ([("strides", [0], 3, 0, {})], 0, "Too little"),
}


@pytest.mark.parametrize("name", WEEKS)
def test_what_runs_say_together(name):
    rows, change, words = WEEKS[name]
    _, proposal = reviewed(*runs(*rows))
    assert 100 * proposal.change == pytest.approx(change, abs=0.02)
    assert words in proposal.reason, proposal.reason


def test_a_trial_proposes_the_line_that_the_profile_takes(tmp_path):
    (found,), proposal = reviewed(made("trial", [3], 10, DAY))
    assert proposal.advice[0] == f"pacer profile --race {found.races[0]}"
    assert found.races[0].startswith("3k=11:")
    path = tmp_path / "p.txt"
    pacer(*proposal.advice[0].split()[1:], "--file", path)
    assert pf.parse(path.read_text()).races


def test_a_race_that_is_in_the_profile_is_proposed_no_more():
    line = reviewed(made("trial", [3], 10, DAY))[0][0].races[0].replace("=", " ").replace("@", " ")
    (found,), proposal = reviewed(made("trial", [3], 10, DAY), profile=PROFILE + f"race {line}\n")
    assert (found.verdict, proposal.advice) == ("trial", [])
    assert "is in the profile" in " ".join(found.words)


def test_a_field_test_proposes_its_distances():
    (found,), proposal = reviewed(made("field test", [0], 10, DAY))
    assert [race.split("=")[0] for race in found.races] == ["3k", "1500m"]
    assert proposal.advice[0].count("--race") == 2


def test_words_on_pain_illness_heat_and_rest():
    _, proposal = reviewed(made("5x1000", [0], 8, back(1)), made("5x1000", [0], 8, DAY, stop=2))
    told = " ".join(proposal.advice)
    for word in ("Pain", "doctor", "Fever", "Heat", "rest day", "two easy days"):
        assert word in told
    assert reviewed(made("5x1000", [0], 8, DAY))[1].advice == []


def test_longer_recoveries_make_a_session_easier():
    plain, long = (made(f"5 x 1000m @ 5k pace, {rest} jog between", [0], 6, DAY) for rest in ("2min", "6min"))
    assert [reviewed(log)[0][0].verdict for log in (plain, long)] == ["better", "as planned"]
    paused = made("5x1000", [0], 6, DAY)
    third = [e for e in paused.events if e.kind == "lap"][5]
    for k in range(3):
        event = type(third)("resume", third.t_ms - 1 - k, 5, 0, 0, 0, 0, 400_000)
        paused.events.insert(paused.events.index(third), event)
    assert reviewed(paused)[0][0].expected < reviewed(plain)[0][0].expected - 0.3


# Applied, by the command.


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "profile.txt"
    path.write_text(PROFILE)
    return path


def applied(profile, *paths):
    return json.loads(pacer("review", *paths, "--file", profile, "--apply", "--json").stdout)


def test_a_log_counts_once_whatever_its_name_is(profile, tmp_path):
    logs = [write(tmp_path / f"{k}.run", made("5x1000", [0], 6, back(3 * k))) for k in range(2)]
    assert applied(profile, *logs)["applied"]
    first = profile.read_bytes()
    assert pf.parse(first).cs_mm_s == 4020
    for k in range(5):
        other = tmp_path / f"copy{k}.run"
        other.write_bytes(logs[0].read_bytes())
        got = applied(profile, other, *logs[k % 2 :])
        assert not got["applied"]
        assert not got["counted"]
        assert got["proposal"]["change"] == 0
        assert all("lready counted" in s["words"][0] for s in got["sessions"])
    assert profile.read_bytes() == first
    assert "Already counted" in pacer("review", logs[0], "--file", profile).stdout


def test_a_run_that_is_given_twice_counts_once(profile, tmp_path):
    log = write(tmp_path / "a.run", made("5x1000", [0], 6, DAY))
    got = applied(profile, log, log)
    assert got["proposal"]["change"] == 0
    assert "Given twice" in got["sessions"][1]["words"][0]


def test_evidence_is_kept_from_review_to_review(profile, tmp_path):
    logs = [write(tmp_path / f"{k}.run", made("5x1000", [0], 6, back(9 - 3 * k))) for k in range(4)]
    changes = [applied(profile, log)["proposal"]["change"] for log in logs]
    assert [round(100 * c, 2) for c in changes] == [0, 0.5, 0, 0]  # the second pair: not within a week
    assert "better at 4.000 m/s" in profile.read_text()


def test_a_run_from_before_the_last_review_counts_no_more(profile, tmp_path):
    applied(profile, write(tmp_path / "b.run", made("5x1000", [0], 6, DAY)))
    got = applied(profile, write(tmp_path / "a.run", made("5x1000", [0.1], 6, back(4))))
    assert not got["counted"]
    assert "as far as the last review went" in got["sessions"][0]["words"][0]


def test_counted_runs_take_a_line_beside_new_ones(profile, tmp_path):
    old = write(tmp_path / "a.run", made("5x1000", [0], 8, back(3)))
    applied(profile, old)
    new = write(tmp_path / "b.run", made("3x8min", [0], 8, DAY))
    told = pacer("review", old, new, "--file", profile).stdout
    assert told.count("reps on target") == 1
    assert told.startswith(f"Made (a.run, {back(3)}, RPE 8): already counted")
    assert "5 of 5 reps on target" in pacer("review", old, "--file", profile).stdout


def test_an_effort_that_nobody_can_give_is_none():
    (found,), _ = reviewed(made("5x1000", [0], 0, DAY))
    assert found.effort is None


def test_runs_without_a_date_or_from_the_future_change_nothing(profile, tmp_path):
    logs = [write(tmp_path / f"{k}.run", made("5x1000", [0], 5, day, clock_ms=k)) for k, day in
            enumerate((None, TODAY + timedelta(days=9), TODAY + timedelta(days=400)))]  # fmt: skip
    got = applied(profile, *logs)
    assert not got["applied"]
    assert profile.read_text() == PROFILE


def test_the_profile_stays_one_that_the_watch_reads(profile, tmp_path):
    logs = [write(tmp_path / f"{k}.run", made("5x1000", [0], 6, back(3 * k))) for k in range(2)]
    applied(profile, *logs)
    text = profile.read_text()
    assert pf.parse(text.encode()).reviewed == TODAY.isoformat()
    pacer("profile", "--lane", 2, "--file", profile)
    assert memory.memory_of(profile.read_text(), pf.Profile()) == memory.memory_of(text, pf.Profile())
    assert not applied(profile, *logs)["counted"]
    # The watch writes it anew after a field test, without comments: the day still stands.
    profile.write_text(pf.parse(profile.read_text()).dump())
    assert not applied(profile, *logs)["counted"]


def test_a_memory_of_many_runs_leaves_room_for_the_profile():
    many = memory.Memory([memory.Counted(back(k // 4), f"{k:08x}", "as planned", 4000) for k in range(400)])
    many.moves.append(memory.Move(back(90), 3990, 4000, 3990))
    text = memory.with_memory(PROFILE, many)
    assert len(text.encode()) <= pf.MAX_BYTES
    pf.parse(text.encode())
    found = memory.memory_of(text, pf.Profile())
    assert found.knows("00000000")  # the newest
    assert found.race_mm_s(4000) == 3990
    assert memory.with_memory(text, found) == text


def test_damaged_lines_of_the_memory_are_passed_over():
    text = PROFILE + "# run 2026-13-40 12345678 better at 4.000 m/s\n# run yesterday\n# moved 2026-11-20 fast\n# mine\n"
    assert memory.memory_of(text, pf.Profile()) == memory.Memory()
    assert "# mine" in memory.with_memory(text, memory.Memory())


def drift(effort, weeks_, every=7, race_each=0, off=0.0):
    """Critical speed after each of so many weekly reviews of one session that always feels like this."""
    runner, remembered, out = pf.parse(PROFILE), memory.Memory(), []
    for k in range(weeks_):
        day = date(2026, 1, 5) + timedelta(days=every * k)
        log = made("5x1000", [off], effort, day, "controlled", profile=runner.dump())
        sessions = [review.look(log, "x", runner, day)]
        review.settle(sessions, remembered)
        proposal = review.propose(sessions, remembered, runner.cs_mm_s, day)
        review.count(sessions, proposal, remembered, runner, day)
        remembered = memory.memory_of(memory.with_memory(runner.dump(), remembered), runner)
        if race_each and k % race_each == race_each - 1:
            runner.cs_mm_s = 4200 + k
        out.append(runner.cs_mm_s)
    return out


@pytest.mark.parametrize(("effort", "every"), [(7, 7), (6, 7), (5, 7), (2, 3), (1, 1)])
def test_the_paces_never_drift(effort, every):
    speeds = drift(effort, 24, every)
    assert max(speeds) <= 4080
    for days in range(0, 21, every):
        k = days // every
        assert all(b <= 1.0101 * a for a, b in zip(speeds, speeds[k:]))
    assert (speeds[-1] > 4000) == (effort <= 6)


def test_a_race_begins_anew():
    speeds = drift(5, 30, race_each=15)
    assert max(speeds[:14]) <= 4080
    assert 4214 < speeds[-2] <= round(1.02 * 4214)


def test_missed_sessions_take_the_paces_down_by_2_percent_and_then_ask_for_a_test():
    speeds = drift(9, 24, off=-3)
    assert min(speeds) == 3920
    assert all(b >= 0.989 * a for a, b in zip(speeds, speeds[2:]))


def step_by_step(*rows):
    """Runs that are counted one by one, and the last proposal. A number in place of a run: a race gives it, mm/s."""
    runner, remembered, proposal = pf.parse(PROFILE), memory.Memory(), None
    for row in rows:
        if isinstance(row, int):
            runner.cs_mm_s = row
            continue
        name, off, rpe, days, more = row
        sessions = [review.look(made(name, off, rpe, back(days), profile=runner.dump(), **more), "x", runner, TODAY)]
        review.settle(sessions, remembered)
        proposal = review.propose(sessions, remembered, runner.cs_mm_s, back(days))
        review.count(sessions, proposal, remembered, runner, back(days))
        remembered = memory.memory_of(memory.with_memory(runner.dump(), remembered), runner)
    return proposal


def test_what_was_seen_at_another_critical_speed_is_evidence_no_more():
    assert step_by_step((*EASY, 9, {}), (*EASY, 0, {})).change > 0
    after_a_race = step_by_step((*EASY, 9, {}), 4100, (*EASY, 0, {}))
    assert (after_a_race.change, after_a_race.reason[:11]) == (0, "One session")
    assert step_by_step((*MISS, 9, {}), (*MISS, 5, {})).change < 0
    assert "One missed" in step_by_step((*MISS, 9, {}), (*MISS, 5, {}), (*MISS, 0, {})).reason


def test_a_break_takes_the_paces_down_once():
    assert step_by_step((*GOOD, 40, {}), (*MISS, 5, {})).change == pytest.approx(-0.04)
    again = step_by_step((*GOOD, 40, {}), (*MISS, 5, {}), ("6x1000", [0], 10, 0, {}))
    assert (again.change, "without a run" in again.reason) == (0, False)


def test_the_printed_review_fits_80_columns(profile, tmp_path):
    logs = [write(tmp_path / f"{k}.run", log) for k, (log, _, _) in enumerate(VERDICTS.values())]
    done = pacer("review", *logs, "--file", profile)
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "Rpe" not in done.stdout


def test_a_review_without_a_profile_takes_the_runs_own_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log = write(tmp_path / "a.run", made("5x1000", [0], 8, DAY))
    done = pacer("review", log, "--json")
    assert "judged by the profile that the run had" in done.stderr
    got = json.loads(done.stdout)
    assert got["sessions"][0]["verdict"] == "as planned"
    assert got["sessions"][0]["day"] == DAY.isoformat()
    assert "no such profile" in refused("review", log, "--apply")


def test_a_profile_that_is_named_and_missing_is_said(tmp_path):
    log = write(tmp_path / "a.run", made("5x1000", [0], 8, DAY))
    assert "none.txt: there is no such profile" in refused("review", log, "--file", tmp_path / "none.txt")


def named(name):
    return PROFILE.replace("1\n", f"1\nname {name}\n", 1)


def test_runs_of_two_athletes_are_never_judged_as_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ann, bob, anybody = (
        write(tmp_path / f"{k}.run", made("5x1000", [0], 8, back(k), profile=profile))
        for k, profile in enumerate((named("Ann"), named("Bob"), PROFILE))
    )
    said = refused("review", ann, bob)
    assert "2 athletes" in said
    assert "0.run by Ann, 1.run by Bob" in said
    mine = tmp_path / "profile.txt"
    mine.write_text(named("Ann"))
    before = mine.read_bytes()
    for runs in ([bob], [ann, bob]):
        said = refused("review", *runs, "--apply")
        assert "1.run: run by Bob, but profile.txt is Ann's" in said
    assert mine.read_bytes() == before
    told = pacer("review", ann, anybody).stdout
    assert f"(Ann, 0.run, {back(0)}, RPE 8)" in told  # whose, which file, which day
    assert f"(2.run, {back(2)}, RPE 8)" in told
    mine.write_text(named("ann"))
    assert json.loads(pacer("review", ann, "--json").stdout)["sessions"][0]["athlete"] == "Ann"


# A test's step as it is in the library, how fast it was run against critical speed, and what it gives.
TESTS = {
    "12min | Test: as far as you can": ([0], (3168 - 200) / 720),
    "3.6km | Test: all-out\n- 30min rest\n- 1.2km | Test: all-out": ([0], None),
}


@pytest.mark.parametrize("plan", list(TESTS))
def test_a_field_tests_log_gives_its_result(plan, tmp_path):
    from pacer_watch import report

    offs, cs_m_s = TESTS[plan]
    log = made("2km warm-up\n- " + plan, offs, 10, DAY)
    found = review.result_of(log)
    (session,), _ = reviewed(log)
    if cs_m_s is None:  # both efforts at one speed: no D', and so no result
        assert found is None
        assert session.tested == ""
        return
    assert found.cs_mm_s == pytest.approx(1000 * cs_m_s, abs=2)
    assert session.verdict == "trial"
    assert session.tested.startswith(f"critical speed {found.cs_mm_s / 1000:.3f} m/s +- ")
    assert session.tested in " ".join(session.words)
    assert "field test" in report.page(log, "0007.run")
    assert session.tested.split(" (")[0] in report.page(log, "0007.run")


def test_the_lines_of_two_all_out_efforts_are_the_result():
    log = made("2km warm-up\n- 3.6km | Test: all-out\n- 30min rest\n- 1.2km | Test: all-out", [-5, 5], 10, DAY)
    laps = [lap for lap in log.laps if lap.distance_mm > 1_000_000 and lap.index in (1, 3)]
    (d1, t1), (d2, t2) = ((lap.distance_mm / 1000, lap.time_ms / 1000) for lap in laps)
    found = review.result_of(log)
    assert found.cs_mm_s == pytest.approx(1000 * (d1 - d2) / (t1 - t2), abs=3)
    assert found.dprime_mm == pytest.approx(1000 * (d2 - (d1 - d2) / (t1 - t2) * t2), abs=3000)


def test_the_change_moves_all_paces():
    p = pf.parse(PROFILE + "pace 5k 4'00\"\nzone tempo 4'10\"-4'20\"\n")
    review.apply(p, 0.01)
    assert p.cs_mm_s == 4040
    assert p.paces[pf.race_index("5k")] == 237_600
    assert p.zones[4] == 247_500


def test_a_run_on_the_twin_is_reviewed_and_counted_once(tmp_path):
    text = "Workout - Reps\n- 3 x 400m @ CS, 30s walk between\n"
    workout = notation.parse(text)
    workout.resolve(pf.parse(PROFILE))
    person = VirtualRunner(workout, 4)
    result = session.run(text, person, NmeaReceiver(person.observe), runtime=interp.choose(None), profile=PROFILE)
    kinds = [e.kind for e in result.events]
    assert "effort" in kinds
    assert "last rep" in kinds
    assert any(s.balance is not None for s in result.seconds)
    assert any(name == "waypoint" for _, name in result.patterns)
    path = tmp_path / "a.run"
    path.write_bytes(result.log)
    profile = tmp_path / "profile.txt"
    profile.write_text(PROFILE)
    got = applied(profile, path)
    assert len(got["sessions"][0]["reps"]) == 3
    assert got["sessions"][0]["effort"] == 5
    assert "Next week" in pacer("review", path, "--file", profile).stdout


def test_a_bench_of_weeks_in_small():
    rows = {f.name: f for f in weeks.figures(11, 24)}
    error = rows["error after three sessions of each kind, mean"]
    assert error.value <= 1.5
    assert error.value < min(error.others.values())
    alone, with_race = weeks.limits()
    assert 0.3 < with_race < alone < 1.2
    assert with_race < rows["  steady, mean"].value


def test_the_bench_takes_its_runners_by_the_command():
    got = json.loads(pacer("bench", "weeks", "--runners", 4, "--seed", 3, "--json").stdout)
    assert got["rows"][0]["others"].keys() == {"up on success", "last race"}
    assert "go with weeks" in refused("bench", "power", "--seed", 3)


def test_what_happened_in_the_reps_is_told_in_numbers():
    def words(*args, **options):
        ((session,), _) = reviewed(made(*args, DAY, **options))
        return " ".join(session.words)

    some = words("5x1000", [5, 0, 0, 0, 0], 7)
    assert "4 of 5 reps on target (within 1.5 %). 1 too fast, the fastest by 5.0 %." in some
    assert "The last of these reps was 4.8 % slower than the first." in some
    assert "All of them too fast, by 3.0 % in the mean." in words("5x1000", [3], 7)
    assert "5 of 5 reps on target" in words("5x1000", [0], 7)
    far = "All reps were more than 8 % slow"
    assert far in words("5x1000", [-9], 9)
    assert far not in words("5x1000", [-9, -9, -9, -9, -3], 9)
    assert far not in words("5x1000", [-3], 9)


@pytest.mark.parametrize(("rpe", "taken"), [(0, None), (1, 1), (10, 10), (11, None)])
def test_an_effort_is_one_to_ten(rpe, taken):
    assert reviewed(made("5x1000", [0], rpe, DAY))[0][0].effort == taken


def test_one_rep_of_ten_minutes_is_a_session_and_a_shorter_one_is_none():
    for text, enough in (("10min @ CS", True), ("9min 59s @ CS", False)):
        ((session,), _) = reviewed(made(text, [0], 7, DAY))
        assert ("too little to say anything" in " ".join(session.words)) != enough
