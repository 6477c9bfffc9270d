"""The USB port: listens for a laptop, and loads the link when one speaks: 7 KB that a runner does without."""

from micropython import const, heap_lock, heap_unlock

from .spare import borrow

_TALK_MS = const(2_000)  # a laptop that spoke may speak again at once
_STAY_MS = const(60_000)  # it is still there: no sleep


class Cable:
    """talking: a laptop has just spoken, so step() is wanted in each turn; else when waiting() says so."""

    def __init__(self, port):
        """port: a UsbSerial, or None."""
        self.waiting = port.waiting if port else _nobody
        self.talking = False
        self.link = None
        self._port = port
        self._ms = -_STAY_MS

    def step(self, watch, ms):
        """Take what has come, and answer. What a laptop asks for may take memory, which a run has locked."""
        locked = watch.locked
        if locked:
            heap_unlock()
        try:
            if not self.link:
                self.link = borrow("app.link").Link(self._port)
            if self.link.step(watch):
                self._ms = ms
            self.talking = ms - self._ms < _TALK_MS
        finally:
            if locked:
                heap_lock()

    def second(self, watch):
        """A second's telemetry, if it is wanted. Likewise."""
        if not (self.link and self.link.telemetry):
            return
        locked = watch.locked
        if locked:
            heap_unlock()
        try:
            self.link.second(watch)
        finally:
            if locked:
                heap_lock()

    def attached(self, ms):
        """Has a laptop spoken in the last minute?"""
        return ms - self._ms < _STAY_MS


def _nobody():
    return 0
