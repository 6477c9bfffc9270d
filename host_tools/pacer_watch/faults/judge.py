"""What a run with a fault may differ in from the same run without it, and what was held against what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pacer.core import workout as wk

from ..formats.runlog import Event
from ..twin.result import Result
from .bent import AT_US
from .cases import Case

# What each family holds against the run without the fault: one of them that was never held is a failure of the family.
MUST = {
    "GPS": ("laps", "metres", "seconds", "logs"),
    "receiver's bytes": ("bits",),
    "I2C": ("laps", "metres", "seconds", "logs"),
    "buttons": ("laps", "presses", "metres", "seconds", "logs"),
    "battery": ("laps", "metres", "seconds", "logs"),
    "time": ("laps", "metres", "seconds", "logs"),
    "flash": ("laps", "seconds", "logs", "boots", "files"),
    "failing flash": ("laps", "seconds", "logs", "boots"),
    "rotten log": ("bits", "places"),
    "power cut": ("seconds", "logs", "boots", "cuts", "second cuts"),
    "link": ("laps", "metres", "seconds", "logs", "answers", "files", "clocks"),
    "laptop": ("files",),
    "engine": ("sequences", "laps"),
    "text": ("texts",),
    "soak": ("seconds", "logs"),
}
# A lap's distance in one run against the other, beside a share of it: what the runner answers differs. More where a
# press falls anywhere: a change of 2 m/s is shown within 4 s.
_NOISE_M = 3.0
_PRESSED_M = 3.0
_NOISE_SHARE = 0.01
_SILENT_SHARE = 0.1  # of the way in which nothing true was told: the pace that the watch goes on at is no surer
_LAST_MS = 2_000  # from the last second in the log to the end, or to when the watch went down
_TWICE_MS = 100  # nobody presses so soon again: contacts bounce
_PRESS_US = 150_000  # between the contact and the lap: the loop's turns and the bouncing


@dataclass
class Outcome:
    """What came of a case; why: what was wrong first, or what there is to say; compared: how many of what."""

    family: str
    name: str
    survived: bool
    why: str = ""
    seconds_lost: int = 0
    metres_off: float = 0.0
    compared: Counter[str] = field(default_factory=Counter)


def settled(o: Outcome) -> Outcome:
    """The outcome; one that has held nothing against anything has failed."""
    if o.survived and not sum(o.compared.values()):
        o.survived, o.why = False, "it compared nothing"
    return o


def idle_families(found: Iterable[Outcome]) -> Iterator[Outcome]:
    """A failed outcome for each family that never held what it must."""
    by: dict[str, Counter[str]] = {}
    for o in found:
        by.setdefault(o.family, Counter()).update(o.compared)
    for family, compared in by.items():
        if idle := [what for what in MUST.get(family, ("what it compares, in judge.MUST",)) if not compared[what]]:
            yield Outcome(family, "all of it", False, "it never compared " + ", ".join(idle))


def judge(case: Case, r: Result, twin: Result) -> Outcome:
    """Compare a run with its twin."""
    out = Outcome(case.family, case.name, True)
    wrong = [*_failures(case, r, twin), *_ending(case, r), *_log(out, case, r, twin), *_plan(out, r)]
    wrong += _presses(out, case, r) if case.presses else _boundaries(out, case, r, twin)
    for step, off_m, most_m in _distances(case, r, twin):
        out.compared["metres"] += 1
        out.metres_off = max(out.metres_off, off_m)
        if off_m > most_m:
            wrong.append(f"lap {step} is {off_m:.1f} m off, of {most_m:.1f}")
    if wrong:
        out.survived, out.why = False, wrong[0]
    return settled(out)


def missing(times_ms: list[int]) -> int:
    """How many seconds a log lacks between its first and its last."""
    return sum(max(0, (b - a + 500) // 1000 - 1) for a, b in zip(times_ms, times_ms[1:]))


def end_ms(r: Result) -> int:
    """When the last that was told of the run happened."""
    return max((e.t_ms for e in r.events if e.kind in ("end", "lap", "step")), default=0)


def at_us(r: Result, t_ms: int) -> int:
    """When t_ms of the run was, since power-on: before the pause, if there was one."""
    paused_ms = sum(e.own["paused_ms"] for e in r.events if e.kind == "resume" and e.t_ms < t_ms)
    return r.start_us + 1000 * (t_ms + paused_ms)


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
    if case.ends and not r.saved:
        yield "the run did not come to its end"
    elif case.ends is False and not r.slept:
        yield "the watch did not go down"


def _log(out: Outcome, case: Case, r: Result, twin: Result) -> Iterator[str]:
    """Each second of the run is in its log, and nothing runs backwards; the log is whole and of the same workout."""
    out.compared["logs"] += bool(r.log)
    out.compared["seconds"] += len(r.seconds)
    times = [s.t_ms for s in r.seconds]
    out.seconds_lost = missing(times)
    if not times:
        yield "there is no second in the log"
        return
    pauses = sum(e.kind == "resume" for e in r.events)  # the second in which one falls is none of its own
    late_s = case.seconds if case.family == "time" else 0  # nothing else keeps the watch from writing
    if out.seconds_lost > late_s + 1 + pauses:
        yield f"{out.seconds_lost} seconds are missing in the log"
    last_ms = end_ms(r) if case.ends is not False else round(1000 * r.virtual_s) - r.start_us // 1000
    if last_ms - times[-1] > _LAST_MS:
        yield f"the log's last second is {times[-1]} ms, the run's {last_ms}"
    for what, values in (("time", times), ("distance", [s.distance_mm for s in r.seconds])):
        if any(b < a for a, b in zip(values, values[1:])):
            yield f"{what} runs backwards in the log"
    if r.left_out or r.text != twin.text:
        yield f"the log is not whole: {r.left_out or r.text!r}"


def _plan(out: Outcome, r: Result) -> Iterator[str]:
    """Laps lie one behind the other, and a step that nobody has ended is as long as it says."""
    at_ms = 0
    for lap in r.laps:
        out.compared["laps"] += 1
        at_ms += lap.time_ms
        if at_ms != lap.t_ms:
            yield f"lap {lap.index + 1} ends at {lap.t_ms} ms, the laps so far take {at_ms}"
        if lap.value or lap.index >= len(r.plan):
            continue  # by the button, or the open run behind the workout
        step = r.plan[lap.index]
        has = {wk.END_TIME: lap.time_ms, wk.END_DISTANCE: lap.distance_mm}.get(step.end, step.amount)
        if has != step.amount:
            yield f"lap {lap.index + 1} has {has} of {step.amount}"


def _boundaries(out: Outcome, case: Case, r: Result, twin: Result) -> Iterator[str]:
    mine, theirs = boundaries(r), boundaries(twin)
    if case.ends is False:
        theirs = theirs[: len(mine)]  # as far as it came
    out.compared["laps"] += len(mine)
    if mine != theirs:
        yield "other laps"


def _presses(out: Outcome, case: Case, r: Result) -> Iterator[str]:
    """Each lap by the button has its press of LAP, and a press has one lap at most."""
    presses = [int(1e6 * at_s) for at_s, name, _ in case.presses if name == "lap"]
    last_ms = -_TWICE_MS
    for lap in (e for e in r.events if e.kind == "lap" and e.value and e.t_ms < end_ms(r)):
        if lap.t_ms - last_ms < _TWICE_MS:
            yield f"two laps by one press at {lap.t_ms} ms"
        last_ms = lap.t_ms
        # What is left at the end of a run is a lap by the button, too.
        out.compared["presses"] += 1
        since = [(at_us(r, lap.t_ms) - p, p) for p in presses if abs(at_us(r, lap.t_ms) - p) <= _PRESS_US]
        if since:
            presses.remove(min(since)[1])
        else:
            yield f"a lap at {at_us(r, lap.t_ms) / 1e6:.2f} s that nobody has pressed"


def _distances(case: Case, r: Result, twin: Result) -> Iterator[tuple[int, float, float]]:
    """(step, metres off, metres that it may be off) of each lap of the workout.

    Against what was really run: the runner hears a tone later or sooner, and runs on from there. Only what the fault
    fell into may suffer from it; the laps behind are as they would have been. With buttons the laps are others, and
    each is held against what was run in it alone.
    """
    twins = twin.laps
    for k, lap in enumerate(r.laps[: len(r.plan)]):
        off_mm = _off_mm(r, lap)
        if not case.presses and k < len(twins):
            off_mm -= _off_mm(twin, twins[k])
        begun, ended = at_us(r, lap.t_ms - lap.time_ms), at_us(r, lap.t_ms)
        silent_s = max(0.0, min(ended, AT_US + 1e6 * case.seconds) - max(begun, AT_US)) / 1e6
        late_s = 10 if silent_s == 0 and begun < AT_US + 1e6 * (case.seconds + 10) and ended > AT_US else 0
        speed_m_s = lap.distance_mm / max(1, lap.time_ms)
        least_m = _NOISE_M + _PRESSED_M * bool(case.presses)
        most_m = least_m + _NOISE_SHARE * lap.distance_mm / 1000 + _SILENT_SHARE * speed_m_s * (silent_s + late_s)
        yield lap.index + 1, abs(off_mm) / 1000, most_m


def _off_mm(r: Result, lap: Event) -> float:
    """By how much a lap's distance is more than what was run in it."""
    return lap.distance_mm - 1000 * (_run_m(r, lap.t_ms) - _run_m(r, lap.t_ms - lap.time_ms))


def _run_m(r: Result, t_ms: int) -> float:
    """Metres that were run up to t_ms of the run; what was walked in its pauses does not count."""
    paused = 0.0
    for e in r.events:
        if e.kind == "resume" and e.t_ms < t_ms:
            on_us = at_us(r, e.t_ms) + 1000 * e.own["paused_ms"]
            paused += r.truth.distance_at(on_us) - r.truth.distance_at(on_us - 1000 * e.own["paused_ms"])
    return r.truth.distance_at(at_us(r, t_ms)) - paused
