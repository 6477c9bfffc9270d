"""Pacer's laptop tools. The firmware's core is imported from where it stands, unchanged."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# In a checkout the firmware lies beside this folder; in an installed package inside it.
ROOT = _HERE.parent if (_HERE.parent / "firmware").is_dir() else _HERE / "_root"
FIRMWARE = ROOT / "firmware"
BOARDS = ROOT / "boards"
WORKOUTS = ROOT / "workouts"

for _path in (str(FIRMWARE), str(_HERE / "compat")):
    if _path not in sys.path:
        sys.path.append(_path)
