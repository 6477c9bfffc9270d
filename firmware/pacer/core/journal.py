"""The record of a run: fixed records of 24 bytes, little-endian, written one behind the other.

byte 0      kind: 0 a second of the run, else an event of engine.py
byte 1      a second: cadence in steps/min; else 0
2-3, 4-7    step index; time of the run, ms
8-11        a second: smoothed speed, mm/s; an event: the step's time, ms
12-15       a second: distance of the run, mm; an event: the step's distance, mm
16-19       a second: the receiver's own speed, mm/s; an event: its value
20-21       a second: confidence, 0 to 100; an event: rep
22-23       row of the workout
"""

from struct import pack_into

from micropython import const

SIZE = const(24)
SECOND = const(0)
_FORMAT = "<BBHiiiihH"


def second(buf, t_ms, index, row, speed_mm_s, distance_mm, raw_mm_s, cadence_spm, confidence):
    """Write one second's record into buf[0:24]."""
    if cadence_spm < 0:
        cadence_spm = 0
    pack_into(_FORMAT, buf, 0, SECOND, cadence_spm, index, t_ms, speed_mm_s, distance_mm, raw_mm_s, confidence, row)


def event(buf, events):
    """Write the event that `events` (engine.Events) has just taken into buf[0:24]."""
    e = events
    pack_into(_FORMAT, buf, 0, e.kind, 0, e.index, e.t_ms, e.time_ms, e.distance_mm, e.value, e.rep, e.row)
