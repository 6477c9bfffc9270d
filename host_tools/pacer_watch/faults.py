"""`make faults`: what goes wrong on a wrist, one thing at a time, on the twin with the unmodified firmware.

Each run is compared with its twin without the fault: the same laps, a distance that differs by no more than the
fault explains, a log without a hole. Seeded; every case can be run again by its name.
"""

import argparse
import errno
import functools
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core.gnss.stream import Stream

from .benches.cost import RECORDINGS
from .formats.runlog import parse as parse_log
from .twin import interp, session
from .twin import world as twin_world
from .twin.chips import Refused
from .twin.chips.gnss import NmeaReceiver, Observation, UbloxReceiver, sentence
from .twin.runner import VirtualRunner
from .twin.world import World

TEXT = "Workout - Faults\n- 60s @ 5'00\"/km\n- 2 x 200m @ 4'30\"/km, 15s rest\n- 30s @ 5'00\"/km\n"
AT_US = 60_000_000  # the first step's 40th second, the runner steady
_OP_SLEEP = (1, 21)


@dataclass
class Case:
    """One fault. seconds: for how long the watch is told nothing true; kind: what may differ."""

    family: str
    name: str
    options: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    presses: tuple[tuple[float, str, float], ...] = ()
    bend: dict[str, Any] = field(default_factory=dict)
    ends: bool | None = (
        True  # the run comes to its end; False: the watch goes down; None: who knows, the buttons decide
    )
    same_laps: bool = True
    doubts: bool = False  # the watch may try other baud rates: not one good sentence comes through


@dataclass
class Outcome:
    family: str
    name: str
    survived: bool
    why: str = ""
    records_lost: int = 0
    metres_off: float = 0.0


class Bent(NmeaReceiver):
    """A receiver that lies between two times: place, speed, silence, the time of day, the date."""

    def __init__(self, observe: Callable[[int], Observation], **bend: Any) -> None:
        self._true = observe
        self._bend = bend
        self._from = bend.get("from_us", AT_US)
        self._to = self._from + int(1e6 * bend.get("for_s", 5))
        self._frozen: Observation | None = None
        super().__init__(self._bent)

    def _bent(self, at_us: int) -> Observation:
        o = self._true(at_us)
        if o.lat_deg is None:
            return o
        lat, lon = self._bend.get("move", (0.0, 0.0))
        o = Observation(o.lat_deg + lat, (o.lon_deg + lon + 180) % 360 - 180, o.speed_m_s, o.course_deg, o.sats, o.hdop)
        if not self._from <= at_us < self._to:
            return o
        if "jump_m" in self._bend:
            far = self._bend["jump_m"] / 111_000
            assert o.lat_deg is not None
            return Observation(max(-89.9, o.lat_deg - far), o.lon_deg, o.speed_m_s, o.course_deg)
        if "frozen" in self._bend:
            self._frozen = self._frozen or o
            return self._frozen
        if "lost" in self._bend:
            return Observation(None)
        return o

    def _nmea(self, at_us: int, o: Observation) -> bytes:
        lying = self._from <= at_us < self._to
        if lying and "silent" in self._bend:
            return b""
        said = super()._nmea(at_us + int(1e6 * self._bend.get("clock_s", 0)) * (at_us >= self._from), o)
        if at_us >= self._from and "date" in self._bend:
            said = b"".join(_checked(line.replace(b"231126", self._bend["date"])) for line in said.splitlines())
        if lying and "leap" in self._bend:
            said = b"".join(_checked(line.replace(b",093059", b",093060")) for line in said.splitlines())
        if lying and "noise" in self._bend:
            rng = random.Random(at_us)
            said = bytes(b ^ (1 << rng.randrange(8)) if rng.random() < self._bend["noise"] else b for b in said)
        return said


def _checked(line: bytes) -> bytes:
    """A sentence that was changed, with the checksum that it has now."""
    return sentence(line[1:].partition(b"*")[0].decode())


def _late(us: int) -> Callable[[World, Path], None]:
    """One turn of the loop that takes so long."""

    def prepare(world: World, folder: Path) -> None:
        handle = world.handle
        done: list[bool] = []

        def slow(op: int, *rest: Any) -> Any:
            if op in _OP_SLEEP and world.now_us > AT_US and not done:
                done.append(True)
                world._watchdog_at = world.now_us + us
                world._go_on(us)
            return handle(op, *rest)

        world.handle = slow  # type: ignore[assignment,method-assign]

    return prepare


