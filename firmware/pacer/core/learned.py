"""What the watch has learned of its runner and keeps between runs, as text: step lengths and ovals.

    steps 172 1105 16       cadence in steps/min, step in mm, lessons
    oval 51 29998132 4 18001544 5825 8439 3680 400001
                            centre (degrees, micro-minutes, twice), angle, straight and radius in cm, lap in mm

A line that makes no sense is skipped: it will be learned again. `pacer track add` writes ovals of maps in here, too.
"""

from . import stride as st
from .track.kept import FIELDS, KEPT

HEAD = "# learned by the watch; delete a line and it is learned again\n"
# Bounds of an oval's fields.
_LEAST = (-90, -60_000_000, -180, -60_000_000, 0, 0, 1_000, 100_000)
_MOST = (90, 60_000_000, 180, 60_000_000, 65_535, 20_000, 8_000, 1_000_000)


def dump(stride, track):
    """The text to keep, as bytes."""
    lines = [HEAD]
    for spm in range(st.LOW_SPM, st.LOW_SPM + st.CELLS):
        n = stride.lessons(spm)
        if n:
            lines.append("steps %d %d %d\n" % (spm, stride.step_mm(spm), n))
    kept = track.kept
    for k in range(kept.count):
        lines.append("oval %d %d %d %d %d %d %d %d\n" % tuple(kept.ovals[k * FIELDS : (k + 1) * FIELDS]))
    return "".join(lines).encode()


def load(text, stride, track):
    """Read what dump() wrote; its ovals replace those that were there. Returns how many lines were skipped."""
    bad = 0
    kept = track.kept
    kept.count = kept.seen = 0
    kept.which = -1
    for line in text.split(b"\n"):
        words = line.split()
        if not words or words[0][:1] == b"#":
            continue
        try:
            values = [int(w) for w in words[1:]]
        except ValueError:
            values = []
        if words[0] == b"steps" and len(values) == 3:
            bad += not stride.restore(values[0], values[1], values[2])
        elif words[0] == b"oval" and len(values) == FIELDS and kept.count < KEPT and _fits(values):
            for i in range(FIELDS):
                kept.ovals[kept.count * FIELDS + i] = values[i]
            kept.count += 1
        else:
            bad += 1
    return bad


def _fits(values):
    for i in range(FIELDS):
        if not _LEAST[i] <= values[i] <= _MOST[i]:
            return False
    return True
