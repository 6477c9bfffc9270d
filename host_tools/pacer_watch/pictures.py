"""Pictures of a run: the OLED as PNG and GIF, pace against target as a plot."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from pacer.core import workout as wk

from .formats.ovals import Track
from .formats.runlog import OvalSeen, Second
from .text import KM, Units, plain
from .twin.result import Result

_LIT = (186, 242, 255)
_DARK = (6, 10, 14)
_SCALE = 4
_MARGIN = 18


def pixels(memory: bytes) -> np.ndarray:
    """A frame's display memory as 64 x 128 booleans."""
    pages = np.frombuffer(memory, np.uint8).reshape(8, 128)
    return np.unpackbits(pages[:, None, :], axis=1, bitorder="little").reshape(64, 128).astype(bool)


def frame_image(memory: bytes, scale: int = _SCALE) -> Image.Image:
    """One frame as the eye sees the glass: pixels apart from each other, in a dark bezel."""
    lit = pixels(memory)
    cell = np.zeros((64 * scale, 128 * scale), bool)
    for dy in range(scale - 1):
        for dx in range(scale - 1):
            cell[dy::scale, dx::scale] = lit
    rgb = np.where(cell[:, :, None], np.array(_LIT, np.uint8), np.array(_DARK, np.uint8)).astype(np.uint8)
    glass = Image.fromarray(rgb)
    image = Image.new("RGB", (glass.width + 2 * _MARGIN, glass.height + 2 * _MARGIN), (24, 26, 30))
    ImageDraw.Draw(image).rounded_rectangle(
        (6, 6, image.width - 7, image.height - 7), radius=12, fill=_DARK, outline=(58, 62, 70), width=2
    )
    image.paste(glass, (_MARGIN, _MARGIN))
    return image


def save_gif(frames: Sequence[bytes], path: Path, ms: int = 120) -> None:
    """An animation of frames, small enough for a README."""
    images = [frame_image(f, 3).quantize(8) for f in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=ms, loop=0, optimize=True)


def key_frames(result: Result, every_s: float) -> list[bytes]:
    """Frames through a run: one every `every_s` seconds, and one at each cue and lap."""
    wanted = list(np.arange(1.0, result.virtual_s, every_s) * 1e6)
    wanted += [result.start_us + 1000 * e.t_ms + 600_000 for e in result.events if e.kind in ("cue", "lap")]
    return [frame_at(result, us) for us in sorted(wanted)]


def frame_at(result: Result, us: float) -> bytes:
    """What the screen showed at a time from power-on."""
    times = [t for t, _ in result.frames]
    i = int(np.searchsorted(times, us, side="right")) - 1
    return result.frames[max(0, i)][1]


