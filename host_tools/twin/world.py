"""The board and the world around it: virtual time, the models on their pins and buses, the person.

handle() answers the requests of guest/twinlink.py. What a real part or pin would refuse raises
Refused and ends the run with a sentence.
"""

import errno
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Protocol

from .chips import Refused
from .chips.mpu6050 import MPU6050
from .chips.ssd1306 import SSD1306
from .chips.uart import Talker, Uart
from .ears import Ears
from .runner import Hand, Truth
from .wrist import Wrist

START_TICKS = (1 << 30) - 5_000  # ticks_ms wraps five seconds after power-on
_MASK = (1 << 30) - 1
STATUS = struct.Struct("<IHHIHBx")
_SLEEP = 1  # the request by which the guest lets time pass
_ESP32_FLASH_PINS = range(6, 12)
_ESP32_INPUT_ONLY = range(34, 40)


class Person(Protocol):
    """Who wears the watch."""

    truth: Truth
    hand: Hand
    done: bool
    cadence_spm: float
    speed_m_s: float

    def hear(self, at_us: int, name: str) -> None: ...

    def advance(self, until_us: int) -> None: ...


class Reset(Refused):
    """machine.reset() was called."""


class World:
    """One board (its facts), one receiver, one person."""

    def __init__(self, board: ModuleType, talker: Talker, person: Person, seed: int = 1) -> None:
        self.person = person
        self.now_us = 0
        self.ears = Ears()
        self.display = SSD1306()
        self.uart = Uart(talker, seed)
        self._wrist = Wrist(seed)
        self.imu = MPU6050(lambda: self.now_us, self._samples)
        self._board = board
        self._i2c_hz = 0
        self._devices: dict[int, MPU6050 | SSD1306] = {
            board.DISPLAY["address"]: self.display,
            board.IMU["address"]: self.imu,
        }
        self._button_of = {pin: name for name, pin in board.BUTTONS.items()}
        self._used: dict[int, str] = {}
        self._levels: dict[int, int] = {}
        self._pulled: set[int] = set()
        self._partial: dict[int, bytes] = {}
        self._watchdog_us: int | None = None
        self._watchdog_at = 0
        self._advanced = -1
        self.i2c_bytes = 0
        self.i2c_count = 0  # transactions so far
        self.i2c_fails: Callable[[int], bool] | None = None  # which of them nobody answers, by number
        self.sleeps = 0
        self.want_heap = False  # ask for the heap's fill at the next turn of the loop
        self.lock_heap = False  # lock it then
        self.unlock_heap = False
        self.heap: tuple[int, int] | None = None
        self.heap_at_us = -1
        self._ops = (
            None, self._sleep, self._uart_init, self._uart_read, self._uart_write, self._i2c_init,
            self._i2c_write, self._i2c_read, self._i2c_mem_read, self._i2c_mem_write, self._pin_init,
            self._pin_out, self._pwm_set, self._wdt_start, self._heap, self._hello, self._reset,
        )  # fmt: skip

    def handle(self, op: int, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[bytes, bytes]:
        """One request: (status, reply of `wanted` bytes)."""
        handler = self._ops[op]
        assert handler is not None
        code, reply = handler(a, b, c, d, payload, wanted)
        waiting = self.uart.flow(self.now_us)
        pins = 0
        for pin, name in self._button_of.items():
            if self.person.hand.level(name, self.now_us):
                pins |= 1 << pin
        for pin, level in self._levels.items():
            pins |= level << pin
        asked = 0
        if op == _SLEEP:
            asked = self.want_heap | self.lock_heap << 1 | self.unlock_heap << 2
            self.lock_heap = self.unlock_heap = False
        status = STATUS.pack(
            START_TICKS + self.now_us // 1000 & _MASK, code, min(waiting, 0xFFFF), pins & 0xFFFFFFFF,
            pins >> 32 & 0xFFFF, asked,
        )  # fmt: skip
        return status, reply.ljust(wanted, b"\0")

    def _sleep(self, fed: int, b: int, us: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self.sleeps += 1
        if fed:
            self._watchdog_at = self.now_us
        self._go_on(us)
        if self._watchdog_us is not None and self.now_us - self._watchdog_at > self._watchdog_us:
            raise Refused("the watchdog was not fed in time and has reset the board")
        return 0, b""

    def _go_on(self, us: int) -> None:
        self.now_us += us
        tick = self.now_us // 100_000
        if tick != self._advanced:
            self._advanced = tick
            self.person.advance(self.now_us)
            for at, name in self.ears.heard(self.now_us):
                self.person.hear(at, name)

    def _samples(self, start_us: int, count: int, period_us: int) -> list[tuple[int, int, int]]:
        return self._wrist.samples(count, period_us, self.person.cadence_spm, self.person.speed_m_s)

    def _reset(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        raise Reset("the firmware has reset the board")

    def _hello(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        return 0, b""

    def _heap(self, a: int, b: int, used: int, free: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self.want_heap = False
        self.heap = (used, free)
        self.heap_at_us = self.now_us
        return 0, b""

    def _claim(self, pin: int, what: str, out: bool) -> None:
        if not 0 <= pin <= 39 or pin in (20, 24, *range(28, 32)):
            raise Refused(f"GPIO {pin} does not exist on an ESP32")
        if pin in _ESP32_FLASH_PINS:
            raise Refused(f"GPIO {pin} belongs to the ESP32's flash")
        if out and pin in _ESP32_INPUT_ONLY:
            raise Refused(f"GPIO {pin} of an ESP32 is input only; {what} wants to drive it")
        owner = self._used.setdefault(pin, what)
        if owner != what:
            raise Refused(f"GPIO {pin} is used twice: by {owner} and {what}")

    def _pin_init(self, pin: int, mode: int, pull: int, value: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        # A1 byte each for the pin; `mode` came in 16 bits, `pull` and `value` in the words behind.
        if mode == 1:
            self._claim(pin, self._button_name(pin), False)
            if pull == 2:
                if pin in _ESP32_INPUT_ONLY:
                    raise Refused(f"GPIO {pin} of an ESP32 has no pull-up")
                self._pulled.add(pin)
        elif not 0 <= pin <= 39:
            raise Refused(f"GPIO {pin} does not exist on an ESP32")
        return 0, b""

    def _button_name(self, pin: int) -> str:
        return f"button {self._button_of[pin]}" if pin in self._button_of else "an input"

    def _pin_out(self, pin: int, value: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._claim(pin, "an output", True)
        self._levels[pin] = value
        return 0, b""

    def _pwm_set(self, pin: int, b: int, frequency: int, duty: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._claim(pin, "PWM", True)
        if not 1 <= frequency <= 40_000_000 or duty > 65535:
            raise Refused(f"PWM of {frequency} Hz and duty {duty} is out of the ESP32's range")
        if pin == self._board.BUZZER["pin"]:
            self.ears.tone(self.now_us, frequency, duty)
        return 0, b""

    def _uart_init(self, id: int, pins: int, baud: int, rxbuf: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        if not 0 <= id <= 2:
            raise Refused(f"an ESP32 has no UART {id}")
        tx, rx = pins & 255, pins >> 8
        self._claim(tx, f"UART {id} TX", True)
        self._claim(rx, f"UART {id} RX", False)
        if (id, tx, rx) != (self._board.GNSS["uart"], self._board.GNSS["tx"], self._board.GNSS["rx"]):
            raise Refused(f"UART {id} on GPIO {tx} and {rx}: the receiver is wired elsewhere")
        self.uart.open(self.now_us, baud, rxbuf)
        return 0, b""

    def _uart_read(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        return 0, self.uart.read(wanted)

    def _uart_write(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self.uart.write(payload)
        return 0, b""

    def _i2c_init(self, id: int, pins: int, hz: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        if not 0 <= id <= 1:
            raise Refused(f"an ESP32 has no I2C {id}")
        if not 0 < hz <= 1_000_000:
            raise Refused(f"I2C at {hz} Hz: the ESP32 goes to 1 MHz")
        scl, sda = pins & 255, pins >> 8
        self._claim(scl, f"I2C {id} SCL", True)
        self._claim(sda, f"I2C {id} SDA", True)
        if (scl, sda) != (self._board.I2C["scl"], self._board.I2C["sda"]):
            raise Refused(f"I2C {id} on GPIO {scl} and {sda}: the bus is wired elsewhere")
        self._i2c_hz = hz
        return 0, b""

    def _i2c(self, address: int, count: int) -> "MPU6050 | SSD1306 | None":
        """The device, after the time that the transfer takes; None when nobody answers."""
        self.i2c_bytes += count
        self.i2c_count += 1
        if self.i2c_fails and self.i2c_fails(self.i2c_count):
            self._go_on(20 * 1_000_000 // self._i2c_hz)  # the address, and no acknowledge
            return None
        self._go_on((count + 1) * 9 * 1_000_000 // self._i2c_hz)
        return self._devices.get(address)

    def _i2c_write(self, a: int, address: int, more: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        device = self._i2c(address, len(payload))
        if device is None:
            self._partial.pop(address, None)
            return errno.ENODEV, b""
        held = self._partial.pop(address, b"") + payload
        if more:
            self._partial[address] = held
        else:
            device.write(held)
        return 0, b""

    def _i2c_read(self, a: int, address: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        device = self._i2c(address, wanted)
        return (0, device.read(wanted)) if device else (errno.ENODEV, b"")

    def _i2c_mem_read(
        self, a: int, address: int, register: int, d: int, payload: bytes, wanted: int
    ) -> tuple[int, bytes]:
        device = self._i2c(address, wanted + 2)
        return (0, device.read_memory(register, wanted)) if device else (errno.ENODEV, b"")

    def _i2c_mem_write(
        self, a: int, address: int, register: int, d: int, payload: bytes, wanted: int
    ) -> tuple[int, bytes]:
        device = self._i2c(address, len(payload) + 1)
        if device is None:
            return errno.ENODEV, b""
        device.write_memory(register, payload)
        return 0, b""

    def _wdt_start(self, a: int, b: int, ms: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._watchdog_us = ms * 1000
        self._watchdog_at = self.now_us
        return 0, b""
