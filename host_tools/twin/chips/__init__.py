"""Register-level models, one file a chip. Each refuses what the part would refuse."""


class Refused(Exception):
    """The firmware did what the real part does not allow."""
