"""Seconds of mutation without coverage, for `make test`: python -m tests.fuzz.mutate TARGET SECONDS SEED

Prints a line of JSON: how many inputs, the slowest in seconds, the most memory in MB; an input that breaks something is
written to out/ and told.
"""

import json
import random
import sys
import time
from pathlib import Path

from pacer_watch.faults.texts import mutated

from .targets import TARGETS, tried

FOUND = Path(__file__).with_name("found")
_PIECES = (
    b"9" * 12, b"-1", b"nan", b"inf", b"1e999", b"\x00", b"\xff\xff\xff\xff", b"\x7f", b"\xc3", b"\n\n", b"[" * 300,
    b"999999999999999999999", b"\xb5\x62\x01\x07", b"<a>", b"null", b"true", b"{}", b"'", b"@ ", b"- 99 x:\n  ",
)  # fmt: skip


def memory_mb() -> int:
    """The most that this process has taken so far; 0 where that is not told."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def main() -> int:
    name, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    seeds = list(TARGETS[name].seeds())
    for data in seeds:
        assert tried(name, data) or name in ("log", "shorthand", "icu"), f"a seed of {name} is refused"
    count, slowest = 0, 0.0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        data = mutated(rng, seeds, _PIECES)
        began = time.process_time()
        try:
            tried(name, data)
        except Exception:
            path = Path("out") / f"fuzz-{name}-{count}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            print(f"{path}: {data[:300]!r}", file=sys.stderr)
            raise
        slowest = max(slowest, time.process_time() - began)
        count += 1
    print(json.dumps({"inputs": count, "slowest_s": round(slowest, 2), "memory_mb": memory_mb()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
