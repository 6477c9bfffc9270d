"""The gallery shows every page that there is, no line is cut, and the committed pictures are what the twin draws."""

import ast

import numpy as np
import pytest
from PIL import Image

from pacer_watch import BOARDS, FIRMWARE, ROOT, gallery
from pacer_watch.pictures import frame_image
from pacer_watch.twin import hooks, interp

pytestmark = pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
CUT = "".join(
    hooks.before(what, f"if {wide} > 128: text_is_cut")
    for what, wide in (("text", "x + 8 * len(text)"), ("chars", "x + 8 * count"))
)


@pytest.fixture(scope="module")
def seen():
    """Every screen, in sessions in which a line that is cut is a defect of the firmware."""
    return gallery.screens("esp32_devkit", CUT)


def pages():
    """Every class in pages/ that is a Page."""
    return {
        node.name
        for path in (FIRMWARE / "pacer" / "app" / "pages").glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "Page" for b in node.bases)
    }


def test_every_page_is_in_the_gallery_and_no_other():
    assert pages() == set(gallery.SCREENS.values()) - {""}


def test_no_line_is_cut_and_every_screen_is_come_by(seen):
    assert set(seen) == set(gallery.SCREENS)
    assert len(set(seen.values())) == len(seen)  # each is another picture


def test_a_line_that_is_cut_would_be_noticed():
    with pytest.raises(interp.Crashed, match="text_is_cut"):
        gallery.visit("esp32_devkit", 9, [], guest=hooks.before("text", "if x + 8 * len(text) > 100: text_is_cut"))


def test_the_committed_pictures_are_what_the_twin_draws():
    frames = gallery.screens("esp32_devkit")
    for name, memory in frames.items():
        picture = Image.open(ROOT / "docs" / f"oled-{name}.png").convert("RGB")
        drawn = frame_image(memory).quantize(8).convert("RGB")
        assert np.array_equal(np.asarray(picture) > 100, np.asarray(drawn) > 100), f"run make screens: {name}"
    assert {p.stem[5:] for p in (ROOT / "docs").glob("oled-*.png")} == set(frames)
    assert all((BOARDS / board / "screens.png").exists() for board in gallery.boards.names())
