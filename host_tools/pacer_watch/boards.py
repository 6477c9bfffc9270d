"""Boards: folders of facts. load() reads one, check() holds it to what its chip allows and to the shape that all
have.
"""

import ast
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
_MAKERS = ("u-blox", "casic", "mediatek", "any", "none")
FILES = ("board.py", "README.md", "board.json", "pins.csv", "manifest.py", "mpconfigboard.cmake", "mpconfigboard.h")


def names() -> list[str]:
    return sorted(p.parent.name for p in BOARDS.glob("*/board.py"))


def folder_of(name: str) -> Path:
    """The folder of a board of this project, or of one's own by its path. Raises FileNotFoundError."""
    for folder in (BOARDS / name, Path(name)):
        if (folder / "board.py").is_file():
            return folder
    raise FileNotFoundError(f"no board {name!r}; there are: {', '.join(names())}, or name a folder with a board.py")


def load(name: str) -> ModuleType:
    """A board's facts, read and not run. Raises FileNotFoundError for a board that is none, ValueError for no facts."""
    module = ModuleType("board_facts")
    with (folder_of(name) / "board.py").open("rb") as f:
        text = f.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES} bytes")
    try:
        tree = ast.parse(text)
    except (SyntaxError, RecursionError, MemoryError) as e:
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
    """What is wrong with a board's folder, a sentence each; empty when it is right."""
    wrong = [
        f"{name} is missing; copy it from another board and change it" for name in FILES if not (folder / name).exists()
    ]
    if not (folder / "board.py").is_file():
        return wrong
    try:
        board = load(str(folder))
    except Exception as e:
        return [*wrong, f"board.py cannot be read ({type(e).__name__}: {e})"]
    missing = [name for name in _FACTS if not hasattr(board, name)]
    if missing:
        return [*wrong, f"board.py lacks {', '.join(missing)}; what a board does not have is None"]
    try:
        wrong += list(_wrong_facts(board, folder))
        wrong += list(_wrong_files(board, folder))
    except (KeyError, TypeError, AttributeError, ValueError, OSError) as e:
        wrong.append(f"a fact has not the shape of the other boards' ({type(e).__name__}: {e})")
    return wrong


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
        yield f"IMAGE {board.IMAGE} leaves the PSRAM unused: {stock}-SPIRAM finds it"


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
            yield f"GPIO {pin} ({what}) is a strapping pin of an {chip.name}: it decides how the chip starts"
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
            yield "mpconfigboard.cmake names no sdkconfig.spiram file: the image would leave the PSRAM unused"
        elif not board.PSRAM and "sdkconfig.spiram" in text:
            yield "mpconfigboard.cmake names a sdkconfig.spiram file, but PSRAM is None"
        elif octal(board) != ("sdkconfig.spiram_oct" in text):
            yield f"mpconfigboard.cmake and IMAGE {board.IMAGE} do not agree whether the PSRAM is octal"
    readme = folder / "README.md"
    if readme.exists():
        text = readme.read_text(encoding="utf-8")
        for pin, what, _ in pins(board):
            if f"| {pin} |" not in text:
                yield f"README.md's wiring table has no row for GPIO {pin} ({what})"
        if "screens.png" not in text:
            yield "README.md does not show the screens (screens.png)"
        elif not (folder / "screens.png").exists():
            yield "screens.png does not exist; `make screens` draws it as the twin shows it"
