"""The runner: the profile."""

from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click
from rich import box
from rich.table import Table

from pacer.core import profile as pf

from .. import zones
from ..review import memory
from ..text import Units
from .common import OUT, PROFILE, emit, fail, json_option, read_profile, replace, say


@click.command("profile")
@click.option(
    "--race", "races", multiple=True, metavar="RACE=TIME",
    help="A race or test of any distance, as 5k=18:45 or 1200m=3:45@2026-10-03.",
)  # fmt: skip
@click.option("--name", default=None, help="The runner's name.")
@click.option("--units", type=click.Choice(["km", "mi"]), default=None, help="Kilometres or miles.")
@click.option("--lane", type=click.IntRange(0, 8), default=None, help="The lane you run in; 0: the watch finds out.")
@click.option("--tolerance", type=click.FloatRange(0.01, 0.5), default=None, help="Half the width of the band, m/s.")
@click.option("--waypoints", type=click.Choice(["0", "50", "100", "200"]), default=None, help="Metres between clicks.")
@click.option("--metronome", type=click.IntRange(0, 240), default=None, help="Steps a minute to click; 0 for none.")
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=PROFILE, show_default=True, help="The profile."
)
@json_option
def profile_command(
    races: tuple[str, ...], name: str | None, units: str | None, lane: int | None, tolerance: float | None,
    waypoints: str | None, metronome: int | None, path: Path, as_json: bool,
) -> None:  # fmt: skip
    """Make or change a profile: races to critical speed, zones and race paces.

    Two races of 2 to 30 minutes measure critical speed and D'; one race gives an estimate. Each figure comes with
    its uncertainty. Without options it shows the profile that there is.

    \b
    Examples:
      pacer profile --race 5k=18:45 --race 1500m=4:50
      pacer profile --lane 1 --waypoints 200
      pacer profile --json
    """
    profile = read_profile(path) if path.exists() else pf.Profile()
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
        fail(str(e))
    for key, value in (
        ("name", name[:24] if name else None), ("lane", lane), ("metronome_spm", metronome),
        ("miles", units == "mi" if units else None), ("tolerance_mm_s", round(1000 * tolerance) if tolerance else None),
        ("waypoint_mm", 1000 * int(waypoints) if waypoints else None),
    ):  # fmt: skip
        if value is not None:
            setattr(profile, key, value)
            changed = True
    if not changed and not path.exists():
        fail(f"there is no profile at {path}; make one with: pacer profile --race 5k=20:00")
    if changed:
        replace(path, memory.kept(path, profile.dump()))
    if as_json:
        emit(_profile_json(profile, found))
        return
    _show_profile(profile, found)
    if changed:
        say(f"written to {path}; put it on the watch with: pacer load {path}")


def _profile_json(profile: pf.Profile, found: zones.Sums | None) -> dict[str, Any]:
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


def _show_profile(profile: pf.Profile, found: zones.Sums | None) -> None:
    units = Units(profile.miles)
    if profile.name:
        say(profile.name, "bold")
    if found:
        OUT.print(f"VDOT {found.vdot:.1f} (best: {found.best.name})")
    if profile.cs_mm_s:
        how = " [dim](estimated from one race)[/]" if found and found.critical.estimated else ""
        OUT.print(
            f"critical speed {profile.cs_mm_s / 1000:.3f} m/s +- {profile.cs_unsure_mm_s / 1000:.3f} "
            f"({units.pace(1e9 / profile.cs_mm_s)} {units.per}), D' {profile.dprime_mm // 1000} m "
            f"+- {profile.dprime_unsure_mm // 1000}{how}"
        )
        table = Table(title="Zones", title_justify="left", box=box.SIMPLE)
        for column in ("zone", f"pace {units.per}", "share of CS", "RPE"):
            table.add_column(column, justify="left" if column == "zone" else "right")
        for i, zone in enumerate(pf.ZONE_NAMES):
            fast, slow = profile.band(pf.code(pf.ZONE, i))
            shares = [round(1e11 / p / profile.cs_mm_s) for p in (slow, fast)]
            paces = f"{units.pace(fast)} and slower" if i == pf.EASY else units.band(fast, slow)
            table.add_row(zone, paces, f"{shares[0]}-{shares[1]} %", pf.RPE[i])
        OUT.print(table)
    if any(profile.paces):
        table = Table(title="Race paces", title_justify="left", box=box.SIMPLE)
        for column in ("race", "time", f"pace {units.per}", *(["Riegel"] if found else [])):
            table.add_column(column, justify="left" if column == "race" else "right")
        for i, race in enumerate(pf.RACE_NAMES):
            if profile.paces[i]:
                seconds = profile.paces[i] * zones.race_m(i) / 1e6
                row = [race, zones.clock_text(round(seconds)), units.pace(profile.paces[i])]
                table.add_row(*row, *([units.pace(1000 * found.riegel[race])] if found else []))
        OUT.print(table)
    for warning in found.warnings if found else []:
        say(warning, "yellow")
