"""One session of the watch: a person, a board, a workout.

A Session says what is to be played; run() plays it and gives a Result. Times are microseconds of virtual time since
power-on unless the name says otherwise.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from .. import boards
from ..formats import runlog
from ..formats.plan import unroll
from . import flash, interp
from .chips.uart import Talker
from .hooks import COUNTED
from .result import Result
from .world import START_TICKS_MS, DeepSleep, Person, Reset, World

_NOT_WRITTEN = (".twin", "pacer", "board.py", "main.py")  # by the watch itself
HEAP = {interp.UNIX: "400wK", interp.WASM: "16M"}


@dataclass
class Session:
    """main.py with one workout on the virtual board, until the person is done."""

    # Who runs what.
    text: str  # the workout, in the notation
    person: Person  # who wears the watch
    talker: Talker  # the GNSS receiver
    profile: str | None = None  # the text of profile.txt; None for no such file

    # The watch.
    board: str = "esp32_devkit"
    fitted: int = 0  # which of the board's alternative IMUs is on it
    runtime: str | None = None  # interp.UNIX or interp.WASM; None for unix where it exists
    heap: str | None = None  # as the interpreter's -X heapsize=; None for HEAP's
    compiled: bool = False  # pacer/ as .mpy files
    in_rom: bool = False  # the .mpy files in a ROMFS image, run in place; on unix the heap is larger by that image

    # How it begins.
    seed: int = 1  # of the receiver's noise and the wrist
    cause: int = 1  # why the board starts, as machine.reset_cause() says
    start_ticks_ms: int = START_TICKS_MS  # what ticks_ms shows at power-on
    prepare: Callable[[World, Path], Any] | None = None  # called with the world and the flash folder before power-on
    guest: str = ""  # Python that is run inside the interpreter before main.py, see hooks.py

    # What comes in meanwhile.
    serial: bytes = b""  # over USB, from the start on (unix only)
    i2c_fails: Callable[[int], bool] | None = None  # which I2C transactions, by number from 1, nobody answers
    limit_us: int | None = None  # when the person gives up and ends the run; None for an amount that fits the workout

    # What is looked at.
    record: bool = False  # keep every frame
    costs: bool = False  # keep the instructions of each turn of the loop (WebAssembly only)
    heap_at_us: tuple[int, ...] = ()  # when to ask for the heap's fill
    lock_at_us: int | None = None  # when to lock the heap, until the run is over
    live: Callable[[World, Path], Any] | None = None  # called at each turn of the loop

    def run(self) -> Result:
        """Play it. Raises interp.Crashed when the firmware ends by itself, Refused for what a part would refuse."""
        runtime = interp.choose(self.runtime)
        workout = self.workout()
        facts = boards.load(self.board)
        world = World(facts, self.talker, self.person, self.seed, self.fitted, self.cause, self.start_ticks_ms)
        world.i2c_fails = self.i2c_fails
        result = Result(workout, unroll(workout), runtime, world=world)
        with tempfile.TemporaryDirectory() as temporary:
            folder = self._build(Path(temporary) / "flash")
            if self.prepare:
                self.prepare(world, folder)
            observer = _Observer(self, world, folder, result)
            began = time.perf_counter()
            try:
                result.said = interp.run(
                    runtime, folder, world, observer.stop, self.heap or HEAP[runtime], observer.on_step, self.serial
                )
            except DeepSleep:
                result.slept = True
            except Reset as e:
                raise interp.Crashed(_text(folder / "crash.txt").strip() or str(e)) from e
            result.wall_s = time.perf_counter() - began
            _read_flash(result, folder)
        _read_world(result, world)
        return result

    def workout(self) -> wk.Workout:
        """What is run, its targets by name resolved with the profile. Raises what notation and profile raise."""
        workout: wk.Workout = notation.parse(self.text)
        if self.profile:
            workout.resolve(pf.parse(self.profile))
        return workout

    def _build(self, folder: Path) -> Path:
        flash.build(folder, self.board, {"workout.txt": self.text}, self.compiled, self.profile, self.in_rom)
        if self.guest:
            (folder / flash.HOOKS).write_text(self.guest, encoding="utf-8")
        return folder


def run(text: str, person: Person, talker: Talker, **options: Any) -> Result:
    """Play a session that is described by keywords: options are the other fields of Session."""
    return Session(text, person, talker, **options).run()


class _Observer:
    """What is asked of the twin, and looked at, at each turn of the firmware's loop."""

    def __init__(self, session: Session, world: World, folder: Path, result: Result) -> None:
        self._session = session
        self._world = world
        self._folder = folder
        self._result = result
        self._heap_at_us = list(session.heap_at_us)
        self._lock_at_us = session.lock_at_us
        self._locked = False
        self._shown = -1
        self._spent = 0
        self._gave_up = False
        limit_us = session.limit_us
        self._last_us = _long_enough_us(result.workout) if limit_us is None else limit_us

    def on_step(self, instructions: int) -> None:
        """The loop has come round; instructions so far."""
        session, world, result = self._session, self._world, self._result
        if session.costs:
            result.step_costs.append((world.now_us, instructions - self._spent))
            self._spent = instructions
        self._ask()
        if world.heap:
            result.heap.append((world.heap_at_us, *world.heap))
            world.heap = None
        if session.record and world.display.frames != self._shown:
            self._shown = world.display.frames
            result.frames.append((world.now_us, world.display.memory.tobytes()))
        if session.live:
            session.live(world, self._folder)

    def _ask(self) -> None:
        """The heap: its fill, its lock, and the end of the lock when the run is over."""
        world = self._world
        if self._heap_at_us and world.now_us >= self._heap_at_us[0]:
            self._heap_at_us.pop(0)
            world.want_heap = True
        if self._lock_at_us is not None and world.now_us >= self._lock_at_us:
            self._lock_at_us = None
            world.lock_heap = self._locked = True
        if self._locked and any(name == "end" for _, name in world.ears.patterns[-2:]):
            self._locked = False
            world.unlock_heap = True

    def stop(self) -> bool:
        """Is it over? When it takes too long the person ends the run, so that it is saved and can be looked at."""
        now_us, hand = self._world.now_us, self._session.person.hand
        if now_us > self._last_us and not self._gave_up:
            self._gave_up = True
            hand.press("back", now_us + 100_000)
            hand.press("back", now_us + 1_600_000, 1_200_000)
            self._last_us = now_us + 8_000_000
        return self._session.person.done or now_us > self._last_us


