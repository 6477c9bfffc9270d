"""`make faults`: what goes wrong on a wrist, one thing at a time, on the twin with the unmodified firmware.

Each run is compared with its twin without the fault: the same laps, a distance that differs by no more than the
fault explains, a log without a hole. The table says what was compared; a family that compares nothing has failed.
Seeded; every case can be run again by its name.

cases.py lists what goes wrong on a wrist, bent.py has the receivers that lie, judge.py says what a run may differ in,
campaign.py plays all. flashes.py fails each operation on files, littlefs.py each on blocks, and cuts the power;
cable.py damages what comes over USB, laptop.py kills commands and fills disks, model.py stands beside the engine,
texts.py and soak.py are what needs no twin or a long one.
"""
