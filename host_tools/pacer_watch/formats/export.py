"""A run of the watch as FIT (an activity); xmlexport.py writes GPX and TCX.

FIT follows Garmin's description of an activity file: file_id first, timer events around the records, a lap a step,
then one session and one activity; messages in the order of their time. Distances to the centimetre, times to the
millisecond; the laps' sums are the session's totals.
"""

from datetime import datetime

from pacer.core import workout as wk

from . import fitfile, kinds
from .fitfile import fit_time
from .foreign import fit as fitworkout
from .runlog import Event, RunLog, Second, mean_cadence
from .timeline import Lap, Timeline, laps_of, place, seconds_by_lap

_APPLICATION = b"PacerWatch000001"  # 16 bytes that name our developer fields
_FIELDS = {
    "target_speed": (fitfile.UINT16, "mm/s"),
    "cue": (fitfile.UINT8, ""),
    "dprime_left": (fitfile.UINT8, "%"),
}
# What comes first of what falls on one millisecond.
_A_LAP, _A_SECOND, _A_PAUSE, _A_RESUME, _THE_LAST_LAP = range(5)


def fit(log: RunLog, fallback: datetime) -> bytes:
    """The run as a FIT activity file."""
    laps = laps_of(log)
    time = Timeline(log, fallback)
    end_ms = laps[-1].end_ms
    begun = fit_time(time.epoch_ms(0))
    out = fitfile.Writer()
    out.add(
        "file_id", type="activity", manufacturer=fitfile.DEVELOPMENT, product=1,
        serial_number=1 + time.epoch_ms(0) // 1000 % 0x7FFFFFFF, time_created=begun,
    )  # fmt: skip
    out.describe(_APPLICATION, _FIELDS)
    steps = fitworkout.add_to(out, log.read_workout())
    _timer(out, "start", begun)
    inside = seconds_by_lap(log, laps)
    cues = {round(c.t_ms / 1000): c.value for c in log.cues}
    number = 0  # of the lap that runs
    for t, kind, what in sorted(_happened(log, laps, time), key=lambda x: x[:2]):
        if isinstance(what, Second):
            while number < len(laps) - 1 and t > laps[number].end_ms:
                number += 1
            _record(out, what, time, laps[number], cues)
        elif isinstance(what, int):
            if kind == _THE_LAST_LAP:
                _timer(out, "stop_all", fit_time(time.epoch_ms(t)))
            _lap(out, laps[what], what, inside[what], time, steps, kind == _THE_LAST_LAP)
        else:
            paused = kind == _A_PAUSE
            at = time.epoch_ms(t) + (0 if paused else what.value)
            _timer(out, "stop_all" if paused else "start", fit_time(at))
    _session(out, log, laps, time)
    out.add(
        "activity", timestamp=fit_time(time.epoch_ms(end_ms)), total_timer_time=end_ms / 1000, num_sessions=1,
        type="manual", event="activity", event_type="stop",
    )  # fmt: skip
    return out.data()


def _happened(log: RunLog, laps: list[Lap], time: Timeline) -> list[tuple[int, int, Second | Event | int]]:
    """(ms of the run, what comes first, what it is: a lap's number) of all that has a time.

    FIT has whole seconds: of two records in one the later stays.
    """
    end_ms = laps[-1].end_ms
    out: list[tuple[int, int, Second | Event | int]] = []
    last_s = None
    for s in log.seconds:
        if s.t_ms <= end_ms:
            second = fit_time(time.epoch_ms(s.t_ms))
            if second == last_s:
                out.pop()
            last_s = second
            out.append((s.t_ms, _A_SECOND, s))
    for e in log.events:
        # A run is ended out of a pause: that one is the end itself.
        if e.kind in ("pause", "resume") and e.t_ms < end_ms:
            out.append((e.t_ms, _A_PAUSE if e.kind == "pause" else _A_RESUME, e))
    out += [(lap.end_ms, _THE_LAST_LAP if lap is laps[-1] else _A_LAP, k) for k, lap in enumerate(laps)]
    return out


