"""Tracks of maps: what is an oval, of which size, and what is not; `pacer track` with and without a watch."""

import json
import math

import numpy as np
import pytest

from pacer.core import learned
from pacer.core.stride import Stride
from pacer.core.track import Track
from pacer_watch.earth import metres_per_degree
from pacer_watch.formats import ovals
from pacer_watch.formats.ovals import NoOval, from_geojson

from .test_board import pytestmark as needs_micropython
from .test_board import ready, running  # noqa: F401
from .test_cli import pacer, refused

LAT, LON = 51.4431, -3.2077
ANGLE = 37.0


def readable(text):
    """Does the watch understand every line of it?"""
    return not learned.load(text, Stride(), Track())


def line(points_m, lat=LAT, lon=LON, angle=ANGLE):
    """Places of points around a centre, turned."""
    east, north = metres_per_degree(lat)
    a = math.radians(angle)
    return [
        [lon + (x * math.cos(a) - y * math.sin(a)) / east, lat + (x * math.sin(a) + y * math.cos(a)) / north]
        for x, y in points_m
    ]


def oval(radius, straight=84.39, each=12, off=0.0):
    """A closed line as mappers draw it: a point each 15 degrees of the bends, none on the straights, `off` m away."""
    rng = np.random.default_rng(1)
    bend = np.radians(np.linspace(-90, 90, each + 1))
    right = [(straight / 2 + radius * math.cos(b), radius * math.sin(b)) for b in bend]
    points = right + [(-x, -y) for x, y in right]
    points = [(x + rng.normal(0, off), y + rng.normal(0, off)) for x, y in points]
    return [*points, points[0]]


def feature(geometry, **tags):
    return {"type": "Feature", "properties": tags, "geometry": geometry}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def area(points, **tags):
    return feature({"type": "Polygon", "coordinates": [line(points)]}, **tags)


TRACK = {"leisure": "track", "sport": "athletics", "name": "Stadium"}


@pytest.mark.parametrize("radius", [36.5, 36.8, 40.2, 46.2], ids=["kerb", "measured", "middle", "outer edge"])
@pytest.mark.parametrize("angle", [0.0, 37.0, 90.0, 179.0])
def test_a_standard_track_is_the_same_whichever_of_its_lines_was_drawn(radius, angle):
    text = collection(feature({"type": "LineString", "coordinates": line(oval(radius, off=0.3), angle=angle)}, **TRACK))
    (track,), left = from_geojson(text)
    assert (track.straight_m, track.radius_m, track.lap_m, left) == (84.39, 36.8, 400.001, [])
    assert abs((track.angle_deg - angle + 90) % 180 - 90) < 0.5
    east, north = metres_per_degree(LAT)
    assert math.hypot((track.lat_deg - LAT) * north, (track.lon_deg - LON) * east) < 0.5


def test_the_inner_ring_of_an_area_is_the_kerb():
    rings = [line(oval(34.0, 60.0)), line(oval((300 - 120) / 2 / math.pi - 0.3, 60.0))]
    text = collection(feature({"type": "MultiPolygon", "coordinates": [rings]}, **TRACK))
    (track,), _ = from_geojson(text)
    assert track.lap_m == 300
    assert not track.standard


def test_a_track_of_its_own_length_keeps_it_and_a_lap_that_is_named_counts():
    text = collection(area(oval(30.0, 66.0), leisure="track"))
    (track,), _ = from_geojson(text)
    assert abs(track.lap_m - (132 + 2 * math.pi * 30.3)) < 2
    (track,), _ = from_geojson(text, 320.0)
    assert (track.lap_m, round(2 * track.straight_m + 2 * math.pi * track.radius_m)) == (320.0, 320)
    with pytest.raises(NoOval, match="--lap"):
        from_geojson(text, 800.0)


