"""completion: what makes a shell complete pacer's commands, options and names."""

import rich_click as click
from click.shell_completion import get_completion_class

from .common import Sorry

_WHERE = {
    "bash": "echo 'eval \"$(pacer completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(pacer completion zsh)\"' >> ~/.zshrc    (after compinit)",
    "fish": "pacer completion fish > ~/.config/fish/completions/pacer.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_WHERE)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes the tab key complete commands, options, sessions and boards in bash, zsh or fish.

    \b
    Examples:
      eval "$(pacer completion bash)"
      eval "$(pacer completion zsh)"
      pacer completion fish > ~/.config/fish/completions/pacer.fish
    """
    made = get_completion_class(shell)
    if made is None:
        raise Sorry(f"there is no completion for {shell}")
    print(made(context.find_root().command, {}, "pacer", "_PACER_COMPLETE").source())
