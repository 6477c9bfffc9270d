"""The files of the watch on its cable: load, ls, pull, rm."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import rich_click as click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from pacer.core import notation
from pacer.core import profile as pf

from ..files import free_name, write_whole
from ..formats import shorthand
from ..link import WatchRefused
from .common import ERR, OUT, Sorry, WorkoutFile, connected, emit, from_library, json_option, port_option, say


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=ERR, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, size: bar.update(task, completed=done, total=size)


@click.command()
@click.argument("files", nargs=-1, required=True, type=WorkoutFile())
@port_option
@json_option
def load(files: tuple[Path, ...], port: str | None, as_json: bool) -> None:
    """Put workouts, or a profile, on the watch. It may be running.

    A name that is no file here is one of the library (pacer workouts lists it). A coach's shorthand goes to the watch
    in its own notation. What has no reading, or two, is refused here, with line and column.

    \b
    Examples:
      pacer load tuesday.txt
      pacer load 5x1000m ladder-5x1000 --port /dev/ttyUSB0
      pacer load profile.txt
    """
    ready = [_check(path) for path in files]
    with connected(port) as link:
        link.set_clock()
        for name, data in ready:
            with _bar(name) as progress:
                try:
                    link.put(name, data, progress)
                except WatchRefused as e:
                    hint = ", then pacer load profile.txt" if "pacer profile" in str(e) else ""
                    raise Sorry(f"{name}: the watch refuses it: {e}{hint}") from e
            if not as_json:
                say(f"{name}: {len(data)} bytes")
    if as_json:
        emit({"files": [{"name": name, "bytes": len(data)} for name, data in ready]})


def _check(path: Path) -> tuple[str, bytes]:
    """(name on the watch, bytes) of a workout or profile that can be read."""
    path = from_library(path)
    try:
        data = path.read_bytes()
    except OSError as e:
        wanted = "a workout, a profile, or a name that pacer workouts lists"
        raise Sorry(f"{path} cannot be read ({e.strerror}); expected {wanted}") from e
    try:
        if data.startswith(b"# Pacer profile"):
            pf.parse(data)
            return "profile.txt", data
        reading = shorthand.read(data)
        for written, given in reading.taken:
            say(f"{path.name}: '{written}' goes to the watch as '{given}'", to=ERR)
        data = reading.text.encode()
    except (notation.NotationError, pf.ProfileError) as e:
        raise Sorry(f"{path}: {e}") from e
    return _workout_on_watch(path), data


def _workout_on_watch(path: Path) -> str:
    """What a workout's file is called on the watch."""
    stem = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in path.stem).lstrip(".")[:40]
    return f"workouts/{stem or 'workout'}.txt"


@click.command()
@port_option
@json_option
def ls(port: str | None, as_json: bool) -> None:
    """List what is on the watch: workouts, runs, the profile. Fetched runs end in .got.

    \b
    Examples:
      pacer ls
      pacer ls --json
    """
    with connected(port) as link:
        files = link.files()
    if as_json:
        print(json.dumps([{"name": f.name, "size": f.size} for f in files], indent=2))
        return
    for f in files:
        say(f"{f.size:>8}  {f.name}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("runs"))
@click.option("--all", "everything", is_flag=True, help="Also runs that were fetched before.")
@port_option
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
        raise Sorry(f"the folder {folder} cannot be made ({e.strerror})") from e
    with connected(port) as link:
        status = link.status()
        runs = [f for f in link.files() if f.name.startswith("runs/") and (everything or f.name.endswith(".run"))]
        open_log = status.get("log")
        if open_log is None and status.get("state") in ("running", "paused") and runs:  # an older firmware
            open_log = max((f.name for f in runs), key=lambda name: (len(name), name))  # 9999 comes before 10000
        if open_log:
            runs = [f for f in runs if f.name != open_log]
            say(f"{open_log} is not done on the watch: it can be fetched when it is", to=ERR)
        for f in runs:
            with _bar(f.name) as progress:
                data = link.get(f.name, progress)
            try:
                target = free_name(folder / (Path(f.name).stem + ".run"), data)
                if target is not None:
                    write_whole(target, data)
                    got.append(str(target))
            except OSError as e:
                raise Sorry(f"{f.name} cannot be written into {folder} ({e.strerror}); it stays on the watch") from e
            if f.name.endswith(".run"):
                try:
                    link.mark(f.name)
                except WatchRefused as e:
                    say(f"{f.name}: the watch keeps it as not fetched ({e})", to=ERR)
            if not as_json:
                say(f"{f.name}: {len(data)} bytes" + ("" if target else ", already here"))
    if as_json:
        emit({"files": got})
    elif not got:
        OUT.print("nothing new")


@click.command()
@click.argument("names", nargs=-1, required=True)
@port_option
@json_option
def rm(names: tuple[str, ...], port: str | None, as_json: bool) -> None:
    """Delete files on the watch, by the names that pacer ls shows, or those that pacer load took.

    \b
    Examples:
      pacer rm tuesday.txt
      pacer rm ladder-5x1000 runs/0003.got
      pacer rm profile.txt
    """
    gone = []
    with connected(port) as link:
        there = {f.name for f in link.files()}
        for name in names:
            found = next((n for n in (name, _workout_on_watch(Path(name)), f"runs/{name}") if n in there), None)
            if found is None:
                raise Sorry(f"{name} is not on the watch; pacer ls shows what is")
            try:
                link.remove(found)
            except WatchRefused as e:
                raise Sorry(f"{found}: {e}") from e
            there.remove(found)
            gone.append(found)
            if not as_json:
                say(f"{found}: gone")
    if as_json:
        emit({"gone": gone})
