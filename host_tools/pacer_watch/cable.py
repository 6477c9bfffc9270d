"""The commands of the cable: board, flash, load, ls, pull, rm, status, watch."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from pacer.core import notation
from pacer.core import profile as pf

from . import WORKOUTS
from .files import in_library, json_option, write_whole
from .link import Link, LinkError, WatchRefused, find_port
from .text import clock, pace

_OUT = Console()
_ERR = Console(stderr=True)


def _port_option(f: Any) -> Any:
    return click.option("--port", default=None, help="Serial port of the watch; found by itself if there is one.")(f)


@contextmanager
def _watch(port: str | None) -> Iterator[Link]:
    """The watch on the cable; every complaint is one sentence."""
    try:
        with Link(port or find_port()) as link:
            yield link
    except LinkError as e:
        raise click.ClickException(str(e)) from e


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=_ERR, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, size: bar.update(task, completed=done, total=size)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_port_option
def load(files: tuple[Path, ...], port: str | None) -> None:
    """Put workouts, or a profile, on the watch. It may be running.

    What does not parse is refused here, with line and column, and once more by the watch.

    \b
    Examples:
      pacer load tuesday.txt
      pacer load 5x1000m ladder-5x1000 --port /dev/ttyUSB0
      pacer load profile.txt
    """
    ready = [_check(path) for path in files]
    with _watch(port) as link:
        link.set_clock()
        for name, data in ready:
            with _bar(name) as progress:
                try:
                    link.put(name, data, progress)
                except WatchRefused as e:
                    raise click.ClickException(f"{name}: the watch refuses it: {e}") from e
            _OUT.print(f"{name}: {len(data)} bytes")


def _check(path: Path) -> tuple[str, bytes]:
    """(name on the watch, bytes) of a workout or profile that can be read."""
    path = in_library(path)
    try:
        data = path.read_bytes()
    except OSError as e:
        raise click.ClickException(f"{path} cannot be read ({e.strerror}); expected a workout or profile") from e
    try:
        if data.startswith(b"# Pacer profile"):
            pf.parse(data)
            return "profile.txt", data
        notation.parse(data)
    except (notation.NotationError, pf.ProfileError) as e:
        raise click.ClickException(f"{path}: {e}") from e
    stem = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in path.stem).lstrip(".")[:40]
    return f"workouts/{stem or 'workout'}.txt", data


@click.command()
@_port_option
@json_option
def ls(port: str | None, as_json: bool) -> None:
    """List what is on the watch: workouts, runs, the profile. Fetched runs end in .got.

    \b
    Examples:
      pacer ls
      pacer ls --json
    """
    with _watch(port) as link:
        files = link.files()
    if as_json:
        print(json.dumps([{"name": f.name, "size": f.size} for f in files], indent=2))
        return
    for f in files:
        _OUT.print(f"{f.size:>8}  {f.name}", highlight=False)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("runs"))
@click.option("--all", "everything", is_flag=True, help="Also runs that were fetched before.")
@_port_option
@json_option
def pull(folder: Path, everything: bool, port: str | None, as_json: bool) -> None:
    """Fetch runs into a folder. Each is checked, written whole, and may then go from the watch when it needs room.

    \b
    Examples:
      pacer pull
      pacer pull ~/running/runs --all
    """
    got = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise click.ClickException(f"the folder {folder} cannot be made ({e.strerror})") from e
    with _watch(port) as link:
        active = link.status()["state"] in ("running", "paused")
        runs = [f for f in link.files() if f.name.startswith("runs/") and (everything or f.name.endswith(".run"))]
        if active and runs:
            newest = max((f.name for f in runs), key=lambda name: (len(name), name))  # 9999 comes before 10000
            runs = [f for f in runs if f.name != newest]
            _ERR.print("a run is on: it can be fetched when it has ended")
        for f in runs:
            with _bar(f.name) as progress:
                data = link.get(f.name, progress)
            target = _free_name(folder / (Path(f.name).stem + ".run"), data)
            if target is not None:
                write_whole(target, data)
                got.append(str(target))
            if f.name.endswith(".run"):
                link.mark(f.name)
            if not as_json:
                _OUT.print(f"{f.name}: {len(data)} bytes" + ("" if target else ", already here"))
    if as_json:
        print(json.dumps({"files": got}, indent=2))
    elif not got:
        _OUT.print("nothing new")


def _free_name(path: Path, data: bytes) -> Path | None:
    """A name that overwrites nothing; None if this very run is there already."""
    k = 1
    free = path
    while free.exists():
        if free.read_bytes() == data:
            return None
        k += 1
        free = path.with_name(f"{path.stem}-{k}{path.suffix}")
    return free


@click.command()
@click.argument("names", nargs=-1, required=True)
@_port_option
def rm(names: tuple[str, ...], port: str | None) -> None:
    """Delete files on the watch, by the names that pacer ls shows.

    \b
    Examples:
      pacer rm workouts/tuesday.txt
    """
    with _watch(port) as link:
        for name in names:
            try:
                link.remove(name if "/" in name or name.endswith("profile.txt") else f"workouts/{name}")
            except WatchRefused as e:
                raise click.ClickException(f"{name}: {e}") from e
            _OUT.print(f"{name}: gone")


@click.command()
@_port_option
@json_option
def status(port: str | None, as_json: bool) -> None:
    """What the watch is doing: state, fix, battery, memory, and what its last crash was.

    \b
    Examples:
      pacer status
      pacer status --json
    """
    with _watch(port) as link:
        facts: dict[str, Any] = {"watch": link.hello, **link.status(), "last_crash": link.crash() or None}
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        if key == "battery":
            value = "not measured" if value == -1 else f"{value} %"
        elif key == "last_crash":
            value = value or "none"
        _OUT.print(f"{key.replace('_', ' '):>16}  {value}", highlight=False)


@click.command()
@click.option("--seconds", type=float, default=None, help="Stop after so long; else with Ctrl-C.")
@_port_option
@json_option
def watch(seconds: float | None, port: str | None, as_json: bool) -> None:
    """Look over the runner's shoulder: pace, target, distance, once a second, while the run goes on undisturbed.

    \b
    Examples:
      pacer watch
      pacer watch --seconds 60 --json
    """
    keys = ("run_ms", "run_mm", "step", "speed_mm_s", "raw_mm_s", "cadence_spm", "confidence", "pace_ms_km", "balance")
    until = time.monotonic() + seconds if seconds else float("inf")
    with _watch(port) as link:
        link.watch(True)
        try:
            while time.monotonic() < until:
                for line in link.listen(0.5):
                    state, *numbers = line.split()
                    facts: dict[str, Any] = {"state": state, **dict(zip(keys, map(int, numbers), strict=False))}
                    if as_json:
                        print(json.dumps(facts), flush=True)
                        continue
                    v, target = facts["speed_mm_s"], facts["pace_ms_km"]
                    _OUT.print(
                        f"{state:8} {clock(facts['run_ms']):>9}  {facts['run_mm'] / 1e6:6.3f} km  "
                        f"step {facts['step'] + 1:<3} "
                        f"{pace(round(1e9 / v)) if v > 300 else '-':>7} for {pace(target) if target else '-':<7} "
                        f"{facts['cadence_spm']} spm",
                        highlight=False,
                    )
        except KeyboardInterrupt:
            pass
        finally:
            link.watch(False)


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
    import tempfile

    from .twin import flash as image
    from .twin.board import Board
    from .twin.interp import Crashed
    from .twin.runner import VirtualRunner

    path = in_library(Path(workout))
    try:
        text = path.read_text(encoding="utf-8")
        parsed = notation.parse(text)
        parsed.resolve(pf.parse((WORKOUTS / "example.profile").read_bytes()))
    except OSError as e:
        raise click.ClickException(f"{path} cannot be read ({e.strerror})") from e
    except (notation.NotationError, pf.Unresolved) as e:
        raise click.ClickException(f"{path}: {e}") from e
    with tempfile.TemporaryDirectory() as temporary:
        flash = folder or Path(temporary) / "flash"
        if not flash.exists() or not any(flash.iterdir()):
            if empty:
                (flash / ".twin").mkdir(parents=True)
            else:
                profile = (WORKOUTS / "example.profile").read_text(encoding="utf-8")
                try:
                    image.build(flash, board_name, {path.name: text}, profile=profile)
                except FileNotFoundError as e:
                    raise click.ClickException(str(e)) from e
        try:
            virtual = Board(flash.resolve(), VirtualRunner(parsed, 1), board_name)
        except (Crashed, FileNotFoundError) as e:
            raise click.ClickException(str(e)) from e
        with virtual:
            print(virtual.port, flush=True)
            _ERR.print(f"a board is on {virtual.port}; try: mpremote connect {virtual.port} ls, or pacer status --port "
                       f"{virtual.port}. Ctrl-C pulls the cable.", highlight=False)  # fmt: skip
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
    from . import boards

    found: dict[str, list[str]] = {}
    for name in names or boards.names():
        try:
            found[name] = boards.check(boards.folder_of(name))
        except FileNotFoundError as e:
            raise click.ClickException(str(e)) from e
    if as_json:
        print(json.dumps({"boards": [{"board": n, "ok": not w, "wrong": w} for n, w in found.items()]}, indent=2))
    else:
        for name, wrong in found.items():
            _OUT.print(f"{name}: {'in order' if not wrong else ''}", highlight=False)
            for sentence in wrong:
                _OUT.print(f"  - {sentence}", highlight=False)
    if any(found.values()):
        raise SystemExit(1)


@click.command()
@click.option(
    "--board",
    "board_name",
    default="esp32_devkit",
    show_default=True,
    help="Which board it is: a folder of boards/, or one's own by its path.",
)
@click.option(
    "--micropython",
    type=click.Path(path_type=Path),
    default=None,
    help="First put MicroPython on: its .bin. Erases all!",
)
@click.option("--chip", default=None, help="For esptool: esp32, esp32s3, ...; the board's own if not said.")
@_port_option
def flash(board_name: str, micropython: Path | None, chip: str | None, port: str | None) -> None:
    """Put Pacer on a board, or a newer one over it. Only what has changed is sent; cut off, the old one stays.

    \b
    Examples:
      pacer flash
      pacer flash --micropython ESP32_GENERIC.bin --chip esp32 --port /dev/ttyUSB0
    """
    from . import boards
    from . import flash as flashing
    from .twin.interp import Crashed

    try:
        facts = boards.load(board_name)
        wrong = boards.check(boards.folder_of(board_name))
        if wrong:
            _ERR.print(
                f"[yellow]{board_name}: {wrong[0]} (all of it: pacer board check {board_name})[/]", highlight=False
            )
        where = port or find_port()
        if micropython:
            flashing.erase_and_write(where, micropython, chip or facts.CHIP)
            time.sleep(3)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total} files"))
        with Progress(*columns, console=_ERR, transient=True) as bar:
            task = bar.add_task("looking at the board", total=None)
            done = flashing.flash(
                where, board_name, lambda k, n, name: bar.update(task, completed=k, total=n, description=name)
            )
    except (flashing.FlashError, LinkError, Crashed, FileNotFoundError) as e:
        raise click.ClickException(str(e)) from e
    _OUT.print(
        f"Pacer {done.now} is on it ({done.sent} of {done.files} files sent; before: {done.before or 'nothing'})"
    )


COMMANDS = (board, flash, load, ls, pull, rm, status, watch)
