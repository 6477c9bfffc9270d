"""What `mpremote mip install` puts on a board, and the project's package.json, which names it (`make mip`)."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from pacer import __version__

from . import FIRMWARE, ROOT, boards
from .twin import flash as image

FOLDER = "out/mip"


def package(folder: Path, board: str) -> dict[str, Any]:
    """What `mpremote mip install FOLDER/package.json` puts on a board: main.py, board.py, the compiled firmware.

    Flat, as the files of a release are. mip installs into /lib, or to the root when told so (--target /): main.py and
    board.py go to both, since the root is where they have to be.
    """
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        image.compile_firmware(made)
        files = {p.relative_to(made).as_posix(): p for p in sorted(made.rglob("*.mpy"))}
        for up in ("", "../"):
            files[up + "board.py"] = boards.folder_of(board) / "board.py"
            files[up + "main.py"] = FIRMWARE / "main.py"  # last: before it is there nothing starts
        folder.mkdir(parents=True, exist_ok=True)
        urls = [[name, name.removeprefix("../").replace("/", ".")] for name in files]
        for (_, flat), path in zip(urls, files.values(), strict=True):
            shutil.copy(path, folder / flat)
    named = {"urls": urls, "version": __version__}
    (folder / "package.json").write_text(json.dumps(named, indent=2) + "\n")
    return named


def at_the_root(named: dict[str, Any]) -> str:
    """The project's package.json: the same files, where `make mip` leaves them."""
    return json.dumps({**named, "urls": [[name, f"{FOLDER}/{flat}"] for name, flat in named["urls"]]}, indent=2) + "\n"


if __name__ == "__main__":
    (ROOT / "package.json").write_text(at_the_root(package(ROOT / FOLDER, sys.argv[1])))
    print("ready: mpremote mip install package.json")
