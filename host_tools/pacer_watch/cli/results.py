"""Runs of the watch for other programs and for the eye: export and report."""

import os
from datetime import datetime, timezone
from pathlib import Path

import rich_click as click

from ..formats import export, runlog, timeline, xmlexport
from ..text import Units, clock
from .common import ERR, emit, fail, json_option, read_log, say, units_of, units_option, write


@click.command("export")
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
    run = read_log(log)
    kind = kind or (
        output.suffix[1:].lower() if output and output.suffix[1:].lower() in ("fit", "gpx", "tcx") else "fit"
    )
    output = output or log.with_suffix("." + kind)
    fallback = datetime.fromtimestamp(log.stat().st_mtime, timezone.utc)
    if not timeline.Timeline(run, fallback).dated:
        ERR.print("[yellow]the watch did not know the date (no GPS); the file's own is taken[/]")
    try:
        data = export.fit(run, fallback) if kind == "fit" else getattr(xmlexport, kind)(run, fallback).encode()
    except timeline.CannotExport as e:
        fail(f"{log}: {e}")
    write(output, data)
    laps = timeline.laps_of(run)
    metres = sum(lap.distance_mm for lap in laps)
    if as_json:
        emit({"file": str(output), "format": kind, "bytes": len(data), "laps": len(laps), "time_ms": laps[-1].end_ms,
               "distance_mm": metres})  # fmt: skip
    else:
        far = units_of(None, run.read_profile()).distance(metres)
        say(f"{output}: {len(laps)} laps, {clock(laps[-1].end_ms)}, {far}")


@click.command("report")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    help="Page to write; beside the log if not said, index.html in a folder.",
)
@units_option
@json_option
def report_command(log: Path, output: Path | None, units: str | None, as_json: bool) -> None:
    """Write one self-contained page about a run: pace, reps, splits, map, cues, the watch's screens.

    Of a folder every run gets its page, and an index tells them in a line each, with the trend of critical speed;
    runs of another athlete, as the profile in the log names them, stand apart.

    \b
    Examples:
      pacer report runs/0007.run
      pacer report out/run.run -o ladder.html
      pacer report runs/
    """
    chosen = units_of(units, None) if units else None
    if log.is_dir():
        output = output or log / "index.html"
        with ERR.status("drawing..."):
            count, problems = _write_index(log, output, chosen)
        for line in problems:
            say(line, "yellow", ERR)
        said = f"{output}: {count} run{'s' if count != 1 else ''}; open it in a browser"
    else:
        run = read_log(log)
        output = output or log.with_suffix(".html")
        count, problems = 1, []
        with ERR.status("drawing..."):
            write_report(run, log, output, chosen)
        said = f"{output}: open it in a browser"
    if as_json:
        emit({"file": str(output), "runs": count, "problems": problems})
    else:
        say(said)


def write_report(run: runlog.RunLog, log: Path, output: Path, units: Units | None = None) -> None:
    """The page about a run, with the screens that lie beside its log. units: as the run's profile says if not said."""
    from .. import report  # and with it numpy, which takes its time

    try:
        page = report.page(run, log.name, sorted(log.parent.glob("oled-*.png")), units)
    except timeline.CannotExport as e:
        fail(f"{log}: {e}")
    write(output, page.encode())


def _write_index(folder: Path, output: Path, units: Units | None) -> tuple[int, list[str]]:
    """A page beside each run of a folder, and the index. Returns how many, and what could not be read."""
    from .. import report

    logs = sorted(folder.glob("*.run"))
    if not logs:
        fail(f"{folder} has no run of the watch in it (*.run); pacer pull brings them")
    entries, problems = [], []
    for path in logs:
        try:
            run = runlog.read(path)
            entries.append(report.entry(run, os.path.relpath(path.with_suffix(".html"), output.parent)))
            write(path.with_suffix(".html"), report.page(run, path.name, units=units).encode())
        except runlog.NotARun as e:
            problems.append(str(e))
        except timeline.CannotExport as e:
            problems.append(f"{path}: {e}")
        except OSError as e:
            problems.append(f"{path} cannot be read ({e.strerror})")
    if not entries:
        fail(problems[0])
    write(output, report.index(entries, folder.resolve().name, problems, units).encode())
    return len(entries), problems
