"""The text a runner writes, to a Workout.

    Workout - Progressive 1k Repeats
    - 15min @ 6'00''/km
    - 4 lots of:
      - 30s @ 3'00''/km
      - 1min rest between
    - 5 x 1.0km @ 5'30" -> 5'10"/km, 2min 10s rest
    - 2 laps cool-down | shake it out

parse() reads all of a text or raises NotationError; there is no half-read workout. line.py scans one line, target.py
reads what stands behind '@', reader.py makes steps and repeats of the lines. The opposite, a Workout to text, is on
the laptop: pacer_watch.formats.notation.

The watch loads this package for a workout and drops it again (app/spare.py): keep no reference to anything in it.
"""

from .line import MAX_NOTE, MILE_MM, NotationError
from .reader import MAX_TEXT_BYTES, parse

__all__ = ("MAX_NOTE", "MAX_TEXT_BYTES", "MILE_MM", "NotationError", "parse")
