"""The modes a receiver is put into, by number; setup.py, which is let go after the start, makes the commands."""

from micropython import const

FAST_BAUD = const(115_200)  # every set-up ends with it: 10 fixes a second are too much for 9600

WAIT = const(0)  # before a run: all fixes, and signal strengths
SAVE = const(1)  # the same after a long time without a button: a fix a second in the receiver's power save mode
RUN = const(2)  # all fixes, nothing else
OFF = const(3)  # until it hears something
