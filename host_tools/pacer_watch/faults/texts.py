"""Input that needs no twin: bits of a real log, workouts and profiles, all mutated."""

import random
import time
from collections.abc import Iterator

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core.gnss.stream import Stream

from .. import WORKOUTS
from ..benches import RECORDINGS
from .judge import Outcome

_SLOWEST_S = 0.5  # of the processor, for a text: more is a hang
_PIECES = (b"9" * 12, b"- 99 x:\n  ", b"\xc3\xa9", b"@ ", b"'", b"lots of:", b"\n\n", b"1e9km")


def flipped_bits(limit: int | None) -> Outcome:
    """Every bit of a minute of a real log, one at a time: no wrong fix may come out."""
    path = RECORDINGS / "ublox-neo-m9n-nmea.log"
    out = Outcome("receiver's bytes", "every bit of a minute of a real log flipped in turn", True)
    if not path.exists():
        out.why = "skipped: the recordings are not here"
        out.compared["bits"] += 1
        return out
    lines = [line for line in path.read_bytes().splitlines(keepends=True) if line[:1] == b"$"]
    seconds = [line for line in lines if line[3:6] in (b"RMC", b"GGA", b"VTG")][:180]
    tried = wrong = 0
    for line in seconds:
        good = _fixes(line)
        for bad in _flipped(line):
            tried += 1
            if limit and tried > limit:
                break
            got = _fixes(bad)
            wrong += bool(got and got != good)
    out.compared["bits"] += tried
    out.survived = wrong == 0
    out.why = f"{tried} bits, {wrong} wrong fixes"
    return out


def _flipped(line: bytes) -> Iterator[bytes]:
    """The line with each of its bits the other way around."""
    for i in range(8 * len(line)):
        bad = bytearray(line)
        bad[i // 8] ^= 1 << i % 8
        yield bytes(bad)


def _fixes(data: bytes) -> list[tuple[int, ...]]:
    parser = Stream()
    room = parser.room()
    room[: len(data)] = data
    parser.commit(len(data))
    found: list[tuple[int, ...]] = []
    while parser.next():
        f = parser.fix
        found.append((f.valid, f.utc_ms, f.lat_deg, f.lat_umin, f.lon_deg, f.lon_umin, f.speed_mm_s, f.date_ddmmyy))
    return found


def texts(seed: int, count: int) -> Outcome:
    """Workouts and profiles, mutated: a clear error or a workout within its limits, and never a hang."""
    rng = random.Random(seed)
    sources = [p.read_bytes() for p in sorted(WORKOUTS.glob("*.txt"))]
    profile = (WORKOUTS / "example.profile").read_bytes()
    out = Outcome("text", f"{count} mutated workouts and profiles", True)
    longest = 0.0
    for _ in range(count):
        data = mutated(rng, sources if rng.random() < 0.7 else [profile], _PIECES)
        began = time.process_time()
        try:
            if data[:5] == profile[:5]:
                pf.parse(data)
            else:
                notation.parse(data).totals()
        except (notation.NotationError, pf.ProfileError):
            pass
        except Exception as e:
            out.survived, out.why = False, f"{type(e).__name__}: {e} for {data!r}"
            break
        out.compared["texts"] += 1
        longest = max(longest, time.process_time() - began)
    if longest > _SLOWEST_S:
        out.survived, out.why = False, f"one took {longest:.1f} s"
    out.why = out.why or f"the longest took {1000 * longest:.0f} ms"
    return out


def mutated(rng: random.Random, seeds: list[bytes], pieces: tuple[bytes, ...]) -> bytes:
    """A seed with some bytes changed, left out, put in, doubled, or taken from another seed. pieces: what is put in."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            del data[at : at + rng.randrange(1, 20)]
        elif kind == 2:
            data[at:at] = rng.choice(pieces)
        elif kind == 3:
            data[at : at + rng.randrange(1, 6)] = rng.choice(pieces)
        elif kind == 4:
            a = rng.randrange(len(data) + 1)
            data[at:at] = data[a : a + rng.randrange(1, 60)]
        elif kind == 5 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        else:
            other = rng.choice(seeds)
            a = rng.randrange(len(other) + 1)
            data[at : at + 30] = other[a : a + rng.randrange(1, 90)]
    return bytes(data)
