"""Whether tests notice a mutant: run in a copy of the project, in a child of a process that has loaded pytest."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("host_tools", "firmware", "host_tools/compat")
OURS = ("tests", "pacer", "pacer_watch", "micropython", "uctypes")
KILLED, SURVIVED, SLOW = "killed", "survived", "too slow"
_SLACK_S = 10.0
_LONGER = 6.0  # than without the mutant: an endless loop


class Copy:
    """A copy of what git knows of the project, with the recordings beside it."""

    def __enter__(self) -> "Copy":
        self._temporary = tempfile.TemporaryDirectory()
        self.root = Path(self._temporary.name) / "project"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.root / name)
        if (ROOT.parent / "shared").is_dir():
            (self.root.parent / "shared").symlink_to(ROOT.parent / "shared")
        return self

    def __exit__(self, kind: type | None, e: BaseException | None, at: TracebackType | None) -> None:
        self._temporary.cleanup()

    def judge(self, file: str, text: str, tests: Sequence[str], limit_s: float) -> str:
        """What the tests say of a file with this text."""
        path = self.root / file
        kept = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            return self._run(tests, limit_s)
        finally:
            path.write_text(kept, encoding="utf-8")

    def well(self, tests: Sequence[str]) -> float:
        """Seconds that the tests take without a mutant, and may take with one. Raises SystemExit when they fail."""
        began = time.monotonic()
        if self._run(tests, 600.0) != SURVIVED:
            raise SystemExit(f"these fail without a mutant, too: {' '.join(tests)}")
        return _SLACK_S + _LONGER * (time.monotonic() - began)

    def _run(self, tests: Sequence[str], limit_s: float) -> str:
        pid = os.fork()
        if not pid:
            os._exit(_child(self.root, tests))
        until = time.monotonic() + limit_s
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return SURVIVED if os.WIFEXITED(status) and not os.WEXITSTATUS(status) else KILLED
            if time.monotonic() > until:
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return SLOW
            time.sleep(0.01)


def _child(root: Path, tests: Sequence[str]) -> int:
    """pytest over the copy; what the parent has loaded of the project itself is loaded anew from there."""
    os.setsid()
    os.chdir(root)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    for name in [n for n in sys.modules if n.split(".")[0] in OURS]:
        del sys.modules[name]
    paths = [str(root / p) for p in PACKAGES]
    sys.path[:] = [str(root), *paths, *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
    sys.dont_write_bytecode = True
    os.environ |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
    import pytest

    return int(pytest.main(["-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
