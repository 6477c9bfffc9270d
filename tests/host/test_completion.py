"""The tab key: what bash, zsh and fish are offered, each asked itself where it is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ASKED = {
    "bash": 'eval "$(pacer completion bash)"; COMP_WORDS=(pacer {words}); COMP_CWORD={at}; _pacer_completion pacer; '
            "printf '%s\\n' ${{COMPREPLY[@]}}",
    "zsh": "autoload -U compinit; compinit -u; compdef() {{ :; }}; _describe() {{ print -l -- ${{(P)3}}; }}; "
           "compadd() {{ print -l -- ${{(P)argv[-1]}}; }}; "
           'eval "$(pacer completion zsh)"; words=(pacer {words}); CURRENT={at_1}; _pacer_completion',
    "fish": 'pacer completion fish | source; complete --do-complete "pacer {typed}"',
}  # fmt: skip


def offered(shell, folder, *words):
    """What a shell offers when the last word is being typed."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here (Debian: apt-get install {shell})")
    quoted = " ".join(word or "''" for word in words)
    script = ASKED[shell].format(words=quoted, at=len(words), at_1=len(words) + 1, typed=" ".join(words))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *flags, "-c", script], cwd=folder, env={**os.environ, "PATH": path, "HOME": str(folder)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("shell", list(ASKED))
def test_commands_options_sessions_files_and_boards_are_completed(shell, tmp_path):
    (tmp_path / "ladies.txt").write_text("1km\n")
    assert "profile" in offered(shell, tmp_path, "pr")
    assert "--json" in offered(shell, tmp_path, "status", "--js")
    said = offered(shell, tmp_path, "sim", "lad")
    assert "ladder-5x1000" in said
    assert "ladies.txt" in said
    assert "xiao_esp32s3" in offered(shell, tmp_path, "sim", "--board", "xi")
