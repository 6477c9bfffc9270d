"""flash: Pacer onto a board."""

import time
from dataclasses import asdict
from pathlib import Path

import rich_click as click
from rich.progress import BarColumn, Progress, TextColumn

from .. import boards
from .. import flash as flashing
from ..link import LinkError, find_port
from ..twin.interp import Crashed
from .common import ERR, OUT, Sorry, board_option, emit, json_option, port_option


@click.command()
@board_option(None, "Which board it is: a folder of boards/, or one's own by its path; else what it was flashed as.")
@click.option("--yes", "sure", is_flag=True, help="It may become another board than it was flashed as.")
@click.option(
    "--micropython",
    type=click.Path(path_type=Path),
    default=None,
    help="First put MicroPython on: its .bin. Erases all!",
)
@click.option("--chip", default=None, help="For esptool: esp32, esp32s3, ...; the board's own if not said.")
@port_option
@json_option
def flash(
    board_name: str | None, sure: bool, micropython: Path | None, chip: str | None, port: str | None, as_json: bool
) -> None:  # fmt: skip
    """Put Pacer on a board, or a newer one over it. Only what has changed is sent; cut off, the old one stays.

    A new firmware that does not start three times gives way to the old one. It is done when the new one has answered.

    \b
    Examples:
      pacer flash
      pacer flash --board xiao_esp32s3
      pacer flash --micropython ESP32_GENERIC.bin --chip esp32 --port /dev/ttyUSB0
    """
    try:
        if board_name:
            chip = chip or boards.facts(board_name).CHIP
            wrong = [f for f in boards.check(boards.folder_of(board_name)) if not isinstance(f, boards.Advice)]
            if wrong:
                ERR.print(
                    f"[yellow]{board_name}: {wrong[0]} (all of it: pacer board check {board_name})[/]", highlight=False
                )
        where = port or find_port()
        if micropython:
            if not chip:
                raise Sorry("say which board it is (--board) or its chip (--chip esp32, --chip esp32s3)")
            flashing.erase_and_write(where, micropython, chip)
            time.sleep(3)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total} files"))
        with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
            task = bar.add_task("looking at the board", total=None)
            done = flashing.flash(
                where, board_name, sure, lambda k, n, name: bar.update(task, completed=k, total=n, description=name)
            )
    except (flashing.FlashError, LinkError, Crashed, FileNotFoundError) as e:
        raise Sorry(str(e)) from e
    if as_json:
        emit(asdict(done))
        return
    OUT.print(
        f"Pacer {done.now} runs on it ({done.sent} of {done.files} files sent; before: {done.before or 'nothing'})"
    )
