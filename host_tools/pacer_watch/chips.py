"""What the ESP32s allow their pins, buses and parts: the facts behind `pacer board check` and the twin's refusals.

ESP32 series data sheet v4.7, 2.2 (pins), 2.4 (strapping); ESP32-S3 series data sheet v2.0, 2.2 to 2.4 and 3.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chip:
    """Pins by number. flash: taken by flash (and quad PSRAM) in most modules. psram: taken, too, where there is PSRAM
    (of an S3: octal PSRAM only). wakes: can end a deep sleep.
    """

    name: str
    pins: frozenset[int]
    flash: frozenset[int]
    psram: frozenset[int]
    input_only: frozenset[int]
    strapping: frozenset[int]
    usb: frozenset[int]
    console: tuple[int, int]  # TX and RX of UART 0, where the stock image has a REPL
    wakes: frozenset[int]
    adc1: frozenset[int]
    uarts: int
    i2cs: int
    spis: tuple[int, ...]
    mpy_arch: str
    mhz: tuple[int, ...]


CHIPS = {
    chip.name: chip
    for chip in (
        Chip(
            "esp32",
            frozenset([*range(0, 20), *range(21, 24), *range(25, 28), *range(32, 40)]),
            frozenset(range(6, 12)),
            frozenset((16, 17)),
            frozenset(range(34, 40)),
            frozenset((0, 2, 5, 12, 15)),
            frozenset(),
            (1, 3),
            frozenset((0, 2, 4, *range(12, 16), *range(25, 28), *range(32, 40))),
            frozenset((32, 33, 34, 35, 36, 39)),
            3,
            2,
            (1, 2),
            "xtensawin",
            (20, 40, 80, 160, 240),
        ),
        Chip(
            "esp32s3",
            frozenset([*range(0, 22), *range(26, 49)]),
            frozenset(range(26, 33)),
            frozenset(range(33, 38)),
            frozenset(),
            frozenset((0, 3, 45, 46)),
            frozenset((19, 20)),
            (43, 44),
            frozenset(range(0, 22)),
            frozenset(range(1, 11)),
            3,
            2,
            (1, 2),
            "xtensawin",
            (20, 40, 80, 160, 240),
        ),
    )
}
