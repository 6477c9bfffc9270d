"""What the coach says in a hundred and fifty reps that a seed has made up: when, what, why, and what it projects.

A line of coaching.txt a rep; `make golden` records it anew, and the difference is what a change of the coach does.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from pacer.core import coach
from pacer.core import workout as wk

KEPT = Path(__file__).with_name("coaching.txt")
_REPS = 150
_KINDS = (wk.RUN,) * 6 + (wk.WARM_UP, wk.COOL_DOWN, wk.JOG, wk.WALK, wk.STRIDE)
_ENDS = (wk.END_DISTANCE,) * 3 + (wk.END_TIME, wk.END_LAP)
_NAMES = {wk.END_DISTANCE: "m", wk.END_TIME: "s", wk.END_LAP: "lap"}


def _step(rng: random.Random, c: coach.Coach, t_ms: int, undone: bool) -> tuple[int, str]:
    """A step begins: (the speed of its target in mm/s, what it is)."""
    kind, end = rng.choice(_KINDS), rng.choice(_ENDS)
    fast = rng.randrange(150_000, 520_000, 5_000)
    slow = fast + rng.choice((0, 0, 0, 15_000, 60_000))
    size = rng.choice((60, 200, 400, 800, 1000, 1600, 5000))
    amount = 1000 * size if end != wk.END_LAP else 0
    easy = rng.random() < 0.15
    c.tolerance_mm_s = rng.choice((60, 60, 30, 120))
    c.step(t_ms, kind, fast, slow, end, amount, undone, easy)
    length = "" if end == wk.END_LAP else str(size)
    words = [length + _NAMES[end], wk.KIND_NAMES[kind], f"{fast // 1000}-{slow // 1000}"]
    return 2_000_000_000 // (fast + slow), " ".join(words + ["easy"] * easy + ["undone"] * undone)


def _rep(seed: int) -> str:
    """Two steps one behind the other, run in pieces, with a pause perhaps."""
    rng = random.Random(seed)
    c = coach.Coach()
    t_ms = 0
    out = []
    for n in range(2):
        target, words = _step(rng, c, t_ms, n == 1 and rng.random() < 0.3)
        out.append(words + ":")
        noise, sure = rng.choice((300, 2_000, 8_000, 22_500)), rng.choice((90, 90, 90, 40, 31, 30))
        step_mm = 0
        for _ in range(rng.randrange(2, 7)):
            speed = target * rng.choice((80, 94, 97, 98, 99, 100, 101, 102, 103, 106, 125)) // 100
            if rng.random() < 0.1:
                c.resume(t_ms, step_mm)
            for _ in range(rng.choice((5, 20, 60, 120))):
                dt = rng.choice((1000, 1000, 1000, 1000, 500, 1200, 6000 if rng.random() < 0.02 else 5000))
                t_ms += dt
                step_mm += speed * dt // 1000
                cue = c.tick(t_ms, step_mm, speed, noise, sure)
                if cue:
                    out.append(f"{t_ms / 1000:g} {coach.CUE_NAMES[cue]} {coach.REASON_NAMES[c.reason]} {c.ahead_ms}")
            out.append(f"({c.ahead_ms})")
    return ", ".join(out).replace(":,", ":")


def told() -> Iterator[str]:
    """The lines."""
    return (_rep(seed) for seed in range(_REPS))
