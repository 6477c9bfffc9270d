#define MICROPY_HW_BOARD_NAME "ESP32 DevKit, Pacer"
#define MICROPY_HW_MCU_NAME "ESP32"

// No sdkconfig.ble in mpconfigboard.cmake: Pacer has no Bluetooth, and its memory is better used.
#define MICROPY_PY_BLUETOOTH (0)
