"""One page of a run, self-contained: no network, no script, pictures inside."""

import base64
import html
import io
import math
import re
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter

from pacer.core import coach
from pacer.core import workout as wk

from . import review
from .formats.runlog import RunLog, mean_cadence
from .formats.timeline import Lap, laps_of
from .pictures import draw_map, metres
from .text import band, clock, distance, pace

_BLUE, _GOLD, _RED, _GREEN, _VIOLET, _GREY = "#1f5fa8", "#f2b84b", "#c0392b", "#2a9d62", "#7d3cc9", "#8a94a0"
_CUE_MARKS = {coach.EASY_NOW: ("v", _RED), coach.HOLD_STEADY: ("o", _GREY), coach.PUSH: ("^", _VIOLET)}
plt.rcParams.update({
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25,
    "svg.fonttype": "none", "font.family": "sans-serif",
})  # fmt: skip


def page(log: RunLog, name: str, screens: list[Path] | None = None) -> str:
    """The report of a run as HTML. screens: pictures of the watch's display to put in."""
    laps = laps_of(log)
    reps = {r.step: r for r in review.reps_of(log)}
    title = log.title or "Run"
    end = laps[-1].end_ms
    run_mm = sum(lap.distance_mm for lap in laps)
    dates = [f"{e.own['ddmmyy']:06d}" for e in log.events if e.kind == "clock"]
    date = f"{dates[0][:2]}.{dates[0][2:4]}.20{dates[0][4:]}" if dates else ""
    effort = next((e.value for e in log.events if e.kind == "effort"), None)
    facts = [
        ("distance", distance(run_mm)),
        ("time", clock(end)),
        ("pace", pace(round(1e6 * end / run_mm)) if run_mm else "-"),
    ]
    cadence = mean_cadence(log.seconds)
    if cadence:
        facts.append(("cadence", f"{cadence:.0f} spm"))
    if effort:
        facts.append(("effort", f"RPE {effort}"))
    facts.append(("cues", str(sum(c.value != coach.HOLD_STEADY for c in log.cues))))
    if log.lane:
        facts.append(("lane", str(log.lane)))
    parts = [
        f"<h1>{html.escape(title)}</h1><p class=sub>{html.escape(date)} {html.escape(name)}</p>",
        "<div class=facts>"
        + "".join(f"<div><b>{html.escape(v)}</b><span>{k}</span></div>" for k, v in facts)
        + "</div>",
        "<h2>Pace against target</h2>" + _pace(log, laps),
    ]
    if reps:
        parts.append("<h2>Reps</h2>" + _reps(laps, reps))
    parts.append("<h2>Laps</h2>" + _laps(laps, reps))
    if any(s.lat_deg is not None for s in log.seconds):
        parts.append("<h2>Where</h2><div class=two>" + _map(log) + _on_oval(log) + "</div>")
    parts.append("<h2>Cadence and what was left</h2>" + _below(log))
    if log.cues:
        parts.append("<h2>Cues</h2>" + _cues(log))
    if screens:
        parts.append("<h2>On the watch</h2><div class=screens>" + "".join(map(_picture, screens)) + "</div>")
    if log.skipped:
        parts.append(f"<p class=warn>{log.skipped} damaged bytes of the log were left out.</p>")
    if log.end is None:
        parts.append("<p class=warn>The log has no end: the run was cut off here.</p>")
    about = f"firmware {log.header.get('pacer', '?')} on {log.header.get('board', '?')}, {log.size} bytes of log"
    parts.append(f"<footer>{html.escape(about)}</footer>")
    filled = {"TITLE": html.escape(title), "BODY": "\n".join(parts)}
    return re.sub("TITLE|BODY", lambda m: filled[m[0]], _PAGE)  # at once: a title may hold such a word


def _svg(fig: Any) -> str:
    out = io.StringIO()
    fig.savefig(out, format="svg", bbox_inches="tight")
    plt.close(fig)
    text = out.getvalue()
    return text[text.index("<svg") :]


def _speed_axis(ax: Any, top: float) -> None:
    paces = [p for p in (120, 150, 180, 210, 240, 270, 300, 330, 360, 420, 480, 600, 900) if 1000 / p < top]
    ax.set_yticks([1000 / p for p in paces])
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: pace(1e6 / v) if v else ""))
    ax.set_ylim(0.0, top)
    ax.set_ylabel("pace per km")


