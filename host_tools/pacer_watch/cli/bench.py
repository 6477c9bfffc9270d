"""bench: the figures beside what they should reach."""

import rich_click as click
from rich import box
from rich.table import Table

from .. import benches
from ..twin import interp
from ..twin.chips import Refused
from .common import ERR, OUT, Sorry, emit, json_option, runtime_option


@click.command("bench")
@click.argument("name", type=click.Choice(sorted(benches.BENCHES)))
@runtime_option
@json_option
def bench(name: str, runtime: str | None, as_json: bool) -> None:
    """Measure, on this machine, and print the figures beside what they should reach.

    accuracy: pace, distance and cadence against the truth, beside the usual filters on the same input.
    coach: cues against the truth, beside three simple coaches on the same sessions.
    power: what a session takes from a battery on each board, from data sheets and the twin's duty cycles.
    size: bytes, heap and instructions on the 32-bit interpreter.

    \b
    Examples:
      pacer bench size
      pacer bench accuracy --runtime wasm --json
    """
    try:
        with ERR.status(f"measuring {name}..."):
            rows = benches.BENCHES[name](runtime)
    except (interp.Crashed, Refused) as e:
        raise Sorry(f"the bench stopped: {e}") from e
    if as_json:
        emit({"bench": name, "runtime": interp.choose(runtime), "rows": [row.as_dict() for row in rows]})
        return
    table = Table(title=f"bench {name}", title_justify="left", box=box.SIMPLE)
    beside = any(row.others for row in rows)
    for column in ("figure", "value", "unit", "reach", "", *(["others on the same input"] if beside else [])):
        table.add_column(column, justify="right" if column == "value" else "left")
    for row in rows:
        verdict = "" if row.ok is None else "yes" if row.ok else "missed"
        cells = [row.name, "-" if row.value is None else f"{row.value:g}", row.unit, row.reach or row.note, verdict]
        if beside:
            cells.append(", ".join(f"{k} {v:.3g}" for k, v in (row.others or {}).items()))
        table.add_row(*cells)
    OUT.print(table)
