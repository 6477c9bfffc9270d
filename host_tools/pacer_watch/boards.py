"""Boards: folders of facts. load() reads one, check() holds it to what its chip allows and to the shape that all
have.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from . import BOARDS, FIRMWARE
from .chips import CHIPS, Chip

_FACTS = (
    "NAME", "CHIP", "MHZ", "IMAGE", "PSRAM", "I2C", "SPI", "GNSS", "DISPLAY", "IMU", "BUZZER", "BUTTONS", "POWER",
    "CLOCK", "BATTERY",
)  # fmt: skip
_MOST_BYTES = 100_000  # of a board.py
_PSRAM = tuple(mb * 1024 * 1024 for mb in (2, 4, 8, 16, 32))
_SHAPE = (KeyError, TypeError, AttributeError, ValueError, IndexError)
_MAKERS = ("u-blox", "casic", "mediatek", "any", "none")
FILES = ("board.py", "README.md", "board.json", "pins.csv", "manifest.py", "mpconfigboard.cmake", "mpconfigboard.h")


class Advice(str):
    """A finding that keeps no watch from running: what is better, or what an image and a README need."""


def names() -> list[str]:
    return sorted(p.parent.name for p in BOARDS.glob("*/board.py"))


def folder_of(name: str) -> Path:
    """The folder of a board of this project, or of one's own by its path. Raises FileNotFoundError."""
    for folder in (BOARDS / name, Path(name)):
        if (folder / "board.py").is_file():
            return folder
    raise FileNotFoundError(f"no board {name!r}; there are: {', '.join(names())}, or name a folder with a board.py")


def new(folder: Path, source: str) -> list[Path]:
    """Start a board of one's own as another is. Returns its files.

    Raises FileNotFoundError, FileExistsError, ValueError.
    """
    name = folder.name
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        raise ValueError(f"{name!r} is no name of a board: small letters, digits and _, as my_watch")
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    old = folder_of(source)
    title = name.replace("_", " ")
    texts = {file: (old / file).read_text(encoding="utf-8") for file in FILES if (old / file).is_file()}
    texts["board.py"] = re.sub(r"^NAME = .*$", f'NAME = "{name}"', texts["board.py"], count=1, flags=re.M)
    texts["README.md"] = _readme(title, texts.get("README.md", ""))
    texts["manifest.py"] = re.sub(r'base_path="[^"]*"', f'base_path="{FIRMWARE.as_posix()}"', texts["manifest.py"])
    texts["board.json"] = re.sub(r'"product": "[^"]*"', f'"product": "{title} with Pacer"', texts["board.json"])
    header = texts["mpconfigboard.h"]
    texts["mpconfigboard.h"] = re.sub(r'(BOARD_NAME +)"[^"]*"', rf'\1"{title}, Pacer"', header)
    folder.mkdir(parents=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return [folder / file for file in texts]


def _readme(title: str, other: str) -> str:
    """A new board's README: the wiring table of the one that it begins as."""
    table = [line for line in other.splitlines() if line.startswith("|")]
    lines = [f"# {title}", "", *table, "", "The facts are in [board.py](board.py).", "", "## Screens", ""]
    lines += ["As the twin draws them on this board's models:", "", "![All screens](screens.png)", ""]
    return "\n".join(lines)


def load(name: str) -> ModuleType:
    """A board's facts, read and not run. Raises FileNotFoundError for a board that is none, ValueError for no facts."""
    module = ModuleType("board_facts")
    with (folder_of(name) / "board.py").open("rb") as f:
        text = f.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES} bytes")
    try:
        tree = ast.parse(text)
    except SyntaxError as e:
        where = f"line {e.lineno}" if e.lineno else "the file"
        raise ValueError(f"{where} is no Python: {e.msg}") from e
    except (RecursionError, MemoryError, ValueError) as e:
        raise ValueError(f"it is no Python ({e})") from e
    for k, node in enumerate(tree.body):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            setattr(module, node.targets[0].id, _fact(node.value))
        elif k or not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # its docstring
            raise ValueError(f"line {node.lineno}: expected NAME = a fact; nothing else is read, and nothing is run")
    return module


