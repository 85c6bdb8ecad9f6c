"""The values that a slider goes through, each with its place in whole steps."""

import math
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Scale:
    """least, most: the range. step: between two places; or, as fits factors and lengths, tenfold:
    how many places there are from a value to its tenfold. special: a value outside the range, at
    place 0, for what is not chosen."""

    least: float
    most: float
    step: float = 0.01
    tenfold: int = 0
    special: Optional[float] = None

    @property
    def last(self) -> int:
        """The place of `most`; the first is 0."""
        return self._first + round(self._steps(self.most))

    def place(self, value: float) -> int:
        """The place nearest to a value, 0..last."""
        if self.special is not None and value == self.special:
            return 0
        within = min(max(value, self.least), self.most)
        return self._first + round(self._steps(within))

    def value(self, place: int) -> float:
        """The value at a place, which is cut to 0..last. Rounded to what can be told of it."""
        if self.special is not None and place <= 0:
            return self.special
        if place >= self.last:
            return self.most
        steps = max(place - self._first, 0)
        if not self.tenfold:
            return round(self.least + steps * self.step, 4)
        value: float = self.least * 10.0 ** (steps / self.tenfold)
        return round(value, max(1 - math.floor(math.log10(value)), 0))

    def nearest(self, value: float) -> float:
        """What is taken of a value that was typed: any within the range where places grow, else
        one at a place."""
        if self.tenfold and value != self.special:
            return round(min(max(value, self.least), self.most), 3)
        return self.value(self.place(value))

    @property
    def _first(self) -> int:
        return 0 if self.special is None else 1

    def _steps(self, value: float) -> float:
        if self.tenfold:
            return self.tenfold * math.log10(value / self.least)
        return (value - self.least) / self.step
