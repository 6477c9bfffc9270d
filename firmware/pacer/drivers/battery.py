"""The battery's voltage through a divider on an ADC pin."""

from micropython import const

_READS = const(8)  # averaged: an ESP32's ADC is noisy


class Battery:
    """adc: machine.ADC at 11 dB. ratio: battery voltage to pin voltage, 2 for two equal resistors."""

    def __init__(self, adc, ratio=2):
        self._adc = adc
        self._ratio = ratio

    def read_mv(self):
        """The battery's voltage, 0 when none is connected."""
        total = 0
        for _ in range(_READS):
            total += self._adc.read_uv() >> 3  # < 2**30: eight times 3.3 V
        mv = total // 1000 * self._ratio
        return mv if mv > 1000 else 0
