"""Runs looked at: plan against run, and next week's paces."""

from datetime import datetime, timezone
from pathlib import Path

import rich_click as click

from pacer.core import profile as pf

from .. import review
from ..review import memory as remembered
from .common import PROFILE, emit, json_option, read_log, read_profile, replace, units_of, units_option


@click.command("review")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=PROFILE, show_default=True, help="The profile."
)
@click.option("--apply", "apply_", is_flag=True, help="Count the runs, and write the change into the profile.")
@units_option
@json_option
def review_command(logs: tuple[Path, ...], path: Path, apply_: bool, units: str | None, as_json: bool) -> None:
    """Compare plan and run rep by rep, and propose next week's paces.

    A run counts once: the profile keeps which ones were counted, as comments that the watch passes over.

    \b
    Examples:
      pacer review runs/0007.run
      pacer review runs/*.run --apply
      pacer review out/run.run --json
    """
    today = datetime.now(timezone.utc).date()
    profile = read_profile(path) if path.exists() or apply_ else None
    text = path.read_text(encoding="utf-8") if profile is not None else ""
    sessions = []
    for log in logs:
        run = read_log(log)
        if profile is None:
            try:
                profile = pf.parse(run.profile)
            except pf.ProfileError:
                profile = pf.Profile()
        sessions.append(review.look(run, log.name, profile, today))
    assert profile is not None
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
