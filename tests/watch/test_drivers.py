"""Each driver against the register-level model of its chip: set-up, bursts, overflow, another chip, motion, faults."""

import shutil
from array import array
from datetime import datetime

import pytest

from pacer.drivers.axp2101 import AXP2101
from pacer.drivers.battery import Battery
from pacer.drivers.lsm6dso import LSM6DSO
from pacer.drivers.mpu6050 import MPU6050
from pacer.drivers.pcf8563 import PCF8563
from pacer.drivers.qmi8658 import QMI8658
from pacer.drivers.spimem import SpiMemory
from pacer_watch import FIRMWARE
from pacer_watch.twin import interp
from pacer_watch.twin.chips import Refused
from pacer_watch.twin.chips import axp2101 as axp_model
from pacer_watch.twin.chips.battery import Battery as Cell
from pacer_watch.twin.chips.lsm6dso import LSM6DSO as LsmModel
from pacer_watch.twin.chips.mpu6050 import MPU6050 as MpuModel
from pacer_watch.twin.chips.oled import SH1106
from pacer_watch.twin.chips.pcf8563 import PCF8563 as PcfModel
from pacer_watch.twin.chips.qmi8658 import QMI8658 as QmiModel
from pacer_watch.twin.runner import Hand


class Bus:
    """I2C with one device; the n-th transfer from now on can be made to fail."""

    def __init__(self, device, address):
        self.device = device
        self.address = address
        self.fails_in = -1

    def _take(self, address):
        self.fails_in -= 1
        if address != self.address or self.fails_in == 0:
            raise OSError(19)

    def readfrom_mem_into(self, address, register, buf):
        self._take(address)
        buf[:] = self.device.read_memory(register, len(buf))

    def writeto_mem(self, address, register, buf):
        self._take(address)
        self.device.write_memory(register, bytes(buf))


