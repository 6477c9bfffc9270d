# Runs on CPython and both MicroPythons alike: reads inputs.json, prints what the core makes of it. The
# outputs must be equal to the byte.
import gc

gc.disable()  # the 32-bit build may collect only at the top level

import json
from array import array

from pacer.core import coach, notation
from pacer.core import engine as eg
from pacer.core import events as ev
from pacer.core.balance import Balance
from pacer.core.cadence import Cadence
from pacer.core.fixed import cos_q14, sin_q14
from pacer.core.geodesy import Plane
from pacer.core.gnss.stream import Stream
from pacer.core.motion import Motion
from pacer.core.track import Track
from pacer.core.workout import END_DISTANCE, END_TIME, Cursor


def trace_text(text):
    try:
        w = notation.parse(text)
    except notation.NotationError as e:
        print("refused", e.line, e.column, e.message)
        return
    print(w.name, w.steps, list(w.rows), list(w.paces), w.totals(), list(w.rung_paces))
    for note in w.notes + w.rep_notes:
        print("|", note)
    c = Cursor(w)
    for _ in range(50):
        if not c.next():
            break
        print(c.index, c.row, c.rep, c.reps, c.pace_fast, c.pace_slow, c.ramp, c.note)


def trace_engine(script):
    text, moves = script
    try:
        w = notation.parse(text)
    except notation.NotationError:
        return
    events = ev.Events()
    e = eg.Engine(w, events)
    ms = mm = 0
    e.start(ms, mm)
    for what, dt, dd in moves:
        ms += dt
        mm += dd
        e.advance(ms, mm, dd * 1000 // dt)
        if what == 1:
            e.lap()
        elif what == 2:
            e.undo()
        elif what == 3:
            e.pause()
        elif what == 4:
            e.resume(ms, mm)
        while events.take():
            print(
                events.kind,
                events.t_ms,
                events.index,
                events.row,
                events.rep,
                events.a,
                events.b,
                events.c,
            )
    e.finish()
    print(e.state, e.run_ms, e.run_mm, e.step_ms, e.step_mm)


def trace_bytes(chunks):
    p = Stream()
    m = Motion()
    ms = 0
    for chunk in chunks:
        data = bytes(chunk)
        for i in range(0, len(data), 500):
            part = data[i : i + 500]
            room = p.room()
            for k in range(len(part)):
                room[k] = part[k]
            p.commit(len(part))
            ms += 100
            while p.next():
                f = p.fix
                print(f.valid, f.utc_ms, f.lat_deg, f.lat_umin, f.lon_deg, f.lon_umin, f.speed_mm_s, f.sats, f.hdop_c)
                m.fix(f, ms)
            m.advance(ms)
            print(m.distance_mm, m.speed_mm_s, m.confidence, m.refused)
    print(p.accepted, p.other, p.refused)


def trace_places(script):
    """A run on an oval, in places; see inputs for what wanders."""
    radius_cm, errors = script
    t = Track()
    plane = Plane()
    plane.place(50, 1000, 4, 1000)
    half = radius_cm * 355 // 113
    last_x = last_y = 0
    for k in range(len(errors)):
        s = 400 * k % (2 * (8439 + half))
        x = s - 4219 if s < 8439 else 4219
        y = -radius_cm
        if 8439 <= s < 8439 + half or s >= 2 * 8439 + half:
            turned = (s - 8439 if s < 8439 + half else s - 2 * 8439 - half) * 32768 // half
            x = 4219 + (radius_cm * sin_q14(turned) >> 14)
            y = -(radius_cm * cos_q14(turned) >> 14)
        elif s >= 8439 + half:
            x = 4219 - (s - 8439 - half)
            y = radius_cm
        if s >= 2 * 8439 + half:
            x = -x
            y = -y
        if k & 1:
            # Velocities are as noisy as the places.
            vx = 10 * (x - last_x) + errors[k] // 4
            t.way.tell(2000, vx, 10 * (y - last_y) - errors[k] // 8, 500, 22_500, 4000 * k)
        last_x = x
        last_y = y
        t.feed(10 * x + errors[k], 10 * y - errors[k], 4000 * k, plane)
        if k % 50 == 0:
            print(t.stage, t.laps.lane, t.laps.count, t.laps.lap_mm, t.laps.scale_ppm)
            print(t.way.active, t.way.mm, t.way.distance_mm, t.scale_ppm)
            print(t.oval.perp_cm, t.oval.s_cm, list(t.kept.ovals)[:8])
            print(t.press(4000 * k, 10 * x, 10 * y, True))


def trace_samples(batches):
    c = Cadence(50)
    for batch in batches:
        samples = array("h", batch)
        c.feed(samples, len(samples) // 3)
        print(c.steps, c.cadence_spm)


def trace_speeds(script):
    kind, pace, speeds = script
    c = coach.Coach()
    b = Balance()
    b.begin(4000, 200_000)
    t = mm = 0
    for end in (END_TIME, END_DISTANCE):
        c.step(t, kind, pace, pace, end, 500_000)
        mm = 0
        for speed in speeds:
            t += 1000
            mm += speed
            b.advance(1000, speed)
            print(c.tick(t, mm, speed, 9000, 80), c.reason, c.ahead_ms, b.percent(), b.left_mm, end=" ")
    print()


with open("inputs.json") as f:
    inputs = json.load(f)
for name, trace in (
    ("text", trace_text), ("engine", trace_engine), ("bytes", trace_bytes), ("samples", trace_samples),
    ("speeds", trace_speeds), ("places", trace_places),
):  # fmt: skip
    for one in inputs.get(name, ()):
        print("--", name)
        trace(one)
