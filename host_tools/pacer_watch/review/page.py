"""The review as a runner reads it, in 80 columns, and as a program does."""

import textwrap
from dataclasses import asdict
from typing import Any

from pacer.core import profile as pf

from ..text import KM, Units, clock
from .proposal import Proposal
from .reps import Rep
from .verdict import Session

_WIDTH = 80


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def text(sessions: list[Session], proposal: Proposal, profile: pf.Profile, units: Units = KM) -> str:
    """The review as a runner reads it, in 80 columns."""
    out = []
    brief = not all(s.seen for s in sessions)  # those that were counted take a line beside new ones
    for s in sessions:
        facts = [
            *([s.athlete] if s.athlete else []),
            s.name,
            str(s.day) if s.day else "no date",
            *([f"RPE {s.effort}"] if s.effort is not None else []),
        ]
        title = f"{s.workout} ({', '.join(facts)})"
        if s.seen and brief:
            out += [*_wrapped(f"{title}: already counted"), ""]
            continue
        out += _wrapped(title)
        if s.reps:
            length = "length" if units.miles else "metres"
            out.append(f"  {'step':>4} {length:>7} {'time':>8} {'pace':>6} {'target':>13} {'off':>7}"
                       f" {'uneven':>6} {'fade':>5} {'spm':>4} {'D'+chr(39):>5}")  # fmt: skip
        out += [_line(r, units) for r in s.reps]
        out += [line for w in s.words for line in _wrapped(w, "  ")]
        out.append("")
    if proposal.change:
        way = "up" if proposal.change > 0 else "down"
        new = round(profile.cs_mm_s * (1 + proposal.change))
        out += _wrapped(
            f"Next week: critical speed {way} by {100 * abs(proposal.change):.1f} %, from "
            f"{units.pace(1e9 / profile.cs_mm_s)} to {units.pace(1e9 / new)} {units.per}. {proposal.reason}"
        )
    else:
        out += _wrapped(f"Next week: no change. {proposal.reason}")
    for advice in proposal.advice:
        out += _wrapped(advice, "  ")
    return "\n".join(out)


def _line(r: Rep, units: Units) -> str:
    """A rep in a row."""
    target = units.band(round(1e6 / r.target_fast), round(1e6 / r.target_slow))
    run = units.pace(1e6 / r.speed) if r.speed else "-"
    length = f"{r.metres:.0f}"
    if units.miles:
        length = f"{length} m" if units.metres(r.planned_mm) else units.distance(1000 * r.metres)
    uneven = "" if r.uneven is None else f"{r.uneven:.1f} %"
    fade = "" if r.fade is None else f"{r.fade:+.1f}"
    spm = "" if r.cadence_spm is None else f"{r.cadence_spm:.0f}"
    balance = "" if r.balance is None else f"{r.balance} %"
    return (
        f"  {r.step:>4} {length:>7} {clock(1000 * r.seconds):>8} {run:>6} {target:>13} {100 * r.off:>+5.1f} %"
        f" {uneven:>6} {fade:>5} {spm:>4} {balance:>5}"
    ).rstrip()


def as_dict(sessions: list[Session], proposal: Proposal) -> dict[str, Any]:
    def rep(r: Rep) -> dict[str, Any]:
        return {**asdict(r), "speed": r.speed, "off": r.off}

    return {
        "sessions": [
            {**asdict(s), "day": s.day.isoformat() if s.day else None, "reps": [rep(r) for r in s.reps]}
            for s in sessions
        ],
        "proposal": asdict(proposal),
    }
