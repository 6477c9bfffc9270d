# Run by the interpreter itself: puts the twin beneath the firmware and starts main.py at the top level,
# as a board does after boot.
import sys

if sys.implementation._build != "wasi":
    import os
    import vfs

    # The folder that the host gave becomes the flash.
    _flash = sys.argv[1]
    vfs.umount("/")
    vfs.mount(vfs.VfsPosix(_flash), "/")
    os.chdir("/")
else:
    # The built-in clock is the door to the host: keep it before the twin's own time.py hides it.
    sys.path[:] = []
    import time

    sys.modules["_clock"] = time
    # This build's collector loses what only WebAssembly's own locals hold: collect at the top level only.
    import gc

    gc.disable()

sys.path[:] = ["/.twin", "", "/"]
try:
    # What is frozen into a board's image, or lies in its ROMFS, is run where it is: here, beside the heap.
    with open("/.twin/rom") as _f:
        _at, _size = [int(n) for n in _f.read().split()]
    import uctypes
    import vfs

    vfs.mount(vfs.VfsRom(uctypes.bytearray_at(_at, _size)), "/rom")
    sys.path.append("/rom")
except OSError:
    pass
import time
import gc

gc.collect()
with open("/.twin/heap", "w") as _f:
    _f.write("%d" % gc.mem_alloc())  # what of it is the twin's own
exec(open("/main.py").read(), {"__name__": "__main__"})
