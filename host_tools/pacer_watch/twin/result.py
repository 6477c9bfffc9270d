"""What came out of a session: the watch's log, what was seen and heard, and what was really run."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pacer.core import coach
from pacer.core import workout as wk

from ..formats import runlog
from ..formats.plan import Step
from ..formats.runlog import Event, OvalSeen, Second
from .runner import Truth
from .world import World

_BOUNDARIES = ("go", "recover", "complete", "lap", "end")


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
    left_out: list[str] = field(default_factory=list)  # what of it could not be read
    text: str = ""  # of the workout in it
    flash: dict[str, bytes] = field(default_factory=dict)  # what the watch has written, by its path
    counted: str = "0"  # operations on the flash, where a hook has counted them
    said: bytes = b""  # over USB (unix only)
    profile: str = ""  # as the watch left it
    frames: list[tuple[int, bytes]] = field(default_factory=list)  # (us, display memory packed to bits)
    heap: list[tuple[int, int, int]] = field(default_factory=list)  # (us, used, free)
    own_heap: int = 0  # what of the heap the twin's own modules take ...
    rom_bytes: int = 0  # ... and of that the ROMFS image, which lies in the heap on unix
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
                return e.own
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

    def laps_table(self) -> list[dict[str, Any]]:
        """Each lap: what it was, what the watch measured, what was really run between its two tones."""
        out = []
        before = self.heard_us(0)
        for lap in self.laps:
            heard = self.heard_us(lap.t_ms)
            fast, slow = self.target(lap.index)
            kind = wk.KIND_NAMES[self.plan[lap.index].kind] if lap.index < len(self.plan) else "free"
            out.append(
                {
                    "step": lap.index + 1,
                    "rep": lap.rep,
                    "kind": kind,
                    "target": {"pace_fast_ms_km": fast, "pace_slow_ms_km": slow} if fast else None,
                    "time_ms": lap.time_ms,
                    "distance_mm": lap.distance_mm,
                    "true_time_ms": (heard - before) // 1000,
                    "true_distance_mm": round(1000 * (self.truth.distance_at(heard) - self.truth.distance_at(before))),
                }
            )
            before = heard
        return out

    def cues_table(self) -> list[dict[str, Any]]:
        """Each cue: when, what and why, and how fast was really run then."""
        out = []
        for cue in self.cues:
            fast, slow = self.target(cue.index)
            speed = self.truth.speed_at(self.start_us + cue.t_ms * 1000)
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

    def summary(self) -> dict[str, Any]:
        """All of it for scripts: laps, cues, events, totals beside the truth."""
        laps = self.laps_table()
        end = next((e for e in self.events if e.kind == "end"), None)
        last = self.heard_us(end.t_ms) if end else 0
        start = self.heard_us(0)
        return {
            "laps": laps,
            "cues": self.cues_table(),
            "events": [
                {"kind": e.kind, "t_ms": e.t_ms, "step": e.index + 1, "rep": e.rep, "value": e.value, **e.own}
                for e in self.events
            ],
            "totals": {
                "time_ms": end.time_ms if end else None,
                "distance_mm": end.distance_mm if end else None,
                "true_time_ms": (last - start) // 1000 if end else None,
                "true_distance_mm": round(1000 * (self.truth.distance_at(last) - self.truth.distance_at(start)))
                if end
                else None,
                "laps": len(laps),
                "cues": dict(Counter(c["kind"] for c in self.cues_table())),
                "saved": self.saved,
            },
            "runtime": self.runtime,
            "virtual_s": round(self.virtual_s, 3),
            "wall_s": round(self.wall_s, 3),
        }
