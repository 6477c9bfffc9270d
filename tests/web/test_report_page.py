"""The pages about runs as a browser shows them: widths, light, print, touch, and what a screen reader is told."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from pacer_watch import report

from ..host.runs import made, placed

AXE = Path(os.environ.get("AXE", Path(__file__).resolve().parents[2] / ".venv" / "axe.min.js"))
PLAN = "10min warm-up @ 6'00\"/km\n- 5 x 1000m @ 4'00\"/km, 90s jog between\n- 2 x 600m @ RPE 8, 60s rest between"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    log = placed(made(PLAN, [0.5, -2, 1], 7))
    path = tmp_path_factory.mktemp("web") / "run.html"
    path.write_text(report.page(log, "0007.run"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    logs = [placed(made("5x1000", [0], 7, day=date(2026, 11, day))) for day in (2, 9, 16)]
    for k, log in enumerate(logs):
        log.profile = log.profile.replace("4.0 m/s", f"{4 + k / 50} m/s")
    path = tmp_path_factory.mktemp("web") / "index.html"
    path.write_text(report.index([report.entry(log, "x.html") for log in logs], "runs", ["x"]), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_is_as_wide_as_its_window(opened, run, folder, width, dark):
    for path in (run, folder):
        page = opened(path, width, dark)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for canvas in page.locator("canvas").all():
            assert 250 < canvas.bounding_box()["width"] <= width - 24
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(17, 22, 28)" if dark else "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize("media", ["light", "dark", "print"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_axe_finds_nothing_serious(opened, run, folder, width, media):
    if not AXE.exists():
        pytest.skip(f"axe is not at {AXE}: make test-web fetches it from npm, or say where it is: AXE=path")
    for path in (run, folder):
        page = opened(path, width, media == "dark", bypass_csp=True)
        page.emulate_media(media="print" if media == "print" else "screen")
        page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("touch", [False, True])
def test_one_cursor_goes_over_all_charts(opened, run, touch):
    page = opened(run, 390, has_touch=touch)
    box = page.locator("[data-chart=cadence] .u-over").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    (page.touchscreen.tap if touch else page.mouse.move)(x, y)
    told = page.locator("#told").inner_text()
    assert re.match(r"\d\d:\d\d · step \d+, ", told)
    assert "176 spm" in told
    places = [
        c.bounding_box()["x"] for c in page.locator(".u-cursor-x").all()[:3]
    ]  # pace, cadence, D': the overlay has its own
    assert max(places) - min(places) < 2
    assert abs(places[0] - x) < 3
    before = page.locator(".dot").bounding_box()
    page.locator("#at").press("End")
    assert page.locator(".dot").bounding_box() != before
    assert page.locator("#told").inner_text() != told


def test_a_step_alone_fills_the_charts(opened, run):
    page = opened(run)
    page.locator("#shown").select_option(label="step 2, run 1 of 5")
    assert page.locator("#told").inner_text().startswith("10:00")


def test_print_is_two_sheets_with_the_cues_open(opened, run, tmp_path):
    page = opened(run, dark=True)
    data = page.pdf(path=tmp_path / "run.pdf", prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", data)) <= 2


def test_on_paper_a_page_is_light_and_open_and_afterwards_as_it_was(opened, run):
    page = opened(run, dark=True)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="dark")
    for event, is_open, width in (("beforeprint", True, 700), ("afterprint", False, 1036)):
        page.evaluate(f"dispatchEvent(new Event('{event}'))")
        assert page.evaluate("[...document.querySelectorAll('details')].map((d) => d.open)") == [is_open] * 2
        assert page.locator("[data-chart=pace] canvas").bounding_box()["width"] == width


@pytest.mark.parametrize(
    "name", ["</script><script>document.title='hurt'</script>", "\"'><img src=x onerror=\"document.title='hurt'\">",
             "🏃‍♀️ Ω", "\u202eevil\u2066", "{{ 7*7 }}"],
)  # fmt: skip
def test_names_are_words_and_nothing_else(opened, tmp_path, name):
    log = placed(made("5 x 300m @ 4'00\"/km, 60s rest between", [0], 7))
    log.workout = log.workout.replace("Made", name)
    log.profile = f"# Pacer profile 1\nname {name}\n" + log.profile.partition("\n")[2]
    path = tmp_path / "bad.html"
    path.write_text(report.page(log, name + ".run"), encoding="utf-8")
    page = opened(path)
    assert page.locator("h1").inner_text() == name
    assert page.title() != "hurt"
    assert page.locator("canvas").count() >= 4
