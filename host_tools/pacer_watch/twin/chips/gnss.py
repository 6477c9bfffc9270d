"""A GNSS receiver on a wire: takes fixes from a source and says them in NMEA, as a u-blox M8 does."""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

from pacer.core.gnss import ubx

from .. import exact

START_UTC_MS = (9 * 3600 + 30 * 60) * 1000  # 09:30:00, when the twin is switched on
_DATE = "231126"


@dataclass
class Observation:
    """What the receiver believes at an epoch. Degrees, m/s, degrees; None for lat: no fix."""

    lat_deg: float | None
    lon_deg: float = 0.0
    speed_m_s: float = 0.0
    course_deg: float = 0.0
    sats: int = 12
    hdop: float = 0.9


def sentence(body: str) -> bytes:
    total = 0
    for c in body.encode():
        total ^= c
    return f"${body}*{total:02X}\r\n".encode()


def _clock(utc_ms: int) -> str:
    utc_ms %= 86_400_000
    s, ms = divmod(utc_ms, 1000)
    return f"{s // 3600:02d}{s // 60 % 60:02d}{s % 60:02d}.{ms // 10:02d}"


def _angle(deg: float, width: int, letters: str) -> str:
    total = round(abs(deg) * 6_000_000)  # 1e-5 minutes, as the receiver prints
    return f"{total // 6_000_000:0{width}d}{total % 6_000_000 / 1e5:08.5f},{letters[deg < 0]}"


