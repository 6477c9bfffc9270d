"""The benches: what the firmware costs and how well it does, each as rows of one table."""

import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pacer.core import notation

from .accuracy import Figure
from .twin import flash, interp, session
from .twin.chips.gnss import NmeaReceiver
from .twin.runner import VirtualRunner


@dataclass
class Row:
    """One figure. reach is what it should reach, None where nothing was set; ok says whether it does.

    harder is the same from a harder input, others what the usual ways make of the same input.
    """

    name: str
    value: float | None
    unit: str
    reach: str | None = None
    ok: bool | None = None
    harder: float | None = None
    others: dict[str, float] | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def at_most(name: str, value: float, unit: str, most: float) -> Row:
    return Row(name, value, unit, f"<= {most:g}", value <= most)


def at_least(name: str, value: float, unit: str, least: float) -> Row:
    return Row(name, value, unit, f">= {least:g}", value >= least)


_SESSION = """Workout - Size bench
- 40s warm-up @ 6'00"-6'30"/km
- 3 x 200m @ 4'30"/km, 20s jog between
- 30s @ 4'00"/km
"""
_WARM_S = 40
_MINUTE_US = 60_000_000
_IMPORT = """
import gc
gc.disable()
import pacer.app.watch, pacer.app.screens, pacer.app.store, pacer.app.sounds
import pacer.app.parts, pacer.drivers.oled, pacer.drivers.mpu6050
gc.collect()
print(gc.mem_alloc())
"""


def size() -> list[Row]:
    """What the firmware weighs and costs: .mpy bytes, RAM, heap and instructions on the 32-bit interpreter."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sizes = flash.compile_firmware(folder)
        rows.append(Row("firmware .mpy, all modules", sum(sizes.values()), "bytes"))
        (folder / "ram.py").write_text("import gc\ngc.disable()\nb = gc.mem_alloc()\n" + _IMPORT + "print(b)\n")
        after, before = interp.run_script(interp.WASM, "ram.py", folder, "1M").split()
        rows.append(Row("RAM after import, 32-bit", int(after) - int(before), "bytes"))
    person = VirtualRunner(notation.parse(_SESSION), 1)
    at = (1_000_000, _WARM_S * 1_000_000, _WARM_S * 1_000_000 + _MINUTE_US)
    result = session.run(
        _SESSION, person, NmeaReceiver(person.observe, 10, 115200), runtime=interp.WASM, compiled=True,
        heap="1M", heap_at_us=at, costs=True,
    )  # fmt: skip
    ready, warm, later = (used for _, used, _ in result.heap)
    rows.append(Row("RAM ready to run, 32-bit, with the twin's own modules", ready, "bytes"))
    rows.append(at_most("heap in a running minute, 10 Hz fixes, 100 Hz samples", later - warm, "bytes", 0))
    per_second: dict[int, int] = defaultdict(int)
    longest = 0
    asked = {us for us, _, _ in result.heap}
    for us, cost in result.step_costs:
        if us // 1_000_000 in range(_WARM_S + 5, _WARM_S + 55) and us not in asked:
            per_second[us // 1_000_000] += cost
            longest = max(longest, cost)
    mean = sum(per_second.values()) / len(per_second)
    rows.append(Row("a running second, 10 Hz fixes, 100 Hz samples, 4 frames", round(mean / 1e6, 2), "M instructions"))
    rows.append(Row("longest turn of the loop", round(longest / 1e6, 2), "M instructions"))
    if interp.micropython():
        text = _SESSION.replace("40s", "20min")
        person = VirtualRunner(notation.parse(text), 1)
        fast = session.run(text, person, NmeaReceiver(person.observe))
        speed = round(fast.virtual_s / fast.wall_s)
        rows.append(at_least("virtual seconds per second, unix, 1 Hz fixes", speed, "x", 200))
    return rows


def accuracy(runtime: str | None = None) -> list[Row]:
    """Pace, distance and cadence against the truth (accuracy.py)."""
    from . import accuracy as figures

    return _rows(figures.bench(runtime))


def _rows(figures: list[Figure]) -> list[Row]:
    rows = []
    for f in figures:
        reach = None if f.most is None else f"{'>=' if f.least else '<='} {f.most:.3g}"
        value = None if f.value is None else round(float(f.value), 3)
        harder = None if f.harder is None else round(float(f.harder), 3)
        others = {k: round(float(v), 3) for k, v in f.others.items()} if f.others else None
        rows.append(Row(f.name, value, f.unit, reach, f.ok, harder, others, f.note))
    return rows


def coach(runtime: str | None = None) -> list[Row]:
    """Cues against the truth (coach_bench.py); plain Python, since parity holds the interpreters together."""
    from . import coach_bench

    return _rows(coach_bench.bench())


def power(runtime: str | None = None) -> list[Row]:
    """Hours on a 500 mAh cell for each board, and what makes them (power_bench.py)."""
    from . import power_bench

    rows = []
    for board, draws, hours in power_bench.bench():
        name = f"{board}: a 10 Hz session on 500 mAh"
        wrist = board == "xiao_esp32s3"  # the one that is to last a day on the wrist
        rows.append(at_least(name, round(hours, 1), "h", 8) if wrist else Row(name, round(hours, 1), "h"))
        total = sum(d.mean_ma for d in draws)
        rows.append(Row(f"{board}: mean current", round(total, 1), "mA"))
        rows += [
            Row(
                f"  {d.name}, {100 * d.share:.1f} % of the time at {d.ma:g} mA",
                round(d.mean_ma, 2),
                "mA",
                note=d.source,
            )
            for d in draws
        ]
    return rows


BENCHES: dict[str, Callable[[str | None], list[Row]]] = {
    "accuracy": accuracy,
    "coach": coach,
    "power": power,
    "size": lambda runtime: size(),
}