def _garbled(share: float, seed: int) -> Callable[[World, Path], None]:
    """The IMU answers with wrong bytes now and then."""

    def prepare(world: World, folder: Path) -> None:
        read = world.imu.read_memory
        rng = random.Random(seed)

        def wrong(register: int, count: int) -> bytes:
            try:
                said = read(register, count)
            except Refused:
                said = bytes(count)  # asked for more than it has, by a count that was garbled
            return bytes(b ^ rng.randrange(256) if rng.random() < share else b for b in said)

        world.imu.read_memory = wrong  # type: ignore[method-assign]

    return prepare


def _flash(kind: str, after: int) -> Callable[[World, Path], None]:
    """Writes that fail from the `after`th on: the guest's open() hands out files that do so."""
    number = {"full": errno.ENOSPC, "read-only": errno.EROFS, "bad block": errno.EIO}[kind]
    code = f"""
import builtins
_open = builtins.open
_left = [{after}]


class _File:
    def __init__(self, f):
        self._f = f

    def write(self, data, count=-1):
        _left[0] -= 1
        if _left[0] < 0 and ({kind!r} != "bad block" or _left[0] % 3 == 0):
            raise OSError({number})
        return self._f.write(data) if count < 0 else self._f.write(data, count)

    def flush(self):
        self._f.flush()

    def close(self):
        self._f.close()

    def __enter__(self):
        return self

    def __exit__(self, *e):
        self._f.close()


def _wrong(name, mode="r", *rest):
    f = _open(name, mode, *rest)
    return _File(f) if ("w" in mode or "a" in mode) and not name.startswith("/.twin") else f


builtins.open = _wrong
"""

    def prepare(world: World, folder: Path) -> None:
        boot = folder / ".twin" / "boot.py"
        boot.write_text(boot.read_text().replace("exec(open", code + "\nexec(open"))

    return prepare


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


def _wraps(at_us: int) -> Callable[[World, Path], None]:
    def prepare(world: World, folder: Path) -> None:
        twin_world.START_TICKS = (1 << 30) - at_us // 1000

    return prepare


def cases(seed: int, quick: bool) -> Iterator[Case]:
    """Every case of the campaign, or a few of each family."""
    rng = random.Random(seed)
    for s in (5, 20, 60):
        yield Case("GPS", f"silent for {s} s", seconds=s, bend={"silent": 1, "for_s": s})
        yield Case("GPS", f"no fix for {s} s", seconds=s, bend={"lost": 1, "for_s": s})
    yield Case("GPS", "frozen for 15 s", seconds=15, bend={"frozen": 1, "for_s": 15})
    for m in (10, 100, 1_000, 10_000, 100_000, 1_000_000):
        yield Case("GPS", f"jumps by {m} m for 3 s", seconds=6, bend={"jump_m": m, "for_s": 3})
    yield Case("GPS", "time of day jumps on by an hour", seconds=4, bend={"clock_s": 3600})
    yield Case("GPS", "time of day jumps back by an hour", seconds=4, bend={"clock_s": -3600})
    yield Case("GPS", "week rollover: the date is 1,024 weeks back", seconds=1, bend={"date": b"090407"})
    yield Case("GPS", "leap second 60", seconds=2, bend={"leap": 1, "for_s": 90})
    for share in (0.001, 0.01, 0.1):
        yield Case(
            "GPS", f"{100 * share:g} % of bytes damaged for 20 s", seconds=20, bend={"noise": share, "for_s": 20},
            doubts=share == 0.1,
        )  # fmt: skip
    yield Case("GPS", "at the pole", bend={"move": (38.3, 0.0)})
    yield Case("GPS", "across the date line", bend={"move": (0.0, 175.6995)})
    yield Case("GPS", "restarts at 9600 baud", seconds=12, options={"restart": True}, doubts=True)
    for n in range(0, 53, 13 if quick else 1):
        yield Case("I2C", f"every 53rd transfer fails, from {n}", options={"i2c": ("each", n)})
    for s in (1, 10, 60):
        yield Case("I2C", f"bus stuck for {s} s", options={"i2c": ("stuck", s)}, seconds=s / 10)
    for k in range(2 if quick else 8):
        yield Case("I2C", f"wrong bytes from the IMU, seed {seed + k}", options={"prepare": _garbled(0.02, seed + k)})
    for n in range(1, 60, 20 if quick else 2):
        yield Case("I2C", f"transfer {n} of the start fails", options={"i2c": ("once", n)})
    yield Case(
        "buttons",
        "both at once",
        presses=((75.0, "lap", 0.2), (75.0, "back", 0.2), (80.0, "lap", 0.2)),
        same_laps=False,
    )
    yield Case("buttons", "LAP held for two minutes", presses=((62.0, "lap", 120),), same_laps=False)
    yield Case("buttons", "BACK held for two minutes", presses=((62.0, "back", 120),), same_laps=False)
    for k in range(2 if quick else 12):
        presses = tuple(
            (rng.uniform(45, 110), rng.choice(("lap", "back")), rng.choice((0.05, 0.2, 1.0))) for _ in range(12)
        )
        yield Case(
            "buttons", f"twelve presses at random, {k}", presses=tuple(sorted(presses)), same_laps=False, ends=None
        )
    yield Case("battery", "empties in mid-run", options={"battery": "ramp"}, ends=False, same_laps=False)
    yield Case("battery", "dips at each tone", options={"battery": "dips"})
    for s in (1, 2, 5):
        yield Case("time", f"a turn {s} s late", options={"prepare": _late(s * 1_000_000)}, seconds=s)
    yield Case("time", "ticks_ms wraps in mid-rep", options={"prepare": _wraps(AT_US + 3_000_000)})
    for kind in ("full", "read-only", "bad block"):
        for after in (0, 1, 3) if quick else range(0, 12):
            yield Case("flash", f"{kind} from write {after} on", options={"prepare": _flash(kind, after)}, ends=False)
    yield Case("flash", "a torn directory", options={"prepare": _torn})
    for k in range(2 if quick else 10):
        noise = bytes(random.Random(seed + k).randrange(256) for _ in range(4000)).replace(b"\x03", b"~")
        yield Case("link", f"4,000 bytes of noise, seed {seed + k}", options={"serial": noise})


