"""The models refuse what the real parts refuse, and behave as their data sheets say."""

import math

import numpy as np
import pytest

from pacer.core import notation
from pacer_watch import boards
from pacer_watch.twin.chips import Refused
from pacer_watch.twin.chips.gnss import NmeaReceiver, Observation, sentence
from pacer_watch.twin.chips.mpu6050 import MPU6050
from pacer_watch.twin.chips.oled import SSD1306
from pacer_watch.twin.chips.uart import Uart
from pacer_watch.twin.oval import Oval
from pacer_watch.twin.runner import VirtualRunner, cadence_of
from pacer_watch.twin.world import World

ON = b"\x00\x8d\x14\xaf\xa1\xc8"


def test_ssd1306_writes_where_its_addressing_mode_says():
    chip = SSD1306()
    chip.write(ON + b"\x20\x00\x21\x02\x03\x22\x01\x02")
    chip.write(b"\x40" + bytes([1, 2, 4, 8, 16]))
    assert chip.memory[1, 2:4].tolist() == [16, 2]  # the fifth byte began the window anew
    assert chip.memory[2, 2:4].tolist() == [4, 8]
    chip.write(b"\x00\x20\x01\x21\x00\x01\x22\x00\x01")
    chip.write(b"\x40" + bytes([1, 2, 3, 4]))
    assert chip.memory[0:2, 0:2].T.tolist() == [[1, 2], [3, 4]]
    chip.write(b"\x80\x20\x80\x02\x80\xb5\x80\x13\x80\x04")  # one command a control byte, page mode
    chip.write(b"\x40\xff")
    assert chip.memory[5, 0x34] == 0xFF


def test_ssd1306_shows_nothing_without_charge_pump_or_when_off():
    chip = SSD1306()
    chip.write(b"\x40" + b"\xff" * 10)
    assert not chip.pixels().any()
    chip.write(b"\x00\xaf")
    assert not chip.pixels().any()
    chip.write(b"\x00\x8d\x14")
    assert chip.pixels().any()
    chip.write(b"\x00\xa7")
    assert chip.pixels().sum() == 64 * 128 - 80


def test_ssd1306_draws_as_framebuf_lays_out_pixels():
    chip = SSD1306()
    chip.write(ON + b"\x20\x00\x21\x00\x7f\x22\x00\x07")
    memory = np.zeros((8, 128), np.uint8)
    memory[2, 5] = 0b00000100
    chip.write(b"\x40" + memory.tobytes())
    assert np.argwhere(chip.pixels()).tolist() == [[18, 5]]


def test_ssd1306_refuses_what_it_does_not_know():
    for bad in (
        b"\x00\xc5",
        b"\x01\xaf",
        b"\x00\x21\x05\x04",
        b"\x00\x22\x00\x08",
        b"\x00\xa8\x05",
        b"\x00\x20\x03",
        b"\x00\x81",
    ):
        with pytest.raises(Refused):
            SSD1306().write(bad)
    with pytest.raises(Refused):
        SSD1306().read_memory(0, 1)


class Clock:
    us = 0


def mpu(clock):
    return MPU6050(lambda: clock.us, lambda start, count, period: [(i, -i, 4096) for i in range(count)])


def awake(chip):
    for register, value in ((0x6B, 8), (0x1A, 3), (0x19, 9), (0x1C, 0x10), (0x23, 8), (0x6A, 4), (0x6A, 0x40)):
        chip.write_memory(register, bytes([value]))


def test_mpu6050_fills_its_fifo_at_its_rate():
    clock = Clock()
    chip = mpu(clock)
    clock.us = 500_000
    awake(chip)
    clock.us += 100_000
    assert int.from_bytes(chip.read_memory(0x72, 2), "big") == 60
    assert chip.read_memory(0x74, 6) == bytes([0, 0, 0, 0, 16, 0])
    assert int.from_bytes(chip.read_memory(0x72, 2), "big") == 54


def test_mpu6050_sleeps_after_reset_and_overflows_when_nobody_reads():
    clock = Clock()
    chip = mpu(clock)
    assert chip.read_memory(0x6B, 1) == b"\x40"
    clock.us = 5_000_000
    assert chip.read_memory(0x72, 2) == b"\0\0"
    awake(chip)
    clock.us += 3_000_000
    assert int.from_bytes(chip.read_memory(0x72, 2), "big") == 1024
    assert chip.overflowed


def test_mpu6050_refuses_what_it_does_not_have():
    clock = Clock()
    for act in (
        lambda c: c.write_memory(0x75, b"\0"),
        lambda c: c.read_memory(0x05, 1),
        lambda c: c.read_memory(0x74, 1),
        lambda c: c.read(1),
    ):
        with pytest.raises(Refused):
            act(mpu(clock))


class Speaker:
    baud = 9600

    def __init__(self, *bursts):
        self.bursts = list(bursts)

    def speak(self, until_us):
        out = [b for b in self.bursts if b[0] <= until_us]
        self.bursts = [b for b in self.bursts if b[0] > until_us]
        return out

    def hear(self, data, baud):
        pass


def test_uart_bytes_take_their_time():
    uart = Uart(Speaker((1000, b"0123456789")), 1)
    uart.open(0, 9600, 256)
    assert uart.flow(1000) == 0
    assert uart.flow(1000 + 3 * 1041 + 1) == 3
    assert uart.flow(100_000) == 10
    assert uart.read(4) == b"0123"


def test_uart_loses_what_overflows_its_ring():
    uart = Uart(Speaker((0, bytes(1000))), 1)
    uart.open(0, 9600, 256)
    assert uart.flow(5_000_000) == 256
    assert uart.lost == 744


