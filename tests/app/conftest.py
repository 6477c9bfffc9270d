"""The firmware's app under CPython: what it takes of MicroPython's own modules that the core does without."""

import sys

import micropython

from .flash import Thing

micropython.heap_lock = micropython.heap_unlock = lambda: None
sys.modules.setdefault("framebuf", Thing(FrameBuffer=None, MONO_VLSB=0, MONO_HLSB=0))
