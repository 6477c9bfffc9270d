"""Files of the command line: found in the library by name, written whole or not at all."""

from pathlib import Path
from typing import Any

import rich_click as click

from . import WORKOUTS


def json_option(f: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")(f)


def in_library(path: Path) -> Path:
    """The path itself, or the workout of the library that is called so."""
    known = WORKOUTS / f"{path}.txt"
    return known if not path.exists() and known.exists() else path


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, then put in its place: a file is there whole, old or new. Raises OSError."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    new.replace(path)
