"""A recording is replayed as it was run: its own start, laps, gaps and records without a place; or a piece of it."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from pacer.core import notation
from pacer_watch.formats import runlog, xmlexport
from pacer_watch.formats.export import fit
from pacer_watch.twin import recording, session
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.runner import VirtualRunner

from .test_cli import pacer, refused

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
STEP = 27e-6  # degrees north a second: 3.0 m


def stamp(s):
    return (BEGIN + timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%SZ")


def gpx(path, points):
    """points: (second, extension)"""
    body = "".join(
        f'<trkpt lat="{51 + s * STEP:.7f}" lon="4.0"><time>{stamp(s)}</time>{more}</trkpt>' for s, more in points
    )
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
        f"<trk><trkseg>{body}</trkseg></trk></gpx>"
    )
    return path


def cadence(spm):
    return f"<extensions><g:TrackPointExtension><g:cad>{spm // 2}</g:cad></g:TrackPointExtension></extensions>"


def tcx(path, laps):
    """laps: lists of (second, has a place, metres, steps a minute)."""
    out = []
    for lap in laps:
        points = "".join(
            f"<Trackpoint><Time>{stamp(s)}</Time>"
            + (
                f"<Position><LatitudeDegrees>{51 + s * STEP:.7f}</LatitudeDegrees>"
                "<LongitudeDegrees>4.0</LongitudeDegrees></Position>"
                if place
                else ""
            )
            + (f"<DistanceMeters>{metres}</DistanceMeters>" if metres is not None else "")
            + f"<Cadence>{spm // 2}</Cadence></Trackpoint>"
            for s, place, metres, spm in lap
        )
        out.append(
            f'<Lap StartTime="{stamp(lap[0][0])}"><TotalTimeSeconds>1</TotalTimeSeconds><DistanceMeters>'
            f"{3 * len(lap)}</DistanceMeters><Calories>0</Calories><Intensity>Active</Intensity><TriggerMethod>Manual"
            f"</TriggerMethod><Track>{points}</Track></Lap>"
        )
    path.write_text(
        '<?xml version="1.0"?><TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running">'
        f"<Id>{stamp(0)}</Id>{''.join(out)}</Activity></Activities></TrainingCenterDatabase>"
    )
    return path


@pytest.fixture(scope="module")
def run():
    """A run of three laps by the button, and what it was."""
    text = "Workout - Three\n- 40s @ 4'30\"/km\n- 20s jog\n- 30s @ 4'00\"/km\n"
    person = VirtualRunner(notation.parse(text), 3)
    result = session.run(text, person, UbloxReceiver(person.observe), seed=3)
    return runlog.parse(result.log)


@pytest.fixture(params=["fit", "tcx"])
def brought(request, run, tmp_path):
    path = tmp_path / f"run.{request.param}"
    path.write_bytes(fit(run, BEGIN) if request.param == "fit" else xmlexport.tcx(run, BEGIN).encode())
    return path


def test_lap_is_pressed_where_the_recording_did(brought, run):
    ends = []
    for lap in run.laps[:-1]:
        ends.append(sum(ends[-1:]) + lap.time_ms / 1000)
    read = recording.read(brought, laps=True)
    assert read.track.laps == pytest.approx(ends, abs=1.6)
    got = json.loads(pacer("replay", brought, "--laps", "--json").stdout)
    laps = [e["t_ms"] / 1000 for e in got["events"] if e["kind"] == "lap"]
    assert laps[:-1] == pytest.approx(ends, abs=1.8)
    assert len(json.loads(pacer("replay", brought, "--json").stdout)["laps"]) == 1


def test_laps_of_a_gpx_file_or_a_log_are_refused(tmp_path):
    path = gpx(tmp_path / "x.gpx", [(s, "") for s in range(60)])
    assert "has no laps" in refused("replay", path, "--laps")
    log = tmp_path / "x.nmea"
    log.write_text("$GPRMC,100000,V,,,,,,,231126,,*3A\n")
    assert "has no laps" in refused("replay", log, "--laps")


def test_records_without_a_place_are_kept_and_time_0_is_the_recordings_start(tmp_path):
    points = [(s, 20 <= s < 60 or s > 90, 3.0 * s, 170) for s in range(120)]
    read = recording.read(tcx(tmp_path / "x.tcx", [points[:50], points[50:]]))
    assert len(read.track.seconds) == 120
    assert (read.track.seconds[0], read.track.start) == (0, BEGIN.replace(tzinfo=read.track.start.tzinfo))
    person = read.person
    person.advance(140_000_000)
    for s in (10, 40, 75, 110):  # where there is no place the runner runs all the same
        at = int((s + person.LEAD_S) * 1e6)
        assert person.truth.distance_at(at) == pytest.approx(3 * s, abs=0.6)
        assert (person.observe(at).lat_deg is None) == (s in (10, 75))


def test_records_with_neither_place_nor_distance_are_gone_through_evenly(tmp_path):
    points = [(s, s < 30 or s >= 60, None, 170) for s in range(100)]
    person = recording.read(tcx(tmp_path / "x.tcx", [points])).person
    person.advance(130_000_000)
    at = int((45 + person.LEAD_S) * 1e6)
    assert person.truth.distance_at(at) == pytest.approx(45 * 3.0, abs=1)
    assert person.truth.speed_at(at) == pytest.approx(3.0, abs=0.1)


def test_a_gap_carries_the_recordings_own_cadence(tmp_path):
    seconds = [*range(40), *range(100, 140)]
    person = recording.read(gpx(tmp_path / "x.gpx", [(s, cadence(174)) for s in seconds])).person
    seen = {}
    for s in (20, 70, 120):
        person.advance(int((s + person.LEAD_S) * 1e6))
        seen[s] = person.cadence_spm, round(person.speed_m_s, 1)
    assert seen == {20: (174, 3.0), 70: (174, 3.0), 120: (174, 3.0)}


def test_a_file_of_days_is_warned_about_and_cut(tmp_path):
    two = [(s, "") for s in (*range(120), *range(90_000, 90_060))]
    path = gpx(tmp_path / "days.gpx", two)
    read = recording.read(path)
    assert "2 runs in it; cut one out with --from 0:00:00 --for 0:01:59, --from 25:00:00 --for 0:00:59" in read.warning
    cut = recording.read(path, 90_000, 59)
    assert (cut.length_s, cut.warning, cut.own_distance_m) == (59, "", pytest.approx(59 * 3.0, abs=1))
    done = pacer("replay", path, "--from", "25:00:00", "--for", "40s", "--json")
    assert json.loads(done.stdout)["recording"]["time_s"] == 40
    assert "runs in it" not in done.stderr
    assert "nothing was recorded then" in refused("replay", path, "--from", "30h")
    assert "no time" in refused("replay", path, "--from", "noon")
    weeks = gpx(tmp_path / "weeks.gpx", [(s, "") for s in (0, 1, 2, 700_000, 700_001)])
    assert "--from 194:26:40" in refused("replay", weeks)
    assert recording.read(weeks, 700_000).length_s == 1


def test_a_cut_keeps_the_laps_inside_it(tmp_path):
    points = [(s, True, 3.0 * s, 170) for s in range(120)]
    path = tcx(tmp_path / "x.tcx", [points[:30], points[30:70], points[70:]])
    assert recording.read(path, 10, 50, laps=True).track.laps == [20]
    assert recording.read(path, laps=True).track.laps == [30, 70]


def test_a_receivers_log_is_cut_too(data):
    path = data / "nmea" / "mt3339.log"
    whole, cut = recording.read(path), recording.read(path, 5, 10)
    assert cut.length_s <= 11 < whole.length_s
