"""What the watch has borrowed and given back is gone from its memory."""

import shutil

import pytest

from pacer_watch import FIRMWARE
from pacer_watch.twin import flash, interp

TEXT = "Workout - Two\\n- 2 x 1km @ 5k pace, 1min rest\\n"
SCRIPT = f"""
import gc
import sys
import pacer.core
from pacer.app.files import read_workout

def left():
    found = [name for name in sys.modules if "notation" in name]
    return sorted(found + [name for name in dir(pacer.core) if name == "notation"])

print(left())
print(len(read_workout("{TEXT}")[0]), read_workout("1km @ nothing")[1])
print(left())
used = []
for _ in range(6):
    read_workout("{TEXT}")
    read_workout("1km @ nothing")
    gc.collect()
    used.append(gc.mem_alloc())
print(max(used[2:]) - used[1])
from pacer.core import notation
print(left())
gc.collect()
print(gc.mem_alloc() - used[-1])
"""


@pytest.mark.parametrize("compiled", [False, True], ids=["py", "mpy"])
def test_nothing_of_the_notation_stays_behind_a_workout_that_was_read(runtime, compiled, tmp_path):
    if compiled:
        flash.compile_firmware(tmp_path)
    else:
        shutil.copytree(FIRMWARE / "pacer", tmp_path / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "script.py").write_text(SCRIPT)
    before, read, after, grown, kept, package = interp.run_script(runtime, "script.py", tmp_path, "2M").splitlines()
    assert before == after == "[]"
    assert read.startswith("3 line 1, column 7: expected a pace")
    assert int(grown) < 256  # bytes, in five times two workouts
    name = "pacer.core.notation"
    assert kept == str(["notation", name, f"{name}.line", f"{name}.reader", f"{name}.target"])  # the test would see it
    assert int(package) > 8_000


SETUP = """
import sys
from pacer.app.spare import borrow, give_back
from pacer.core.gnss import modes, stream
setup = borrow("core.gnss.setup")
print(len(setup.begin("any", 10)), len(setup.modes("any", 10)[2]))
print("pacer.core.gnss.setup" in sys.modules, hasattr(sys.modules["pacer.core.gnss"], "setup"))
give_back("core.gnss.setup")
print("pacer.core.gnss.setup" in sys.modules, hasattr(sys.modules["pacer.core.gnss"], "setup"))
print("pacer.core.gnss.modes" in sys.modules, "pacer.core.gnss.stream" in sys.modules)
print(borrow("core.gnss.setup") is setup)
"""


def test_the_set_up_of_a_receiver_is_let_go_and_may_be_borrowed_again(runtime, tmp_path):
    flash.compile_firmware(tmp_path)
    (tmp_path / "script.py").write_text(SETUP)
    said = interp.run_script(runtime, "script.py", tmp_path).split("\n")
    assert said[:5] == ["17 6", "True True", "False False", "True True", "False"]
