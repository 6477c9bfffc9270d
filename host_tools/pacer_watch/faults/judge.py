"""What a run with a fault may differ in from the same run without it."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..twin.result import Result
from .bent import AT_US
from .cases import Case


@dataclass
class Outcome:
    """What came of a case; why: what was wrong first, or what there is to say."""

    family: str
    name: str
    survived: bool
    why: str = ""
    records_lost: int = 0
    metres_off: float = 0.0


def judge(case: Case, r: Result, twin: Result) -> Outcome:
    """Compare a run with its twin."""
    out = Outcome(case.family, case.name, True)
    wrong = [*_failures(case, r, twin), *_ending(case, r)]
    if not case.fails_to_write:
        out.records_lost = missing([s.t_ms for s in r.seconds])
        wrong += _log(case, r, out.records_lost)
        if case.same_laps and boundaries(r) != boundaries(twin):
            wrong.append("other laps")
        elif case.same_laps:
            for step, off_m, most_m in _distances(case, r, twin):
                out.metres_off = max(out.metres_off, off_m)
                if off_m > most_m:
                    wrong.append(f"lap {step} is {off_m:.1f} m off")
    if wrong:
        out.survived, out.why = False, wrong[0]
    return out


def missing(times_ms: list[int]) -> int:
    """How many seconds a log lacks between its first and its last."""
    return sum(max(0, (b - a + 500) // 1000 - 1) for a, b in zip(times_ms, times_ms[1:]))


def boundaries(r: Result) -> list[tuple[str, int]]:
    """Begins and ends of steps, in the order of the log."""
    return [(e.kind, e.index) for e in r.events if e.kind in ("step", "lap", "end")]


def _failures(case: Case, r: Result, twin: Result) -> Iterator[str]:
    if r.crash:
        yield "an exception: " + r.crash.strip().splitlines()[-1]
    if any(e.kind == "fault" for e in r.events):
        yield "a fault was logged"
    if not case.doubts and r.world and twin.world and r.world.uart.opened > twin.world.uart.opened:
        yield "the receiver's baud rate was doubted without need"


def _ending(case: Case, r: Result) -> Iterator[str]:
    if case.fails_to_write:
        if not any(name == "end" for _, name in r.patterns):
            yield "the run did not come to its end"
    elif case.ends and not r.saved:
        yield "the run did not come to its end"
    elif case.ends is False and not r.slept:
        yield "the watch did not go down"


def _log(case: Case, r: Result, holes: int) -> Iterator[str]:
    if holes > case.seconds + 1 and case.family != "buttons":
        yield f"{holes} seconds are missing in the log"
    for what, values in (("time", [s.t_ms for s in r.seconds]), ("distance", [s.distance_mm for s in r.seconds])):
        if any(b < a for a, b in zip(values, values[1:])):
            yield f"{what} runs backwards in the log"


def _distances(case: Case, r: Result, twin: Result) -> Iterator[tuple[int, float, float]]:
    """(step, metres off, metres that it may be off) of each lap of the workout.

    Against what was really run: the runner hears a tone later or sooner, and runs on from there. Only what the fault
    fell into may suffer from it; the laps behind are as they would have been.
    """
    ended = r.start_us
    for a, b in zip(r.laps_table()[: len(r.plan)], twin.laps_table()):
        off_mm = a["distance_mm"] - a["true_distance_mm"] - b["distance_mm"] + b["true_distance_mm"]
        begun, ended = ended, ended + 1000 * a["time_ms"]
        hit = begun < AT_US + 1_000_000 * (case.seconds + 10) and ended > AT_US
        yield a["step"], abs(off_mm) / 1000, 0.02 * a["distance_mm"] / 1000 + 3 + 1.5 * case.seconds * hit
