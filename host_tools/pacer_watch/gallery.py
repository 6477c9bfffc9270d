"""Every screen of the watch as the twin draws it, on each board: `make screens` puts them into docs/ and the boards'
READMEs.

Four sessions come by all of them: a first start with the self-test, the settings and the demo run; a workout; a
battery that runs empty; and a run in which a part of the firmware fails.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from pacer.core import notation

from . import BOARDS, ROOT, boards
from .pictures import frame_at, frame_image, named_frames
from .twin import hooks, interp, session
from .twin.chips.gnss import UbloxReceiver
from .twin.result import Result
from .twin.runner import Stander, VirtualRunner
from .twin.world import World

_WORKOUT = """Workout - Progressive Repeats
- 40s warm-up @ 6'00"/km
- 2 x:
  - 400m @ 4'10"/km | stay relaxed
  - 20s walk
- 200m jog @ 6'30"/km
- 300m @ 3'50"/km
"""
_COLUMNS = 3
_GAP = 16


class Visitor(Stander):
    """Somebody who stands there and presses buttons: (seconds, button, seconds held)."""

    def __init__(self, seconds: float, presses: list[tuple[float, str, float]]) -> None:
        super().__init__(seconds + 1000)
        self.hand.clear()
        self._end_us = int(seconds * 1e6) - 6_000_000
        self.hand.plan(presses)


def visit(
    board: str, seconds: float, presses: list[tuple[float, str, float]],
    prepare: Callable[[World, Path], Any] | None = None, **options: Any,
) -> Result:  # fmt: skip
    """A session of somebody who only presses buttons, every frame kept."""
    person = Visitor(seconds, presses)
    return session.run(
        _WORKOUT, person, UbloxReceiver(person.observe), board=board, record=True, prepare=prepare,
        limit_us=int(seconds * 1e6) + 1_000_000, **options,
    )  # fmt: skip


def unpacked(world: World, folder: Path) -> None:
    """A watch that was never used."""
    (folder / "settings.txt").unlink()


# A defect in the firmware that shows after the run has begun: the screen raises in the 53rd second.
BROKEN_SCREEN = hooks.before("screen", "if 52_000 < ms < 53_000: ms.nothing")


def draining(world: World, folder: Path) -> None:
    """A cell that is low from the 60th second on and empty from the 90th."""
    world.battery.curve = lambda us: 3850 if us < 60_000_000 else 3650 if us < 90_000_000 else 3250


def screens(board: str) -> dict[str, bytes]:
    """Display memory of each of boards.SCREENS, by name."""
    out: dict[str, bytes] = {}
    first = visit(
        board, 80,
        [(10, "back", 0.2), (12, "back", 1.2), *[(15 + i, "back", 0.2) for i in range(8)], (25, "lap", 0.2)],
        prepare=unpacked,
    )  # fmt: skip
    out["self-test"] = frame_at(first, 9.5e6)
    out["settings"] = frame_at(first, 19.9e6)
    out["demo"] = frame_at(first, 65e6)
    person = VirtualRunner(notation.parse(_WORKOUT), 11)
    run = session.run(_WORKOUT, person, UbloxReceiver(person.observe), board=board, record=True)
    found = named_frames(run)
    for name in ("ready", "warm-up", "run", "walk", "jog", "note", "cue-push", "paused", "summary"):
        if name in found:
            out[name] = found[name]
    end = next(e for e in run.events if e.kind == "end")
    out["effort"] = frame_at(run, run.start_us + end.t_ms * 1000 + 4_000_000)
    out["battery"] = visit(board, 130, [(12, "lap", 0.2)], prepare=draining).frames[-1][1]
    broken = visit(board, 70, [(12, "lap", 0.2)], guest=BROKEN_SCREEN)
    start = broken.start_us
    out["fault"] = frame_at(broken, start + 43_500_000)
    return out


def sheet(frames: dict[str, bytes]) -> Image.Image:
    """All screens of a board on one picture, each with its name."""
    images = [(name, frame_image(frames[name], 3)) for name in boards.SCREENS if name in frames]
    width, height = images[0][1].size
    rows = -(-len(images) // _COLUMNS)
    page = Image.new("RGB", (_COLUMNS * (width + _GAP) + _GAP, rows * (height + 34) + _GAP), (250, 250, 248))
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(15)
    for i, (name, image) in enumerate(images):
        x = _GAP + i % _COLUMNS * (width + _GAP)
        y = _GAP + i // _COLUMNS * (height + 34)
        draw.text((x + 4, y - 4), name.replace("-", " "), fill=(40, 44, 50), font=font)
        page.paste(image, (x, y + 16))
    return page


def main() -> None:
    """Draw all boards; exit status 1 when a screen was not come by."""
    if interp.micropython() is None:
        raise SystemExit("the screens are drawn on MicroPython for unix, which is not installed on this machine")
    for board in boards.names():
        frames = screens(board)
        missing = [name for name in boards.SCREENS if name not in frames]
        if missing:
            raise SystemExit(f"{board}: no session came by {', '.join(missing)}")
        sheet(frames).quantize(16).save(BOARDS / board / "screens.png", optimize=True)
        if board == "esp32_devkit":
            for name, memory in frames.items():
                frame_image(memory).quantize(8).save(ROOT / "docs" / f"oled-{name}.png", optimize=True)
        print(f"boards/{board}/screens.png: {len(frames)} screens")


if __name__ == "__main__":
    main()
