"""The log of a run on the flash: `runs/0001.run` and up, in the format of core/journal.py.

Records are gathered in memory and written and synced every ten seconds: flash file systems keep what was synced or
closed, not what was written, so a cut costs at most ten seconds, fourteen where a step's end was not foreseen. A run
without its end record was cut off and can be resumed. Runs that the laptop has fetched are called .got; when the flash
is full the oldest of them go first.

A write that fails ends nothing: its records stay in memory, where there is room for half a minute, and mend() opens the
file anew and writes them behind what was synced before.
"""

import binascii
import os

from micropython import const

from ..core import journal
from .flash import RUNS, newest_run, outermost_run

MYPY = False  # a type checker takes it for True
if MYPY:
    from typing import Any

_SYNC_MS = const(10_000)
_COUNT_MS = const(4_000)  # of a step's end are its countdown, and the flash may hold a turn up:
_EARLY_MS = const(5_000)  # what has gathered for so long is synced before it
_ENOSPC = const(28)  # the errno of a full flash; the module has no name for it
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
    broken  a write has failed: mend() is to be called when there is memory
    """

    _file: "Any"

    def __init__(self):
        self.journal = journal.Writer(512)
        self.error = ""
        self.path = ""
        self.broken = False
        self._file = None
        self._head: tuple = ()  # what the file begins with, as long as that is not written
        self._size = 0  # of the file, as far as it is safe; below 0 for all of it
        self._sync_ms = 0

    def begin(self, header, workout, profile, now_ms):
        """Open the next run's file and write its head: the header's and the profile's bytes, and between them the file
        of the workout. On failure the run goes on, and it is tried again.
        """
        self.error = ""
        self._head = (header, b"\n", _bytes_of(workout), b"\n--\n", profile)
        self._open("%s/%04d.run" % (RUNS, int(newest_run()[:-4] or 0) + 1), now_ms)
        self._make_room()

    def resume(self, path, now_ms):
        """Open a run that was cut off, to be continued."""
        self._head = ()
        self._open(path, now_ms)

    def step(self, now_ms, left_ms=-1):
        """Write and sync what has gathered, when it is time or the journal is full. True: that failed, mend() it.

        left_ms: of the step, -1 where that is not known; in its countdown nothing is synced.
        """
        waited = now_ms - self._sync_ms
        if 0 <= left_ms < _COUNT_MS + _EARLY_MS:
            due = waited >= (_SYNC_MS + _COUNT_MS if left_ms < _COUNT_MS else _EARLY_MS)
        else:
            due = waited >= _SYNC_MS
        if due or not self.journal.free():
            self._sync_ms = now_ms
            return not self.flush()
        return False

    def flush(self):
        """Write and sync what has gathered, now. Takes no memory. False when it could not be."""
        if not self.path:
            self.journal.used = 0
        elif self.journal.used and not self.broken:
            try:
                self._write()
            except OSError:
                self.broken = True
        return not self.broken

    def _write(self):
        j = self.journal
        self._file.write(j.buf, j.used)
        self._file.flush()
        self._size += j.used
        j.used = 0

    def mend(self):
        """Behind a failure: open the file anew and write what is kept, in the place of the oldest fetched runs if it
        must be. Takes memory. True when it is done.
        """
        tries = 2
        while self.broken and tries:
            tries -= 1
            try:
                self._close()
                self._reopen()
                self._write()
                self.broken = False
                self.error = ""
            except OSError as e:
                self.error = "run not saved (%s)" % e
                if e.errno == _ENOSPC and self._drop_oldest():
                    tries = 2
        return not self.broken

    def end(self):
        """Write what is left and close the run's file."""
        if not self.flush():
            self.mend()
        try:
            self._close()
        except OSError as e:
            self.error = "run not saved (%s)" % e
        self.path = ""
        self._head = ()
        self.broken = False

    def _open(self, path, now_ms):
        self.journal.begin()
        self.journal.used = 0
        self._sync_ms = now_ms
        self._size = -1
        self.path = path
        self.broken = True
        self.mend()

    def _reopen(self):
        if self._head:
            self._begin_file()
            return
        self._file = f = open(self.path, "r+b")
        self._size = f.seek(0, 2) if self._size < 0 else f.seek(self._size)  # over what came half

    def _begin_file(self):
        size = crc = 0
        for part in self._head:
            size += len(part)
            crc = binascii.crc32(part, crc)
        try:
            os.mkdir(RUNS)
        except OSError:
            pass  # it is there
        self._file = f = open(self.path, "wb")
        f.write(journal.header(size, crc))
        for part in self._head:
            f.write(part)
        f.flush()
        self._size = f.seek(0, 2)
        self._head = ()

    def _close(self):
        f = self._file
        self._file = None
        if f:
            f.close()

    def _make_room(self):
        """Delete the oldest fetched runs while there is little room left."""
        while _free() < _LEAST_FREE:
            if not self._drop_oldest():
                self.error = self.error or "flash is nearly full: fetch runs with pacer pull"
                return

    def _drop_oldest(self):
        """Delete the oldest fetched run. False when there is none, or it cannot be."""
        name = outermost_run(True, (".got",))
        if not name:
            return False
        try:
            os.remove(RUNS + "/" + name)
        except OSError:
            return False
        return True