def named_times(result: Result) -> dict[str, float]:
    """When each screen that the run came by was up, in us from power-on, the first one first."""
    at = result.start_us
    out = {"ready": float(at - 500_000)}
    seen: set[str] = set()
    for lap in result.laps:
        if lap.index >= len(result.plan):
            continue
        name = wk.KIND_NAMES[result.plan[lap.index].kind]
        if name not in seen and lap.time_ms > 8_000:
            seen.add(name)
            out[name] = at + 1000 * (lap.t_ms - lap.time_ms * 2 // 5)
        if result.plan[lap.index].note and "note" not in out:
            out["note"] = at + 1000 * (lap.t_ms - lap.time_ms + 1500)
    names = {1: "cue-easy-now", 2: "cue-hold-steady", 3: "cue-push"}
    for cue in result.cues:
        out.setdefault(names[cue.value], at + 1000 * cue.t_ms + 800_000)
    for event in result.events:
        if event.kind == "pause":
            out["paused"] = at + 1000 * event.t_ms + 900_000
        elif event.kind == "split":
            out.setdefault("split", at + 1000 * event.t_ms + 8_000_000)
    out["summary"] = result.frames[-1][0]
    return dict(sorted(out.items(), key=lambda item: item[1]))


def named_frames(result: Result) -> dict[str, bytes]:
    """A frame of each screen that the run came by."""
    return {name: frame_at(result, us) for name, us in named_times(result).items()}


_PACES_S = (150, 180, 210, 240, 270, 300, 330, 360, 390, 420, 450, 480, 540, 600, 720, 900)  # on an axis, a km or mile


def pace_plot(result: Result, path: Path, units: Units = KM) -> None:
    """Pace against target over the run: what the watch showed, the truth, the band, the cues."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter

    t = np.array([s.t_ms for s in result.seconds]) / 60_000
    speed = np.array([s.speed_mm_s for s in result.seconds]) / 1000
    raw = np.array([s.raw_mm_s for s in result.seconds]) / 1000
    true = np.array([result.truth.speed_at(result.start_us + s.t_ms * 1000) for s in result.seconds])
    fig, ax = plt.subplots(figsize=(12, 5.2), dpi=130)
    begin = 0.0
    for lap in result.laps:
        end = lap.t_ms / 60_000
        if result.target(lap.index)[0]:
            fast, slow = (1e6 / np.array(edge) for edge in result.plan[lap.index].edges())
            wide = 0.0 if any(fast != slow) else 0.01
            ax.fill_between(
                [begin, end], fast * (1 - wide), slow * (1 + wide), color="#f2b84b", alpha=0.75, lw=0, label="target",
                zorder=1,
            )  # fmt: skip
        begin = end
    ax.plot(t, raw, ".", ms=1.6, color="#9aa5b1", alpha=0.6, label="receiver's own speed", zorder=2)
    ax.plot(t, true, color="#2a9d62", lw=1.0, label="really run", zorder=3)
    ax.plot(t, speed, color="#1f5fa8", lw=1.3, label="shown by the watch", zorder=4)
    marks = {1: ("v", "#c0392b", "easy now"), 2: ("o", "#555555", "hold steady"), 3: ("^", "#7d3cc9", "push")}
    for cue in result.cues:
        marker, colour, name = marks[cue.value]
        at = result.truth.speed_at(result.start_us + cue.t_ms * 1000)
        ax.plot(cue.t_ms / 60_000, at, marker, color=colour, ms=6, label=name, zorder=5)
    top = max(4.0, float(speed.max()) * 1.08 if len(speed) else 4.0)
    ax.set_ylim(0, top)
    ax.set_xlim(0, max(t[-1], 0.1) if len(t) else 1)
    ax.set_yticks(_pace_ticks(units, top))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: units.pace(1e6 / v) if v else ""))
    ax.set_xlabel("minutes")
    ax.set_ylabel(f"pace {units.per}")
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    handles, labels = ax.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    ax.legend(unique.values(), unique.keys(), loc="lower left", ncols=len(unique), fontsize=8, frameon=False,
              bbox_to_anchor=(0, 1.0))  # fmt: skip
    _title(ax, result.workout.name or "Workout")
    fig.tight_layout()
    fig.savefig(path)
    plt.close(fig)


def _title(ax: Any, text: str, size: int = 11, loc: str = "right") -> None:
    """A title as it is written: `$` is no formula."""
    ax.set_title(plain(text), loc=loc, fontsize=size, parse_math=False)


def _pace_ticks(units: Units, top_m_s: float) -> list[float]:
    """Speeds in m/s whose paces are round, none too near to the next."""
    out = [0.0]
    for s in reversed(_PACES_S):
        v = units.mm / 1000 / s
        if v < top_m_s and v - out[-1] > top_m_s / 25:
            out.append(v)
    return out[1:]


def oval_outline(oval: OvalSeen | Track, points: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """East and north of the learned oval's line, in metres from its centre."""
    half = oval.straight_m / 2
    bend = np.linspace(-math.pi / 2, math.pi / 2, points)
    x = np.concatenate([half + oval.radius_m * np.cos(bend), -half - oval.radius_m * np.cos(bend)])
    y = np.concatenate([oval.radius_m * np.sin(bend), -oval.radius_m * np.sin(bend)])
    x, y = np.append(x, x[0]), np.append(y, y[0])
    turn = math.radians(oval.angle_deg)
    return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)


