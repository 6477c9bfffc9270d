"""The watch's own file system, a real LittleFS, whose power is cut and whose flash fails: scripts/littlefs.py plays it.

Torn cuts are judged by what was synced before; an operation that fails by the seconds that the log lacks then.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .. import FIRMWARE
from ..twin import interp
from .judge import Outcome

_SCRIPT = Path(__file__).parent / "scripts" / "littlefs.py"
_MOST_LOST_S = 10  # to one operation that fails
_SHARES = 4  # of the cuts, each an outcome
_FULL_S = 1500
_NEAR_S = 3  # and no more are in a record and the two that may be taken for its rest


def power_cuts(seconds: int, share: int, shares: int, seed: int) -> Outcome:
    """The power goes at a share of all writes of a run, torn at eight positions; then at a write of the recovery."""
    out = Outcome("power cut", f"every write of {seconds} s torn at 8 positions, share {share + 1} of {shares}", True)
    synced = 0
    for words in _rows("cuts", seconds, share, shares, seed):
        if words[0] == "writes":
            continue
        where = " ".join(words[:3])
        if words[0] == "resumed":
            count, gap, _, has_end = map(int, words[3:])
            out.compared["logs"] += 1
            out.compared["seconds"] += count
            _hold(out, gap == 0 and has_end == 1, f"{where}: the resumed log lacks {gap} s, end {has_end}", gap)
            continue
        t, ended, profile, found, name = words[3:]
        out.compared["boots"] += 1
        out.compared["cuts"] += 1
        out.compared["second cuts"] += words[0] == "again"
        if t != "None" and found != "-1":
            lost = int(t) if found == "None" else max(0, int(t) - int(found))
            out.compared["seconds"] += int(t) // 1000
            synced += 1
            _hold(out, lost == 0, f"{where}: {lost} ms that were synced are gone", -(-lost // 1000))
        _hold(out, ended != "True" or found == "-1", f"{where}: a run that was ended is not")
        _hold(out, name in ("Old", "New") and (profile != "New" or name == "New"), f"{where}: profile {name}")
    _hold(out, synced > 0, "nothing had been synced before any cut")
    return out


def failing(seconds: int, first: int, each: int) -> Outcome:
    """Each write, erase and sync fails, once and from then on."""
    out = Outcome("failing flash", f"each {each}th operation on the blocks of {seconds} s, from {first}", True)
    for words in _rows("fails", seconds, first, each):
        if words[0] == "writes":
            continue
        n, for_ever, t, ended, profile, found, name, *rest = words[1:]
        count, gap, laps, has_end, told = map(int, rest)
        out.compared["boots"] += 1
        out.compared["logs"] += 1
        _hold(out, name in ("Old", "New") and (profile != "New" or name == "New"), f"operation {n}: profile {name}")
        if for_ever == "1":
            kept = t == "None" or found == "-1" or (found != "None" and int(found) >= int(t))
            out.compared["seconds"] += count
            _hold(out, kept, f"from operation {n} on: {t} ms was synced, {found} is there")
            _hold(out, bool(told) or ended == "True", f"from operation {n} on: nobody was told")
            continue
        lost = seconds - count
        out.compared["seconds"] += seconds
        out.compared["laps"] += laps
        _hold(out, lost <= _MOST_LOST_S and gap <= _MOST_LOST_S, f"operation {n}: {lost} s lost", lost)
        _hold(out, has_end == 1 and laps == (seconds - 1) // 25, f"operation {n}: {laps} laps, end {has_end}")
    return out


def rotten(seconds: int, first: int, each: int) -> Outcome:
    """A bit of the log of a run that was cut off has turned: it is resumed where it was, but for what the bit was in.

    With its text damaged it is not resumed at all. A CRC of 8 bits lets one record in 256 through, and behind a damaged
    one a dozen beginnings are tried: so in a few of a hundred the place is another.
    """
    out = Outcome("rotten log", f"each {each}th bit of a log of {seconds} s, from {first}", True)
    others = 0
    head = t_ms = run_mm = laps = 0
    for words in _rows("rot", seconds, first, each):
        if words[0] == "whole":
            head, _, t_ms, run_mm, laps = map(int, words[1:])
            continue
        out.compared["bits"] += 1
        at = int(words[1])
        if at < head:
            _hold(out, words[2] == "None", f"byte {at} of the text is damaged, and the run is resumed")
        elif words[2] == "None":
            _hold(out, False, f"byte {at} is damaged, and the run is not resumed")
        else:
            t, mm, n = map(int, words[2:])
            near = 0 <= t_ms - t <= _NEAR_S * 1000 and 0 <= run_mm - mm <= 4000 * _NEAR_S and 0 <= laps - n <= 1
            out.compared["places"] += 1
            others += not near
    most = out.compared["places"] // 33
    _hold(out, others <= most, f"{others} of {out.compared['places']} places are others, of {most} at most")
    out.why = out.why or f"{others} of {out.compared['places']} places are others"
    return out


def full() -> Outcome:
    """The flash fills in mid-run, beside fetched runs and one that was not."""
    out = Outcome("failing flash", f"a flash that fills in a run of {_FULL_S} s, with fetched runs on it", True)
    for words in _rows("full", _FULL_S):
        left = words[1].split(",")
        count, gap, laps, has_end = map(int, words[4:])
        lost = _FULL_S - count
        out.compared["seconds"] += _FULL_S
        out.compared["laps"] += laps
        out.compared["logs"] += 1
        out.compared["boots"] += 1
        _hold(out, lost == 0 and gap == 0 and has_end == 1, f"{lost} s lost, {gap} in a piece, end {has_end}", lost)
        _hold(out, laps == (_FULL_S - 1) // 25, f"{laps} laps")
        _hold(out, "0001.run" in left, "a run that was not fetched is gone")
        _hold(out, "0002.got" not in left, "the flash was never full: nothing had to go")
        _hold(out, "0004.got" in left, "the newest fetched run went before it had to")
    return out


def _hold(out: Outcome, true: bool, wrong: str, lost_s: int = 0) -> None:
    out.seconds_lost = max(out.seconds_lost, lost_s)
    if not true and out.survived:
        out.survived, out.why = False, wrong


def _rows(mode: str, *numbers: int) -> Iterator[list[str]]:
    """What the script prints, in words."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(_SCRIPT, folder)
        command = [interp.micropython() or "", "-X", "heapsize=64M", _SCRIPT.name, temporary, mode, *map(str, numbers)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    kinds = ("writes", "cut", "again", "resumed", "fail", "full", "whole", "rot")
    rows = [line.split() for line in done.stdout.splitlines() if line.split(" ")[0] in kinds]
    if done.returncode or not rows:
        raise interp.Crashed(f"{done.stdout[-300:]}{done.stderr[-1000:]}")
    yield from rows
