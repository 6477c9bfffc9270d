"""The wheel, which is the product: what is in it, and that it does what README, docs/ and the helps say.

It is installed outside the tree, in a virtual environment that shares this one's libraries and not this one's Pacer.
With PACER_INSTALL=1 (make test-wheel) it is installed for real, too, with each Python here, by pip, pipx and uv.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import click
import pytest

from pacer_watch import ROOT
from pacer_watch.twin import flash, interp
from pacer_watch.twin.board import Board
from pacer_watch.twin.runner import Stander

from . import documented
from .test_tracks import TRACK, area, collection, feature, line, oval

# What is not run here, each with its reason.
NOT_RUN = {
    r"\.venv/bin/python -m tests\.": "a part of the tests",
    r"make ": "its targets are looked up in the Makefile; CI runs lint, test and test-web",
    r"pacer bench ": "takes minutes, and is run by the tests of the benches",
    r".*--micropython ": "esptool wants a chip",
    r"pacer selftest": "takes a minute: tests/host/test_flash.py runs it",
    r"pacer flash --board xiao": "the board here has an ESP32 DevKit's parts",
    r"(\.venv/bin/pip|python -m pip|pipx|uv) ": "takes packages from the index: make test-wheel",
    r"\.venv/bin/pytest ": "tests/test_extend.py runs it",
    r"mpremote mip ": "tests/host/test_flash.py runs it",
    r"(eval .*|pacer completion) zsh": "zsh alone understands it: tests/host/test_completion.py asks it",
    r"export ": "the port is set for all commands here",
}
STOPPED = ("pacer board", "pacer watch")  # they go on until they are stopped, after some seconds
RUN_S = 4


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the tree."""
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of commands of an environment with the wheel in it."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    bin_folder = home / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / "python"
    subprocess.run([python, "-m", "pip", "-q", "install", "--no-deps", "--no-index", str(wheel)], check=True)
    here = next(p for p in map(Path, sys.path) if p.name == "site-packages")
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True,
        text=True,
    ).stdout.strip()  # fmt: skip
    Path(site, "libraries.pth").write_text(f"{here}\n")  # its own .pth files, and so the tree, are not read
    for name, module in (("micropython", "micropython_unix"), ("mpremote", "mpremote.main")):
        script = bin_folder / name
        script.write_text(f"#!{python}\nimport sys\nfrom {module} import main\nsys.exit(main())\n")
        script.chmod(0o755)
    return bin_folder


