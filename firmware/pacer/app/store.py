"""Files on the watch's flash: workouts in, runs out, and what the watch has learned.

A run is one file, `runs/0001.run` and up, in the format of core/journal.py. Its records are gathered in memory and
written and synced every ten seconds: flash file systems keep what was synced or closed, not what was written, so a cut
costs at most ten seconds. A run without its end record was cut off and can be gone on with. Runs that the laptop has
fetched are called .got; when the flash is full the oldest of them go first.
"""

import binascii
import os

from micropython import const

from ..core import engine as eg
from ..core import journal, learned, profile
from .spare import borrow, give_back

WORKOUTS = "/workouts"
RUNS = "/runs"
LEARNED = "/learned.txt"
PROFILE = "/profile.txt"
GOOD_PROFILE = "/profile.good"  # the last one that could be read
_SYNC_MS = const(10_000)
_ROOM = const(512)
_LEAST_FREE = const(65_536)  # an hour's run and a quarter


MAX_WORKOUT_BYTES = const(4096)


def read_workout(text):
    """(Workout, "") of a workout's text, or (None, what is wrong with it)."""
    notation = borrow("core.notation")
    try:
        return notation.parse(text), ""
    except notation.NotationError as e:
        return None, str(e)
    finally:
        give_back("core.notation")


class Unfinished:
    """A run that was cut off: what core/engine.py's restore() needs to go on with it."""

    def __init__(self, path):
        self.path = path
        self.workout = b""
        self.name = ""
        self.ended = False
        self.index = self.t_ms = self.run_mm = 0
        self.step_ms = self.step_mm = 0  # of the run, where the step began
        self.laps = 0
        self._before_ms = self._before_mm = 0

    def read(self):
        """Read the file to its last whole record; False when there is nothing in it to go on with."""
        with open(self.path, "rb") as f:
            head = f.readline()
            words = head.split()
            if head[: len(journal.MAGIC)] != journal.MAGIC or len(words) != 4:
                return False
            try:
                text = f.read(int(words[2]))
            except ValueError:
                return False
            if b"%08x" % binascii.crc32(text) != words[3]:
                return False
            top, _, rest = text.partition(b"\n\n")
            self.workout = rest.partition(b"\n--\n")[0]
            for line in top.split(b"\n"):
                if line[:8] == b"workout ":
                    self.name = line[8:].decode()
            reader = journal.Reader()
            chunk = f.read(_ROOM)
            while chunk:
                reader.add(chunk)
                while reader.next():
                    self._take(reader)
                chunk = f.read(_ROOM)
        return self.t_ms > 0

    def _take(self, r):
        if r.kind == journal.SECOND:
            self.t_ms = r.t_ms
            self.run_mm = r.run_mm
            return
        if r.event_ms > self.t_ms:
            self.t_ms = r.event_ms
        if r.kind == eg.EV_STEP:
            self._before_ms = self.step_ms
            self._before_mm = self.step_mm
            self.step_ms = r.event_ms
            self.step_mm = r.distance_mm
            self.index = r.index
        elif r.kind == eg.EV_UNDO:
            self.step_ms = self._before_ms
            self.step_mm = self._before_mm
            self.index = r.index
            self.laps -= 1
        elif r.kind == eg.EV_LAP:
            self.laps += 1
        elif r.kind == eg.EV_END:
            self.ended = True
        if self.run_mm < self.step_mm:
            self.run_mm = self.step_mm


def _free():
    """Bytes free on the flash; plenty where the file system does not say."""
    try:
        s = os.statvfs("/")
    except OSError:
        return _LEAST_FREE
    return s[0] * s[3]


