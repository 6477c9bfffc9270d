"""Seeed XIAO ESP32S3 with a u-blox M10, an LSM6DSO, an SSD1306, a piezo, two buttons and a LiPo cell. Facts only."""

NAME = "xiao_esp32s3"
CHIP = "esp32s3"
MHZ = 80
IMAGE = "ESP32_GENERIC_S3-SPIRAM_OCT"  # finds the PSRAM, which is octal; the plain S3 image does not
PSRAM = 8 * 1024 * 1024

I2C = ({"id": 0, "scl": 6, "sda": 5, "freq": 400_000},)  # D5, D4
SPI = None
# D8, D9, and not D6 and D7: these are the console of the stock image, which would read the receiver as keys pressed.
GNSS = {"uart": 1, "tx": 7, "rx": 8, "bauds": (9600, 38400, 115200), "maker": "u-blox", "rate_hz": 10}
DISPLAY = {"chip": "ssd1306", "i2c": 0, "addresses": (0x3C, 0x3D)}
IMU = (  # the first that answers: SA0 to ground or not
    {"chip": "lsm6dso", "i2c": 0, "address": 0x6A, "rate_hz": 52, "int": None},
    {"chip": "lsm6dso", "i2c": 0, "address": 0x6B, "rate_hz": 52, "int": None},
)
BUZZER = {"pin": 9}  # D10
BUTTONS = {"lap": 2, "back": 4}  # D1, D3, to ground
POWER = None
CLOCK = None
BATTERY = {"pin": 1, "ratio": 2}  # D0, two resistors of 220 kOhm
