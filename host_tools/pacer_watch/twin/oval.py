"""The standard 400 m track: two straights of 84.39 m and two half circles (World Athletics, 36.50 m kerb)."""

import math

from ..earth import metres_per_degree
from . import exact

STRAIGHT_M = 84.39
KERB_M = 36.50
LANE_M = 1.22


def measured_radius(lane: int, kerb_m: float = KERB_M) -> float:
    """Radius of the line a lane is measured on: 0.30 m out of the kerb, 0.20 m out of the other lines."""
    return kerb_m + 0.30 if lane == 1 else kerb_m + LANE_M * (lane - 1) + 0.20


class Oval:
    """Places on a lane by distance run; counter-clockwise unless clockwise is set."""

    def __init__(
        self,
        lane: int = 1,
        lat_deg: float = 51.5,
        lon_deg: float = 4.3,
        turn_deg: float = 32.0,
        clockwise: bool = False,
        straight_m: float = STRAIGHT_M,
        kerb_m: float = KERB_M,
    ) -> None:
        self.straight_m = straight_m
        self.radius = measured_radius(lane, kerb_m)
        self.lap_m = 2 * straight_m + 2 * math.pi * self.radius
        self._lat = lat_deg
        self._lon = lon_deg
        self.turn_deg = turn_deg
        self._turn = math.radians(turn_deg)
        self._cos = exact.cos(self._turn)
        self._sin = exact.sin(self._turn)
        self.clockwise = clockwise
        self._m_lon, self._m_lat = metres_per_degree(lat_deg)

    def local(self, run_m: float) -> tuple[float, float, float]:
        """(x, y, heading in radians from x) on the oval's own axes."""
        s = run_m % self.lap_m
        straight = self.straight_m
        half = math.pi * self.radius
        if s < straight:
            x, y, heading = s - straight / 2, -self.radius, 0.0
        elif s < straight + half:
            heading = (s - straight) / self.radius
            x, y = straight / 2 + self.radius * exact.sin(heading), -self.radius * exact.cos(heading)
        elif s < 2 * straight + half:
            x, y, heading = straight / 2 - (s - straight - half), self.radius, math.pi
        else:
            turned = (s - 2 * straight - half) / self.radius
            heading = math.pi + turned
            x, y = -straight / 2 - self.radius * exact.sin(turned), self.radius * exact.cos(turned)
        if self.clockwise:
            return x, -y, -heading
        return x, y, heading

    def place(self, run_m: float, error_east_m: float = 0.0, error_north_m: float = 0.0) -> tuple[float, float, float]:
        """(latitude, longitude, course in degrees) after run_m metres, with an error added."""
        x, y, heading = self.local(run_m)
        east = x * self._cos - y * self._sin + error_east_m
        north = x * self._sin + y * self._cos + error_north_m
        course = 90 - math.degrees(heading + self._turn)
        return self._lat + north / self._m_lat, self._lon + east / self._m_lon, course
