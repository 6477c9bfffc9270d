"""What strangers hand to the tools, each kind with what reads it. Anything but its own refusal is a finding."""

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import serial

from pacer.core import learned, motion, notation
from pacer.core import profile as pf
from pacer.core.gnss.stream import Stream
from pacer_watch import BOARDS, WORKOUTS, boards, link, review
from pacer_watch.cli.watch import in_words
from pacer_watch.formats import export, foreign, ovals, runlog, shorthand, timeline, xmlexport
from pacer_watch.formats.foreign import fit as fit_workout
from pacer_watch.formats.foreign import made as foreign_made
from pacer_watch.formats.notation import unparse
from pacer_watch.review import memory
from pacer_watch.twin import recording
from tests.host import runs

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)


class Target(NamedTuple):
    """use: what is done with the bytes; seeds: files that are right; refusals: what it may raise."""

    use: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    refusals: tuple[type[Exception], ...]


@lru_cache
def _folder() -> Path:
    """A folder for files, as long as the process lives."""
    folder = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="pacer-fuzz-", dir=folder if folder.is_dir() else None))


def _run(data: bytes) -> None:
    log = runlog.parse(data)
    review.look(log, "x", pf.Profile(), date(2026, 11, 24))
    assert log.skipped >= 0
    for write in (xmlexport.tcx, xmlexport.gpx, export.fit):
        try:
            write(log, NOW)
        except timeline.CannotExport:
            pass


@lru_cache
def _a_run() -> runlog.RunLog:
    return runs.placed(runs.made("2 x 200m @ 5k pace, 20s jog between", [0], 7, last="harder"))


def _run_seeds() -> Iterator[bytes]:
    for k, plan in enumerate(("2 x 200m @ 5k pace, 20s jog between", "1min @ RPE 8", "300m | Test: all-out")):
        yield runs.write(_folder() / f"{k}.run", runs.made(plan, [0], 7)).read_bytes()


def _workout(data: bytes) -> None:
    brought = foreign.read(data, lambda: pf.parse(runs.PROFILE))
    workout = notation.parse(brought.text)
    unparse(workout)
    try:
        fit_workout.write(workout, NOW)
    except fit_workout.CannotWrite:
        pass


def _library() -> Iterator[bytes]:
    for path in sorted(WORKOUTS.glob("*.txt"))[:12]:
        yield path.read_bytes()


_STEP = {"type": "ExecutableStepDTO", "stepType": {"stepTypeKey": "interval"}, "endCondition": {
    "conditionTypeKey": "distance"}, "endConditionValue": 400.0, "targetType": {"workoutTargetTypeKey": "pace.zone"},
    "targetValueOne": 4.1, "targetValueTwo": 4.0}  # fmt: skip
_JSON = {"workoutName": "A", "sportType": {"sportTypeKey": "running"}, "workoutSegments": [{"workoutSteps": [
    _STEP, {"type": "RepeatGroupDTO", "numberOfIterations": 3, "workoutSteps": [_STEP]}]}]}  # fmt: skip
_ZWO = b"""<workout_file><name>A</name><sportType>run</sportType><workout><Warmup Duration="600" PowerLow="0.6"
PowerHigh="0.8" pace="2"/><IntervalsT Repeat="4" OnDuration="60" OffDuration="30" OnPower="1" OffPower="0.5"/>
<SteadyState Distance="400" Power="0.9"/><Cooldown Duration="300"/></workout></workout_file>"""
_ICU = b"Warmup\n- 15m 60-70% Pace\n\nMain set 3x\n- 1km 4:30/km Pace intensity=active\n- 90s rest\n\n- 10m Z2 Pace\n"


def _json_seeds() -> Iterator[bytes]:
    yield json.dumps(_JSON).encode()


def _zwo_seeds() -> Iterator[bytes]:
    yield _ZWO


def _icu_seeds() -> Iterator[bytes]:
    yield _ICU
    yield b"- 3x 400m @ 5k\n- 2 laps jog\n"


def _fit_seeds() -> Iterator[bytes]:
    for text in ("3 x 400m @ 4'00\"/km, 1min rest\n10min @ 5'00\"-5'30\"/km", "lap\n2km warm-up"):
        yield fit_workout.write(notation.parse(text), NOW)[0]


