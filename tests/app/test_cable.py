"""The cable: what a laptop asks for may take memory that a run has locked, and for a while it is still there."""

import pytest

from pacer.app import cable as module

from .flash import Thing


class Link:
    """Notes how the heap was when it was asked."""

    def __init__(self, heap):
        self.heap = heap
        self.hears = True
        self.telemetry = False
        self.seen = []
        self.fails = False

    def step(self, watch):
        self.seen.append(("step", self.heap[-1]))
        if self.fails:
            raise ValueError
        return self.hears

    def second(self, watch):
        self.seen.append(("second", self.heap[-1]))
        if self.fails:
            raise ValueError


@pytest.fixture
def rig(monkeypatch):
    """(Cable, its Link, the heap's states so far)"""
    heap = ["locked"]
    monkeypatch.setattr(module, "heap_lock", lambda: heap.append("locked"))
    monkeypatch.setattr(module, "heap_unlock", lambda: heap.append("open"))
    link = Link(heap)
    made = []
    port = Thing(waiting=lambda: 7)

    def borrow(name):
        made.append(name)
        return Thing(Link=lambda p: link if p is port else None)

    monkeypatch.setattr(module, "borrow", borrow)
    cable = module.Cable(port)
    yield cable, link, heap
    assert made in ([], ["app.link"])  # loaded once, and not before a laptop speaks


def test_in_a_run_the_heap_is_open_for_the_laptop_and_locked_behind_it(rig):
    cable, link, heap = rig
    cable.step(Thing(locked=True), 0)
    link.telemetry = True
    cable.second(Thing(locked=True))
    assert link.seen == [("step", "open"), ("second", "open")]
    assert heap == ["locked", "open", "locked", "open", "locked"]


def test_it_is_locked_again_when_the_laptop_asks_for_what_fails(rig):
    cable, link, heap = rig
    link.fails = link.telemetry = True
    with pytest.raises(ValueError):
        cable.step(Thing(locked=True), 0)
    with pytest.raises(ValueError):
        cable.second(Thing(locked=True))
    assert heap[-1] == "locked"
    assert link.seen == [("step", "open"), ("second", "open")]


def test_where_the_heap_is_not_locked_it_stays_open(rig):
    cable, link, heap = rig
    heap[:] = ["open"]
    link.telemetry = True
    cable.step(Thing(locked=False), 0)
    cable.second(Thing(locked=False))
    assert heap == ["open"]


def test_telemetry_goes_out_only_where_it_was_asked_for(rig):
    cable, link, _ = rig
    cable.second(Thing(locked=False))  # nobody has spoken yet
    cable.step(Thing(locked=False), 0)
    cable.second(Thing(locked=False))
    assert link.seen == [("step", "locked")]


def test_a_laptop_that_spoke_talks_for_two_seconds_and_is_there_for_a_minute(rig):
    cable, link, _ = rig
    watch = Thing(locked=False)
    assert not cable.talking
    assert not cable.attached(0)
    cable.step(watch, 1_000)
    assert cable.talking
    link.hears = False
    cable.step(watch, 2_999)
    assert cable.talking
    cable.step(watch, 3_000)
    assert not cable.talking
    assert cable.attached(60_999)
    assert not cable.attached(61_000)


def test_without_a_port_nobody_waits(rig):
    assert rig[0].waiting() == 7
    assert module.Cable(None).waiting() == 0