def _pace(log: RunLog, laps: list[Lap]) -> str:
    fig, ax = plt.subplots(figsize=(11, 3.8))
    for lap in laps:
        if lap.step and lap.step.pace_fast:
            fast, slow = (1e6 / np.array(edge) for edge in lap.step.edges())
            wide = 0.0 if any(fast != slow) else 0.012
            ax.fill_between([lap.start_ms / 60e3, lap.end_ms / 60e3], fast * (1 + wide), slow * (1 - wide),
                            color=_GOLD, alpha=0.8, lw=0, label="target")  # fmt: skip
        ax.axvline(lap.end_ms / 60e3, color=_GREY, lw=0.4, alpha=0.6)
    t = np.array([s.t_ms for s in log.seconds]) / 60e3
    ax.plot(
        t,
        [s.raw_mm_s / 1000 for s in log.seconds],
        ".",
        ms=1.2,
        color=_GREY,
        alpha=0.5,
        label="receiver",
        rasterized=True,
    )
    ax.plot(t, [s.speed_mm_s / 1000 for s in log.seconds], color=_BLUE, lw=1.2, label="watch")
    for cue in log.cues:
        marker, colour = _CUE_MARKS.get(cue.value, ("o", _GREY))
        near = min(log.seconds, key=lambda s: abs(s.t_ms - cue.t_ms), default=None)
        if near:
            ax.plot(
                cue.t_ms / 60e3, near.speed_mm_s / 1000, marker, color=colour, ms=5.5, label=coach.CUE_NAMES[cue.value]
            )
    speeds = [s.speed_mm_s / 1000 for s in log.seconds] or [3.0]
    _speed_axis(ax, max(4.0, float(np.percentile(speeds, 99.5)) * 1.15))
    ax.set_xlim(0, laps[-1].end_ms / 60e3 or 1)
    ax.set_xlabel("minutes")
    handles, labels = ax.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    ax.legend(unique.values(), unique.keys(), loc="lower left", bbox_to_anchor=(0, 1), ncols=7, frameon=False)
    return _svg(fig)


def _reps(laps: list[Lap], reps: dict[int, review.Rep]) -> str:
    """The 100 m splits of each rep against its target."""
    shown = [lap for lap in laps if lap.index + 1 in reps and len(reps[lap.index + 1].splits) > 1][:24]
    if not shown:
        return ""
    columns = min(4, len(shown))
    rows = math.ceil(len(shown) / columns)
    fig, axes = plt.subplots(rows, columns, figsize=(2.75 * columns, 1.7 * rows), squeeze=False)
    for ax in axes.flat[len(shown) :]:
        ax.axis("off")
    for ax, lap in zip(axes.flat, shown, strict=False):
        rep = reps[lap.index + 1]
        splits = rep.splits
        middle = 200 / (rep.target_fast + rep.target_slow)
        ax.axhspan(
            100 / rep.target_fast - 0.012 * middle, 100 / rep.target_slow + 0.012 * middle, color=_GOLD, alpha=0.7, lw=0
        )
        colours = [
            _RED if s < 0.985 * 100 / rep.target_fast else _VIOLET if s > 1.015 * 100 / rep.target_slow else _BLUE
            for s in splits
        ]
        ax.bar(np.arange(1, len(splits) + 1), splits, color=colours, width=0.7)
        ax.set_ylim(middle * 0.88, middle * 1.12)
        ax.set_title(
            f"step {lap.index + 1}: {clock(lap.end_ms - lap.start_ms)} for {lap.distance_mm / 1000:.0f} m", fontsize=8
        )
        ax.set_xticks([])
        ax.tick_params(labelsize=7)
    fig.supylabel("seconds for each 100 m", fontsize=8)
    fig.tight_layout()
    return _svg(fig) + "<p class=sub>Red: quicker than the target by 1.5 % or more; violet: slower.</p>"


def _laps(laps: list[Lap], reps: dict[int, review.Rep]) -> str:
    rows = []
    for lap in laps:
        kind = wk.KIND_NAMES[lap.step.kind] if lap.step else "free"
        ms = lap.end_ms - lap.start_ms
        target = band(lap.step.pace_fast, lap.step.pace_slow) if lap.step and lap.step.pace_fast else "-"
        if lap.step and lap.step.effort:
            target = f"RPE {lap.step.effort}"
        rep = reps.get(lap.index + 1)
        off = f"{100 * rep.off:+.1f} %" if rep else ""
        fade = f"{rep.fade:+.1f} %" if rep and rep.fade is not None else ""
        left = f"{rep.balance} %" if rep and rep.balance is not None else ""
        run = pace(round(1e6 * ms / lap.distance_mm)) if lap.distance_mm else "-"
        cells = (
            lap.index + 1,
            kind,
            html.escape(target),
            clock(ms),
            f"{lap.distance_mm / 1000:.1f}",
            run,
            off,
            fade,
            left,
        )
        hard = " class=hard" if rep else ""
        rows.append(f"<tr{hard}>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    head = "".join(
        f"<th>{h}</th>" for h in ("step", "", "target", "time", "metres", "pace", "off", "2nd half", "D' left")
    )
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _map(log: RunLog) -> str:
    fig, ax = plt.subplots(figsize=(5.4, 4.8))
    draw_map(fig, ax, log.seconds, log.ovals)
    return _svg(fig)


