"""Files: found in the library by name, written whole or not at all, none overwritten."""

import os
from pathlib import Path

from . import WORKOUTS


def in_library(path: Path, slower: bool = False) -> Path:
    """The path itself, or the library's workout of that name; slower: in its smaller size, if it has one."""
    return path if path.exists() else of_library(str(path), slower) or path


def of_library(name: str, slower: bool = False) -> Path | None:
    """The library's workout of that name, None for none; slower: in its smaller size, if it has one."""
    sizes = [WORKOUTS / "slower", WORKOUTS] if slower else [WORKOUTS]
    return next((known for size in sizes if (known := size / f"{name}.txt").exists()), None)


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, then put in its place: a file is on the disk whole, old or new. Raises OSError."""
    new = path.with_name(path.name + ".new")
    try:
        with new.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the folder's entry, too; Windows has no such call
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def free_name(path: Path, data: bytes) -> Path | None:
    """Where this run goes: over its own beginning, if that is in the folder under any name, else under a name that
    overwrites nothing; None if this very run is there already.
    """
    begun = None
    for known in sorted(path.parent.glob("*" + path.suffix)):
        with known.open("rb") as f:
            there = f.read(len(data) + 1)
        if there == data:
            return None
        if there and b"\n" in there and data.startswith(there):
            begun = known
    if begun:
        return begun
    k = 1
    free = path
    while free.exists():
        k += 1
        free = path.with_name(f"{path.stem}-{k}{path.suffix}")
    return free
