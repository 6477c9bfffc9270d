"""The cell's curve rises, and ends where it should."""

from pacer.core.lipo import EMPTY_MV, UNKNOWN, percent


def test_full_empty_and_no_cell():
    assert percent(4200) == 100
    assert percent(4350) == 100
    assert percent(EMPTY_MV) == 0
    assert percent(3000) == 0
    assert percent(1500) == UNKNOWN


def test_more_voltage_is_never_less_charge():
    found = [percent(mv) for mv in range(3200, 4300)]
    assert found == sorted(found)
    assert set(found) >= {0, 50, 100}