def _notation(data: bytes) -> None:
    workout = notation.parse(data)
    workout.totals()
    again = notation.parse(unparse(workout))
    assert list(again.rows) == list(workout.rows), data


def _shorthand(data: bytes) -> None:
    reading = shorthand.read(data)
    notation.parse(reading.text)


def _profile(data: bytes) -> None:
    p = pf.parse(data)
    pf.parse(p.dump())
    text = data.decode()
    memory.with_memory(p.dump(), memory.memory_of(text, p))


def _profile_seeds() -> Iterator[bytes]:
    yield (WORKOUTS / "example.profile").read_bytes()
    remembered = "# run 2026-11-18 1f3a9c22 better at 4.192 m/s\n# moved 2026-11-20 4.192 to 4.213 m/s, race 4.192\n"
    yield (runs.PROFILE + "race 5k 20:00 2026-05-01\n" + remembered).encode()


def _recording(ending: str) -> Callable[[bytes], None]:
    def use(data: bytes) -> None:
        path = _folder() / f"a.{ending}"
        path.write_bytes(data)
        read = recording.read(path)
        assert 0 <= read.length_s < 8 * 86_400
        if read.track:
            for at_s in (0, 1, 7, read.length_s / 2):
                read.person.observe(int(1e6 * at_s))

    return use


def _gpx_seeds() -> Iterator[bytes]:
    yield xmlexport.gpx(_a_run(), NOW).encode()


def _tcx_seeds() -> Iterator[bytes]:
    yield xmlexport.tcx(_a_run(), NOW).encode()


def _activity_seeds() -> Iterator[bytes]:
    yield export.fit(runs.placed(runs.made("100m @ 5k pace", [0], 7)), NOW)


_NMEA = (b"$GNRMC,093000.00,A,5100.00000,N,00400.00000,E,7.8,90.0,241126,,,A*41\r\n"
         b"$GNGGA,093000.00,5100.00000,N,00400.00000,E,1,12,0.8,10.0,M,45.0,M,,*4D\r\n")  # fmt: skip
_PVT = b"\xb5\x62\x01\x07\x5c\x00" + bytes(92) + b"\x64\x0d"


def _log_seeds() -> Iterator[bytes]:
    yield _NMEA + _NMEA.replace(b"093000", b"093001")
    yield _PVT + _PVT


def _receiver(data: bytes) -> None:
    stream = Stream()
    for at in range(0, len(data), 40):
        part = data[at : at + 40]
        stream.room()[: len(part)] = part
        stream.commit(len(part))
        while stream.next():
            f = stream.fix
            assert -90 <= f.lat_deg <= 90
            assert -180 <= f.lon_deg <= 180
            assert 0 <= f.speed_mm_s < 1 << 30


def _track(data: bytes) -> None:
    try:
        found, _ = ovals.from_geojson(data)
        ovals.added("", found)
    except ovals.NoOval:
        pass
    text = data.decode(errors="replace")
    ovals.with_ovals(text, ovals.from_text(text))
    moved = motion.Motion()
    learned.load(data, moved.stride, moved.track)


def _track_seeds() -> Iterator[bytes]:
    import math

    ring = [[4 + 0.0011 * math.cos(a / 6), 51 + 0.0004 * math.sin(a / 6)] for a in range(38)]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    one = {"type": "Feature", "properties": {"leisure": "track", "name": "A"}, "geometry": shape}
    yield json.dumps({"type": "FeatureCollection", "features": [one]}).encode()
    yield b"# Pacer learned 1\nsteps 160 170 180\noval 51 1 4 1 0 36500 84390 400000 0\n"


class _Answers:
    """A port whose watch gives these answers: a byte tells of how many bytes the next payload is, 255: raw bytes."""

    in_waiting = 64

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._asked: tuple[str, int] = ("H", 0)
        self._out = b""
        self._left = 300  # so many requests are answered, and then nobody is there

    def open(self) -> None:
        """It is there."""

    def write(self, frame: bytes) -> None:
        for kind, number, _ in link.Decoder().feed(frame):
            self._asked = (kind, number)
        self._left -= 1
        if self._left < 0:
            raise OSError("gone")
        size, self._data = self._data[:1], self._data[1:]
        if not size:
            raise OSError("gone")
        count = min(size[0], 180)
        part, self._data = self._data[:count], self._data[count:]
        kind, number = self._asked
        self._out = part if size[0] == 255 else link.encode("x" if size[0] == 254 else kind.lower(), number, part)

    def read(self, count: int) -> bytes:
        out, self._out = self._out[:count], self._out[count:]
        if not out:
            raise OSError("gone")  # nothing comes: no waiting for it here
        return out


