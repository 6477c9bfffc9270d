"""What stays when the firmware is changed: picks the firmware, and goes back to the one before when a new one fails.

On the flash beside board.py, workouts/ and pacer/; or beside two slots, a/ and b/, each with a whole firmware, and the
file `slot` that names the one to run: so an update that is cut off leaves the old one running. Behind its name stands
how often a new firmware was started and has not lived yet; after three times the other slot is run again. In a frozen
build pacer and board are in the image. Of a firmware this knows pacer.app.loop: power_on() and run().
"""

import gc
import os
import sys

_TRIES = 3
_OLD = "/main.old"  # of a firmware that came with a main.py of its own


def read(name):
    try:
        with open(name) as f:
            return f.read().split()
    except OSError:
        return []


def write(words):
    """The file `slot`, at once."""
    with open("/slot.new", "w") as f:
        f.write(words)
    os.rename("slot.new", "slot")


def slot():
    """The firmware that is to run goes before all others."""
    words = read("/slot")
    if not words:
        return  # one firmware, at the root or in the image
    name = words[0]
    if len(words) > 1:
        there = os.listdir("/")
        other = "b" if name == "a" else "a"
        tries = int(words[1])
        if tries >= _TRIES and (other in there or "pacer" in there):
            print("The firmware in /%s did not start %d times: back to the one before." % (name, tries))
            if read("/crash.count"):
                os.remove("/crash.count")
            if other not in there:
                os.remove("/slot")
                return
            name = other
            write(name)
        else:
            write("%s %d" % (name, tries + 1))
    sys.path.insert(0, "/" + name)


def load():
    """The firmware's loop, or None."""
    try:
        from pacer.app import loop

        return loop
    except Exception as e:
        new = len(read("/slot")) > 1
        if isinstance(e, ImportError) and not new and _OLD[1:] in os.listdir("/"):
            exec(open(_OLD).read(), {"__name__": "__main__"})
            return None
        sys.print_exception(e)
        print("The firmware cannot be loaded; put it on again with: pacer flash")
        if new:  # it has three tries
            from machine import reset

            reset()
    return None


# While modules are loaded, what that throws away is not to lie between what stays.
gc.threshold(8_192)
slot()
loop = load()
# The top level is kept this small because a collection is made here: the twin's 32-bit build loses what larger frames
# hold.
watch = loop.power_on() if loop else None
gc.collect()  # what the start left behind; from here on the watch makes no garbage while it runs
if watch:
    loop.run(watch)
