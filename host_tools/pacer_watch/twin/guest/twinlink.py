"""The twin's end inside MicroPython: one exchange of bytes with the models on the host.

Every call of `machine` and `time` that touches the world becomes a request of 16 bytes (and a payload)
and gets a status of 16 bytes (and a payload) back. Nothing here allocates once it is set up. On the
unix port the two ends talk over pipes; in WebAssembly the host reads and writes these very buffers,
and is woken by the interpreter's own clock call.
"""

import sys
from array import array
from struct import pack_into
from uctypes import addressof, bytearray_at

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
FLASH = 28

# Time in 30 bits (2 words), errno, bytes that wait at the UART, levels of the pins (3 words), what the host
# asks for.
status = array("H", (0,) * 8)
_words = array("I", (0,) * 8)
_request = bytearray_at(addressof(_words), 32)  # the same, for pack_into()
now_ms = 0  # unix only: in WebAssembly the interpreter's own clock tells the world's time
fed = 0

wasm = sys.implementation._build == "wasi"
if wasm:
    from _clock import ticks_ms as _kick

    with open("/.twin/mailbox", "w") as _f:
        _f.write("%d %d" % (addressof(_request), addressof(status)))
else:
    _in = open(int(sys.argv[2]), "rb")
    _to = open(int(sys.argv[3]), "wb")


def call(op, a=0, b=0, c=0, d=0, payload=None, size=0, reply=None, wanted=0):
    """One exchange; the payload's first `size` bytes go, `wanted` bytes come into reply. Raises OSError."""
    global now_ms
    if wasm:
        pack_into(
            "<BBHIIHHII", _request, 0, op, a, b, c, d, size, wanted,
            addressof(payload) if size else 0, addressof(reply) if wanted else 0,
        )  # fmt: skip
        _kick()
    else:
        pack_into("<BBHIIHH", _request, 0, op, a, b, c, d, size, wanted)
        try:
            _to.write(_request, 16)
            if size:
                _to.write(payload, size)
            there = _in.readinto(status, 16)
        except OSError:
            there = 0
        if not there:
            raise SystemExit  # the host has gone, and the world with it: no failure of the firmware
        if wanted:
            _in.readinto(reply, wanted)
        now_ms = status[0] | status[1] << 16
    if status[2]:
        raise OSError(status[2])


def tell_heap():
    """What of the heap is used, what is free."""
    call(HEAP, 0, 0, gc.mem_alloc(), gc.mem_free())


def _sleeper(op):
    def sleep(ms):
        if ms <= 0:
            return
        if wasm:
            words = _words  # written out: pack_into() costs twice as much, fifty times a second
            words[0] = op | fed << 8
            words[1] = ms * 1000
            words[3] = 0
            _kick()
        else:
            call(op, fed, 0, ms * 1000)
        if fed or status[7]:
            _heed()

    return sleep


sleep_ms = _sleeper(SLEEP)  # let the world go on, and do what the host has asked
lightsleep = _sleeper(LIGHT_SLEEP)


def _heed():
    """The watchdog's food is on its way; what the host has asked for."""
    global fed
    fed = 0
    asked = status[7]
    if asked & 1:
        tell_heap()
    if asked & 2:
        micropython.heap_lock()  # from here on any allocation raises MemoryError
    if asked & 4:
        micropython.heap_unlock()


call(HELLO, 0, 0, 1 if wasm else 0)
