"""A kind of step is added by one row of a table: the notation reads it, the core goes by its columns."""

import json
import shutil

import pytest

from pacer_watch import FIRMWARE
from pacer_watch.twin import interp

INTERPRETERS = ["cpython", interp.WASM] + ([interp.UNIX] if interp.micropython() else [])
LAST = '    ("stretch", True, False, "STRETCH"),\n'
ROWS = '    ("form-drill", True, False, "DRILL"),\n    ("surge", False, True, "SURGE"),\n'
SCRIPT = """
import json
from pacer.core import workout as wk
from pacer.core.coach import Coach
from pacer.core.notation import NotationError, parse

def kinds(text):
    w = parse(text)
    return [w.kind(row) for row in range(len(w))]

def cues(kind):
    coach = Coach()
    coach.step(0, kind, 300_000, 300_000, wk.END_TIME, 600_000)
    return sorted(set([coach.tick(1000 * s, 2800 * s, 2800, 2000, 90) for s in range(60)]))

try:
    parse("100m hop")
except NotationError as e:
    refused = str(e)
print(json.dumps({
    "words": [kinds("100m " + w)[0] for w in ("form-drill", "form drill", "formdrill", "Surge")],
    "flat": kinds("2 lots of:\\n1km\\n1min form drill\\n5min surge"),
    "line": kinds("3 x 200m surge @ 5k pace + 60s form drill"),
    "words on the screen": [wk.SCREEN_WORDS[8], wk.SCREEN_WORDS[9]],
    "resting": [wk.RESTING[8], wk.RESTING[9]],
    "cues": [cues(8), cues(9)],
    "refused": refused,
}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    table = folder / "pacer" / "core" / "workout.py"
    source = table.read_text(encoding="utf-8")
    assert source.count(LAST) == 1
    table.write_text(source.replace(LAST, LAST + ROWS), encoding="utf-8")
    (folder / "script.py").write_text(SCRIPT)
    return folder


@pytest.mark.parametrize("runtime", INTERPRETERS)
def test_a_row_is_all_that_a_new_kind_of_step_takes(folder, runtime, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(FIRMWARE.parent / "host_tools" / "compat"))  # CPython's micropython.const
    got = json.loads(interp.run_script(runtime, "script.py", folder, "8M"))
    assert got["words"] == [8, 8, 8, 9]
    assert got["flat"] == [0, 8, 255, 9]  # the repeat ends after the first recovery
    assert got["line"] == [9, 8, 255]  # '+ 60s form drill' is another step, no slower 5k pace
    assert got["words on the screen"] == ["DRILL", "SURGE"]
    assert got["resting"] == [1, 0]
    assert got["cues"] == [[0], [0, 3]]  # too slow: only the coached one is told to push
    assert got["refused"].endswith("(rest, jog, walk, stride, warm-up, cool-down, stretch, form-drill, surge)")
