"""Pace, speed and their text.

Pace is in ms/km, speed in mm/s, and v = 10**9 / p ties them: 5'00"/km is 300,000 ms/km and
3,333 mm/s. Speeds are averaged, paces never are. Text goes byte by byte into a caller's buffer,
so that nothing is allocated while running.
"""

from micropython import const

from .fixed import mul_div

_MM_MS = const(1_000_000_000)  # < 2**30
PACE_SLOWEST_MS_KM = const(5_999_000)  # 99'59", the widest that the screen can show
_SPEED_LEAST_MM_S = const(167)
_TRACK_MOST_MM = const(1_600_000)
_TRACK_MM = const(50_000)


def pace_of_speed(speed_mm_s):
    """ms/km at a speed in mm/s, rounded to nearest; 0 when slower than can be shown (99'59")."""
    if speed_mm_s < _SPEED_LEAST_MM_S:
        return 0
    return (_MM_MS + (speed_mm_s >> 1)) // speed_mm_s


def speed_of_pace(pace_ms_km):
    """mm/s at a pace in ms/km, rounded to nearest; 0 for pace 0 (none)."""
    if pace_ms_km <= 0:
        return 0
    return (_MM_MS + (pace_ms_km >> 1)) // pace_ms_km


def way_mm(speed_mm_s, time_ms):
    """How far that goes, in mm. Below 2**30 for 24 hours at 12 m/s, 37 at 8."""
    seconds = time_ms // 1000
    return speed_mm_s * seconds + speed_mm_s * (time_ms - 1000 * seconds) // 1000


def pace_of_lap(time_ms, distance_mm):
    """A lap's own time over its own distance, in ms/km, rounded to nearest; 0 when there is none."""
    if distance_mm <= 0 or time_ms <= 0:
        return 0
    if distance_mm >= 0x1FFFFFFF:
        distance_mm >>= 1
        time_ms >>= 1
    if time_ms // distance_mm >= 6:  # slower than 99'59" a kilometre
        return 0
    pace = mul_div(time_ms, 1_000_000, distance_mm)
    left = mul_div(time_ms, 2_000_000, distance_mm) - 2 * pace
    pace += left
    return pace if pace <= PACE_SLOWEST_MS_KM else 0


def per_mile(pace_ms_km):
    """A pace in ms/km as ms a mile, of tenths of a second a kilometre."""
    return (pace_ms_km + 50) // 100 * 16_093 // 100  # < 2**30: 99'59" a kilometre


def of_track(distance_mm):
    """Is it a length that runs on a track have (400 m, 1200 m)? Metres stay metres there, in miles too."""
    return distance_mm <= _TRACK_MOST_MM and distance_mm % _TRACK_MM == 0


def hundredths_of_mile(distance_mm):
    """A distance in hundredths of a mile, rounded to nearest."""
    return ((distance_mm >> 5) * 25 + 6286) // 12_573  # < 2**30: 1,000 km; 12,573 x 32 mm are a quarter of a mile


def shown_seconds(ms):
    """A time or pace in ms as whole seconds for the eye: to nearest, so that 5:00 never reads 4:59."""
    return (ms + 500) // 1000


def put_number(buf, at, value, width, pad=32):
    """Write value right-aligned into buf[at:at + width]; the byte after it is at the returned index.

    pad fills to the left (32 a space, 48 a zero). What does not fit is shown as dashes.
    """
    end = at + width
    i = end - 1
    if value < 0:
        value = 0
    while i >= at:
        buf[i] = 48 + value % 10
        value //= 10
        i -= 1
        if value == 0:
            break
    if value:
        for k in range(at, end):
            buf[k] = 45
        return end
    while i >= at:
        buf[i] = pad
        i -= 1
    return end


def put_tenths(buf, at, tenths):
    """Write a number of tenths as "12.3" into 5 bytes, right-aligned."""
    put_number(buf, at, tenths // 10, 3)
    buf[at + 3] = 46
    put_number(buf, at + 4, tenths % 10, 1)
    return at + 5


def put_clock(buf, at, ms):
    """Write a duration as "12:34" or, from one hour on, "1:02:03"; 7 bytes, right-aligned."""
    seconds = shown_seconds(ms)
    minutes = seconds // 60
    put_number(buf, at + 5, seconds - minutes * 60, 2, 48)
    buf[at + 4] = 58
    hours = minutes // 60
    if hours:
        put_number(buf, at + 2, minutes - hours * 60, 2, 48)
        buf[at + 1] = 58
        put_number(buf, at, hours, 1)
    else:
        put_number(buf, at, minutes, 4)
    return at + 7


def put_pace(buf, at, pace_ms_km):
    """Write a pace as 5'30" into 6 bytes, right-aligned; "--'--"" when it is 0 (none)."""
    seconds = shown_seconds(pace_ms_km)
    minutes = seconds // 60
    if pace_ms_km <= 0 or minutes > 99:
        buf[at] = buf[at + 1] = buf[at + 3] = buf[at + 4] = 45
    else:
        put_number(buf, at, minutes, 2)
        put_number(buf, at + 3, seconds - minutes * 60, 2, 48)
    buf[at + 2] = 39
    buf[at + 5] = 34
    return at + 6


def put_distance(buf, at, distance_mm):
    """Write a distance into 7 bytes: " 12.34k" in kilometres from 10 km on, "9876m" in metres below.

    Rounded to nearest, like every figure that is shown.
    """
    metres = (distance_mm + 500) // 1000
    if metres < 10_000:
        put_number(buf, at, metres, 6)
        buf[at + 6] = 109
    else:
        hundredths = (distance_mm + 5_000) // 10_000
        put_number(buf, at, hundredths // 100, 3)
        buf[at + 3] = 46
        put_number(buf, at + 4, hundredths % 100, 2, 48)
        buf[at + 6] = 107
    return at + 7


def put_miles(buf, at, distance_mm):
    """Write a distance into 7 bytes as miles: " 1.25mi", from 100 miles on "104.8mi"."""
    hundredths = hundredths_of_mile(distance_mm)
    if hundredths < 10_000:
        put_number(buf, at, hundredths // 100, 2)
        buf[at + 2] = 46
        put_number(buf, at + 3, hundredths % 100, 2, 48)
    else:
        put_tenths(buf, at, (hundredths + 5) // 10)
    buf[at + 5] = 109
    buf[at + 6] = 105
    return at + 7
