"""How hard a session should feel: the effort on the 10-point scale that its volume, paces and recoveries ask for.

Two findings carry it. In a run to exhaustion the effort rises in a straight line from where the pace puts it to the
maximum, and its slope follows the share of the time to exhaustion, whatever went before (Eston et al.,
Psychophysiology 44, 2007; Swart et al., Br J Sports Med 43, 2009). And what a rep took comes back in the recoveries
with a time constant of several minutes: 316 s and more for the work above critical power (Skiba et al., Med Sci Sports
Exerc 44, 2012).

So each rep adds its share of the time to exhaustion at its pace, each recovery takes off a part of the sum, and the
session is as hard as the hardest end of a rep. Time to exhaustion is 40 minutes at critical speed, well above it D' /
(speed - critical speed), as in core/balance.py; below, it grows by Riegel's power of time. The first seconds of a
rep run on the oxygen and phosphates in the muscle, which a recovery refills: runs of 10 to 15 s at a speed that
exhausts in 4 min were kept up for half an hour (Christensen, Hedman and Saltin, Acta Physiol Scand 50, 1960).

The numbers below that have no source were set by eye, on the sessions that tests/host/test_effort.py lists with the
effort that coaches give them; it holds those to within one point, from 15:30 to 30:00 over 5 km.
"""

import math
from dataclasses import dataclass

_AT_CS = 5.3  # effort at the start of a rep at critical speed and above
_SLOPE = 16.0  # by how much it is lower for each unit of the share of critical speed
_LEAST = 2.0
_CS_S = 2400.0  # time to exhaustion at critical speed: 20 to 60 min (Poole et al., Med Sci Sports Exerc 48, 2016)
_RIEGEL = 14.0  # time falls with this power of speed: 17.7 by Riegel's 1.06, and most runners fade more
_RECOVERY_S = 450.0  # Skiba's 316 s + 546 s x exp(-0.01 x power below critical), for a jog
_FREE_S = 18.0
_DPRIME_S = 50.0  # of running at critical speed: D' where the profile has none
_FULL, _NONE = (
    0.65,
    0.90,
)  # shares of critical speed: up to the first a recovery is whole, from the second there is none
_LEAST_REP_S = 30.0  # a stride is no rep


@dataclass
class Piece:
    """A piece of a run: seconds at a speed in m/s; rep: it is one, not a warm-up, a recovery or a stride."""

    seconds: float
    speed_m_s: float
    rep: bool = True


def exhaustion_s(speed_m_s: float, cs_m_s: float, dprime_m: float) -> float:
    """Seconds that this speed could be held, rested: what it takes of endurance and of D', at right angles."""
    endurance = math.pow(min(1.0, speed_m_s / cs_m_s), _RIEGEL) / _CS_S
    return 1 / max(math.hypot(endurance, max(0.0, speed_m_s - cs_m_s) / dprime_m), 1e-9)


def start(share: float) -> float:
    """The effort at the beginning of a rep at this share of critical speed."""
    return max(_LEAST, _AT_CS - _SLOPE * max(0.0, 1 - share))


def expected(pieces: list[Piece], cs_m_s: float, dprime_m: float = 0.0) -> float:
    """The effort of a session, 0 to 10, for a runner of this critical speed and D' (0: not known)."""
    return peak(pieces, cs_m_s, dprime_m)[0]


def spent(pieces: list[Piece], cs_m_s: float, dprime_m: float = 0.0) -> float:
    """The largest share of what there is that a session asks for: 1 is a race."""
    return peak(pieces, cs_m_s, dprime_m)[1]


def peak(pieces: list[Piece], cs_m_s: float, dprime_m: float) -> tuple[float, float]:
    """(effort, share spent) at the hardest end of a rep."""
    dprime_m = dprime_m or _DPRIME_S * cs_m_s
    load = hardest = most = 0.0
    for p in pieces:
        share = p.speed_m_s / cs_m_s
        if p.rep or share >= _NONE:
            load += max(0.0, p.seconds - _FREE_S) / exhaustion_s(p.speed_m_s, cs_m_s, dprime_m)
        else:
            part = min(1.0, (_NONE - share) / (_NONE - _FULL))
            load *= math.exp(-p.seconds * part / _RECOVERY_S)
        if p.rep and p.seconds >= _LEAST_REP_S:
            begin = start(share)
            most = max(most, load)
            hardest = max(hardest, begin + (10 - begin) * min(1.0, load))
    return hardest, most
