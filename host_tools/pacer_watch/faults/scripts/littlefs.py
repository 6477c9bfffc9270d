# Runs on MicroPython for unix: a session over a real LittleFS, on a block device that is cut off or fails.
#
#     littlefs.py <folder with pacer/> cuts <seconds> <first> <each> <seed>    the power goes at every each-th write
#     littlefs.py <folder with pacer/> fails <seconds> <first> <each>          every each-th write, erase and sync fails
#     littlefs.py <folder with pacer/> full <seconds>                          the flash fills in mid-run
#     littlefs.py <folder with pacer/> rot <seconds> <first> <each>            every each-th bit of a log is another
#
# Prints a line a case, which littlefs.py of the campaign judges.
import os
import sys

import vfs

BLOCK = 4096
BLOCKS = 40
POSITIONS = 8  # of a torn write
RESUMED_S = 25  # a resumed run goes on for so long
sys.path.append("/code")


class Flash:
    """A block device in memory.

    log         where a list: (at, bytes or None for an erase, what was said to be safe then) of each write is appended
    failing     the number of the operation, syncs counted, that raises EIO; for_ever: and all behind it
    """

    def __init__(self, data, log=None, failing=-1, for_ever=False):
        self.data = data
        self.log = log
        self.failing = failing
        self.for_ever = for_ever
        self.count = 0
        self.said = {}

    def _may(self):
        n = self.count
        self.count = n + 1
        if n == self.failing or (self.for_ever and 0 <= self.failing < n):
            raise OSError(5)

    def _spend(self, at, new):
        self._may()
        if self.log is not None:
            self.log.append((at, new and bytes(new), dict(self.said)))
        put(self.data, at, new, POSITIONS)

    def readblocks(self, n, buf, offset=0):
        at = n * BLOCK + offset
        buf[:] = self.data[at : at + len(buf)]

    def writeblocks(self, n, buf, offset=0):
        self._spend(n * BLOCK + offset, buf)

    def ioctl(self, op, arg):
        if op == 4:
            return BLOCKS
        if op == 5:
            return BLOCK
        if op == 6:
            self._spend(arg * BLOCK, None)
        elif op == 3:
            self._may()
        return 0


def put(data, at, new, eighths):
    """The first eighths of a write or, with None, of an erase."""
    if new is None:
        new = b"\xff" * BLOCK
    size = len(new) * eighths // POSITIONS
    data[at : at + size] = new[:size]


def unmount():
    try:
        vfs.umount("/")
    except OSError:
        pass


def mount(flash):
    unmount()
    vfs.mount(vfs.VfsLfs2(flash), "/")
    os.chdir("/")


# The code stays where the host has put it, beside the flash under test.
vfs.umount("/")
vfs.mount(vfs.VfsPosix(sys.argv[1]), "/code")

from pacer.app import files
from pacer.app import flash as places
from pacer.app.store import Store
from pacer.core import events as ev
from pacer.core import journal, learned, profile, recovery
from pacer.core.motion import Motion

OLD = "# Pacer profile 1\nname Old\ncritical-speed 4 m/s\n"
WORKOUT = b"Workout - Cut\n- 4 x 100m @ 4'00\"/km\n"