def _fact(node: ast.expr) -> Any:
    """A literal, or a product of whole numbers such as 8 * 1024 * 1024."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        a, b = _fact(node.left), _fact(node.right)
        if isinstance(a, int) and isinstance(b, int) and abs(a * b) < 1 << 40:
            return a * b
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"line {node.lineno}: expected numbers, texts, lists and None, written out") from None


def facts(name: str) -> ModuleType:
    """A board's facts, each of them there and of the right shape. Raises FileNotFoundError, else ValueError."""
    board = load(name)
    missing = [fact for fact in _FACTS if not hasattr(board, fact)]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}; what a board does not have is None")
    try:
        list(_wrong_facts(board, folder_of(name)))
    except _SHAPE as e:
        raise ValueError(f"a fact has not the shape of the other boards' ({type(e).__name__}: {e})") from e
    return board


def driver_file(chip: str) -> str:
    """Where a chip's driver is (the two OLEDs share one)."""
    return "oled" if chip in ("ssd1306", "sh1106") else chip


def parts(board: ModuleType) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part that is a chip on a bus: its name and facts."""
    yield "DISPLAY", board.DISPLAY
    for i, imu in enumerate(board.IMU):
        yield f"IMU[{i}]", imu
    for name in ("POWER", "CLOCK"):
        if getattr(board, name):
            yield name, getattr(board, name)


Use = tuple[int, str, str]  # GPIO, what for, "out", "in", "both", "pulled" (an input with a pull-up) or "adc"


def pins(board: ModuleType) -> list[Use]:
    """Each pin that a board uses. What alternatives share comes once."""
    found: dict[tuple[int, str], Use] = {}
    for uses in fittings(board).values():
        found.update(((pin, what), (pin, what, way)) for pin, what, way in uses)
    order = {what: i for i, (_, what, _) in enumerate(_all_uses(board))}
    return sorted(found.values(), key=lambda use: order[use[1]])


def fittings(board: ModuleType) -> dict[str, list[Use]]:
    """The pins in use with each IMU that may be the one that answers, and with none.

    As Parts finds it: the candidates are tried in their order, and one on SPI leaves the bus and its chip select set up
    whether it answers or not; the interrupt line is that of the one that answers.
    """
    always = [use for use in _all_uses(board) if not use[1].startswith(("IMU", "SPI"))]
    found: dict[str, list[Use]] = {}
    tried: list[Use] = []
    for i, imu in enumerate(board.IMU):
        if imu.get("cs") is not None:
            bus = [use for use in _all_uses(board) if use[1].startswith("SPI")]
            tried = [*dict.fromkeys([*tried, *bus, (imu["cs"], "IMU CS", "out")])]
        line = [(imu["int"], "IMU INT", "in")] if imu.get("int") is not None else []
        found[f"IMU[{i}]"] = [*always, *tried, *line]
    found["no IMU"] = [*always, *tried]
    return found


def _all_uses(board: ModuleType) -> Iterator[Use]:
    for bus in board.I2C:
        yield bus["scl"], f"I2C {bus['id']} SCL", "both"
        yield bus["sda"], f"I2C {bus['id']} SDA", "both"
    if board.SPI:
        yield board.SPI["sck"], "SPI SCK", "out"
        yield board.SPI["mosi"], "SPI MOSI", "out"
        yield board.SPI["miso"], "SPI MISO", "in"
    yield board.GNSS["tx"], "GNSS TX", "out"
    yield board.GNSS["rx"], "GNSS RX", "in"
    for imu in board.IMU:
        for key, way in (("cs", "out"), ("int", "in")):
            if imu.get(key) is not None:
                yield imu[key], f"IMU {key.upper()}", way
    yield board.BUZZER["pin"], "BUZZER", "out"
    for name, pin in board.BUTTONS.items():
        if isinstance(pin, int):
            yield pin, f"BUTTON {name.upper()}", "pulled"
    if board.POWER and board.POWER["irq"] is not None:
        yield board.POWER["irq"], "POWER IRQ", "pulled"
    if board.BATTERY:
        yield board.BATTERY["pin"], "BATTERY", "adc"


def shared(board: ModuleType) -> Iterator[str]:
    """Pins that two parts share in a fitting, a sentence each. Alternatives may: only one of them is there."""
    every = fittings(board)
    found: dict[str, list[str]] = {}
    for fitting, uses in every.items():
        used: dict[int, str] = {}
        for pin, what, _ in uses:
            if pin in used:
                found.setdefault(f"GPIO {pin} is used twice: by {used[pin]} and {what}", []).append(fitting)
            used[pin] = what
    for sentence, where in found.items():
        yield sentence if len(where) == len(every) else f"{sentence}, with {' or '.join(where)}"


def check(folder: Path) -> list[str]:
    """What is wrong with a board's folder, a sentence each; empty when it is right. Advice is marked as such."""
    if not (folder / "board.py").is_file():
        return ["board.py is missing; pacer board new makes one"]
    try:
        board = facts(str(folder))
        wrong = [*_wrong_facts(board, folder), *_wrong_files(board, folder)]
    except (ValueError, OSError) as e:
        wrong = [f"board.py cannot be read: {e}"]
    except _SHAPE as e:
        wrong = [f"a fact has not the shape of the other boards' ({type(e).__name__}: {e})"]
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        wrong.append(Advice(f"{', '.join(missing)} {are} missing: an image and its README need them; pacer board new "
                            "makes all of them"))  # fmt: skip
    return sorted(wrong, key=lambda finding: isinstance(finding, Advice))