def _timer(out: fitfile.Writer, kind: str, at: int) -> None:
    out.add("event", timestamp=at, event="timer", event_type=kind, event_group=0)


def _record(out: fitfile.Writer, s: Second, time: Timeline, lap: Lap, cues: dict[int, int]) -> None:
    lat, lon = place(s) or (None, None)
    step, both = lap.step, s.cadence_spm  # both feet are one revolution
    out.add(
        "record", timestamp=fit_time(time.epoch_ms(s.t_ms)), position_lat=lat, position_long=lon,
        distance=s.distance_mm / 1000, enhanced_speed=s.speed_mm_s / 1000, cadence=both // 2 if both >= 0 else None,
        fractional_cadence=0.5 * (both % 2) if both >= 0 else None,
        target_speed=2e9 / (step.pace_fast + step.pace_slow) if step and step.pace_fast else 0,
        cue=cues.get(round(s.t_ms / 1000), 0), dprime_left=s.balance,
    )  # fmt: skip


def _speeds(distance_mm: int, time_ms: int, seconds: list[Second]) -> dict[str, float]:
    """Mean and highest speed and the mean cadence of a stretch, as far as they are known."""
    out: dict[str, float] = {}
    if time_ms:
        out["enhanced_avg_speed"] = distance_mm / time_ms
    if seconds:
        out["enhanced_max_speed"] = max(s.speed_mm_s for s in seconds) / 1000
    if cadence := mean_cadence(seconds):
        out |= {"avg_cadence": int(cadence / 2), "avg_fractional_cadence": cadence / 2 % 1}
    return out


def _lap(
    out: fitfile.Writer, lap: Lap, number: int, inside: list[Second], time: Timeline, steps: int, last: bool
) -> None:
    timer = lap.end_ms - lap.start_ms
    paused = time.paused_ms(lap.end_ms) - time.paused_ms(lap.start_ms)
    trigger = "manual"
    if last:
        trigger = "session_end"
    elif not lap.by_button and lap.step:
        trigger = "distance" if lap.step.end == wk.END_DISTANCE else "time"
    out.add(
        "lap", message_index=number, timestamp=fit_time(time.epoch_ms(lap.end_ms)),
        start_time=fit_time(time.epoch_ms(lap.start_ms)), total_elapsed_time=(timer + paused) / 1000,
        total_timer_time=timer / 1000, total_distance=lap.distance_mm / 1000, sport="running", event="lap",
        event_type="stop", intensity=kinds.written(lap.step.kind if lap.step else None).fit, lap_trigger=trigger,
        **_speeds(lap.distance_mm, timer, inside),
        **({"wkt_step_index": lap.row} if lap.step and lap.row < steps else {}),
    )  # fmt: skip


def _session(out: fitfile.Writer, log: RunLog, laps: list[Lap], time: Timeline) -> None:
    end_ms = laps[-1].end_ms
    distance_mm = sum(lap.distance_mm for lap in laps)
    more = _speeds(distance_mm, end_ms, log.seconds)
    if first := next(filter(None, map(place, log.seconds)), None):
        more |= {"start_position_lat": first[0], "start_position_long": first[1]}
    if effort := next((e.value for e in log.events if e.kind == "effort"), None):
        more["workout_rpe"] = 10 * effort
    out.add(
        "session", message_index=0, timestamp=fit_time(time.epoch_ms(end_ms)), start_time=fit_time(time.epoch_ms(0)),
        sport="running", sub_sport="track" if log.ovals or log.lane else "generic", total_timer_time=end_ms / 1000,
        total_elapsed_time=(end_ms + time.paused_ms(end_ms)) / 1000, total_distance=distance_mm / 1000,
        first_lap_index=0, num_laps=len(laps), event="session", event_type="stop", trigger="activity_end", **more,
    )  # fmt: skip
