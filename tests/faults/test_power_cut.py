"""The power goes after every single write to the flash: what was synced is there at the next boot, and it boots."""

import os
import shutil
import subprocess

import pytest

from pacer_watch import FIRMWARE
from pacer_watch.twin import interp


def cuts(tmp_path, seconds):
    """Run the session with each cut; rows of (synced ms, ended, profile then, found ms, profile found)."""
    exe = interp.micropython()
    if exe is None:
        pytest.skip("LittleFS is in MicroPython for unix, which is not installed on this machine")
    shutil.copytree(FIRMWARE / "pacer", tmp_path / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    script = tmp_path / "power_cut.py"
    shutil.copy(__file__.replace("test_power_cut", "power_cut"), script)
    done = subprocess.run(
        [exe, "-X", "heapsize=16M", str(script), str(tmp_path), str(seconds)],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    rows = [line.split()[2:] for line in done.stdout.splitlines() if line.startswith("cut")]
    assert len(rows) == int(done.stdout.split()[1])
    return rows


def test_after_every_write_what_was_synced_is_there_and_nothing_is_half_replaced(tmp_path):
    rows = cuts(tmp_path, int(os.environ.get("PACER_CUT_SECONDS", "75")))
    assert len(rows) > 60
    for k, (synced, ended, _, found, name) in enumerate(rows):
        if synced != "None":
            assert found == "-1" or int(found) >= int(synced), k
        if ended == "True":
            assert found == "-1", k
        assert name in ("Old", "New"), k
    assert rows[-1][4] == "New"
    assert any(r[3] not in ("None", "-1") for r in rows)
