# Feeds accelerometer streams to core/cadence.py on whichever interpreter runs this, and prints the cadence four times a
# second. Input: samples.bin; for each stream its rate and its length, then x, y, z of each sample in 1/4096 g.
import gc
import sys

if getattr(sys.implementation, "_build", "") == "wasi":
    gc.disable()  # the 32-bit build's collector is not safe here; the host gives it a large heap and few streams

from array import array
from struct import unpack

from pacer.core.cadence import Cadence

with open("samples.bin", "rb") as f:
    while True:
        head = f.read(8)
        if len(head) < 8:
            break
        rate, length = unpack("<ii", head)
        cadence = Cadence(rate)
        burst = max(1, rate // 5)
        samples = array("h", [0] * (3 * burst))
        done = 0
        told = rate
        while done + burst <= length:
            f.readinto(samples)
            cadence.feed(samples, burst)
            done += burst
            while 4 * done >= told:
                told += rate
                print(cadence.cadence_spm, cadence.steps)
        f.read(6 * (length - done))
        print("-")
