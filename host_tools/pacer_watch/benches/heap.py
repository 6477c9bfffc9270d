"""The smallest heap in which the watch starts, and in which it runs a session whole: on the unix port, whose heap is
counted in what a 32-bit board has (its words are twice as wide, so is the heap).

The session is one that asks for memory: a laptop looks, loads a profile and a workout, and wants telemetry all along;
the settings are reviewed and changed; then the workout is run to its end, the questions are answered, and what was
learned is kept.
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from pacer.core import notation

from .. import ROOT
from ..link import encode
from ..twin import hooks, interp, session
from ..twin.chips.gnss import NmeaReceiver
from ..twin.result import Result
from ..twin.runner import VirtualRunner

LADDER = ROOT / "workouts" / "ladder-5x1000.txt"
_PROFILE = b"""# Pacer profile 1
units km
race 5k 20:00 2026-11-25
critical-speed 3.997 m/s +- 0.08
d-prime 209 m +- 63
pace 1500m 3'36.6"
pace 5k 4'00"
pace 10k 4'09"
zone easy 5'12.7"-5'47.5"
zone tempo 4'17.9"-4'32"
tolerance 0.06 m/s
"""
_OTHER = b"Workout - Other\n- 10min easy\n- 6 x:\n  - 400m @ 5k pace | tall and quick\n  - 90s jog\n- 5min cool-down\n"
_STEP_KIB = 2
_MOST_KIB = 288
_READY_US = 2_000_000
_LATE_US = 3_200_000_000  # in the cool-down
_PAGES = 9  # of settings, and what is opened from there


class Owner(VirtualRunner):
    """Goes through the settings and changes one, there and back, before the run."""

    START_US = 30_000_000

    def __init__(self, text: str, seed: int = 1) -> None:
        super().__init__(notation.parse(text), seed)
        self.hand.clear()
        presses = [(8.0, "back", 1.2)]
        for k in range(_PAGES):
            presses.append((10.0 + k, "back", 0.15))
        presses += [(20.0, "lap", 0.15), (20.5, "lap", 0.15), (22.0, "back", 1.2), (self.START_US / 1e6, "lap", 0.15)]
        self.hand.plan(presses)


def talk() -> bytes:
    """What the laptop says."""
    frames = [("H", b""), ("Q", b""), ("C", b""), ("L", b"0")]
    for name, data in ((b"profile.txt", _PROFILE), (b"workouts/other.txt", _OTHER)):
        frames.append(("P", b"%d %08x %s" % (len(data), binascii.crc32(data), name)))
        frames += [("D", at.to_bytes(4, "little") + data[at : at + 160]) for at in range(0, len(data), 160)]
        frames.append(("E", b""))
    frames.append(("W", b"1"))
    return b"".join(encode(kind, 1 + k, payload) for k, (kind, payload) in enumerate(frames))


def play(heap_kib: int, in_rom: bool, whole: bool = True) -> Result:
    """The session in a heap of so many KiB of a 32-bit board; up to the ready page unless it is the whole one.

    Raises interp.Crashed where that is too small.
    """
    text = LADDER.read_text(encoding="utf-8")
    owner = Owner(text)
    return session.run(
        text, owner, NmeaReceiver(owner.observe), runtime=interp.UNIX, compiled=not in_rom, in_rom=in_rom,
        heap=f"{heap_kib}wK", heap_at_us=(_READY_US, _LATE_US), serial=talk() if whole else b"",
        limit_us=None if whole else _READY_US + 500_000, guest=hooks.LARGEST_BLOCK,
    )  # fmt: skip


def run_whole(r: Result) -> bool:
    """Was the workout run to its end, nothing failed, and all kept that was said and learned?"""
    return (
        r.saved
        and not r.crash
        and "race 5k" in r.profile
        and len(r.laps) > len(r.plan)
        and r.events[-1].kind == "last rep"
    )


def fits(heap_kib: int, in_rom: bool, whole: bool) -> Result | None:
    """The session in that heap, None where it does not fit."""
    try:
        r = play(heap_kib, in_rom, whole)
    except interp.Crashed:
        return None
    return r if run_whole(r) or not whole else None


def smallest(in_rom: bool, whole: bool) -> tuple[int, Result]:
    """(KiB, the session in them): the smallest heap, to 2 KiB, that a search by halves finds."""
    low, high = 0, _MOST_KIB
    best = fits(high, in_rom, whole)
    if best is None:
        raise interp.Crashed(f"the session does not fit into {_MOST_KIB} KiB")
    while high - low > _STEP_KIB:
        middle = (low + high) // 2
        r = fits(middle, in_rom, whole)
        if r:
            high, best = middle, r
        else:
            low = middle
    return high, best


@dataclass(frozen=True)
class Fit:
    """One way to have the firmware on a board. KiB are of a 32-bit board's heap, and hold own_kib of the twin's
    modules, which are C on a board; the largest free blocks are bytes of it, too, in the smallest heap that runs it.
    """

    way: str
    boots_kib: int
    runs_kib: int
    own_kib: float
    ready_bytes: int
    late_bytes: int


def bench() -> Iterator[Fit]:
    """Copied to RAM, and run in place."""
    for in_rom in (False, True):
        boots_kib, _ = smallest(in_rom, False)
        runs_kib, r = smallest(in_rom, True)
        ready, late = (block // 2 for _, _, block in r.heap)
        own_kib = (r.own_heap - r.rom_bytes) / 2048
        yield Fit("in place" if in_rom else "copied", boots_kib, runs_kib, own_kib, ready, late)
