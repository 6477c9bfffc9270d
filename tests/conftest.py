"""Shared by all tests: where the recordings are, and which interpreters there are."""

from pathlib import Path

import pytest

from pacer_watch.twin import interp

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

MICROPYTHONS = [
    pytest.param(
        interp.UNIX, marks=pytest.mark.skipif(interp.micropython() is None, reason="no unix MicroPython wheel here")
    ),
    interp.WASM,
]


@pytest.fixture
def data():
    """The real recordings, kept beside the project."""
    if not DATA.is_dir():
        pytest.skip(f"the recordings are not at {DATA}")
    return DATA


@pytest.fixture(params=MICROPYTHONS)
def runtime(request):
    """Each MicroPython in turn."""
    return request.param
