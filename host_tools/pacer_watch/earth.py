"""How long a degree is (WGS 84), the same on every machine."""

import math

from .twin import exact


def metres_per_degree(lat_deg: float) -> tuple[float, float]:
    """(east, north) in metres at a latitude, by the usual series, as core/geodesy.py has it (NIMA TR8350.2)."""
    p = math.radians(lat_deg)
    east = 111412.84 * exact.cos(p) - 93.5 * exact.cos(3 * p) + 0.118 * exact.cos(5 * p)
    return east, 111132.954 - 559.822 * exact.cos(2 * p) + 1.175 * exact.cos(4 * p)
