"""`make bench`: what each piece of the firmware costs, a file a figure in scripts/, beside the usual way of doing it.

By default on the 32-bit interpreter, whose instruction counts repeat exactly; 7.2 ns each on an ESP32 at 160 MHz
(5.7 to 10.4: from MicroPython's perf_bench against its published ESP32 scores). Whole seconds of a run come from the
twin, and hold what the twin's own `machine` module costs, which on a board is C.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from pacer.core import notation

from .. import FIRMWARE, shipped
from ..twin import flash, hooks, interp, session
from ..twin.chips.gnss import NmeaReceiver, UbloxReceiver
from ..twin.result import Result
from ..twin.runner import VirtualRunner
from ..twin.world import World
from . import RECORDINGS

BENCH = Path(__file__).resolve().parent / "scripts"
KEPT = BENCH / "counts-32bit.json"
SCRIPTS = ("nmea", "fix", "cadence", "engine", "frame")
GROWTH = 0.03
NS = 7.2
_SESSION = """Workout - Bench
- 40s warm-up @ 6'00"-6'30"/km
- 3 x 200m @ 4'30"/km, 20s jog between
- 30s @ 4'00"/km
"""
_FROM_US, _TO_US = 45_000_000, 95_000_000


@dataclass
class Cost:
    """One figure: units of `unit` each, heap bytes each (None where it is not a matter of heap), what it should
    reach.
    """

    name: str
    value: float
    unit: str
    heap: float | None = None
    most: float | None = None
    least: float | None = None

    @property
    def ok(self) -> bool | None:
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


_REACH = {"NMEA, a sentence of the recordings": 100_000.0}


def stream() -> bytes:
    """The recordings joined, the same share of each; empty where they are not at hand."""
    out = b""
    for path in sorted(RECORDINGS.glob("*.log")) if RECORDINGS.is_dir() else []:
        lines = [line for line in path.read_bytes().splitlines(keepends=True) if not line.startswith(b"#")]
        if path.name != "ublox-neo-m8n.log":  # UBX
            out += b"".join(lines)[:6_700]
    return out


def scripts(runtime: str) -> Iterator[Cost]:
    """The figures of scripts/ on one interpreter."""
    unit = "instructions" if runtime == interp.WASM else "us"
    for name in SCRIPTS:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if runtime == "cpython":
                shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
            else:
                flash.compile_firmware(folder)
            for script in (BENCH / "harness.py", BENCH / f"{name}.py"):
                (folder / script.name).write_text(shipped.fold(script), encoding="utf-8")
            if name == "nmea" and (data := stream()):
                (folder / "stream.bin").write_bytes(data)
            for line in interp.run_script(runtime, f"{name}.py", folder, "4M").splitlines():
                if line.startswith("="):
                    figure, things, took, heap = (part.strip() for part in line[1:].split("|"))
                    value = int(took) / int(things)
                    yield Cost(figure, round(value, 1), unit, round(int(heap) / int(things)), _REACH.get(figure))
                elif line.startswith("#"):
                    figure, ours, usual = (part.strip() for part in line[1:].split("|"))
                    yield Cost(figure, int(ours), "bytes")
                    yield Cost(f"usual: {figure}, all of it", int(usual.split()[1]), "bytes")


def run(talker: str, **options: Any) -> Result:
    """The session of the bench on the 32-bit interpreter, its receiver at ten fixes a second."""
    person = VirtualRunner(notation.parse(_SESSION), 1)
    receiver = UbloxReceiver(person.observe) if talker == "UBX" else NmeaReceiver(person.observe, 10, 115200)
    return session.run(_SESSION, person, receiver, runtime=interp.WASM, compiled=True, heap="1M", **options)


def twins_own() -> tuple[Callable[[World], float], float]:
    """What the twin's `machine` costs a turn, a pin, a transfer, from a loop that does nothing else; and its start."""
    loop = (
        "import time, machine\nfrom machine import Pin, UART, I2C\n"
        "p = Pin(32, Pin.IN, Pin.PULL_UP)\ni = I2C(0, scl=Pin(22), sda=Pin(21), freq=400000)\none = bytearray(1)\n"
        "i.writeto_mem(0x68, 0x6B, one)\n"
        "def loop():\n    due = time.ticks_ms()\n    while True:\n        %s\n        due = time.ticks_add(due, 20)\n"
        "        time.sleep_ms(time.ticks_diff(due, time.ticks_ms()))\nloop()\n"
    )

    starts = []

    def cost(call: str) -> float:
        def prepare(world: World, folder: Path) -> None:
            (folder / "main.py").write_text(loop % call)

        result = run("UBX", prepare=prepare, costs=True, limit_us=1_000_000)
        starts.append(result.step_costs[0][1])
        costs = sorted(c for _, c in result.step_costs[5:])
        return costs[len(costs) // 2]

    bare = cost("pass")
    pin = cost("p.value()") - bare
    transfer = cost("i.readfrom_mem_into(0x68, 0x75, one)") - bare
    return (lambda world: 50 * (bare + 3 * pin) + transfer * world.i2c_count / (world.now_us / 1e6)), starts[0]


def second(r: Result, from_us: float = _FROM_US, to_us: float = _TO_US) -> float:
    """What a second between the two cost."""
    return sum(c for us, c in r.step_costs if from_us < us < to_us) / ((to_us - from_us) / 1e6)


def seconds(ns: float = NS) -> Iterator[Cost]:
    """A running second of the whole watch, the longest turn, boot, memory, the bus."""
    own, start = twins_own()
    what = "a running second: 10 fixes by UBX, 52 samples (XIAO, LSM6DSO), 4 frames, 1 record"
    yield Cost(what, round(second(run("UBX", costs=True, board="xiao_esp32s3"))), "instructions", 0, 9.5e6)
    for talker, most in (("UBX", 9.5e6), ("NMEA", 11e6)):
        r = run(talker, costs=True)
        assert r.world is not None
        whole = second(r)
        what = f"a running second: 10 fixes by {talker}, 50 samples, 4 frames, 1 record"
        yield Cost(what, round(whole), "instructions", 0, most)
        yield Cost("  of it the twin's own machine module, which is C on a board", round(own(r.world)), "instructions")
        yield Cost(f"  share of the board's processor, {talker}", round(whole * ns / 1e7, 2), "%")
        ended_us = next(us for us, tone in r.patterns if tone == "end")
        until = [c for us, c in r.step_costs if 1_000_000 < us <= ended_us]
        behind = [c for us, c in r.step_costs if us > ended_us]
        what = f"the longest turn of the loop up to the end of the run, {talker}"
        yield Cost(what, max(until), "instructions", None, 1.8e6)
        yield Cost(f"  and behind it, where pages are loaded, {talker}", max(behind), "instructions")
        if talker == "UBX":
            boot = sum(c for us, c in r.step_costs if us < 200_000)
            yield Cost("boot to ready, the interpreter's own start taken off", boot - start, "instructions", None, 90e6)
            sent = r.world.display.data_bytes / r.virtual_s
            yield Cost("OLED data a second, share of whole frames at 4 a second", round(sent / 40.96, 1), "%", None, 15)
    places: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("copied to RAM", {"compiled": True}, 120_000),
        ("run in place (ROMFS; frozen is less)", {"in_rom": True}, 60_000),
    )
    for place, options, most_bytes in places:
        person = VirtualRunner(notation.parse(_SESSION), 1)
        r = session.run(
            _SESSION, person, UbloxReceiver(person.observe), runtime=interp.WASM, heap="1M", heap_at_us=(1_000_000,),
            limit_us=2_000_000, **options,
        )  # fmt: skip
        yield Cost(f"heap used, ready to run, .mpy {place}", r.heap[0][1] - r.own_heap, "bytes", None, most_bytes)
    with tempfile.TemporaryDirectory() as temporary:
        sizes = flash.compile_firmware(Path(temporary), "xtensawin")
        yield Cost("all firmware .mpy, xtensawin", sum(sizes.values()), "bytes", None, 106_000)
    if interp.micropython():
        for kind in hooks.FLASH_US:
            person = VirtualRunner(notation.parse(_SESSION), 1)
            r = session.run(_SESSION, person, UbloxReceiver(person.observe), guest=hooks.flash_times(kind))
            assert r.world is not None
            longest = max(us for _, us in r.world.flash_holds) / 1000
            yield Cost(f"the flash holds a turn up, at most (LittleFS, {kind} times)", round(longest, 1), "ms")
        text = _SESSION.replace("40s", "20min")
        person = VirtualRunner(notation.parse(text), 1)
        r = session.run(text, person, NmeaReceiver(person.observe))
        yield Cost("twin, virtual seconds a second, unix, 1 Hz", round(r.virtual_s / r.wall_s), "x", None, None, 800)


