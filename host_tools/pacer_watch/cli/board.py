"""Boards: a virtual one on a serial port, a new one of one's own, and the check of a board's facts."""

import json
import signal
import tempfile
from pathlib import Path
from typing import Any

import rich_click as click

from pacer.core import notation
from pacer.core import profile as pf

from .. import WORKOUTS, boards
from ..files import in_library
from ..twin import flash as image
from ..twin.interp import Crashed
from ..twin.runner import VirtualRunner
from .common import OUT, Sorry, board_option, emit, json_option


@click.group(invoke_without_command=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=None, help="Folder that is the flash; kept. Else a new one."
)
@click.option("--workout", default="ladder-5x1000", show_default=True, help="What the virtual runner does.")
@click.option("--empty", is_flag=True, help="MicroPython alone, without Pacer on it.")
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True, help="So many times as fast as real."
)
@board_option("esp32_devkit", "Which board it is, one's own by the path of its folder.")
@json_option
@click.pass_context
def board(
    context: click.Context, folder: Path | None, workout: str, empty: bool, speed: float, board_name: str, as_json: bool
) -> None:  # fmt: skip
    """A virtual board on a serial port: try mpremote and the other commands without a watch.

    A runner wears it, who presses LAP after twenty seconds. In a terminal it shows its screen, and the keys l and b are
    its buttons LAP and BACK; L and B hold them. It prints the port that it is on.

    \b
    Examples:
      pacer board
      pacer board --speed 20
      pacer board --folder flash --empty
      pacer board --board xiao_esp32s3
      pacer board check my_board
    """
    if context.invoked_subcommand is not None:
        return
    path, text, parsed = _workout(workout)
    with tempfile.TemporaryDirectory() as temporary:
        flash = folder or Path(temporary) / "flash"
        try:
            if not flash.exists() or not any(flash.iterdir()):
                _fill(flash, board_name, None if empty else {path.name: text})
            virtual = _made(flash.resolve(), parsed, board_name, speed)
        except (Crashed, FileNotFoundError) as e:
            raise Sorry(str(e)) from e
        with virtual:
            print(json.dumps({"port": virtual.port}) if as_json else virtual.port, flush=True)
            # A closed terminal pulls the cable, too: the default would leave the interpreter and the folder behind.
            for way in ("SIGHUP", "SIGTERM"):
                if hasattr(signal, way):
                    signal.signal(getattr(signal, way), signal.default_int_handler)
            from .glass import show

            try:
                show(virtual)
            except KeyboardInterrupt:
                pass


def _workout(name: str) -> tuple[Path, str, Any]:
    """The runner's workout: its file, its text, and itself."""
    path = in_library(Path(name))
    try:
        text = path.read_text(encoding="utf-8")
        parsed = notation.parse(text)
        parsed.resolve(pf.parse((WORKOUTS / "example.profile").read_bytes()))
    except OSError as e:
        raise Sorry(
            f"{path} cannot be read ({e.strerror}); expected a workout, or one that pacer workouts lists"
        ) from e
    except (notation.NotationError, pf.Unresolved) as e:
        raise Sorry(f"{path}: {e}") from e
    return path, text, parsed


def _fill(flash: Path, board_name: str, workouts: dict[str, str] | None) -> None:
    """A new flash: Pacer with these workouts, or MicroPython alone."""
    if workouts is None:
        image.bare(flash)
    else:
        profile = (WORKOUTS / "example.profile").read_text(encoding="utf-8")
        image.build(flash, board_name, workouts, profile=profile)


def _made(flash: Path, workout: Any, board_name: str, speed: float) -> Any:
    try:
        from ..twin.board import Board  # a pseudo-terminal is wanted there, which Windows does not have
    except ImportError as e:
        raise Sorry("a virtual board needs a pseudo-terminal, which this system lacks; pacer sim runs here") from e
    return Board(flash, VirtualRunner(workout, 1), board_name, speed=speed)


@board.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from", "source", default="esp32_devkit", show_default=True, help="The board that it begins as.")
@json_option
def board_new(folder: Path, source: str, as_json: bool) -> None:
    """Start a board of one's own: a FOLDER with the facts of another board, to be changed. Its last part is the name.

    \b
    Examples:
      pacer board new my_watch
      pacer board new boards/my_watch --from xiao_esp32s3
    """
    try:
        made = boards.new(folder, source)
    except (FileExistsError, FileNotFoundError, ValueError) as e:
        raise Sorry(str(e)) from e
    except OSError as e:
        raise Sorry(f"{folder} cannot be made ({e.strerror})") from e
    if as_json:
        emit({"folder": str(folder), "from": source, "files": [path.name for path in made]})
        return
    OUT.print(f"{folder}: the facts of {source}, to be changed in {folder / 'board.py'}; then", highlight=False)
    OUT.print(f"  pacer board check {folder}\n  pacer sim tempo-run --board {folder}", highlight=False)


@board.command("check")
@click.argument("names", nargs=-1)
@json_option
def board_check(names: tuple[str, ...], as_json: bool) -> None:
    """Hold a board's facts to what its chip allows: pins, buses, addresses, drivers, wiring table, pictures.

    NAMES are boards of this project or folders of one's own; all boards of the project when none is given. What keeps a
    watch from working is an error, with exit status 1; the rest is advice.

    \b
    Examples:
      pacer board check
      pacer board check esp32_devkit --json
      pacer board check ~/my_board
    """
    found: dict[str, list[str]] = {}
    for name in names or boards.names():
        try:
            found[name] = boards.check(boards.folder_of(name))
        except FileNotFoundError as e:
            raise Sorry(str(e)) from e
    wrong = {n: [f for f in said if not isinstance(f, boards.Advice)] for n, said in found.items()}
    advice = {n: [str(f) for f in said if isinstance(f, boards.Advice)] for n, said in found.items()}
    if as_json:
        emit({"boards": [{"board": n, "ok": not w, "wrong": w, "advice": advice[n]} for n, w in wrong.items()]})
    else:
        for name in found:
            OUT.print(f"{name}: {'in order' if not wrong[name] else ''}", highlight=False, markup=False)
            for kind, sentences in (("error", wrong[name]), ("advice", advice[name])):
                for sentence in sentences:
                    OUT.print(f"  {kind}: {sentence}", highlight=False, markup=False, soft_wrap=True)
    if any(wrong.values()):
        raise SystemExit(1)
