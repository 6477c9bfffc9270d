"""Boards: a virtual one on a serial port, and the check of a board's facts."""

import json
import signal
import tempfile
import time
from pathlib import Path

import rich_click as click

from pacer.core import notation
from pacer.core import profile as pf

from .. import WORKOUTS, boards
from ..files import in_library
from ..twin import flash as image
from ..twin.board import Board
from ..twin.interp import Crashed
from ..twin.runner import VirtualRunner
from .common import ERR, OUT, Sorry, json_option


@click.group(invoke_without_command=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=None, help="Folder that is the flash; kept. Else a new one."
)
@click.option("--workout", default="ladder-5x1000", show_default=True, help="What the virtual runner does.")
@click.option("--empty", is_flag=True, help="MicroPython alone, without Pacer on it.")
@click.option("--board", "board_name", default="esp32_devkit", show_default=True, help="Which board it is.")
@click.pass_context
def board(context: click.Context, folder: Path | None, workout: str, empty: bool, board_name: str) -> None:
    """A virtual board on a serial port: try mpremote and the other commands without a watch.

    \b
    Examples:
      pacer board
      pacer board --folder flash --empty
      pacer board --board xiao_esp32s3
      pacer board check my_board
    """
    if context.invoked_subcommand is not None:
        return

    path = in_library(Path(workout))
    try:
        text = path.read_text(encoding="utf-8")
        parsed = notation.parse(text)
        parsed.resolve(pf.parse((WORKOUTS / "example.profile").read_bytes()))
    except OSError as e:
        raise Sorry(f"{path} cannot be read ({e.strerror})") from e
    except (notation.NotationError, pf.Unresolved) as e:
        raise Sorry(f"{path}: {e}") from e
    with tempfile.TemporaryDirectory() as temporary:
        flash = folder or Path(temporary) / "flash"
        if not flash.exists() or not any(flash.iterdir()):
            if empty:
                image.bare(flash)
            else:
                profile = (WORKOUTS / "example.profile").read_text(encoding="utf-8")
                try:
                    image.build(flash, board_name, {path.name: text}, profile=profile)
                except FileNotFoundError as e:
                    raise Sorry(str(e)) from e
        try:
            virtual = Board(flash.resolve(), VirtualRunner(parsed, 1), board_name)
        except (Crashed, FileNotFoundError) as e:
            raise Sorry(str(e)) from e
        with virtual:
            print(virtual.port, flush=True)
            ERR.print(f"a board is on {virtual.port}; try: mpremote connect {virtual.port} ls, or pacer status --port "
                       f"{virtual.port}. Ctrl-C pulls the cable.", highlight=False)  # fmt: skip
            # A closed terminal pulls the cable, too: the default would leave the interpreter and the folder behind.
            for way in ("SIGHUP", "SIGTERM"):
                if hasattr(signal, way):
                    signal.signal(getattr(signal, way), signal.default_int_handler)
            try:
                while True:
                    time.sleep(1)
            except KeyboardInterrupt:
                pass


@board.command("check")
@click.argument("names", nargs=-1)
@json_option
def board_check(names: tuple[str, ...], as_json: bool) -> None:
    """Hold a board's facts to what its chip allows: pins, buses, addresses, drivers, wiring table, pictures.

    NAMES are boards of this project or folders of one's own; all boards of the project when none is given. Exit
    status 1 when something is wrong.

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
    if as_json:
        print(json.dumps({"boards": [{"board": n, "ok": not w, "wrong": w} for n, w in found.items()]}, indent=2))
    else:
        for name, wrong in found.items():
            OUT.print(f"{name}: {'in order' if not wrong else ''}", highlight=False)
            for sentence in wrong:
                OUT.print(f"  - {sentence}", highlight=False)
    if any(found.values()):
        raise SystemExit(1)
