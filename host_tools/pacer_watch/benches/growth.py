"""How the costs of the watch grow with what a runner can do to them: `make bench ARGS=--growth`, twenty minutes."""

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pacer.core import journal, notation

from ..twin import interp, session
from ..twin.chips.gnss import NmeaReceiver
from ..twin.runner import VirtualRunner
from ..twin.world import World
from . import cost


def _stored(runs: int) -> Callable[[World, Path], None]:
    """Fill the flash with ended runs of a watch."""

    def prepare(world: World, folder: Path) -> None:
        (folder / "runs").mkdir(exist_ok=True)
        text = b"device pacer\n\n\n--\n"
        for i in range(1, runs + 1):
            (folder / "runs" / f"{i:04d}.got").write_bytes(journal.header(len(text), zlib.crc32(text)) + text)

    return prepare


def grows(hours: float) -> Iterator[tuple[str, float, float, float, str]]:
    """How the costs grow with what a runner can do to them: (what grows, by how much, cost before, after, unit)."""

    def second(text: str, hz: int = 1, first_s: int = 60, last_s: int = 100, **options: Any) -> tuple[float, list[Any]]:
        person = VirtualRunner(notation.parse(text), 1)
        r = session.run(
            text, person, NmeaReceiver(person.observe, hz, 115200 if hz > 1 else 9600), runtime=interp.WASM,
            compiled=True, heap="1M", costs=True, limit_us=int((last_s + 1) * 1e6), **options,
        )  # fmt: skip
        return cost.second(r, first_s * 1e6, last_s * 1e6), r.step_costs

    one = "Workout - One\n- 24h @ 5'00\"/km\n"
    many = "Workout - Many\n" + "".join(f"- {5 + i % 10}min @ 5'{i % 10:02d}\"/km\n" for i in range(64))
    few = "Workout - Reps\n- 3 x 10s @ 4'00\"/km, 8s jog between\n- 20min @ 5'00\"/km\n"
    unit = "instructions a running second"
    base, costs = second(one)
    yield "steps in the workout", 64, base, second(many)[0], unit
    yield "reps in the workout", 333, second(few, 1, 30, 48)[0], second(few.replace("3 x", "999 x"), 1, 30, 48)[0], unit
    yield "fixes a second", 10, base, second(one, 10)[0], unit
    kept = second(one, prepare=_stored(1000))
    yield "runs on the flash, while running", 1000, base, kept[0], unit
    ready = [sum(c for us, c in run if us < 1_000_000) for run in (costs, kept[1])]
    yield "runs on the flash, boot to ready", 1000, ready[0], ready[1], "instructions"
    last_s = int(hours * 3600)
    at = (120_000_000, int((last_s - 60) * 1e6))
    person = VirtualRunner(notation.parse(one), 1)
    r = session.run(
        one, person, NmeaReceiver(person.observe), runtime=interp.WASM, compiled=True, heap="1M", costs=True,
        heap_at_us=at, limit_us=int((last_s + 1) * 1e6),
    )  # fmt: skip
    early_late = [cost.second(r, (end_s - 300) * 1e6, end_s * 1e6) for end_s in (600, last_s)]
    yield f"minutes into a run, 10 to {last_s // 60}", last_s / 600, early_late[0], early_late[1], unit
    yield "  and its heap", last_s / 120, r.heap[0][1], r.heap[1][1], "bytes"


def show(hours: float, as_json: bool) -> int:
    """Print it, a line each; the exit status, 1 when something grows more than it may."""
    rows = []
    for what, times, before, after, unit in grows(hours):
        ratio = after / before
        ok = ratio <= (1.02 if unit != "instructions" and "fixes" not in what else times)
        rows.append({"what": what, "times": times, "before": before, "after": after, "unit": unit, "ok": ok})
        if not as_json:
            print(f"{what:<38} x {times:<6g} {before:>13,.0f} -> {after:>13,.0f} {unit}: x {ratio:.3f}", end="")
            print("" if ok else "  MORE THAN ALLOWED", flush=True)
    if as_json:
        print(json.dumps({"rows": rows}, indent=2))
    return 0 if all(row["ok"] for row in rows) else 1