class World:
    def __init__(self):
        self.us = 0
        self.shake = 0

    def now(self):
        return self.us

    def samples(self, start, count, period):
        return [(100 + i, -200, 4096 + self.shake * (-1) ** (start // period + i)) for i in range(count)]


IMUS = [
    pytest.param(MPU6050, MpuModel, 0x68, 100, id="mpu6050"),
    pytest.param(LSM6DSO, LsmModel, 0x6A, 104, id="lsm6dso"),
    pytest.param(QMI8658, QmiModel, 0x6B, 125, id="qmi8658"),
]


@pytest.mark.parametrize("driver, model, address, rate", IMUS)
class TestImu:
    def make(self, driver, model, address, rate):
        world = World()
        device = model(world.now, world.samples)
        bus = Bus(device, address)
        return world, bus, driver(bus, address, rate), array("h", [0] * 3 * driver.BURST)

    def test_a_burst_brings_the_samples_in_order_and_in_g(self, driver, model, address, rate):
        world, _, imu, out = self.make(driver, model, address, rate)
        world.us += 100_000
        count = imu.read(out)
        assert abs(count - imu.rate_hz // 10) <= 1
        assert out[1] == -200
        assert out[2] == 4096
        assert [out[3 * i] for i in range(count)] == [100 + i for i in range(count)]
        assert imu.read(out) == 0

    def test_more_than_a_burst_is_read_in_several(self, driver, model, address, rate):
        world, _, imu, out = self.make(driver, model, address, rate)
        world.us += 300_000
        total = count = imu.read(out)
        assert count == imu.BURST
        while count:
            count = imu.read(out)
            total += count
        assert abs(total - imu.rate_hz * 3 // 10) <= 2

    def test_an_overflow_is_counted_and_got_over(self, driver, model, address, rate):
        world, _, imu, out = self.make(driver, model, address, rate)
        world.us += 60_000_000
        imu.read(out)
        assert imu.lost == 1
        while imu.read(out):
            pass
        world.us += 50_000
        assert 3 <= imu.read(out) <= 8
        assert imu.lost == 1
        assert out[1] == -200

    def test_another_chip_is_named(self, driver, model, address, rate):
        world = World()
        other = Bus(model(world.now, world.samples), address)
        other.device.registers[{0x68: 0x75, 0x6A: 0x0F, 0x6B: 0x00}[address]] = 0x98
        with pytest.raises(OSError, match="WHO_AM_I 0x98"):
            driver(other, address, rate)
        with pytest.raises(OSError):
            driver(Bus(other.device, address + 1), address, rate)

    def test_any_transfer_may_fail_and_a_new_start_mends_it(self, driver, model, address, rate):
        for n in range(1, 14):
            world, bus, imu, out = self.make(driver, model, address, rate)
            for _ in range(4):
                world.us += 100_000
                bus.fails_in = n
                try:
                    imu.read(out)
                except OSError:
                    bus.fails_in = -1
                    imu.start()
                bus.fails_in = -1
            world.us += 100_000
            while imu.read(out) == imu.BURST:
                pass
            world.us += 100_000
            count = imu.read(out)
            assert abs(count - imu.rate_hz // 10) <= 1, n
            assert (out[1], out[2]) == (-200, 4096), n

    def test_motion_raises_the_interrupt_and_stillness_does_not(self, driver, model, address, rate):
        world, bus, imu, out = self.make(driver, model, address, rate)
        imu.wake_on_motion(150)
        for _ in range(30):
            world.us += 100_000
            assert not bus.device.int_level()
        world.shake = 1500
        for _ in range(10):
            world.us += 130_000
            if bus.device.int_level():
                break
        assert bus.device.int_level()
        world.shake = 0
        imu.start()
        world.us += 100_000
        assert abs(imu.read(out) - imu.rate_hz // 10) <= 1
        assert not bus.device.int_level()


def test_the_models_refuse_what_the_parts_refuse():
    world = World()
    lsm = LsmModel(world.now, world.samples)
    for register in (0x0F, 0x3A, 0x1B):
        with pytest.raises(Refused):
            lsm.write_memory(register, b"\0")
    with pytest.raises(Refused, match="past the end"):
        lsm.read_memory(0x78, 7)
    qmi = QmiModel(world.now, world.samples)
    with pytest.raises(Refused, match="asked for"):
        qmi.read_memory(0x17, 6)
    with pytest.raises(Refused, match="do not count up"):
        qmi.read_memory(0x15, 2)
    with pytest.raises(Refused, match="CTRL8"):
        qmi.write_memory(0x0A, b"\x05")
    qmi.write_memory(0x09, b"\x80")
    qmi.write_memory(0x0A, b"\x05")
    with pytest.raises(Refused, match="acknowledged"):
        qmi.write_memory(0x0A, b"\x04")
    sh = SH1106()
    for bad in (b"\x00\x20\x00", b"\x00\x21\x00\x7f", b"\x00\x8d\x14", b"\x00\xad\x80"):
        with pytest.raises(Refused):
            sh.write(bad)
    with pytest.raises(Refused, match="wrap"):
        sh.write(b"\x80\x10\x80\x02\x40" + bytes(131))
    with pytest.raises(Refused, match="weekday"):
        PcfModel(world.now).write_memory(2, bytes((0, 0, 0x12, 0x24, 0, 0x11, 0x26)))


def test_sh1106_shows_columns_2_to_129():
    chip = SH1106()
    chip.write(b"\x00\xad\x8b\xaf\xa1\xc8")
    chip.write(b"\x80\xb1\x80\x02\x80\x10\x40\xff")
    assert chip.pixels()[8:16, 0].all()
    assert chip.pixels().sum() == 8


class Spi:
    """The other side of SpiMemory: a device behind chip select."""

    def __init__(self, device):
        self.device = device
        self.low = False
        self.held = b""

    def value(self, level):
        if level and self.low and self.held and not self.held[0] & 0x80:
            self.device.write_memory(self.held[0], self.held[1:])
        self.low = not level
        self.held = b""

    def write(self, data):
        assert self.low
        self.held += bytes(data)

    def readinto(self, buf):
        assert self.low
        assert self.held[0] & 0x80
        buf[:] = self.device.read_memory(self.held[0] & 0x7F, len(buf))


def test_a_qmi8658_works_over_spi_as_over_i2c():
    world = World()
    wire = Spi(QmiModel(world.now, world.samples))
    imu = QMI8658(SpiMemory(wire, wire))
    out = array("h", [0] * 60)
    world.us += 100_000
    assert imu.read(out) == 12
    assert (out[1], out[2]) == (-200, 4096)


class Line:
    """The power chip's interrupt pin."""

    def __init__(self, model):
        self.model = model

    def value(self):
        return self.model.irq_level()


def power(us=None):
    us = us or [0]
    hand = Hand()
    cell = Cell(lambda: us[0])
    model = axp_model.AXP2101(cell, hand, lambda: us[0])
    bus = Bus(model, 0x34)
    return us, hand, cell, model, bus, AXP2101(bus, 0x34, Line(model))


def test_axp2101_switches_rails_and_reads_the_cell():
    _, _, cell, model, _, chip = power()
    chip.rail("aldo4", 3300)
    chip.rail("aldo1", 1800)
    chip.rail("aldo3", 0)
    assert [model.rail_mv(n) for n in ("aldo1", "aldo3", "aldo4")] == [1800, 0, 3300]
    chip.rail("aldo4", 0)
    assert model.rail_mv("aldo4") == 0
    assert model.rail_mv("aldo1") == 1800
    with pytest.raises(ValueError, match="3600"):
        chip.rail("aldo2", 3600)
    cell.curve = lambda us: 3712
    assert chip.read_mv() == 3712
    assert chip.percent() == 15
    cell.curve = lambda us: 0
    assert chip.read_mv() == 0
    assert chip.percent() == -1


def test_axp2101_power_key_is_a_button():
    us, hand, _, model, bus, chip = power()
    hand.press("back", 1_000_000, 400_000)
    levels = []
    for ms in range(0, 2000, 20):
        us[0] = ms * 1000
        levels.append(chip.key.value())
    assert levels[:50] == [1] * 50
    assert levels[51:69] == [0] * 18
    assert levels[72:] == [1] * 28
    bus.fails_in = 1
    hand.press("back", 3_000_000, 5_000)
    us[0] = 3_004_500
    assert not model.irq_level()
    us[0] = 3_010_000
    assert chip.key.value() == 1  # the bus failed: the line is still low
    assert chip.key.value() == 0  # a press shorter than a look counts once
    assert chip.key.value() == 1


def test_axp2101_another_chip_is_named():
    _, _, _, model, bus, _ = power()
    model.registers[3] = 0x41
    with pytest.raises(OSError, match="chip id 0x41"):
        AXP2101(bus)


def test_pcf8563_keeps_time_and_says_when_it_has_stopped():
    us = [0]
    model = PcfModel(lambda: us[0])
    clock = PCF8563(Bus(model, 0x51))
    now = array("h", [0] * 7)
    assert not clock.read(now)
    clock.write((2026, 12, 31, 3, 23, 59, 50))
    us[0] = 15_000_000
    assert clock.read(now)
    assert list(now) == [2027, 1, 1, 4, 0, 0, 5]
    assert model.now() == datetime(2027, 1, 1, 0, 0, 5)
    with pytest.raises(OSError):
        PCF8563(Bus(model, 0x50))


def test_battery_is_averaged_and_none_is_told():
    class Adc:
        values = [1_900_000, 1_910_000] * 4

        def read_uv(self):
            return self.values.pop()

    adc = Adc()
    assert Battery(adc, 2).read_mv() == 3810
    adc.values = [120_000] * 8
    assert Battery(adc, 2).read_mv() == 0


OLED_SCRIPT = """
from pacer.drivers.oled import SSD1306, SH1106

state = [0]

def below(n):
    state[0] = (state[0] * 1103515245 + 12345) % 2147483648
    return (state[0] >> 12) % n

def play(kind, offset, seed):
    state[0] = seed
    glass = bytearray(8 * 132)
    fails = [0]

    class Bus:
        def writeto(self, address, data):
            if fails[0] and below(fails[0]) == 0:
                raise OSError(19)
            if data[0] != 0x80:
                return
            page, low, high = data[1] & 7, data[3], data[5]
            at = page * 132 + (high & 15) * 16 + low
            for b in memoryview(data)[7:]:
                glass[at] = b
                at += 1

    d = kind(Bus())
    d.start()
    fb = d.fb
    for turn in range(120):
        x, y, w, h = (below(n) for n in (110, 50, 40, 20))
        fails[0] = 9 if turn % 4 == 0 else 0
        fb.fill_rect(x, y, w + 1, h + 1, below(2))
        d.touch(x, y, min(w + 1, 128 - x), min(h + 1, 64 - y))
        try:
            d.show(1 + below(13))
        except OSError:
            if below(2):
                fails[0] = 0
                d.start()
    fails[0] = 0
    while d.dirty:
        d.show(5)
    for y in range(64):
        for x in range(128):
            if fb.pixel(x, y) != glass[y // 8 * 132 + x + offset] >> (y & 7) & 1:
                return "seed %d: %d, %d is wrong" % (seed, x, y)
    return "as drawn"

for seed in range(4):
    print(play(SSD1306, 0, seed), play(SH1106, 2, seed))
"""


@pytest.mark.parametrize("runtime", [interp.UNIX, interp.WASM])
def test_the_glass_shows_what_was_drawn_whatever_fails_on_the_way(runtime, tmp_path):
    if runtime == interp.UNIX and interp.micropython() is None:
        pytest.skip("no unix MicroPython wheel here")
    shutil.copytree(FIRMWARE / "pacer", tmp_path / "pacer")
    (tmp_path / "oled.py").write_text("import gc\ngc.disable()\n" + OLED_SCRIPT)
    assert interp.run_script(runtime, "oled.py", tmp_path, "16M").split("\n")[:4] == ["as drawn as drawn"] * 4