def _on_oval(log: RunLog) -> str:
    """Speed around the lap: where on the oval the runner is quick or slow."""
    if not log.ovals:
        return ""
    oval = log.ovals[-1]
    x, y, speed, (ox, oy) = metres(log.seconds, oval)
    dx, dy = x - ox, y - oy
    angle = np.arctan2(dy, dx)
    beside = np.hypot(dx, dy) < oval.straight_m / 2 + oval.radius_m + 25
    fig, ax = plt.subplots(figsize=(4.2, 4.2), subplot_kw={"projection": "polar"})
    running = beside & (speed > 2.2)
    if running.sum() > 60:
        edges = np.linspace(-math.pi, math.pi, 25)
        middle = (edges[1:] + edges[:-1]) / 2
        parts = [running & (angle >= a) & (angle < b) for a, b in zip(edges[:-1], edges[1:], strict=True)]
        mean = [speed[part].mean() if part.any() else np.nan for part in parts]
        ax.bar(middle, mean, width=2 * math.pi / 24 * 0.9, color=_BLUE, alpha=0.8)
        ax.set_ylim(0, np.nanmax(mean) * 1.1)
    ax.set_yticklabels([])
    ax.set_title("speed around the oval (running)", fontsize=9)
    return _svg(fig)


def _below(log: RunLog) -> str:
    t = np.array([s.t_ms for s in log.seconds]) / 60e3
    known = [s.balance for s in log.seconds]
    both = any(b is not None for b in known)
    fig, axes = plt.subplots(2 if both else 1, 1, figsize=(11, 3.4 if both else 1.9), sharex=True, squeeze=False)
    cadence = np.array([s.cadence_spm if s.cadence_spm > 0 else np.nan for s in log.seconds], float)
    axes[0][0].plot(t, cadence, color=_GREEN, lw=1)
    axes[0][0].set_ylabel("steps/min")
    if both:
        left = np.array([b if b is not None else np.nan for b in known], float)
        axes[1][0].fill_between(t, 0, left, color=_BLUE, alpha=0.35, lw=0)
        axes[1][0].plot(t, left, color=_BLUE, lw=1)
        axes[1][0].set_ylim(0, 105)
        axes[1][0].set_ylabel("D' left, %")
    axes[-1][0].set_xlabel("minutes")
    return _svg(fig)


def _cues(log: RunLog) -> str:
    rows = "".join(
        f"<tr><td>{clock(c.t_ms)}</td><td>{coach.CUE_NAMES[c.value]}</td><td>{html.escape(c.reason)}</td>"
        f"<td>{c.time_ms / 1000:+.1f} s</td><td>{c.confidence} %</td></tr>"
        for c in log.cues
    )
    head = "<tr><th>at</th><th>cue</th><th>why</th><th>end would be early by</th><th>sure</th></tr>"
    return f"<details><summary>{len(log.cues)} cues</summary><table>{head}{rows}</table></details>"


def _picture(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    label = html.escape(path.stem.removeprefix("oled-").replace("-", " "))
    return f'<figure><img alt="{label}" src="data:image/png;base64,{data}"><figcaption>{label}</figcaption></figure>'


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2733; max-width: 1060px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.8em; margin: 0; }
h2 { font-size: 1.15em; margin: 1.8em 0 .5em; }
.sub { color: #6b7785; margin: .2em 0; font-size: .9em; }
.facts { display: flex; flex-wrap: wrap; gap: 1.8em; margin: 1em 0; }
.facts b { display: block; font-size: 1.5em; }
.facts span { color: #6b7785; font-size: .85em; }
svg { width: 100%; height: auto; }
.two { display: grid; grid-template-columns: 3fr 2fr; gap: 1em; align-items: center; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: .18em .8em; text-align: right; }
td:nth-child(2), th:nth-child(2) { text-align: left; }
th { color: #6b7785; font-weight: 500; border-bottom: 1px solid #d5dbe2; }
tr.hard td { font-weight: 600; }
.warn { color: #c0392b; }
footer { color: #8a94a0; font-size: .8em; margin: 3em 0 1em; }
.screens { display: flex; flex-wrap: wrap; gap: .8em; }
figure { margin: 0; }
figure img { width: 240px; border-radius: 6px; }
figcaption { color: #6b7785; font-size: .8em; text-align: center; }
summary { cursor: pointer; }
@media (max-width: 700px) { .two { grid-template-columns: 1fr; }
}
@media print { details { display: block; }
}
</style></head><body>
BODY
</body></html>
"""