class Run:
    """Seconds and laps into a store; what is safe is put into flash.said as it becomes so: t, ended, profile."""

    def __init__(self, flash, laps=0):
        self.flash = flash
        self.store = Store()
        self.motion = Motion()
        self.motion.plane.place(51, 30_000_000, 4, 18_000_000)
        self.motion.fixed = True
        self.motion.speed_mm_s = self.motion.raw_mm_s = 4000
        self.events = ev.Events()
        self.laps = laps

    def begin(self):
        self.store.begin(b"pacer test\nworkout cut.txt\n", "/workouts/cut.txt", OLD.encode(), 0)
        self.events.put(ev.START, 0, 0, 0, 0, 0, 0, 0)
        self.events.put(ev.STEP, 0, 0, 0, 1, 0, 0, 4)

    def go(self, first, behind, each=None):
        store, events = self.store, self.events
        for t in range(first, behind):
            if t and t % 25 == 0:
                self.laps += 1
                events.put(ev.LAP, 1000 * t, self.laps - 1, 0, self.laps, 25_000, 100_000, 0)
                events.put(ev.STEP, 1000 * t, self.laps, 0, self.laps + 1, 0, 4000 * t, 4)
            self._take()
            self.motion.x_mm += 4000
            store.journal.second(1000 * t, 4000 * t, self.laps, 0, self.motion, 170, 90)
            used = store.journal.used
            if store.step(1000 * t):
                store.mend()
            if used and not store.journal.used and not store.broken and store.path:
                self.flash.said["t"] = 1000 * t
            if each:
                each(t)

    def end(self, seconds):
        self.events.put(ev.END, 1000 * seconds, 0, 0, 0, 1000 * seconds, 4000 * seconds, 0)
        self._take()
        self.store.end()
        if not self.store.error:
            self.flash.said["ended"] = True

    def _take(self):
        while self.events.take():
            self.store.journal.event(self.events)


def session(flash, seconds, each=None):
    """A run, its log, and a new profile at the end."""
    run = Run(flash)
    run.begin()
    run.go(0, seconds, each)
    run.end(seconds)
    p = profile.parse(OLD)
    p.name = "New"
    if not files.write_profile(p):
        flash.said["profile"] = "New"
    run.motion.track.remember(run.motion.plane)
    places.replace(places.LEARNED, learned.dump(run.motion.stride, run.motion.track))
    return run.store.error


def boot():
    """What the next start finds: (the run that can be resumed or None, -1 ended, None nothing, or its ms; profile)."""
    assert files.workouts() == ["cut.txt"], files.workouts()
    found, wrong = files.profile()
    assert not wrong, wrong
    if not places.newest_run():
        return None, None, found.name
    run = files.unfinished()
    return run, (run.where.t_ms if run else -1), found.name


def resume(flash, run):
    """Go on with a run that was cut off, to its end."""
    more = Run(flash, run.where.laps)
    first = run.where.t_ms // 1000 + 1
    more.store.resume(run.path, 1000 * first)
    more.events.put(ev.RESTORE, run.where.t_ms, run.where.index, 0, 0, 0, 0, 0)
    more.go(first, first + RESUMED_S)
    more.end(first + RESUMED_S)


def seconds_of(path):
    """(seconds in a log, the longest gap in s, laps that stand, whether it has an end)."""
    reader = recovery.Reader()
    last = most = count = laps = ended = 0
    with open(path, "rb") as f:
        f.read(recovery.header_of(f.readline())[0])
        reader.add(f.read())
    while reader.next():
        if reader.kind == journal.SECOND:
            count += 1
            if count > 1 and reader.t_ms - last > most:
                most = reader.t_ms - last
            last = reader.t_ms
        laps += reader.kind == ev.LAP
        ended = ended or reader.kind == ev.END
    return count, most // 1000 - 1 if count > 1 else 0, laps, int(ended)


def blank():
    data = bytearray(b"\xff" * (BLOCK * BLOCKS))
    first = Flash(data)
    vfs.VfsLfs2.mkfs(first)
    mount(first)
    os.mkdir("/workouts")
    os.mkdir("/runs")
    for name, text in (("/workouts/cut.txt", WORKOUT), ("/profile.txt", OLD)):
        with open(name, "wb") as f:
            f.write(text)
    files.profile()  # the copy of the last good one
    unmount()
    return data


