"""Latitude and longitude to millimetres on a local plane (WGS 84).

A coordinate is whole degrees and micro-minutes of the same sign, since degrees x 1e7 is no small
integer. One micro-minute is about 1.85 mm. Millimetres per degree by the usual series (NIMA TR8350.2):
latitude 111132.954 - 559.822 cos 2p + 1.175 cos 4p m, longitude 111412.84 cos p - 93.5 cos 3p m.
"""

from micropython import const

from .fixed import cos_q14

_FAR_MM = const(5_000_000)
_UMIN_DEG = const(60_000_000)
# The series in mm per micro-minute, Q14: m per degree / 60,000 * 16384.
_LAT_0 = const(30_347)
_LAT_2 = const(153)
_LON_1 = const(30_423)
_LON_3 = const(26)


class Plane:
    """East (x_mm) and north (y_mm) of an origin that follows the runner.

    The origin is the first place, and moves when the runner is more than 5 km off: shift_x_mm and
    shift_y_mm then say how far places known before have to be moved, and are 0 otherwise.
    """

    def __init__(self):
        self.clear()

    def clear(self):
        self.known = False
        self.x_mm = self.y_mm = 0
        self.shift_x_mm = self.shift_y_mm = 0
        self.at_x_mm = self.at_y_mm = 0
        self.at_lat_deg = self.at_lat_umin = self.at_lon_deg = self.at_lon_umin = 0
        self._lat_deg = self._lat_umin = self._lon_deg = self._lon_umin = 0
        self._k_lat = self._k_lon = 0

    def place(self, lat_deg, lat_umin, lon_deg, lon_umin):
        """Set x_mm and y_mm to this place. Valid within 8 degrees of the origin; farther, it moves there."""
        self.shift_x_mm = self.shift_y_mm = 0
        if not self.known:
            self._center(lat_deg, lat_umin, lon_deg, lon_umin)
            return
        d_lat = lat_deg - self._lat_deg
        d_lon = lon_deg - self._lon_deg
        if d_lon > 180:  # across the date line
            d_lon -= 360
        elif d_lon < -180:
            d_lon += 360
        if not -8 < d_lat < 8 or not -8 < d_lon < 8:
            self._center(lat_deg, lat_umin, lon_deg, lon_umin)
            self.shift_x_mm = self.shift_y_mm = _FAR_MM  # far from everything known before
            return
        # < 2**30: 8 degrees are 480e6 micro-minutes
        x = _scale(d_lon * _UMIN_DEG + lon_umin - self._lon_umin, self._k_lon)
        y = _scale(d_lat * _UMIN_DEG + lat_umin - self._lat_umin, self._k_lat)
        if -_FAR_MM < x < _FAR_MM and -_FAR_MM < y < _FAR_MM:
            self.x_mm = x
            self.y_mm = y
            return
        self._center(lat_deg, lat_umin, lon_deg, lon_umin)
        self.shift_x_mm = -x
        self.shift_y_mm = -y

    def locate(self, lat_deg, lat_umin, lon_deg, lon_umin):
        """Set at_x_mm and at_y_mm to a place that is not the runner's; the origin stays. Far away: 2**29."""
        d_lat = lat_deg - self._lat_deg
        d_lon = lon_deg - self._lon_deg
        if not self.known or not -8 < d_lat < 8 or not -8 < d_lon < 8:
            self.at_x_mm = self.at_y_mm = 1 << 29
            return
        self.at_x_mm = _scale(d_lon * _UMIN_DEG + lon_umin - self._lon_umin, self._k_lon)
        self.at_y_mm = _scale(d_lat * _UMIN_DEG + lat_umin - self._lat_umin, self._k_lat)

    def invert(self, x_mm, y_mm):
        """Set at_lat_deg, at_lat_umin, at_lon_deg, at_lon_umin to a place on the plane, within 100 km of the origin."""
        self.at_lat_deg = self._lat_deg
        self.at_lat_umin = self._lat_umin + _unscale(y_mm, self._k_lat)
        self.at_lon_deg = self._lon_deg
        self.at_lon_umin = self._lon_umin + (_unscale(x_mm, self._k_lon) if self._k_lon else 0)

    def _center(self, lat_deg, lat_umin, lon_deg, lon_umin):
        self.known = True
        self._lat_deg = lat_deg
        self._lat_umin = lat_umin
        self._lon_deg = lon_deg
        self._lon_umin = lon_umin
        self.x_mm = self.y_mm = 0
        milli_minutes = lat_deg * 60_000 + lat_umin // 1000
        angle = milli_minutes * 64 // 21_094  # 65536 to the turn of 21,600,000, to 1 in 80,000
        self._k_lat = _LAT_0 - ((_LAT_2 * cos_q14(2 * angle) + 8192) >> 14)
        k = (_LON_1 * cos_q14(angle) - _LON_3 * cos_q14(3 * angle) + 8192) >> 14
        self._k_lon = k if k > 0 else 0  # at the poles east has no length


def _scale(umin, k_q14):
    """umin * k / 2**14 in two halves, each below 2**30. abs(umin) < 2**29, k < 2**15."""
    if umin < 0:
        umin = -umin
        return -((umin >> 14) * k_q14 + ((umin & 16383) * k_q14 >> 14))
    return (umin >> 14) * k_q14 + ((umin & 16383) * k_q14 >> 14)


def _unscale(mm, k_q14):
    """mm * 2**14 / k, rounded down in size; abs(mm) < 10**8, k at least 2**10 (88 degrees north)."""
    if mm < 0:
        return -_unscale(-mm, k_q14)
    whole = mm // k_q14
    return (whole << 14) + ((mm - whole * k_q14 << 14) // k_q14)  # < 2**30: rest < k < 2**15
