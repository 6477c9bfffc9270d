"""The board and the world around it: virtual time, the models on their pins and buses, the person.

handle() answers the requests of guest/twinlink.py. What a real part or pin would refuse raises
Refused and ends the run with a sentence.

What can go wrong on a wrist is asked of the world by name: i2c_fails, take_off(), move(), garble(), at(), late(),
samples, and of its battery by battery.curve. Session.prepare is the place for it.
"""

import errno
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Protocol

from ..boards import parts as parts_of
from ..chips import CHIPS
from .chips import Refused
from .chips.axp2101 import AXP2101
from .chips.battery import Battery
from .chips.garbled import Garbled
from .chips.imu import Samples
from .chips.lsm6dso import LSM6DSO
from .chips.mpu6050 import MPU6050
from .chips.oled import SH1106, SSD1306
from .chips.pcf8563 import PCF8563
from .chips.qmi8658 import QMI8658
from .chips.uart import Talker, Uart
from .ears import Ears
from .runner import Hand, Truth
from .wrist import Wrist

START_TICKS_MS = (1 << 30) - 5_000  # ticks_ms wraps five seconds after power-on
_MASK = (1 << 30) - 1
STATUS = struct.Struct("<IHHIHBx")
SLEEPS = (1, 21)  # the requests by which the guest lets time pass: sleep and light sleep
_NUMBERS = struct.Struct("<I")


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


class DeepSleep(Refused):
    """machine.deepsleep() was called, or the power chip was told to switch off: the board is off until it is woken."""


Imu = MPU6050 | LSM6DSO | QMI8658
Part = AXP2101 | PCF8563 | SSD1306 | SH1106 | Imu
Device = Part | Garbled


