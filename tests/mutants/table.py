"""Which tests judge a file's mutants, and the mutants that are left alive, with the reason."""

from pathlib import Path

_CORE, _APP, _HOST = "firmware/pacer/core/", "firmware/pacer/app/", "host_tools/pacer_watch/"
_BOARDS = (
    "which_board_it_is",
    "a_wrong_board_is_not_flashed_unasked",
    "what_cannot_run_is_refused_with_what_can_be_done",
)
_TOLD = "tests/golden/test_golden.py::test_the_coach_says_what_is_kept_in_each_rep"
_SLOW = (
    "twin",
    "bench",
    "whatever_its_name",
    "from_review_to",
    "stays_one_that",
    "counted_runs",
    "80_columns",
    "own_by",
)
_REVIEW = ("tests/host/test_effort.py", "tests/host/test_review.py", "-k", "not " + " and not ".join(_SLOW))

FILES = {
    "firmware/main.py": ("tests/app/test_main.py",),
    _CORE + "journal.py": ("tests/core/test_journal.py",),
    _CORE + "recovery.py": ("tests/core/test_journal.py", "tests/core/test_recovery.py"),
    _CORE + "engine.py": ("tests/core/test_engine.py", "tests/core/test_recovery.py"),
    _CORE + "coach.py": ("tests/core/test_coach.py", _TOLD),
    _APP + "store.py": ("tests/app/test_store.py", "tests/watch/test_sync.py"),
    _APP + "link.py": ("tests/app/test_link.py", "tests/faults/test_link_noise.py"),
    _APP + "cable.py": ("tests/app/test_cable.py",),
    _APP + "flash.py": ("tests/app/test_store.py", "tests/app/test_link.py"),
    _APP + "loop.py": ("tests/app/test_loop.py",),
    _HOST + "link.py": ("tests/host/test_bad_peer.py", "tests/host/test_link.py"),
    _HOST + "flash.py": ("tests/host/test_flash_plan.py", *(f"tests/host/test_flash.py::test_{n}" for n in _BOARDS)),
    _HOST + "cli/cable.py": ("tests/host/test_pull.py", "tests/host/test_cable.py"),
    _HOST + "formats/runlog.py": ("tests/host/test_runlog_fields.py",),
    _HOST + "review/verdict.py": _REVIEW,
    _HOST + "review/proposal.py": _REVIEW,
    _HOST + "review/memory.py": _REVIEW,
    _HOST + "review/reps.py": _REVIEW,
    _HOST + "review/effort.py": _REVIEW,
    _HOST + "review/page.py": _REVIEW,
}

SURVIVORS = Path(__file__).with_name("survivors.txt")


def reasons() -> dict[tuple[str, str, str], str]:
    """{(file, the line before, the line after): why it is left}; a reason begins with "equivalent" or "left".

    In the file these are blocks of four lines, an empty one between them.
    """
    out = {}
    for block in SURVIVORS.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines:
            file, before, after, *why = lines
            out[file, before, after] = " ".join(why)
    return out
