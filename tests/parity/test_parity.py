"""One truth: the same input gives the same bytes on CPython, MicroPython unix and MicroPython WebAssembly."""

import json
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacer_watch import FIRMWARE, shipped
from pacer_watch.twin import flash, interp

HERE = Path(__file__).parent
INTERPRETERS = ["cpython", interp.WASM] + ([interp.UNIX] if interp.micropython() else [])


def lay_out(folder, compiled=False):
    shutil.copy(HERE / "trace.py", folder)
    shutil.copy(HERE / "suite.py", folder)
    names = []
    for path in sorted((HERE.parent / "core").glob("test_*.py")):
        text = shipped.fold(path) if compiled else path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text, encoding="utf-8")
        names.append(path.stem)
    (folder / "modules.txt").write_text(" ".join(names))
    if compiled:
        flash.compile_firmware(folder)
    else:
        shutil.copytree(FIRMWARE / "pacer", folder / "pacer", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("parity"))


def same_on_all(folder, inputs):
    (folder / "inputs.json").write_text(json.dumps(inputs))
    outputs = {name: interp.run_script(name, "trace.py", folder, "32M") for name in INTERPRETERS}
    assert outputs["cpython"]
    for name, text in outputs.items():
        assert text == outputs["cpython"], f"{name} differs from CPython"


def test_the_cores_own_tests_pass_on_every_interpreter(folder):
    outputs = {name: interp.run_script(name, "suite.py", folder, "160M") for name in INTERPRETERS}
    assert outputs["cpython"].count("\n") > 80
    assert len(set(outputs.values())) == 1


def test_the_compiled_files_that_are_shipped_pass_too(tmp_path):
    folder = lay_out(tmp_path, compiled=True)
    outputs = {name: interp.run_script(name, "suite.py", folder, "160M") for name in INTERPRETERS if name != "cpython"}
    assert all(text.count("\n") > 80 for text in outputs.values())


amounts = st.one_of(
    st.builds("{}{}".format, st.integers(1, 5000), st.sampled_from(["m", " m"])),
    st.builds("{}.{}km".format, st.integers(0, 40), st.integers(1, 99)),
    st.builds("{}{}".format, st.integers(1, 90), st.sampled_from(["min", "s", " min", "mi", " laps"])),
    st.builds("{}min {}s".format, st.integers(1, 20), st.integers(1, 59)),
    st.just("lap"),
)
paces = st.builds(
    "{}{}{:02d}{}".format,
    st.integers(2, 9),
    st.sampled_from("':\u2019"),
    st.integers(0, 59),
    st.sampled_from(["", '"', "''"]),
)
targets = st.one_of(
    st.just(""),
    st.builds(" @ {}{}".format, paces, st.sampled_from(["/km", "/mi", " /km"])),
    st.builds(" @ {}{}{}/km".format, paces, st.sampled_from(["-", " -> ", "\u2192", " \u2013 ", "/km to "]), paces),
    st.builds(" @ {} -> {} -> {}/km".format, paces, paces, paces),
    st.sampled_from([" @ between 5k pace and 3k pace", " @ 10k pace to 5k pace", " @ easy + 5s/mi", " on 2min 10s"]),
)
steps = st.builds(
    "{}{}{}{}".format, amounts, st.sampled_from(["", " rest", " jog", " stride", " warm-up", " between", " cool down"]),
    targets, st.sampled_from(["", " | go", " | a | b | c", " # c"]),
)  # fmt: skip
lines = st.one_of(
    steps,
    st.builds("{} lots of:".format, st.integers(1, 12)),
    st.builds("{} x {}, {}".format, st.integers(1, 9), steps, steps),
    st.builds("{} x ({}, {}), 3min rest".format, st.integers(1, 9), steps, steps),
    st.builds("3 x {}, rest until D' {}%, 1min-{}min".format, steps, st.integers(0, 101), st.integers(0, 9)),
    st.builds("{}x(2 x {}, {})".format, st.integers(1, 9), steps, steps),
    st.text(alphabet="0123456789kmins x@':\"/()-,|#\u00d7\u2019", max_size=30),
)
texts = st.builds(
    lambda name, body: name + "\n".join(body),
    st.sampled_from(["", "Workout - Generated\n"]),
    st.lists(st.builds("{}- {}".format, st.sampled_from(["", "", "  ", "    "]), lines), min_size=1, max_size=8),
)


