"""The `esp32` module of the virtual board: what may end a deep sleep."""

import twinlink as _link

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True


def wake_on_ext0(pin, level):
    _link.call(_link.WAKE_ON, pin._id, 1 if level else 0)
