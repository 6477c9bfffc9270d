"""What the runs of the last weeks say together: next week's paces, within bounds."""

import math
from dataclasses import dataclass, field
from datetime import date

from pacer.core import profile as pf

from . import verdict as v
from .memory import Counted, Memory, Move
from .verdict import Session

_UP, _UP_MORE = 0.005, 0.010  # two sessions, three or more
_DOWN, _DOWN_MORE = 0.005, 0.010  # half of the sessions missed, or more
_MOST, _UP_DAYS = 0.010, 21  # in so many days
_MOST_BEYOND = 0.020  # above or below the last race or test
_OTHERS = 3  # no more sessions to one with something left
_MISSED_DAYS = 14
_HOLD_DAYS = 7  # between two moves
_OFF_DAYS = 14
_OFF = ((28, 0.04), (21, 0.03), (15, 0.02))  # days off, share of critical speed
_MUTE = (v.NOTHING, v.SPEED, v.TRIAL)  # they say nothing about critical speed, or more than a session can
# A session of one of these keeps the paces from going up for three weeks, and why.
_VETO = {
    v.MISSED: "missed its targets", v.MAXIMAL: "was maximal", v.HARD: "was harder than it should be",
    v.SHORTENED: "was not finished", v.PACING: "was paced badly", v.HELD: "missed its targets",
}  # fmt: skip


# What a session of a verdict says about next week when nothing moves.
_HOLD = {
    v.BETTER: "One session with something left: a second within three weeks would move the paces up.",
    v.PLANNED: "The paces fit: hold them.",
    v.HARD: "Met, but harder than it should be: hold the paces, and look again after the next session.",
    v.MAXIMAL: "Met, but at the limit: hold the paces, and look again after the next session.",
    v.MISSED: "One missed session: it happens, and it moves nothing. A second within 14 days would.",
    v.HELD: "Missed, but not by the legs: the paces stay.",
    v.SHORTENED: "A session that was not finished changes nothing.",
    v.PACING: "A session that was paced badly changes nothing: run it again, evenly.",
    v.FAST: "A session faster than planned changes nothing: run the paces that are set.",
    v.SPEED: "Short reps don't move critical speed.",
    v.TRIAL: "The paces fit: hold them.",
    v.NOTHING: "Too little data: a session with two hard reps, or one of ten minutes, and an RPE is needed.",
}
_CARE = (
    "Pain that changes your stride, or grows as you run: stop, and no hard running until an easy jog is free of it; "
    "after a week of it see a doctor or physiotherapist.",
    "Fever, or anything below the neck: rest until it is gone, then two easy days.",
    "Heat: by effort, not by pace; a hot day says nothing about your fitness.",
)


@dataclass
class Proposal:
    """What to do with the zones: change is the share by which critical speed moves, 0 for nothing."""

    change: float
    reason: str
    advice: list[str] = field(default_factory=list)


def settle(sessions: list[Session], memory: Memory) -> None:
    """Sort the runs by day; those that were counted, come twice, or are older than the last review count no more."""
    sessions.sort(key=lambda s: (s.day or date.min, s.name))
    seen: set[str] = set()
    for s in sessions:
        if not s.counts:
            continue
        if memory.knows(s.mark):
            s.counts, s.seen = False, True
            s.words.insert(0, "Already counted: a run moves the paces once.")
        elif s.mark in seen:
            s.counts = False
            s.words.insert(0, "Given twice: it counts once.")
        elif memory.since and s.day and s.day < memory.since:
            s.counts = False
            s.words.insert(0, f"From before {memory.since}, as far as the last review went: not counted.")
        seen.add(s.mark)


def propose(
    sessions: list[Session], memory: Memory | None = None, cs_mm_s: int = 4000, today: date | None = None
) -> Proposal:
    """What the sessions together say about critical speed, on top of what was counted before (settle() first)."""
    memory = memory or Memory()
    fresh = [s for s in sessions if s.counts and s.day is not None]
    if not fresh:
        return Proposal(0.0, "There is no run that counts: nothing new since the last review.")
    runs = [*memory.runs, *(Counted(s.day, s.mark, s.verdict, cs_mm_s) for s in fresh if s.day)]
    out = _decide(fresh, sorted(runs, key=lambda r: r.day), memory, cs_mm_s, today)
    out.advice += _advice(runs, fresh, today)
    return out


