"""What the commands have in common: complaints, options, and the files that they read and write."""

import glob
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import rich_click as click
from click.shell_completion import CompletionItem
from rich.console import Console
from rich.text import Text

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from .. import WORKOUTS, boards
from ..files import in_library, write_whole
from ..formats import runlog, shorthand
from ..link import Link, LinkError, find_port
from ..text import Units, plain
from ..twin import interp

OUT = Console()
ERR = Console(stderr=True)
PROFILE = Path("profile.txt")
_EXAMPLE = WORKOUTS / "example.profile"
_SLOWER_MM_S = 2940  # critical speed of 28:00 over 5 km: from here on sessions come in a smaller size


class Sorry(click.ClickException):
    """Bad input: one sentence, exit status 2."""


def fail(message: str) -> NoReturn:
    raise Sorry(message)


def say(text: str, style: str = "", to: Console = OUT) -> None:
    """A line that may hold what others have written: names, paths, notes. It is shown as it is, whatever is in it."""
    to.print(Text(plain(text), style), highlight=False, soft_wrap=True)


class WorkoutFile(click.Path):
    """A workout's file, or the name of one in the library, which the shell completes too."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        names = sorted(p.stem for p in WORKOUTS.glob(f"{glob.escape(incomplete)}*.txt"))
        files = [name + "/" if os.path.isdir(name) else name for name in glob.glob(glob.escape(incomplete) + "*")]
        return [
            CompletionItem(name) for name in [*names, *sorted(files)]
        ]  # bash takes names or its own files, not both


def is_slower(given: Path | None) -> bool:
    """Is the profile, the one that is named or profile.txt here, one for which sessions come in a smaller size?"""
    profile = given or PROFILE
    return profile.exists() and 0 < read_profile(profile).cs_mm_s <= _SLOWER_MM_S


def from_library(path: Path, given: Path | None = None) -> Path:
    """The path itself, or the library's workout of that name, in the size that suits the profile."""
    found = in_library(path, not path.exists() and is_slower(given))
    if found.parent.name == "slower":
        say(f"{path}: in its smaller size, for 28:00 over 5 km and slower ({found})", "dim", ERR)
    return found


def read_workout(path: Path, given: Path | None = None) -> tuple[str, wk.Workout]:
    """A workout file, or one of the library by its name in the size for this profile."""
    path = from_library(path, given)
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        fail(f"{path} is a folder; expected a workout file")
    except OSError:
        names = ", ".join(sorted(p.stem for p in WORKOUTS.glob("*.txt")))
        fail(f"{path}: there is no such file; the library has {names}")
    try:
        reading = shorthand.read(data)
    except notation.NotationError as e:
        fail(f"{path}: {e}")
    return reading.text, reading.workout


def read_profile(path: Path) -> pf.Profile:
    try:
        found: pf.Profile = pf.parse(path.read_bytes())
        return found
    except IsADirectoryError:
        fail(f"{path} is a folder; expected a profile")
    except OSError:
        fail(f"{path}: there is no such profile; make one with: pacer profile --race 5k=20:00 --file {path}")
    except pf.ProfileError as e:
        fail(f"{path}: {e}")


def profile_for(workout: wk.Workout, given: Path | None, quiet: bool = False) -> pf.Profile:
    """The profile that was named, else profile.txt here, else the example; the workout's targets by name with it.

    quiet: nothing is said of the example.
    """
    path = given or (PROFILE if PROFILE.exists() else _EXAMPLE)
    profile = read_profile(path)
    named = any(workout.target_a(r) < 0 or workout.target_b(r) < 0 for r in range(len(workout)))
    if path == _EXAMPLE and named and not quiet:
        ERR.print("[dim]no profile.txt here: paces by name are those of an example runner (5 km in 20:00)[/]")
    try:
        workout.resolve(profile)
    except pf.Unresolved as e:
        fail(f"{path}: {e}")
    return profile


def emit(value: dict[str, Any]) -> None:
    print(json.dumps(value, indent=2))


def runtime_option(f: Any) -> Any:
    return click.option(
        "--runtime", type=click.Choice([interp.UNIX, interp.WASM]), default=None,
        help="MicroPython for unix (64-bit, the default where it exists) or WebAssembly (32-bit).",
    )(f)  # fmt: skip


def profile_option(f: Any) -> Any:
    return click.option(
        "--profile", "profile_file", type=click.Path(path_type=Path), default=None,
        help="Profile for paces by name; profile.txt here if there is one, else an example runner.",
    )(f)  # fmt: skip


def units_option(f: Any) -> Any:
    return click.option(
        "--units", type=click.Choice(["km", "mi", "mile"]), default=None,
        help="Kilometres or miles; as the profile says if not said.",
    )(f)  # fmt: skip


def units_of(given: str | None, profile: pf.Profile | None) -> Units:
    """What the option says, else the profile."""
    return Units(given != "km") if given else Units(profile is not None and profile.miles)


def own_profile(given: Path | None = None) -> pf.Profile | None:
    """The profile that is named, else profile.txt here, else none."""
    path = given or (PROFILE if PROFILE.exists() else None)
    return read_profile(path) if path else None


def _board_known(context: Any, parameter: Any, name: str | None) -> str | None:
    """The board's name, after its facts could be read: a mistake in them is a sentence."""
    try:
        if name is not None:
            boards.facts(name)
    except FileNotFoundError as e:
        fail(str(e))
    except ValueError as e:
        fail(f"{boards.folder_of(name or '') / 'board.py'}: {e} (all of it: pacer board check {name})")
    return name


def board_option(default: str | None, text: str) -> Callable[[Any], Any]:
    option: Callable[[Any], Any] = click.option(
        "--board", "board_name", default=default, show_default=bool(default), callback=_board_known, help=text,
        shell_complete=lambda context, parameter, begun: [n for n in boards.names() if n.startswith(begun)],
    )  # fmt: skip
    return option


def json_option(f: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")(f)


def port_option(f: Any) -> Any:
    return click.option("--port", default=None, help="Serial port of the watch; found by itself if there is one.")(f)


@contextmanager
def connected(port: str | None) -> Iterator[Link]:
    """The watch on the cable; every complaint is one sentence."""
    try:
        with Link(port or find_port()) as link:
            yield link
    except LinkError as e:
        raise Sorry(str(e)) from e


def replace(path: Path, text: str) -> None:
    """Replace a file at once, the old one kept beside it."""
    try:
        if path.exists():
            write_whole(path.with_suffix(path.suffix + ".old"), path.read_bytes())
        write_whole(path, text.encode())
    except OSError as e:
        fail(f"{path} cannot be written ({e.strerror}); name another with --file")


def read_log(path: Path) -> runlog.RunLog:
    """The run of a file; what was not read of it is said."""
    try:
        log = runlog.read(path)
    except runlog.NotARun as e:
        fail(str(e))
    except IsADirectoryError:
        fail(f"{path} is a folder; expected a run of the watch")
    except OSError as e:
        fail(f"{path} cannot be read ({e.strerror}); expected a run of the watch, as runs/0001.run")
    for sentence in log.left_out:
        ERR.print(f"[yellow]{sentence}[/]", highlight=False)
    return log


def write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as e:
        fail(f"{path} cannot be written ({e.strerror}); name another with -o")
