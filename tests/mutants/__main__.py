"""`make mutants`: how many mutants of a file the tests named beside it notice, and the hand-made ones.

Nine in ten of a file's mutants have to be noticed, those not counted that mean the same as the file itself; and each
survivor has to stand in survivors.txt with the reason why it is left.
"""

import argparse
import importlib
import time
import zlib

from .judge import ROOT, SURVIVED, Copy
from .patches import PATCHES
from .sample import mutants
from .table import FILES, reasons

_LEAST = 0.9


def _patches(copy: Copy, only: list[str]) -> int:
    """Run the hand-made ones; how many survive."""
    survived = 0
    wanted = [p for p in PATCHES if not only or any(o in p.file or o == p.name for o in only)]
    limits: dict[tuple[str, ...], float] = {}
    for p in wanted:
        if p.tests not in limits:
            limits[p.tests] = copy.well(p.tests)
        verdict = copy.judge(p.file, p.applied((ROOT / p.file).read_text(encoding="utf-8")), p.tests, limits[p.tests])
        survived += verdict == SURVIVED
        print(f"{verdict:9} {p.name}", flush=True)
    print(f"{len(wanted) - survived} of {len(wanted)} patches noticed")
    return survived


def _sample(copy: Copy, file: str, tests: tuple[str, ...], count: int, seed: int) -> bool:
    """Run a sample of a file's mutants. Are enough of them noticed, and the others explained?"""
    began = time.monotonic()
    limit_s = copy.well(tests)
    found = mutants((ROOT / file).read_text(encoding="utf-8"), count, seed ^ zlib.crc32(file.encode()))
    alive = [m for m in found if copy.judge(file, m.text, tests, limit_s) == SURVIVED]
    why = {m: reasons().get((file, m.before, m.after), "") for m in alive}
    same = sum(reason.startswith("equivalent") for reason in why.values())
    killed, count = len(found) - len(alive), len(found) - same
    took = time.monotonic() - began
    print(
        f"{file:44} {killed:3} of {count:3} ({same} equivalent) {100 * killed // count:3} %  {took:4.0f} s", flush=True
    )
    for m in alive:
        print(f"    {m.line}: {m.before}\n      -> {m.after}\n      {why[m] or 'NOT EXPLAINED'}", flush=True)
    return killed >= _LEAST * count and all(why.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants ARGS=", description=__doc__)
    parser.add_argument("only", nargs="*", help="files or patches by a part of their names; else all")
    parser.add_argument("--count", type=int, default=40, help="mutants of a file, 40 unless told")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patches", action="store_true", help="the hand-made ones alone")
    parser.add_argument("--samples", action="store_true", help="the samples alone")
    args = parser.parse_args()
    for name in ("pytest", "hypothesis", "numpy", "rich_click", "gpxpy", "PIL.Image", "serial", "jinja2"):
        importlib.import_module(name)  # once, for all children
    good = True
    with Copy() as copy:
        if not args.samples:
            good = not _patches(copy, args.only)
        if not args.patches:
            for file, tests in FILES.items():
                if not args.only or any(o in file for o in args.only):
                    good = _sample(copy, file, tests, args.count, args.seed) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
