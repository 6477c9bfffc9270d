"""Modules that are borrowed and given back, on both MicroPythons."""

from pacer_watch.twin import flash, interp

SCRIPT = """
import sys
from pacer.app.spare import borrow, give_back
from pacer.core.gnss import modes, stream
setup = borrow("core.gnss.setup")
print(len(setup.begin("any", 10)), len(setup.modes("any", 10)[modes.RUN]))
print("pacer.core.gnss.setup" in sys.modules, hasattr(sys.modules["pacer.core.gnss"], "setup"))
give_back("core.gnss.setup")
print("pacer.core.gnss.setup" in sys.modules, hasattr(sys.modules["pacer.core.gnss"], "setup"))
print("pacer.core.gnss.modes" in sys.modules, "pacer.core.gnss.stream" in sys.modules)
print(borrow("core.gnss.setup") is setup)
"""


def test_the_set_up_of_a_receiver_is_let_go_and_may_be_borrowed_again(runtime, tmp_path):
    flash.compile_firmware(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    said = interp.run_script(runtime, "script.py", tmp_path).split("\n")
    assert said[:5] == ["14 6", "True True", "False False", "True True", "False"]
