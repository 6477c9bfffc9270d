"""ESP32-WROOM DevKit with a NEO-M8N, an MPU-6050, an SSD1306, a piezo and two buttons. Facts only."""

NAME = "esp32_devkit"

I2C = {"id": 0, "scl": 22, "sda": 21, "freq": 400_000}
GNSS = {"uart": 2, "tx": 17, "rx": 16, "bauds": (9600, 115200, 38400), "maker": "u-blox", "rate_hz": 10}
DISPLAY = {"chip": "ssd1306", "address": 0x3C}
IMU = {"chip": "mpu6050", "address": 0x68, "rate_hz": 100}
BUZZER = {"pin": 25}
BUTTONS = {"lap": 32, "back": 33}  # to ground; the ESP32's own pull-ups