def test_two_lines_of_one_track_are_one_and_the_football_pitch_is_left_out():
    pitch = area([(-52, -34), (52, -34), (52, 34), (-52, 34), (-52, -34)], leisure="pitch", sport="soccer")
    text = collection(pitch, area(oval(46.2), **TRACK), area(oval(36.5), **TRACK))
    tracks, left = from_geojson(text)
    assert len(tracks) == 1
    assert left == []
    tracks, left = from_geojson(collection(pitch, area(oval(36.5))))
    assert (len(tracks), len(left)) == (1, 1)


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([(-52, -34), (52, -34), (52, 34), (-52, 34), (-52, -34)], "closed line around a track"),
        ([(-52, -34), (0, -34), (52, -34), (52, 0), (52, 34), (0, 34), (-52, 34), (-52, 0), (-52, -34)], "no oval of"),
        ([(x, 3 * math.sin(x / 50)) for x in range(0, 900, 20)], "no closed line"),
        ([(x, 0.0) for x in range(0, 101, 10)], "no closed line"),
        ([(0.0, 0.0)] * 20, "no oval"),
        (oval(5.0, 20.0), "no oval"),
    ],
    ids=["pitch", "pitch with more points", "path", "straight", "one place", "tiny"],
)  # fmt: skip
def test_what_is_no_oval_is_refused_with_what_to_do(points, says):
    with pytest.raises(NoOval, match=says):
        from_geojson(collection(feature({"type": "LineString", "coordinates": line(points)}, **TRACK)))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"type": "FeatureCollection"}', '{"type": "Point", "coordinates": [1, 2]}',
             '{"type": "Polygon", "coordinates": [[["a", 2]]]}', '{"type": "Polygon", "coordinates": 7}', "[" * 99_999],
    ids=lambda text: text[:20] or "nothing",
)  # fmt: skip
def test_nonsense_is_refused(text):
    with pytest.raises(NoOval):
        from_geojson(text)


def test_the_watch_reads_what_is_written_and_nothing_that_it_has_learned_is_lost():
    (track,), _ = from_geojson(collection(area(oval(36.5), **TRACK)))
    old = "# mine\nsteps 170 1200 16\noval 10 0 4 18001544 5825 8439 3680 400001"
    text = ovals.added(old, [track])
    assert readable(text.encode())
    assert text.startswith(old + "\n")
    back = ovals.from_text(text)[1]
    east, north = metres_per_degree(LAT)
    assert math.hypot((back.lat_deg - LAT) * north, (back.lon_deg - LON) * east) < 0.5
    assert abs(back.angle_deg - ANGLE) < 0.5
    assert ovals.added(text, [track]) == text
    full = "".join(f"oval {k} 0 4 18001544 5825 8439 3680 400001\n" for k in range(8))
    with pytest.raises(NoOval, match="pacer track rm"):
        ovals.added(full, [track])


def test_the_command_writes_a_file_draws_it_and_refuses_in_a_sentence(tmp_path):
    here = tmp_path / "stadium.geojson"
    here.write_text(collection(area(oval(40.2), **TRACK)))
    out = tmp_path / "learned.txt"
    got = json.loads(pacer("track", "add", here, "--out", out, "--json").stdout)
    assert got["tracks"][0]["standard"] is True
    assert readable(out.read_bytes())
    for name in ("a.png", "a.svg"):
        shown = pacer("track", "show", out, "--out", tmp_path / name).stdout
        assert "400.00 m" in shown
        assert (tmp_path / name).stat().st_size > 5000
    assert "400.00 m" in pacer("track", "show", here).stdout
    pitch = tmp_path / "pitch.geojson"
    pitch.write_text(collection(area([(-52, -34), (52, -34), (52, 34), (-52, 34), (-52, -34)])))
    refused("track", "add", pitch, "--out", out)
    refused("track", "add", tmp_path / "none.geojson", "--out", out)
    refused("track", "show", out, "--out", tmp_path / "a.pdf")
    refused("track", "show", tmp_path)


@needs_micropython
def test_a_track_goes_to_the_watch_and_off_it_again(running, tmp_path):  # noqa: F811
    ready(running)
    here = tmp_path / "stadium.geojson"
    here.write_text(collection(area(oval(36.5), **TRACK)))
    pacer("track", "add", here, "--port", running.port)
    got = json.loads(pacer("track", "show", "--json", "--port", running.port).stdout)
    assert [t["lap_m"] for t in got["tracks"]] == [400.0]
    pacer("track", "rm", 1, "--port", running.port)
    assert json.loads(pacer("track", "show", "--json", "--port", running.port).stdout) == {"tracks": []}
