"""Play the cases, each beside its twin without the fault."""

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import track

from pacer.core import notation

from ..twin import interp, session
from ..twin.chips.gnss import NmeaReceiver, UbloxReceiver
from ..twin.result import Result
from ..twin.runner import VirtualRunner
from ..twin.world import World
from . import cable, flashes, laptop, littlefs, model
from .bent import AT_US, Bent
from .cases import TEXT, Case, cases
from .judge import Outcome, boundaries, idle_families, judge, settled
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
    return judge(case, play(case, seed), beside)


def streams(seed: int, count: int) -> Outcome:
    """Damaged frames into a watch that runs."""
    sent = cable.streams(seed, count)
    case = Case("link", f"{count} damaged frames and noise, seed {seed}", {"serial": sent[0]})
    return cable.judged(case, play(case, seed), twin(seed), sent)


class Job(NamedTuple):
    """A thing to try; family and name are for what can not even be tried."""

    family: str
    name: str
    call: Callable[[], Outcome]


def all_of_it(seed: int, quick: bool) -> Iterator[Job]:
    """Family, name and call of everything that is tried; quick: the part that `make test` runs."""
    for c in cases(seed, quick):
        yield Job(c.family, c.name, functools.partial(run_case, c.name, seed, quick))
    for fault in flashes.faults(seed, quick):
        yield Job("flash", fault[0], functools.partial(flashes.run_case, fault, seed))
    for k in range(1 if quick else 10):
        yield Job("link", "damaged frames", functools.partial(streams, seed + k, 8_000 if quick else 20_000))
    for k in range(1 if quick else 4):
        cuts = functools.partial(littlefs.power_cuts, 40 if quick else 700, k, 1 if quick else 4, seed)
        yield Job("power cut", "torn writes", cuts)
        each = 7 if quick else 4
        yield Job("failing flash", "blocks", functools.partial(littlefs.failing, 40 if quick else 180, k, each))
        rot = functools.partial(littlefs.rotten, 90 if quick else 130, k, 17 if quick else 4)
        yield Job("rotten log", "bits", rot)
    yield Job("failing flash", "full", littlefs.full)
    for name in ("profile",) if quick else laptop.COMMANDS:
        log = flashes.twin(seed)[0].log
        for how in (laptop.killed, laptop.full) if quick else (laptop.killed, laptop.limited, laptop.full):
            yield Job("laptop", name, functools.partial(how, log, name))
    for k in range(1 if quick else 4):
        yield Job("engine", "model", functools.partial(model.sequences, seed + k, 2_000 if quick else 25_000))
    yield Job("receiver's bytes", "flipped bits", functools.partial(flipped_bits, 20_000 if quick else None))
    yield Job("text", "mutated", functools.partial(texts, seed, 3_000 if quick else 100_000))
    if not quick:
        for runtime in (interp.UNIX, interp.WASM):
            yield Job("soak", runtime, functools.partial(soak, runtime, 1.0, seed))


def _done(job: Job) -> Outcome:
    """Its outcome, whatever comes; one that has compared nothing has failed."""
    try:
        return settled(job.call())
    except Exception as e:
        said = str(e).strip().splitlines() or [""]
        return Outcome(job.family, job.name, False, f"{type(e).__name__}: {said[-1]}")


def campaign(seed: int, quick: bool, jobs: int = 2, told: Callable[[Outcome], None] = lambda o: None) -> list[Outcome]:
    """All of it; told is called as each is known. quick: the part that `make test` runs, under a minute."""
    found: list[Outcome] = []
    with ProcessPoolExecutor(jobs) as pool:
        for outcome in pool.map(_done, all_of_it(seed, quick)):
            found.append(outcome)
            told(outcome)
    for outcome in list(idle_families(found)):
        found.append(outcome)
        told(outcome)
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
    out.seconds_lost = max(0, len(beside.seconds) - len(r.seconds) - 1)
    out.compared.update(laps=len(boundaries(r)), seconds=len(r.seconds))
    if any(e.kind == "fault" for e in r.events) or out.seconds_lost:
        out.survived, out.why = False, out.why or f"a fault, or {out.seconds_lost} seconds lost"
    return settled(out)
