"""The accuracy bench: pace, distance and cadence against the truth, ours beside what others do on the same input.

The seeds here are not those that the filter's constants were chosen on.
"""

from pathlib import Path

from ... import ROOT
from ...twin import interp
from .distance import distances
from .figure import Figure as Figure
from .known import known_tracks
from .pace import paces
from .recordings import recordings
from .track import tracks
from .wrist import cadence


def bench(runtime: str | None = None, data: Path | None = None) -> list[Figure]:
    """All figures of `pacer bench accuracy`."""
    chosen = interp.choose(runtime)
    folder = data or ROOT.parent / "shared" / "data"
    found = paces(chosen) + distances(chosen) + tracks(chosen) + known_tracks(chosen)
    return found + cadence(chosen, folder) + recordings(chosen, folder)
