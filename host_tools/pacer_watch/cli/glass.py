"""A virtual board in the terminal: its screen, and its two buttons on the keyboard."""

import contextlib
import select
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from ..live import braille, fits
from ..twin.board import Board
from .common import ERR

KEYS = {"l": ("lap", 0.2), "b": ("back", 0.2), "L": ("lap", 1.2), "B": ("back", 1.2)}  # button, seconds held
_TURN_S = 0.1


def show(board: Board) -> None:
    """Until Ctrl-C or q: the screen, where the terminal can show it, and the keys, where there is a keyboard."""
    hint = f"a board is on {board.port}; try: pacer status --port {board.port}, or mpremote connect {board.port} ls"
    ERR.print(hint, highlight=False, soft_wrap=True)
    if not sys.stdin.isatty() or not ERR.is_terminal:
        ERR.print("Ctrl-C pulls the cable.")
        while True:
            time.sleep(1)
    ERR.print("Keys: l LAP, b BACK, L and B held; q pulls the cable.")
    with _keys() as pressed:
        if not fits(ERR):
            while _take(board, pressed()):
                pass
            return
        with Live(console=ERR, screen=True, auto_refresh=False) as live:
            while _take(board, pressed()):
                live.update(_view(board), refresh=True)


def _take(board: Board, key: str) -> bool:
    """Press what the key stands for. False when it ends it all."""
    if key in KEYS:
        board.press(*KEYS[key])
    return key not in ("q", "\x04")


def _view(board: Board) -> Group:
    glass = Panel(Text(braille(board.pixels()), style="bright_cyan on black"), width=68, title="OLED")
    lines = (
        "[bold]l[/] LAP  [bold]b[/] BACK  [bold]L B[/] held  [bold]q[/] pulls the cable",
        f"pacer status --port {board.port}   pacer watch --port {board.port}",
        f"mpremote connect {board.port} ls",
    )
    return Group(glass, *(Text.from_markup(line) for line in lines))


@contextlib.contextmanager
def _keys() -> Iterator[Callable[[], str]]:
    """The keyboard key by key: a function that waits a moment for one, "" for none."""
    import termios
    import tty

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)

    def pressed() -> str:
        ready, _, _ = select.select([keyboard], [], [], _TURN_S)
        return (sys.stdin.read(1) or "q") if ready else ""

    try:
        tty.setcbreak(keyboard)
        yield pressed
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