def _decide(
    fresh: list[Session], runs: list[Counted], memory: Memory, cs_mm_s: int, today: date | None
) -> Proposal:  # fmt: skip
    races = [race for s in fresh for race in s.races]
    if races:
        line = "pacer profile " + " ".join(f"--race {race}" for race in races)
        return Proposal(0.0, "A race or test says more than sessions do: put it into the profile.", [line])
    last = runs[-1].day
    marks = {s.mark for s in fresh}
    off = _days_off(runs, cs_mm_s)
    if off and any(r.mark in marks and r.verdict in (v.MISSED, v.HARD, v.MAXIMAL, v.HELD, v.SHORTENED) for r in runs):
        return _after_break(off, [r for r in runs if r.mark in marks])
    recent = [
        r for r in runs if (last - r.day).days <= _MISSED_DAYS and r.verdict not in _MUTE and r.cs_mm_s == cs_mm_s
    ]
    missed = [r for r in recent if r.verdict == v.MISSED]
    if len(missed) > 1 and any(r.mark in marks for r in missed):
        size = _DOWN_MORE if 2 * len(missed) > len(recent) else _DOWN
        why = f"{len(missed)} sessions missed their targets within {_MISSED_DAYS} days."
        least = cs_mm_s * (1 - _room(memory, today or last, False))
        least = max(least, memory.race_mm_s(cs_mm_s) * (1 - _MOST_BEYOND))
        new = max(math.ceil(least), round(cs_mm_s * (1 - size)))
        if new >= cs_mm_s:
            return Proposal(
                0.0, f"{why} But the paces have come down by 1 % in three weeks, or 2 % since the last race or test: "
                "rest, and then run a test.",
            )  # fmt: skip
        return Proposal(new / cs_mm_s - 1, why)
    if missed and recent[-1] is missed[0] and missed[0].mark in marks:
        return Proposal(0.0, _HOLD[v.MISSED])
    return _up(runs, marks, memory, cs_mm_s, today or last)


def _days_off(runs: list[Counted], cs_mm_s: int) -> int:
    """Days without a run before the last two weeks of runs, where they are more than 14 and no move came since."""
    days = sorted({r.day for r in runs})
    for before, after in zip(days[-2::-1], days[:0:-1]):
        off = (after - before).days - 1
        if (days[-1] - after).days > _MISSED_DAYS or any(r.day >= after and r.cs_mm_s != cs_mm_s for r in runs):
            return 0
        if off > _OFF_DAYS:
            return off
    return 0


def _after_break(off: int, runs: list[Counted]) -> Proposal:
    """Lower paces where a session after a break was too much."""
    test = "or run a test when two easy weeks are behind you"
    if any(r.verdict in (v.MISSED, v.HARD, v.MAXIMAL) for r in runs):
        share = next((share for days, share in _OFF if off >= days), _OFF[-1][1])
        return Proposal(
            -share, f"{off} days without a run, and then a session that was too much: lower paces for now, {test}."
        )
    return Proposal(0.0, f"{off} days without a run: hold back, {test}. Two weeks off cost 2 to 4 %.")


