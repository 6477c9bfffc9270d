# Runs on MicroPython for unix: a session over a real LittleFS whose power is cut after every single write of a block,
# the last one torn in the middle. Prints a line a cut: what was synced before it, and what the next boot found.
import os
import sys

import vfs

BLOCK = 4096
BLOCKS = 40
sys.path.append("/code")


class Cut(Exception):
    pass


class Flash:
    """A block device in memory. left: writes and erases until the power goes; -1 for never."""

    def __init__(self, data, left=-1):
        self.data = data
        self.left = left
        self.writes = 0
        self.dead = False

    def _spend(self, at, new):
        if self.dead:
            raise OSError(5)
        self.writes += 1
        if self.left >= 0 and self.writes > self.left:
            self.dead = True
            self.data[at : at + len(new) // 2] = new[: len(new) // 2]
            raise OSError(5)
        self.data[at : at + len(new)] = new

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
            self._spend(arg * BLOCK, b"\xff" * BLOCK)
            return 0
        return 0


def mount(flash):
    try:
        vfs.umount("/")
    except OSError:
        pass
    vfs.mount(vfs.VfsLfs2(flash), "/")
    os.chdir("/")


# The code stays where the host has put it, beside the flash under test.
vfs.umount("/")
vfs.mount(vfs.VfsPosix(sys.argv[1]), "/code")

from pacer.app import files
from pacer.app import flash as places
from pacer.app.store import Store
from pacer.core import events as ev
from pacer.core import learned, profile
from pacer.core.motion import Motion

OLD = "# Pacer profile 1\nname Old\ncritical-speed 4 m/s\n"
WORKOUT = b"Workout - Cut\n- 4 x 100m @ 4'00\"/km\n"
SECONDS = int(sys.argv[2])


def session(flash, said):
    """A run, its log, and a new profile at the end. said: what is safe, as it becomes so."""
    store = Store()
    motion = Motion()
    motion.plane.place(51, 30_000_000, 4, 18_000_000)
    motion.fixed = True
    motion.speed_mm_s = motion.raw_mm_s = 4000
    events = ev.Events()
    store.begin(b"pacer test\nworkout cut.txt\n", "/workouts/cut.txt", OLD.encode(), 0)
    events.put(ev.START, 0, 0, 0, 0, 0, 0, 0)
    events.put(ev.STEP, 0, 0, 0, 1, 0, 0, 4)
    for t in range(SECONDS):
        if t and t % 25 == 0:
            events.put(ev.LAP, 1000 * t, t // 25 - 1, 0, t // 25, 25_000, 100_000, 0)
            events.put(ev.STEP, 1000 * t, t // 25, 0, t // 25 + 1, 0, 4000 * t, 4)
        while events.take():
            store.journal.event(events)
        motion.x_mm += 4000
        store.journal.second(1000 * t, 4000 * t, t // 25, 0, motion, 170, 90)
        used = store.journal.used
        store.step(1000 * t)
        if used and not store.journal.used and not flash.dead and not store.error:
            said["t"] = 1000 * t
    events.put(ev.END, 1000 * SECONDS, 0, 0, 0, 1000 * SECONDS, 4000 * SECONDS, 0)
    events.take()
    store.journal.event(events)
    store.end()
    if not flash.dead:
        said["ended"] = True
    p = profile.parse(OLD)
    p.name = "New"
    files.write_profile(p)
    if not flash.dead:
        said["profile"] = "New"
    motion.track.remember(motion.plane)
    places.replace(places.LEARNED, learned.dump(motion.stride, motion.track))


def boot():
    """What the next start finds: (ms of the run that can be gone on with, -1 ended, None nothing; profile's name)."""
    assert files.workouts() == ["cut.txt"], files.workouts()
    found, wrong = files.profile()
    assert not wrong, wrong
    if not places.newest_run():
        return None, found.name
    run = files.unfinished()
    return (run.where.t_ms if run else -1), found.name


blank = bytearray(b"\xff" * (BLOCK * BLOCKS))
first = Flash(blank)
vfs.VfsLfs2.mkfs(first)
mount(first)
os.mkdir("/workouts")
os.mkdir("/runs")
for name, text in (("/workouts/cut.txt", WORKOUT), ("/profile.txt", OLD)):
    with open(name, "wb") as f:
        f.write(text)
files.profile()  # the copy of the last good one
vfs.umount("/")

whole = Flash(bytearray(blank))
mount(whole)
session(whole, {})
total = whole.writes
print("writes", total)
for cut in range(total):
    flash = Flash(bytearray(blank), cut)
    said = {"t": None, "profile": "Old", "ended": False}
    try:
        mount(flash)
        session(flash, said)
    except OSError:
        pass
    vfs.umount("/")
    mount(Flash(flash.data))
    t, name = boot()
    print("cut", cut, said["t"], said["ended"], said["profile"], t, name)
