"""Sessions whose every byte is kept: what the watch wrote, played and showed, on each board and in each corner.

A case is a session on the virtual board. record() plays it and gives its two files: `NAME.run`, the log as it lies on
the watch's flash, and `NAME.txt`, what else could be seen and heard, a line a thing: the tones with the time in ms at
which they begin, what was left on the flash, and each picture that stood on the glass for at least 60 ms, as the ms
at which it came and the CRC-16 of its pixels. Both interpreters have to give the same bytes.
"""

import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pacer.core import notation, profile
from pacer_watch.gallery import Visitor, draining, unpacked
from pacer_watch.twin import interp, session
from pacer_watch.twin.chips.gnss import NmeaReceiver, UbloxReceiver
from pacer_watch.twin.oval import Oval
from pacer_watch.twin.result import Result
from pacer_watch.twin.runner import VirtualRunner
from pacer_watch.twin.world import World

RUNS = Path(__file__).parent / "runs"
_STOOD_US = 60_000

SHORT = """Workout - Short
- 15s warm-up
- 2 x (60m @ 4'30"/km) | light feet, then let it roll on its own, 10s rest between
- 10s jog
- 40m @ 3'40"/km
"""
STEADY = "Workout - Steady\n- 40s @ 5'00\"/km\n- 15s @ 4'30\"-4'50\"/km\n"
PROFILE = """# Pacer profile 1
name Example
units mi
critical-speed 3.955 m/s +- 0.028
d-prime 40 m +- 5
lane 2
waypoints 50 m
"""

Presses = tuple[tuple[float, str, float], ...]


@dataclass
class Case:
    """A session: seconds is for a person who only stands there and presses, text for one who runs.

    presses are (seconds, button, seconds held), beside those by which a runner starts and ends.
    """

    text: str = SHORT
    seconds: float = 0.0
    receiver: str = "UBX"
    rate_hz: int = 1
    seed: int = 3
    presses: Presses = ()
    lane: int = 1
    silent: tuple[float, float] = (0, 0)  # the receiver says nothing between these seconds
    options: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[World, Path], Any] | None = None


class Mute(NmeaReceiver):
    """An NMEA receiver that says nothing between two times."""

    def __init__(self, observe: Callable[[int], Any], rate_hz: int, silent: tuple[float, float]) -> None:
        super().__init__(observe, rate_hz, 9600 if rate_hz == 1 else 115200)
        self._silent_us = [1e6 * s for s in silent]

    def say(self, at_us: int) -> bytes:
        said = super().say(at_us)
        return b"" if self._silent_us[0] <= at_us < self._silent_us[1] else said


def cut_off(world: World, folder: Path) -> None:
    """A run on the flash whose end is missing."""
    (folder / "runs" / "0001.run").write_bytes((RUNS / "ubx-10hz.run").read_bytes()[:-600])


def never_used_and_no_workouts(world: World, folder: Path) -> None:
    unpacked(world, folder)
    (folder / "workouts" / "workout.txt").unlink()


def no_workouts(world: World, folder: Path) -> None:
    (folder / "workouts" / "workout.txt").unlink()


def broken_texts(world: World, folder: Path) -> None:
    (folder / "workouts" / "workout.txt").write_text("Workout - Bad\n- 3 lots of nothing at all\n")
    (folder / "workouts" / "z.txt").write_text("Workout - The next one\n- 20s\n")
    (folder / "profile.txt").write_text("# Pacer profile 1\nlane nine\n")


def stuck(world: World, folder: Path) -> None:
    """The I2C bus hangs for eight seconds."""
    world.i2c_fails = lambda k: 35_000_000 < world.now_us < 43_000_000


def each_53rd(world: World, folder: Path) -> None:
    """One I2C transaction in 53 fails, from the start on."""
    world.i2c_fails = lambda k: k > 120 and k % 53 == 7


_SETTINGS: Presses = tuple(
    press for i in range(8) for press in ((6 + 1.2 * i, "lap", 0.1), (6.6 + 1.2 * i, "back", 0.1))
)

