"""The `pacer` command. This table is the whole command line: a command's file is read when the command is used."""

import importlib
import io
import os
import sys
from typing import Any

import rich_click as click

# Command: where it is, "file of this folder:function".
COMMANDS = {
    "check": "workouts:check",
    "convert": "workouts:convert_command",
    "profile": "profile:profile_command",
    "review": "review:review_command",
    "sim": "run:sim",
    "replay": "run:replay",
    "report": "results:report_command",
    "export": "results:export_command",
    "flash": "flash:flash",
    "selftest": "selftest:selftest",
    "load": "cable:load",
    "ls": "cable:ls",
    "pull": "cable:pull",
    "rm": "cable:rm",
    "status": "watch:status",
    "watch": "watch:watch",
    "workouts": "library:workouts_command",
    "track": "track:track",
    "board": "board:board",
    "bench": "bench:bench",
    "completion": "completion:completion",
}


class _Commands(click.RichGroup):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        file, function = COMMANDS[cmd_name].split(":")
        return getattr(importlib.import_module(f".{file}", __name__), function)


def main() -> None:
    """The console script: every complaint is one sentence on standard error, with exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # what a terminal has no letter for becomes a question mark
    try:
        sys.exit(pacer(standalone_mode=False))
    except click.Abort:
        print("pacer: stopped", file=sys.stderr)
        sys.exit(130)
    except click.ClickException as e:
        from ..text import plain

        hint = e.ctx.command_path if isinstance(e, click.UsageError) and e.ctx else ""
        print(f"pacer: {plain(e.format_message())}" + (f" Try '{hint} --help'." if hint else ""), file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # who read it has gone: nothing more to say at the exit
        sys.exit(1)
    except OSError as e:
        print("pacer: " + (f"{e.filename}: " if e.filename else "") + (e.strerror or str(e)), file=sys.stderr)
    sys.exit(2)


@click.group(
    cls=_Commands, invoke_without_command=True, no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
@click.pass_context
@click.version_option(package_name="pacer-watch", prog_name="pacer")
def pacer(context: click.Context) -> None:
    """Pacer: an open running pacer on MicroPython, and its laptop tools."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
