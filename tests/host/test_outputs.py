"""What others have written goes out as it is, and does no harm: one helper for each kind of output."""

import re
from pathlib import Path

import pacer_watch
from pacer_watch import report

from .test_cli import pacer, refused

ROOT = Path(pacer_watch.__file__).parent
ODD = "[red]x[/] $x^{ <b> ]]> \u202eabc"
# What cleans or escapes, and the only file that may: the terminal, HTML, XML, pictures, control characters.
HELPERS = {
    r"rich\.markup": "cli/bench.py",  # texts of our own with a style in them
    r"autoescape|import html|html\.escape": "report/html.py",
    r"saxutils|x20-\\\\ud7ff": "formats/xmlexport.py",
    r"parse_math|set_title": "pictures.py",
    r"unicodedata": "text.py",
}


def test_each_kind_of_output_has_one_helper():
    for pattern, place in HELPERS.items():
        found = [
            str(p.relative_to(ROOT)) for p in ROOT.rglob("*.py") if re.search(pattern, p.read_text(encoding="utf-8"))
        ]
        assert [f for f in found if "accuracy" not in f and "benches" not in f] == [place], pattern


def test_a_name_in_the_profile_is_shown_as_it_is(tmp_path):
    path = tmp_path / "p.txt"
    path.write_text("# Pacer profile 1\nname [red]Bob[/red] $1\ncritical-speed 4.0 m/s\n", encoding="utf-8")
    assert pacer("profile", "--file", path).stdout.startswith("[red]Bob[/red] $1\n")


def test_a_complaint_holds_no_control_characters(tmp_path):
    assert "\x1b" not in refused("check", tmp_path / "a\x1b[31m.txt")
    path = tmp_path / "w.txt"
    path.write_text("1km @ \x1b[31m5k pace\n")
    assert "\x1b" not in refused("check", path)


def test_a_page_is_cleaned_where_it_is_made():
    page = report.index([], f"{ODD}\x07", [f"{ODD}\x1b"])
    assert "\x07" not in page
    assert "\x1b" not in page
    assert "[red]x[/] $x^{ &lt;b&gt; ]]&gt; \u202eabc" in page


def test_a_path_with_brackets_is_told_whole(tmp_path):
    folder = tmp_path / "[bold]runs"
    folder.mkdir()
    out = folder / "[x].fit"
    assert "[bold]runs/[x].fit written" in pacer("convert", "5x1000m", "-o", out, code=0).stdout