class NmeaReceiver:
    """Epochs at rate_hz, each said after the time that the receiver needs to compute it."""

    COMPUTE_US = 60_000

    def __init__(self, observe: Callable[[int], Observation], rate_hz: int = 1, baud: int = 9600) -> None:
        self._observe = observe
        self._period_us = 1_000_000 // rate_hz
        self._short = rate_hz > 1
        self.baud = baud
        self._epoch = 0
        self.epochs = 0

    def speak(self, until_us: int) -> list[tuple[int, bytes]]:
        out = []
        while self._epoch * self._period_us + self.COMPUTE_US <= until_us:
            at = self._epoch * self._period_us
            out.append((at + self.COMPUTE_US, self.say(at)))
            self._epoch += 1
            self.epochs += 1
        return out

    def hear(self, data: bytes, baud: int) -> None:
        """Does not listen: many cheap modules have no RX pin."""

    def say(self, at_us: int) -> bytes:
        """The bytes of an epoch; a receiver that lies or falls silent overrides it."""
        return self.nmea(at_us, self._observe(at_us))

    def nmea(self, at_us: int, o: Observation) -> bytes:
        """What it says of an epoch in NMEA."""
        clock = _clock(START_UTC_MS + at_us // 1000)
        if o.lat_deg is None:
            return sentence(f"GNRMC,{clock},V,,,,,,,{_DATE},,,N") + sentence(f"GNGGA,{clock},,,,,0,00,99.99,,,,,,")
        place = f"{_angle(o.lat_deg, 2, 'NS')},{_angle(o.lon_deg, 3, 'EW')}"
        knots = o.speed_m_s * 3600 / 1852
        course = f"{o.course_deg % 360:.2f}" if o.speed_m_s > 0.5 else ""
        rmc = sentence(f"GNRMC,{clock},A,{place},{knots:.3f},{course},{_DATE},,,A")
        gga = sentence(f"GNGGA,{clock},{place},1,{o.sats:02d},{o.hdop:.2f},12.3,M,45.6,M,,")
        if self._short:
            return rmc + gga
        vtg = sentence(f"GNVTG,{course},T,,M,{knots:.3f},N,{knots * 1.852:.3f},K,A")
        gsa = sentence("GNGSA,A,3,05,07,13,14,15,30,24,28,,,,,1.60,0.90,1.30")
        gsv = sentence("GPGSV,1,1,04,05,40,113,32,07,58,301,41,13,69,080,38,14,24,257,29")
        gll = sentence(f"GNGLL,{place},{clock},A,A")
        return rmc + vtg + gga + gsa + gsv + gll


class UbloxReceiver(NmeaReceiver):
    """A u-blox at its factory setting: NMEA, 1 Hz, 9600 baud. It takes the CFG-* frames of generation 8.

    UBX-13003221: 32.11 (CFG), 32.17.14 (NAV-PVT). What comes at another baud rate, with a wrong checksum or of
    another class it passes over, as the part does (it would answer with a NAK, which nobody reads).
    """

    def __init__(self, observe: Callable[[int], Observation], accuracy_m_s: float = 0.1) -> None:
        super().__init__(observe)
        self._accuracy_m_s = accuracy_m_s
        self._heard = b""
        self._wants_pvt = False
        self._ubx = False
        self._gsv = 0  # signal strengths each so many epochs
        self.saving = False  # in power save mode
        self.off = False  # until it hears something
        self.saved_us = 0
        self._next_us = self.COMPUTE_US
        self.models: list[int] = []  # dynamic models that it was told

    def restart(self, at_us: int) -> None:
        """A brown-out: back to the factory setting."""
        self.baud = 9600
        self._period_us = 1_000_000
        self._wants_pvt = self._ubx = self.saving = self.off = False
        self._gsv = 0
        self._next_us = (at_us // 1_000_000 + 2) * 1_000_000 + self.COMPUTE_US

    def speak(self, until_us: int) -> list[tuple[int, bytes]]:
        out = []
        while self._next_us <= until_us:
            at = self._next_us - self.COMPUTE_US
            o = self._observe(at)
            if not self.off:
                out.append((self._next_us, self._epoch_said(at, o)))
            if self.saving:
                self.saved_us += self._period_us
            self._next_us += self._period_us
            self.epochs += 1
        return out

    def _epoch_said(self, at_us: int, o: Observation) -> bytes:
        if not self._ubx:
            return self.nmea(at_us, o)
        said = self._pvt(at_us, o)
        if self._gsv and self.epochs % self._gsv == 0:
            said += sentence("GPGSV,1,1,04,05,40,113,42,07,58,301,44,13,69,080,38,14,24,257,36")
        return said

    def hear(self, data: bytes, baud: int) -> None:
        self.off = False
        if baud != self.baud:
            return
        self._heard += data
        while (start := self._heard.find(b"\xb5\x62")) >= 0 and len(self._heard) >= start + 8:
            length = int.from_bytes(self._heard[start + 4 : start + 6], "little")
            stop = start + 8 + length
            if len(self._heard) < stop:
                return
            frame, self._heard = self._heard[start:stop], self._heard[stop:]
            a = b = 0
            for c in frame[2:-2]:
                a = (a + c) & 255
                b = (b + a) & 255
            if frame[-2:] == bytes((a, b)) and frame[2] == 0x06:
                self._configure(frame[3], frame[6:-2])
            elif frame[-2:] == bytes((a, b)) and frame[2:4] == b"\x02\x41":
                self.off = True  # RXM-PMREQ

    def _configure(self, number: int, payload: bytes) -> None:
        if number == 0x24:
            self.models.append(payload[2])
        elif number == 0x08:
            self._period_us = 1000 * max(100, int.from_bytes(payload[:2], "little"))
        elif number == 0x01 and payload[:2] == b"\x01\x07":
            self._wants_pvt = bool(payload[2])
        elif number == 0x01 and payload[:2] == b"\xf0\x03":
            self._gsv = payload[2]
        elif number == 0x11:
            self.saving = payload[1] == 1
        elif number == 0x00 and payload[0] == 1:
            self.baud = int.from_bytes(payload[8:12], "little")
            self._ubx = self._wants_pvt

    def _pvt(self, at_us: int, o: Observation) -> bytes:
        ms = START_UTC_MS + at_us // 1000
        s = ms // 1000 % 86_400
        nano = ms % 1000 * 1_000_000
        fixed = o.lat_deg is not None
        payload = struct.pack("<IHBBBBBBIi", ms, 2026, 11, 23, s // 3600, s // 60 % 60, s % 60, 0x37, 25, nano)
        lat, lon = (round((o.lat_deg or 0) * 1e7), round(o.lon_deg * 1e7)) if fixed else (0, 0)
        payload += struct.pack("<BBBBiiii", 3 if fixed else 0, int(fixed), 0, o.sats, lon, lat, 0, 0)
        payload += struct.pack("<II", 2500, 4000)
        course = math.radians(o.course_deg % 360)
        north, east = o.speed_m_s * exact.cos(course), o.speed_m_s * exact.sin(course)
        payload += struct.pack("<iii", round(1000 * north), round(1000 * east), 0)
        payload += struct.pack("<ii", round(1000 * o.speed_m_s), round(1e5 * (o.course_deg % 360)))
        payload += struct.pack("<II", round(1000 * self._accuracy_m_s), 0)
        payload += struct.pack("<H", round(100 * o.hdop)) + bytes(14)
        return bytes(ubx.frame(1, 7, payload))
