"""Each board's mpconfigboard.cmake names files that MicroPython has, whichever version it is built with."""

import shutil
import subprocess

import pytest

from pacer_watch import BOARDS, boards

from .micropython_boards import FILES, FIRST, SPIRAM

CMAKE = shutil.which("cmake")
VERSIONS = [version for version in FILES if version >= FIRST]
ASK = """
include(${MICROPY_BOARD_DIR}/mpconfigboard.cmake)
foreach(name ${SDKCONFIG_DEFAULTS})
    message("sdkconfig ${name}")
endforeach()
message("target ${IDF_TARGET}")
message("manifest ${MICROPY_FROZEN_MANIFEST}")
"""

pytestmark = pytest.mark.skipif(CMAKE is None, reason="cmake is not installed, which reads mpconfigboard.cmake")


@pytest.fixture
def read(tmp_path):
    """What CMake makes of a definition in the port's folder, as of a version: [(what, value), ...]."""

    def read_it(board, version):
        port = tmp_path / version
        for name in FILES[version]:
            (port / name).parent.mkdir(parents=True, exist_ok=True)
            (port / name).touch()
        (port / "ask.cmake").write_text(ASK)
        done = subprocess.run(
            [CMAKE, f"-DMICROPY_BOARD_DIR={board}", "-P", "ask.cmake"],
            cwd=port, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return [tuple(line.split(" ", 1)) for line in done.stderr.splitlines()]

    return read_it


def named(said):
    return [value for what, value in said if what == "sdkconfig"]


def missing(said, version):
    return [name for name in named(said) if name not in FILES[version]]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", boards.names())
def test_each_file_that_a_board_names_exists(name, version, read):
    said = read(BOARDS / name, version)
    assert named(said)[0] == "boards/sdkconfig.base"
    assert missing(said, version) == []
    assert ("target", boards.load(name).CHIP) in said
    assert ("manifest", str(BOARDS / name / "manifest.py")) in said


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", boards.names())
def test_the_image_uses_the_psram_that_the_board_has(name, version, read):
    board = boards.load(name)
    psram = {"on": False}
    for file in named(read(BOARDS / name, version)):
        psram |= SPIRAM.get(file, {})
    assert psram["on"] == bool(board.PSRAM)
    if board.PSRAM:
        assert psram["lines"] == (8 if boards.octal(board) else 4)


@pytest.mark.parametrize(
    "gone, until",
    [("sdkconfig.usb", "1.26"), ("sdkconfig.spiram_sx", "1.28"), ("ESP32_GENERIC_S3/sdkconfig.board", "1.28")],
)
def test_a_file_that_went_is_noticed(gone, until, tmp_path, read):
    """As these definitions once were."""
    (tmp_path / "mpconfigboard.cmake").write_text(f"set(SDKCONFIG_DEFAULTS boards/sdkconfig.base boards/{gone})\n")
    for version in FILES:
        assert missing(read(tmp_path, version), version) == ([] if version <= until else [f"boards/{gone}"])
