"""The laptop's end of the watch's link (firmware/pacer/app/link.py tells its frames).

Each request is sent again until it is answered; a file goes on where it stopped, and is checked on arrival.
"""

import binascii
import errno
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_END, _ESCAPE = 0x7E, 0x7D
_DATA = 160
_TRIES = 8
_WAIT_S = 0.7
_BODY_MOST = 400  # bytes of a frame; the watch's have 200
_FILES_MOST = 20_000
_BYTES_MOST = 16 << 20  # of a file: the whole flash of a watch
_NAME = re.compile(r"(?:(?:runs|workouts)/)?[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_NONSENSE = "what the watch says makes no sense ({}); press its reset button and try again, or put the firmware on anew"
_VIDS = (0x303A, 0x10C4, 0x1A86, 0x0403, 0x2E8A)  # Espressif, CP210x, CH340, FTDI, Raspberry Pi

PORTS = "python -m serial.tools.list_ports tells which there are, pacer board makes one without a watch"

Progress = Callable[[int, int], None]


class LinkError(Exception):
    """The watch does not answer, or refuses; the text says what to do."""


class WatchRefused(LinkError):
    """The watch understood and said no, with its reason."""


@dataclass
class File:
    """A file on the watch."""

    name: str
    size: int


def encode(kind: str, number: int, payload: bytes) -> bytes:
    """One frame as it goes over the wire."""
    body = bytes([ord(kind), number]) + payload
    body += binascii.crc32(body).to_bytes(4, "little")
    out = bytearray([_END])
    for b in body:
        if b < 32 or _ESCAPE <= b <= 127:
            out += bytes([_ESCAPE, b ^ 32])
        else:
            out.append(b)
    out.append(_END)
    return bytes(out)


class Decoder:
    """Bytes in, frames out: (kind, number, payload). Everything else is passed over."""

    def __init__(self) -> None:
        self.body: bytearray | None = None
        self._escaped = False

    def feed(self, data: bytes) -> list[tuple[str, int, bytes]]:
        out = []
        for b in data:
            if b == _END:
                if self.body is not None and len(self.body) > 5:
                    body = bytes(self.body)
                    if binascii.crc32(body[:-4]).to_bytes(4, "little") == body[-4:]:
                        out.append((chr(body[0]), body[1], body[2:-4]))
                self.body, self._escaped = bytearray(), False
            elif self.body is not None:
                if b == _ESCAPE:
                    self._escaped = True
                elif b < 32 or len(self.body) >= _BODY_MOST:
                    self.body = None
                else:
                    self.body.append(b ^ 32 if self._escaped else b)
                    self._escaped = False
        return out


def _number(text: bytes | str, most: int, least: int = 0, base: int = 10) -> int:
    """A number that the watch has said. Raises LinkError for what is none, or out of bounds."""
    try:
        number = int(text, base) if len(text) <= 12 else -1
    except ValueError:
        number = -1
    if not least <= number <= most:
        raise LinkError(_NONSENSE.format(f"{text[:20]!r} for a number to {most}"))
    return number


def _text(data: bytes) -> str:
    """What the watch has said, without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in data.decode(errors="replace"))


def find_port() -> str:
    """The one port that looks like a watch. Raises LinkError when there is none, or more than one."""
    from serial.tools import list_ports

    named = os.environ.get("PACER_PORT")
    if named:
        return named
    ports = [p.device for p in list_ports.comports() if p.vid in _VIDS]
    if not ports:
        raise LinkError(
            f"no watch found on any USB port; plug it in, or name its port with --port or PACER_PORT. {PORTS}"
        )
    if len(ports) > 1:
        raise LinkError(f"more than one board is plugged in ({', '.join(ports)}); name one with --port")
    return str(ports[0])


def why_closed(port: str, error: Exception) -> str:
    """Why a port cannot be opened, and what to do about it."""
    from serial.tools import list_ports

    number = getattr(error, "errno", None)
    if number == errno.EACCES:
        return f"{port} cannot be opened: you may not. On Linux: sudo usermod -aG dialout $USER, then log in again"
    if number == errno.ENOENT or (number is None and not os.path.exists(port)):
        there = [p.device for p in list_ports.comports() if p.vid is not None]
        ports = f"on USB {'are' if len(there) > 1 else 'is'} {', '.join(there)}" if there else "and none on USB"
        return f"{port} cannot be opened: there is no such port ({ports}). {PORTS}"
    return f"{port} cannot be opened: another program has it, or it is no serial port. {PORTS}"


class Link:
    """with Link(port) as link: link.put(...). port: a device or PTY."""

    def __init__(self, port: str, baud: int = 115200) -> None:
        import serial

        self._serial = serial.Serial()
        self._serial.port = port
        self._serial.baudrate = baud
        self._serial.timeout = 0.02
        self._serial.exclusive = True  # two commands on one port would take each other's answers
        self._serial.dtr = self._serial.rts = False  # on many boards these lines are the reset
        try:
            self._serial.open()
        except (serial.SerialException, OSError) as e:
            raise LinkError(why_closed(port, e)) from e
        self._decoder = Decoder()
        self._number = int(time.time() * 7) & 255
        self.telemetry: list[str] = []
        self.hello = ""

    def __enter__(self) -> "Link":
        self.hello = self._ask_first()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._serial.close()

    def _ask_first(self) -> str:
        try:
            return _text(self.request("H", b"", tries=6))
        except WatchRefused:
            raise
        except LinkError as e:
            raise LinkError(
                "the watch does not answer: is Pacer running on it (no REPL open, no other program on the port)? "
                "Press its reset button and try again"
            ) from e

    def request(self, kind: str, payload: bytes, tries: int = _TRIES) -> bytes:
        """Ask and wait for the answer; sent again while none comes. Raises LinkError, WatchRefused."""
        import serial

        self._number = (self._number + 1) & 255
        frame = encode(kind, self._number, payload)
        try:
            for _ in range(tries):
                self._serial.write(frame)
                until = time.monotonic() + _WAIT_S
                while time.monotonic() < until:
                    for answer, number, data in self._decoder.feed(self._serial.read(self._serial.in_waiting or 1)):
                        if answer == "v":
                            self.telemetry = [*self.telemetry[-999:], _text(data)]
                        elif number == self._number and answer == "x":
                            raise WatchRefused(_text(data))
                        elif number == self._number and answer == kind.lower():
                            return data
        except (serial.SerialException, OSError) as e:
            raise LinkError(f"the cable is out ({e}); plug it in and do it again: what has gone over is kept") from e
        raise LinkError("the watch does not answer any more; what has gone over is kept: do it again")

    def files(self) -> list[File]:
        """What is on the watch."""
        out: list[File] = []
        while True:
            text = _text(self.request("L", b"%d" % len(out)))
            if not text:
                return out
            for line in text.splitlines():
                size, _, name = line.partition(" ")
                if not _NAME.fullmatch(name) or len(out) >= _FILES_MOST:
                    raise LinkError(_NONSENSE.format(f"{name[:20]!r} as its file number {len(out) + 1}"))
                out.append(File(name, _number(size, _BYTES_MOST)))

    def put(self, name: str, data: bytes, progress: Progress = lambda done, size: None) -> None:
        """Load a file; it is there whole under its name, or not at all."""
        head = b"%d %08x %s" % (len(data), binascii.crc32(data), name.encode())
        at = _number(self.request("P", head), len(data))
        while at < len(data):
            part = data[at : at + _DATA]
            at = _number(self.request("D", at.to_bytes(4, "little") + part), at + len(part), at + 1)
            progress(at, len(data))
        self.request("E", b"")

    def get(self, name: str, progress: Progress = lambda done, size: None) -> bytes:
        """Fetch a file."""
        said = self.request("S", name.encode()).split()
        if len(said) != 2:
            raise LinkError(_NONSENSE.format("no size and CRC"))
        size, crc = _number(said[0], _BYTES_MOST), _number(said[1], 0xFFFFFFFF, base=16)
        out = bytearray()
        while len(out) < size:
            part = self.request("G", b"%d %s" % (len(out), name.encode()))
            if not part:
                break
            out += part
            progress(min(len(out), size), size)
        data = bytes(out[:size])
        if binascii.crc32(data) != crc:
            raise LinkError(f"{name} came damaged, or was written meanwhile; fetch it again")
        return data

    def remove(self, name: str) -> None:
        self.request("R", name.encode())

    def mark(self, name: str) -> None:
        """A run is safe on the laptop: the watch may delete it when it needs room."""
        self.request("M", name.encode())

    def set_clock(self) -> None:
        t = time.gmtime()
        self.request("T", b"%d %d %d %d %d %d %d" % (*t[:3], t.tm_wday, *t[3:6]))

    def status(self) -> dict[str, Any]:
        """What the watch is doing; numbers as numbers."""
        out: dict[str, Any] = {}
        for line in _text(self.request("Q", b"")).splitlines():
            key, _, value = line.partition(" ")
            out[key] = int(value) if re.fullmatch(r"-?[0-9]{1,12}", value) else value
        return out

    def crash(self) -> str:
        """The last exception that the watch wrote down, as one line; empty when there was none."""
        try:
            return _text(self.request("C", b""))
        except WatchRefused:
            return ""  # an older firmware

    def watch(self, on: bool) -> None:
        """Telemetry on or off."""
        self.request("W", b"1" if on else b"0")

    def listen(self, seconds: float) -> list[str]:
        """Telemetry lines that come in this time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for kind, _, data in self._decoder.feed(self._serial.read(self._serial.in_waiting or 1)):
                if kind == "v":
                    self.telemetry = [*self.telemetry[-999:], _text(data)]
        out, self.telemetry = self.telemetry, []
        return out
