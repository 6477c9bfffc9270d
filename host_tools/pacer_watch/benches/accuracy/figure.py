"""A line of the table."""

from dataclasses import dataclass


@dataclass
class Figure:
    """One line of the table: ours, and what the others make of the same input."""

    name: str
    value: float | None
    unit: str
    most: float | None
    others: dict[str, float] | None = None
    note: str = ""
    least: bool = False  # `most` is the least that it should be

    @property
    def ok(self) -> bool | None:
        if self.value is None or self.most is None:
            return None
        return bool(self.value >= self.most if self.least else self.value <= self.most)
