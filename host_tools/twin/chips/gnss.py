"""A GNSS receiver on a wire: takes fixes from a source and says them in NMEA, as a u-blox M8 does."""

from collections.abc import Callable
from dataclasses import dataclass

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
            out.append((at + self.COMPUTE_US, self._say(at)))
            self._epoch += 1
            self.epochs += 1
        return out

    def hear(self, data: bytes, baud: int) -> None:
        """Commands in are the business of ubx.py; this one is set up at the factory."""

    def _say(self, at_us: int) -> bytes:
        o = self._observe(at_us)
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
