# What goes into the image: MicroPython's own modules for the ESP32, Pacer, and this board's facts.
include("$(PORT_DIR)/boards/manifest.py")
package("pacer", base_path="../../firmware")
module("main.py", base_path="../../firmware")
module("board.py")
