"""A repeat that the runner ends: what the laptop makes of it."""

import json

import pytest

from pacer.core import notation
from pacer_watch import review
from pacer_watch.formats import shorthand
from pacer_watch.formats.notation import unparse
from pacer_watch.formats.plan import passed_by, unroll
from pacer_watch.review import verdict

from .runs import PROFILE, made
from .test_cli import pacer

PLAN = "2-4 x 1000m @ 5k pace, 2min jog\n- 1km cool-down @ easy"


def left_after(reps):
    """A run whose repeat was ended in the rest of this rep."""
    log = made(PLAN, [0], 8, stop=reps + 1)
    laps = [e for e in log.events if e.kind == "lap"]
    log.events.remove(laps[-1])
    laps[-2].value = 2
    return log


@pytest.mark.parametrize(
    "text", ["2-3 x 400m @ 5k pace, 200m jog", "3 x (2-4 x (200m @ mile pace, 1min rest)), 3min rest"]
)
def test_a_range_is_written_as_it_was_read(text):
    workout = shorthand.read(text).workout
    assert list(notation.parse(unparse(workout)).rows) == list(workout.rows)


def test_reps_that_the_runner_left_out_are_not_missing_from_the_session():
    log = left_after(2)
    plan = unroll(log.read_workout())
    assert len(plan) == 9
    assert passed_by(log, plan) == {3, 4, 5, 6, 7, 8}
    runner = log.read_profile()
    assert review.look(log, "x", runner).verdict != verdict.SHORTENED
    cut = made(PLAN, [0], 8, stop=2)  # ended, but not by leaving the repeat
    assert review.look(cut, "x", runner).verdict == verdict.SHORTENED


def test_fit_is_given_the_most_and_it_is_told(tmp_path):
    path, out = tmp_path / "w.txt", tmp_path / "w.fit"
    path.write_text("2-3 x 400m @ 4:00/km, 200m jog\n")
    done = pacer("convert", path, "-o", out, code=1)
    assert "2 to 3 times become 3" in done.stderr
    assert "3 lots of" in pacer("convert", out).stdout


def test_both_efforts_are_in_the_json_and_lost_in_fit_by_name(tmp_path):
    path = tmp_path / "w.txt"
    path.write_text("3 x 2min @ RPE 6-7, 1min jog\n")
    step = json.loads(pacer("check", path, "--json").stdout)["steps"][0]
    assert (step["effort"], step["effort_most"]) == (6, 7)
    assert "RPE 6-7 becomes an open target" in pacer("convert", path, "-o", tmp_path / "w.fit", code=1).stderr


def test_a_run_of_efforts_has_both_in_its_report():
    from pacer_watch import report

    from .test_report import words

    log = made("3 x 2min @ between RPE 6 and RPE 7, 1min jog", [0], 7, profile=PROFILE)
    assert "2min @ RPE 6-7" in words(report.page(log, "x"))
