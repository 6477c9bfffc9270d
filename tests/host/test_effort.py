"""What a session should feel like, against sessions that every coach knows."""

from datetime import date

import pytest

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer_watch import zones
from pacer_watch.review import effort
from pacer_watch.twin.runner import unroll

from .runs import PROFILE, SHARES

# Sessions, and the effort of 10 that coaches give them.
KNOWN = {
    "40min @ easy": 2.5,
    "30min @ steady": 4,
    "60min @ steady": 5,
    "20min @ tempo": 6,
    "5 x 6min @ tempo, 60s rest between": 6.5,
    "2 x 15min @ tempo, 3min jog between": 6.5,
    "8 x 200m @ mile pace, 200m jog between": 6.5,
    "8 x 400m @ 5k pace, 400m jog between": 6.5,
    "6 x 1000m @ CS, 400m jog between": 7,
    "16 x 200m @ mile pace, 200m jog between": 7,
    "5 x 1000m @ 10k pace, 2min jog between": 7,
    "12 x 400m @ 5k pace, 60s rest between": 7.5,
    "3 x 8min @ CS, 2min jog between": 7.5,
    "6 x 800m @ 5k pace, 2min jog between": 7.5,
    "40min @ tempo": 7.5,
    "5 x 1000m @ 5k pace, 2min jog between": 8,
    "3 x 1mi @ 5k pace, 3min jog between": 8,
    "12 x 400m @ 3k pace, 60s rest between": 9,
    "1500m @ 1500m pace": 10,
    "3km @ 3k pace": 10,
    "5km @ 5k pace": 10,
}
RACES = {"quick": ["5k=15:30"], "club": ["5k=20:00", "1500m=5:15"], "slow": ["5k=25:00"], "slower": ["5k=30:00"]}


def runner_of(races):
    """The profile of a runner with these races."""
    day = date(2026, 11, 24)
    return zones.into(pf.Profile(), zones.sums([zones.read_race(race, day) for race in races], day))


def pieces(line, profile):
    workout = notation.parse(f"Workout\n- {line}\n")
    workout.resolve(profile)
    out = []
    for step in unroll(workout):
        cs = profile.cs_mm_s / 1000
        speed = 2e6 / (step.pace_fast + step.pace_slow) if step.pace_fast else SHARES[step.kind] * cs
        seconds = step.amount / 1000 if step.end == wk.END_TIME else step.amount / 1000 / speed
        out.append(effort.Piece(seconds, speed, step.kind == wk.RUN))
    return out


def expected(line, profile):
    return effort.expected(pieces(line, profile), profile.cs_mm_s / 1000, profile.dprime_mm / 1000)


@pytest.mark.parametrize("runner", RACES)
@pytest.mark.parametrize("line", KNOWN)
def test_a_known_session_feels_as_coaches_say(line, runner):
    assert expected(line, runner_of(RACES[runner])) == pytest.approx(KNOWN[line], abs=1.0)


def test_more_reps_less_rest_and_faster_are_harder():
    club = runner_of(RACES["club"])

    def of(line):
        return expected(line, club)

    assert of("4 x 1000m @ 5k pace, 2min jog between") < of("6 x 1000m @ 5k pace, 2min jog between")
    assert of("5 x 1000m @ 5k pace, 4min jog between") < of("5 x 1000m @ 5k pace, 1min jog between")
    assert of("5 x 1000m @ 5k pace, 2min jog between") < of("5 x 1000m @ 3k pace, 2min jog between")
    assert of("20min @ tempo") < of("30min @ tempo")


def test_a_faster_runner_finds_the_same_session_easier():
    reps = pieces("5 x 1000m @ 5k pace, 2min jog between", pf.parse(PROFILE))
    assert effort.expected(reps, 4.12, 200) < effort.expected(reps, 4.0, 200) - 0.8


def test_strides_and_pauses_are_no_reps():
    run = [effort.Piece(2400, 3.0), effort.Piece(20, 5.0), effort.Piece(60, 0.0, False), effort.Piece(20, 5.0)]
    assert effort.expected(run, 4.0, 200) < 3
    long = pieces("3km @ 3k pace", pf.parse(PROFILE))
    assert effort.spent(long, 4.0, 200) == pytest.approx(1.0, abs=0.05)
    half = [effort.Piece(350, long[0].speed_m_s), effort.Piece(600, 0, False), effort.Piece(350, long[0].speed_m_s)]
    assert effort.spent(half, 4.0, 200) < 0.7


def test_a_profile_without_dprime_has_the_usual_one():
    reps = pieces("5 x 1000m @ 5k pace, 2min jog between", pf.parse(PROFILE))
    assert effort.expected(reps, 4.0) == pytest.approx(effort.expected(reps, 4.0, 200))
