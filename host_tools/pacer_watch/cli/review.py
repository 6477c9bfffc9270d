"""Runs looked at: plan against run, and next week's paces."""

from datetime import datetime, timezone
from pathlib import Path

import rich_click as click
from click.core import ParameterSource

from pacer.core import profile as pf

from .. import review
from ..review import memory as remembered
from .common import ERR, PROFILE, emit, fail, json_option, read_log, read_profile, replace, units_of, units_option


@click.command("review")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=PROFILE, show_default=True, help="The profile."
)
@click.option("--apply", "apply_", is_flag=True, help="Count the runs, and write the change into the profile.")
@units_option
@json_option
@click.pass_context
def review_command(
    context: click.Context, logs: tuple[Path, ...], path: Path, apply_: bool, units: str | None, as_json: bool
) -> None:
    """Compare plan and run rep by rep, and propose next week's paces.

    The runs are one athlete's: where their logs name another than the profile does, or two, nothing is judged. A run
    counts once: the profile keeps which ones were counted, as comments that the watch passes over.

    \b
    Examples:
      pacer review runs/0007.run
      pacer review runs/*.run --apply
      pacer review out/run.run --json
    """
    today = datetime.now(timezone.utc).date()
    named = context.get_parameter_source("path") is not ParameterSource.DEFAULT
    runs = [(log.name, read_log(log)) for log in logs]
    profile = read_profile(path) if path.exists() or apply_ or named else None
    _one_athlete([(name, review.athlete_of(run)) for name, run in runs], path, profile)
    text = path.read_text(encoding="utf-8") if profile is not None else ""
    if profile is None:
        ERR.print(f"no {path} here: judged by the profile that the run had", style="dim", highlight=False)
        profile = runs[0][1].read_profile()
    sessions = [review.look(run, name, profile, today) for name, run in runs]
    memory = remembered.memory_of(text, profile)
    review.settle(sessions, memory)
    proposal = review.propose(sessions, memory, profile.cs_mm_s, today)
    told = review.text(sessions, proposal, profile, units_of(units, profile))  # before the profile changes
    counted = apply_ and any(s.counts for s in sessions)
    if counted:
        review.count(sessions, proposal, memory, profile, today)
        replace(path, remembered.with_memory(profile.dump() if proposal.change else text, memory))
    if as_json:
        emit({**review.as_dict(sessions, proposal), "applied": counted and bool(proposal.change), "counted": counted})
        return
    print(told)
    if counted:
        print(f"written to {path}; the old one is {path.name}.old")


def _one_athlete(whose: list[tuple[str, str]], path: Path, profile: pf.Profile | None) -> None:
    """Complain of runs of two athletes, or of another than the profile's. A run without a name may be anybody's."""
    known = {athlete.casefold(): athlete for _, athlete in whose if athlete}
    own = profile.name.strip() if profile else ""
    if own and (others := {key: name for key, name in known.items() if key != own.casefold()}):
        files = ", ".join(name for name, athlete in whose if athlete.casefold() in others)
        fail(f"{files}: run by {' and '.join(others.values())}, but {path} is {own}'s; name the right one with --file")
    if len(known) > 1:
        runs = ", ".join(f"{name} by {athlete}" for name, athlete in whose if athlete)
        fail(f"runs of {len(known)} athletes ({runs}): review each athlete's alone, with their profile as --file")