def pystone(path: Path) -> Cost:
    """What a loop of MicroPython's perf_bench pystone takes on the 32-bit interpreter."""
    loops = 300  # as perf_bench takes for boards of 100 to 1,000 MHz
    script = (
        "import gc\ngc.disable()\nimport time, misc_pystone\n"
        f"run, _ = misc_pystone.bm_setup(({loops},))\nt = time.ticks_us()\nrun()\n"
        "print(time.ticks_diff(time.ticks_us(), t))\n"
    )
    with tempfile.TemporaryDirectory() as temporary:
        shutil.copy(path, Path(temporary, "misc_pystone.py"))
        Path(temporary, "run.py").write_text(script)
        took = int(interp.run_script(interp.WASM, "run.py", Path(temporary), "4M"))
    return Cost("MicroPython's perf_bench pystone, a loop", round(took / loops), "instructions")


def growth(now: list[Cost], before: dict[str, float]) -> list[tuple[str, float, float]]:
    """Figures that grew by more than 3 %: (name, before, now)."""
    return [
        (c.name, before[c.name], c.value)
        for c in now
        if c.unit == "instructions" and c.name in before and c.value > before[c.name] * (1 + GROWTH)
    ]


def counts(costs: list[Cost]) -> dict[str, float]:
    """What is kept in the repository: our own instruction counts that need no recordings."""
    kept = [c for c in costs if c.unit == "instructions" and "usual" not in c.name and "recordings" not in c.name]
    return {c.name: c.value for c in kept}


