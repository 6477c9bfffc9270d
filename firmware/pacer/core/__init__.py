"""Pure integer logic, the same on CPython and MicroPython: no machine, time, files, print or floats."""
