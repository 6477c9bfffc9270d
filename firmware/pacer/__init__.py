"""Pacer: firmware for a wrist-worn running pacer."""

__version__ = "0.1.0"