def _long_enough_us(workout: wk.Workout) -> int:
    """A time in which any runner is done with a workout."""
    _, time_ms, distance_mm, unknown = map(int, workout.totals()[:4])
    return int(1.6 * time_ms * 1000) + 600 * distance_mm + 90_000_000 * (unknown + 2)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _read_flash(result: Result, folder: Path) -> None:
    """What the watch has written: its newest run that can be read, its profile, its last exception."""
    result.own_heap = int((folder / ".twin" / "heap").read_text())
    image = folder / ".twin" / "rom.img"
    if image.exists() and result.runtime == interp.UNIX:
        result.rom_bytes = image.stat().st_size
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and not name.startswith(_NOT_WRITTEN):
            result.flash[name] = path.read_bytes()
    result.counted = _text(folder / COUNTED) or result.counted
    result.crash = _text(folder / "crash.txt")
    result.profile = _text(folder / "profile.txt")
    for path in sorted((folder / "runs").glob("*.run"), reverse=True):
        try:
            log = runlog.read(path)
        except (runlog.NotARun, OSError):
            continue  # cut off before its header
        result.log, result.left_out, result.text = path.read_bytes(), log.left_out, log.workout
        result.seconds, result.events, result.ovals = log.seconds, log.events, log.ovals
        break
    result.saved = any(e.kind == "end" for e in result.events)


def _read_world(result: Result, world: World) -> None:
    """What was heard and counted."""
    result.virtual_s = world.now_us / 1e6
    result.patterns = world.ears.patterns
    result.truth = world.person.truth
    result.i2c_bytes = world.i2c_bytes
    result.i2c_count = world.i2c_count
    result.uart_lost = world.uart.lost
    starts = [us for us, name in result.patterns if name in ("go", "recover")]
    result.start_us = starts[0] if starts else 0
