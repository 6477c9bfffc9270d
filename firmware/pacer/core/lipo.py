"""How full a LiPo cell is by its voltage at a small load.

The curve is the usual one of a 3.7 V cell at a fifth of its capacity an hour or less (as in makers' discharge
plots); it is flat from 3.7 to 3.85 V, so a tenth there is no more than a guess.
"""

UNKNOWN = -1
EMPTY_MV = 3_300  # below, the regulator of a board no longer holds 3.3 V
_STEP = 5  # per cent between two points
_MV = (
    3300, 3610, 3690, 3710, 3730, 3750, 3770, 3790, 3800, 3820, 3840, 3850, 3870, 3910, 3950, 3980, 4020, 4080, 4110,
    4150, 4200,
)  # fmt: skip


def percent(millivolts):
    """0 to 100; UNKNOWN for less than 2 V, which is no cell."""
    if millivolts < 2_000:
        return UNKNOWN
    if millivolts <= _MV[0]:
        return 0
    for i in range(1, len(_MV)):
        if millivolts < _MV[i]:
            return _STEP * (i - 1) + _STEP * (millivolts - _MV[i - 1]) // (_MV[i] - _MV[i - 1])
    return 100
