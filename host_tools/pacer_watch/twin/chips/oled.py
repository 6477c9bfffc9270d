"""SSD1306 and SH1106: control bytes, commands and addressing modes into a display memory of their own.

Solomon Systech, SSD1306 data sheet rev 1.1: 8.1.5 (I2C control byte), table 9 (commands), 10.1.3
(addressing modes). Sino Wealth, SH1106 data sheet v2.3: the same control byte, its own commands, page addressing alone.
"""

import numpy as np

from . import Refused

_WIDTH, _PAGES = 128, 8
# Commands with the number of argument bytes that follow.
_ARGUMENTS = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1,
    0x26: 6, 0x27: 6, 0x29: 5, 0x2A: 5, 0xA3: 2,
}  # fmt: skip


_DIM = 0x30  # a contrast below that counts as dimmed


class SSD1306:
    """An I2C device: write() takes one whole transaction."""

    _NAME = "SSD1306"
    _COLUMNS = _WIDTH
    _KNOWN = _ARGUMENTS

    def __init__(self) -> None:
        self._cells = np.zeros((_PAGES, self._COLUMNS), np.uint8)
        self.on = False
        self.charge_pump = False
        self.contrast = 0x7F
        self.inverted = False
        self.all_on = False
        self.remap_columns = False
        self.remap_rows = False
        self.frames = 0  # changes whenever the glass may
        self.data_bytes = 0
        self._mode = 2
        self._columns = (0, 127)
        self._pages = (0, 7)
        self._column = 0
        self._page = 0

    @property
    def memory(self) -> np.ndarray:
        """What the glass is wired to: 8 pages of 128 columns."""
        return self._cells

    def light(self) -> int:
        """0 off, 1 dimmed, 2 bright."""
        return 0 if not self.on else 1 if self.contrast < _DIM else 2

    def write(self, data: bytes) -> None:
        i = 0
        commands = b""
        while i < len(data):
            control = data[i]
            i += 1
            if control & 0x3F:
                raise Refused(f"{self._NAME}: control byte 0x{control:02x}: its low six bits are zero (8.1.5.2)")
            one = bool(control & 0x80)  # continuation: one byte, then another control byte
            body = data[i : i + 1] if one else data[i:]
            i += len(body)
            if control & 0x40:
                self._commands(commands)
                commands = b""
                self._store(body)
            else:
                commands += body
        self._commands(commands)

    def read(self, count: int) -> bytes:
        return bytes([0x40 if not self.on else 0x00]) * count  # status: bit 6 is display off

    def write_memory(self, register: int, data: bytes) -> None:
        self.write(bytes([register]) + data)

    def read_memory(self, register: int, count: int) -> bytes:
        raise Refused("SSD1306: display memory cannot be read back over I2C (8.1.5)")

    def _commands(self, body: bytes) -> None:
        i = 0
        while i < len(body):
            c = body[i]
            count = self._KNOWN.get(c, 0)
            args = body[i + 1 : i + 1 + count]
            if len(args) < count:
                raise Refused(f"{self._NAME}: command 0x{c:02x} wants {count} arguments, got {len(args)}")
            i += 1 + count
            self._command(c, args)

    def _command(self, c: int, args: bytes) -> None:
        self.frames += 1
        if c == 0x20:
            if args[0] > 2:
                raise Refused(f"SSD1306: addressing mode {args[0]} does not exist")
            self._mode = args[0]
        elif c == 0x21:
            self._columns = self._range(args, 127)
            self._column = args[0]
        elif c == 0x22:
            self._pages = self._range(args, 7)
            self._page = args[0]
        elif c == 0x81:
            self.contrast = args[0]
        elif c == 0x8D:
            self.charge_pump = bool(args[0] & 4)
        elif c in (0xAE, 0xAF):
            self.on = bool(c & 1)
        elif c in (0xA4, 0xA5):
            self.all_on = bool(c & 1)
        elif c in (0xA6, 0xA7):
            self.inverted = bool(c & 1)
        elif c in (0xA0, 0xA1):
            self.remap_columns = bool(c & 1)
        elif c in (0xC0, 0xC8):
            self.remap_rows = bool(c & 8)
        elif c == 0xA8:
            if not 15 <= args[0] <= 63:
                raise Refused(f"SSD1306: multiplex ratio {args[0]} is not 15 to 63")
        elif c <= 0x1F:
            if self._mode != 2:
                raise Refused("SSD1306: column start by 0x00-0x1F is for page addressing only")
            self._column = (self._column & 0xF0 | c) if c < 0x10 else (self._column & 0x0F | (c & 15) << 4)
        elif 0xB0 <= c <= 0xB7:
            if self._mode != 2:
                raise Refused("SSD1306: page start by 0xB0-0xB7 is for page addressing only")
            self._page = c & 7
        elif not (c in (0xD3, 0xD5, 0xD9, 0xDA, 0xDB, 0xE3, 0x2E, 0x2F) or 0x40 <= c <= 0x7F or c in _ARGUMENTS):
            raise Refused(f"SSD1306: no command 0x{c:02x}")

    def _range(self, args: bytes, most: int) -> tuple[int, int]:
        if args[0] > args[1] or args[1] > most:
            raise Refused(f"SSD1306: range {args[0]} to {args[1]} is not within 0 to {most}")
        return args[0], args[1]

    def _store(self, body: bytes) -> None:
        self.frames += 1
        self.data_bytes += len(body)
        first, last = self._columns if self._mode != 2 else (0, self._COLUMNS - 1)
        at = 0
        while at < len(body):
            if self._mode == 1:
                self._cells[self._page, self._column] = body[at]
                at += 1
                self._page += 1
                if self._page > self._pages[1]:
                    self._page = self._pages[0]
                    self._column = self._column + 1 if self._column < last else first
                continue
            count = min(len(body) - at, last + 1 - self._column)
            self._cells[self._page, self._column : self._column + count] = np.frombuffer(body, np.uint8, count, at)
            at += count
            self._column += count
            if self._column > last:
                self._column = first
                if self._mode == 0:
                    self._page = self._page + 1 if self._page < self._pages[1] else self._pages[0]

    def pixels(self) -> np.ndarray:
        """What the eye sees: 64 x 128 booleans, the connector at the top as modules are mounted."""
        if not (self.on and self.charge_pump):
            return np.zeros((64, 128), bool)
        if self.all_on:
            return np.ones((64, 128), bool)
        bits = np.unpackbits(self.memory[:, None, :], axis=1, bitorder="little").reshape(64, 128).astype(bool)
        if self.inverted:
            bits = ~bits
        if not self.remap_columns:
            bits = bits[:, ::-1]
        if not self.remap_rows:
            bits = bits[::-1]
        return bits


