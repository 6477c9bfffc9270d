"""A passive piezo on a PWM pin."""

from micropython import const

_HALF = const(32768)  # of 65536: a square wave is loudest


class Buzzer:
    def __init__(self, pwm):
        self._pwm = pwm
        self.off()

    def tone(self, frequency_hz):
        """Sound until off()."""
        self._pwm.freq(frequency_hz)
        self._pwm.duty_u16(_HALF)

    def off(self):
        self._pwm.duty_u16(0)
