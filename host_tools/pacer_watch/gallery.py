"""Every screen of the watch as the twin draws it, on each board: `make screens` puts them into docs/ and the boards'
READMEs.

A dozen sessions show all of them, from a first start to a battery that runs empty.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from pacer.core import notation

from . import ROOT, boards
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
_TEST = "Workout - Three minutes\n- 5s jog\n- 3min | Test: all-out\n"
_HARD = "Workout - Hard\n- 60s @ 2'30\"/km\n"
_HILL = "Workout - Hill\n- 60s @ RPE 8\n"
_WEAK = "# Pacer profile 1\ncritical-speed 3.9 m/s +- 0.03\nd-prime 40 m +- 5\n"
# Each screen of the gallery, and the page of firmware/pacer/app/pages/ that draws it; "" for main.py itself.
SCREENS = {
    "self-test": "SelfTest", "ready": "Ready", "no-workouts": "Ready", "notice": "Notice", "settings": "Settings",
    "warm-up": "Run", "run": "Run", "walk": "Run", "jog": "Run", "note": "Run", "cue-push": "Run", "split": "Run",
    "by-effort": "Run", "undo": "Run", "d-prime": "Run", "battery-low": "Run", "fault": "Run", "paused": "Paused",
    "cut-off": "CutOff", "effort": "Effort", "last-rep": "LastRep", "field-test": "Tested", "summary": "Summary",
    "demo": "Run", "demo-over": "Summary", "battery": "Battery", "safe-mode": "",
}  # fmt: skip
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
    prepare: Callable[[World, Path], Any] | None = None, text: str = _WORKOUT, **options: Any,
) -> Result:  # fmt: skip
    """A session of somebody who only presses buttons, every frame kept."""
    person = Visitor(seconds, presses)
    return session.run(
        text, person, UbloxReceiver(person.observe), board=board, record=True, prepare=prepare,
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


def broken_texts(world: World, folder: Path) -> None:
    """A profile that cannot be read."""
    (folder / "profile.txt").write_text("# Pacer profile 1\nlane nine\n")


def without_workouts(world: World, folder: Path) -> None:
    (folder / "workouts" / "workout.txt").unlink()


def _before_a_run(board: str, guest: str) -> Iterator[tuple[str, bytes]]:
    """A first start with self-test, settings and demo; a damaged profile; no workouts."""
    presses: list[tuple[float, str, float]] = [
        (10, "back", 0.2),
        (12, "back", 1.2),
        *[(15 + i, "back", 0.2) for i in range(8)],
        (25, "lap", 0.2),
    ]
    first = visit(board, 80, presses, prepare=unpacked, guest=guest)
    yield "self-test", frame_at(first, 9.5e6)
    yield "settings", frame_at(first, 19.9e6)
    yield "demo", frame_at(first, 65e6)
    over = visit(
        board,
        60,
        [*presses[:-1], (25, "lap", 0.2), (45, "back", 0.2), (47, "back", 1.2)],
        prepare=unpacked,
        guest=guest,
    )
    yield "demo-over", over.frames[-1][1]
    yield "notice", visit(board, 9, [], prepare=broken_texts, guest=guest).frames[-1][1]
    yield "no-workouts", visit(board, 9, [], prepare=without_workouts, guest=guest).frames[-1][1]


def _a_run(board: str, guest: str) -> Iterator[tuple[str, bytes]]:
    """A workout from the ready page to the summary; the same run cut off."""
    person = VirtualRunner(notation.parse(_WORKOUT), 7)
    run = session.run(_WORKOUT, person, UbloxReceiver(person.observe), board=board, record=True, guest=guest)
    yield from named_frames(run).items()
    end_us = _ended_us(run)
    yield "effort", frame_at(run, end_us + 4.0e6)
    yield "last-rep", frame_at(run, end_us + 5.5e6)

    def cut(world: World, folder: Path) -> None:
        (folder / "runs" / "0001.run").write_bytes(run.log[: len(run.log) // 2])

    yield "cut-off", visit(board, 9, [], prepare=cut, guest=guest).frames[-1][1]
    person = VirtualRunner(notation.parse(_TEST), 11)
    test = session.run(_TEST, person, UbloxReceiver(person.observe), board=board, record=True, guest=guest)
    yield "field-test", frame_at(test, _ended_us(test) + 6.5e6)


def _ended_us(run: Result) -> int:
    """When the person ended the run."""
    return next(us for us, name in run.patterns if name == "end")


def _in_a_run(board: str, guest: str) -> Iterator[tuple[str, bytes]]:
    """What may appear during a run: a press to be undone, too little D' left, the battery low and empty, a fault."""
    undone = visit(board, 30, [(12, "lap", 0.2), (20, "lap", 0.2)], guest=guest)
    yield "undo", frame_at(undone, 21.5e6)
    hard = visit(board, 30, [(12, "lap", 0.2)], text=_HARD, profile=_WEAK, guest=guest)
    yield "d-prime", frame_at(hard, 16e6)
    hill = visit(board, 30, [(12, "lap", 0.2)], text=_HILL, guest=guest)
    yield "by-effort", frame_at(hill, 16e6)
    drained = visit(board, 130, [(12, "lap", 0.2)], prepare=draining, guest=guest)
    warned = next(e.t_ms for e in drained.events if e.kind == "warning")
    yield "battery-low", frame_at(drained, drained.start_us + 1000 * warned + 2e6)
    yield "battery", drained.frames[-1][1]
    broken = visit(board, 70, [(12, "lap", 0.2)], guest=guest + BROKEN_SCREEN)
    yield "fault", frame_at(broken, broken.start_us + 43.5e6)


def _safe_mode(board: str) -> bytes:
    """What a watch shows that has failed three times in a row: it stops at the REPL, and the glass stays."""
    worlds: list[World] = []

    def failed(world: World, folder: Path) -> None:
        worlds.append(world)
        (folder / "crash.count").write_text("3")

    try:
        visit(board, 9, [], prepare=failed)
    except interp.Crashed:
        return worlds[0].display.memory.tobytes()
    raise AssertionError("safe mode ended by itself")


def screens(board: str, guest: str = "") -> dict[str, bytes]:
    """Display memory of each of SCREENS, by name. guest: a hook for all sessions (hooks.py)."""
    found = [*_before_a_run(board, guest), *_a_run(board, guest), *_in_a_run(board, guest)]
    out = {**dict(found), "safe-mode": _safe_mode(board)}
    return {name: out[name] for name in SCREENS if name in out}


def sheet(frames: dict[str, bytes]) -> Image.Image:
    """All screens of a board on one picture, each with its name."""
    images = [(name, frame_image(frames[name], 3)) for name in frames]
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
    """Draw all boards, or those whose folders are named; exit status 1 when a screen did not appear."""
    if interp.micropython() is None:
        raise SystemExit("the screens are drawn on MicroPython for unix, which is not installed on this machine")
    for board in sys.argv[1:] or boards.names():
        frames = screens(board)
        missing = [name for name in SCREENS if name not in frames]
        if missing:
            raise SystemExit(f"{board}: no session showed {', '.join(missing)}")
        sheet(frames).quantize(16).save(boards.folder_of(board) / "screens.png", optimize=True)
        if board == "esp32_devkit":
            for name, memory in frames.items():
                frame_image(memory).quantize(8).save(ROOT / "docs" / f"oled-{name}.png", optimize=True)
        print(f"{boards.folder_of(board)}/screens.png: {len(frames)} screens")


if __name__ == "__main__":
    main()
