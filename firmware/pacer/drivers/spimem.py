"""A part's registers over SPI, with the calls of machine.I2C: one driver serves both buses.

The first byte is the register's number, its bit 7 says read (QMI8658A data sheet rev A, 11.2; LSM6DSO DS 4.3 alike).
"""


class SpiMemory:
    """spi: machine.SPI. cs: the part's chip select, an output Pin, high at rest."""

    def __init__(self, spi, cs):
        self._spi = spi
        self._cs = cs
        self._one = bytearray(1)
        cs.value(1)

    def readfrom_mem_into(self, address, register, buf):
        """Fill buf with what stands from a register on; the address is I2C's and not used."""
        self._one[0] = register | 0x80
        self._cs.value(0)
        self._spi.write(self._one)
        self._spi.readinto(buf)
        self._cs.value(1)

    def writeto_mem(self, address, register, buf):
        """Write buf from a register on."""
        self._one[0] = register
        self._cs.value(0)
        self._spi.write(self._one)
        self._spi.write(buf)
        self._cs.value(1)
