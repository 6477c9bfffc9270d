"""ESP32-WROOM DevKit with a NEO-M8N or M10, an MPU-6050 or LSM6DSO, an SSD1306, a piezo and two buttons. Facts only."""

NAME = "esp32_devkit"
CHIP = "esp32"
MHZ = 160
IMAGE = "ESP32_GENERIC"
PSRAM = None  # WROOM-32; a WROVER has some, and takes GPIO 16 and 17 for it

I2C = ({"id": 0, "scl": 22, "sda": 21, "freq": 400_000},)
SPI = None
GNSS = {"uart": 2, "tx": 17, "rx": 16, "bauds": (9600, 115200, 38400), "maker": "u-blox", "rate_hz": 10}
DISPLAY = {"chip": "ssd1306", "i2c": 0, "addresses": (0x3C, 0x3D)}
IMU = (  # the first that answers
    {"chip": "mpu6050", "i2c": 0, "address": 0x68, "rate_hz": 50, "int": 27},
    {"chip": "lsm6dso", "i2c": 0, "address": 0x6A, "rate_hz": 52, "int": 27},
)
BUZZER = {"pin": 25}
BUTTONS = {"lap": 32, "back": 33}  # to ground; the ESP32's own pull-ups
POWER = None
CLOCK = None
BATTERY = {"pin": 35, "ratio": 2}  # two equal resistors; where nothing is connected it is not shown
