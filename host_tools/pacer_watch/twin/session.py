"""One run of the watch: a person, a board, a workout, and everything that came out."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pacer.core import coach, notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from ..boards import load as load_board
from ..formats import runlog
from ..formats.runlog import Event, OvalSeen, Second
from . import flash as flash_image
from . import interp
from .chips.uart import Talker
from .runner import Step, Truth, unroll
from .world import DeepSleep, Person, Reset, World

HEAP = {interp.UNIX: "400wK", interp.WASM: "16M"}
_PATIENCE_US = 60_000_000  # how long a person waits for a watch that does not react


@dataclass
class Result:
    """What a session left behind. Times in ms of the run unless named otherwise."""

    workout: wk.Workout
    plan: list[Step]
    runtime: str
    seconds: list[Second] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ovals: list[OvalSeen] = field(default_factory=list)
    log: bytes = b""  # the run's file
    profile: str = ""  # as the watch left it
    frames: list[tuple[int, bytes]] = field(default_factory=list)  # (us, display memory packed to bits)
    heap: list[tuple[int, int, int]] = field(default_factory=list)  # (us, used, free)
    own_heap: int = 0  # what of the heap the twin's own modules take
    step_costs: list[tuple[int, int]] = field(default_factory=list)  # (us, instructions since the last)
    patterns: list[tuple[int, str]] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)
    start_us: int = 0  # power-on to the press that started the run
    virtual_s: float = 0.0
    wall_s: float = 0.0
    i2c_bytes: int = 0
    i2c_count: int = 0
    uart_lost: int = 0
    saved: bool = False
    slept: bool = False  # it went to deep sleep
    crash: str = ""  # what the firmware wrote down of its last exception
    world: World | None = None  # as it was at the end

    @property
    def laps(self) -> list[Event]:
        return runlog.standing_laps(self.events)

    @property
    def sentences(self) -> dict[str, int] | None:
        """What the firmware's parser read of the receiver, as it logged it at the end."""
        for e in self.events:
            if e.kind == "receiver":
                return {"accepted": e.time_ms, "other": e.distance_mm, "refused": e.value}
        return None

    @property
    def cues(self) -> list[Event]:
        return [e for e in self.events if e.kind == "cue"]

    def target(self, index: int) -> tuple[int, int]:
        """(fast, slow) in ms/km of a step in running order; zeros for none."""
        if index < len(self.plan):
            return self.plan[index].pace_fast, self.plan[index].pace_slow
        return 0, 0

    def heard_us(self, t_ms: int) -> int:
        """When the person heard what happened at t_ms of the run: the tone that began nearest after it."""
        at = self.start_us + t_ms * 1000
        near = [us for us, name in self.patterns if name in _BOUNDARIES and -50_000 <= us - at <= 1_500_000]
        return near[0] if near else at


_BOUNDARIES = ("go", "recover", "complete", "lap", "end")


