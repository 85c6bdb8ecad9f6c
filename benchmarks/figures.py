"""What a benchmark gives back, and the table of all of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One thing measured at least five times. goal: the most that is wanted, None for no goal.

    A benchmark module has `measure() -> Iterable[Figure]`.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    goal: float | None = None

    def __post_init__(self) -> None:
        if len(self.values) < 5:
            raise ValueError(f"{self.name}: got {len(self.values)} values; expected at least 5")


def table(figures: Iterable[Figure]) -> str:
    """Names, min, median, max and goal in columns; a median over its goal is marked."""
    rows: list[tuple[str, ...]] = [("", "min", "median", "max", "n", "goal", "")]
    for figure in figures:
        middle = statistics.median(figure.values)
        over = figure.goal is not None and middle > figure.goal
        goal = "" if figure.goal is None else f"{figure.goal:g}"
        numbers = (min(figure.values), middle, max(figure.values))
        rows.append((
            f"{figure.name} [{figure.unit}]",
            *(f"{number:.1f}" for number in numbers),
            str(len(figure.values)),
            goal,
            "over" if over else "",
        ))  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(7)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *cells = row
    columns = zip(cells, widths[1:], strict=True)
    return name.ljust(widths[0]) + "".join(f"  {cell:>{width}}" for cell, width in columns)
