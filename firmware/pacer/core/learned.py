"""What the watch has learned of its runner and keeps between runs, as text: step lengths and ovals.

    steps 172 1105 16       cadence in steps/min, step in mm, lessons
    oval 51 29998132 4 18001544 5825 8439 3680 400001
                            centre (degrees, micro-minutes, twice), angle, straight and radius in cm, lap in mm

A line that makes no sense is passed over: it will be learned again.
"""

from . import stride as st
from . import track as tk

_BOUNDS = ((-90, 90), (-60_000_000, 60_000_000), (-180, 180), (-60_000_000, 60_000_000),
           (0, 65_535), (0, 20_000), (1_000, 8_000), (100_000, 1_000_000))  # fmt: skip


def dump(stride, track):
    """The text to keep, as bytes."""
    lines = ["# learned by the watch; delete a line and it is learned again\n"]
    for spm in range(st.LOW_SPM, st.LOW_SPM + st.CELLS):
        n = stride.lessons(spm)
        if n:
            lines.append("steps %d %d %d\n" % (spm, stride.step_mm(spm), n))
    for k in range(track.kept_count):
        lines.append("oval " + " ".join([str(track.kept[k * tk.FIELDS + i]) for i in range(tk.FIELDS)]) + "\n")
    return "".join(lines).encode()


def load(text, stride, track):
    """Take up what dump() wrote; returns how many lines were passed over."""
    bad = 0
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
        elif words[0] == b"oval" and len(values) == tk.FIELDS and track.kept_count < tk.KEPT and _fits(values):
            for i in range(tk.FIELDS):
                track.kept[track.kept_count * tk.FIELDS + i] = values[i]
            track.kept_count += 1
        else:
            bad += 1
    return bad


def _fits(values):
    for i in range(tk.FIELDS):
        if not _BOUNDS[i][0] <= values[i] <= _BOUNDS[i][1]:
            return False
    return True