def test_uart_hears_noise_at_the_wrong_rate():
    uart = Uart(Speaker((0, b"$GPRMC,093000,A*00\r\n")), 1)
    uart.open(0, 38400, 1024)
    assert uart.flow(1_000_000) > 20
    assert b"RMC" not in uart.read(200)


def test_a_burst_at_another_baud_that_was_slept_over_is_nothing():
    uart = Uart(Speaker((0, bytes(20))), 1)
    uart.open(0, 115200, 256)
    uart.doze(0, 40_000)
    assert uart.flow(40_000) == 0
    assert uart.slept_over == 20


def test_a_receiver_says_what_it_observes():
    r = NmeaReceiver(lambda us: Observation(-33.5, 151.25, 4.0, 90.0))
    (at, data), *_ = r.speak(60_000)
    assert at == 60_000
    assert data.startswith(sentence("GNRMC,093000.00,A,3330.00000,S,15115.00000,E,7.775,90.00,231126,,,A"))


def test_the_oval_is_the_standard_one():
    assert abs(Oval(1).lap_m - 400.0) < 0.02
    assert abs(Oval(2).lap_m - 407.04) < 0.05
    for lane in (1, 5, 8):
        for clockwise in (False, True):
            oval = Oval(lane, clockwise=clockwise)
            points = [oval.local(i * oval.lap_m / 4000)[:2] for i in range(4001)]
            length = sum(math.dist(a, b) for a, b in zip(points, points[1:], strict=False))
            assert abs(length - oval.lap_m) < 0.01
            area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:], strict=False))
            assert (area < 0) == clockwise


def world():
    person = VirtualRunner(notation.parse("1min"), 1)
    return World(boards.load("esp32_devkit"), NmeaReceiver(person.observe), person)


def test_pins_are_what_the_chip_and_the_board_have():
    for act in (
        lambda w: w.handle(12, 36, 0, 2000, 100, b"", 0),  # PWM on an input-only pin
        lambda w: w.handle(11, 7, 1, 0, 0, b"", 0),  # the flash's pin
        lambda w: w.handle(11, 30, 1, 0, 0, b"", 0),  # no such pin
        lambda w: w.handle(10, 35, 1, 2, 0, b"", 0),  # no pull-up there
        lambda w: (w.handle(11, 25, 1, 0, 0, b"", 0), w.handle(12, 25, 0, 2000, 100, b"", 0)),  # used twice
        lambda w: w.handle(2, 1, 16 << 8 | 17, 9600, 512, b"", 0),  # the receiver hangs on UART 2
        lambda w: w.handle(5, 0, 21 << 8 | 19, 400_000, 0, b"", 0),
        lambda w: w.handle(12, 25, 0, 50_000_000, 100, b"", 0),
    ):
        with pytest.raises(Refused):
            act(world())


def test_nobody_at_an_address_is_enodev():
    w = world()
    w.handle(5, 0, 22 | 21 << 8, 400_000, 0, b"", 0)
    status, _ = w.handle(6, 0, 0x77, 0, 0, b"\0", 0)
    assert status[4] == 19


READ_WHO_AM_I = (8, 0, 0x68, 0x75, 0, b"", 1)
SLEEP_A_MS = (1, 1, 0, 1_000, 0, b"", 0)


def who_am_i(w):
    """(errno, the byte) of the IMU's first register."""
    status, reply = w.handle(*READ_WHO_AM_I)
    return status[4], reply


def test_a_part_can_be_taken_off_moved_and_garbled():
    w = world()
    w.handle(5, 0, 22 | 21 << 8, 400_000, 0, b"", 0)
    assert who_am_i(w) == (0, b"\x68")
    w.garble(w.imu, 1.0, 3)
    assert {who_am_i(w)[1] for _ in range(20)} != {b"\x68"}
    with pytest.raises(ValueError, match="on no I2C bus"):
        w.move(w.imu, 0x69)  # what stands at the address now is what garbles it
    w = world()
    w.handle(5, 0, 22 | 21 << 8, 400_000, 0, b"", 0)
    w.move(w.imu, 0x69)
    assert who_am_i(w)[0] == 19
    w.move(w.imu, 0x68)
    assert who_am_i(w) == (0, b"\x68")
    w.take_off(w.imu)
    assert who_am_i(w)[0] == 19


def test_a_turn_can_be_late_and_something_can_happen_at_a_time():
    w = world()
    done = []
    w.at(5_000, lambda: done.append(w.now_us))
    w.late(2_500, 1_000_000)
    for _ in range(3):
        w.handle(*SLEEP_A_MS)
    assert w.now_us == 3_000
    w.handle(*SLEEP_A_MS)
    assert w.now_us == 1_004_000
    assert done == [1_003_000]


def test_the_clock_begins_where_it_is_told_to():
    person = VirtualRunner(notation.parse("1min"), 1)
    w = World(boards.load("esp32_devkit"), NmeaReceiver(person.observe), person, start_ticks_ms=(1 << 30) - 2)
    shown = []
    for _ in range(3):
        w.handle(*SLEEP_A_MS)
        status, _ = w.handle(15, 0, 0, 0, 0, b"", 0)
        shown.append(int.from_bytes(status[:4], "little"))
    assert shown == [(1 << 30) - 1, 0, 1]


def test_a_watchdog_that_is_not_fed_resets():
    w = world()
    w.handle(13, 0, 0, 8000, 0, b"", 0)
    for _ in range(20):
        w.handle(1, 1, 0, 1_000_000, 0, b"", 0)
    with pytest.raises(Refused, match="watchdog"):
        for _ in range(20):
            w.handle(1, 0, 0, 1_000_000, 0, b"", 0)


def test_cadences_of_runners_and_walkers():
    assert cadence_of(0) == 0
    assert 100 < cadence_of(1.5) < 125
    assert 160 < cadence_of(3.0) < 180
