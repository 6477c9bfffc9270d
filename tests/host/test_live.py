import io

import numpy as np
import pytest
from rich.console import Console

from pacer.core import notation
from pacer_watch.formats import runlog
from pacer_watch.live import LiveView, braille, fits
from pacer_watch.text import band, clock, distance, pace
from pacer_watch.twin import session
from pacer_watch.twin.chips.gnss import NmeaReceiver
from pacer_watch.twin.runner import VirtualRunner, unroll


def test_braille_has_two_by_four_pixels_a_character():
    pixels = np.zeros((64, 128), bool)
    pixels[0, 0] = pixels[3, 1] = pixels[63, 127] = True
    lines = braille(pixels).split("\n")
    assert (len(lines), len(lines[0])) == (16, 64)
    assert lines[0][0] == chr(0x2800 + 0x01 + 0x80)
    assert lines[15][63] == chr(0x2800 + 0x80)


def test_the_live_view_shows_glass_pace_and_progress():
    text = "Workout - Seen\n2min @ 5'00\"/km"
    person = VirtualRunner(notation.parse(text), 1)
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=130, height=40)
    with LiveView(console, unroll(notation.parse(text)), "Seen", 120) as view:
        session.run(text, person, NmeaReceiver(person.observe), live=view)
    shown = out.getvalue()
    for word in ("OLED", "Seen", "target", "5'00\"", "km   lap 1"):
        assert word in shown, word


@pytest.mark.parametrize("width", [80, 130])
def test_the_live_view_fits_its_terminal(width):
    text = "Workout - Seen\n2min @ 5'00\"-5'20\"/km"
    person = VirtualRunner(notation.parse(text), 1)
    sizes = []
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=24)
    view = LiveView(
        console, unroll(notation.parse(text)), "A session whose name is longer than anybody would write", 120
    )

    def look(world, folder):
        if world.now_us % 4_000_000 < 100_000:
            lines = console.render_lines(view.draw(world, runlog.Second(9000, 0, 3200, 9000, 0, 176, 90), 1), pad=False)
            sizes.append((len(lines), max(sum(s.cell_length for s in line) for line in lines)))

    session.run(text, person, NmeaReceiver(person.observe), live=look)
    assert sizes
    assert all(rows <= 24 and columns <= width for rows, columns in sizes)


def test_where_it_cannot_be_shown_it_is_not():
    def terminal(**options):
        return Console(
            file=io.TextIOWrapper(io.BytesIO(), "utf-8"),
            **{"force_terminal": True, "width": 80, "height": 24, **options},
        )

    assert fits(terminal())
    assert not fits(terminal(force_terminal=False))
    assert not fits(terminal(width=60))
    assert not fits(terminal(height=20))
    assert not fits(terminal(_environ={"TERM": "dumb"}))
    assert not fits(Console(file=io.TextIOWrapper(io.BytesIO(), "ascii"), force_terminal=True, width=80, height=24))


def test_text_for_people():
    assert clock(59_949) == "0:59.9"
    assert clock(59_960) == "1:00.0"
    assert clock(3_723_400) == "1:02:03.4"
    assert pace(330_400) == "5'30\""
    assert pace(0) == "-"
    assert band(320_000, 340_000) == "5'20\"-5'40\""
    assert band(0, 0) == "-"
    assert distance(1_000_000) == "1.000 km"
    assert distance(131_571) == "131.6 m"