def draw_tracks(tracks: list[Track], path: Path) -> None:
    """The lines of tracks' lane 1, each on its own axes with north up."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    columns = min(4, len(tracks))
    rows = -(-len(tracks) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(4 * columns, 4 * rows), dpi=110, squeeze=False)
    for k, ax in enumerate(axes.flat):
        ax.set_visible(k < len(tracks))
        if k >= len(tracks):
            continue
        t = tracks[k]
        x, y = oval_outline(t)
        ax.plot(x, y, color="#c0392b", lw=1.6)
        ax.set_aspect("equal", adjustable="datalim")
        ax.set_xlabel("metres east")
        ax.set_ylabel("metres north")
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
        _title(ax, f"{k + 1}  {t.lat_deg:.5f}, {t.lon_deg:.5f}: a lap of {t.lap_m:.0f} m", size=9, loc="center")
    fig.tight_layout()
    fig.savefig(path)
    plt.close(fig)


def metres(
    seconds: list[Second], oval: OvalSeen | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[float, float]]:
    """East and north in metres of the first place, speed in m/s, of each second with a place; and the oval's centre."""
    placed = [s for s in seconds if s.lat_deg is not None and s.lon_deg is not None]
    if not placed:
        return np.array([]), np.array([]), np.array([]), (0.0, 0.0)
    lat0, lon0 = float(placed[0].lat_deg or 0), float(placed[0].lon_deg or 0)
    east_m, north_m = 111_320 * math.cos(math.radians(lat0)), 111_200
    x = np.array([(s.lon_deg or 0) - lon0 for s in placed]) * east_m
    y = np.array([(s.lat_deg or 0) - lat0 for s in placed]) * north_m
    centre = ((oval.lon_deg - lon0) * east_m, (oval.lat_deg - lat0) * north_m) if oval else (0.0, 0.0)
    return x, y, np.array([s.speed_mm_s for s in placed]) / 1000, centre


def draw_map(fig: Any, ax: Any, seconds: list[Second], ovals: list[OvalSeen], units: Units = KM) -> None:
    """The way that was run, coloured by speed, and the last oval that the watch learned."""
    oval = ovals[-1] if ovals else None
    x, y, speed, (cx, cy) = metres(seconds, oval)
    far = units.miles and max(np.ptp(x), np.ptp(y)) > units.mm / 1000  # a track stays in metres
    size = units.mm / 1000 if far else 1.0
    x, y, cx, cy = x / size, y / size, cx / size, cy / size
    slow, fast = np.percentile(speed, (2, 98))
    dots = ax.scatter(x, y, c=speed, s=4, cmap="viridis", vmin=slow, vmax=fast, rasterized=True)
    if oval:
        ox, oy = oval_outline(oval)
        ax.plot(ox / size + cx, oy / size + cy, color="#c0392b", lw=1.3, label="oval learned by the watch")
        ax.legend(loc="upper left", frameon=False, fontsize=9)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel("miles east" if far else "metres east")
    ax.set_ylabel("miles north" if far else "metres north")
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    bar = fig.colorbar(dots, ax=ax, shrink=0.72, label=f"pace {units.per}")
    ticks = [t for t in bar.get_ticks() if t > 0.3]
    bar.set_ticks(ticks, labels=[units.pace(1e6 / t) for t in ticks])


def map_plot(seconds: list[Second], ovals: list[OvalSeen], title: str, path: Path, units: Units = KM) -> bool:
    """The map as a picture. False without places."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    if sum(s.lat_deg is not None for s in seconds) < 2:
        return False
    fig, ax = plt.subplots(figsize=(8, 7), dpi=130)
    draw_map(fig, ax, seconds, ovals, units)
    _title(ax, title)
    fig.tight_layout()
    fig.savefig(path)
    plt.close(fig)
    return True


def save(result: Result, folder: Path, units: Units = KM) -> None:
    """All pictures of a session whose frames were recorded: oled-NAME.png, oled.gif, pace.png, map.png."""
    for name, us in named_times(result).items():
        told = PngInfo()  # the report puts the screens in order by it
        told.add_text("run-ms", str(round((us - result.start_us) / 1000)))
        frame_image(frame_at(result, us)).quantize(8).save(folder / f"oled-{name}.png", pnginfo=told, optimize=True)
    save_gif(key_frames(result, 20), folder / "oled.gif")
    pace_plot(result, folder / "pace.png", units)
    map_plot(result.seconds, result.ovals, result.workout.name or "Workout", folder / "map.png", units)
