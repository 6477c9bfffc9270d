"""Pacer's laptop tools. The firmware's core is imported from where it stands, unchanged."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "firmware"
BOARDS = ROOT / "boards"
WORKOUTS = ROOT / "workouts"

for _path in (str(FIRMWARE), str(ROOT / "host_tools" / "compat")):
    if _path not in sys.path:
        sys.path.append(_path)
