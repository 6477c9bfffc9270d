"""The twin's clock in place of the built-in one: 30-bit ticks as on the ESP32, virtual time."""

import twinlink as _link
from twinlink import sleep_ms  # noqa: F401

if _link.wasm:
    # The 32-bit build's own count 30 bits as the ESP32's do, and ask the host.
    from _clock import ticks_add, ticks_diff, ticks_ms, ticks_us
else:

    def ticks_ms():
        return _link.now_ms

    def ticks_us():
        return _link.now_ms * 1000 & 0x3FFFFFFF

    def ticks_diff(a, b):
        d = (a - b) & 0x3FFFFFFF
        if d >= 0x20000000:
            return d - 0x3FFFFFFF - 1
        return d

    def ticks_add(a, delta):
        return (a + delta) & 0x3FFFFFFF


def sleep_us(us):
    if us > 0:
        _link.call(_link.SLEEP, 0, 0, us)


def sleep(seconds):
    sleep_us(int(seconds * 1_000_000))
