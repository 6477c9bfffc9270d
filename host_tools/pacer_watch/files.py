"""Files: found in the library by name, written whole or not at all, none overwritten."""

from pathlib import Path

from . import WORKOUTS


def in_library(path: Path, slower: bool = False) -> Path:
    """The path itself, or the library's workout of that name; slower: in its smaller size, if it has one."""
    if path.exists():
        return path
    sizes = [WORKOUTS / "slower", WORKOUTS] if slower else [WORKOUTS]
    return next((known for size in sizes if (known := size / f"{path}.txt").exists()), path)


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, then put in its place: a file is there whole, old or new. Raises OSError."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    new.replace(path)


def free_name(path: Path, data: bytes) -> Path | None:
    """A name that overwrites nothing; None if this very run is there already."""
    k = 1
    free = path
    while free.exists():
        if free.read_bytes() == data:
            return None
        k += 1
        free = path.with_name(f"{path.stem}-{k}{path.suffix}")
    return free