def _link(data: bytes) -> None:
    def ask(question: Callable[[link.Link], Any]) -> None:
        real, serial.Serial = serial.Serial, lambda: _Answers(data)
        try:
            question(link.Link("/dev/x"))
        except link.LinkError as e:
            assert str(e)
        except OSError as e:
            assert str(e) == "gone"  # of listen(), which asks nothing
        finally:
            serial.Serial = real

    ask(lambda watch: watch.files())
    ask(lambda watch: watch.get("runs/0001.run"))
    ask(lambda watch: watch.put("workouts/a.txt", b"x" * 400))
    ask(lambda watch: watch.__enter__())
    ask(lambda watch: watch.crash())
    ask(lambda watch: list(in_words({"watch": "", "last_crash": None, **watch.status()})))


def _link_seeds() -> Iterator[bytes]:
    for parts in (
        [b"9 workouts/a.txt\n700 runs/0001.run\n", b""], [b"5 3610a686", b"hello"], [b"0", b"160", b"320", b"400", b""],
        [b"state running\nrun_ms 12000\nrun_mm 40000\nstep 1\nsats 9\nfix 1\nbattery 80\nflash_free_kib 900\n"
         b"heap_free 90000\nbus_faults 0\nlog runs/0001.run\nerror "],
    ):  # fmt: skip
        yield b"".join(bytes([len(p)]) + p for p in parts)


def _board(data: bytes) -> None:
    folder = _folder() / "board"
    if not folder.exists():
        folder.mkdir()
        for name in boards.FILES:
            source = BOARDS / "esp32_devkit" / name
            if source.suffix != ".png":
                (folder / name).write_bytes(source.read_bytes())
    (folder / "board.py").write_bytes(data)
    for sentence in boards.check(folder):
        assert "\n" not in sentence or "cannot be read" in sentence
    boards.load(str(folder))


def _board_seeds() -> Iterator[bytes]:
    for name in boards.names():
        yield (BOARDS / name / "board.py").read_bytes()


_NO_WORKOUT = (foreign_made.NotAWorkout, notation.NotationError, pf.Unresolved)
TARGETS = {
    "run": Target(_run, _run_seeds, (runlog.NotARun,)),
    "link": Target(_link, _link_seeds, ()),
    "gpx": Target(_recording("gpx"), _gpx_seeds, (recording.Unreadable,)),
    "tcx": Target(_recording("tcx"), _tcx_seeds, (recording.Unreadable,)),
    "fit": Target(_recording("fit"), _activity_seeds, (recording.Unreadable,)),
    "log": Target(_recording("nmea"), _log_seeds, (recording.Unreadable,)),
    "fit-workout": Target(_workout, _fit_seeds, _NO_WORKOUT),
    "json": Target(_workout, _json_seeds, _NO_WORKOUT),
    "icu": Target(_workout, _icu_seeds, _NO_WORKOUT),
    "zwo": Target(_workout, _zwo_seeds, _NO_WORKOUT),
    "shorthand": Target(_shorthand, _icu_seeds, (notation.NotationError,)),
    "notation": Target(_notation, _library, (notation.NotationError,)),
    "profile": Target(_profile, _profile_seeds, (pf.ProfileError, UnicodeDecodeError)),
    "track": Target(_track, _track_seeds, ()),
    "board": Target(_board, _board_seeds, (ValueError,)),
    "receiver": Target(_receiver, _log_seeds, ()),
}


def tried(name: str, data: bytes) -> bool:
    """Use the bytes; False when they were refused. Anything else that is raised is a finding."""
    target = TARGETS[name]
    try:
        target.use(data)
    except target.refusals as e:
        assert str(e), "refused without a word"
        return False
    return True
