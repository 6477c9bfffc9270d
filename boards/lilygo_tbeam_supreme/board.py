"""LilyGO T-Beam Supreme: ESP32-S3, L76K or MAX-M10S, QMI8658 on SPI, SH1106, AXP2101, PCF8563; a piezo added. Facts
only.

Pins: the maker's hardware page and pin header file for this board. The clock shares the power chip's bus.
"""

NAME = "lilygo_tbeam_supreme"
CHIP = "esp32s3"
MHZ = 80
IMAGE = "ESP32_GENERIC_S3"
PSRAM = 8 * 1024 * 1024  # quad, by the hardware page; octal would take the pins of the IMU

I2C = ({"id": 0, "scl": 18, "sda": 17, "freq": 400_000}, {"id": 1, "scl": 41, "sda": 42, "freq": 400_000})
SPI = {"id": 1, "sck": 36, "mosi": 35, "miso": 37, "freq": 4_000_000}
GNSS = {"uart": 1, "tx": 8, "rx": 9, "bauds": (9600, 38400, 115200), "maker": "any", "rate_hz": 10}
DISPLAY = {"chip": "sh1106", "i2c": 0, "addresses": (0x3C, 0x3D)}
IMU = ({"chip": "qmi8658", "cs": 34, "rate_hz": 125, "int": 33},)
BUZZER = {"pin": 43}  # TX of the second Qwiic socket; the start-up log is heard on it
BUTTONS = {"lap": 0, "back": "power"}  # BOOT, and PWR at the power chip
POWER = {
    "chip": "axp2101",
    "i2c": 1,
    "address": 0x34,
    "irq": 40,
    "rails": {
        "gnss": ("aldo4", 3300),
        "display": ("aldo1", 3300),
        "imu": ("aldo2", 3300),
        "lora": ("aldo3", 0),
        "card": ("bldo1", 3300),
    },
}
CLOCK = {"chip": "pcf8563", "i2c": 1, "address": 0x51}
BATTERY = None  # the power chip knows
