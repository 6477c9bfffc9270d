"""The pages about runs: what stands in them, how large they are, and whose runs stand together."""

import hashlib
import html
import json
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pacer_watch import report
from pacer_watch.formats import timeline

from .runs import PROFILE, made, placed, write
from .test_cli import pacer, refused

WEB = Path(report.__file__).parent / "web"


def packed(page):
    return json.loads(re.search(r'(?s)id="run-data">(.*?)</script>', page)[1])


def words(page):
    """The page's text, without its style and scripts."""
    return html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(style|script).*?</\1>", " ", page)))


def test_a_page_of_an_hour_is_small_and_quick():
    log = placed(
        made("10min warm-up @ easy\n- 6 x 1200m @ 5k pace, 400m jog between\n- 7min cool-down @ easy", [0, 1], 7)
    )
    assert 3550 < len(log.seconds) < 4000
    report.page(log, "x")  # what is loaded once
    begin = time.perf_counter()
    page = report.page(log, "x")
    assert time.perf_counter() - begin < 1.0
    assert len(page.encode()) < 225_000  # and 13 screens of 1.6 kB are 20


def test_the_charts_hold_the_run_to_the_millimetre_a_second_and_the_decimetre():
    log = placed(made("5x1000", [0], 7))
    for s in log.seconds[40:50]:
        s.lat_deg = s.lon_deg = None
    data = packed(report.page(log, "x"))
    total, back = 0, []
    for step in data["speed_mm_s"]:
        total += step
        back.append(total)
    assert back == [s.speed_mm_s for s in log.seconds]
    assert data["nowhere"] == [[40, 50]]
    assert len(data["east_dm"]) == len(log.seconds)
    assert abs(sum(data["time_ds"]) * 100 - log.seconds[-1].t_ms) <= 50
    assert len(data["overlays"]) == 1
    assert len(data["overlays"][0]["speeds_cm_s"]) == 5


def test_a_log_that_steps_back_is_drawn_in_the_order_of_time():
    log = placed(made("tempo", [0], 7))
    log.seconds[100] = replace(log.seconds[100], t_ms=log.seconds[90].t_ms)
    assert min(packed(report.page(log, "x"))["time_ds"][1:]) > 0


def test_ramps_rungs_and_efforts_are_told_as_they_were_asked_for():
    plan = "6min @ 6'00\"/km to 4'00\"/km\n- 3 x 400m @ 4'10\"/km -> 3'50\"/km, 60s rest between\n- 60s @ RPE 8"
    page = report.page(made(plan, [0], 7), "x")
    laps = packed(page)["laps"]
    assert laps[0]["fast"] == laps[0]["slow"] == [2.778, 4.167]
    assert [lap.get("fast") for lap in laps[1::2]][:3] == [[4.0, 4.0], [4.167, 4.167], [4.348, 4.348]]
    assert "fast" not in laps[-1]
    text = words(page)
    assert "6min @ 6'00\" to 4'00\"" in text
    assert "400m @ 4'00\"" in text
    assert "1min @ RPE 8" in text


def test_the_watch_s_own_splits_are_told_against_a_target_only_where_there_was_one():
    log = placed(made("2 x 600m @ 4'00\"/km, 60s rest between\n- 600m @ RPE 8", [0], 7))
    rows = re.findall(r"<td>(\d+)</td><td>200 m</td><td>0:48.0</td><td>([^<]*)</td>", report.page(log, "x"))
    assert dict(rows) == {"1": "1.2 s late", "2": "-", "3": "1.2 s late", "4": "-"}


def test_there_is_one_count_of_cues():
    log = placed(made("5x1000", [0], 7))
    page = report.page(log, "x")
    count = len(log.cues)
    assert f"<dt>cues</dt><dd>{count}</dd>" in page
    assert f"<summary>{count} cues: " in page
    assert page.count('<td class="name">band</td>') == count


def test_the_speed_around_the_oval_is_told_only_when_it_says_something():
    from pacer_watch.formats.runlog import OvalSeen

    def told(wind):
        log = placed(made("5km @ 4'00\"/km", [0], 7))
        log.ovals.append(OvalSeen(48.1, 11.5, 0, 5, 50, False, 60_000))
        for s in log.seconds:
            s.speed_mm_s += round(wind * (s.lon_deg - 11.5) / 0.0007)
        return "Around the oval" in report.page(log, "x")

    assert told(150)
    assert not told(0)


def test_the_files_of_others_are_as_they_came():
    lines = [line.split() for line in (WEB / "uplot" / "sha256.lock").read_text().splitlines() if line[0] != "#"]
    assert {name for _, name in lines} == {p.name for p in (WEB / "uplot").iterdir()} - {"sha256.lock"}
    for digest, name in lines:
        assert hashlib.sha256((WEB / "uplot" / name).read_bytes()).hexdigest() == digest


@pytest.fixture
def runs(tmp_path):
    for k, (day, speed, name) in enumerate(((2, 4.0, "Ann"), (9, 4.1, "Ann"), (16, 3.1, "Bob <b>"), (20, 4.0, ""))):
        profile = PROFILE.replace("4.0", str(speed))
        profile = profile.replace("critical", f"name {name}\ncritical") if name else profile
        write(tmp_path / f"000{k + 1}.run", made("tempo", [0], 6, day=date(2026, 11, day), profile=profile))
    (tmp_path / "0009.run").write_bytes(b"hello")
    return tmp_path


def test_an_index_has_a_line_a_run_and_keeps_athletes_apart(runs):
    got = json.loads(pacer("report", runs, "--json").stdout)
    assert got["runs"] == 4
    assert "0009.run is no run of a Pacer watch" in got["problems"][0]
    page = (runs / "index.html").read_text(encoding="utf-8")
    sections = page.split("<section")[1:]
    assert [s.count("<tr><td") for s in sections] == [1, 2, 1]
    assert "No name in the profile" in sections[0]
    assert "4'10\" on 2026-11-02, 4'04\" on 2026-11-09" in html.unescape(sections[1])
    assert "Bob &lt;b&gt;" in sections[2]
    assert "Ann" not in sections[2]
    for link in re.findall(r'href="([^"]+)"', page):
        assert (runs / link).exists()
    trends = json.loads(re.search(r'(?s)id="trend-data">(.*?)</script>', page)[1])
    assert [t["cs_m_s"] for t in trends] == [[], [4.0, 4.1], []]


def test_a_folder_without_runs_is_refused_in_a_sentence(tmp_path):
    assert "has no run of the watch in it" in refused("report", tmp_path)
    (tmp_path / "x.run").write_bytes(b"hello")
    assert "is no run of a Pacer watch" in refused("report", tmp_path)


def test_a_run_with_nothing_in_it_is_refused():
    with pytest.raises(timeline.CannotExport):
        report.page(made("tempo", [0], 7, stop=0, ended=False), "x")