CASES = {
    "nmea-1hz": Case(receiver="NMEA"),
    "nmea-10hz": Case(receiver="NMEA", rate_hz=10),
    "ubx-10hz": Case(),
    "xiao": Case(seed=5, options={"board": "xiao_esp32s3"}),
    "tbeam": Case(seed=6, options={"board": "lilygo_tbeam_supreme"}),
    "devkit-lsm6dso": Case(seed=7, options={"fitted": 1}),
    "miles-and-balance": Case(
        "Workout - Hard\n- 10s @ easy\n- 45s @ 130% CS\n- 15s @ 5k pace\n", options={"profile": PROFILE}
    ),
    "metronome": Case(STEADY, seconds=25, presses=((6, "lap", 0.1),), options={"profile": PROFILE + "metronome 170\n"}),
    "stride-and-open-steps": Case(
        "Workout - Open\n- 10s stride\n- lap walk | drills\n- 30 metres cool-down\n", presses=((34, "lap", 0.1),)
    ),
    "track": Case("Workout - Oval\n- 850m @ 2'30\"/km\n", receiver="NMEA"),
    "laps-by-button": Case("Workout - Laps\n- lap @ 2'30\"/km\n", presses=((81, "lap", 0.1),), lane=4, receiver="NMEA"),
    "outage": Case(STEADY, receiver="NMEA", silent=(38, 58)),
    "pause": Case(STEADY, presses=((30, "back", 0.1), (36, "lap", 0.1), (42, "back", 0.1), (44, "back", 0.1))),
    "undo": Case(STEADY, presses=((30, "lap", 0.1), (32, "back", 1.2), (40, "lap", 0.1), (48, "back", 1.0))),
    "cut-off-resumed": Case(
        seconds=40, presses=((6, "lap", 0.1), (20, "back", 0.1), (22, "back", 1.2)), prepare=cut_off
    ),
    "cut-off-ended": Case(seconds=14, presses=((6, "back", 0.1),), prepare=cut_off),
    "cut-off-by-the-watchdog": Case(seconds=25, options={"cause": 3}, prepare=cut_off),
    "first-start": Case(seconds=14, presses=((6, "lap", 0.1), (9, "back", 0.1)), prepare=unpacked),
    "settings": Case(seconds=20, presses=((3, "back", 1.2), *_SETTINGS, (17, "back", 1.2))),
    "demo": Case(
        seconds=60,
        presses=(
            (3, "back", 1.2),
            *((5 + 0.5 * i, "back", 0.1) for i in range(8)),
            (10, "lap", 0.1),
            (45, "back", 0.1),
            (47, "back", 1.2),
            (52, "back", 0.1),
        ),
    ),
    "no-workouts": Case(seconds=8, presses=((4, "lap", 0.1), (5, "back", 0.1)), prepare=no_workouts),
    "broken-texts": Case(
        seconds=12, presses=((3, "lap", 0.1), (5, "lap", 0.1), (7, "back", 0.1)), prepare=broken_texts
    ),
    "field-test": Case(
        "Workout - Test\n- 5s jog\n- 3min | Test: all-out\n",
        receiver="NMEA",
        options={"profile": "# Pacer profile 1\nlane 1\n"},
    ),
    "bus-stuck": Case(STEADY, prepare=stuck),
    "each-53rd-transfer-fails": Case(STEADY, prepare=each_53rd),
    "battery-empties": Case(seconds=130, presses=((12, "lap", 0.1),), prepare=draining),
    "dark-when-idle": Case(seconds=160, presses=((150, "lap", 0.1),)),
}


def play(case: Case, runtime: str) -> Result:
    """The session, every frame kept."""
    workout = notation.parse(case.text)
    person: Any
    limit_us = None
    if case.seconds:
        person = Visitor(case.seconds, list(case.presses))
        limit_us = int(case.seconds * 1e6) + 1_000_000
    else:
        if "profile" in case.options:
            workout.resolve(profile.parse(case.options["profile"]))
        person = VirtualRunner(workout, case.seed, Oval(case.lane))
        person.hand.plan(case.presses)
    talker: NmeaReceiver = Mute(person.observe, case.rate_hz, case.silent)
    if case.receiver == "UBX":
        talker = UbloxReceiver(person.observe)
    return session.run(
        case.text,
        person,
        talker,
        runtime=runtime,
        seed=case.seed,
        record=True,
        prepare=case.prepare,
        limit_us=limit_us,
        **case.options,
    )


def digests(frames: list[tuple[int, bytes]], end_us: float) -> list[str]:
    """`ms crc` of each picture that stood long enough to be seen, ten a line."""
    out, before = [], b""
    for i, (us, memory) in enumerate(frames):
        until = frames[i + 1][0] if i + 1 < len(frames) else end_us
        if until - us >= _STOOD_US and memory != before:
            before = memory
            out.append(f"{us // 1000} {binascii.crc_hqx(memory, 0xFFFF):04x}")
    return [", ".join(out[i : i + 10]) for i in range(0, len(out), 10)]


def record(name: str, runtime: str = interp.WASM) -> tuple[bytes, str]:
    """(the log, what else was seen and heard) of a case."""
    r = play(CASES[name], runtime)
    lines = [f"tone {us // 1000} {tone}" for us, tone in r.patterns]
    if r.profile != CASES[name].options.get("profile", ""):
        lines += [f"profile {line}" for line in r.profile.splitlines()]
    lines += [f"crash {line}" for line in r.crash.splitlines()[:1]]
    lines += [f"down {int(1000 * r.virtual_s)}"] if r.slept else []
    lines += [f"frames {line}" for line in digests(r.frames, r.virtual_s * 1e6)]
    return r.log, "\n".join(lines) + "\n"
