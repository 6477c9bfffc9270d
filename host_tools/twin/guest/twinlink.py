"""The twin's end inside MicroPython: one exchange of bytes with the models on the host.

Every call of `machine` and `time` that touches the world becomes a request of 16 bytes (and a payload)
and gets a status of 16 bytes (and a payload) back. Nothing here allocates once it is set up. On the
unix port the two ends talk over pipes; in WebAssembly the host reads and writes these very buffers,
and is woken by the interpreter's own clock call.
"""

import sys
from struct import pack_into

import gc
import micropython

SLEEP = 1
UART_INIT = 2
UART_READ = 3
UART_WRITE = 4
I2C_INIT = 5
I2C_WRITE = 6
I2C_READ = 7
I2C_MEM_READ = 8
I2C_MEM_WRITE = 9
PIN_INIT = 10
PIN_OUT = 11
PWM_SET = 12
WDT_START = 13
HEAP = 14
HELLO = 15
RESET = 16
SPI_INIT = 17
SPI_WRITE = 18
SPI_READ = 19
ADC_READ = 20
LIGHT_SLEEP = 21
DEEP_SLEEP = 22
WAKE_ON = 23
FREQUENCY = 24
RESET_CAUSE = 25
ADC_INIT = 26
SET_CLOCK = 27

status = bytearray(16)
_request = bytearray(32)
now_ms = 0
fed = 0

_wasm = sys.implementation._build == "wasi"
if _wasm:
    from _clock import ticks_add, ticks_diff
    from _clock import ticks_ms as _kick
    from uctypes import addressof

    with open("/.twin/mailbox", "w") as _f:
        _f.write("%d %d" % (addressof(_request), addressof(status)))
else:
    ticks_add = ticks_diff = None
    _in = open(int(sys.argv[2]), "rb")
    _to = open(int(sys.argv[3]), "wb")


def call(op, a=0, b=0, c=0, d=0, payload=None, size=0, reply=None, wanted=0):
    """One exchange; the payload's first `size` bytes go, `wanted` bytes come into reply. Returns 0 or an errno."""
    global now_ms
    if _wasm:
        pack_into(
            "<BBHIIHHII", _request, 0, op, a, b, c, d, size, wanted,
            addressof(payload) if size else 0, addressof(reply) if wanted else 0,
        )  # fmt: skip
        _kick()
    else:
        pack_into("<BBHIIHH", _request, 0, op, a, b, c, d, size, wanted)
        _to.write(_request, 16)
        if size:
            _to.write(payload, size)
        _in.readinto(status, 16)
        if wanted:
            _in.readinto(reply, wanted)
    s = status
    now_ms = s[0] | s[1] << 8 | s[2] << 16 | s[3] << 24
    return s[4] | s[5] << 8


def sleep_us(us, op=SLEEP):
    """Let the world go on. Does what the host has asked: tells the heap's fill, locks it."""
    global fed, now_ms
    if _wasm:
        pack_into("<BBHIIHHII", _request, 0, op, fed, 0, us, 0, 0, 0, 0, 0)
        _kick()
        s = status
        now_ms = s[0] | s[1] << 8 | s[2] << 16 | s[3] << 24
    else:
        call(op, fed, 0, us)
    fed = 0
    asked = status[14]
    if asked:
        if asked & 1:
            call(HEAP, 0, 0, gc.mem_alloc(), gc.mem_free())
        if asked & 2:
            micropython.heap_lock()  # from here on any allocation raises MemoryError
        if asked & 4:
            micropython.heap_unlock()


def check(errno):
    if errno:
        raise OSError(errno)


call(HELLO, 0, 0, 1 if _wasm else 0)
