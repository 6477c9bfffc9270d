"""bench: the figures beside what they should reach."""

from pathlib import Path

import rich_click as click
from rich import box
from rich.markup import escape
from rich.table import Table

from .. import benches
from ..twin import interp
from ..twin.chips import Refused
from .common import ERR, OUT, Sorry, emit, json_option, runtime_option


@click.command("bench")
@click.argument("name", type=click.Choice(sorted(benches.BENCHES)))
@runtime_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder for a picture, of accuracy: a rep on an arm that swings.",
)
@click.option("--seed", type=click.IntRange(0, 10**9), default=None, help="Of chance, for weeks.")
@click.option(
    "--runners", type=click.IntRange(4, 10_000), default=None, help="How many train, for weeks; 200 if not said."
)
@json_option
def bench(
    name: str, runtime: str | None, out: Path | None, seed: int | None, runners: int | None, as_json: bool
) -> None:  # fmt: skip
    """Measure, on this machine, and print the figures beside what they should reach; below, what others make of it.

    accuracy: pace, distance and cadence against the truth, beside the usual filters on the same input.
    coach: cues against the truth, beside three simple coaches on the same sessions.
    heap: the smallest heap in which the watch starts, and in which it runs a session whole; copied and in place.
    power: what a session takes from a battery on each board, from data sheets and the twin's duty cycles.
    size: bytes, heap and instructions on the 32-bit interpreter.
    weeks: twelve weeks of training by the review, beside two simple rules on the same runners.

    \b
    Examples:
      pacer bench size
      pacer bench accuracy --out out
      pacer bench coach --json
      pacer bench weeks --seed 7 --runners 400
    """
    if out is not None and name not in benches.PICTURES:
        raise Sorry(f"bench {name} has no picture; --out goes with {', '.join(benches.PICTURES)}")
    if name != "weeks" and (seed is not None or runners is not None):
        raise Sorry(f"bench {name} draws no runners; --seed and --runners go with weeks")
    try:
        with ERR.status(f"measuring {name}...") as status:
            if name == "weeks":
                rows = benches.weeks_rows(
                    seed, runners, lambda done, all_: status.update(f"training {done} of {all_} runners...")
                )
            else:
                rows = benches.BENCHES[name](runtime)
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                benches.PICTURES[name](out / f"{name}.png", runtime)
    except (interp.Crashed, Refused) as e:
        raise Sorry(f"the bench stopped: {e}") from e
    except OSError as e:
        raise Sorry(f"{out}: {e.strerror}; name another folder with --out") from e
    if as_json:
        emit({"bench": name, "runtime": interp.choose(runtime), "rows": [row.as_dict() for row in rows]})
        return
    table = Table(title=f"bench {name}", title_justify="left", box=box.SIMPLE)
    for column in ("figure", "value", "unit", "reach", ""):
        table.add_column(column, justify="right" if column == "value" else "left")
    for row in rows:
        verdict = "" if row.ok is None else "yes" if row.ok else "missed"
        others = ", ".join(f"{k} {v:.3g}" for k, v in (row.others or {}).items())
        beside = f"\n[dim]{escape(others)}[/dim]" if others else ""
        value = "-" if row.value is None else f"{row.value:g}"
        table.add_row(escape(row.name) + beside, value, row.unit, row.reach or row.note, verdict)
    OUT.print(table)
    if out is not None:
        OUT.print(f"picture: {out / f'{name}.png'}")
