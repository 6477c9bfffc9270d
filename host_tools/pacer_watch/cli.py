"""The `pacer` command."""

import json
import sys
from collections import Counter
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, NoReturn

import rich_click as click
from rich import box
from rich.console import Console
from rich.table import Table

from pacer.core import notation
from pacer.core import profile as pf
from pacer.core import workout as wk

from . import WORKOUTS, benches, zones
from .cable import COMMANDS
from .files import in_library, json_option, write_whole
from .formats import runlog
from .formats.notation import amount_text
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
_PROFILE = Path("profile.txt")
_EXAMPLE = WORKOUTS / "example.profile"
_FREE_RUN = "Workout - Free run\n- lap\n"


class Sorry(click.ClickException):
    """Bad input: one sentence, exit status 2."""


def _fail(message: str) -> NoReturn:
    raise Sorry(message)


def _read_workout(path: Path) -> tuple[str, wk.Workout]:
    """A workout file, or one of the library by its name."""
    path = in_library(path)
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


def _read_profile(path: Path) -> pf.Profile:
    try:
        found: pf.Profile = pf.parse(path.read_bytes())
        return found
    except IsADirectoryError:
        _fail(f"{path} is a folder; expected a profile")
    except OSError:
        _fail(f"{path}: there is no such profile; make one with: pacer profile --race 5k=20:00 --file {path}")
    except pf.ProfileError as e:
        _fail(f"{path}: {e}")


def _profile_for(workout: wk.Workout, given: Path | None) -> pf.Profile:
    """The profile that was named, else profile.txt here, else the example; the workout's targets by name with it."""
    path = given or (_PROFILE if _PROFILE.exists() else _EXAMPLE)
    profile = _read_profile(path)
    named = any(workout.target_a(r) < 0 or workout.target_b(r) < 0 for r in range(len(workout)))
    if path == _EXAMPLE and named:
        _ERR.print("[dim]no profile.txt here: paces by name are those of an example runner (5 km in 20:00)[/]")
    try:
        workout.resolve(profile)
    except pf.Unresolved as e:
        _fail(f"{path}: {e}")
    return profile


def _emit(value: dict[str, Any]) -> None:
    print(json.dumps(value, indent=2))


def _runtime_option(f: Any) -> Any:
    return click.option(
        "--runtime", type=click.Choice([interp.UNIX, interp.WASM]), default=None,
        help="MicroPython for unix (64-bit, the default where it exists) or WebAssembly (32-bit).",
    )(f)  # fmt: skip


def _profile_option(f: Any) -> Any:
    return click.option(
        "--profile", "profile_file", type=click.Path(path_type=Path), default=None,
        help="Profile for paces by name; profile.txt here if there is one, else an example runner.",
    )(f)  # fmt: skip


