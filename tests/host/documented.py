"""The commands that README, docs/ and the boards' READMEs name: read out of the pages, and made ready to be run."""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

from pacer_watch import ROOT
from pacer_watch.cli import COMMANDS

PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
         *sorted(f"boards/{p.parent.name}/README.md" for p in (ROOT / "boards").glob("*/README.md"))]  # fmt: skip
_BEGIN = r"(?:\.venv/bin/|make |pacer |mpremote |pip |pipx |uv |python |eval |export )"
_LINE = re.compile(rf"^ +({_BEGIN}.*)$", re.M)
_SPAN = re.compile(rf"`({_BEGIN}[^`]*)`")
# What the pages write for a thing of the reader's, and what is there in the tests.
_MEANT = {
    "pacer check FILE": "pacer check my-session.txt", "pacer convert FILE": "pacer convert workout.fit",
    "pacer load FILE...": "pacer load my-session.txt", "pacer load FILE": "pacer load my-session.txt",
    "pacer sim WORKOUT": "pacer sim my-session.txt", "pacer replay RECORDING": "pacer replay morning.gpx",
    "pacer report RUN": "pacer report runs/0007.run", "pacer review RUN...": "pacer review runs/0007.run",
    "pacer export RUN": "pacer export runs/0007.run", "pacer track add FILE": "pacer track add stadium.geojson",
    "pacer board check [BOARD]": "pacer board check", "pacer board new NAME": "pacer board new my_first",
    "pacer completion SHELL": "pacer completion bash", "pacer bench NAME": "pacer bench size",
}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A command as a page names it. whole: it stands on a line of its own, to be typed as it is."""

    text: str
    whole: bool


def commands(page: str) -> list[Command]:
    """Those of a page, in its order and once each."""
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"^```(?:python|diff|json).*?^```$", "", text, flags=re.M | re.S)
    found = [(m.start(), m[1], True) for m in _LINE.finditer(text)] + [
        (m.start(), m[1], False) for m in _SPAN.finditer(text)
    ]
    out = [
        Command(part, whole)
        for _, line, whole in sorted(found)
        for part in re.split(r" && ", re.sub(r"\s+#.*$", "", line).strip())
    ]
    return list(dict.fromkeys(out))


def leaves() -> dict[str, object]:
    """Every command of the command line by its words, "track add"."""
    out: dict[str, object] = {}
    for name, where in COMMANDS.items():
        file, function = where.split(":")
        command = getattr(importlib.import_module(f"pacer_watch.cli.{file}"), function)
        for sub, inner in getattr(command, "commands", {}).items():
            out[f"{name} {sub}"] = inner
        out[name] = command
    return out


def examples(command: object) -> list[str]:
    """The lines below Examples in a command's help."""
    _, _, text = (getattr(command, "help", "") or "").partition("Examples:\n")
    return [line.strip() for line in text.splitlines() if line.strip()]


def ready(text: str, port: str) -> str:
    """As it is run: without the clone's folder, with this port, and with files that are there."""
    text = _MEANT.get(text, text).replace(".venv/bin/", "")
    text = re.sub("^mpremote exec", f"mpremote connect {port} exec", text)
    return re.sub(r"/dev/(ttyUSB0|pts/4)", port, text)


def folder(path: Path) -> Path:
    """A folder with what the pages take as there. The library's sessions are short in it: a file goes before them."""
    session = "Workout - Short\n- 10s warm-up\n- 2 x 50m @ 4'00\"/km, 5s rest between\n"
    for name in ("ladder-5x1000", "400m-repeats", "progressive-1k", "tempo-run", "workouts/ladder-5x1000.txt",
                 "my-session.txt", "tuesday.txt"):  # fmt: skip
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(session)
    return path
