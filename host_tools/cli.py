"""The `pacer` command."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import rich_click as click
from rich import box
from rich.console import Console
from rich.table import Table

from pacer.core import notation
from pacer.core import workout as wk

from . import WORKOUTS
from . import bench as benches
from .text import band, clock, distance, pace
from .twin import interp, session
from .twin.chips import Refused
from .twin.chips.gnss import NmeaReceiver, UbloxReceiver
from .twin.oval import Oval
from .twin.recording import Recording, Unreadable
from .twin.recording import read as read_recording
from .twin.runner import VirtualRunner, unroll
from .twin.session import Result, cues_table, laps_table

_OUT = Console()
_ERR = Console(stderr=True)
_FREE_RUN = "Workout - Free run\n- lap\n"


class Sorry(click.ClickException):
    """Bad input: one sentence, exit status 2."""


def _fail(message: str) -> NoReturn:
    raise Sorry(message)


def _read_workout(path: Path) -> tuple[str, wk.Workout]:
    """A workout file, or one of the library by its name."""
    if not path.exists() and (WORKOUTS / f"{path}.txt").exists():
        path = WORKOUTS / f"{path}.txt"
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        _fail(f"{path} is a folder; expected a workout file")
    except OSError:
        names = ", ".join(sorted(p.stem for p in WORKOUTS.glob("*.txt")))
        _fail(f"{path}: there is no such file; the library has {names}")
    try:
        workout = notation.parse(data)
        return data.decode("utf-8"), workout
    except notation.NotationError as e:
        _fail(f"{path}: {e}")


def _emit(value: dict[str, Any]) -> None:
    print(json.dumps(value, indent=2))


def _runtime_option(f: Any) -> Any:
    return click.option(
        "--runtime", type=click.Choice([interp.UNIX, interp.WASM]), default=None,
        help="MicroPython for unix (64-bit, the default where it exists) or WebAssembly (32-bit).",
    )(f)  # fmt: skip


def _out_option(f: Any) -> Any:
    return click.option(
        "--out", type=click.Path(path_type=Path), default=None,
        help="Folder for the pictures: the OLED as GIF and PNG, pace against target.",
    )(f)  # fmt: skip


def _json_option(f: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")(f)


def main() -> None:
    """The console script: every complaint is one sentence on standard error, with exit status 2."""
    try:
        sys.exit(pacer(standalone_mode=False))
    except click.Abort:
        print("pacer: stopped", file=sys.stderr)
        sys.exit(130)
    except click.ClickException as e:
        hint = e.ctx.command_path if isinstance(e, click.UsageError) and e.ctx else ""
        print(f"pacer: {e.format_message()}" + (f" Try '{hint} --help'." if hint else ""), file=sys.stderr)
    sys.exit(2)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=False, invoke_without_command=True
)
@click.pass_context
@click.version_option(package_name="pacer-watch", prog_name="pacer")
def pacer(context: click.Context) -> None:
    """Pacer: an open running pacer on MicroPython, and its laptop tools."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@pacer.command()