def _up(runs: list[Counted], marks: set[str], memory: Memory, cs_mm_s: int, today: date) -> Proposal:
    """Two sessions with something left, nothing against them, and within the bounds."""
    recent = [r for r in runs if (runs[-1].day - r.day).days < _UP_DAYS and r.verdict not in _MUTE]
    better = [r for r in recent if r.verdict == v.BETTER and r.cs_mm_s == cs_mm_s]
    if not better or not any(r.mark in marks for r in better):
        said = next((r.verdict for r in reversed(runs) if r.mark in marks and r.verdict != v.NOTHING), v.NOTHING)
        return Proposal(0.0, _HOLD[said])
    against = next((r for r in reversed(recent) if r.verdict in _VETO), None)
    if against:
        return Proposal(0.0, f"Something was left, but the session of {against.day} {_VETO[against.verdict]}: hold.")
    if len(better) < 2:
        return Proposal(0.0, _HOLD[v.BETTER])
    if _OTHERS * len(better) < len(recent):
        return Proposal(0.0, f"Something was left in {len(better)} of {len(recent)} sessions only: hold the paces.")
    moves = memory.moves
    if moves and (today - moves[-1].day).days < _HOLD_DAYS:
        return Proposal(0.0, f"The paces moved on {moves[-1].day}: hold them for a week before they move again.")
    most = min(int(cs_mm_s * (1 + _room(memory, today, True))), int(memory.race_mm_s(cs_mm_s) * (1 + _MOST_BEYOND)))
    size = _UP_MORE if len(better) > 2 and 2 * len(better) > len(recent) else _UP
    new = min(most, round(cs_mm_s * (1 + size)))
    if new <= cs_mm_s:
        return Proposal(
            0.0, "Something was left, but the paces have risen by 1 % in three weeks, or 2 % since the last race or "
            "test: a race or test has to show more.",
        )  # fmt: skip
    return Proposal(
        new / cs_mm_s - 1, f"{len(better)} sessions met their targets with something left, none was missed."
    )


def _room(memory: Memory, today: date, up: bool) -> float:
    """The share by which critical speed may still go up, or down, within three weeks. A break's step is beside it."""
    shares = [m.to_mm_s / m.from_mm_s - 1 for m in memory.moves if (today - m.day).days <= _UP_DAYS]
    return max(
        0.0, _MOST - sum(abs(share) for share in shares if (share > 0) == up and abs(share) < _OFF[-1][1] - 0.005)
    )


def _advice(runs: list[Counted], fresh: list[Session], today: date | None) -> list[str]:
    """Words on rest."""
    out = []
    hard = sorted({r.day for r in runs if r.verdict not in (v.NOTHING, v.TRIAL)})
    close = [(a, b) for a, b in zip(hard, hard[1:]) if (b - a).days == 1 and b >= min(s.day for s in fresh if s.day)]
    if close:
        a, b = close[-1]
        out.append(f"Hard sessions on {a} and {b}: put an easy day or a rest day between two hard ones.")
    if any(s.verdict in (v.MISSED, v.MAXIMAL, v.HARD, v.SHORTENED) for s in fresh):
        out.append("Until the next hard session: two easy days or one of rest, sleep, and food.")
    if any(s.verdict in (v.MISSED, v.SHORTENED) for s in fresh):
        out += _CARE
    last = max(s.day for s in fresh if s.day)
    if today and (today - last).days > _OFF_DAYS:
        out.append(f"The last of these runs is {(today - last).days} days old. If you were off, begin with easy days.")
    return out


def apply(profile: pf.Profile, change: float) -> None:
    """Move critical speed, paces and zones by a share of speed."""
    profile.cs_mm_s = round(profile.cs_mm_s * (1 + change))
    for table in (profile.paces, profile.zones):
        for i, value in enumerate(table):
            table[i] = 100 * round(value / (1 + change) / 100)


def count(sessions: list[Session], proposal: Proposal, memory: Memory, profile: pf.Profile, today: date) -> None:
    """The runs are counted, and the profile and its memory moved by the proposal."""
    memory.runs += [Counted(s.day, s.mark, s.verdict, profile.cs_mm_s) for s in sessions if s.counts and s.day]
    memory.since = max((r.day for r in memory.runs), default=memory.since)
    if not proposal.change:
        return
    before = profile.cs_mm_s
    race = memory.race_mm_s(before)
    apply(profile, proposal.change)
    profile.reviewed = today.isoformat()
    memory.moves.append(Move(today, before, profile.cs_mm_s, race))
