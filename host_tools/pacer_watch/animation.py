"""A run in some seconds: the watch's screen, and below it the pace against the target as far as it has come."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .pictures import frame_at, frame_image
from .text import clock, pace
from .twin.result import Result

_WIDE, _HIGH = 548, 152  # of the strip, in pixels; as wide as the screen in its bezel
_LEFT, _TOP, _BOTTOM = 52, 24, 12
_FRAMES = 64
_FRAME_MS = 140
_LAST_MS = 2500
_COLOURS = 24
_PAPER, _INK, _GRID = (24, 26, 30), (222, 228, 234), (58, 62, 70)
_BAND, _LINE, _NOW = (122, 92, 28), (120, 200, 255), (255, 255, 255)
_CUES = {1: (236, 106, 90), 2: (160, 168, 176), 3: (178, 132, 236)}  # easy now, hold steady, push
_PACES = (150, 180, 210, 240, 300, 360, 480, 720)  # s/km that may be named at the left
_LEAST_APART = 16  # pixels between two of them


class _Strip:
    """Where a moment and a speed are on the strip."""

    def __init__(self, result: Result) -> None:
        self.t_ms = np.array([s.t_ms for s in result.seconds])
        self.speed_m_s = np.array([s.speed_mm_s for s in result.seconds]) / 1000
        self.end_ms = int(self.t_ms[-1])
        bands = [result.plan[lap.index].edges()[0] for lap in result.laps if result.target(lap.index)[0]]
        fastest = max([float(np.percentile(self.speed_m_s, 99)), *(1e6 / min(edges) for edges in bands)])
        self._top_m_s = max(4.0, 1.1 * fastest)

    def x(self, ms: float) -> float:
        return _LEFT + (_WIDE - _LEFT - 10) * ms / max(1, self.end_ms)

    def y(self, speed_m_s: float) -> float:
        return _HIGH - _BOTTOM - (_HIGH - _TOP - _BOTTOM) * min(1.0, speed_m_s / self._top_m_s)


def save(result: Result, path: Path) -> None:
    """The animation as a GIF. Nothing is written where no second was run."""
    if not result.seconds or result.seconds[-1].t_ms <= 0:
        return
    strip = _Strip(result)
    ground = _ground(result, strip)
    moments = {round(ms) for ms in np.linspace(0, strip.end_ms, _FRAMES)}
    moments |= {min(strip.end_ms, cue.t_ms + 800) for cue in result.cues}
    images = [_picture(result, strip, ground, ms) for ms in sorted(moments)]
    images = [image.quantize(_COLOURS, dither=Image.Dither.NONE) for image in images]
    lasts = [_FRAME_MS] * (len(images) - 1) + [_LAST_MS]
    images[0].save(path, save_all=True, append_images=images[1:], duration=lasts, loop=0, optimize=True)


def _ground(result: Result, strip: _Strip) -> Image.Image:
    """The strip before the run: paces at the left, the plan's targets."""
    image = Image.new("RGB", (_WIDE, _HIGH), _PAPER)
    draw = ImageDraw.Draw(image)
    begin = 0
    for lap in result.laps:
        if result.target(lap.index)[0]:
            fast, slow = ([strip.y(1e6 / edge) for edge in side] for side in result.plan[lap.index].edges())
            a, b = strip.x(begin), strip.x(lap.t_ms)
            draw.polygon([(a, fast[0] - 2), (b, fast[1] - 2), (b, slow[1] + 2), (a, slow[0] + 2)], _BAND)
        begin = lap.t_ms
    font = ImageFont.load_default(12)
    last_y = -_LEAST_APART
    for seconds in _PACES:
        y = strip.y(1000 / seconds)
        if y < _TOP + 1 or y - last_y < _LEAST_APART:
            continue
        last_y = round(y)
        draw.line([(_LEFT, y), (_WIDE - 10, y)], _GRID)
        draw.text((_LEFT - 6, y), pace(1000 * seconds), _INK, font, anchor="rm")
    return image


def _picture(result: Result, strip: _Strip, ground: Image.Image, ms: int) -> Image.Image:
    """One frame: the screen at that moment, and the strip up to it."""
    glass = frame_image(frame_at(result, result.start_us + 1000 * ms))
    image = Image.new("RGB", (_WIDE, glass.height + _HIGH), _PAPER)
    image.paste(glass, ((_WIDE - glass.width) // 2, 0))
    part = ground.copy()
    draw = ImageDraw.Draw(part)
    done = strip.t_ms <= ms
    points = [(strip.x(t), strip.y(v)) for t, v in zip(strip.t_ms[done], strip.speed_m_s[done], strict=True)]
    if len(points) > 1:
        draw.line(points, _LINE, 2)
    for cue in result.cues:
        if cue.t_ms <= ms:
            x = strip.x(cue.t_ms)
            draw.polygon([(x - 4, _TOP - 6), (x + 4, _TOP - 6), (x, _TOP)], _CUES[cue.value])
    draw.line([(strip.x(ms), _TOP), (strip.x(ms), _HIGH - _BOTTOM)], _NOW)
    small = ImageFont.load_default(13)
    draw.text((_LEFT, 4), f"{result.workout.name or 'Workout'}: pace and target", _INK, small)
    draw.text((_WIDE - 10, 4), clock(ms).partition(".")[0], _INK, small, anchor="ra")
    image.paste(part, (0, glass.height))
    return image