def run(
    text: str,
    person: Person,
    talker: Talker,
    *,
    board: str = "esp32_devkit",
    runtime: str | None = None,
    seed: int = 1,
    profile: str | None = None,
    compiled: bool = False,
    in_rom: bool = False,
    heap: str | None = None,
    heap_at_us: tuple[int, ...] = (),
    lock_at_us: int | None = None,
    limit_us: int | None = None,
    record: bool = False,
    costs: bool = False,
    live: Callable[[World, Path], Any] | None = None,
    serial: bytes = b"",
    i2c_fails: Callable[[int], bool] | None = None,
    prepare: Callable[[World, Path], Any] | None = None,
    fitted: int = 0,
    cause: int = 1,
) -> Result:
    """Run main.py with one workout on the virtual board until the person is done.

    heap_at_us: when to ask for the heap's fill; lock_at_us: when to lock it until the run is over; costs: keep the
    instructions of each turn of the loop (WebAssembly only); record: keep every frame; live: called at each
    turn, for showing; serial: what comes in over USB, from the start on (unix only);
    i2c_fails: which I2C transactions, by number, nobody answers. prepare: called with the world and the flash folder
    before power-on, to bend the one and fill the other. fitted: which of the board's alternative IMUs it has.
    """
    runtime = interp.choose(runtime)
    workout = notation.parse(text)
    if profile:
        workout.resolve(pf.parse(profile))
    world = World(load_board(board), talker, person, seed, fitted, cause)
    world.i2c_fails = i2c_fails
    result = Result(workout, unroll(workout), runtime)
    asked = list(heap_at_us)
    gave_up: list[bool] = []
    locks = [] if lock_at_us is None else [lock_at_us]
    unlocked: list[bool] = []
    shown = -1
    spent = 0
    if limit_us is None:
        _, time_ms, distance_mm, unknown = workout.totals()[:4]
        limit_us = int(1.6 * time_ms * 1000) + 600 * distance_mm + 90_000_000 * (unknown + 2)
    last_us: int = limit_us

    def on_step(instructions: int) -> None:
        nonlocal shown, spent
        if costs:
            result.step_costs.append((world.now_us, instructions - spent))
            spent = instructions
        if asked and world.now_us >= asked[0]:
            asked.pop(0)
            world.want_heap = True
        if locks and world.now_us >= locks[0]:
            locks.pop()
            world.lock_heap = True
        if lock_at_us is not None and not unlocked and any(name == "end" for _, name in world.ears.patterns[-2:]):
            unlocked.append(True)
            world.unlock_heap = True  # the run is over
        if world.heap:
            result.heap.append((world.heap_at_us, *world.heap))
            world.heap = None
        if record and world.display.frames != shown:
            shown = world.display.frames
            result.frames.append((world.now_us, world.display.memory.tobytes()))
        if live:
            live(world, folder)

    def stop() -> bool:
        nonlocal last_us
        if world.now_us > last_us and not gave_up:
            # Too long for any of it: the person ends the run, so that it is saved and can be looked at.
            gave_up.append(True)
            person.hand.press("back", world.now_us + 100_000)
            person.hand.press("back", world.now_us + 1_600_000, 1_200_000)
            last_us = world.now_us + 8_000_000
        return person.done or world.now_us > last_us

    with tempfile.TemporaryDirectory() as temporary:
        folder = flash_image.build(Path(temporary) / "flash", board, {"workout.txt": text}, compiled, profile, in_rom)
        if prepare:
            prepare(world, folder)
        began = time.perf_counter()
        try:
            interp.run(runtime, folder, world, stop, heap or HEAP[runtime], on_step, serial)
        except DeepSleep:
            result.slept = True
        except Reset as e:
            crash = folder / "crash.txt"
            raise interp.Crashed(crash.read_text().strip() if crash.exists() else str(e)) from e
        result.wall_s = time.perf_counter() - began
        result.own_heap = int((folder / ".twin" / "heap").read_text())
        crash = folder / "crash.txt"
        result.crash = crash.read_text() if crash.exists() else ""
        result.profile = (folder / "profile.txt").read_text() if (folder / "profile.txt").exists() else ""
        for path in sorted((folder / "runs").glob("*.run"), reverse=True):
            try:
                log = runlog.read(path)
            except (runlog.NotARun, OSError):
                continue  # cut off before its header
            result.log = path.read_bytes()
            result.seconds, result.events, result.ovals = log.seconds, log.events, log.ovals
            break
    result.world = world
    result.virtual_s = world.now_us / 1e6
    result.patterns = world.ears.patterns
    result.truth = person.truth
    result.i2c_bytes = world.i2c_bytes
    result.i2c_count = world.i2c_count
    result.uart_lost = world.uart.lost
    result.saved = any(e.kind == "end" for e in result.events)
    starts = [us for us, name in result.patterns if name in ("go", "recover")]
    result.start_us = starts[0] if starts else 0
    return result


def laps_table(result: Result) -> list[dict[str, Any]]:
    """Each lap: what it was, what the watch measured, what was really run between its two tones."""
    out = []
    before = result.heard_us(0)
    for lap in result.laps:
        heard = result.heard_us(lap.t_ms)
        fast, slow = result.target(lap.index)
        kind = wk.KIND_NAMES[result.plan[lap.index].kind] if lap.index < len(result.plan) else "free"
        out.append(
            {
                "step": lap.index + 1,
                "rep": lap.rep,
                "kind": kind,
                "target": {"pace_fast_ms_km": fast, "pace_slow_ms_km": slow} if fast else None,
                "time_ms": lap.time_ms,
                "distance_mm": lap.distance_mm,
                "true_time_ms": (heard - before) // 1000,
                "true_distance_mm": round(1000 * (result.truth.distance_at(heard) - result.truth.distance_at(before))),
            }
        )
        before = heard
    return out


def cues_table(result: Result) -> list[dict[str, Any]]:
    out = []
    for cue in result.cues:
        fast, slow = result.target(cue.index)
        speed = result.truth.speed_at(result.start_us + cue.t_ms * 1000)
        out.append(
            {
                "t_ms": cue.t_ms,
                "kind": coach.CUE_NAMES[cue.value],
                "reason": cue.reason,
                "true_pace_ms_km": round(1e6 / speed) if speed > 0.2 else None,
                "target": {"pace_fast_ms_km": fast, "pace_slow_ms_km": slow} if fast else None,
            }
        )
    return out
