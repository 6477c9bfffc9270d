"""Every operation on the watch's flash fails, once and from then on: the run beside the same run, the next start."""

import functools
import itertools
from collections.abc import Callable
from pathlib import Path

from pacer.core import notation

from ..formats import runlog
from ..twin import hooks, session
from ..twin.chips.gnss import NmeaReceiver
from ..twin.result import Result
from ..twin.runner import VirtualRunner
from ..twin.world import World
from .judge import Outcome, boundaries, settled

TEXT = "Workout - Flash\n- 30s @ 5'00\"/km\n- 100m @ 4'30\"/km\n"
_LIMIT_US = 200_000_000
_MOST_LOST_S = 10  # to one operation that fails
_NONE = 1 << 28
_LATE_US = 500_000  # a tone, while the flash is tried again
_KEPT = {"learned.txt": b"steps 172 1105 16\n"}  # what the watch replaces: old or new, whatever fails


def play(seed: int, guest: str, flash: dict[str, bytes] | None = None) -> Result:
    """A short run; flash: what an earlier one has left there."""

    def prepare(world: World, folder: Path) -> None:
        for name, data in (flash or _KEPT).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)

    person = VirtualRunner(notation.parse(TEXT), seed)
    receiver = NmeaReceiver(person.observe)
    return session.run(TEXT, person, receiver, seed=seed, guest=guest, prepare=prepare, limit_us=_LIMIT_US)


@functools.cache
def twin(seed: int) -> tuple[Result, int]:
    """The same run on a flash that is sound, and how many operations it takes."""
    counted = hooks.failing_files(_NONE, False)
    r = play(seed, counted)
    return r, int(r.counted)


def faults(seed: int, quick: bool) -> list[tuple[str, str, bool]]:
    """(name, hook, does it fail once only) of each case."""
    count = twin(seed)[1]
    out = []
    for n in range(5, count, 9) if quick else range(count):
        out.append((f"operation {n} of {count} fails", hooks.failing_files(n, False), True))
        out.append((f"every operation fails from {n} of {count} on", hooks.failing_files(n, True), False))
    starts = (3,) if quick else (0, 1, 3, 6, 10)
    for kind, start in itertools.product(hooks.FLASH_FAULTS, starts):
        out.append((f"{kind} from write {start} on", hooks.failing_writes(kind, start), False))
    return out


def run_case(case: tuple[str, str, bool], seed: int) -> Outcome:
    """One fault, judged by what is in the log then, and by what the next start makes of it."""
    name, guest, once = case
    out = Outcome("flash", name, True)
    beside = twin(seed)[0]
    r = play(seed, guest)
    seconds = {s.t_ms // 1000 for s in r.seconds}
    out.compared.update(logs=int(bool(r.log)), seconds=len(beside.seconds), laps=len(_tones(beside)))
    if r.crash:
        return _failed(out, "an exception: " + r.crash.strip().splitlines()[-1])
    for name, old in _KEPT.items():
        out.compared["files"] += 1
        if r.flash.get(name) not in (old, beside.flash[name]):
            return _failed(out, f"{name} is neither old nor new: {r.flash.get(name)!r}")
    mine, theirs = _tones(r), _tones(beside)
    if [name for name, _ in mine] != [name for name, _ in theirs]:
        return _failed(out, f"other tones: {mine}")
    if late := [name for (name, us), (_, then_us) in zip(mine, theirs) if abs(us - then_us) > _LATE_US]:
        return _failed(out, f"tones at other times: {late}")
    if once:
        out.seconds_lost = len({s.t_ms // 1000 for s in beside.seconds} - seconds)
        if out.seconds_lost > _MOST_LOST_S:
            return _failed(out, f"{out.seconds_lost} seconds are missing in the log")
        if boundaries(r) != boundaries(beside):
            return _failed(out, f"other laps: {boundaries(r)}")
    return settled(_next_start(out, r, seed))


def _next_start(out: Outcome, r: Result, seed: int) -> Outcome:
    """The flash is sound again: the watch starts, and resumes what was cut off or begins anew."""
    again = play(seed, "", r.flash)
    out.compared["boots"] += 1
    if again.crash:
        return _failed(out, "the next start: " + again.crash.strip().splitlines()[-1])
    if not again.saved:
        return _failed(out, "the next start: no run came to its end")
    for path, data in r.flash.items():
        before = _seconds(data)
        gone = before - _seconds(again.flash.get(path) or again.flash.get(path[:-3] + "got", b""))
        if path.startswith("runs/") and gone:
            return _failed(out, f"the next start: {len(gone)} seconds of {path} are gone")
    if any(path.endswith((".new", ".part")) for path in again.flash):
        return _failed(out, f"the next start leaves something half: {sorted(again.flash)}")
    return out


def _seconds(data: bytes) -> set[int]:
    try:
        return {s.t_ms for s in runlog.parse(data).seconds}
    except runlog.NotARun:
        return set()


def _tones(r: Result) -> list[tuple[str, int]]:
    """What the runner heard at the ends of steps, and when."""
    heard: Callable[[str], bool] = ("go", "recover", "complete", "end").__contains__
    return [(name, us) for us, name in r.patterns if heard(name)]


def _failed(out: Outcome, why: str) -> Outcome:
    out.survived, out.why = False, why
    return out
