"""docs/extend.md, done: each section on a copy of the project, and its own test run there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pacer_watch import ROOT
from pacer_watch.twin import interp

TEXT = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(python|diff|json) file=(\S+)\n(.*?)^```$", re.M | re.S)
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
COPIED = ("firmware", "boards", "host_tools", "workouts", "docs", "pyproject.toml", "README.md", "LICENSE")


def copy(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
        else:
            shutil.copy(source, folder)
    (folder / "tests").mkdir()
    return folder


def apply(kind: str, path: Path, block: str) -> None:
    """A whole file, or lines that go into one behind those without a sign and in place of those with a minus."""
    if kind == "python":
        assert not path.exists(), f"{path.name} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
        return
    lines = block.splitlines()
    old = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
    new = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has {text.count(old)} of {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
@pytest.mark.parametrize("name", [name for name in SECTIONS if "file=tests/" in SECTIONS[name]])
def test_what_the_page_says_can_be_done(name, tmp_path):
    folder = copy(tmp_path)
    tests = []
    for kind, file, block in FENCE.findall(SECTIONS[name]):
        apply(kind, folder / file, block)
        tests += [file] if file.startswith("tests/") else []
    assert len(tests) == 1
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *tests],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_every_kind_of_thing_is_there():
    wanted = {
        "Try pace logic on your laptop",
        "A screen",
        "A driver",
        "A board",
        "A kind of step",
        "A setting",
        "A sound",
        "A bench",
    }
    assert wanted <= set(SECTIONS)


def test_the_editor_is_pointed_at_what_make_lint_leaves():
    ((kind, file, block),) = FENCE.findall(SECTIONS["VS Code for the firmware"])
    assert (kind, file) == ("json", ".vscode/settings.json")
    settings = json.loads(block)
    (typings,) = settings["python.analysis.typeshedPaths"]
    assert settings["python.analysis.stubPath"] == typings
    assert all((ROOT / folder).is_dir() for folder in settings["python.analysis.extraPaths"])
    makefile = (ROOT / "Makefile").read_text()
    assert f"{typings.replace('.venv', '$(VENV)')}: " in makefile
    if (ROOT / typings).is_dir():  # make lint was here
        assert (ROOT / typings / "machine").is_dir() or (ROOT / typings / "machine.pyi").exists()
        assert (ROOT / typings / "stdlib").is_dir()