@click.argument("file", type=click.Path(path_type=Path))
@_json_option
def check(file: Path, as_json: bool) -> None:
    """Read a workout and show what the watch will run.

    \b
    Examples:
      pacer check workouts/ladder-5x1000.txt
      pacer check progressive-1k --json
    """
    _, workout = _read_workout(file)
    steps = unroll(workout)
    _, time_ms, distance_mm, unknown = workout.totals()[:4]
    if as_json:
        _emit(
            {
                "name": workout.name,
                "steps": [
                    {
                        "step": i + 1,
                        "kind": wk.KIND_NAMES[s.kind],
                        "end": wk.END_NAMES[s.end],
                        "amount": s.amount if s.end != wk.END_LAP else None,
                        "unit": {wk.END_TIME: "ms", wk.END_DISTANCE: "mm"}.get(s.end),
                        "pace_fast_ms_km": s.pace_fast or None,
                        "pace_slow_ms_km": s.pace_slow or None,
                        "rep": s.rep or None,
                        "reps": s.reps or None,
                        "note": s.note,
                    }
                    for i, s in enumerate(steps)
                ],
                "total_time_ms": time_ms,
                "total_distance_mm": distance_mm,
                "steps_of_unknown_extent": unknown,
            }
        )
        return
    table = Table(title=workout.name or "Workout", title_justify="left", box=box.SIMPLE)
    for name, justify in (
        ("step", "right"),
        ("rep", "right"),
        ("kind", "left"),
        ("length", "right"),
        ("pace per km", "left"),
        ("note", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for i, s in enumerate(steps[:200]):
        rep = f"{s.rep}/{s.reps}" if s.reps else ""
        length = notation.amount_text(s.end, s.amount)
        table.add_row(str(i + 1), rep, wk.KIND_NAMES[s.kind], length, band(s.pace_fast, s.pace_slow), s.note or "")
    _OUT.print(table)
    if len(steps) > 200:
        _OUT.print(f"... and {len(steps) - 200} more; --json has them all")
    more = f" and {unknown} steps of unknown length" if unknown else ""
    _OUT.print(f"in all {clock(time_ms)}, {distance(distance_mm)}{more}")


@pacer.command()
@click.argument("workout", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Seed of the runner and the receiver's errors.")
@click.option(
    "--rate",
    type=click.Choice(["1", "10"]),
    default="1",
    show_default=True,
    help="Fixes a second: 1 from a plain NMEA receiver, 10 from a u-blox that the watch sets up.",
)
@click.option("--lane", type=click.IntRange(1, 8), default=1, show_default=True, help="Lane of the 400 m track.")
@click.option("--live/--no-live", default=None, help="Show the run while it happens (default: on a terminal).")
@_runtime_option
@_out_option
@_json_option
def sim(
    workout: Path,
    seed: int,
    rate: str,
    lane: int,
    live: bool | None,
    runtime: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run a workout with a virtual runner on a 400 m track.

    The firmware runs unmodified on a real MicroPython, over models of the real chips; the runner hears the
    buzzer and answers.

    \b
    Examples:
      pacer sim workouts/ladder-5x1000.txt
      pacer sim ladder-5x1000 --seed 7 --rate 10 --json
      pacer sim progressive-1k --runtime wasm --out out
    """
    text, parsed = _read_workout(workout)
    person = VirtualRunner(parsed, seed, Oval(lane))
    talker = NmeaReceiver(person.observe) if rate == "1" else UbloxReceiver(person.observe)
    result = _run(text, person, talker, seed, runtime, out, as_json, live)
    if as_json:
        _emit({"workout": parsed.name, "seed": seed, "rate_hz": int(rate), "lane": lane, **_summary(result)})
        return
    _show(result, out)


@pacer.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--workout", type=click.Path(path_type=Path), default=None, help="Workout to run; a free run if none.")
@click.option("--live/--no-live", default=None, help="Show the run while it happens (default: on a terminal).")
@_runtime_option
@_out_option
@_json_option
def replay(
    recording: Path, workout: Path | None, live: bool | None, runtime: str | None, out: Path | None, as_json: bool
) -> None:
    """Feed a real recording (FIT, GPX, TCX or a receiver's NMEA log) to the watch.

    \b
    Examples:
      pacer replay run.fit
      pacer replay morning.gpx --workout progressive-1k --out out
      pacer replay receiver.log --json
    """
    text = _read_workout(workout)[0] if workout else _FREE_RUN
    try:
        source = read_recording(recording)
    except Unreadable as e:
        _fail(str(e))
    limit = int((source.length_s + 120) * 1e6)
    result = _run(text, source.person, source.talker, 1, runtime, out, as_json, live, limit, source.length_s)
    if result.sentences is None:
        _fail(f"{recording}: the watch's run did not come to its end; is the recording whole?")
    own = _own(source, result)
    if as_json:
        _emit({"recording": own, "workout": result.workout.name, **_summary(result)})
        return
    _show(result, out)
    totals = _summary(result)["totals"]
    if own["distance_m"] is not None:
        _OUT.print(
            f"the recording says {own['distance_m']:.1f} m in {clock(1000 * own['time_s'])}; "
            f"the watch {totals['distance_mm'] / 1000:.1f} m in {clock(totals['time_ms'])}"
        )
    s = own["sentences"]
    _OUT.print(f"sentences: {s['accepted']} read, {s['other']} of other kinds, {s['refused']} refused")


@pacer.command("bench")
@click.argument("name", type=click.Choice(sorted(benches.BENCHES)))
@_runtime_option
@_json_option
def bench(name: str, runtime: str | None, as_json: bool) -> None:
    """Measure, on this machine, and print the figures beside what they should reach.

    accuracy: pace, distance and cadence against the truth, beside the usual filters on the same input.
    size: bytes, heap and instructions on the 32-bit interpreter.

    \b
    Examples:
      pacer bench size
      pacer bench accuracy --runtime wasm --json
    """
    try:
        with _ERR.status(f"measuring {name}..."):
            rows = benches.BENCHES[name](runtime)
    except (interp.Crashed, Refused) as e:
        raise Sorry(f"the bench stopped: {e}") from e
    if as_json:
        _emit({"bench": name, "runtime": interp.choose(runtime), "rows": [row.as_dict() for row in rows]})
        return
    table = Table(title=f"bench {name}", title_justify="left", box=box.SIMPLE)
    harder = any(row.harder is not None for row in rows)
    for column in ("figure", "value", "unit", "reach", "", *(["harder", "others on the same input"] if harder else [])):
        table.add_column(column, justify="right" if column in ("value", "harder") else "left")
    for row in rows:
        verdict = "" if row.ok is None else "yes" if row.ok else "missed"
        cells = [row.name, "-" if row.value is None else f"{row.value:g}", row.unit, row.reach or row.note, verdict]
        if harder:
            others = ", ".join(f"{k} {v:.3g}" for k, v in (row.others or {}).items())
            cells += ["" if row.harder is None else f"{row.harder:g}", others]
        table.add_row(*cells)
    _OUT.print(table)


def _own(source: Recording, result: Result) -> dict[str, Any]:
    return {
        "kind": source.kind,
        "distance_m": source.own_distance_m,
        "time_s": source.own_time_s,
        "sentences": result.sentences,
    }


def _run(
    text: str, person: Any, talker: Any, seed: int, runtime: str | None, out: Path | None, as_json: bool,
    live: bool | None, limit_us: int | None = None, length_s: float | None = None,
) -> Result:  # fmt: skip
    chosen = interp.choose(runtime)
    options: dict[str, Any] = {"runtime": chosen, "seed": seed, "record": out is not None, "limit_us": limit_us}
    try:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        _fail(f"the folder {out} cannot be made ({e.strerror}); name another with --out")
    try:
        if as_json or not (live if live is not None else _OUT.is_terminal):
            return session.run(text, person, talker, **options)
        from .live import LiveView

        parsed = notation.parse(text)
        total = length_s or parsed.totals()[1] / 1000
        with LiveView(_OUT, unroll(parsed), parsed.name, total) as view:
            return session.run(text, person, talker, live=view, **options)
    except (interp.Crashed, Refused) as e:
        raise Sorry(f"the run on {chosen} MicroPython stopped: {e}") from e


def _summary(result: Result) -> dict[str, Any]:
    laps = laps_table(result)
    end = next((e for e in result.events if e.kind == "end"), None)
    last = result.heard_us(end.t_ms) if end else 0
    start = result.heard_us(0)
    return {
        "laps": laps,
        "cues": cues_table(result),
        "events": [
            {"kind": e.kind, "t_ms": e.t_ms, "step": e.index + 1, "rep": e.rep, "value": e.value} for e in result.events
        ],
        "totals": {
            "time_ms": end.time_ms if end else None,
            "distance_mm": end.distance_mm if end else None,
            "true_time_ms": (last - start) // 1000 if end else None,
            "true_distance_mm": round(1000 * (result.truth.distance_at(last) - result.truth.distance_at(start)))
            if end
            else None,
            "laps": len(laps),
            "cues": dict(Counter(c["kind"] for c in cues_table(result))),
            "saved": result.saved,
        },
        "runtime": result.runtime,
        "virtual_s": round(result.virtual_s, 3),
        "wall_s": round(result.wall_s, 3),
    }


def _show(result: Result, out: Path | None) -> None:
    table = Table(title=f"{result.workout.name or 'Workout'}: laps", title_justify="left", box=box.SIMPLE)
    for name in ("step", "kind", "rep", "target", "time", "metres", "pace", "off by"):
        table.add_column(name, justify="left" if name == "kind" else "right", no_wrap=True)
    for lap in laps_table(result):
        target = lap["target"]
        off = lap["distance_mm"] - lap["true_distance_mm"]
        speed = lap["time_ms"] * 1e6 / lap["distance_mm"] if lap["distance_mm"] else 0
        table.add_row(
            str(lap["step"]),
            lap["kind"],
            str(lap["rep"] or ""),
            band(target["pace_fast_ms_km"], target["pace_slow_ms_km"]) if target else "-",
            clock(lap["time_ms"]),
            f"{lap['distance_mm'] / 1000:.1f}",
            pace(speed),
            f"{off / 1000:+.1f} m",
        )
    _OUT.print(table)
    cues = Table(title="Cues", title_justify="left", box=box.SIMPLE)
    for name in ("at", "cue", "true pace", "target"):
        cues.add_column(name, justify="left" if name == "cue" else "right")
    for cue in cues_table(result):
        target = cue["target"]
        cues.add_row(
            clock(cue["t_ms"]), cue["kind"], pace(cue["true_pace_ms_km"] or 0),
            band(target["pace_fast_ms_km"], target["pace_slow_ms_km"]) if target else "-",
        )  # fmt: skip
    if cues.row_count:
        _OUT.print(cues)
    rate = result.virtual_s / result.wall_s
    _OUT.print(
        f"{clock(1000 * result.virtual_s)} of virtual time in {result.wall_s:.1f} s "
        f"({rate:.0f} x) on {result.runtime} MicroPython"
    )
    if out is not None:
        from . import pictures

        with _ERR.status("drawing..."):
            for name, memory in pictures.named_frames(result).items():
                pictures.frame_image(memory).save(out / f"oled-{name}.png")
            pictures.save_gif(pictures.key_frames(result, 20), out / "oled.gif")
            pictures.pace_plot(result, out / "pace.png")
            pictures.map_plot(result.seconds, result.ovals, result.workout.name or "Workout", out / "map.png")
            (out / "run.run").write_bytes(result.log)
        _OUT.print(f"pictures: {out}/oled.gif, oled-*.png, pace.png, map.png; the watch's log: {out}/run.run")
