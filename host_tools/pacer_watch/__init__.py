"""Pacer's laptop tools. The firmware's core is imported as the package `pacer`, unchanged."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
# In an installed package the firmware, the boards and the workouts lie inside it; in a checkout two folders up.
ROOT = _HERE / "_root" if (_HERE / "_root").is_dir() else _HERE.parent.parent
FIRMWARE = ROOT / "firmware"
BOARDS = ROOT / "boards"
WORKOUTS = ROOT / "workouts"
