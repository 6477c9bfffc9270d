# Feeds a recorded or simulated stream to core/motion.py on whichever interpreter runs this, and prints what
# it makes of it. Input: trace.bin, records of 48 bytes (see benches/accuracy/streams.py); output: a line a look.
import gc
import sys

if getattr(sys.implementation, "_build", "") == "wasi":
    gc.disable()  # the 32-bit build's collector is not safe here; the host gives it a large heap and few streams

from struct import calcsize, unpack_from

from pacer.core.gnss.stream import Fix
from pacer.core.motion import Motion

FORMAT = "<iiiiiiiiiiii"
SIZE = calcsize(FORMAT)
FIX = 1
STEPS = 2
LOOK = 3
NEW = 4
PRESS = 5
NAME = 6
BEGIN = 7
OVAL = 8

motion = Motion()
snapped = 0
fix = Fix()
buf = bytearray(SIZE)
with open("trace.bin", "rb") as f:
    while f.readinto(buf):
        kind, at, utc, *rest = unpack_from(FORMAT, buf)
        if kind == FIX:
            fix.lat_deg, fix.lat_umin, fix.lon_deg, fix.lon_umin, fix.speed_mm_s = rest[:5]
            fix.east_mm_s, fix.north_mm_s, fix.accuracy_mm_s, fix.valid = rest[5:]
            fix.utc_ms = utc
            fix.directed = 1 if fix.east_mm_s or fix.north_mm_s else 0
            fix.hdop_c = 90
            motion.fix(fix, at)
        elif kind == STEPS:
            motion.steps(utc)
        elif kind == LOOK:
            motion.advance(at)
            m = motion
            t = m.track
            print(m.distance_mm + snapped, m.speed_mm_s, m.raw_mm_s, m.confidence, t.stage, t.laps.lane, t.laps.count)
        elif kind == PRESS:
            motion.advance(at)
            snapped += motion.press()
        elif kind == BEGIN:
            motion.begin(utc)
        elif kind == NAME:
            motion.track.name(utc)
        elif kind == OVAL:
            kept = motion.track.kept
            for i in range(8):
                kept.ovals[i] = rest[i]
            kept.count = 1
        else:
            learned = motion.stride
            motion = Motion()
            snapped = 0
            if at:
                motion.stride = learned
