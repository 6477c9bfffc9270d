"""What becomes of texts that coaches write, as a table: `python -m tests.host.phrasings [FILE ...]`.

A file has a text a line, and behind a tab anything; those beside this one are taken where none is named.
"""

import sys
from pathlib import Path

from pacer.core import notation
from pacer_watch.formats import shorthand
from pacer_watch.formats.words import in_words

HERE = Path(__file__).parent


def main(paths: list[Path]) -> None:
    read = refused = 0
    for path in paths:
        print(f"# {path.name}")
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.partition("\t")[0]
            if not text or text.startswith("#"):
                continue
            try:
                said = in_words(shorthand.read(text.replace("\\n", "\n")).workout)
                read += 1
            except notation.NotationError as e:
                said = f"refused: {e}"
                refused += 1
            print(f"{text}\n    {said}")
    print(f"# {read} read, {refused} refused with what to write: {100 * read / max(1, read + refused):.0f} % read")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [HERE / "phrasings.txt", HERE / "slips.txt"])
