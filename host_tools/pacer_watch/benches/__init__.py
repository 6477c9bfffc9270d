"""The benches: what the firmware costs and how well it does, each as rows of one table."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .. import ROOT
from ..twin import flash
from .accuracy import Figure

RECORDINGS = ROOT.parent / "shared" / "data" / "nmea"  # logs of real receivers, where they are at hand


@dataclass
class Row:
    """One figure. reach is what it should reach, None where nothing was set; ok says whether it does.

    others: what the usual ways make of the same input.
    """

    name: str
    value: float | None
    unit: str
    reach: str | None = None
    ok: bool | None = None
    others: dict[str, float] | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def at_most(name: str, value: float, unit: str, most: float) -> Row:
    return Row(name, value, unit, f"<= {most:g}", value <= most)


def at_least(name: str, value: float, unit: str, least: float) -> Row:
    return Row(name, value, unit, f">= {least:g}", value >= least)


_WARM_S = 45
_MINUTE_US = 60_000_000


def _size() -> list[Row]:
    """What the firmware weighs and costs: .mpy bytes by room, RAM, heap and instructions on the 32-bit interpreter."""
    from . import cost as figures

    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        sizes = flash.compile_firmware(Path(temporary), "xtensawin")
        for room in ("core", "drivers", "app"):
            part = sum(n for name, n in sizes.items() if name.startswith(f"pacer/{room}/"))
            rows.append(Row(f"firmware .mpy, {room}", part, "bytes"))
    at = (_WARM_S * 1_000_000, _WARM_S * 1_000_000 + _MINUTE_US)
    warm, later = (used for _, used, _ in figures.run("NMEA", heap_at_us=at).heap)
    rows.append(at_most("heap in a running minute, 10 Hz fixes, 50 Hz samples", later - warm, "bytes", 0))
    for cost in figures.seconds():
        reach = None if cost.ok is None else f"<= {cost.most:g}" if cost.most is not None else f">= {cost.least:g}"
        rows.append(Row(cost.name, round(cost.value, 1), cost.unit, reach, cost.ok))
    return rows


def _accuracy(runtime: str | None = None) -> list[Row]:
    """Pace, distance and cadence against the truth (accuracy.py)."""
    from . import accuracy as figures

    return _rows(figures.bench(runtime))


def _rows(figures: list[Figure]) -> list[Row]:
    rows = []
    for f in figures:
        reach = None if f.most is None else f"{'>=' if f.least else '<='} {f.most:.3g}"
        value = None if f.value is None else round(float(f.value), 3)
        others = {k: round(float(v), 3) for k, v in f.others.items()} if f.others else None
        rows.append(Row(f.name, value, f.unit, reach, f.ok, others, f.note))
    return rows


def _coach(runtime: str | None = None) -> list[Row]:
    """Cues against the truth (coach.py); plain Python, since parity holds the interpreters together."""
    from . import coach as figures

    return _rows(figures.bench())


def weeks_rows(
    seed: int | None = None, runners: int | None = None, tell: Callable[[int, int], None] = lambda done, all_: None
) -> list[Row]:
    """Twelve weeks by the review, beside two simple rules (weeks.py)."""
    from . import weeks as figures

    return _rows(figures.figures(figures.SEED if seed is None else seed, runners or figures.RUNNERS, tell))


def _power(runtime: str | None = None) -> list[Row]:
    """Hours on a 500 mAh cell for each board, and what makes them (power.py)."""
    from . import power as figures

    rows = []
    for board, draws, hours in figures.bench():
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


def _heap(runtime: str | None = None) -> list[Row]:
    """The smallest heaps (heap.py), on the unix port."""
    from . import heap as figures

    rows = []
    for fit in figures.bench():
        note = f"{fit.own_kib:.1f} of it the twin's own"
        most = {"copied": 112, "in place": 80}[fit.way]
        rows.append(Row(f"{fit.way}: smallest heap that starts", fit.boots_kib, "KiB", note=note))
        row = at_most(f"{fit.way}: smallest heap that runs a session whole", fit.runs_kib, "KiB", most)
        rows.append(replace(row, note=note))
        rows.append(Row(f"{fit.way}: largest free block in that, ready", fit.ready_bytes, "bytes"))
        rows.append(Row(f"{fit.way}: largest free block in that, late in the run", fit.late_bytes, "bytes"))
    return rows


def _accuracy_picture(path: Path, runtime: str | None = None) -> None:
    from .accuracy import picture

    picture.draw(path, runtime)


PICTURES: dict[str, Callable[[Path, str | None], None]] = {"accuracy": _accuracy_picture}
BENCHES: dict[str, Callable[[str | None], list[Row]]] = {
    "accuracy": _accuracy,
    "coach": _coach,
    "heap": _heap,
    "power": _power,
    "size": lambda runtime: _size(),
    "weeks": lambda runtime: weeks_rows(),
}
