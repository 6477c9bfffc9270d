"""The log of a run on the flash: `runs/0001.run` and up, in the format of core/journal.py.

Records are gathered in memory and written and synced every ten seconds: flash file systems keep what was synced or
closed, not what was written, so a cut costs at most ten seconds, fourteen where a step's end was not foreseen. A run
without its end record was cut off and can be resumed. Runs that the laptop has fetched are called .got; when the flash
is full the oldest of them go first.
"""

import binascii
import os

from micropython import const

from ..core import journal
from .flash import RUNS, newest_run, outermost_run

_SYNC_MS = const(10_000)
_COUNT_MS = const(4_000)  # of a step's end are its countdown, and the flash may hold a turn up:
_EARLY_MS = const(5_000)  # what has gathered for so long is synced before it
_LEAST_FREE = const(65_536)  # an hour's run and a quarter


def _free():
    """Bytes free on the flash; plenty where the file system does not say."""
    try:
        s = os.statvfs("/")
    except OSError:
        return _LEAST_FREE
    return s[0] * s[3]


def _bytes_of(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        return b""  # it was there when it was chosen


class Store:
    """Writes away what gathers in a journal.Writer.

    error   a sentence for the screen when something could not be written, else ""
    path    of the run that is being written, "" for none
    """

    def __init__(self):
        self.journal = journal.Writer(512)
        self.error = ""
        self.path = ""
        self._file = None
        self._sync_ms = 0

    def begin(self, header, workout, profile, now_ms):
        """Open the next run's file and write its head: the header's and the profile's bytes, and between them the file
        of the workout. On failure the run goes on without.
        """
        self.error = ""
        self._clear(now_ms)
        parts = (header, b"\n", _bytes_of(workout), b"\n--\n", profile)
        size = crc = 0
        for part in parts:
            size += len(part)
            crc = binascii.crc32(part, crc)
        try:
            try:
                os.mkdir(RUNS)
            except OSError:
                pass  # it is there
            self._make_room()
            self.path = "%s/%04d.run" % (RUNS, int(newest_run()[:-4] or 0) + 1)
            self._file = open(self.path, "wb")
            self._file.write(journal.header(size, crc))
            for part in parts:
                self._file.write(part)
            self._file.flush()
        except OSError as e:
            self._failed(e)

    def resume(self, path, now_ms):
        """Open a run that was cut off, to be continued."""
        self._clear(now_ms)
        try:
            self._file = open(path, "ab")
            self.path = path
        except OSError as e:
            self._failed(e)

    def step(self, now_ms, left_ms=-1):
        """Write and sync what has gathered, when it is time or the journal is full; not in a countdown.

        left_ms: of the step, -1 where that is not known.
        """
        waited = now_ms - self._sync_ms
        if 0 <= left_ms < _COUNT_MS + _EARLY_MS:
            due = waited >= (_SYNC_MS + _COUNT_MS if left_ms < _COUNT_MS else _EARLY_MS)
        else:
            due = waited >= _SYNC_MS
        if due or not self.journal.free():
            self._sync_ms = now_ms
            self.flush()

    def flush(self):
        """Write and sync what has gathered, now."""
        j = self.journal
        count = j.used
        if not count:
            return
        if self._file is None:
            j.used = 0
            return
        try:
            self._file.write(j.buf, count)
            self._file.flush()
        except OSError as e:
            self._failed(e)
        j.used = 0

    def end(self):
        """Write what is left and close the run's file."""
        self.flush()
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as e:
            self._failed(e)
        self._file = None
        self.path = ""

    def _clear(self, now_ms):
        self.journal.begin()
        self.journal.used = 0
        self._sync_ms = now_ms

    def _make_room(self):
        """Delete the oldest fetched runs while there is little room left."""
        while _free() < _LEAST_FREE:
            name = outermost_run(True, (".got",))
            if not name:
                self.error = "flash is nearly full: fetch runs with pacer pull"
                return
            os.remove(RUNS + "/" + name)

    def _failed(self, e):
        self._file = None
        self.error = "run not saved (%s)" % e
