"""The list of mutants fits the code: `make mutants` would else find it out half an hour later."""

import pytest

from pacer_watch import ROOT
from tests.mutants.patches import PATCHES
from tests.mutants.table import FILES, SURVIVORS, reasons


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_a_patch_changes_its_file_and_names_its_tests(patch):
    text = (ROOT / patch.file).read_text(encoding="utf-8")
    assert patch.applied(text) != text
    for test in patch.tests:
        assert (ROOT / test.partition("::")[0]).is_file()


def test_each_file_is_judged_by_tests_that_there_are_and_each_survivor_is_one_of_a_line_that_there_is():
    for file, tests in FILES.items():
        assert (ROOT / file).is_file()
        for test in tests:
            assert test.startswith("-k") or not test.startswith("tests/") or (ROOT / test.partition("::")[0]).is_file()
    assert SURVIVORS.is_file()
    for file, before, _ in reasons():
        assert before in (ROOT / file).read_text(encoding="utf-8"), f"{file}: {before}"


def test_no_two_patches_have_one_name():
    assert len({patch.name for patch in PATCHES}) == len(PATCHES)
