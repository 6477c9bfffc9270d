"""Sessions on the virtual watch: sim and replay."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from pacer.core import profile as pf

from ..formats.plan import unroll
from ..text import Units, clock
from ..twin import interp
from ..twin.chips import Refused
from ..twin.chips.gnss import NmeaReceiver, UbloxReceiver
from ..twin.chips.uart import Talker
from ..twin.oval import Oval
from ..twin.receivers import RECEIVERS, Errors
from ..twin.recording import Recording, Unreadable
from ..twin.recording import read as read_recording
from ..twin.result import Result
from ..twin.runner import RecordedRunner, VirtualRunner
from ..twin.session import Session
from .common import (
    ERR,
    OUT,
    PROFILE,
    Sorry,
    WorkoutFile,
    board_option,
    emit,
    fail,
    json_option,
    own_profile,
    profile_for,
    profile_option,
    read_workout,
    runtime_option,
    say,
    units_of,
    units_option,
)
from .shown import save, show

_FREE_RUN = "Workout - Free run\n- lap\n"


class _Span(click.ParamType):  # type: ignore[type-arg]
    """A time as 90 (seconds), 12:30, 1:02:03, 45s, 90min, 2h or 1h30min: seconds."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        if not isinstance(value, str):
            return float(value)
        if re.fullmatch(r"\d{1,6}(\.\d+)?", value):
            return float(value)
        if re.fullmatch(r"\d{1,4}(:[0-5]\d){1,2}", value):
            parts = [int(part) for part in value.split(":")]
            return float(sum(part * 60**i for i, part in enumerate(reversed(parts))))
        m = re.fullmatch(r"(?:(\d{1,4})h)?(?:(\d{1,5})min)?(?:(\d{1,6})s)?", value.replace(" ", ""))
        if not m or not any(m.groups()):
            self.fail(f"{value!r} is no time; expected it as 90 (seconds), 12:30, 1:02:03, 90min or 2h", param, ctx)
        hours, minutes, seconds = (int(part or 0) for part in m.groups())
        return float(3600 * hours + 60 * minutes + seconds)


def _live_option(f: Any) -> Any:
    text = "Show the run while it happens (default: on a terminal)."
    return click.option("--live/--no-live", default=None, help=text)(f)


def _out_option(f: Any) -> Any:
    return click.option(
        "--out", type=click.Path(path_type=Path), default=None,
        help="Folder for the pictures: the OLED as GIF and PNG, pace against target.",
    )(f)  # fmt: skip


def _receiver_option(default: str) -> Callable[[Any], Any]:
    text = (
        "How it errs: a raw u-blox, the same on an arm that swings, a finished watch's, white noise, one that holds, "
        f"or not at all. The default is {default}."
    )
    option: Callable[[Any], Any] = click.option(
        "--receiver", type=click.Choice(list(RECEIVERS)), default=None, help=text
    )
    return option