class World:
    """One board (its facts), one receiver, one person.

    fitted: which of the board's alternative IMUs is on it. cause: why it starts, as machine.reset_cause() says.
    start_ticks_ms: what ticks_ms shows at power-on, below 2**30, from where it begins at 0 again.
    """

    def __init__(
        self, board: ModuleType, talker: Talker, person: Person, seed: int = 1, fitted: int = 0, cause: int = 1,
        start_ticks_ms: int = START_TICKS_MS,
    ) -> None:  # fmt: skip
        self.person = person
        self.now_us = 0
        self.ears = Ears()
        self.uart = Uart(talker, seed)
        self.battery = Battery(lambda: self.now_us)
        self._wrist = Wrist(seed)
        self.samples: Samples = self._felt  # what the wrist does to the accelerometer; another may be put here
        self._start_ticks_ms = start_ticks_ms
        self._board = board
        self._chip = CHIPS[board.CHIP]
        self._cause = cause
        self._buses = {bus["id"]: bus for bus in board.I2C}
        self._i2c_hz: dict[int, int] = {}
        self._devices: dict[tuple[int, int], Device] = {}
        self._spi_devices: dict[int, Imu | Garbled] = {}
        self._spi: bytes | None = None  # what was written since chip select went low
        self.power: AXP2101 | None = None
        self.clock: PCF8563 | None = None
        self._fit(fitted)
        self._button_of = {pin: name for name, pin in board.BUTTONS.items() if isinstance(pin, int)}
        self._buttons = [(name, 1 << pin) for pin, name in self._button_of.items()]
        self._adcs: set[int] = set()
        self.asleep_us = 0  # in light sleep
        self.lit_us = [0, 0, 0]  # the display off, dimmed, bright
        self.tones_us = 0
        self.hz = 160_000_000
        self.wakes: tuple[int, int] | None = None  # what ends a deep sleep: pin and level
        self.rtc = ""  # what the clock was set to
        self._used: dict[int, str] = {}
        self._levels: dict[int, int] = {}  # of the pins that the firmware drives ...
        self._driven = 0  # ... and as bits
        self._pulled: set[int] = set()
        self._partial: dict[tuple[int, int], bytes] = {}
        self._watchdog_us: int | None = None
        self._watchdog_at = 0
        self._advanced = -1
        self._planned: list[tuple[int, Callable[[], object]]] = []  # by time
        self._late: list[tuple[int, int]] = []
        self.i2c_bytes = 0
        self.i2c_count = 0  # transactions so far
        self.i2c_fails: Callable[[int], bool] | None = None  # which of them nobody answers, by number
        self.flash_holds: list[tuple[int, int]] = []  # when the flash held a turn up, and for how long
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
            self._spi_init, self._spi_write, self._spi_read, self._adc_read, self._light_sleep, self._deep_sleep,
            self._wake_on, self._frequency, self._reset_cause, self._adc_init, self._set_clock, self._flash,
        )  # fmt: skip

    def _fit(self, fitted: int) -> None:
        """Solder the parts in."""
        board = self._board
        made = {
            "ssd1306": SSD1306, "sh1106": SH1106, "mpu6050": self._imu(MPU6050), "lsm6dso": self._imu(LSM6DSO),
            "qmi8658": self._imu(QMI8658),
            "axp2101": lambda: AXP2101(self.battery, self.person.hand, lambda: self.now_us),
            "pcf8563": lambda: PCF8563(lambda: self.now_us),
        }  # fmt: skip
        for name, facts in parts_of(board):
            if name.startswith("IMU") and name != f"IMU[{fitted}]":
                continue
            part = made[facts["chip"]]()
            if isinstance(part, (SSD1306, SH1106)):
                self.display = part
            elif isinstance(part, AXP2101):
                self.power = part
            elif name == "CLOCK" or isinstance(part, PCF8563):
                self.clock = part  # type: ignore[assignment]
            else:
                self.imu = part
                self.imu_int = facts.get("int")
            if "cs" in facts:
                assert isinstance(part, (QMI8658, LSM6DSO))
                self._spi_devices[facts["cs"]] = part
            else:
                address = facts["addresses"][0] if "addresses" in facts else facts["address"]
                self._devices[self._board.I2C[facts["i2c"]]["id"], address] = part

    def _imu(self, model: Callable[..., Imu]) -> Callable[[], Imu]:
        return lambda: model(lambda: self.now_us, self._shake)

    def take_off(self, part: Part) -> None:
        """Unsolder a part: nobody answers at its address from now on (ENODEV). ValueError when it is on no I2C bus."""
        del self._devices[self._place(part)]

    def move(self, part: Part, address: int) -> None:
        """Strap a part to another address of its I2C bus. ValueError when it is on none."""
        place = self._place(part)
        self._devices[place[0], address] = self._devices.pop(place)

    def garble(self, part: Part, share: float, seed: int) -> None:
        """From now on each byte that is read of a register of this part is wrong with the probability `share`."""
        garbled = Garbled(part, share, seed)
        for bus in (self._devices, self._spi_devices):
            for place, device in bus.items():
                if device is part:
                    bus[place] = garbled  # type: ignore[index]
                    return
        raise ValueError(f"the {type(part).__name__} is on no bus of this board")

    def _place(self, part: Part) -> tuple[int, int]:
        for place, device in self._devices.items():
            if device is part:
                return place
        raise ValueError(f"the {type(part).__name__} is on no I2C bus of this board")

    def at(self, us: int, action: Callable[[], object]) -> None:
        """Do something once, as soon as the time is past `us`."""
        self._planned.append((us, action))
        self._planned.sort(key=lambda plan: plan[0])

    def late(self, at_us: int, us: int) -> None:
        """Let the turn of the loop that ends first after at_us take `us` longer. The watchdog counts that time."""
        self._late.append((at_us, us))
        self._late.sort()

    def handle(self, op: int, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[bytes, bytes]:
        """One request: (status, reply of `wanted` bytes)."""
        handler = self._ops[op]
        assert handler is not None
        if self._late and op in SLEEPS and self.now_us > self._late[0][0]:
            self._go_on(self._late.pop(0)[1])
        code, reply = handler(a, b, c, d, payload, wanted)
        now_us = self.now_us
        waiting = self.uart.flow(now_us)
        pins = self._driven
        level = self.person.hand.level
        for name, bit in self._buttons:
            if level(name, now_us):
                pins |= bit
        if self.imu_int is not None and self.imu.int_level():
            pins |= 1 << self.imu_int
        if self.power and self._board.POWER["irq"] is not None and self.power.irq_level():
            pins |= 1 << self._board.POWER["irq"]
        asked = 0
        if op in SLEEPS:
            asked = self.want_heap | self.lock_heap << 1 | self.unlock_heap << 2
            self.lock_heap = self.unlock_heap = False
        status = STATUS.pack(
            self._start_ticks_ms + now_us // 1000 & _MASK, code, min(waiting, 0xFFFF), pins & 0xFFFFFFFF,
            pins >> 32 & 0xFFFF, asked,
        )  # fmt: skip
        return status, reply.ljust(wanted, b"\0")

    def ticks_us(self) -> int:
        """What the guest's own clock shows."""
        return self._start_ticks_ms * 1000 + self.now_us

    def _sleep(self, fed: int, b: int, us: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self.sleeps += 1
        if fed:
            self._watchdog_at = self.now_us
        self._go_on(us)
        if self._watchdog_us is not None and self.now_us - self._watchdog_at > self._watchdog_us:
            raise Refused("the watchdog was not fed in time and has reset the board")
        return 0, b""

    def _light_sleep(self, fed: int, b: int, us: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        """As sleep, but the UART's clock stands: what comes meanwhile is lost, and what has begun is garbled."""
        if self.ears.sounding:
            raise Refused("light sleep while the piezo sounds: the PWM's clock stands and the tone hangs")
        self.uart.doze(self.now_us, self.now_us + us)
        self.asleep_us += us
        return self._sleep(fed, b, us, d, payload, wanted)

    def _flash(self, a: int, b: int, us: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        """The flash is busy; the chip waits for it, in the middle of a turn."""
        holds = self.flash_holds
        if holds and holds[-1][0] + holds[-1][1] == self.now_us:
            holds[-1] = (holds[-1][0], holds[-1][1] + us)
        else:
            holds.append((self.now_us, us))
        self._go_on(us)
        return 0, b""

    def _deep_sleep(self, a: int, b: int, ms: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        raise DeepSleep("the firmware has gone to deep sleep")

    def _wake_on(self, pin: int, level: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        if pin not in self._chip.wakes:
            raise Refused(f"GPIO {pin} cannot wake an {self._chip.name} from deep sleep")
        self.wakes = (pin, level)
        return 0, b""

    def _frequency(self, a: int, b: int, hz: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        if hz not in [1_000_000 * m for m in self._chip.mhz]:
            raise Refused(f"an {self._chip.name} does not run at {hz} Hz")
        self.hz = hz
        return 0, b""

    def _reset_cause(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        return 0, bytes([self._cause])

    def _set_clock(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self.rtc = payload.decode()
        return 0, b""

    def _go_on(self, us: int) -> None:
        self.lit_us[self.display.light()] += us
        if self.ears.sounding:
            self.tones_us += us
        self.now_us += us
        tick = self.now_us // 100_000
        if tick != self._advanced:
            self._advanced = tick
            self.person.advance(self.now_us)
            for at, name in self.ears.heard(self.now_us):
                self.person.hear(at, name)
        while self._planned and self.now_us > self._planned[0][0]:
            self._planned.pop(0)[1]()

    def _shake(self, start_us: int, count: int, period_us: int) -> list[tuple[int, int, int]]:
        return self.samples(start_us, count, period_us)

    def _felt(self, start_us: int, count: int, period_us: int) -> list[tuple[int, int, int]]:
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
        chip = self._chip
        if pin not in chip.pins:
            raise Refused(f"GPIO {pin} does not exist on an {chip.name}")
        if pin in chip.flash:
            raise Refused(f"GPIO {pin} belongs to the flash of an {chip.name}")
        if out and pin in chip.input_only:
            raise Refused(f"GPIO {pin} of an {chip.name} is input only; {what} wants to drive it")
        owner = self._used.setdefault(pin, what)
        if owner != what:
            raise Refused(f"GPIO {pin} is used twice: by {owner} and {what}")

    def _pin_init(self, pin: int, mode: int, pull: int, value: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        # A1 byte each for the pin; `mode` came in 16 bits, `pull` and `value` in the words behind.
        if mode == 1:
            self._claim(pin, self._button_name(pin), False)
            if pull == 2:
                if pin in self._chip.input_only:
                    raise Refused(f"GPIO {pin} of an {self._chip.name} has no pull-up")
                self._pulled.add(pin)
        elif pin not in self._chip.pins:
            raise Refused(f"GPIO {pin} does not exist on an {self._chip.name}")
        return 0, b""

    def _button_name(self, pin: int) -> str:
        return f"button {self._button_of[pin]}" if pin in self._button_of else "an input"

    def _pin_out(self, pin: int, value: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._claim(pin, "an output", True)
        if pin in self._spi_devices and value != self._levels.get(pin, 1):
            self._select(pin, value)
        self._levels[pin] = value
        self._driven = self._driven & ~(1 << pin) | value << pin
        return 0, b""

    def _select(self, pin: int, value: int) -> None:
        """Chip select: low begins a transaction, high ends it, which is when a write takes effect."""
        if not value:
            self._spi = b""
            return
        held, self._spi = self._spi, None
        if held and not held[0] & 0x80:
            self._spi_devices[pin].write_memory(held[0], held[1:])

    def _spi_init(self, id: int, pins: int, hz: int, miso: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        facts = self._board.SPI
        if not facts or (id, pins & 255, pins >> 8, miso & 255) != tuple(
            facts[k] for k in ("id", "sck", "mosi", "miso")
        ):
            raise Refused(f"SPI {id} on GPIO {pins & 255}, {pins >> 8}, {miso & 255}: the bus is wired elsewhere")
        if miso >> 8 not in (0, 3):
            raise Refused("SPI: the IMU wants mode 0 or 3")
        if not 0 < hz <= 15_000_000:
            raise Refused(f"SPI at {hz} Hz: the QMI8658 goes to 15 MHz")
        self._claim(pins & 255, "SPI SCK", True)
        self._claim(pins >> 8, "SPI MOSI", True)
        self._claim(miso & 255, "SPI MISO", False)
        return 0, b""

    def _spi_target(self) -> tuple[int, Imu | Garbled]:
        low = [pin for pin in self._spi_devices if self._levels.get(pin, 1) == 0]
        if len(low) != 1 or self._spi is None:
            raise Refused("SPI: no part is selected")
        return low[0], self._spi_devices[low[0]]

    def _spi_write(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._spi_target()
        assert self._spi is not None
        self._spi += payload
        return 0, b""

    def _spi_read(self, a: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        _, device = self._spi_target()
        if not self._spi or not self._spi[0] & 0x80:
            raise Refused("SPI: read without a register whose bit 7 is set")
        return 0, device.read_memory(self._spi[0] & 0x7F, wanted)

    def _adc_init(self, pin: int, atten: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._claim(pin, "ADC", False)
        if pin not in self._chip.adc1:
            raise Refused(f"GPIO {pin} is on no ADC 1 of an {self._chip.name}")
        if atten != 3:
            raise Refused("ADC: without 11 dB of attenuation it ends at 1 V")
        self._adcs.add(pin)
        return 0, b""

    def _adc_read(self, pin: int, b: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        if pin not in self._adcs:
            raise Refused(f"GPIO {pin} is no ADC yet")
        facts = self._board.BATTERY
        mv = self.battery.millivolts() / facts["ratio"] if facts and facts["pin"] == pin else 0
        return 0, _NUMBERS.pack(round(min(3_100_000, 1000 * mv)))

    def _pwm_set(self, pin: int, b: int, frequency: int, duty: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._claim(pin, "PWM", True)
        if not 1 <= frequency <= 40_000_000 or duty > 65535:
            raise Refused(f"PWM of {frequency} Hz and duty {duty} is out of the ESP32's range")
        if pin == self._board.BUZZER["pin"]:
            self.ears.tone(self.now_us, frequency, duty)
        return 0, b""

    def _uart_init(self, id: int, pins: int, baud: int, rxbuf: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        if not 0 <= id < self._chip.uarts:
            raise Refused(f"an {self._chip.name} has no UART {id}")
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
        if not 0 <= id < self._chip.i2cs:
            raise Refused(f"an {self._chip.name} has no I2C {id}")
        if not 0 < hz <= 1_000_000:
            raise Refused(f"I2C at {hz} Hz: the ESP32 goes to 1 MHz")
        scl, sda = pins & 255, pins >> 8
        self._claim(scl, f"I2C {id} SCL", True)
        self._claim(sda, f"I2C {id} SDA", True)
        bus = self._buses.get(id)
        if bus is None or (scl, sda) != (bus["scl"], bus["sda"]):
            raise Refused(f"I2C {id} on GPIO {scl} and {sda}: the bus is wired elsewhere")
        self._i2c_hz[id] = hz
        return 0, b""

    def _i2c(self, bus: int, address: int, count: int) -> Device | None:
        """The device, after the time that the transfer takes; None when nobody answers."""
        self.i2c_bytes += count
        self.i2c_count += 1
        if self.i2c_fails and self.i2c_fails(self.i2c_count):
            self._go_on(20 * 1_000_000 // self._i2c_hz[bus])  # the address, and no acknowledge
            return None
        self._go_on((count + 1) * 9 * 1_000_000 // self._i2c_hz[bus])
        return self._devices.get((bus, address))

    def _i2c_write(self, a: int, address: int, more: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        device = self._i2c(a, address, len(payload))
        if device is None:
            self._partial.pop((a, address), None)
            return errno.ENODEV, b""
        held = self._partial.pop((a, address), b"") + payload
        if more:
            self._partial[a, address] = held
        else:
            device.write(held)
        return 0, b""

    def _i2c_read(self, a: int, address: int, c: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        device = self._i2c(a, address, wanted)
        return (0, device.read(wanted)) if device else (errno.ENODEV, b"")

    def _i2c_mem_read(
        self, a: int, address: int, register: int, d: int, payload: bytes, wanted: int
    ) -> tuple[int, bytes]:
        device = self._i2c(a, address, wanted + 2)
        return (0, device.read_memory(register, wanted)) if device else (errno.ENODEV, b"")

    def _i2c_mem_write(
        self, a: int, address: int, register: int, d: int, payload: bytes, wanted: int
    ) -> tuple[int, bytes]:
        device = self._i2c(a, address, len(payload) + 1)
        if device is None:
            return errno.ENODEV, b""
        device.write_memory(register, payload)
        return 0, b""

    def _wdt_start(self, a: int, b: int, ms: int, d: int, payload: bytes, wanted: int) -> tuple[int, bytes]:
        self._watchdog_us = ms * 1000
        self._watchdog_at = self.now_us
        return 0, b""
