"""What MicroPython has under ports/esp32/boards, version by version: only what Pacer's board definitions may name.

A definition names files of MicroPython's own, which come and go. Where each change is from:

- 1.27, December 2025: sdkconfig.usb is gone; it held options of the component esp_tinyusb, which left the port
  (github.com/micropython/micropython/pull/18407).
- after 1.28: sdkconfig.flash_qio_80m takes the place of the line or two that each S3 board had in a sdkconfig.board,
  the stock S3's among them (pull/18873, February 2026).
- after 1.28: sdkconfig.spiram_sx is called sdkconfig.spiram_quad (pull/19303, June 2026). spiram_oct sets the mode
  only, before and after.

No release's tree was at hand. That 1.28 is still as 1.27 is what board definitions written for 1.28.0 say; that 1.29
(August 2026) has both changes follows from the dates.
"""

_ALWAYS = {"boards/sdkconfig.base", "boards/sdkconfig.ble", "boards/sdkconfig.240mhz", "boards/sdkconfig.spiram"}
_ALWAYS |= {"boards/sdkconfig.spiram_oct"}
_BEFORE_1_29 = {"boards/sdkconfig.spiram_sx", "boards/ESP32_GENERIC_S3/sdkconfig.board"}

FILES = {
    "1.26": _ALWAYS | _BEFORE_1_29 | {"boards/sdkconfig.usb"},
    "1.27": _ALWAYS | _BEFORE_1_29,
    "1.28": _ALWAYS | _BEFORE_1_29,
    "1.29": _ALWAYS | {"boards/sdkconfig.spiram_quad", "boards/sdkconfig.flash_qio_80m"},
}
FIRST = "1.27"  # the oldest that Pacer is for

# What these files do to the PSRAM: whether they switch it on, and how many data lines they say it has.
SPIRAM = {
    "boards/sdkconfig.spiram": {"on": True, "lines": 4},
    "boards/sdkconfig.spiram_sx": {"on": True, "lines": 4},
    "boards/sdkconfig.spiram_quad": {"on": True, "lines": 4},
    "boards/sdkconfig.spiram_oct": {"lines": 8},
}
