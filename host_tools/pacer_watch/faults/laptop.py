"""Commands on the laptop that are killed at each step to the disk, or whose disk is full: no good file is touched.

Killed by their own hand (SIGKILL) just before and behind the n-th open, before the n-th sync, rename or removal. A
full disk is a small tmpfs where the system lets one mount it (unshare(1)), and a limit to the size of files
(RLIMIT_FSIZE) anywhere.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .judge import Outcome, settled

COMMANDS = {
    "profile": ("profile", "--race", "5k=18:45", "--race", "1500m=4:50", "--file", "profile.txt"),
    "review": ("review", "a.run", "--apply", "--file", "profile.txt"),
    "export": ("export", "a.run", "--to", "fit", "-o", "a.fit"),
    "report": ("report", "a.run", "-o", "a.html"),
}
_WRITES = ("profile.txt", "profile.txt.old", "a.fit", "a.html")
_PROFILE = "# Pacer profile 1\nname Old\ncritical-speed 4 m/s\nd-prime 200 m\n"
_KILLED = """
import os, sys
left, here = int(sys.argv.pop(1)), os.getcwd()


def due():
    global left
    left -= 1
    return left == -1


def step(event, args):
    names = ("os.rename", "os.remove", "os.mkdir", "fsync")
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    writes = writes and left >= 0 and str(args[0]).startswith((here, "profile", "a."))
    if (event in names or writes) and due():
        os.kill(os.getpid(), 9)
    if writes and due():  # opened, and not written yet
        os.close(os.open(args[0], args[2], 0o666))
        os.kill(os.getpid(), 9)


fsync = os.fsync
os.fsync = lambda fd: (step("fsync", ()), fsync(fd))[1]
from pacer_watch.cli import main
sys.addaudithook(step)
main()
"""
_LIMITED = """
import resource, sys
size = int(sys.argv.pop(1))
from pacer_watch.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
main()
"""
# The disk is there for the command's own eyes only, so what it leaves is copied to where we can look.
_ON_A_DISK = """
here=$PWD kept=$1 python=$2
shift 2
mount -t tmpfs -o size=64k none "$here" && cd "$here" && cp "$kept"/* . || exit 9
head -c 99999 /dev/zero > fill 2> /dev/null
"$python" -c 'from pacer_watch.cli import main; main()' "$@"
code=$?
rm fill
rm "$kept"/* && cp * "$kept" && exit $code
"""
_MOST_STEPS = 60


def _fresh(folder: Path, log: bytes) -> dict[str, bytes]:
    """A folder with a run and what earlier commands have made of it; its files."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / "a.run").write_bytes(log)
    (folder / "profile.txt").write_text(_PROFILE)
    for name in _WRITES[1:]:
        (folder / name).write_bytes(b"good " + name.encode())
    return _files(folder)


def _files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def _run(folder: Path, code: str, number: int, command: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-c", code, str(number), *command]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def _half(now: dict[str, bytes], old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    """The files that are neither as they were nor as the command makes them; the profile before may be the backup."""
    wrong = []
    for name, data in old.items():
        good = {data, new.get(name, data), *([old["profile.txt"]] if name == "profile.txt.old" else [])}
        if now.get(name) not in good:
            wrong.append(name)
    return wrong


def killed(log: bytes, name: str, each: int = 1) -> Outcome:
    """A command is killed before each of its steps to the disk, or before each each-th; then it is run again."""
    command = COMMANDS[name]
    out = Outcome("laptop", f"pacer {name} is killed at each step", True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "a"
        old = _fresh(folder, log)
        done = _run(folder, _KILLED, 1 << 20, command)
        new = _files(folder)
        if done.returncode or new == old:
            return _failed(out, f"it did nothing: {done.stderr.strip()[-200:]}")
        for n in range(0, _MOST_STEPS, each):
            _fresh(folder, log)
            done = _run(folder, _KILLED, n, command)
            if done.returncode == 0:
                break
            now = _files(folder)
            out.compared["files"] += len(old)
            if wrong := _half(now, old, new):
                return _failed(out, f"killed at step {n}: {', '.join(wrong)} is neither old nor new")
            again = _run(folder, _KILLED, 1 << 20, command)
            if again.returncode or _files(folder).get(command[-1]) is None:
                return _failed(out, f"killed at step {n}, it can not be run again: {again.stderr.strip()[-200:]}")
        else:
            return _failed(out, f"more than {_MOST_STEPS} steps")
        out.why = f"{n} steps"
        if n < 3:
            return _failed(out, f"it was never killed: {n} steps")
    return settled(out)


def limited(log: bytes, name: str) -> Outcome:
    """No file may grow beyond a size: a sentence, and all that was good is."""
    out = Outcome("laptop", f"pacer {name} may write files of a few bytes only", True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "a"
        failures = 0
        for size in (0, 1, 100, 1000, 20_000):
            old = _fresh(folder, log)
            done = _run(folder, _LIMITED, size, COMMANDS[name])
            out.compared["files"] += len(old)
            failures += done.returncode != 0
            if wrong := _sentence(done) or _spoiled(done.returncode, _files(folder), old):
                return _failed(out, f"{size} bytes: {wrong}")
        if not failures:
            return _failed(out, "it never failed")
    return settled(out)


def full(log: bytes, name: str) -> Outcome:
    """The disk is full, a tmpfs with so much room beside what is on it."""
    out = Outcome("laptop", f"pacer {name} on a full disk", True)
    with tempfile.TemporaryDirectory() as temporary:
        folder, kept = Path(temporary) / "a", Path(temporary) / "b"
        old = _fresh(kept, log)
        folder.mkdir()
        words = ["unshare", "-rm", "sh", "-c", _ON_A_DISK, "full", str(kept), sys.executable, *COMMANDS[name]]
        if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
            out.why = "skipped: this system lets nobody mount a disk of his own"
            out.compared["skipped"] += 1
            return out
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        out.compared["files"] += len(old)
        if "No space left" not in done.stderr:
            return _failed(out, f"the disk was not full: {done.returncode}, {done.stderr.strip()[-200:]}")
        if wrong := _sentence(done) or _spoiled(done.returncode, _files(kept), old):
            return _failed(out, wrong)
    return settled(out)


def _sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """What is wrong with how a command has told its failure."""
    if done.returncode not in (0, 2):
        return f"exit status {done.returncode}: {done.stderr.strip()[-200:]}"
    if "Traceback" in done.stderr or (done.returncode and not done.stderr.strip()):
        return "no sentence: " + done.stderr.strip()[-200:]
    return ""


def _spoiled(code: int, now: dict[str, bytes], old: dict[str, bytes]) -> str:
    """What a command that has failed should have left alone."""
    if not code:
        return ""
    backup = {old["profile.txt.old"], old["profile.txt"]}
    if wrong := [n for n, data in old.items() if now.get(n) != data and not (n.endswith(".old") and now[n] in backup)]:
        return "spoiled: " + ", ".join(wrong)
    if more := sorted(now.keys() - old.keys()):
        return "left behind: " + ", ".join(more)
    return ""


def _failed(out: Outcome, why: str) -> Outcome:
    out.survived, out.why = False, why
    return out
