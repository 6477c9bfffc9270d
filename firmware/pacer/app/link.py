"""The laptop's link over the USB serial port, while the watch runs: files in and out, status, the clock, telemetry.

A frame is 0x7E, a body, 0x7E. In the body bytes below 0x20 and from 0x7D to 0x7F go as 0x7D and the byte with bit 5
turned, so that no frame holds a Ctrl-C or what a terminal would take for its own. The body: type (a letter), sequence
number, payload, CRC-32 of all that, little-endian. The watch answers each frame with its type in small letters and the
same number, or with "x" and a sentence. A frame that comes again is answered again and not done again. Anything that is
no frame is passed over.

    H               what is there: "pacer <version> <board> 1 <slot>", with "-" for no slot
    S name          size and CRC-32 of a file, as text
    L from          names and sizes of files, a line each, beginning with number `from`; empty when there are no more
    P size crc name a file is coming: answers how many of its bytes are here already (after a broken cable)
    D offset data   bytes of it (offset 4 bytes): answers the offset that is wanted next
    E               it is complete: checked, read if it is a workout or profile, and put in its place whole
    G offset name   up to 160 bytes of a file from there on (offset as text)
    R name          delete a file
    M name          a run has been fetched: it may go when room is needed; not before it is done, nor may R
    T time          set the clock: year month day weekday hour minute second, UTC, as text
    Q               status: lines of "key value"; log: the run that is not done
    C               the last crash, empty when there was none
    W on            telemetry: a frame "v" each second while on is 1
"""

import binascii
import gc
import os
from struct import pack_into, unpack_from

from micropython import const

from .. import __version__
from . import crash
from .flash import LEARNED, MAX_WORKOUT_BYTES, PROFILE, RUNS, WORKOUTS
from .spare import borrow, give_back

_END = const(0x7E)
_ESCAPE = const(0x7D)
_MOST = const(200)  # a body; as frame it fits the 260 bytes that an ESP32's port holds
_DATA = const(160)
_READ = const(128)  # bytes in one turn of the loop
_PART = "/link.part"
_NOTE = "/link.note"  # what the part is of
_STATES = ("ready", "running", "paused", "done")
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"


class Refused(Exception):
    """What was asked cannot be done; the text goes back."""


