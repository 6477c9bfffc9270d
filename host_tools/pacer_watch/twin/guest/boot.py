# Run by the interpreter itself: puts the twin beneath the firmware and starts main.py at the top level, as a board does
# after boot.
#
# The 32-bit build's collector loses what only WebAssembly's own locals hold, which is also the frame of a function (or
# module) that needs more than a few words of it: so the top level here is kept small, and collects between functions
# only.
import gc
import sys


def _mount_flash():
    """The folder that the host gave becomes the flash."""
    import os
    import vfs

    vfs.umount("/")
    vfs.mount(vfs.VfsPosix(sys.argv[1]), "/")
    os.chdir("/")


def _keep_clock():
    """The built-in clock is the door to the host: keep it before the twin's own time.py hides it."""
    sys.path[:] = []
    import time

    sys.modules["_clock"] = time
    gc.disable()


def _mount_rom():
    """What is C on a board, frozen into its image or in its ROMFS is no part of the heap: the twin's own modules, and
    the firmware where a session wants that.

    The unix port has no memory beside its heap: the host has made that larger by the image, which lies in one piece.
    """
    try:
        with open("/.twin/rom") as f:
            at, size = f.read().split()
    except OSError:
        return
    import vfs

    if int(at):
        import uctypes

        image = uctypes.bytearray_at(int(at), int(size))
    else:
        image = bytearray(int(size))
        with open("/.twin/rom.img", "rb") as f:
            f.readinto(image)
    vfs.mount(vfs.VfsRom(image), "/rom")
    sys.path.insert(0, "/rom/twin")
    sys.path.append("/rom")


def _tell_heap():
    """What of the heap is the twin's own."""
    with open("/.twin/heap", "w") as f:
        f.write("%d" % gc.mem_alloc())


def _load():
    import esp32  # noqa: F401
    import machine  # noqa: F401
    import time  # noqa: F401
    import hooks  # noqa: F401


if sys.implementation._build != "wasi":
    _mount_flash()
else:
    _keep_clock()
sys.path[:] = ["/.twin", "", "/"]
_mount_rom()
_load()
gc.collect()
_tell_heap()
exec(open("/main.py").read(), {"__name__": "__main__"})
