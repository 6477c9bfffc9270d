"""A long run with faults at random times."""

import random
from collections.abc import Iterator

from pacer.core import notation

from ..twin import interp, session
from ..twin.result import Result
from ..twin.runner import VirtualRunner
from .bent import Silent
from .judge import Outcome, missing, settled

_OPENED_MOST = 4  # the first, the one of the set-up that this receiver does not heed, and back through the list


def soak(runtime: str, hours: float, seed: int) -> Outcome:
    """So many virtual hours with outages and failing transfers: the heap flat, the log whole, no drift of time."""
    seconds = int(hours * 3600)
    text = f"Workout - Soak\n- {seconds // 60}min @ 6'00\"/km\n"
    person = VirtualRunner(notation.parse(text), seed)
    rng = random.Random(seed)
    outages_s = sorted(rng.uniform(60, seconds) for _ in range(int(4 * hours) or 1))
    looks_us = tuple(int(1e6 * (60 + k * (seconds - 60) / 8)) for k in range(9))
    r = session.run(
        text, person, Silent(person.observe, outages_s, 20), runtime=runtime, seed=seed, compiled=True,
        heap_at_us=looks_us, i2c_fails=lambda n: rng.random() < 0.001, limit_us=int(1e6 * (seconds + 300)),
    )  # fmt: skip
    out = Outcome("soak", f"{hours:g} virtual hours on {runtime}", True)
    out.seconds_lost = missing([s.t_ms for s in r.seconds])
    out.compared.update(seconds=len(r.seconds), logs=int(bool(r.log)))
    out.why = f"{len(r.seconds)} seconds in the log, {r.virtual_s / r.wall_s:.0f} x real time"
    for wrong in _wrong(r, seconds, out.seconds_lost):
        out.survived, out.why = False, wrong
        break
    return settled(out)


def _wrong(r: Result, seconds: int, holes: int) -> Iterator[str]:
    if not r.saved or holes > 2:
        yield f"saved: {r.saved}, {holes} seconds missing"
    heap = [used for _, used, _ in r.heap]
    if r.runtime == interp.WASM and max(heap) != min(heap):
        yield f"the heap grew by {max(heap) - min(heap)} bytes"
    last_ms = r.seconds[-1].t_ms
    if last_ms < seconds * 1000 - 30_000:
        yield f"the log ends at {last_ms} ms"
    if any(e.kind == "fault" for e in r.events):
        yield "a fault was logged"
    if r.world and r.world.uart.opened > _OPENED_MOST:
        yield f"the receiver's baud rate was chosen {r.world.uart.opened} times"