def _wrong_facts(board: ModuleType, folder: Path) -> Iterator[str]:
    if folder.resolve().name != board.NAME:
        yield f"NAME is {board.NAME!r}, but the folder is called {folder.resolve().name!r}"
    chip = CHIPS.get(board.CHIP)
    if chip is None:
        yield f"CHIP {board.CHIP!r} is not known; known are {', '.join(CHIPS)}"
        return
    if board.MHZ not in chip.mhz:
        yield f"MHZ {board.MHZ}: an {chip.name} runs at one of {chip.mhz}"
    yield from _wrong_psram(board)
    yield from _wrong_pins(board, chip)
    for bus in board.I2C:
        if not 0 <= bus["id"] < chip.i2cs:
            yield f"I2C {bus['id']}: an {chip.name} has {chip.i2cs}"
        if not 10_000 <= bus["freq"] <= 400_000:
            yield f"I2C at {bus['freq']} Hz: the parts go from 10 to 400 kHz"
    if board.SPI and board.SPI["id"] not in chip.spis:
        yield f"SPI {board.SPI['id']}: free on an {chip.name} are {chip.spis}"
    gnss = board.GNSS
    if not 0 < gnss["uart"] < chip.uarts:
        yield f"GNSS on UART {gnss['uart']}: 1 to {chip.uarts - 1}, since UART 0 is the console's"
    if gnss["maker"] not in _MAKERS:
        yield f"GNSS maker {gnss['maker']!r} is none of {', '.join(_MAKERS)}"
    if not gnss["bauds"] or not all(4800 <= b <= 921_600 for b in gnss["bauds"]) or 115_200 not in gnss["bauds"]:
        yield "GNSS bauds: 4800 to 921600, with 115200 among them, to which the receiver is switched"
    if not 1 <= gnss["rate_hz"] <= 10:
        yield f"GNSS rate_hz {gnss['rate_hz']} is not 1 to 10"
    used: set[tuple[int, int]] = set()
    for name, part in parts(board):
        if not (FIRMWARE / "pacer" / "drivers" / f"{driver_file(part['chip'])}.py").exists():
            yield f"{name}: there is no driver for {part['chip']!r} in firmware/pacer/drivers"
        if "cs" in part:
            if not board.SPI:
                yield f"{name} is on SPI, but SPI is None"
            continue
        if not 0 <= part["i2c"] < len(board.I2C):
            yield f"{name}: I2C bus {part['i2c']} is not in I2C"
        for address in part.get("addresses", (part.get("address"),)):
            if not 0x08 <= address <= 0x77:
                yield f"{name}: I2C address 0x{address:02x} is reserved"
            if (part["i2c"], address) in used:
                yield f"{name}: I2C address 0x{address:02x} is taken by another part"
            used.add((part["i2c"], address))
    if "power" in board.BUTTONS.values() and not board.POWER:
        yield "a button is the power key, but POWER is None"
    if set(board.BUTTONS) != {"lap", "back"}:
        yield "BUTTONS has to name lap and back"
    if board.BATTERY and not 1 <= board.BATTERY["ratio"] <= 10:
        yield f"BATTERY ratio {board.BATTERY['ratio']} is not 1 to 10"


def octal(board: ModuleType) -> bool:
    """Whether its PSRAM has eight data lines: such a module has an image of its own."""
    return bool(board.PSRAM) and board.IMAGE.endswith("-SPIRAM_OCT")


