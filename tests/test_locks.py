"""What is installed is what the locks name, to the byte, wherever it comes from."""

import re

import pytest

from pacer_watch import ROOT

LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_each_package_of_a_lock_has_its_version_and_hashes_and_no_address(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|^-", text, re.MULTILINE)
    packages = re.split(r"\n(?=[a-z0-9])", text)
    assert len(packages) >= 4
    for package in packages:
        assert re.match(r"[a-z0-9-]+==\S+( ; .*)? \\\n", package), package.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package.splitlines()[0]


def test_the_makefile_installs_nothing_without_its_hash_but_the_project_itself():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if "pip install" in line and not line.startswith("#")]
    assert all("--require-hashes" in line or line.endswith("--no-deps --no-build-isolation -e .") for line in installs)
    assert len(installs) == 2
    assert {path.name for path in LOCKS} <= set(re.findall(r"requirements[a-z-]*\.lock", makefile))


def test_what_has_no_wheel_everywhere_says_where_it_is_wanted():
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    atheris = re.findall(r"^atheris==\S+ ; (.*) \\$", text, re.MULTILINE)
    assert atheris
    assert all("sys_platform == 'linux'" in where for where in atheris)
    assert re.search(r"^uv==", text, re.MULTILINE)
    assert "micropython-stubber==" in (ROOT / "requirements-parts.lock").read_text(encoding="utf-8")
