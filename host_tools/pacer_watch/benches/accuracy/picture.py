"""A rep on an arm that swings, as a picture: what the receiver says, what the watch shows, what is true."""

from pathlib import Path

import numpy as np

from ...twin import interp
from .pace import boxcar
from .streams import ARM, SEED, make, ours

_PARTS_S = ((60, 405.0), (180, 240.0), (60, 405.0))  # jog, a rep, jog: seconds, s/km
_RAMP_S = 3.0
_WARM_S = 300  # run before, so that the watch knows its receiver


def draw(path: Path, runtime: str | None = None, spm: float = 172.0) -> None:
    """Write the picture as PNG (or what the name's ending says)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    rate = ARM.rate_hz
    paces = [(_WARM_S, _PARTS_S[0][1]), *_PARTS_S]
    steps = np.concatenate([np.full(s * rate, 1000 / p) for s, p in paces])
    ramp = round(_RAMP_S * rate)
    padded = np.concatenate([np.full(ramp, steps[0]), steps])
    speed = np.convolve(padded, np.ones(ramp) / ramp, "full")[ramp : ramp + len(steps)]
    stream = make(speed, ARM, SEED + 9, spm=spm)
    shown = ours([stream], interp.choose(runtime))[0][:, 1]
    lines = (
        ("the receiver, on the arm", stream.measured, "0.75", 0.8),
        ("10 s boxcar", boxcar(10)(stream.measured, rate), "tab:orange", 1.2),
        ("the watch", shown, "tab:blue", 1.8),
        ("true", speed, "black", 1.2),
    )
    t = np.arange(len(speed)) / rate - _WARM_S
    seen = t >= 0
    fig, axes = plt.subplots(2, 1, figsize=(9, 6.5), gridspec_kw={"height_ratios": [3, 2]}, layout="constrained")
    for ax, zoomed in zip(axes, (False, True), strict=True):
        for name, values, colour, width in lines:
            pace = 1000 / np.maximum(values[seen], 0.8) / 60
            style = "--" if name == "true" else "-"
            ax.plot(t[seen], pace, style, color=colour, linewidth=width, label=name)
        ax.set_ylabel("min/km")
        ax.grid(alpha=0.3)
        ax.set_ylim((8, 3) if not zoomed else (7.2, 3.6))
    axes[0].set_title(f"A rep of 3 min at 4'00\" between jogs, {rate} fixes a second, {spm:g} steps/min", loc="left")
    axes[0].legend(loc="lower right", ncols=4, fontsize=8)
    axes[1].set_xlim(_PARTS_S[0][0] - 10, _PARTS_S[0][0] + 50)
    axes[1].set_xlabel("s")
    fig.savefig(path, dpi=110)
    plt.close(fig)
