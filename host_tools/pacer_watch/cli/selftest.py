"""selftest: what a board is like, measured on it."""

import json
import sys

import rich_click as click

from .. import selftest as testing
from ..flash import FlashError
from ..link import LinkError, find_port
from .common import ERR, OUT, Sorry, json_option, port_option


@click.command()
@port_option
@json_option
def selftest(port: str | None, as_json: bool) -> None:
    """Measure a board that Pacer is on, in a minute: memory, flash, parts, the receiver, what the loop takes in a run.

    No ESP32 was at hand when Pacer was written: what this prints, with --json, is welcome in an issue. The firmware is
    stopped for it and started again; the run that it makes is deleted. Exit status 1 when something is not as it
    should be.

    \b
    Examples:
      pacer selftest
      pacer selftest --port /dev/ttyUSB0 --json > board.json
    """
    try:
        with ERR.status("a minute, please: the board measures itself"):
            found = testing.run(port or find_port())
    except (FlashError, LinkError) as e:
        raise Sorry(str(e)) from e
    lines = testing.words(found)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        for what, how, well in lines:
            OUT.print(f"[{'green' if well else 'red'}]{'ok' if well else '!!'}[/] {what}: {how}", highlight=False)
    if not all(well for _, _, well in lines):
        sys.exit(1)
