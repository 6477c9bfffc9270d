import math

from pacer.core.geodesy import Plane


def umin(degrees):
    """Degrees as the fix has them: whole degrees and micro-minutes of the same sign."""
    total = round(abs(degrees) * 60e6)
    sign = -1 if degrees < 0 else 1
    return sign * (total // 60_000_000), sign * (total % 60_000_000)


def walk(lat, lon, d_lat, d_lon):
    p = Plane()
    p.place(*(umin(lat) + umin(lon)))
    p.place(*(umin(lat + d_lat) + umin(lon + d_lon)))
    return p


def test_a_kilometre_is_one_to_three_parts_in_ten_thousand_anywhere():
    for lat in (0, 12.5, -33.9, 51.5, 60, -70, 80):
        a = math.radians(lat)
        # meridian and parallel radii of WGS 84
        e2 = 0.00669437999014
        w = math.sqrt(1 - e2 * math.sin(a) ** 2)
        north = 6378137 * (1 - e2) / w**3 * math.radians(0.01)
        east = 6378137 / w * math.cos(a) * math.radians(0.01)
        p = walk(lat, 4.3, 0.01, 0)
        assert abs(p.y_mm / 1000 - north) < 3e-4 * north, lat
        p = walk(lat, 4.3, 0, 0.01)
        assert abs(p.x_mm / 1000 - east) < (3e-4 if abs(lat) < 75 else 2e-3) * east, lat


def test_signs_and_the_equator():
    p = walk(-0.00001, -0.00001, 0.00002, 0.00002)
    assert 2100 < p.x_mm < 2300
    assert 2100 < p.y_mm < 2300


def test_the_date_line_is_no_jump():
    p = walk(-17.0, 179.9999, 0, 0.0002 - 360)
    assert 20_000 < p.x_mm < 22_000


def test_the_origin_follows_and_says_by_how_much():
    p = Plane()
    p.place(*(umin(50) + umin(4)))
    p.place(*(umin(50.06) + umin(4)))
    assert (p.x_mm, p.y_mm) == (0, 0)
    assert -6_690_000 < p.shift_y_mm < -6_660_000
    p.place(*(umin(50.0601) + umin(4)))
    assert (p.shift_x_mm, p.shift_y_mm) == (0, 0)
    assert 10_900 < p.y_mm < 11_300


def test_a_leap_round_the_world_is_far_and_not_near():
    p = Plane()
    p.place(*(umin(50) + umin(4)))
    p.place(*(umin(-30) + umin(150)))
    assert abs(p.shift_x_mm) >= 5_000_000


def test_the_poles_do_not_break_it():
    p = walk(89.9999, 10, 0, 5)
    assert abs(p.x_mm) < 5_000_000