def _play(case: Case | None, seed: int) -> session.Result:
    case = case or Case("", "")
    twin_world.START_TICKS = (1 << 30) - 5_000
    person = VirtualRunner(notation.parse(TEXT), seed)
    for at, name, hold in case.presses:
        person.hand.press(name, int(at * 1e6), int(hold * 1e6))
    for edges in person.hand._edges.values():
        edges.sort()
    options = dict(case.options)
    talker: Any = Bent(person.observe, **case.bend)
    prepare = options.pop("prepare", None)
    fails: Callable[[int], bool] | None = None
    if "i2c" in options:
        kind, n = options.pop("i2c")
        if kind == "each":
            fails = lambda k: k > 120 and k % 53 == n  # noqa: E731
        elif kind == "once":
            fails = lambda k: k == n  # noqa: E731
        else:

            def prepare(world: World, folder: Path) -> None:
                world.i2c_fails = lambda k: AT_US < world.now_us < AT_US + n * 1_000_000

    if options.pop("restart", False):
        receiver = UbloxReceiver(person.observe)
        talker = receiver

        def prepare(world: World, folder: Path) -> None:
            go_on = world._go_on
            done: list[bool] = []

            def then(us: int) -> None:
                go_on(us)
                if world.now_us > AT_US and not done:
                    done.append(True)
                    receiver.restart(world.now_us)

            world._go_on = then  # type: ignore[method-assign]

    if "battery" in options:
        kind = options.pop("battery")

        def prepare(world: World, folder: Path) -> None:
            if kind == "ramp":
                world.battery.curve = lambda us: 3700 - max(0, us - 50_000_000) / 100_000
            else:
                world.battery.curve = lambda us: 3200 if world.ears.sounding else 3800

    return session.run(
        TEXT, person, talker, seed=seed, prepare=prepare, i2c_fails=fails, limit_us=400_000_000, **options
    )  # fmt: skip


