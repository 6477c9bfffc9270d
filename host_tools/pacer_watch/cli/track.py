"""track: running tracks that the watch is to know before the first lap, and those that it has learned."""

from pathlib import Path
from typing import Any

import rich_click as click
from rich import box
from rich.table import Table

from ..formats import ovals
from ..link import Link, WatchRefused
from .common import ERR, OUT, Sorry, connected, emit, json_option, port_option, write

_NAME = "learned.txt"


@click.group("track")
def track() -> None:
    """Running tracks that the watch knows: add one from a map, look at them, take one off.

    \b
    Examples:
      pacer track add stadium.geojson
      pacer track show
      pacer track rm 2
    """


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError as e:
        raise Sorry(f"{path} is a folder; expected a GeoJSON of a track, or what the watch has learned") from e
    except OSError as e:
        raise Sorry(f"{path} cannot be read ({e.strerror}); expected a GeoJSON of a track") from e


def _fetch(link: Link) -> str:
    """What the watch has learned so far."""
    if all(f.name != _NAME for f in link.files()):
        return ""
    return link.get(_NAME).decode(errors="replace")


def _put(link: Link, text: str) -> None:
    if link.status().get("state") in ("running", "paused"):
        raise Sorry("a run is on, at whose end the watch writes down what it has learned; do it again after that")
    try:
        link.put(_NAME, text.encode())
    except WatchRefused as e:
        raise Sorry(f"the watch refuses it: {e}") from e


@track.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lap", "lap_m", type=click.FloatRange(100, 1000), help="Metres of a lap in lane 1, if it is not 400 m.")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), help="Write them to this file instead of a watch; added to it."
)
@port_option
@json_option
def add(file: Path, lap_m: float | None, out: Path | None, port: str | None, as_json: bool) -> None:
    """Put the running tracks of a GeoJSON on the watch: it then is on them within 100 m, from the first lap on.

    Where from: overpass-turbo.eu, query way[leisure=track][sport~"athletics|running"]({{bbox}}); then Export, GeoJSON.
    The line may be the kerb, the middle or the outer edge.

    \b
    Examples:
      pacer track add stadium.geojson
      pacer track add school.geojson --lap 300
      pacer track add stadium.geojson --out learned.txt
    """
    try:
        found, refused = ovals.from_geojson(_read(file), lap_m)
        for text in refused:
            ERR.print(f"left out: {text}", highlight=False)
        if out:
            before = out.read_text(encoding="utf-8", errors="replace") if out.is_file() else ""
            write(out, ovals.added(before, found).encode())
        else:
            with connected(port) as link:
                _put(link, ovals.added(_fetch(link), found))
    except ovals.NoOval as e:
        raise Sorry(f"{file}: {e}") from e
    if as_json:
        emit({"to": str(out) if out else "watch", "tracks": [t.as_dict() for t in found], "left_out": refused})
        return
    OUT.print(_table(found))
    OUT.print(f"written to {out}; pacer track show {out} draws it" if out else "on the watch, from the next run on")


@track.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Draw them into this picture, .png or .svg.")
@port_option
@json_option
def show(file: Path | None, out: Path | None, port: str | None, as_json: bool) -> None:
    """List the tracks of the watch, or of a file (GeoJSON, or learned.txt), and draw them.

    \b
    Examples:
      pacer track show
      pacer track show --out tracks.png
      pacer track show stadium.geojson --out stadium.svg
    """
    if out and out.suffix.lower() not in (".png", ".svg"):
        raise Sorry(f"{out}: a picture is .png or .svg")
    if file:
        data = _read(file)
        try:
            found = ovals.from_geojson(data)[0] if data.lstrip()[:1] in (b"{", b"[") else _listed(data)
        except ovals.NoOval as e:
            raise Sorry(f"{file}: {e}") from e
    else:
        with connected(port) as link:
            found = ovals.from_text(_fetch(link))
    if out and found:
        from ..pictures import draw_tracks

        try:
            draw_tracks(found, out)
        except OSError as e:
            raise Sorry(f"{out} cannot be written ({e.strerror}); name another with --out") from e
    if as_json:
        emit({"tracks": [t.as_dict() for t in found]})
    elif not found:
        OUT.print("no tracks yet: the watch learns them while it is run with, or add one with pacer track add")
    else:
        OUT.print(_table(found))


def _listed(data: bytes) -> list[ovals.Track]:
    found = ovals.from_text(data.decode(errors="replace"))
    if not found:
        raise ovals.NoOval("no tracks are in it; expected a GeoJSON, or the watch's learned.txt")
    return found


@track.command()
@click.argument("number", type=click.IntRange(1))
@port_option
@json_option
def rm(number: int, port: str | None, as_json: bool) -> None:
    """Take a track off the watch, by its number in pacer track show.

    \b
    Examples:
      pacer track rm 2
    """
    with connected(port) as link:
        text = _fetch(link)
        have = ovals.from_text(text)
        if number > len(have):
            raise Sorry(f"there is no track {number}; the watch has {len(have)}, see pacer track show")
        gone = have.pop(number - 1)
        _put(link, ovals.with_ovals(text, have))
    if as_json:
        emit({"gone": gone.as_dict()})
        return
    OUT.print(f"track {number} at {gone.lat_deg:.5f}, {gone.lon_deg:.5f}: gone")


def _table(found: list[ovals.Track]) -> Table:
    table = Table(box=box.SIMPLE)
    for column in ("", "centre", "direction", "straights", "radius", "lap", "name"):
        table.add_column(column, justify="left" if column in ("centre", "name") else "right")
    rows: list[tuple[Any, ...]] = [
        (k + 1, f"{t.lat_deg:.5f}, {t.lon_deg:.5f}", f"{(90 - t.angle_deg) % 180:.1f}°", f"{t.straight_m:.2f} m",
         f"{t.radius_m:.2f} m", f"{t.lap_m:.2f} m", t.name) for k, t in enumerate(found)
    ]  # fmt: skip
    for row in rows:
        table.add_row(*map(str, row))
    return table
