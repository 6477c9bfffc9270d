"""Satellite receivers: bytes to fixes (stream, nmea, ubx), and what is said to the receiver (setup, modes)."""
