"""Ears: tones from the piezo back to the pattern that the firmware played."""

from pacer.app import sounds

_GAP_US = 150_000  # longer than any silence inside a pattern


def _frequencies(pattern: bytes) -> tuple[int, ...]:
    return tuple(20 * f for f in pattern[::2] if f)


def names() -> list[str]:
    """What the tones are called, in the order of sounds.TABLE: the names of its numbers."""
    numbers = {n: v for n, v in vars(sounds).items() if n.isupper() and not n.startswith("_") and isinstance(v, int)}
    return [n.lower().replace("_", " ") for n in sorted(numbers, key=numbers.__getitem__)]


_KNOWN = {_frequencies(pattern): name for name, (_, pattern) in zip(names(), sounds.TABLE, strict=True)}


class Ears:
    """tone() at every change of the piezo; heard() gives what has been played to its end since."""

    def __init__(self) -> None:
        self.log: list[tuple[int, int, int]] = []  # (time us, frequency Hz, duty)
        self.patterns: list[tuple[int, str]] = []  # (start us, name)
        self._run: list[tuple[int, int]] = []
        self._quiet_us = 0
        self._sounding = 0
        self._new: list[tuple[int, str]] = []

    @property
    def sounding(self) -> bool:
        return bool(self._sounding)

    def tone(self, at_us: int, frequency: int, duty: int) -> None:
        self.log.append((at_us, frequency, duty))
        sounding = frequency if duty else 0
        if sounding == self._sounding:
            return
        if not sounding:
            self._quiet_us = at_us
        elif not self._sounding and self._run and at_us - self._quiet_us >= _GAP_US:
            self._close()
            self._run.append((at_us, sounding))
        else:
            self._run.append((at_us, sounding))
        self._sounding = sounding

    def heard(self, now_us: int) -> list[tuple[int, str]]:
        if self._run and not self._sounding and now_us - self._quiet_us >= _GAP_US:
            self._close()
        new, self._new = self._new, []
        return new

    def _close(self) -> None:
        """Name what was played: a pattern cut short by another leaves its first tones in front."""
        run, self._run = self._run, []
        for first in range(len(run)):
            name = _KNOWN.get(tuple(f for _, f in run[first:]))
            if name:
                self.patterns.append((run[first][0], name))
                self._new.append((run[first][0], name))
                return