def run(installed, command, folder, code=0, **environment):
    """A command of the shell, with the installed pacer first on the path."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON", "PACER"))}
    env.update(PATH=f"{installed}{os.pathsep}{env['PATH']}", HOME=str(folder), **environment)
    process = subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    stopped = command.startswith(STOPPED) and not re.search("--seconds|board (check|new)|--help", command)
    try:
        while True:
            try:
                out, err = process.communicate(timeout=RUN_S if stopped else 300)
                break
            except subprocess.TimeoutExpired:
                if not stopped:
                    raise
                os.killpg(process.pid, signal.SIGTERM)  # a job in the background ignores Ctrl-C
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    codes = (0, -signal.SIGTERM) if stopped else (code,)  # on a slow machine it may come before the command is up
    assert process.returncode in codes, f"{command}: {process.returncode}\n{out}{err}"
    assert "Traceback" not in err, err
    return out


@pytest.fixture(scope="module")
def place(installed, tmp_path_factory):
    """A folder in which the documented commands can be run, and the port of a board that runs beside it."""
    if interp.micropython() is None:
        pytest.skip("no MicroPython for unix on this machine")
    folder = documented.folder(tmp_path_factory.mktemp("place"))
    (folder / "receiver.log").write_text(nmea())
    (folder / "stadium.geojson").write_text(collection(area(oval(36.5), **TRACK)))
    school = feature({"type": "Polygon", "coordinates": [line(oval(27.0, 65.0), lat=51.6)]}, **TRACK)
    (folder / "school.geojson").write_text(collection(school))
    step = {"type": "ExecutableStepDTO", "stepType": {"stepTypeKey": "interval"}, "endConditionValue": 600,
            "endCondition": {"conditionTypeKey": "time"}}  # fmt: skip
    (folder / "garmin.json").write_text(json.dumps({"workoutName": "x", "workoutSegments": [{"workoutSteps": [step]}]}))
    (folder / ".config/fish/completions").mkdir(parents=True)
    for command in (
        "pacer sim my-session.txt --out out", "mkdir runs; cp out/run.run runs/0007.run",
        "pacer export out/run.run -o run.fit", "pacer export out/run.run -o morning.gpx",
        "pacer convert 5x1000m -o workout.fit", "pacer board new my_board; pacer board new my_watch",
        "pacer profile --race 5k=20:00", "pacer track add stadium.geojson --out learned.txt",
        "pacer track add school.geojson --lap 300 --out learned.txt",
    ):  # fmt: skip
        run(installed, command, folder)
    profile = (folder / "profile.txt").read_text()
    with Board(flash.build(folder / "flash", "esp32_devkit", {}, profile=profile), Stander(1e6)) as board:
        until(installed, folder, board)
        yield folder, board


def until(installed, folder, board, seconds=90):
    """Wait until the watch answers; one that has gone to sleep is woken."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done = subprocess.run(
            [installed / "pacer", "status", "--port", board.port],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        board.press("lap")
    raise AssertionError(f"the board does not answer: {done.stderr}")


def nmea():
    """A receiver's log of a minute that stands still."""
    out = []
    for second in range(60):
        at = (datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc) + timedelta(seconds=second)).strftime("%H%M%S.00")
        for body in (f"GPRMC,{at},A,5126.5860,N,00312.4620,W,0.01,,231126,,,A",
                     f"GPGGA,{at},5126.5860,N,00312.4620,W,1,09,0.9,12.0,M,48.0,M,,"):  # fmt: skip
            check = 0
            for c in body.encode():
                check ^= c
            out.append(f"${body}*{check:02X}\r\n")
    return "".join(out)