def _out_option(f: Any) -> Any:
    return click.option(
        "--out", type=click.Path(path_type=Path), default=None,
        help="Folder for the pictures: the OLED as GIF and PNG, pace against target.",
    )(f)  # fmt: skip


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
@_profile_option
@json_option
def check(file: Path, profile_file: Path | None, as_json: bool) -> None:
    """Read a workout and show what the watch will run.

    \b
    Examples:
      pacer check workouts/ladder-5x1000.txt
      pacer check progressive-1k --json
    """
    _, workout = _read_workout(file)
    _profile_for(workout, profile_file)
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
        length = amount_text(s.end, s.amount)
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
@click.option("--board", "board_name", default="esp32_devkit", show_default=True, help="Which board it runs on.")
@click.option("--live/--no-live", default=None, help="Show the run while it happens (default: on a terminal).")
@_profile_option
@_runtime_option
@_out_option
@json_option
def sim(
    workout: Path,
    seed: int,
    rate: str,
    lane: int,
    board_name: str,
    live: bool | None,
    profile_file: Path | None,
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
      pacer sim tempo-run --board lilygo_tbeam_supreme
    """
    text, parsed = _read_workout(workout)
    profile = _profile_for(parsed, profile_file)
    person = VirtualRunner(parsed, seed, Oval(lane))
    talker = NmeaReceiver(person.observe) if rate == "1" else UbloxReceiver(person.observe)
    result = _run(text, person, talker, seed, runtime, out, as_json, live, profile=profile, board=board_name)
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
@json_option
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


@pacer.command("profile")
@click.option(
    "--race", "races", multiple=True, metavar="RACE=TIME", help="A race or test, as 5k=18:45 or 5k=18:45@2026-10-03."
)
@click.option("--name", default=None, help="The runner's name.")
@click.option("--units", type=click.Choice(["km", "mi"]), default=None, help="Kilometres or miles.")
@click.option("--lane", type=click.IntRange(0, 8), default=None, help="The lane you run in; 0: the watch finds out.")
@click.option("--tolerance", type=click.FloatRange(0.01, 0.5), default=None, help="Half the width of the band, m/s.")
@click.option("--waypoints", type=click.Choice(["0", "50", "100", "200"]), default=None, help="Metres between clicks.")
@click.option("--metronome", type=click.IntRange(0, 240), default=None, help="Steps a minute to click; 0 for none.")
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=_PROFILE, show_default=True, help="The profile."
)
@json_option
def profile_command(
    races: tuple[str, ...], name: str | None, units: str | None, lane: int | None, tolerance: float | None,
    waypoints: str | None, metronome: int | None, path: Path, as_json: bool,
) -> None:  # fmt: skip
    """Make or change a profile: races to critical speed, zones and race paces.

    Two races of 2 to 20 minutes measure critical speed and D'; one race gives an estimate. Each figure comes with
    its uncertainty. Without options it shows the profile that there is.

    \b
    Examples:
      pacer profile --race 5k=18:45 --race 1500m=4:50
      pacer profile --lane 1 --waypoints 200
      pacer profile --json
    """
    profile = _read_profile(path) if path.exists() else pf.Profile()
    changed = False
    found: zones.Sums | None = None
    try:
        if races:
            today = date.today()
            found = zones.sums([zones.read_race(r, today) for r in races], today)
            zones.into(profile, found)
            changed = True
        elif profile.races:
            lines = [r.split() for r in profile.races]
            old = [f"{' '.join(w[1:-2])}={w[-2]}@{w[-1]}" for w in lines if len(w) > 3]
            found = zones.sums([zones.read_race(r, date.today()) for r in old], date.today()) if old else None
    except zones.BadRace as e:
        _fail(str(e))
    for key, value in (
        ("name", name[:24] if name else None), ("lane", lane), ("metronome_spm", metronome),
        ("miles", units == "mi" if units else None), ("tolerance_mm_s", round(1000 * tolerance) if tolerance else None),
        ("waypoint_mm", 1000 * int(waypoints) if waypoints else None),
    ):  # fmt: skip
        if value is not None:
            setattr(profile, key, value)
            changed = True
    if not changed and not path.exists():
        _fail(f"there is no profile at {path}; make one with: pacer profile --race 5k=20:00")
    if changed:
        _replace(path, profile.dump())
    if as_json:
        _emit(_profile_json(profile, found))
        return
    _show_profile(profile, found)
    if changed:
        _OUT.print(f"written to {path}; copy it to the watch with: mpremote cp {path} :profile.txt")


def _replace(path: Path, text: str) -> None:
    """Replace a file at once, the old one kept beside it."""
    try:
        if path.exists():
            path.with_suffix(path.suffix + ".old").write_bytes(path.read_bytes())
        write_whole(path, text.encode())
    except OSError as e:
        _fail(f"{path} cannot be written ({e.strerror}); name another with --file")


def _profile_json(profile: pf.Profile, found: "zones.Sums | None") -> dict[str, Any]:
    return {
        "name": profile.name,
        "critical_speed_mm_s": profile.cs_mm_s or None,
        "critical_speed_unsure_mm_s": profile.cs_unsure_mm_s or None,
        "dprime_mm": profile.dprime_mm or None,
        "dprime_unsure_mm": profile.dprime_unsure_mm or None,
        "estimated": found.critical.estimated if found else None,
        "vdot": round(found.vdot, 2) if found else None,
        "paces_ms_km": {n: profile.paces[i] for i, n in enumerate(pf.RACE_NAMES) if profile.paces[i]},
        "riegel_ms_km": {n: round(1000 * v) for n, v in found.riegel.items()} if found else None,
        "zones_ms_km": {
            n: [profile.zones[2 * i], profile.zones[2 * i + 1]]
            for i, n in enumerate(pf.ZONE_NAMES)
            if profile.zones[2 * i]
        },
        "tolerance_mm_s": profile.tolerance_mm_s,
        "lane": profile.lane,
        "waypoint_mm": profile.waypoint_mm,
        "metronome_spm": profile.metronome_spm,
        "warnings": found.warnings if found else [],
    }


def _show_profile(profile: pf.Profile, found: "zones.Sums | None") -> None:
    if profile.name:
        _OUT.print(f"[bold]{profile.name}[/]")
    if found:
        _OUT.print(f"VDOT {found.vdot:.1f} (best: {found.best.name})")
    if profile.cs_mm_s:
        how = " [dim](estimated from one race)[/]" if found and found.critical.estimated else ""
        _OUT.print(
            f"critical speed {profile.cs_mm_s / 1000:.3f} m/s +- {profile.cs_unsure_mm_s / 1000:.3f} "
            f"({pace(round(1e9 / profile.cs_mm_s))} per km), D' {profile.dprime_mm // 1000} m "
            f"+- {profile.dprime_unsure_mm // 1000}{how}"
        )
        table = Table(title="Zones", title_justify="left", box=box.SIMPLE)
        for column in ("zone", "pace per km", "share of CS", "RPE"):
            table.add_column(column, justify="left" if column == "zone" else "right")
        for i, zone in enumerate(pf.ZONE_NAMES):
            fast, slow = profile.band(pf.code(pf.ZONE, i))
            shares = [round(1e11 / p / profile.cs_mm_s) for p in (slow, fast)]
            table.add_row(zone, band(fast, slow), f"{shares[0]}-{shares[1]} %", pf.RPE[i])
        _OUT.print(table)
    if any(profile.paces):
        table = Table(title="Race paces", title_justify="left", box=box.SIMPLE)
        for column in ("race", "time", "pace per km", *(["Riegel"] if found else [])):
            table.add_column(column, justify="left" if column == "race" else "right")
        for i, race in enumerate(pf.RACE_NAMES):
            if profile.paces[i]:
                seconds = profile.paces[i] * (1609.344 if race == "mile" else pf.RACES_M[i]) / 1e6
                row = [race, zones.clock_text(round(seconds)), pace(profile.paces[i])]
                table.add_row(*row, *([pace(round(1000 * found.riegel[race]))] if found else []))
        _OUT.print(table)
    for warning in found.warnings if found else []:
        _OUT.print(f"[yellow]{warning}[/]")


@pacer.command("review")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=_PROFILE, show_default=True, help="The profile."
)
@click.option("--apply", "apply_", is_flag=True, help="Write the change into the profile.")
@json_option
def review_command(logs: tuple[Path, ...], path: Path, apply_: bool, as_json: bool) -> None:
    """Compare plan and run rep by rep, and propose next week's paces.

    \b
    Examples:
      pacer review runs/0007.run
      pacer review runs/*.run --apply
      pacer review out/run.run --json
    """
    from . import review

    profile = _read_profile(path) if path.exists() or apply_ else None
    sessions = []
    for log in logs:
        run = _read_log(log)
        if profile is None:
            try:
                profile = pf.parse(run.profile)
            except pf.ProfileError:
                profile = pf.Profile()
        sessions.append(review.look(run, log.name, profile))
    assert profile is not None
    proposal = review.propose(sessions)
    told = review.text(sessions, proposal, profile)  # before the profile changes
    applied = False
    if apply_ and proposal.change:
        today = date.today()
        if profile.reviewed and (today - date.fromisoformat(profile.reviewed)).days < 4:
            _fail(f"{path} was changed by the review of {profile.reviewed}; paces move once a week at most")
        review.apply(profile, proposal.change)
        profile.reviewed = today.isoformat()
        _replace(path, profile.dump())
        applied = True
    if as_json:
        _emit({**review.as_dict(sessions, proposal), "applied": applied})
        return
    print(told)
    if applied:
        print(f"written to {path}; the old one is {path.name}.old")


def _read_log(path: Path) -> runlog.RunLog:
    try:
        return runlog.read(path)
    except runlog.NotARun as e:
        _fail(str(e))
    except IsADirectoryError:
        _fail(f"{path} is a folder; expected a run of the watch")
    except OSError as e:
        _fail(f"{path} cannot be read ({e.strerror}); expected a run of the watch, as runs/0001.run")


@pacer.command("export")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "kind",
    type=click.Choice(["fit", "gpx", "tcx"]),
    default=None,
    help="Format; by the name of -o if not said.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="File to write; beside the log if not said."
)
@json_option
def export_command(log: Path, kind: str | None, output: Path | None, as_json: bool) -> None:
    """Hand a run to other programs: FIT for Garmin Connect, Strava and the like, GPX, TCX.

    \b
    Examples:
      pacer export runs/0007.run
      pacer export runs/0007.run --to gpx -o morning.gpx
    """
    from .formats import export

    run = _read_log(log)
    kind = kind or (
        output.suffix[1:].lower() if output and output.suffix[1:].lower() in ("fit", "gpx", "tcx") else "fit"
    )
    output = output or log.with_suffix("." + kind)
    fallback = datetime.fromtimestamp(log.stat().st_mtime, timezone.utc)
    if not export.Timeline(run, fallback).dated:
        _ERR.print("[yellow]the watch did not know the date (no GPS); the file's own is taken[/]")
    try:
        data = export.fit(run, fallback) if kind == "fit" else getattr(export, kind)(run, fallback).encode()
    except export.CannotExport as e:
        _fail(f"{log}: {e}")
    _write(output, data)
    laps = export.laps_of(run)
    metres = sum(lap.distance_mm for lap in laps)
    if as_json:
        _emit({"file": str(output), "format": kind, "bytes": len(data), "laps": len(laps), "time_ms": laps[-1].end_ms,
               "distance_mm": metres})  # fmt: skip
    else:
        _OUT.print(f"{output}: {len(laps)} laps, {clock(laps[-1].end_ms)}, {distance(metres)}")


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as e:
        _fail(f"{path} cannot be written ({e.strerror}); name another with -o")


@pacer.command("report")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Page to write; beside the log if not said."
)
def report_command(log: Path, output: Path | None) -> None:
    """Write one self-contained page about a run: pace, reps, splits, map, cues, the watch's screens.

    \b
    Examples:
      pacer report runs/0007.run
      pacer report out/run.run -o ladder.html
    """
    run = _read_log(log)
    output = output or log.with_suffix(".html")
    with _ERR.status("drawing..."):
        _write_report(run, log, output)
    _OUT.print(f"{output}: open it in a browser")


def _write_report(run: runlog.RunLog, log: Path, output: Path) -> None:
    from . import report
    from .formats.export import CannotExport

    try:
        page = report.page(run, log.name, sorted(log.parent.glob("oled-*.png")))
    except CannotExport as e:
        _fail(f"{log}: {e}")
    _write(output, page.encode())


@pacer.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="File to write: .txt (notation) or .fit."
)
@_profile_option
def convert_command(file: Path, output: Path | None, profile_file: Path | None) -> None:
    """Workouts from other programs to the notation, and out again to FIT.

    Reads FIT workouts, intervals.icu text (where m is minutes and metres are mtr), and Garmin Connect JSON. What has no
    equal is named on standard error.

    \b
    Examples:
      pacer convert workout.fit
      pacer convert garmin.json -o tuesday.txt
      pacer convert 5x1000m -o 5x1000m.fit
    """
    from .formats import fitworkout

    try:
        if output is not None and output.suffix.lower() == ".fit":
            _, workout = _read_workout(file)
            _profile_for(workout, profile_file)
            data, lost = fitworkout.write_fit(workout, datetime.now(timezone.utc))
        else:
            text, lost = _foreign(file)
            data = text.encode()
    except fitworkout.NotAWorkout as e:
        _fail(f"{file}: {e}")
    for line in lost:
        _ERR.print(f"[yellow]{file.name}: {line}[/]", highlight=False)
    if output is None:
        print(data.decode(), end="")
        return
    _write(output, data)
    _OUT.print(f"{output} written")


def _foreign(path: Path) -> tuple[str, list[str]]:
    """A workout of another program, by what the file looks like."""
    from .formats import fitworkout

    try:
        data = path.read_bytes()
    except IsADirectoryError:
        _fail(f"{path} is a folder; expected a workout file")
    except OSError as e:
        _fail(f"{path} cannot be read ({e.strerror}); expected a FIT, JSON or text workout")
    if data[8:12] == b".FIT":
        return fitworkout.read_fit(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fitworkout.NotAWorkout("it is neither FIT nor text; expected a workout") from None
    if text.lstrip().startswith("{"):
        return fitworkout.read_garmin_json(text)
    try:
        notation.parse(text)
        return text, []
    except notation.NotationError:
        return fitworkout.read_intervals_icu(text)


@pacer.command("bench")
@click.argument("name", type=click.Choice(sorted(benches.BENCHES)))
@_runtime_option
@json_option
def bench(name: str, runtime: str | None, as_json: bool) -> None:
    """Measure, on this machine, and print the figures beside what they should reach.

    accuracy: pace, distance and cadence against the truth, beside the usual filters on the same input.
    coach: cues against the truth, beside three simple coaches on the same sessions.
    power: what a session takes from a battery on each board, from data sheets and the twin's duty cycles.
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
    live: bool | None, limit_us: int | None = None, length_s: float | None = None, profile: pf.Profile | None = None,
    board: str = "esp32_devkit",
) -> Result:  # fmt: skip
    chosen = interp.choose(runtime)
    options: dict[str, Any] = {
        "runtime": chosen,
        "seed": seed,
        "record": out is not None,
        "limit_us": limit_us,
        "board": board,
    }
    if profile:
        options["profile"] = profile.dump()
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
        if profile:
            parsed.resolve(profile)
        total = length_s or parsed.totals()[1] / 1000
        with LiveView(_OUT, unroll(parsed), parsed.name, total) as view:
            return session.run(text, person, talker, live=view, **options)
    except FileNotFoundError as e:
        raise Sorry(str(e)) from e
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
            if result.log:
                _write_report(runlog.parse(result.log), out / "run.run", out / "report.html")
        _OUT.print(f"pictures: {out}/oled.gif, oled-*.png, pace.png, map.png; the watch's log: {out}/run.run")
        _OUT.print(f"report: {out}/report.html")


for _command in COMMANDS:
    pacer.add_command(_command)
