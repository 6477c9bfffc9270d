"""A flash in memory for the firmware's modules under CPython: it keeps what was synced or closed, and can fail."""

import errno
from types import SimpleNamespace


class Flash:
    """Stands for `os` and makes `open`. Names are without their first slash; a folder is what has files in it.

    files       what is safe: {name: bytes}
    asked       operations in their order, as (what, name)
    fails       n -> the error of operation number n; None: it works
    free        bytes, as statvfs has it; opened: files that are open
    """

    def __init__(self):
        self.files = {}
        self.folders = {""}
        self.asked = []
        self.fails = lambda n: None
        self.free = 1 << 20
        self.opened = []

    def operation(self, what, name):
        n = len(self.asked)
        self.asked.append((what, name))
        error = self.fails(n)
        if error:
            raise OSError(error, errno.errorcode[error])

    def cut(self):
        """The power goes: what was not synced is gone, and so is every open file."""
        self.opened.clear()

    def open(self, path, mode="r"):
        name = path.lstrip("/")
        self.operation("open " + mode, name)
        if mode[0] == "r" and name not in self.files:
            raise OSError(errno.ENOENT, "ENOENT")
        if "/" in name and name.rpartition("/")[0] not in self.folders:
            raise OSError(errno.ENOENT, "ENOENT")
        if mode[0] == "w":
            self.files[name] = b""
        return File(self, name, mode)

    def remove(self, path):
        self.operation("remove", path.lstrip("/"))
        if self.files.pop(path.lstrip("/"), None) is None:
            raise OSError(errno.ENOENT, "ENOENT")

    def rename(self, old, new):
        assert old[:1] != "/"
        assert new[:1] != "/"
        self.operation("rename", old)
        if "/" in new and new.rpartition("/")[0] not in self.folders:
            raise OSError(errno.ENOENT, "ENOENT")
        self.files[new] = self.files.pop(old)

    def mkdir(self, path):
        self.operation("mkdir", path.lstrip("/"))
        if path.lstrip("/") in self.folders:
            raise OSError(errno.EEXIST, "EEXIST")
        self.folders.add(path.lstrip("/"))

    def listdir(self, path):
        folder = path.strip("/")
        if folder not in self.folders:
            raise OSError(errno.ENOENT, "ENOENT")
        inside = [n[len(folder) :].lstrip("/") for n in self.files if n.startswith(folder + "/" * bool(folder))]
        return sorted({n.partition("/")[0] for n in inside} | ({f for f in self.folders if f} if not folder else set()))

    def ilistdir(self, path):
        return iter([(name, 0x8000, 0) for name in self.listdir(path)])

    def statvfs(self, path):
        if self.free is None:
            raise OSError(errno.ENOSYS, "ENOSYS")
        return (4096, 4096, 0, self.free // 4096)


class File:
    """An open file of a Flash: MicroPython's write() takes a count."""

    def __init__(self, flash, name, mode):
        self._flash, self.name = flash, name
        self._binary = "b" in mode
        self._writes = mode[0] != "r" or "+" in mode
        self._data = bytearray(flash.files.get(name, b""))
        self._at = len(self._data) if mode[0] == "a" else 0
        flash.opened.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def read(self, count=-1):
        data = bytes(self._data[self._at :] if count < 0 else self._data[self._at : self._at + count])
        self._at += len(data)
        return data if self._binary else data.decode()

    def readline(self):
        end = self._data.find(b"\n", self._at) + 1
        return self.read(end - self._at if end else -1)

    def write(self, data, count=-1):
        data = data.encode() if isinstance(data, str) else bytes(data)
        data = data if count < 0 else data[:count]
        try:
            self._flash.operation("write", self.name)
        except OSError:
            self._put(data[: len(data) // 2])  # it came half
            self._commit()
            raise
        self._put(data)
        return len(data)

    def seek(self, at, whence=0):
        self._at = at + (len(self._data) if whence == 2 else 0)
        return self._at

    def flush(self):
        self._flash.operation("sync", self.name)
        self._commit()

    def close(self):
        if self in self._flash.opened:
            self._flash.opened.remove(self)
            self._flash.operation("close", self.name)
            self._commit()

    def _put(self, data):
        assert self._writes
        self._data[self._at : self._at + len(data)] = data
        self._at += len(data)

    def _commit(self):
        if self._writes and self.name in self._flash.files:
            self._flash.files[self.name] = bytes(self._data)


def on(flash, monkeypatch, *modules):
    """Let these modules of the firmware see that flash."""
    for module in modules:
        monkeypatch.setattr(module, "os", flash, raising=False)
        monkeypatch.setattr(module, "open", flash.open, raising=False)


Thing = SimpleNamespace  # a part of a watch, as far as it is looked at