def _missing(times_ms: list[int]) -> int:
    """How many seconds a log lacks between its first and its last."""
    return sum(max(0, (b - a + 500) // 1000 - 1) for a, b in zip(times_ms, times_ms[1:]))


def _boundaries(r: session.Result) -> list[tuple[str, int]]:
    return [(e.kind, e.index) for e in r.events if e.kind in ("step", "lap", "end")]


def _judge(case: Case, r: session.Result, twin: session.Result) -> Outcome:
    out = Outcome(case.family, case.name, True)

    def wrong(why: str) -> None:
        out.survived = False
        out.why = out.why or why

    if r.crash:
        wrong("an exception: " + r.crash.strip().splitlines()[-1])
    if any(e.kind == "fault" for e in r.events):
        wrong("a fault was logged")
    flash = case.family == "flash" and "torn" not in case.name
    if not case.doubts and r.world and twin.world and r.world.uart.opened > twin.world.uart.opened:
        wrong("the receiver's baud rate was doubted without need")
    if case.ends and not flash and not r.saved:
        wrong("the run did not come to its end")
    if case.ends is False and not flash and not r.slept:
        wrong("the watch did not go down")
    heard = [name for _, name in r.patterns]
    if flash and "end" not in heard:
        wrong("the run did not come to its end")
    if flash:
        return out
    times = [s.t_ms for s in r.seconds]
    holes = out.records_lost = _missing(times)
    if holes > case.seconds + 1 and case.family != "buttons":
        wrong(f"{holes} seconds are missing in the log")
    if any(b < a for a, b in zip(times, times[1:])):
        wrong("time runs backwards in the log")
    metres = [s.distance_mm for s in r.seconds]
    if any(b < a for a, b in zip(metres, metres[1:])):
        wrong("distance runs backwards in the log")
    if case.same_laps:
        if _boundaries(r) != _boundaries(twin):
            wrong("other laps")
        else:
            # Against what was really run: the runner hears a tone later or sooner, and runs on from there.
            for a, b in zip(session.laps_table(r)[: len(r.plan)], session.laps_table(twin)):
                off = abs(a["distance_mm"] - a["true_distance_mm"] - b["distance_mm"] + b["true_distance_mm"]) / 1000
                out.metres_off = max(out.metres_off, off)
                # Only what the fault fell into may suffer from it; the laps behind are as they would have been.
                ended = r.start_us + 1000 * sum(lap["time_ms"] for lap in session.laps_table(r)[: a["step"]])
                begun = ended - 1000 * a["time_ms"]
                hit = begun < AT_US + 1_000_000 * (case.seconds + 10) and ended > AT_US
                if off > 0.02 * a["distance_mm"] / 1000 + 3 + 1.5 * case.seconds * hit:
                    wrong(f"lap {a['step']} is {off:.1f} m off")
    return out


def _run_case(job: tuple[str, int, bool]) -> Outcome:
    name, seed, quick = job
    case = next((c for c in cases(seed, quick) if c.name == name), None)
    if case is None:
        raise SystemExit(f"no case is called {name!r}; without --only, all are run and named")
    twin = _twin(seed)
    try:
        return _judge(case, _play(case, seed), twin)
    except (interp.Crashed, Refused) as e:
        return Outcome(case.family, case.name, False, f"{type(e).__name__}: {str(e).strip().splitlines()[-1]}")


@functools.cache
def _twin(seed: int) -> session.Result:
    return _play(None, seed)


_SHORT = "Workout - Each\n- 10s @ 5'00\"/km\n- 40m @ 4'30\"/km\n"


def _short(n: int) -> session.Result:
    """A short session in which the n-th transfer over I2C fails, 0 for none."""
    twin_world.START_TICKS = (1 << 30) - 5_000
    person = VirtualRunner(notation.parse(_SHORT), 3)
    return session.run(_SHORT, person, NmeaReceiver(person.observe), seed=3, i2c_fails=lambda k: k == n)


@functools.cache
def _short_twin() -> session.Result:
    return _short(0)


def _one_transfer(n: int) -> Outcome:
    r, twin = _short(n), _short_twin()
    out = Outcome("each I2C transfer", f"transfer {n}", r.saved and not r.crash)
    if _boundaries(r) != _boundaries(twin):
        out.survived, out.why = False, "other laps"
    out.records_lost = max(0, len(twin.seconds) - len(r.seconds) - 1)
    if any(e.kind == "fault" for e in r.events) or out.records_lost:
        out.survived, out.why = False, out.why or f"a fault, or {out.records_lost} records lost"
    return out


def each_transfer(jobs: int = 2) -> list[Outcome]:
    """Every I2C transaction of a session, from the start on, failed once: a session for each."""
    count = _short_twin().i2c_count
    with ProcessPoolExecutor(jobs) as pool:
        found = pool.map(_one_transfer, range(1, count + 1), chunksize=16)
        return list(track(found, "transactions", count, console=Console(stderr=True)))


def flipped_bits(limit: int | None) -> Outcome:
    """Every bit of a minute of a real log, one at a time: no wrong fix may come out."""
    path = RECORDINGS / "ublox-neo-m9n-nmea.log"
    out = Outcome("GPS", "every bit of a minute of a real log flipped in turn", True)
    if not path.exists():
        out.why = "skipped: the recordings are not here"
        return out
    lines = [line for line in path.read_bytes().splitlines(keepends=True) if line[:1] == b"$"]
    seconds = [line for line in lines if line[3:6] in (b"RMC", b"GGA", b"VTG")][:180]
    tried = wrong = 0
    for line in seconds:
        good = _fixes(line)
        for i in range(len(line)):
            for bit in range(8):
                tried += 1
                if limit and tried > limit:
                    break
                bad = bytearray(line)
                bad[i] ^= 1 << bit
                got = _fixes(bytes(bad))
                if got and got != good:
                    wrong += 1
    out.survived = wrong == 0
    out.why = f"{tried} bits, {wrong} wrong fixes"
    return out


def _fixes(data: bytes) -> list[tuple[int, ...]]:
    stream = Stream()
    room = stream.room()
    room[: len(data)] = data
    stream.commit(len(data))
    found: list[tuple[int, ...]] = []
    while stream.next():
        f = stream.fix
        found.append((f.valid, f.utc_ms, f.lat_deg, f.lat_umin, f.lon_deg, f.lon_umin, f.speed_mm_s, f.date_ddmmyy))
    return found


def texts(seed: int, count: int) -> Outcome:
    """Workouts and profiles, mutated: a clear error or a workout within its limits, and never a hang."""
    from . import WORKOUTS

    rng = random.Random(seed)
    sources = [p.read_bytes() for p in sorted(WORKOUTS.glob("*.txt"))]
    profile = (WORKOUTS / "example.profile").read_bytes()
    out = Outcome("text", f"{count} mutated workouts and profiles", True)
    longest = 0.0
    for _ in range(count):
        data = bytearray(rng.choice(sources) if rng.random() < 0.7 else profile)
        for _ in range(rng.randrange(1, 12)):
            at = rng.randrange(len(data) + 1)
            kind = rng.randrange(4)
            if kind == 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            elif kind == 1:
                del data[at : at + rng.randrange(1, 20)]
            elif kind == 2:
                data[at:at] = rng.choice(
                    (b"9" * 12, b"- 99 x:\n  ", b"\xc3\xa9", b"@ ", b"'", b"lots of:", b"\n\n", b"1e9km")
                )
            else:
                a = rng.randrange(len(data) + 1)
                data[at:at] = data[a : a + rng.randrange(1, 60)]
        began = time.perf_counter()
        try:
            if bytes(data[:5]) == profile[:5]:
                pf.parse(bytes(data))
            else:
                notation.parse(bytes(data)).totals()
        except (notation.NotationError, pf.ProfileError):
            pass
        except Exception as e:
            out.survived = False
            out.why = f"{type(e).__name__}: {e} for {bytes(data)!r}"
            break
        longest = max(longest, time.perf_counter() - began)
    if longest > 0.5:
        out.survived = False
        out.why = f"one took {longest:.1f} s"
    out.why = out.why or f"the longest took {1000 * longest:.0f} ms"
    return out


_OPENED_MOST = 4  # the first, the one of the set-up that this receiver does not heed, and back through the list


def soak(runtime: str, hours: float, seed: int) -> Outcome:
    """A long run with faults at random times: the heap flat, the log whole, no drift of time."""
    seconds = int(hours * 3600)
    text = f"Workout - Soak\n- {seconds // 60}min @ 6'00\"/km\n"
    person = VirtualRunner(notation.parse(text), seed)
    rng = random.Random(seed)
    bad = sorted(rng.uniform(60, seconds) for _ in range(int(4 * hours) or 1))
    receiver = NmeaReceiver(person.observe)
    say = receiver._nmea

    def faulty(at_us: int, o: Observation) -> bytes:
        lying = any(0 < at_us / 1e6 - t < 20 for t in bad)
        return b"" if lying else say(at_us, o)

    receiver._nmea = faulty  # type: ignore[method-assign]
    times = tuple(int(1e6 * (60 + k * (seconds - 60) / 8)) for k in range(9))
    r = session.run(
        text, person, receiver, runtime=runtime, seed=seed, compiled=True, heap_at_us=times,
        i2c_fails=lambda n: rng.random() < 0.001, limit_us=int(1e6 * (seconds + 300)),
    )  # fmt: skip
    out = Outcome("soak", f"{hours:g} virtual hours on {runtime}", True)
    log = parse_log(r.log)
    span = [s.t_ms for s in log.seconds]
    holes = _missing(span)
    heap = [used for _, used, _ in r.heap]
    if not r.saved or holes > 2:
        out.survived, out.why = False, f"saved: {r.saved}, {holes} seconds missing"
    elif runtime == interp.WASM and max(heap) != min(heap):
        out.survived, out.why = False, f"the heap grew by {max(heap) - min(heap)} bytes"
    elif abs(span[-1] - seconds * 1000) > 30_000 and span[-1] < seconds * 1000:
        out.survived, out.why = False, f"the log ends at {span[-1]} ms"
    elif any(e.kind == "fault" for e in r.events):
        out.survived, out.why = False, "a fault was logged"
    elif r.world and r.world.uart.opened > _OPENED_MOST:
        out.survived, out.why = False, f"the receiver's baud rate was chosen {r.world.uart.opened} times"
    out.records_lost = holes
    out.why = out.why or f"{len(log.seconds)} seconds in the log, {r.virtual_s / r.wall_s:.0f} x real time"
    return out


def campaign(seed: int, quick: bool, jobs: int = 2, told: Callable[[Outcome], None] = lambda o: None) -> list[Outcome]:
    """All of it. quick: the part that `make test` runs, under a minute."""
    found: list[Outcome] = []

    def take(o: Outcome) -> None:
        found.append(o)
        told(o)

    names = [(c.name, seed, quick) for c in cases(seed, quick)]
    with ProcessPoolExecutor(jobs) as pool:
        for outcome in pool.map(_run_case, names):
            take(outcome)
    take(flipped_bits(20_000 if quick else None))
    take(texts(seed, 3_000 if quick else 100_000))
    if not quick:
        for runtime in (interp.UNIX, interp.WASM):
            take(soak(runtime, 1.0, seed))
    return found


def table(found: list[Outcome]) -> Table:
    out = Table(title="fault campaign", title_justify="left", box=box.SIMPLE)
    for column in ("family", "tried", "survived", "seconds lost in the log", "metres off, at most"):
        out.add_column(column, justify="left" if column == "family" else "right")
    by: dict[str, list[Outcome]] = defaultdict(list)
    for o in found:
        by[o.family].append(o)
    for family, some in by.items():
        lost = sum(o.records_lost for o in some)
        off = max(o.metres_off for o in some)
        out.add_row(family, str(len(some)), str(sum(o.survived for o in some)), str(lost), f"{off:.1f}")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  python -m pacer_watch.faults --quick\n"
        "  python -m pacer_watch.faults --only 'frozen for 15 s'\n"
        "  python -m pacer_watch.faults --soak 24",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--quick", action="store_true", help="the part that make test runs")
    parser.add_argument("--only", help="one case by its name")
    parser.add_argument("--soak", type=float, metavar="HOURS", help="only the soak, so long, on both interpreters")
    parser.add_argument("--each-transfer", action="store_true", help="only I2C: a session for each transaction of one")
    parser.add_argument("--json", action="store_true", help="for scripts")
    args = parser.parse_args()
    if args.soak is not None and not 0.05 <= args.soak <= 24:
        parser.error("--soak is in hours, from 0.05 to 24: a workout has no more")
    console = Console(stderr=True)
    began = time.perf_counter()

    def told(o: Outcome) -> None:
        if not args.json:
            mark = "[green]ok[/]" if o.survived else "[red]FAILED[/]"
            console.print(f"{mark} {o.family}: {o.name} [dim]{o.why}[/]", highlight=False)

    if args.only:
        found = [_run_case((args.only, args.seed, args.quick))]
        told(found[0])
    elif args.each_transfer:
        found = each_transfer()
        for o in found:
            if not o.survived:
                told(o)
    elif args.soak:
        found = []
        for runtime in (interp.UNIX, interp.WASM):
            found.append(soak(runtime, args.soak, args.seed))
            told(found[-1])
    else:
        found = campaign(args.seed, args.quick, told=told)
    if args.json:
        print(json.dumps([asdict(o) for o in found], indent=2))
    else:
        out = Console(width=120)
        out.print(table(found))
        out.print(f"seed {args.seed}, {time.perf_counter() - began:.0f} s")
    sys.exit(0 if all(o.survived for o in found) else 1)


if __name__ == "__main__":
    main()