@click.command()
@click.argument("workout", type=WorkoutFile())
@click.option("--seed", default=1, show_default=True, help="Seed of the runner and the receiver's errors.")
@click.option(
    "--rate",
    type=click.Choice(["1", "10"]),
    default="10",
    show_default=True,
    help="Fixes a second: 1 from a plain NMEA receiver, 10 from a u-blox that the watch sets up.",
)
@_receiver_option("arm at 10 fixes a second, watch at 1")
@click.option("--lane", type=click.IntRange(1, 8), default=1, show_default=True, help="Lane of the 400 m track.")
@board_option("esp32_devkit", "Which board it runs on, one's own by the path of its folder.")
@_live_option
@profile_option
@units_option
@runtime_option
@_out_option
@json_option
def sim(
    workout: Path,
    seed: int,
    rate: str,
    receiver: str | None,
    lane: int,
    board_name: str,
    live: bool | None,
    profile_file: Path | None,
    units: str | None,
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
      pacer sim ladder-5x1000 --seed 7 --rate 1 --json
      pacer sim 400m-repeats --receiver white
      pacer sim progressive-1k --runtime wasm --out out
      pacer sim tempo-run --board lilygo_tbeam_supreme
    """
    text, parsed = read_workout(workout, profile_file)
    profile = profile_for(parsed, profile_file)
    kind = receiver or ("watch" if rate == "1" else "arm")
    person = VirtualRunner(parsed, seed, Oval(lane), RECEIVERS[kind])
    talker = NmeaReceiver(person.observe) if rate == "1" else UbloxReceiver(person.observe)
    session = Session(text, person, talker, profile.dump(), board_name, runtime=runtime, seed=seed)
    counts = units_of(units, profile)
    result = _play(session, _wanted(live, as_json), None, out, counts)
    if as_json:
        _save(result, out, counts)
        emit(
            {
                "workout": parsed.name,
                "seed": seed,
                "rate_hz": int(rate),
                "receiver": kind,
                "lane": lane,
                **result.summary(),
            }
        )
        return
    show(result, out, counts)


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--workout", type=WorkoutFile(), default=None, help="Workout to run; a free run if none.")
@click.option("--laps", is_flag=True, help="Press LAP where it was pressed in the recording.")
@click.option(
    "--from", "from_s", type=_Span(), default=0.0, help="Begin there in the recording: 90, 12:30, 1:02:03, 2h."
)
@click.option("--for", "for_s", type=_Span(), default=None, help="Only so long of it.")
@_receiver_option("what the recording's own said")
@_live_option
@profile_option
@units_option
@runtime_option
@_out_option
@json_option
def replay(
    recording: Path,
    workout: Path | None,
    laps: bool,
    from_s: float,
    for_s: float | None,
    receiver: str | None,
    live: bool | None,
    profile_file: Path | None,
    units: str | None,
    runtime: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Feed a real recording (FIT, GPX, TCX or a receiver's NMEA log) to the watch.

    The run begins with the recording's first record. Where a record has no place, or there is none for a while, the
    watch has no fix, and the runner goes on at the recording's own distance and cadence.

    \b
    Examples:
      pacer replay run.fit
      pacer replay morning.gpx --workout progressive-1k --out out
      pacer replay morning.gpx --receiver arm
      pacer replay run.fit --laps
      pacer replay morning.gpx --from 0:30 --for 45:00
      pacer replay receiver.log --json
    """
    text, profile = _asked(workout, profile_file)
    counts = units_of(units, profile)
    try:
        source = read_recording(recording, from_s, for_s, laps)
    except Unreadable as e:
        fail(str(e))
    if source.warning:
        say(f"{recording}: {source.warning}", "yellow", ERR)
    talker = _carry(source, receiver) if receiver else source.talker
    limit_us = int((source.length_s + 120) * 1e6)
    said = profile.dump() if profile else None
    session = Session(text, source.person, talker, said, runtime=runtime, limit_us=limit_us)
    try:
        result = _play(session, _wanted(live, as_json), source.length_s, out, counts)
    except pf.Unresolved as e:
        fail(f"{profile_file or PROFILE}: {e}")
    if result.sentences is None:
        fail(f"{recording}: the watch's run did not come to its end; is the recording whole?")
    own = _own(source, result)
    if as_json:
        _save(result, out, counts)
        emit({"recording": own, "workout": result.workout.name, **result.summary()})
        return
    show(result, out, counts)
    _tell(own, result, counts)


def _asked(workout: Path | None, profile_file: Path | None) -> tuple[str, pf.Profile | None]:
    """The workout's text, and the profile: the example's only where the workout needs one."""
    text, parsed = read_workout(workout, profile_file) if workout else (_FREE_RUN, None)
    profile = own_profile(profile_file)
    if parsed is not None and not profile and any(parsed.target_a(r) < 0 for r in range(len(parsed))):
        profile = profile_for(parsed, None)
    return text, profile


def _tell(own: dict[str, Any], result: Result, units: Units) -> None:
    """The recording's own figures beside the watch's."""
    totals = result.summary()["totals"]
    if own["distance_m"] is not None:
        OUT.print(
            f"the recording says {_far(1000 * own['distance_m'], units)} in {clock(1000 * own['time_s'])}; "
            f"the watch {_far(totals['distance_mm'], units)} in {clock(totals['time_ms'])}"
        )
    s = own["sentences"]
    OUT.print(f"sentences: {s['accepted']} read, {s['other']} of other kinds, {s['refused']} refused")


def _far(mm: float, units: Units) -> str:
    return units.distance(mm) if units.miles else f"{mm / 1000:.1f} m"


def _carry(source: Recording, receiver: str) -> Talker:
    """Another receiver on the recorded way."""
    person, kind = source.person, RECEIVERS[receiver]
    if not isinstance(person, RecordedRunner):
        fail(f"--receiver {receiver} needs a recorded way (FIT, GPX or TCX); a receiver's own log is played as it is")
    person.errors = Errors(kind, 1)
    return UbloxReceiver(person.observe) if kind.rate_hz > 1 else NmeaReceiver(person.observe, baud=0)


def _own(source: Recording, result: Result) -> dict[str, Any]:
    return {
        "kind": source.kind,
        "distance_m": source.own_distance_m,
        "time_s": source.own_time_s,
        "sentences": result.sentences,
    }


def _play(session: Session, live: bool, length_s: float | None, out: Path | None, units: Units) -> Result:
    """Play it, with the live view if that is wanted. length_s: of the run, where the workout does not tell."""
    session.record = out is not None
    session.runtime = interp.choose(session.runtime)
    try:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        fail(f"the folder {out} cannot be made ({e.strerror}); name another with --out")
    try:
        if not live:
            return session.run()
        from ..live import LiveView

        workout = session.workout()
        total_s = length_s or workout.totals()[1] / 1000
        with LiveView(OUT, unroll(workout), workout.name, total_s, units) as view:
            session.live = view
            return session.run()
    except FileNotFoundError as e:
        raise Sorry(str(e)) from e
    except (interp.Crashed, Refused) as e:
        raise Sorry(f"the run on {session.runtime} MicroPython stopped: {e}") from e


def _save(result: Result, out: Path | None, units: Units) -> None:
    if out is not None:
        save(result, out, units)


def _wanted(live: bool | None, as_json: bool) -> bool:
    """Is the live view? Where nobody said, on a terminal that can show it."""
    if as_json or live is not None:
        return bool(live) and not as_json
    from ..live import fits

    return fits(OUT)
