"""`make fuzz`: each kind of input in turn, guided by coverage. A finding is written to
out/fuzz/ and ends with status 1.

What was found once lies in tests/fuzz/found/, a folder a kind: it is tried again here and in `make test`.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

OUT = Path("out") / "fuzz"
FOUND = Path(__file__).with_name("found")
_SLOWEST_S = 2
_MEMORY_MB = 300
_LONGEST = 6_000  # bytes of an input
_INSTRUMENTED = ["pacer", "pacer_watch", "fitdecode", "gpxpy", "tcxreader"]


def _guided(name: str, seconds: int) -> None:
    """Fuzz one kind in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=_INSTRUMENTED):
        from . import targets

    def one(data: bytes) -> None:
        try:
            targets.tried(name, data)
        except Exception:
            (OUT / f"{name}-finding").write_bytes(data)
            raise

    corpus = OUT / name
    corpus.mkdir(parents=True, exist_ok=True)
    for k, data in enumerate(targets.TARGETS[name].seeds()):
        (corpus / f"seed-{k}").write_bytes(data)
    options = [f"-max_total_time={seconds}", f"-timeout={_SLOWEST_S}", f"-rss_limit_mb={_MEMORY_MB}",
               "-print_final_stats=1",
               f"-max_len={_LONGEST}", f"-artifact_prefix={OUT}/{name}-", "-verbosity=0"]  # fmt: skip
    found = [str(FOUND / name)] if (FOUND / name).is_dir() else []
    atheris.Setup([sys.argv[0], *options, str(corpus), *found], one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=", description=__doc__)
    parser.add_argument("names", nargs="*", help="kinds; all of them without")
    parser.add_argument("--seconds", type=int, default=3600, help="for all of them together")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.here:
        _guided(args.here, args.seconds)
        return 0
    from .targets import TARGETS

    names = args.names or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(TARGETS)}")
    OUT.mkdir(parents=True, exist_ok=True)
    bad = []
    for name in names:
        began = time.monotonic()
        log = OUT / f"{name}.log"
        command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz", "--here", name]
        with log.open("wb") as f:
            done = subprocess.run(
                [*command, "--seconds", str(args.seconds // len(names))], stdout=f, stderr=f, check=False
            )
        stats = dict(
            line[6:].split(":", 1) for line in log.read_text(errors="replace").splitlines() if line.startswith("stat::")
        )
        inputs, memory = (stats.get(k, "?").strip() for k in ("number_of_executed_units", "peak_rss_mb"))
        print(f"{name:12} {time.monotonic() - began:5.0f} s  {inputs:>9} inputs  {memory:>4} MB  "
              f"{f'FOUND, see {log}' if done.returncode else 'nothing found'}", flush=True)  # fmt: skip
        if done.returncode:
            bad.append(name)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