def cuts(seconds, first, each, seed):
    """The power goes at a write, torn at each position; then once more while the run is resumed."""
    start = blank()
    log = []
    whole = Flash(bytearray(start), log)
    whole.said = {"t": None, "ended": False, "profile": "Old"}
    mount(whole)
    session(whole, seconds)
    unmount()
    print("writes", len(log))
    random = seed
    image = bytearray(start)
    for k in range(len(log)):
        at, new, said = log[k]
        if k % each == first:
            for eighths in range(POSITIONS):
                torn = bytearray(image)
                put(torn, at, new, eighths)
                again = []
                flash = Flash(torn, again)
                flash.said = dict(said)
                before = bytearray(torn)
                mount(flash)
                run, found, name = boot()
                print("cut", k, eighths, said["t"], said["ended"], said["profile"], found, name)
                if run:
                    resume(flash, run)
                random = (random * 1103515245 + 12345) & 0x3FFFFFFF
                if again and eighths == k % POSITIONS:
                    second(before, again, random, k)
                elif run:
                    print("resumed", k, eighths, *seconds_of(run.path))
                unmount()
        put(image, at, new, POSITIONS)


def second(image, log, random, k):
    """The power goes once more, at one of the writes of the recovery."""
    n = random % len(log)
    for at, new, _ in log[:n]:
        put(image, at, new, POSITIONS)
    at, new, said = log[n]
    put(image, at, new, random // len(log) % POSITIONS)
    mount(Flash(image))
    _, found, name = boot()
    print("again", k, n, said["t"], said["ended"], said["profile"], found, name)


def fails(seconds, first, each):
    """An operation fails, once or from then on: what is in the log, and what the next start finds."""
    start = blank()
    whole = Flash(bytearray(start))
    mount(whole)
    session(whole, seconds)
    unmount()
    print("writes", whole.count)
    for n in range(first, whole.count, each):
        for for_ever in (0, 1):
            flash = Flash(bytearray(start))
            flash.said = {"t": None, "ended": False, "profile": "Old"}
            mount(flash)
            flash.count, flash.failing, flash.for_ever = 0, n, bool(for_ever)
            error = session(flash, seconds)
            unmount()
            mount(Flash(flash.data))
            _, found, name = boot()
            path = places.newest_run()
            rows = seconds_of(places.RUNS + "/" + path) if path else (0, 0, 0, 0)
            said = flash.said
            print("fail", n, for_ever, said["t"], said["ended"], said["profile"], found, name, *rows, int(bool(error)))
            unmount()


def full(seconds):
    """Fetched runs and one that was not; in mid-run a laptop fills the flash."""
    flash = Flash(blank())
    mount(flash)
    for name, size in (("0001.run", 3000), ("0002.got", 9000), ("0003.got", 9000), ("0004.got", 9000)):
        with open("/runs/" + name, "wb") as f:
            f.write(bytes(size))

    def fill(t):
        if t == seconds // 3:
            with open("/big", "wb") as f:
                try:
                    while True:
                        f.write(bytes(512))
                        f.flush()
                except OSError:
                    pass

    session(flash, seconds, fill)
    left = sorted(os.listdir("/runs"))
    unmount()
    mount(Flash(flash.data))
    _, found, name = boot()
    print("full", ",".join(left), found, name, *seconds_of(places.RUNS + "/" + places.newest_run()))


def rot(seconds, first, each):
    """A bit of the log of a run that was cut off has turned: what the next start makes of it."""
    flash = Flash(blank())
    mount(flash)
    run = Run(flash)
    run.begin()
    run.go(0, seconds)
    path = run.store.path
    run.store.end()  # of its file: there is no end in the log
    with open(path, "rb") as f:
        line = f.readline()
        head = len(line) + recovery.header_of(line)[0]
        f.seek(0)
        good = f.read()
    where = files.unfinished().where
    print("whole", head, len(good), where.t_ms, where.run_mm, where.laps)
    for bit in range(first, 8 * len(good), each):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        if bit // 8 < len(line) and bad[: len(line)].lower() == line.lower():
            continue  # a CRC in capitals is the same
        with open(path, "wb") as f:
            f.write(bad)
        run = files.unfinished()
        w = run and run.where
        print("rot", bit // 8, w and w.t_ms, w and w.run_mm, w and w.laps)
    unmount()


globals()[sys.argv[2]](*[int(word) for word in sys.argv[3:]])
