"""What may come over the cable, into the real watch while it runs: damaged frames, noise, and good frames between."""

import binascii
import random
from dataclasses import replace

from ..link import Decoder, encode
from ..twin.result import Result
from .cases import Case
from .judge import Outcome, judge

_REQUESTS = (
    ("H", b""), ("S", b"workouts/workout.txt"), ("L", b"0"), ("G", b"0 workouts/workout.txt"), ("Q", b""), ("W", b"0"),
    ("P", b"33 00000000 workouts/c.txt"), ("D", b"\0\0\0\0abc"), ("E", b""), ("R", b"main.py"), ("M", b"runs/x"),
    ("T", b"2026 2 31 0 10 0 0"),
)  # fmt: skip
_NONSENSE = (
    ("G", b"0 workouts/none.txt"), ("S", b"runs/none.run"), ("L", b"x"), ("G", b"x"), ("D", b""), ("T", b"\xff"),
    ("P", b"1 2"), ("Z", b""), ("M", b"runs/none.run"), ("R", b"workouts/none.txt"),
)  # fmt: skip
_EACH = 10  # streams to a good frame
SENT = b"Workout - Sent\n" + b"- 1km @ 4'00\"/km | a note that takes its room\n" * 8
_SENT_NAME = "workouts/sent.txt"
_PART = 100  # bytes
_OWN = (_SENT_NAME, "runs/", "link.", "learned.txt", "crash.")  # files that the watch may write by itself


def damaged(rng: random.Random, requests: tuple[tuple[str, bytes], ...] = _REQUESTS) -> bytes:
    """A frame with wrong bits, cut off, with something in it, doubled; or no frame at all."""
    kind, payload = rng.choice(requests)
    data = bytearray(encode(kind, rng.randrange(256), payload))
    how = rng.randrange(6)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            del data[at + 1 :]
        elif how == 2:
            data[at:at] = rng.randbytes(rng.randint(1, 12))
        elif how == 3:
            data[at] = rng.randrange(256)
        elif how == 4:
            data = bytearray(rng.randbytes(rng.randint(1, 120)))
        else:
            data += data[: rng.randrange(len(data))][:100]
    return bytes(data)


def _sent(rng: random.Random) -> bytes:
    """A file is loaded, before each of its frames the same frame with a wrong bit in it."""
    frames = [("P", b"%d %08x %s" % (len(SENT), binascii.crc32(SENT), _SENT_NAME.encode()))]
    frames += [("D", at.to_bytes(4, "little") + SENT[at : at + _PART]) for at in range(0, len(SENT), _PART)]
    out = bytearray(b"\x7e")
    for number, (kind, payload) in enumerate([*frames, ("E", b"")]):
        frame = encode(kind, number, payload)
        hurt = bytearray(frame)
        at = rng.choice([k for k, b in enumerate(frame) if b in b"abcdefghiklmnoprstuw"] or [0])
        hurt[at] ^= 1 if at else 0
        out += (hurt if at else b"") + frame
    return bytes(out)


def streams(seed: int, count: int) -> tuple[bytes, list[int], list[bytes]]:
    """(so many damaged frames with good ones between, the numbers of the greetings in it, the times that it sets)."""
    rng = random.Random(seed)
    out = bytearray()
    greetings, clocks = [], []
    for k in range(count):
        out += damaged(rng)
        if k % _EACH == _EACH - 1:
            number = k // _EACH % 256
            out += b"\x7e" + encode("H", number, b"")
            greetings.append(number)
            out += encode(*_with_number(rng))
            if k % (20 * _EACH) == _EACH - 1:
                clocks.append(b"2027 %d %d 0 %d 30 0" % (rng.randint(1, 12), rng.randint(1, 28), rng.randrange(24)))
                out += encode("T", 1, clocks[-1]) + _sent(rng)
    return bytes(out), greetings, clocks


def _with_number(rng: random.Random) -> tuple[str, int, bytes]:
    """A whole frame that asks for nonsense."""
    kind, payload = rng.choice(_NONSENSE)
    return kind, rng.randrange(256), payload


def judged(case: Case, r: Result, twin: Result, sent: tuple[bytes, list[int], list[bytes]]) -> Outcome:
    """The run is as without it; each good frame was answered, no file has changed, the clock is as it was set last."""
    out = judge(replace(case, doubts=True), r, twin)
    _, greetings, clocks = sent
    answered = [number for kind, number, _ in Decoder().feed(r.said) if kind == "h"]
    out.compared.update(answers=len(greetings), clocks=len(clocks))
    wrong = []
    if missing := _not_in(greetings, answered):
        wrong.append(f"{missing} of {len(greetings)} greetings had no answer")
    if r.flash.get(_SENT_NAME) != SENT:
        wrong.append(f"what was loaded is not there: {r.flash.get(_SENT_NAME)!r}")
    mine, theirs = ({k: v for k, v in x.flash.items() if not k.startswith(_OWN)} for x in (r, twin))
    out.compared["files"] += len(theirs)
    if mine != theirs:
        wrong.append(
            f"files have changed: {sorted(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k))}"
        )
    asked = [int(word) for k, word in enumerate(clocks[-1].split()) if k != 3]
    has = [int(word) for k, word in enumerate((r.world.rtc if r.world else "").split()) if k != 3]
    if has != asked:
        wrong.append(f"the clock was set to {asked}, it is {has}")
    if wrong and out.survived:
        out.survived, out.why = False, wrong[0]
    return out


def _not_in(asked: list[int], got: list[int]) -> int:
    """How many of the numbers asked for do not come in what was got, in order; others may come between."""
    rest = iter(got)
    return sum(not any(number == other for other in rest) for number in asked)
