"""What the core needs of MicroPython's own module when it runs under CPython."""


def const(value):
    """On MicroPython a compile-time constant; here the value itself."""
    return value
