#define MICROPY_HW_BOARD_NAME "LilyGO T-Beam Supreme, Pacer"
#define MICROPY_HW_MCU_NAME "ESP32S3"

// The console is the USB port; the UART's pins are the watch's.
#define MICROPY_HW_ENABLE_UART_REPL (0)

// No sdkconfig.ble in mpconfigboard.cmake: Pacer has no Bluetooth, and its memory is better used.
#define MICROPY_PY_BLUETOOTH (0)
