"""What a watch wants of its receiver, by numbers; how that is said is in setup.py, which is let go after the
start.
"""

from micropython import const

FAST_BAUD = const(115_200)  # what every set-up ends with: 10 fixes a second do not go through 9600

WAIT = const(0)  # before a run: all fixes, and signal strengths
SAVE = const(1)  # the same, long untouched: a fix a second in the receiver's power save mode
RUN = const(2)  # all fixes, nothing else
OFF = const(3)  # until it hears something
