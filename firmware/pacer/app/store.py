"""Files on the watch's flash: workouts in, the records of runs out.

A run's records (core/journal.py) go into one file, `runs/0001.run` and up. They are handed to the file
system each second and synced every ten, so that a cut costs at most ten seconds.
"""

import os

from micropython import const

from ..core import journal, learned, notation

WORKOUTS = "/workouts"
RUNS = "/runs"
LEARNED = "/learned.txt"
_SYNC_MS = const(10_000)


class Store:
    """error holds a sentence for the screen when something could not be read or written, else ''."""

    def __init__(self):
        self.error = ""
        self.record = bytearray(journal.SIZE)
        self._file = None
        self._sync_ms = 0

    def workouts(self):
        """The names of the workout files, sorted."""
        try:
            return sorted([n for n in os.listdir(WORKOUTS) if n.endswith(".txt")])
        except OSError:
            return []

    def load(self, name):
        """The Workout in a file, or None with .error set."""
        self.error = ""
        try:
            with open(WORKOUTS + "/" + name, "rb") as f:
                text = f.read(notation.MAX_TEXT_BYTES + 1)
            return notation.parse(text)
        except notation.NotationError as e:
            self.error = "%s line %d: %s" % (name, e.line, e.message)
        except OSError as e:
            self.error = "%s cannot be read (%s)" % (name, e)
        return None

    def recall(self, motion):
        """Give motion what earlier runs have learned."""
        try:
            with open(LEARNED, "rb") as f:
                learned.load(f.read(8192), motion.stride, motion.track)
        except OSError:
            pass  # the first run

    def remember(self, motion):
        """Keep what this run has learned. Written beside the old file, which it replaces whole."""
        motion.track.remember(motion.plane)
        try:
            with open(LEARNED + ".new", "wb") as f:
                f.write(learned.dump(motion.stride, motion.track))
            os.rename(LEARNED + ".new", LEARNED)
        except OSError as e:
            self.error = "not kept (%s)" % e

    def begin(self, header, now_ms):
        """Open the next run's file and write its header line. On failure the run goes on without."""
        self.error = ""
        try:
            try:
                os.mkdir(RUNS)
            except OSError:
                pass  # it is there
            last = 0
            for name in os.listdir(RUNS):
                if name[:4].isdigit():
                    last = max(last, int(name[:4]))
            self._file = open("%s/%04d.run" % (RUNS, last + 1), "wb")
            self._file.write(header)
        except OSError as e:
            self._failed(e)
        self._sync_ms = now_ms

    def write(self, now_ms):
        """Append .record."""
        if self._file is None:
            return
        try:
            self._file.write(self.record)
            if now_ms - self._sync_ms >= _SYNC_MS:
                self._sync_ms = now_ms
                self._file.flush()
        except OSError as e:
            self._failed(e)

    def end(self):
        """Close the run's file."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as e:
            self._failed(e)
        self._file = None

    def _failed(self, e):
        self._file = None
        self.error = "run not saved (%s)" % e
