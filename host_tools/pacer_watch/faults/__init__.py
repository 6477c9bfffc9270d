"""`make faults`: what goes wrong on a wrist, one thing at a time, on the twin with the unmodified firmware.

Each run is compared with its twin without the fault: the same laps, a distance that differs by no more than the
fault explains, a log without a hole. Seeded; every case can be run again by its name.

cases.py lists what goes wrong, bent.py has the receivers that lie, judge.py says what a run may differ in,
campaign.py plays them all, texts.py and soak.py are what needs no twin or a long one.
"""