_SH1106_ARGUMENTS = dict.fromkeys((129, 168, 173, 211, 213, 217, 218, 219), 1)
_SH1106_PLAIN = {*range(0x00, 0x20), *range(0x30, 0x34), *range(0x40, 0x80), 0xA0, 0xA1, *range(0xA4, 0xA8), 0xAE, 0xAF,
                 *range(0xB0, 0xB8), *range(0xC0, 0xD0), 0xE0, 0xE3, 0xEE}  # fmt: skip


class SH1106(SSD1306):
    """132 columns of memory, of which the glass shows 2 to 129.

    No addressing modes, no windows, no charge pump command.
    """

    _NAME = "SH1106"
    _COLUMNS = 132
    _KNOWN = _SH1106_ARGUMENTS

    @property
    def memory(self) -> np.ndarray:
        return self._cells[:, 2:130]

    def _command(self, c: int, args: bytes) -> None:
        if c == 0xAD:
            if args[0] not in (0x8A, 0x8B):
                raise Refused(f"SH1106: DC-DC mode 0x{args[0]:02x} does not exist")
            self.charge_pump = args[0] == 0x8B
        elif c not in _SH1106_ARGUMENTS and c not in _SH1106_PLAIN:
            raise Refused(f"SH1106: no command 0x{c:02x}")
        elif not 0x30 <= c <= 0x33:
            super()._command(c, args)

    def _store(self, body: bytes) -> None:
        if self._column + len(body) > self._COLUMNS:
            raise Refused("SH1106: its column counter does not wrap; data is lost")
        super()._store(body)
