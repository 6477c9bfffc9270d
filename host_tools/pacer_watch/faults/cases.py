"""What goes wrong: every case of the campaign, family by family."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..twin.world import World
from .bent import AT_US, Bend

TEXT = "Workout - Faults\n- 60s @ 5'00\"/km\n- 2 x 200m @ 4'30\"/km, 15s rest\n- 30s @ 5'00\"/km\n"
_WRAP_TICKS = 1 << 30  # where ticks_ms begins at 0 again

Prepare = Callable[[World, Path], None]


@dataclass
class Case:
    """One fault. options: of the session; seconds: for how long the watch is told nothing true."""

    family: str
    name: str
    options: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    presses: tuple[tuple[float, str, float], ...] = ()  # seconds, button, seconds held
    bend: Bend = Bend()  # noqa: RUF009, it is frozen
    restarts: bool = False  # the receiver is a u-blox, and restarts
    ends: bool | None = True  # the run comes to its end; False: the watch goes down; None: the buttons decide
    doubts: bool = False  # the watch may try other baud rates: not one good sentence comes through


def cases(seed: int, quick: bool) -> Iterator[Case]:
    """Every case of the campaign, or a few of each family."""
    yield from itertools.islice(_gps(), 0, None, 2 if quick else 1)
    yield from _i2c(seed, quick)
    yield from _buttons(random.Random(seed), quick)
    yield from _battery()
    yield from _time()
    yield Case("flash", "a torn directory", {"prepare": _torn})


def _gps() -> Iterator[Case]:
    for s in (5, 20, 60):
        yield Case("GPS", f"silent for {s} s", seconds=s, bend=Bend(silent=True, for_s=s))
        yield Case("GPS", f"no fix for {s} s", seconds=s, bend=Bend(lost=True, for_s=s))
    yield Case("GPS", "frozen for 15 s", seconds=15, bend=Bend(frozen=True, for_s=15))
    for m in (10, 100, 1_000, 10_000, 100_000, 1_000_000):
        yield Case("GPS", f"jumps by {m} m for 3 s", seconds=6, bend=Bend(jump_m=m, for_s=3))
    yield Case("GPS", "time of day jumps on by an hour", seconds=4, bend=Bend(clock_s=3600))
    yield Case("GPS", "time of day jumps back by an hour", seconds=4, bend=Bend(clock_s=-3600))
    yield Case("GPS", "week rollover: the date is 1,024 weeks back", seconds=1, bend=Bend(date=b"090407"))
    yield Case("GPS", "leap second 60", seconds=2, bend=Bend(leap=True, for_s=90))
    for share in (0.001, 0.01, 0.1):
        name = f"{100 * share:g} % of bytes damaged for 20 s"
        yield Case("GPS", name, seconds=20, bend=Bend(noise=share, for_s=20), doubts=share == 0.1)
    yield Case("GPS", "in the south-west", bend=Bend(move=(-85.3, -74.9)))
    yield Case("GPS", "south of Greenwich, and over its meridian", bend=Bend(move=(-52.0, -4.3)))
    yield Case("GPS", "at the pole", bend=Bend(move=(38.3, 0.0)))
    yield Case("GPS", "across the date line", bend=Bend(move=(0.0, 175.6995)))
    yield Case("GPS", "restarts at 9600 baud", seconds=12, restarts=True, doubts=True)


def _i2c(seed: int, quick: bool) -> Iterator[Case]:
    for n in range(0, 53, 13 if quick else 1):
        yield Case("I2C", f"every 53rd transfer fails, from {n}", {"i2c_fails": _each_53rd(n)})
    for s in (1, 10, 60):
        yield Case("I2C", f"bus stuck for {s} s", {"prepare": _stuck(s)}, seconds=s / 10)
    for k in range(2 if quick else 8):
        yield Case("I2C", f"wrong bytes from the IMU, seed {seed + k}", {"prepare": _garbled(0.02, seed + k)})
    for n in range(1, 60, 20 if quick else 2):
        yield Case("I2C", f"transfer {n} of the start fails", {"i2c_fails": _once(n)})


def _each_53rd(n: int) -> Callable[[int], bool]:
    return lambda k: k > 120 and k % 53 == n


def _once(n: int) -> Callable[[int], bool]:
    return lambda k: k == n


def _stuck(seconds: int) -> Prepare:
    def prepare(world: World, folder: Path) -> None:
        world.i2c_fails = lambda k: AT_US < world.now_us < AT_US + seconds * 1_000_000

    return prepare


def _garbled(share: float, seed: int) -> Prepare:
    return lambda world, folder: world.garble(world.imu, share, seed)


def _buttons(rng: random.Random, quick: bool) -> Iterator[Case]:
    both = ((75.0, "lap", 0.2), (75.0, "back", 0.2), (80.0, "lap", 0.2))
    yield Case("buttons", "both at once", presses=both)
    bad = ((62.0, "lap", 0.015), (62.025, "lap", 0.005), (62.045, "lap", 0.2))
    yield Case("buttons", "contacts that bounce for 45 ms", presses=bad)
    for name in ("lap", "back"):
        held = ((62.0, name, 120.0),)
        yield Case("buttons", f"{name.upper()} held for two minutes", presses=held)
    for k in range(2 if quick else 12):
        # Those of one button lie apart: a contact can't be closed twice.
        presses = tuple(
            (at_s + rng.uniform(0, 0.9), name, rng.choice((0.05, 0.2, 1.0)))
            for name in ("lap", "back")
            for at_s in rng.sample(range(45, 110, 2), 6)
        )
        yield Case("buttons", f"twelve presses at random, {k}", presses=presses, ends=None)


def _battery() -> Iterator[Case]:
    yield Case("battery", "empties in mid-run", {"prepare": _empties}, ends=False)
    yield Case("battery", "dips at each tone", {"prepare": _dips})


def _empties(world: World, folder: Path) -> None:
    world.battery.curve = lambda us: 3700 - max(0, us - 50_000_000) / 100_000


def _dips(world: World, folder: Path) -> None:
    world.battery.curve = lambda us: 3200 if world.ears.sounding else 3800


def _time() -> Iterator[Case]:
    for s in (1, 2, 5):
        yield Case("time", f"a turn {s} s late", {"prepare": _late(s)}, seconds=s)
    wraps_ms = (AT_US + 3_000_000) // 1000
    yield Case("time", "ticks_ms wraps in mid-rep", {"start_ticks_ms": _WRAP_TICKS - wraps_ms})


def _late(seconds: int) -> Prepare:
    return lambda world, folder: world.late(AT_US, seconds * 1_000_000)


def _torn(world: World, folder: Path) -> None:
    """A directory as a power cut on a bad day may leave it."""
    runs = folder / "runs"
    (runs / "0003.run").write_bytes(b"")
    (runs / "0004.run").write_bytes(b"PACERRUN 1 99999 00000000\n\xff\xfe")
    (runs / "nonsense").write_bytes(bytes(300))
    (runs / "0009.run.new").mkdir()
    (folder / "workouts" / "zz.txt").write_bytes(b"\xff\xfe\x00- 1km")
    (folder / "learned.txt").write_bytes(bytes(range(256)) * 4)
    (folder / "profile.txt.new").write_bytes(b"half")
    (folder / "crash.count").write_bytes(b"x")