class Store:
    """error holds a sentence for the screen when something could not be read or written, else ''.

    journal     the Writer whose records go into the run's file
    """

    def __init__(self):
        self.error = ""
        self.journal = journal.Writer(_ROOM)
        self._file = None
        self.path = ""  # of the run that is being written
        self._sync_ms = 0

    def workouts(self):
        """The names of the workout files, sorted."""
        try:
            return sorted([n for n in os.listdir(WORKOUTS) if n.endswith(".txt")])
        except OSError:
            return []

    def text(self, name):
        """A workout file's bytes, empty with .error set when it can't be read."""
        try:
            with open(WORKOUTS + "/" + name, "rb") as f:
                return f.read(MAX_WORKOUT_BYTES + 1)
        except OSError as e:
            self.error = "%s cannot be read (%s)" % (name, e)
        return b""

    def load(self, name):
        """The Workout in a file, or None with .error set."""
        self.error = ""
        text = self.text(name)
        return None if self.error else self.parse(name, text)

    def parse(self, name, text):
        """The Workout in a text, or None with .error set."""
        workout, wrong = read_workout(text)
        if wrong:
            self.error = "%s %s" % (name, wrong)
        return workout

    def profile(self):
        """The runner's Profile; with .error set when it was damaged and the last good one stands in."""
        self.error = ""
        try:
            with open(PROFILE, "rb") as f:
                text = f.read(profile.MAX_BYTES + 1)
        except OSError:
            text = b""
        found = self._read_profile(text) if text else None
        if found:
            try:
                with open(GOOD_PROFILE, "rb") as f:
                    same = f.read() == text
            except OSError:
                same = False
            if not same:
                self.replace(GOOD_PROFILE, text)
            return found
        try:
            with open(GOOD_PROFILE, "rb") as f:
                kept = self.error
                found = self._read_profile(f.read(profile.MAX_BYTES + 1))
                self.error = kept or self.error
        except OSError:
            pass
        return found or profile.Profile()

    def _read_profile(self, text):
        try:
            return profile.parse(text)
        except profile.ProfileError as e:
            self.error = str(e)
        return None

    def write_profile(self, p):
        """Put a Profile in the place of the old one."""
        return self.replace(PROFILE, p.dump().encode())

    def recall(self, motion):
        """Give motion what earlier runs have learned."""
        try:
            with open(LEARNED, "rb") as f:
                learned.load(f.read(8192), motion.stride, motion.track)
        except OSError:
            pass  # the first run

    def learned(self, motion):
        """What this run has learned, as bytes to keep(); its oval was put among the kept ones before."""
        return learned.dump(motion.stride, motion.track)

    def keep(self, data):
        """Keep what a run has learned for the next one."""
        self.replace(LEARNED, data)

    def replace(self, path, data):
        """Write a file beside the old one, then put it in its place: it is there whole, old or new. True when it is."""
        try:
            with open(path + ".new", "wb") as f:
                f.write(data)
            # Without the slash: VfsPosix joins both names to its root in one buffer (the working folder is /).
            os.rename(path[1:] + ".new", path[1:])
            return True
        except OSError as e:
            self.error = "%s not written (%s)" % (path, e)
            return False

    def newest(self):
        """The name of the run's file with the highest number, "" when there is none."""
        return self._outermost(False, (".run", ".got"))

    def _outermost(self, oldest, kinds):
        # Name by name: a list of a thousand would not fit beside a run.
        found = ""
        try:
            for entry in os.ilistdir(RUNS):
                n = entry[0]
                if n[-4:] in kinds and n[:-4].isdigit():
                    more = len(n) - len(found)  # 9999 comes before 10000
                    if not found or (more < 0 or (not more and n < found)) == oldest:
                        found = n
        except OSError:
            pass  # no run yet
        return found

    def unfinished(self):
        """The last run if it was cut off, else None."""
        name = self.newest()
        if not name.endswith(".run"):
            return None
        run = Unfinished(RUNS + "/" + name)
        try:
            return run if run.read() and not run.ended else None
        except (OSError, UnicodeError):
            return None

    def begin(self, header, workout, profile, now_ms):
        """Open the next run's file and write its header (bytes). On failure the run goes on without."""
        self.error = ""
        self.journal.begin()
        self.journal.used = 0
        text = header + b"\n" + workout + b"\n--\n" + profile
        try:
            try:
                os.mkdir(RUNS)
            except OSError:
                pass  # it is there
            self._make_room()
            self.path = "%s/%04d.run" % (RUNS, int(self.newest()[:-4] or 0) + 1)
            self._file = open(self.path, "wb")
            self._file.write(journal.header(text, binascii.crc32(text)))
            self._file.write(text)
            self._file.flush()
        except OSError as e:
            self._failed(e)
        self._sync_ms = now_ms

    def go_on(self, path, now_ms):
        """Open a run that was cut off, to be continued."""
        self.journal.begin()
        self.journal.used = 0
        try:
            self._file = open(path, "ab")
            self.path = path
        except OSError as e:
            self._failed(e)
        self._sync_ms = now_ms

    def step(self, now_ms):
        """Write and sync what has gathered, when it is time."""
        if now_ms - self._sync_ms >= _SYNC_MS or not self.journal.free():
            self._sync_ms = now_ms
            self._write()

    def flush(self):
        """Write and sync what has gathered, now."""
        self._write()

    def end(self):
        """Write what is left and close the run's file."""
        self._write()
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as e:
            self._failed(e)
        self._file = None
        self.path = ""

    def _write(self):
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

    def _make_room(self):
        """Delete the oldest fetched runs while there is little room left."""
        while _free() < _LEAST_FREE:
            name = self._outermost(True, (".got",))
            if not name:
                self.error = "flash is nearly full: fetch runs with pacer pull"
                return
            os.remove(RUNS + "/" + name)

    def _failed(self, e):
        self._file = None
        self.error = "run not saved (%s)" % e
