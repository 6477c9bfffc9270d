"""The watch on its cable, looked at: status and watch."""

import json
import re
import time
from typing import Any

import rich_click as click

from ..text import clock, pace
from .common import OUT, connected, json_option, port_option


@click.command()
@port_option
@json_option
def status(port: str | None, as_json: bool) -> None:
    """What the watch is doing: state, fix, battery, memory, and what its last crash was.

    \b
    Examples:
      pacer status
      pacer status --json
    """
    with connected(port) as link:
        facts: dict[str, Any] = {"watch": link.hello, **link.status(), "last_crash": link.crash() or None}
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        if key == "battery":
            value = "not measured" if value == -1 else f"{value} %"
        elif key == "last_crash":
            value = value or "none"
        OUT.print(f"{key.replace('_', ' '):>16}  {value}", highlight=False)


@click.command()
@click.option("--seconds", type=float, default=None, help="Stop after so long; else with Ctrl-C.")
@port_option
@json_option
def watch(seconds: float | None, port: str | None, as_json: bool) -> None:
    """Look over the runner's shoulder: pace, target, distance, once a second, while the run goes on undisturbed.

    \b
    Examples:
      pacer watch
      pacer watch --seconds 60 --json
    """
    keys = ("run_ms", "run_mm", "step", "speed_mm_s", "raw_mm_s", "cadence_spm", "confidence", "pace_ms_km", "balance")
    until = time.monotonic() + seconds if seconds else float("inf")
    with connected(port) as link:
        link.watch(True)
        try:
            while time.monotonic() < until:
                for line in link.listen(0.5):
                    state, *numbers = line.split() or [""]
                    if len(numbers) < len(keys) or not all(re.fullmatch(r"-?[0-9]{1,12}", n) for n in numbers):
                        continue  # of another firmware, or damaged
                    facts: dict[str, Any] = {"state": state, **dict(zip(keys, map(int, numbers), strict=False))}
                    if as_json:
                        print(json.dumps(facts), flush=True)
                        continue
                    v, target = facts["speed_mm_s"], facts["pace_ms_km"]
                    OUT.print(
                        f"{state:8} {clock(facts['run_ms']):>9}  {facts['run_mm'] / 1e6:6.3f} km  "
                        f"step {facts['step'] + 1:<3} "
                        f"{pace(round(1e9 / v)) if v > 300 else '-':>7} for {pace(target) if target else '-':<7} "
                        f"{facts['cadence_spm']} spm",
                        highlight=False,
                    )
        except KeyboardInterrupt:
            pass
        finally:
            link.watch(False)