def _wrong_psram(board: ModuleType) -> Iterator[str]:
    stock, _, variant = board.IMAGE.partition("-")
    if board.PSRAM is None:
        if "SPIRAM" in variant:
            yield f"IMAGE {board.IMAGE} is for modules with PSRAM, but PSRAM is None: is it {stock}?"
    elif board.PSRAM not in _PSRAM:
        yield f"PSRAM {board.PSRAM!r}: bytes, 2 to 32 MB (8 MB is 8 * 1024 * 1024); None where the module has none"
    elif board.CHIP == "esp32" and "SPIRAM" not in variant:
        yield Advice(f"IMAGE {board.IMAGE} leaves the PSRAM unused: {stock}-SPIRAM finds it")


def _wrong_pins(board: ModuleType, chip: Chip) -> Iterator[str]:
    yield from shared(board)
    psram = chip.psram if board.PSRAM and (board.CHIP == "esp32" or octal(board)) else ()
    for pin, what, way in pins(board):
        if pin not in chip.pins:
            yield f"GPIO {pin} ({what}) does not exist on an {chip.name}"
        elif pin in chip.flash:
            yield f"GPIO {pin} ({what}) belongs to the flash of an {chip.name}"
        elif pin in psram:
            yield f"GPIO {pin} ({what}) belongs to the PSRAM of this module"
        elif pin in chip.input_only and way not in ("in", "adc"):
            yield f"GPIO {pin} ({what}) of an {chip.name} is input only and has no pull-up"
        elif pin in chip.usb:
            yield f"GPIO {pin} ({what}) is the USB port of an {chip.name}"
        elif pin == chip.console[1] or (pin == chip.console[0] and what != "BUZZER"):
            yield f"GPIO {pin} ({what}) is the console of an {chip.name}: what comes there is read as keys pressed"
        elif pin in chip.strapping and not (pin == 0 and what.startswith("BUTTON")):
            # A button on GPIO 0 is the BOOT button that boards have; all else may keep the chip from starting.
            yield Advice(f"GPIO {pin} ({what}) is a strapping pin of an {chip.name}: it decides how the chip starts")
        if way == "adc" and pin not in chip.adc1:
            yield f"GPIO {pin} ({what}) is on no ADC 1 of an {chip.name}"
    lap = board.BUTTONS.get("lap")
    if isinstance(lap, int) and lap not in chip.wakes:
        yield f"GPIO {lap} (BUTTON LAP) cannot wake an {chip.name} from deep sleep"


def _wrong_files(board: ModuleType, folder: Path) -> Iterator[str]:
    csv = folder / "pins.csv"
    if csv.exists():
        rows = [line.split(",") for line in csv.read_text().splitlines() if line and not line.startswith("#")]
        said = {name.strip(): gpio.strip() for name, gpio in rows}
        wanted = {what.replace(" ", "_"): f"GPIO{pin}" for pin, what, _ in pins(board)}
        for name in sorted(wanted.keys() | said.keys()):
            if wanted.get(name) != said.get(name):
                yield f"pins.csv says {said.get(name, 'nothing')} for {name}, board.py {wanted.get(name, 'nothing')}"
    definition = folder / "mpconfigboard.cmake"
    if definition.exists():
        text = definition.read_text(encoding="utf-8")
        if board.PSRAM and "sdkconfig.spiram" not in text:
            yield Advice("mpconfigboard.cmake names no sdkconfig.spiram file: the image would leave the PSRAM unused")
        elif not board.PSRAM and "sdkconfig.spiram" in text:
            yield "mpconfigboard.cmake names a sdkconfig.spiram file, but PSRAM is None"
        elif octal(board) != ("sdkconfig.spiram_oct" in text):
            yield f"mpconfigboard.cmake and IMAGE {board.IMAGE} do not agree whether the PSRAM is octal"
    readme = folder / "README.md"
    if readme.exists():
        text = readme.read_text(encoding="utf-8")
        for pin, what, _ in pins(board):
            if f"| {pin} |" not in text:
                yield Advice(f"README.md's wiring table has no row for GPIO {pin} ({what})")
        if "screens.png" not in text:
            yield Advice("README.md does not show the screens (screens.png)")
        elif not (folder / "screens.png").exists():
            yield Advice(
                f"screens.png does not exist; python -m pacer_watch.gallery {folder} draws what the twin shows"
            )
