"""`python -m pacer_watch` is the `pacer` command."""

from .cli import main

main()
