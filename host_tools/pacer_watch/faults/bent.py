"""Receivers that lie or fall silent."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from ..twin.chips.gnss import NmeaReceiver, Observation, sentence

AT_US = 60_000_000  # when the faults begin: the first step's 40th second, the runner steady
_M_DEG = 111_000  # metres to a degree of latitude, roughly


@dataclass(frozen=True)
class Bend:
    """How a receiver lies from `from_us` on for `for_s` seconds; clock_s, date and move hold to the end."""

    from_us: int = AT_US
    for_s: float = 5
    silent: bool = False  # it says nothing
    lost: bool = False  # it has no fix
    frozen: bool = False  # it says the same fix again and again
    jump_m: float = 0.0  # it is so far south
    noise: float = 0.0  # the share of bytes with a wrong bit
    leap: bool = False  # the minute's 59th second is its 60th
    clock_s: int = 0  # its time of day is ahead
    date: bytes = b""  # its date, ddmmyy
    move: tuple[float, float] = (0.0, 0.0)  # all the time it is elsewhere: degrees of latitude and longitude

    def now(self, at_us: int) -> bool:
        return self.from_us <= at_us < self.from_us + int(1e6 * self.for_s)


class Bent(NmeaReceiver):
    """An NMEA receiver at 1 Hz that lies as its Bend says."""

    def __init__(self, observe: Callable[[int], Observation], bend: Bend) -> None:
        self._true = observe
        self._bend = bend
        self._frozen: Observation | None = None
        super().__init__(self._bent)

    def _bent(self, at_us: int) -> Observation:
        o, bend = self._true(at_us), self._bend
        if o.lat_deg is None:
            return o
        lat, lon = o.lat_deg + bend.move[0], (o.lon_deg + bend.move[1] + 180) % 360 - 180
        o = Observation(lat, lon, o.speed_m_s, o.course_deg, o.sats, o.hdop)
        if not bend.now(at_us):
            return o
        if bend.jump_m:
            return Observation(max(-89.9, lat - bend.jump_m / _M_DEG), lon, o.speed_m_s, o.course_deg)
        if bend.frozen:
            self._frozen = self._frozen or o
            return self._frozen
        return Observation(None) if bend.lost else o

    def nmea(self, at_us: int, o: Observation) -> bytes:
        bend = self._bend
        lying, begun = bend.now(at_us), at_us >= bend.from_us
        if lying and bend.silent:
            return b""
        said = super().nmea(at_us + int(1e6 * bend.clock_s) * begun, o)
        if begun and bend.date:
            said = _changed(said, b"231126", bend.date)
        if lying and bend.leap:
            said = _changed(said, b",093059", b",093060")
        if lying and bend.noise:
            rng = random.Random(at_us)
            said = bytes(b ^ (1 << rng.randrange(8)) if rng.random() < bend.noise else b for b in said)
        return said


class Silent(NmeaReceiver):
    """An NMEA receiver at 1 Hz that says nothing for `for_s` seconds from each of some times (seconds) on."""

    def __init__(self, observe: Callable[[int], Observation], from_s: list[float], for_s: float) -> None:
        super().__init__(observe)
        self._from_s = from_s
        self._for_s = for_s

    def nmea(self, at_us: int, o: Observation) -> bytes:
        said = super().nmea(at_us, o)
        return b"" if any(0 < at_us / 1e6 - t < self._for_s for t in self._from_s) else said


def _changed(said: bytes, old: bytes, new: bytes) -> bytes:
    """Sentences with something else in them, and the checksums that they have then."""
    lines = [line.replace(old, new) for line in said.splitlines()]
    return b"".join(sentence(line[1:].partition(b"*")[0].decode()) for line in lines)
