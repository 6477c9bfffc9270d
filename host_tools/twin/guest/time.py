"""The twin's clock in place of the built-in one: 30-bit ticks as on the ESP32, virtual time."""

import twinlink as _link


def ticks_ms():
    return _link.now_ms


def ticks_us():
    return _link.now_ms * 1000 & 0x3FFFFFFF


if _link.ticks_add:
    # The 32-bit build's own count 30 bits as the ESP32's do.
    ticks_add = _link.ticks_add
    ticks_diff = _link.ticks_diff
else:

    def ticks_diff(a, b):
        d = (a - b) & 0x3FFFFFFF
        if d >= 0x20000000:
            return d - 0x3FFFFFFF - 1
        return d

    def ticks_add(a, delta):
        return (a + delta) & 0x3FFFFFFF


def sleep_ms(ms):
    if ms > 0:
        _link.sleep_us(ms * 1000)


def sleep_us(us):
    if us > 0:
        _link.sleep_us(us)


def sleep(seconds):
    _link.sleep_us(int(seconds * 1_000_000))
