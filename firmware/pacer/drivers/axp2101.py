"""AXP2101, power chip: rails, battery gauge, the power key (X-Powers AXP2101 data sheet V1.0; register names of
XPowersLib).

Rails are known by their names on the part: aldo1 to aldo4, bldo1, bldo2.
"""

from micropython import const

_STATUS1 = const(0x00)
_CHIP_ID = const(0x03)
_COMMON_CONFIG = const(0x10)
_ADC_CHANNELS = const(0x30)
_BATTERY_HIGH = const(0x34)
_INTEN1 = const(0x40)
_INTSTS1 = const(0x48)
_INTSTS2 = const(0x49)
_LDO_ON = const(0x90)
_LDO_VOLTAGE = const(0x92)
_PERCENT = const(0xA4)

_ID = const(0x4A)
_RAILS = ("aldo1", "aldo2", "aldo3", "aldo4", "bldo1", "bldo2")
_KEY_UP = const(0x01)  # INTSTS2: the power key was let go ...
_KEY_DOWN = const(0x02)  # ... and pressed
_BOTH = const(0x03)


class AXP2101:
    """Raises OSError when the part is not there or another one.

    key     the power key with the face of a Pin: value() is 0 while it is down
    """

    def __init__(self, i2c, address=0x34, irq=None):
        self._i2c = i2c
        self._address = address
        self._irq = irq
        self._one = bytearray(1)
        self._two = bytearray(2)
        self._down = 0
        self._read(_CHIP_ID)
        if self._one[0] != _ID:
            raise OSError("at 0x%02x is no AXP2101 (chip id 0x%02x)" % (address, self._one[0]))
        self.key = self
        self.start()

    def start(self):
        """Set it up; again, after it or the bus has failed. Rails stay as they are."""
        self._read(_ADC_CHANNELS)
        self._write(_ADC_CHANNELS, self._one[0] | 0x01)  # battery voltage
        for i in range(3):  # of all interrupts only the power key's two edges
            self._write(_INTEN1 + i, _BOTH if i == 1 else 0)
            self._write(_INTSTS1 + i, 0xFF)

    def rail(self, name, millivolts):
        """Switch a rail on at 500 to 3500 mV, or off with 0."""
        i = _RAILS.index(name)
        if millivolts:
            if not 500 <= millivolts <= 3500:
                raise ValueError("%s: %d mV is not 500 to 3500" % (name, millivolts))
            self._read(_LDO_VOLTAGE + i)
            self._write(_LDO_VOLTAGE + i, self._one[0] & 0xE0 | (millivolts - 500) // 100)
        self._read(_LDO_ON)
        on = self._one[0]
        self._write(_LDO_ON, on | 1 << i if millivolts else on & ~(1 << i))

    def read_mv(self):
        """The battery's voltage, 0 without a battery."""
        self._read(_STATUS1)
        if not self._one[0] & 0x08:
            return 0
        self._i2c.readfrom_mem_into(self._address, _BATTERY_HIGH, self._two)
        return (self._two[0] & 0x1F) << 8 | self._two[1]

    def percent(self):
        """What the gauge says is left, -1 while it does not know."""
        self._read(_PERCENT)
        return self._one[0] if self._one[0] <= 100 else -1

    def value(self):
        """The power key as a Pin: 0 while it is down. The bus is asked only while the interrupt line is low."""
        if self._irq is None or not self._irq.value():
            try:
                self._read(_INTSTS2)
                seen = self._one[0] & _BOTH
                if seen:
                    self._write(_INTSTS2, seen)  # ones clear
                    # Both at once is a press shorter than a look: it counts now and is over at the next.
                    self._down = seen if seen == _BOTH else seen & _KEY_DOWN
                elif self._down == _BOTH:
                    self._down = 0
            except OSError:
                pass  # the line stays low: asked again at the next look
        elif self._down == _BOTH:
            self._down = 0
        return 0 if self._down else 1

    def power_off(self):
        """All rails off but the key's: the press of the power key starts the board anew."""
        self._read(_COMMON_CONFIG)
        self._write(_COMMON_CONFIG, self._one[0] | 0x01)

    def _read(self, register):
        self._i2c.readfrom_mem_into(self._address, register, self._one)

    def _write(self, register, value):
        self._one[0] = value
        self._i2c.writeto_mem(self._address, register, self._one)
