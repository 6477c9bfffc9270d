"""Register-level models, one file a chip. Each refuses what the part would refuse."""


class Refused(Exception):
    """The firmware did what the real part does not allow."""


class RegisterPart:
    """A part whose I2C transactions begin with a register: write_memory() and read_memory() are its own."""

    NAME = ""

    def write(self, data: bytes) -> None:
        """One whole transaction; an empty one is an address scan."""
        if data:
            self.write_memory(data[0], data[1:])

    def read(self, count: int) -> bytes:
        raise Refused(f"{self.NAME}: read without a register address")

    def write_memory(self, register: int, data: bytes) -> None:
        raise NotImplementedError

    def read_memory(self, register: int, count: int) -> bytes:
        raise NotImplementedError