def _table(costs: list[Cost], runtime: str, before: dict[str, float], ns: float) -> Table:
    table = Table(title=f"bench, {runtime}", title_justify="left", box=box.SIMPLE)
    columns = ["figure", "each", "unit", "heap", "ms, board" if runtime == interp.WASM else "", "reach", ""]
    for column in [*columns, *(["before"] if before else [])]:
        table.add_column(column, justify="left" if column in ("figure", "unit", "reach") else "right")
    for c in costs:
        reach = f"<= {c.most:,.0f}" if c.most is not None else f">= {c.least:,.0f}" if c.least is not None else ""
        ms = f"{c.value * ns / 1e6:.3f}" if c.unit == "instructions" else ""
        row = [c.name, f"{c.value:,g}" if c.value < 1e6 else f"{c.value:,.0f}", c.unit]
        row += ["" if c.heap is None else f"{c.heap:g}", ms, reach, {None: "", True: "yes", False: "missed"}[c.ok]]
        if before:
            was = before.get(c.name)
            row.append("" if not was else f"{100 * (c.value / was - 1):+.1f} %")
        table.add_row(*row)
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=...", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  make bench\n  make bench ARGS='--runtime unix --json'\n"
        "  make bench ARGS='--compare before.json'\n"
        "  make bench ARGS='--growth --hours 2'\n"
        "  make bench ARGS='--pystone micropython/tests/perf_bench/misc_pystone.py --score 2500'",
    )  # fmt: skip
    parser.add_argument("--runtime", choices=(interp.WASM, interp.UNIX, "cpython"), default=interp.WASM)
    parser.add_argument("--compare", type=Path, help="an earlier run's --json, to stand beside this one")
    parser.add_argument("--json", action="store_true", help="for scripts, and for --compare")
    parser.add_argument("--keep", action="store_true", help=f"write the counts to {KEPT.name}")
    parser.add_argument("--pystone", type=Path, help="MicroPython's tests/perf_bench/misc_pystone.py, to stand beside")
    parser.add_argument(
        "--score", type=float, help="what pystone scored on your board, for the column of ms (--pystone)"
    )
    parser.add_argument("--growth", action="store_true", help="how the costs grow, a line each, instead")
    parser.add_argument("--hours", type=float, default=24, help="with --growth: how long its long run is (default 24)")
    args = parser.parse_args()
    if not 0.5 <= args.hours <= 24:
        parser.error("--hours is how long the long run is, from 0.5 to 24: a workout has no more")
    if args.score is not None and (not args.pystone or args.score <= 0):
        sys.exit("--score is in loops a second, and wants --pystone FILE beside it")
    return args


def main() -> None:
    args = _arguments()
    if args.growth:
        from .growth import show

        sys.exit(show(args.hours, args.json))
    beside: list[Cost] = []
    if args.pystone:
        try:
            beside.append(pystone(args.pystone))
        except (OSError, ValueError, interp.Crashed) as e:
            sys.exit(f"{args.pystone} is not MicroPython's tests/perf_bench/misc_pystone.py ({e})")
    ns = 1e9 / (args.score * beside[0].value) if args.score else NS
    before: dict[str, float] = {}
    if args.compare:
        try:
            before = {row["name"]: row["value"] for row in json.loads(args.compare.read_text())["rows"]}
        except (OSError, ValueError, KeyError, TypeError) as e:
            sys.exit(f"{args.compare} cannot be compared with ({e}); make one by: make bench ARGS=--json > before.json")
    began = time.perf_counter()
    console = Console(stderr=True)
    with console.status("measuring..."):
        costs = list(scripts(args.runtime))
        if args.runtime == interp.WASM:
            costs += seconds(ns)
    if args.keep:
        KEPT.write_text(json.dumps(counts(costs), indent=2) + "\n")
    costs += beside
    if args.json:
        print(json.dumps({"runtime": args.runtime, "rows": [{**asdict(c), "ok": c.ok} for c in costs]}, indent=2))
    else:
        out = Console(width=150) if not sys.stdout.isatty() else Console()
        out.print(_table(costs, args.runtime, before, ns))
        whose = "your board" if args.score else "an ESP32 at 160 MHz (5.7 to 10.4)"
        out.print(f"{time.perf_counter() - began:.0f} s; {ns:.3g} ns an instruction on {whose}")


if __name__ == "__main__":
    main()
