"""Play the cases, each beside its twin without the fault."""

import functools
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import track

from pacer.core import notation

from ..twin import interp, session
from ..twin.chips import Refused
from ..twin.chips.gnss import NmeaReceiver, UbloxReceiver
from ..twin.result import Result
from ..twin.runner import VirtualRunner
from ..twin.world import World
from .bent import AT_US, Bent
from .cases import TEXT, Case, cases
from .judge import Outcome, boundaries, judge
from .soak import soak
from .texts import flipped_bits, texts

_LIMIT_US = 400_000_000
_SHORT = "Workout - Each\n- 10s @ 5'00\"/km\n- 40m @ 4'30\"/km\n"


def play(case: Case, seed: int) -> Result:
    """The session of a case."""
    person = VirtualRunner(notation.parse(TEXT), seed)
    person.hand.plan(case.presses)
    options = {"seed": seed, "limit_us": _LIMIT_US, **case.options}
    if not case.restarts:
        return session.run(TEXT, person, Bent(person.observe, case.bend), **options)
    receiver = UbloxReceiver(person.observe)

    def prepare(world: World, folder: Path) -> None:
        world.at(AT_US, lambda: receiver.restart(world.now_us))

    return session.run(TEXT, person, receiver, prepare=prepare, **options)


@functools.cache
def twin(seed: int) -> Result:
    """The same session without a fault."""
    return play(Case("", ""), seed)


def run_case(name: str, seed: int, quick: bool) -> Outcome:
    """One case by its name. Raises KeyError when there is none of that name."""
    case = next((c for c in cases(seed, quick) if c.name == name), None)
    if case is None:
        raise KeyError(name)
    beside = twin(seed)
    try:
        return judge(case, play(case, seed), beside)
    except (interp.Crashed, Refused) as e:
        return Outcome(case.family, case.name, False, f"{type(e).__name__}: {str(e).strip().splitlines()[-1]}")


def campaign(seed: int, quick: bool, jobs: int = 2, told: Callable[[Outcome], None] = lambda o: None) -> list[Outcome]:
    """All of it; told is called as each is known. quick: the part that `make test` runs, under a minute."""
    found: list[Outcome] = []

    def take(o: Outcome) -> None:
        found.append(o)
        told(o)

    names = [c.name for c in cases(seed, quick)]
    with ProcessPoolExecutor(jobs) as pool:
        for outcome in pool.map(functools.partial(run_case, seed=seed, quick=quick), names):
            take(outcome)
    take(flipped_bits(20_000 if quick else None))
    take(texts(seed, 3_000 if quick else 100_000))
    if not quick:
        for runtime in (interp.UNIX, interp.WASM):
            take(soak(runtime, 1.0, seed))
    return found


def each_transfer(jobs: int = 2) -> list[Outcome]:
    """Every I2C transaction of a short session, from the start on, failed once: a session for each."""
    count = _short_twin().i2c_count
    with ProcessPoolExecutor(jobs) as pool:
        found = pool.map(_one_transfer, range(1, count + 1), chunksize=16)
        return list(track(found, "transactions", count, console=Console(stderr=True)))


def _short(n: int) -> Result:
    """A short session in which the n-th transfer over I2C fails, 0 for none."""
    person = VirtualRunner(notation.parse(_SHORT), 3)
    return session.run(_SHORT, person, NmeaReceiver(person.observe), seed=3, i2c_fails=lambda k: k == n)


@functools.cache
def _short_twin() -> Result:
    return _short(0)


def _one_transfer(n: int) -> Outcome:
    r, beside = _short(n), _short_twin()
    out = Outcome("each I2C transfer", f"transfer {n}", r.saved and not r.crash)
    if boundaries(r) != boundaries(beside):
        out.survived, out.why = False, "other laps"
    out.records_lost = max(0, len(beside.seconds) - len(r.seconds) - 1)
    if any(e.kind == "fault" for e in r.events) or out.records_lost:
        out.survived, out.why = False, out.why or f"a fault, or {out.records_lost} records lost"
    return out
