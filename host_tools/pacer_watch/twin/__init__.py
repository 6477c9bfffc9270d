"""The twin: models of the real chips beneath the unmodified firmware on a real MicroPython."""
