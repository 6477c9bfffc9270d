"""`make golden`: plays the kept sessions anew and prints what differs; `--check` keeps what was there."""

import argparse
from collections.abc import Iterator

from pacer_watch.formats import runlog

from . import coaching
from .cases import CASES, RUNS, record

Kept = tuple[bytes, str]


def _said(log: bytes) -> list[str]:
    """A log in words, a line a record; none for no log."""
    if not log:
        return []
    run = runlog.parse(log)
    lines = [(e.t_ms, 1, str(e)) for e in run.events] + [(s.t_ms, 0, str(s)) for s in run.seconds]
    head = [f"{key} {value}" for key, value in run.header.items()]
    return [*head, run.workout, run.profile, *(line for *_, line in sorted(lines))]


def differences(before: Kept, now: Kept) -> Iterator[str]:
    """What of a case is not as it was, in words."""
    old, new = _said(before[0]), _said(now[0])
    yield from _changed(old, new)
    if old == new and before[0] != now[0]:
        first = next((i for i, (a, b) in enumerate(zip(*(x[0] for x in (before, now)))) if a != b), len(now[0]))
        yield f"the log's bytes, from {first} on"
    yield from _changed(before[1].splitlines(), now[1].splitlines())


def _changed(old: list[str], new: list[str]) -> Iterator[str]:
    gone, come = set(old) - set(new), set(new) - set(old)
    yield from (f"- {line}" for line in old if line in gone)
    yield from (f"+ {line}" for line in new if line in come)
    if not gone and not come and old != new:
        yield "the same lines in another order"


def _coaching(check: bool) -> bool:
    """The coach's reps. Do they differ?"""
    before = coaching.KEPT.read_text().splitlines() if coaching.KEPT.exists() else []
    now = list(coaching.told())
    lines = list(_changed(before, now))
    print(f"coaching: {f'{len(lines)} lines differ' if lines else 'as it was'}")
    if not check:
        coaching.KEPT.write_text("\n".join(now) + "\n")
    return bool(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make golden", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; all of them without")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when something differs")
    args = parser.parse_args()
    if unknown := set(args.names) - set(CASES):
        parser.error(f"no case is called {', '.join(sorted(unknown))}")
    RUNS.mkdir(exist_ok=True)
    differ = 0
    for name in args.names or CASES:
        log, text = RUNS / f"{name}.run", RUNS / f"{name}.txt"
        before = (log.read_bytes(), text.read_text()) if text.exists() else (b"", "")
        now = record(name)
        lines = list(differences(before, now))
        print(f"{name}: {f'{len(lines)} lines differ' if lines else 'as it was'}")
        for line in lines[:40]:
            print("   ", line[:200])
        differ += bool(lines)
        if not args.check:
            log.write_bytes(now[0])
            text.write_text(now[1])
    if not args.names:
        differ += _coaching(args.check)
    raise SystemExit(args.check and differ > 0)


if __name__ == "__main__":
    main()
