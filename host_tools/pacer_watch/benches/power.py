"""What a session takes from the battery: data sheet currents times the duty cycles that the twin counts.

A session at ten fixes a second runs on the 32-bit interpreter. Of each turn of the loop its instructions are taken
as time (7.2 ns each on an ESP32 at 160 MHz, in proportion at other clocks), what the firmware slept is shortened by
that and by a millisecond for waking up; what is left the chip waits. No board was measured: these are sums, not
readings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pacer.core import notation

from .. import boards
from ..twin import interp, session
from ..twin.chips.gnss import UbloxReceiver
from ..twin.runner import VirtualRunner
from ..twin.world import World

NS_AT_160_MHZ = 7.2
_WAKE_US = 1_000
_CELL_MAH = 500
_USABLE = 0.85  # of a cell's rated charge, down to 3.3 V and in the cold
_SESSION = """Workout - Power bench
- 4min warm-up @ 6'00"/km
- 3 x 400m @ 4'30"/km, 60s jog between
- 2min cool-down @ 6'00"/km
"""
_WARM_US = 60_000_000


@dataclass(frozen=True)
class Current:
    """Milliamperes in a state, and where that is written."""

    ma: float
    source: str


_S3 = "ESP32-S3 series data sheet v2.0, table 5-9, peripherals' clocks off"
_E32 = "ESP32 series data sheet v4.7, table 4-2, upper end, dual core"
CPU: dict[tuple[str, int], dict[str, Current]] = {
    ("esp32s3", 80): {
        "busy": Current(28.4, f"{_S3}: 80 MHz, one core running"),
        "waiting": Current(22.0, f"{_S3}: 80 MHz, WAITI"),
        "asleep": Current(0.24, "ESP32-S3 series data sheet v2.0, table 5-10, light-sleep"),
    },
    ("esp32", 160): {
        "busy": Current(44.0, f"{_E32}: 160 MHz"),
        "waiting": Current(27.0, f"{_E32}: 160 MHz, lower end"),
        "asleep": Current(0.8, "ESP32 series data sheet v4.7, table 4-2, light-sleep"),
    },
}
# What a board adds of its own, beside the chip's figures: regulator, USB bridge, light-emitting diodes.
BOARD = {
    "esp32_devkit": Current(
        12.0, "estimate: AMS1117 5 mA, CP2102 idle and the power LED; makers' figures for such boards vary"
    ),
    "lilygo_tbeam_supreme": Current(3.0, "estimate: AXP2101 quiescent current, GNSS PPS LED, sensors left on ALDO1"),
    "xiao_esp32s3": Current(2.0, "Seeed's wiki gives about 2 mA for the whole board in light sleep"),
}
GNSS = {
    "esp32_devkit": Current(
        30.0, "u-blox NEO-M8 data sheet UBX-15031086, 4.2: 23 mA tracking GPS and GLONASS, and the module's LNA and LED"
    ),
    "lilygo_tbeam_supreme": Current(
        15.0, "u-blox MAX-M10S data sheet UBX-20035208, 4.3: some 10 mA tracking four systems; half more for 10 Hz"
    ),
    "xiao_esp32s3": Current(
        15.0, "u-blox MAX-M10S data sheet UBX-20035208, 4.3: some 10 mA tracking four systems; half more for 10 Hz"
    ),
}
IMU = {
    "mpu6050": Current(0.5, "InvenSense PS-MPU-6000A-00 rev 3.4, 6.4: accelerometer alone"),
    "lsm6dso": Current(0.05, "ST DS12140 rev 2, table 4: accelerometer, low power, at 104 Hz; we run it at 52"),
    "qmi8658": Current(0.18, "QST QMI8658A data sheet rev A, table 6: accelerometer alone, 125 Hz"),
}
OLED_BASE = Current(1.0, "Solomon Systech SSD1306 rev 1.1, 12: logic and charge pump, rounded up")
OLED_ALL_LIT = Current(
    25.0, "Univision UG-2864HSWEG01 product specification, 3: all pixels at the highest contrast, rounded up"
)
PIEZO = Current(5.0, "estimate: a passive piezo of 20 nF at 4 kHz through its series resistor, rounded up")


@dataclass
class Draw:
    """One consumer: its share of the time, its current while it is on, what that makes on average."""

    name: str
    share: float
    ma: float
    source: str

    @property
    def mean_ma(self) -> float:
        return self.share * self.ma


class _Meter:
    """Counts what the twin does at each turn of the loop."""

    def __init__(self) -> None:
        self.turns: list[tuple[int, int, list[int], int, int, float]] = []
        self._frames = -1
        self._lit = 0.0

    def __call__(self, world: World, folder: Path) -> None:
        if world.display.frames != self._frames:
            self._frames = world.display.frames
            self._lit = float(world.display.pixels().mean()) * world.display.contrast / 255
        self.turns.append(
            (world.now_us, world.asleep_us, list(world.lit_us), world.tones_us, world.i2c_bytes, self._lit)
        )


def draws(board: str) -> list[Draw]:
    """Every consumer of a board in a running session."""
    person = VirtualRunner(notation.parse(_SESSION), 5)
    meter = _Meter()
    result = session.run(
        _SESSION, person, UbloxReceiver(person.observe), board=board, runtime=interp.WASM, compiled=True, costs=True,
        live=meter,
    )  # fmt: skip
    facts = boards.load(board)
    cost = dict(result.step_costs)
    end = result.start_us + max(s.t_ms for s in result.seconds) * 1000
    turns = [t for t in meter.turns if result.start_us + _WARM_US <= t[0] <= end]
    ns = NS_AT_160_MHZ * 160 / facts.MHZ
    busy = asleep = lit = 0.0
    for before, now in zip(turns, turns[1:]):
        work = cost[now[0]] * ns / 1000
        # The display's and the IMU's transfers take time in which the chip waits for them, running.
        work += (now[4] - before[4]) * 9 / facts.I2C[0]["freq"] * 1e6
        busy += work
        asleep += max(0.0, now[1] - before[1] - work - _WAKE_US) if now[1] > before[1] else 0.0
        lit += now[5] * (now[0] - before[0])
    total = turns[-1][0] - turns[0][0]
    cpu = CPU[facts.CHIP, facts.MHZ]
    share = {"busy": busy / total, "asleep": asleep / total}
    share["waiting"] = 1 - share["busy"] - share["asleep"]
    on = 1 - (turns[-1][2][0] - turns[0][2][0]) / total
    out = [
        Draw(f"{facts.CHIP} at {facts.MHZ} MHz, {s}", share[s], cpu[s].ma, cpu[s].source)
        for s in ("busy", "waiting", "asleep")
    ]
    imu = facts.IMU[0]["chip"]
    out += [
        Draw("the board's own", 1, BOARD[board].ma, BOARD[board].source),
        Draw("GNSS at 10 Hz", 1, GNSS[board].ma, GNSS[board].source),
        Draw(f"{imu}", 1, IMU[imu].ma, IMU[imu].source),
        Draw("OLED, logic", on, OLED_BASE.ma, OLED_BASE.source),
        Draw("OLED, light", lit / total, OLED_ALL_LIT.ma, OLED_ALL_LIT.source),
        Draw("piezo", (turns[-1][3] - turns[0][3]) / total, PIEZO.ma, PIEZO.source),
    ]
    return out


def hours(total_ma: float, mah: float = _CELL_MAH) -> float:
    return _USABLE * mah / total_ma


def bench() -> Iterator[tuple[str, list[Draw], float]]:
    """(board, its consumers, hours on 500 mAh of which 85 % can be used)."""
    for board in boards.names():
        found = draws(board)
        yield board, found, hours(sum(d.mean_ma for d in found))


def as_dict(draw: Draw) -> dict[str, Any]:
    return {"share": round(draw.share, 4), "ma": draw.ma, "mean_ma": round(draw.mean_ma, 3), "source": draw.source}