def test_the_wheel_has_what_the_tree_has(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("this is no clone")
    homes = {"host_tools/pacer_watch/": "pacer_watch/", "firmware/pacer/": "pacer/",
             "boards/": "pacer_watch/_root/boards/", "workouts/": "pacer_watch/_root/workouts/",
             "firmware/main.py": "pacer_watch/_root/firmware/main.py", "host_tools/compat/": ""}  # fmt: skip
    wanted = {home + f.removeprefix(here) for f in tracked for here, home in homes.items() if f.startswith(here)}
    wanted |= {"pacer_watch/_root/" + f for f in tracked if f.startswith("firmware/pacer/")}
    assert wanted - inside == set()
    assert {f for f in inside - wanted if ".dist-info/" not in f} == set()


@pytest.mark.parametrize("checker", [["twine", "check", "--strict"], ["check-wheel-contents"]])
def test_the_wheel_is_in_order(wheel, checker):
    tool = Path(sys.executable).with_name(checker[0])
    done = subprocess.run([tool, *checker[1:], wheel], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_core_is_imported_from_the_wheel_and_not_from_the_tree(installed, tmp_path):
    said = run(installed, "python -c 'import pacer, pacer_watch; from pacer.core import pace; "
               "print(pace.pace_of_lap(80_000, 400_000), pacer.__file__, pacer_watch.ROOT)'", tmp_path)  # fmt: skip
    assert said.startswith("200000 ")
    assert str(ROOT) + os.sep not in said
    assert run(installed, "python -m pacer_watch --version", tmp_path).startswith("pacer, version ")


def tried(place, installed, commands):
    """Run each command that can be, as it stands."""
    folder, board = place
    port = board.port
    for command in commands:
        text = documented.ready(command.text, port)
        if any(re.match(pattern, command.text) for pattern in NOT_RUN):
            continue
        if not command.whole and is_mention(text):
            continue
        if text.startswith("pacer board new "):
            shutil.rmtree(folder / text.split()[3], ignore_errors=True)
        elif text.startswith("pacer rm ") or text.startswith("pacer track rm "):
            stock(folder)
        try:
            run(installed, text, folder, PACER_PORT=port, MPREMOTE_PORT=port)
        except AssertionError as e:
            raise AssertionError(f"{command.text!r}: {e}") from e
        finally:
            if text.startswith("mpremote"):
                board.reset()
            if text.startswith(("mpremote", "pacer flash", "pacer selftest")):
                until(installed, folder, board)


def stock(folder):
    """What the examples delete is on the watch."""
    for name in ("workouts/tuesday.txt", "workouts/ladder-5x1000.txt"):
        shutil.copy(folder / "tuesday.txt", folder / "flash" / name)
    (folder / "flash" / "runs" / "0003.got").write_bytes(b"")
    for name in ("learned.txt", "profile.txt"):
        shutil.copy(folder / name, folder / "flash")


def is_mention(text):
    """Does a text name a command without what it needs to run? What is named has to exist."""
    words = text.split()[1:]
    if not text.startswith("pacer "):
        return text == "pacer"
    name = " ".join(words[:2]) if " ".join(words[:2]) in documented.leaves() else words[0]
    leaf = documented.leaves()[name]
    try:
        leaf.make_context("pacer", words[len(name.split()) :])
    except click.MissingParameter:
        return True
    except click.BadOptionUsage as e:
        return "requires an argument" in e.message
    except click.ClickException:
        return False
    return name == "track"


@pytest.mark.parametrize("page", [page for page in documented.PAGES if documented.commands(page)])
def test_every_command_of_a_page_runs(place, installed, page):
    tried(place, installed, documented.commands(page))


@pytest.mark.parametrize("name", sorted(documented.leaves()))
def test_every_example_of_a_help_runs(place, installed, name):
    leaf = documented.leaves()[name]
    lines = documented.examples(leaf)
    assert lines, f"pacer {name} --help has no examples"
    assert all(re.match(r"(eval \"\$\()?pacer ", line) for line in lines)
    tried(place, installed, [documented.Command(line, True) for line in lines])


def test_every_command_has_json_as_readme_says():
    without = {n for n, leaf in documented.leaves().items() if not any("--json" in p.opts for p in leaf.params)}
    assert without == {"track", "completion"}  # a group, and what a shell reads


def test_flags_of_readmes_table_are_those_of_its_commands():
    rows = re.findall(r"^\| (`pacer .*?) \| (.*) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 12
    seen = 0
    for left, right in rows:
        name = re.search(r"`pacer ([a-z]+)", left)[1]
        leaf = documented.leaves()[name]
        for flag in re.findall(r"--[a-z-]+", left + right):
            assert any(flag in p.opts for p in leaf.params), f"pacer {name} has no {flag}"
            seen += 1
    assert seen > 5


def test_every_command_is_in_readmes_table():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in text.splitlines() if line.startswith("| `pacer "))
    for name in documented.COMMANDS:
        assert re.search(rf"`(pacer )?{name}\b", table), f"README's table has no pacer {name}"


def test_every_target_that_is_named_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for page in documented.PAGES:
        for target in re.findall(r"(?:`|^ +)make ([a-z][a-z-]*)", (ROOT / page).read_text(encoding="utf-8"), re.M):
            assert f"\n{target}:" in makefile, f"{page}: make {target}"


def test_every_reason_not_to_run_a_command_is_needed():
    named = [c.text for page in documented.PAGES for c in documented.commands(page)]
    named += [line for leaf in documented.leaves().values() for line in documented.examples(leaf)]
    for pattern in NOT_RUN:
        assert any(re.match(pattern, text) for text in named), f"{pattern} stands for nothing"


def test_a_session_whose_name_has_spaces_is_one():
    done = subprocess.run(
        ["make", "-n", "run", "SESSION=a b.txt"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert 'sim "a b.txt"' in done.stdout


WINDOWS = """
import os, sys
for name in ("pty", "termios", "fcntl", "tty", "resource"):
    sys.modules[name] = None
for name in ("sched_setaffinity", "sched_getaffinity", "openpty", "fork"):
    if hasattr(os, name):
        delattr(os, name)
from pacer_watch.twin import interp
interp.micropython = lambda: None  # there is no wheel of the unix port
from pacer_watch.cli import main
main()
"""


@pytest.mark.parametrize(
    "command",
    ["check my-session.txt", "workouts", "profile --race 5k=20:00", "sim my-session.txt --out w", "report out/run.run",
     "review out/run.run", "export out/run.run --to gpx", "convert 5x1000m", "replay morning.gpx",
     "track show learned.txt", "board check", "board new a_watch", "completion fish", "board --help",
     "bench size --help"],
)  # fmt: skip
def test_without_what_windows_lacks_all_but_the_board_runs(place, installed, command):
    folder, _ = place
    (folder / "windows.py").write_text(WINDOWS)
    run(installed, f"python windows.py {command}", folder)


def test_without_a_pseudo_terminal_the_board_says_so(place, installed):
    folder, _ = place
    (folder / "windows.py").write_text(WINDOWS)
    done = subprocess.run(
        [installed / "python", "windows.py", "board"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs a pseudo-terminal" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def pythons():
    """Each Python here from 3.10 on, by its version."""
    found = {}
    for folder in [*os.environ["PATH"].split(os.pathsep), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]:
        for path in sorted(Path(folder).glob("python3.[0-9]*")):
            if re.fullmatch(r"python3\.\d\d", path.name) and "shims" not in path.parts and ".venv" not in path.parts:
                found.setdefault(path.name.removeprefix("python"), path)
    return {version: path for version, path in found.items() if int(version.split(".")[1]) >= 10}


INSTALL = pytest.mark.skipif("PACER_INSTALL" not in os.environ, reason="takes packages from PyPI: make test-wheel")


@INSTALL
@pytest.mark.parametrize("version", sorted(pythons()))
def test_it_is_installed_with_each_python(wheel, tmp_path, version):
    subprocess.run([pythons()[version], "-m", "venv", tmp_path / "v"], check=True)
    bin_folder = tmp_path / "v" / "bin"
    subprocess.run([bin_folder / "python", "-m", "pip", "-q", "install", str(wheel)], check=True)
    works(bin_folder, documented.folder(tmp_path))


@INSTALL
@pytest.mark.parametrize("tool", ["pipx", "uv tool"])
@pytest.mark.parametrize("what", ["clone", "wheel"])
def test_it_is_installed_by_pipx_and_uv(wheel, tmp_path, tool, what):
    name = tool.split()[0]
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "t"], check=True)
    subprocess.run([tmp_path / "t" / "bin" / "python", "-m", "pip", "-q", "install", name], check=True)
    env = {**os.environ, "PIPX_HOME": str(tmp_path / "p"), "PIPX_BIN_DIR": str(tmp_path / "b"),
           "UV_TOOL_DIR": str(tmp_path / "p"), "UV_TOOL_BIN_DIR": str(tmp_path / "b")}  # fmt: skip
    source = str(wheel) if what == "wheel" else "."
    subprocess.run([tmp_path / "t" / "bin" / name, *tool.split()[1:], "install", source], cwd=ROOT, env=env, check=True)
    works(tmp_path / "b", documented.folder(tmp_path))


def works(bin_folder, folder):
    """A run, its report and its export."""
    run(bin_folder, "pacer --version && pacer sim my-session.txt --out out && pacer export out/run.run", folder)
    assert shutil.which("pacer", path=str(bin_folder))
    assert (folder / "out" / "report.html").stat().st_size > 50_000
    assert (folder / "out" / "run.gif").stat().st_size > 5_000
