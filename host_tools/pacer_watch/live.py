"""The live view: the OLED as the runner sees it, pace against target, progress, while time flies."""

import time
from pathlib import Path

import numpy as np
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pacer.core import workout as wk

from .formats.plan import Step
from .formats.runlog import NotARun, Second, read
from .text import KM, Units, clock
from .twin.world import World

_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_REFRESH_S = 0.1
_LEAST_WIDTH, _LEAST_HEIGHT, _WIDE = 70, 23, 112


def braille(pixels: np.ndarray) -> str:
    """64 x 128 booleans as 16 lines of 64 characters, two by four pixels each."""
    cells = pixels.reshape(16, 4, 64, 2)
    codes = (cells * _DOTS[None, :, None, :]).sum(axis=(1, 3))
    return "\n".join("".join(chr(0x2800 + c) for c in row) for row in codes)


def fits(console: Console) -> bool:
    """Is this a terminal that can show it: one that moves its cursor, knows braille, and is large enough?"""
    able = console.is_terminal and not console.is_dumb_terminal and "utf" in console.encoding.lower()
    return able and console.width >= _LEAST_WIDTH and console.height >= _LEAST_HEIGHT


class LiveView:
    """A context; call it at each turn of the loop, it draws ten times a second of real time."""

    def __init__(self, console: Console, plan: list[Step], name: str, total_s: float, units: Units = KM) -> None:
        self._units = units
        self._plan = plan
        self._name = name
        self._total_s = max(total_s, 1.0)
        self._began = time.perf_counter()
        self._drawn = 0.0
        self._console = console
        # On a screen of its own, so that one that is resized leaves nothing behind.
        self._live = Live(console=console, refresh_per_second=10, screen=True)

    def __enter__(self) -> "LiveView":
        self._live.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._live.__exit__(*exception)  # type: ignore[arg-type]

    def __call__(self, world: World, folder: Path) -> None:
        now = time.perf_counter()
        if now - self._drawn < _REFRESH_S:
            return
        self._drawn = now
        second: Second | None = None
        laps = 0
        for path in (folder / "runs").glob("*.run"):
            try:
                log = read(path)
            except NotARun:
                continue  # not written yet
            second = log.seconds[-1] if log.seconds else None
            laps = len(log.laps)
        self._live.update(self.draw(world, second, laps))

    def draw(self, world: World, second: Second | None, laps: int) -> Group:
        glass = Panel(Text(braille(world.display.pixels()), style="bright_cyan on black"), width=68, title="OLED")
        facts: dict[str, str | Text] = {"session": Text(self._name)}
        if second:
            step = self._plan[second.index] if second.index < len(self._plan) else None
            shown = 1_000_000_000 / second.speed_mm_s if second.speed_mm_s > 300 else 0
            kind = f": {wk.KIND_NAMES[step.kind]}" if step else ""
            facts["step"] = f"{second.index + 1} of {len(self._plan)}{kind}"
            facts["pace"] = Text(f"{self._units.pace(shown)} {self._units.per}", style="bold")
            facts["target"] = step.target(self._units) if step and (step.effort or step.pace_fast) else "none"
            facts["off"] = self._gauge(shown, step)
            far = second.distance_mm / self._units.mm
            facts["run"] = f"{clock(second.t_ms)}   {far:.2f} {self._units.name}   lap {laps + 1}"
        else:
            facts["step"] = "waiting for the fix and the start"
        speed = world.now_us / 1e6 / max(0.001, time.perf_counter() - self._began)
        facts["time"] = f"{speed:.0f} x real"
        done = min(1.0, (second.t_ms / 1000 if second else 0) / self._total_s)
        bar = ProgressBar(total=1.0, completed=done, width=68)
        if self._console.width >= _WIDE:
            table = Table.grid(padding=(0, 1))
            table.add_column(justify="right", style="dim")
            table.add_column()
            for name, fact in facts.items():
                table.add_row(name, fact)
            body = Table.grid(padding=(0, 2))
            body.add_row(glass, table)
            return Group(body, bar)
        return Group(glass, *_lines(facts), bar)  # a bar does not end its line

    @staticmethod
    def _gauge(shown_ms_km: float, step: Step | None) -> Text:
        """Where the pace lies about the target: 30 s/km to each side."""
        if not step or not step.pace_fast or not shown_ms_km:
            return Text(" ")
        middle = (step.pace_fast + step.pace_slow) / 2
        at = round(15 + max(-15.0, min(15.0, (middle - shown_ms_km) / 2000)))
        line = ["\u2500"] * 31
        line[15] = "\u253c"
        line[at] = "\u25cf"
        off = abs(middle - shown_ms_km)
        return Text(
            "slow " + "".join(line) + " fast", style="green" if off < 8000 else "yellow" if off < 20000 else "red"
        )


def _lines(facts: dict[str, str | Text]) -> list[Text]:
    """The facts in four lines of less than 70 columns, below the glass."""
    out = []
    for names in (("session", "step"), ("pace", "target"), ("off",), ("run", "time")):
        there = [Text.assemble((name + " ", "dim"), facts[name]) for name in names if name in facts]
        line = Text("   ").join(there)
        line.truncate(_LEAST_WIDTH - 1, overflow="ellipsis")
        out.append(line)
    return out