class Link:
    """step() in each turn of the loop, second() each second. watch: whose values are read; nothing of it is changed.

    news        something of what follows is to be taken up by the watch
    changed     files were
    clock       (year, month, day, weekday, hour, minute, second) that the laptop has said, or None
    """

    def __init__(self, port):
        self._port = port
        self.news = self.changed = False
        self.clock = None
        self._in = bytearray(_READ)
        self._body = bytearray(_MOST)
        self._size = -1  # of the body so far; -1 outside of a frame
        self._escaped = False
        self._out = bytearray(2 * _MOST + 8)
        self._said = bytearray(2 * _MOST + 8)  # apart from _out, which may have to be sent again
        self._reply = bytearray(_MOST)
        self._last = -1  # type and number of the last request, and its answer's length
        self._last_out = 0
        self.telemetry = False
        self._name = ""
        self._part_size = self._part_crc = 0
        self._part_at = 0

    def step(self, watch):
        """Take what has come in, and answer. True when a laptop spoke."""
        heard = False
        count = self._port.read_into(self._in)
        data = self._in
        for i in range(count):
            b = data[i]
            if b == _END:
                if self._size > 5:
                    heard = self._frame(watch) or heard
                self._size = 0
                self._escaped = False
            elif self._size >= 0:
                if b == _ESCAPE:
                    self._escaped = True
                    continue
                if b < 32 or self._size >= _MOST:
                    self._size = -1  # a frame holds no such byte: this is something else
                    continue
                if self._escaped:
                    b ^= 32
                    self._escaped = False
                self._body[self._size] = b
                self._size += 1
        return heard

    def second(self, watch):
        """A second has passed: telemetry, if it is wanted."""
        if not self.telemetry:
            return
        m = watch.motion
        e = watch.engine
        c = e.cursor
        text = "%s %d %d %d %d %d %d %d %d %d" % (
            _STATES[e.state], e.run_ms, e.run_mm, c.index, m.speed_mm_s, m.raw_mm_s, watch.steps.cadence.cadence_spm,
            m.confidence, c.pace_fast, watch.guide.balance.percent(),
        )  # fmt: skip
        self._port.write(self._said, self._pack(self._said, 118, 0, text.encode()))

    def _frame(self, watch):
        size = self._size - 4
        body = self._body
        said = unpack_from("<I", body, size)[0]
        if binascii.crc32(memoryview(body)[:size]) != said:
            return False
        mark = body[0] << 8 | body[1]
        if mark == self._last:
            self._port.write(self._out, self._last_out)
            return True
        kind = body[0]
        try:
            reply = self._do(kind, bytes(memoryview(body)[2:size]), watch)
            self._send(kind | 32, body[1], reply)
        except Refused as e:
            self._send(120, body[1], str(e).encode()[:_DATA])
        except Exception as e:  # whatever comes over the wire, the run goes on
            self._send(120, body[1], ("cannot be done (%s)" % e).encode()[:_DATA])
        self._last = mark
        return True

    def _send(self, kind, number, payload):
        self._last_out = self._pack(self._out, kind, number, payload)
        self._port.write(self._out, self._last_out)

    def _pack(self, out, kind, number, payload):
        """A frame into `out`; returns its length."""
        r = self._reply
        n = len(payload)
        r[0] = kind
        r[1] = number
        r[2 : 2 + n] = payload
        pack_into("<I", r, 2 + n, binascii.crc32(memoryview(r)[: 2 + n]))
        out[0] = _END
        at = 1
        for i in range(n + 6):
            b = r[i]
            if b < 32 or _ESCAPE <= b <= 127:
                out[at] = _ESCAPE
                at += 1
                b ^= 32
            out[at] = b
            at += 1
        out[at] = _END
        return at + 1

    def _do(self, kind, data, watch):
        if kind == 72:  # H
            self._last = -1
            return ("pacer %s %s 1 %s" % (__version__, watch.desk.board, crash.slot())).encode()
        if kind == 83:  # S
            return self._stat(_path(data))
        if kind == 76:  # L
            return self._list(int(data))
        if kind == 80:  # P
            return self._begin(data)
        if kind == 68:  # D
            return self._data(data)
        if kind == 69:  # E
            return self._finish(watch.desk.profile)
        if kind == 71:  # G
            offset, _, name = data.partition(b" ")
            with open(_path(name), "rb") as f:
                f.seek(int(offset))
                return f.read(_DATA)
        if kind == 82:  # R
            return self._remove(_path(data), watch)
        if kind == 77:  # M
            return self._mark(_path(data), watch)
        if kind == 84:  # T
            return self._set_clock(data)
        if kind == 81:  # Q
            return self._status(watch)
        if kind == 67:  # C
            return crash.last().encode()[:_DATA]
        if kind == 87:  # W
            self.telemetry = data == b"1"
            return b""
        raise Refused("there is no such request")

    def _stat(self, path):
        crc = size = 0
        with open(path, "rb") as f:
            data = f.read(512)
            while data:
                size += len(data)
                crc = binascii.crc32(data, crc)
                data = f.read(512)
        return b"%d %08x" % (size, crc)

    def _list(self, first):
        out = b""
        k = 0
        for folder in (WORKOUTS, RUNS, ""):
            try:
                names = sorted(os.listdir(folder or "/"))
            except OSError:
                continue
            for name in names:
                path = folder + "/" + name
                if not folder and path not in (PROFILE, LEARNED):
                    continue
                if k >= first:
                    line = ("%d %s\n" % (_size(path), path[1:])).encode()
                    if len(out) + len(line) > _DATA:
                        return out
                    out += line
                k += 1
        return out

    def _begin(self, data):
        size, crc, name = data.split(b" ", 2)
        path = _path(name)
        if not (path == PROFILE or path == LEARNED or (path.startswith(WORKOUTS) and path.endswith(".txt"))):
            raise Refused("only workouts/*.txt, profile.txt and learned.txt can be written")
        self._part_size = int(size)
        self._part_crc = int(crc, 16)
        self._name = path
        most = MAX_WORKOUT_BYTES if path.startswith(WORKOUTS) else 8192
        if not 0 < self._part_size <= most:
            raise Refused("a file here has 1 to %d bytes" % most)
        if path.startswith(WORKOUTS):
            try:
                os.mkdir(WORKOUTS)
            except OSError:
                pass  # it is there
        note = b"%d %08x %s" % (self._part_size, self._part_crc, path.encode())
        self._part_at = 0
        try:
            with open(_NOTE, "rb") as f:
                if f.read() == note:
                    self._part_at = _size(_PART)
        except OSError:
            pass
        if self._part_at == 0 or self._part_at > self._part_size:
            self._part_at = 0
            with open(_PART, "wb"):
                pass
            with open(_NOTE, "wb") as f:
                f.write(note)
        return b"%d" % self._part_at

    def _data(self, data):
        if not self._name:
            raise Refused("no file was begun")
        offset = unpack_from("<I", data)[0]
        if offset == self._part_at and len(data) > 4 and offset + len(data) - 4 <= self._part_size:
            with open(_PART, "ab") as f:
                f.write(memoryview(data)[4:])
            self._part_at += len(data) - 4
        return b"%d" % self._part_at

    def _finish(self, runner):
        if not self._name:
            raise Refused("no file was begun")
        name = self._name
        self._name = ""
        with open(_PART, "rb") as f:
            data = f.read(self._part_size + 1)
        if len(data) != self._part_size or binascii.crc32(data) != self._part_crc:
            os.remove(_PART)
            raise Refused("what came is not what was sent; send it again")
        try:
            if name.startswith(WORKOUTS):
                workout, wrong = borrow("app.files").read_workout(data)
                give_back("app.files")
                if wrong:
                    raise Refused(wrong)
                workout.resolve(runner)
            elif name == PROFILE:
                borrow("core.profile").parse(data)
        except (Refused, ValueError) as e:  # profile.ProfileError, profile.Unresolved
            os.remove(_PART)
            raise Refused(str(e))
        finally:
            give_back("core.plan")
        os.rename(_PART[1:], name[1:])  # without the slashes: see store.py
        os.remove(_NOTE)
        self.changed = self.news = True
        return name[1:].encode()

    def _remove(self, path, watch):
        if path == _open_log(watch):
            raise Refused("that run is on")
        os.remove(path)
        self.changed = self.news = True
        return b""

    def _mark(self, path, watch):
        if not path.startswith(RUNS) or not path.endswith(".run"):
            raise Refused("only a run can be marked as fetched")
        if path == _open_log(watch):
            raise Refused("that run is on")
        os.rename(path[1:], path[1:-3] + "got")
        return b""

    def _set_clock(self, data):
        t = tuple([int(x) for x in data.split()])
        calendar = borrow("core.calendar")
        give_back("core.calendar")
        if len(t) != 7 or not calendar.exists(t[0], t[1], t[2], t[4], t[5], t[6]):
            raise Refused("that is no time: year month day weekday hour minute second, UTC")
        self.news = True
        self.clock = t[:3] + (calendar.weekday(t[0], t[1], t[2]),) + t[4:]
        return b""

    def _status(self, watch):
        e = watch.engine
        free = 0
        try:
            s = os.statvfs("/")
            free = s[0] * s[3] // 1024
        except OSError:
            pass
        form = (
            "state %s\nrun_ms %d\nrun_mm %d\nstep %d\nsats %d\nfix %d\nbattery %d\n"
            "flash_free_kib %d\nheap_free %d\nbus_faults %d\nlog %s\nerror %s"
        )
        sats = watch.receiver.stream.fix.sats
        faults = watch.canvas.faults + watch.steps.faults + watch.power.faults + watch.parts.faults
        error = watch.store.error or watch.desk.wrong
        text = form % (
            _STATES[e.state], e.run_ms, e.run_mm, e.cursor.index + 1, sats, watch.motion.fixed,
            watch.power.percent, free, gc.mem_free(), faults, _open_log(watch)[1:], error,
        )  # fmt: skip
        return text.encode()[:_DATA]


def _open_log(watch):
    """The path of the run that is not done: it is written, waits for the answers, or can be resumed; "" for none."""
    unfinished = watch.desk.unfinished
    return watch.store.path or (unfinished.path if unfinished else "")


def _size(path):
    with open(path, "rb") as f:
        return f.seek(0, 2)


def _path(name):
    """A name as it comes over the wire to a path on the flash. Only what the watch keeps for the runner."""
    text = str(name, "utf-8")
    folder, _, file = text.rpartition("/")
    if folder not in ("", "workouts", "runs") or not 0 < len(file) <= 48 or file[0] == ".":
        raise Refused("there is no such place; files are in workouts/ and runs/, and profile.txt, learned.txt")
    for c in file:
        if c not in _NAME:
            raise Refused("a name has letters, digits, '.', '-' and '_' only")
    path = "/" + text
    if not folder and path not in (PROFILE, LEARNED):
        raise Refused("there is no such place; files are in workouts/ and runs/, and profile.txt, learned.txt")
    return path
