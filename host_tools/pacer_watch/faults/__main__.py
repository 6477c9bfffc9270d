"""The command line of the campaign: `python -m pacer_watch.faults`, or `make faults`."""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable

from rich import box
from rich.console import Console
from rich.table import Table

from ..twin import interp
from . import __doc__ as about
from .campaign import campaign, each_transfer, run_case
from .judge import Outcome
from .soak import soak

_SEED = 20261124


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make faults", description=about, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  python -m pacer_watch.faults --quick\n"
        "  python -m pacer_watch.faults --only 'frozen for 15 s'\n"
        "  python -m pacer_watch.faults --soak 24",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--quick", action="store_true", help="the part that make test runs")
    parser.add_argument("--only", help="one case by its name")
    parser.add_argument("--soak", type=float, metavar="HOURS", help="only the soak, so long, on both interpreters")
    parser.add_argument("--each-transfer", action="store_true", help="only I2C: a session for each transaction of one")
    parser.add_argument("--json", action="store_true", help="for scripts")
    args = parser.parse_args()
    if args.soak is not None and not 0.05 <= args.soak <= 24:
        parser.error("--soak is in hours, from 0.05 to 24: a workout has no more")
    return args


def _play(args: argparse.Namespace, told: Callable[[Outcome], None]) -> list[Outcome]:
    """What was asked for; told is called for each outcome that is worth a line."""
    if args.only:
        try:
            found = [run_case(args.only, args.seed, args.quick)]
        except KeyError:
            raise SystemExit(f"no case is called {args.only!r}; without --only, all are run and named") from None
    elif args.each_transfer:
        found = each_transfer()
    elif args.soak:
        found = []
        for runtime in (interp.UNIX, interp.WASM):
            found.append(soak(runtime, args.soak, args.seed))
            told(found[-1])
        return found
    else:
        return campaign(args.seed, args.quick, told=told)
    for o in found:
        if args.only or not o.survived:
            told(o)
    return found


def _table(found: list[Outcome]) -> Table:
    """A row a family: what it has compared; the seconds lost and the metres off are the most of one case."""
    out = Table(title="fault campaign", title_justify="left", box=box.SIMPLE)
    left = ("family", "held against the run without the fault, or what it must be")
    for column in ("family", "tried", "survived", left[1], "s lost", "m off"):
        out.add_column(column, justify="left" if column in left else "right")
    by: dict[str, list[Outcome]] = defaultdict(list)
    for o in found:
        by[o.family].append(o)
    for family, some in by.items():
        compared = sum((o.compared for o in some), Counter[str]())
        said = ", ".join(f"{count:,} {what}" for what, count in sorted(compared.items()))
        lost, off = max(o.seconds_lost for o in some), max(o.metres_off for o in some)
        out.add_row(family, str(len(some)), str(sum(o.survived for o in some)), said, str(lost), f"{off:.1f}")
    return out


def main() -> None:
    args = _arguments()
    console = Console(stderr=True)
    began = time.perf_counter()

    def told(o: Outcome) -> None:
        if not args.json:
            mark = "[green]ok[/]" if o.survived else "[red]FAILED[/]"
            console.print(f"{mark} {o.family}: {o.name} [dim]{o.why}[/]", highlight=False)

    found = _play(args, told)
    if args.json:
        print(json.dumps([{**vars(o), "compared": dict(o.compared)} for o in found], indent=2))
    else:
        out = Console(width=120)
        out.print(_table(found))
        out.print(f"seed {args.seed}, {time.perf_counter() - began:.0f} s")
    sys.exit(0 if all(o.survived for o in found) else 1)


if __name__ == "__main__":
    main()
