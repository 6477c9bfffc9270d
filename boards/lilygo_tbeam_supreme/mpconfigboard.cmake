set(IDF_TARGET esp32s3)

set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
)

# Flash over four lines at 80 MHz: since MicroPython 1.29 a file of its own, before that the stock board's.
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/boards/sdkconfig.flash_qio_80m)
    list(APPEND SDKCONFIG_DEFAULTS boards/sdkconfig.flash_qio_80m)
else()
    list(APPEND SDKCONFIG_DEFAULTS boards/ESP32_GENERIC_S3/sdkconfig.board)
endif()

# PSRAM: up to MicroPython 1.28 its file was called spiram_sx.
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/boards/sdkconfig.spiram_sx)
    list(APPEND SDKCONFIG_DEFAULTS boards/sdkconfig.spiram_sx)
else()
    list(APPEND SDKCONFIG_DEFAULTS boards/sdkconfig.spiram_quad)
endif()

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
