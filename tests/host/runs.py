"""Logs of runs that never were, for tests of what is made of them: a plan, and how each hard rep went."""

import binascii
import math
from datetime import date
from types import SimpleNamespace

from pacer.core import balance, journal, notation
from pacer.core import profile as pf
from pacer.core import workout as wk
from pacer_watch.formats.runlog import EVENT_NAMES, Event, RunLog, Second
from pacer_watch.twin.runner import unroll

PROFILE = "# Pacer profile 1\ncritical-speed 4.0 m/s\nd-prime 200 m\n"
PLANS = {
    "5x1000": "2km warm-up @ easy\n- 5 x 1000m @ 5k pace, 2min jog between\n- 1km cool-down @ easy",
    "6x1000": "6 x 1000m @ CS, 400m jog between",
    "16x200": "16 x 200m @ mile pace, 200m jog between",
    "12x400": "12 x 400m @ 5k pace, 60s rest between",
    "3x8min": "3 x 8min @ CS, 2min jog between",
    "tempo": "2km warm-up @ easy\n- 20min @ tempo\n- 1km cool-down @ easy",
    "trial": "2km warm-up @ easy\n- 3km @ 3k pace\n- 1km cool-down @ easy",
    "cut-down": "5 x 1000m @ 10k pace -> 5k pace, 2min jog between",
    "strides": "40min @ easy\n- 6 x 20s stride @ mile pace, 60s walk between",
    "hills": "15min warm-up @ easy\n- 8 x 60s @ RPE 8, 90s jog between",
    "field test": "2km warm-up\n- 3km | Test: all-out\n- 30min rest\n- 1500m | Test: all-out again",
    "mile": "1mi @ mile pace",
}
SHARES = {wk.REST: 0.0, wk.WALK: 0.35, wk.JOG: 0.57, wk.WARM_UP: 0.7, wk.COOL_DOWN: 0.65, wk.STRIDE: 1.15, wk.RUN: 1.1}


def made(name, offs, rpe, day=date(2026, 11, 20), last="", profile=PROFILE, stop=None, cut=1.0, ended=True, clock_ms=0):
    """The log of a session: offs in % of the target, the last one for the reps that are left.

    name: of PLANS, or a plan; stop: hard reps that were run; cut: the share of the last of them that was run.
    """
    text = "Workout - Made\n- " + PLANS.get(name, name) + "\n"
    workout = notation.parse(text)
    runner = pf.parse(profile)
    workout.resolve(runner)
    log = RunLog(workout=text, profile=profile)
    if day is not None:
        ddmmyy = day.day * 10_000 + day.month * 100 + day.year % 100
        log.events.append(Event("clock", 1000, 0, 0, 0, 34_200_000 + clock_ms, ddmmyy, 0))
    t, reps, metres = 0, 0, 0.0
    left = balance.Balance()
    left.begin(runner.cs_mm_s, runner.dprime_mm)
    for i, step in enumerate(unroll(workout)):
        if stop is not None and reps == stop:
            break
        speed = SHARES[step.kind] * runner.cs_mm_s / 1000
        share = 1.0
        if step.kind == wk.RUN:
            off = offs[min(reps, len(offs) - 1)]
            edge = step.pace_slow if off < 0 else step.pace_fast
            speed = (1e6 / edge if step.pace_fast else speed) * (1 + off / 100)
            reps += 1
            share = cut if reps == stop else 1.0
        amount = (step.amount or 1_000_000) * share  # a step that the button ends: 1 km
        ms = round(amount if step.end == wk.END_TIME else amount / max(speed, 0.1))
        for at_ms in range(t - t % 1000 + 1000, t + ms + 1, 1000):
            left.advance(1000, round(1000 * speed))
            at_mm = round(1000 * metres + speed * (at_ms - t))
            log.seconds.append(Second(at_ms, i, round(1000 * speed), at_mm, 0, 176, 90, left.percent()))
        t += ms
        metres += speed * ms / 1000
        log.events.append(Event("lap", t, i, step.row, step.rep, ms, round(ms * speed), 0))
    if ended:
        log.events.append(Event("end", t, 0, 0, 0, t, 0, 0))
        if rpe is not None:
            log.events.append(Event("effort", t, 0, 0, 0, 0, 0, rpe))
        if last:
            log.events.append(Event("last rep", t, 0, 0, 0, 0, 0, 1 if last == "harder" else 2))
    return log


def write(path, log):
    """The log as a file of the watch."""
    text = f"pacer 0.1.0\n\n{log.workout}\n--\n{log.profile}".encode()
    writer = journal.Writer(200_000)
    for record in sorted([*log.seconds, *log.events], key=lambda r: r.t_ms):
        if isinstance(record, Second):
            motion = SimpleNamespace(
                x_mm=0, y_mm=0, fixed=0, speed_mm_s=record.speed_mm_s, raw_mm_s=record.speed_mm_s, confidence=90,
                plane=SimpleNamespace(at_lat_umin=0, at_lon_deg=0, at_lon_umin=0),
            )  # fmt: skip
            writer.second(record.t_ms, record.distance_mm, record.index, 0, motion, 176, record.balance)
        else:
            event = SimpleNamespace(
                kind=EVENT_NAMES.index(record.kind), rep=record.rep, index=record.index, row=record.row,
                t_ms=record.t_ms, a=record.time_ms, b=record.distance_mm, c=record.value,
            )  # fmt: skip
            writer.event(event)
    path.write_bytes(journal.header(len(text), binascii.crc32(text)) + text + bytes(writer.buf[: writer.used]))
    return path


def placed(log):
    """The same run around an oval in the open, with a receiver that errs, and a cue in each rep."""
    for s in log.seconds:
        angle = s.distance_mm / 63_662
        s.lat_deg = 48.1 + (0.00045 + 0.00001 * math.sin(s.t_ms)) * math.sin(angle)
        s.lon_deg = 11.5 + 0.0007 * math.cos(angle)
        s.raw_mm_s = max(0, s.speed_mm_s + round(300 * math.sin(s.t_ms * 7.3)))
        s.speed_mm_s = max(0, s.speed_mm_s + round(40 * math.sin(s.t_ms / 9000)))
    for lap in list(log.laps):
        log.events.append(
            Event("cue", lap.t_ms - 20_000, lap.index, lap.row, lap.rep, 2500, 0, 1 + lap.index % 3, "band", 90)
        )
        log.events.append(Event("split", lap.t_ms - 15_000, lap.index, lap.row, lap.rep, 48_000, 200_000, 1200))
    log.events.sort(key=lambda e: e.t_ms)
    return log
