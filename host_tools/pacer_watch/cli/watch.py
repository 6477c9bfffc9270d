"""The watch on its cable, looked at: status and watch."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import rich_click as click

from pacer.core import profile as pf

from ..link import Link, LinkError
from ..text import KM, Units, clock
from .common import OUT, connected, json_option, port_option, say, units_of, units_option

_RUNS = ("running", "paused")


def _counts(link: Link, given: str | None) -> Units:
    """How the runner counts: as said, else as the profile on the watch says, else in kilometres."""
    if given:
        return units_of(given, None)
    try:
        return units_of(None, pf.parse(link.get("profile.txt")))
    except (LinkError, pf.ProfileError):
        return KM


@click.command()
@port_option
@units_option
@json_option
def status(port: str | None, units: str | None, as_json: bool) -> None:
    """What the watch is doing: state, fix, battery, memory, and what its last crash was.

    \b
    Examples:
      pacer status
      pacer status --json
    """
    with connected(port) as link:
        facts: dict[str, Any] = {"watch": link.hello, **link.status(), "last_crash": link.crash() or None}
        counts = KM if as_json or facts.get("state") not in _RUNS else _counts(link, units)
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for name, value in in_words(facts, counts):
        say(f"{name:>12}  {value}")


def in_words(facts: dict[str, Any], units: Units = KM) -> Iterator[tuple[str, str]]:
    """What a person wants to know of it, a line a thing; what is nothing, or was not said, is left out."""

    def number(name: str) -> int:
        value = facts.get(name)
        return value if isinstance(value, int) else -1

    state = facts.get("state", "?")
    yield "watch", str(facts["watch"])
    yield "state", str(state)
    if state in _RUNS and number("run_ms") >= 0:
        way = number("run_mm") / units.mm
        yield "run", f"{clock(number('run_ms'))}, {way:.3f} {units.name}, in step {number('step')}"
    yield "satellites", f"{max(0, number('sats'))}, {'with' if number('fix') > 0 else 'without'} a fix"
    yield "battery", "not measured" if number("battery") < 0 else f"{number('battery')} %"
    if number("flash_free_kib") >= 0:
        yield "flash", f"{number('flash_free_kib') / 1024:.1f} MB free"
    if number("heap_free") >= 0:
        yield "memory", f"{number('heap_free') // 1024} KB free"
    if number("bus_faults") > 0:
        yield "bus faults", str(number("bus_faults"))
    if facts.get("error"):
        yield "error", str(facts["error"])
    yield "last crash", str(facts["last_crash"] or "none")


@click.command()
@click.option("--seconds", type=float, default=None, help="Stop after so long; else with Ctrl-C.")
@port_option
@units_option
@json_option
def watch(seconds: float | None, port: str | None, units: str | None, as_json: bool) -> None:
    """Look over the runner's shoulder: pace, target, distance, once a second, while the run goes on undisturbed.

    \b
    Examples:
      pacer watch
      pacer watch --seconds 10 --json
    """
    keys = ("run_ms", "run_mm", "step", "speed_mm_s", "raw_mm_s", "cadence_spm", "confidence", "pace_ms_km", "balance")
    until = time.monotonic() + seconds if seconds else float("inf")
    with connected(port) as link:
        counts = KM if as_json else _counts(link, units)
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
                        f"{state:8} {clock(facts['run_ms']):>9}  {facts['run_mm'] / counts.mm:6.3f} {counts.name}  "
                        f"step {facts['step'] + 1:<3} "
                        f"{counts.pace(1e9 / v) if v > 300 else '-':>7} for {counts.pace(target):<7} {counts.per}  "
                        f"{facts['cadence_spm']} spm",
                        highlight=False,
                    )
        except KeyboardInterrupt:
            pass
        finally:
            link.watch(False)