def sentence(body):
    total = 0
    for c in body.encode():
        total ^= c
    return list(f"${body}*{total:02X}\r\n".encode())


@st.composite
def streams(draw):
    """Sentences of a drive with faults: torn lines, noise, odd values, lost fixes."""
    out = []
    second = draw(st.integers(0, 86_390))
    lat = draw(st.integers(0, 5_999_999))
    for _ in range(draw(st.integers(1, 25))):
        second += draw(st.sampled_from([1, 1, 1, 1, 0, 2, 40]))
        s = second % 86_400
        clock = f"{s // 3600:02d}{s // 60 % 60:02d}{s % 60:02d}.{draw(st.sampled_from(['00', '20', '5', '999']))}"
        lat = (lat + draw(st.integers(0, 400))) % 6_000_000
        degrees = draw(st.sampled_from([51, 0, 89, 90, 95]))
        letter = draw(st.sampled_from("NS"))
        place = f"{degrees}{lat // 100000:02d}.{lat % 100000:05d},{letter},00418.5,E"
        knots = draw(st.sampled_from(["6.479", "0.01", "", "25", "99.9", "5.", "x"]))
        status = draw(st.sampled_from("AAAAV"))
        line = draw(
            st.sampled_from(
                [
                    sentence(f"GNRMC,{clock},{status},{place},{knots},84.4,231126,,,A"),
                    sentence(f"GPGGA,{clock},{place},1,09,0.85,12.3,M,45.6,M,,"),
                    sentence(f"GPVTG,84.4,T,,M,{knots},N,12.0,K,A"),
                    list(b"$GPGSV,3,1,12,05,40*00\r\n"),
                ]
            )
        )
        if draw(st.integers(0, 5)) == 0 and line:
            at = draw(st.integers(0, len(line) - 1))
            line[at] ^= 1 << draw(st.integers(0, 7))
        if draw(st.integers(0, 9)) == 0:
            line = line[: len(line) // 2]
        out.append(line + draw(st.lists(st.integers(0, 255), max_size=6)))
    return out


moves = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4]), st.integers(1, 90_000), st.integers(0, 400_000)), max_size=40
)
samples = st.lists(st.lists(st.integers(-32768, 32767), min_size=30, max_size=30), min_size=1, max_size=20)
speeds = st.tuples(st.integers(0, 6), st.integers(150_000, 500_000), st.lists(st.integers(0, 8000), max_size=120))

FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(st.lists(texts, min_size=15, max_size=30), st.lists(st.tuples(texts, moves), min_size=5, max_size=10))
def test_generated_workouts_and_runs_give_the_same_trace(folder, some_texts, some_runs):
    same_on_all(folder, {"text": some_texts, "engine": some_runs})


@FEW
@given(st.lists(streams(), min_size=5, max_size=10))
def test_generated_byte_streams_give_the_same_trace(folder, some):
    same_on_all(folder, {"bytes": some})


@FEW
@given(st.lists(samples, min_size=2, max_size=5), st.lists(speeds, min_size=4, max_size=8))
def test_generated_samples_and_speeds_give_the_same_trace(folder, some_samples, some_speeds):
    same_on_all(folder, {"samples": some_samples, "speeds": some_speeds})


def test_real_logs_give_the_same_trace(folder, data):
    chunks = []
    for path in sorted((data / "nmea").glob("*.log")):
        raw = b"".join(x for x in path.read_bytes().splitlines(True) if not x.startswith(b"#"))
        chunks.append([list(raw[i : i + 400]) for i in range(0, min(len(raw), 24_000), 400)])
    same_on_all(folder, {"bytes": chunks})


def test_laps_on_ovals_give_the_same_trace(folder):
    rng = random.Random(5)
    runs = []
    for radius_cm in (1750, 3680, 4402):
        wander, error = [], 0.0
        for _ in range(900):
            error += rng.gauss(0, 350) - error / 40
            wander.append(round(error))
        runs.append([radius_cm, wander])
    same_on_all(folder, {"places": runs})
