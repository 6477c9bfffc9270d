"""A runner whose profile says miles sees miles: what is asked, run, judged and drawn. `--units` says it otherwise."""

import contextlib
import io
import json
import re

import pytest
from click.testing import CliRunner

from pacer.core import notation
from pacer_watch import pictures, report, review
from pacer_watch.cli import pacer as command
from pacer_watch.formats import runlog
from pacer_watch.formats.plan import unroll
from pacer_watch.live import LiveView
from pacer_watch.text import KM, MILES
from pacer_watch.twin import session
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.runner import VirtualRunner

from .runs import PROFILE, made, placed
from .test_report import packed, words

IN_MILES = PROFILE + "units mi\n"
PLAN = "2mi warm-up @ easy\n- 3 x 1200m @ 5k pace, 400m jog\n- 1.25mi @ 10k pace\n- 20min @ tempo"


def said(*args):
    """What a command prints."""
    done = CliRunner().invoke(command, [str(a) for a in args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "profile.txt"
    path.write_text(IN_MILES)
    return path


def test_check_has_miles_as_the_profile_says_and_metres_for_a_track(tmp_path, profile):
    path = tmp_path / "w.txt"
    path.write_text("3km @ 5:00/km\n5 x 400m @ 4:00/km, 0.25mi jog @ easy + 45s/km\n2-3 x 1min @ RPE 6-7, 1min walk")
    text = said("check", path, "--profile", profile)
    assert "1.86 miles at 8'03\"/mi; 5 times: 400 m at 6'26\"/mi, then 0.25 miles jog at easy + 72s/mi" in text
    assert "2 to 3 times: 1 min at RPE 6-7, then 1 min walk" in text
    assert "pace per mile" in text
    assert "RPE 6-7" in text.splitlines()[-6:][0] or text.count("RPE 6-7") >= 4
    assert " km" not in text
    assert "3 km at 5'00\"/km" in said("check", path, "--profile", profile, "--units", "km")


def test_the_profile_is_shown_in_miles(profile):
    text = said("profile", "--file", profile)
    assert "6'42\" per mile" in text
    assert "per km" not in text


def test_the_review_is_in_miles():
    log = made(PLAN, [0, 1], 7, profile=IN_MILES)
    runner = log.read_profile()
    sessions = [review.look(log, "x", runner)]
    text = review.text(sessions, review.propose(sessions, None, runner.cs_mm_s), runner, MILES)
    assert "length" in text
    assert re.search(r"\n +2 +1200 m ", text)
    assert re.search(r"\n +8 +1\.25 mi +\S+ +6'30\" +6'34\" ", text)
    assert max(map(len, text.splitlines())) <= 80


def test_the_report_is_in_miles_as_the_log_says_and_units_say_it_otherwise():
    log = placed(made(PLAN, [0, 1], 7, profile=IN_MILES))
    page = report.page(log, "x")
    text = words(page)
    assert "pace per mile" in text
    assert "Pace per mile against target" in text
    assert "each quarter mile" in text  # of 1.25 miles
    assert "each mile" in text  # of 20 minutes
    assert "each 100 m" in text  # of 1200 m
    assert "1.25 miles @" in text
    assert packed(page)["per_m"] == pytest.approx(1609.344)
    assert not re.search(r"\bkm\b|kilomet", text)
    assert packed(page)["overlays"][0]["unit"] == "m"
    km = words(report.page(log, "x", units=KM))
    assert "pace per km" in km
    assert "mile" not in km


def test_splits_of_a_mile_add_up_to_it():
    log = placed(made("3mi @ 10k pace", [0], 7, profile=IN_MILES))
    found = re.search(r"(?s)target (\d+\.\d) s each mile(.*)", words(report.page(log, "x")))
    assert found
    assert [float(s) for s in found[2].split()[:3]] == pytest.approx([float(found[1])] * 3, abs=1.1)


def test_each_athlete_of_an_index_has_their_own():
    logs = [made("5x1000", [0], 7, profile=p) for p in (IN_MILES + "name Ann\n", PROFILE + "name Bea\n")]
    entries = [report.entry(log, "x.html") for log in logs]
    ann, bea = words(report.index(entries, "runs", [])).split("Bea")
    assert ("pace per mile" in ann, "pace per mile" in bea) == (True, False)
    assert re.search(r"\d\.\d\d mi\b", ann) and re.search(r"\d km\b", bea)
    assert "mile" not in words(report.index(entries, "runs", [], KM))


@pytest.fixture(scope="module")
def result():
    text = "Workout - Miles\n- 0.25mi @ 7:00/mi\n- 20s jog\n"
    person = VirtualRunner(notation.parse(text), 3)
    return session.run(
        text, person, UbloxReceiver(person.observe), seed=3, record=True, profile="# Pacer profile 1\nunits mi\n"
    )


def test_the_log_keeps_that_the_runner_thinks_in_miles(result):
    assert runlog.parse(result.log).read_profile().miles


def test_sim_shows_and_draws_miles(result, tmp_path, monkeypatch):
    from pacer_watch.cli import shown

    drawn = []
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda fig, path: drawn.append(fig))
    with shown.OUT.capture() as told:
        shown.show(result, None, MILES)
    assert "laps, paces per mile" in told.get()
    assert "0.25 mi" in told.get()
    pictures.pace_plot(result, tmp_path / "p.png", MILES)
    pictures.map_plot(result.seconds, result.ovals, "x", tmp_path / "m.png", MILES)
    assert drawn[0].axes[0].get_ylabel() == "pace per mile"
    seven = 1609.344 / 420
    assert drawn[0].axes[0].yaxis.get_major_formatter()(seven, 0) == "7'00\""
    assert any(abs(tick - seven) < 1e-6 for tick in drawn[0].axes[0].get_yticks())
    assert drawn[1].axes[1].get_ylabel() == "pace per mile"


def test_the_live_view_is_in_miles(result):
    from rich.console import Console

    console = Console(width=100, height=30, record=True, file=io.StringIO())
    view = LiveView(console, unroll(result.workout), "x", 100, MILES)
    console.print(view.draw(result.world, result.seconds[60], 0))
    text = console.export_text()
    assert "per mile" in text
    assert re.search(r"0\.\d\d mi ", text)
    assert "7'00\"" in text


def test_json_is_the_same_whatever_the_units(profile):
    got = [json.loads(said("check", "5x1000m", "--profile", profile, "--units", u, "--json")) for u in ("km", "mi")]
    for g in got:
        g.pop("in_words")
    assert got[0] == got[1]


class FakeLink:
    """A watch on the cable whose profile says miles, in a run."""

    hello = "pacer 0.1.0"

    def get(self, name):
        assert name == "profile.txt"
        return IN_MILES.encode()

    def status(self):
        return {
            "state": "running", "run_ms": 600_000, "run_mm": 1_609_344, "step": 1, "sats": 7, "fix": True,
            "battery": -1, "flash_free_kib": 1024, "heap_free": 10_240, "bus_faults": 0,
        }  # fmt: skip

    def crash(self):
        return ""

    def watch(self, on):
        pass

    def listen(self, seconds):
        return ["running 600000 1609344 0 3831 3831 176 90 260988 80"]


def test_the_watch_on_the_cable_tells_in_miles_as_its_profile_says(monkeypatch):
    from pacer_watch.cli import watch

    monkeypatch.setattr(watch, "connected", lambda port: contextlib.nullcontext(FakeLink()))
    assert "1.000 mi" in said("status")
    assert "1.609 km" in said("status", "--units", "km")
    line = said("watch", "--seconds", "0.001").splitlines()[0]
    assert "1.000 mi" in line
    assert "7'00\" for 7'00\"   per mile" in line
    assert "4'21\" for 4'21\"   per km" in said("watch", "--seconds", "0.001", "--units", "km")
