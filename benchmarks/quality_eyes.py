"""How well the figures agree with choices made by eye on the blind sheets.

    python -m benchmarks.quality_eyes CHOICES.csv

CHOICES.csv lies beside `blind-key.csv` and `figures.csv` and has the columns row, best, unusable:
the row's number and letters, "BE" for two. Every best result is one pair with every other of its
row, every unusable one a pair with each that is neither. A figure agrees with a pair that it puts
in the same order; equal values agree by half.
"""

from __future__ import annotations

import argparse
import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import isnan
from pathlib import Path

from benchmarks.quality_figures import Figures
from benchmarks.quality_score import PERFECT, SCORES, weighted
from benchmarks.quality_sheet import KEY

FIGURES = "figures.csv"
NAMES = tuple(field.name for field in fields(Figures))
Values = Mapping[str, float]


@dataclass(frozen=True)
class Pair:
    """Figures of the result that eyes preferred and of the other, of one case of that kind."""

    kind: str
    better: Values
    worse: Values


def main() -> None:
    """Print the agreement of every figure, of their pairs and of the scores, by kind."""
    parser = argparse.ArgumentParser(description="Agreement of figures with choices by eye.")
    parser.add_argument("choices", type=Path)
    choices: Path = parser.parse_args().choices
    found = list(pairs(choices, choices.parent / KEY, choices.parent / FIGURES))
    for kind in dict.fromkeys(pair.kind for pair in found):
        mine = [pair for pair in found if pair.kind == kind]
        print(f"{kind}: {len(mine)} pairs, score {agreement(mine, SCORES[kind]):.0%}")
        print("  " + _listed(mine, [{name: 1.0} for name in NAMES]))
        print("  best of two: " + _listed(mine, _combined(mine))[:300])
    scored = sum(agreement([pair], SCORES[pair.kind]) for pair in found)
    print(f"all: {len(found)} pairs, scores {scored / max(1, len(found)):.0%}")
    print("  " + _listed(found, [{name: 1.0} for name in NAMES]))


def agreement(found: Sequence[Pair], weights: Values) -> float:
    """The share 0..1 of pairs that a weighted sum of figures puts in the same order as eyes."""
    total = 0.0
    for pair in found:
        gap = weighted(weights, pair.worse) - weighted(weights, pair.better)
        total += 0.5 if gap == 0 else float(gap > 0)
    return total / len(found) if found else float("nan")


def pairs(choices: Path, key: Path, figures: Path) -> Iterator[Pair]:
    """Raises `KeyError` for a row or letter that the key does not have."""
    measured = {(line["case"], line["method"]): line for line in _read(figures)}
    rows: dict[str, dict[str, tuple[str, Values]]] = {}
    for line in _read(key):
        found = measured.get((line["case"], line["method"]))
        if found is not None:
            values = {name: float(found[name]) for name in NAMES}
            rows.setdefault(line["row"], {})[line["label"]] = (line["kind"], values)
    for choice in _read(choices):
        yield from _pairs(rows.get(choice["row"], {}), choice["best"], choice["unusable"])


def _pairs(row: Mapping[str, tuple[str, Values]], best: str, bad: str) -> Iterator[Pair]:
    if not row:
        return  # a case without a truth has no figures
    middle = set(row) - set(best) - set(bad)
    ordered = [*itertools.product(best, middle | set(bad)), *itertools.product(middle, bad)]
    for better, worse in ordered:
        kind, values = row[better]
        yield Pair(kind, values, row[worse][1])


def _combined(found: Sequence[Pair]) -> Iterator[Values]:
    """Every two figures, each in units of its mean distance in a pair, by halves and thirds."""
    units = {name: _unit(found, name) for name in NAMES}
    for one, other in itertools.combinations(NAMES, 2):
        for share in (1 / 3, 1 / 2, 2 / 3):
            yield {one: share / units[one], other: (1 - share) / units[other]}


def _unit(found: Sequence[Pair], name: str) -> float:
    gaps = [abs(pair.better[name] - pair.worse[name]) for pair in found]
    known = [gap for gap in gaps if not isnan(gap)]
    return max(sum(known) / max(1, len(known)), 1e-6)


def _listed(found: Sequence[Pair], several: Sequence[Values] | Iterator[Values]) -> str:
    """Best first; weights of two in per cent of the mean gap are left out for shortness."""
    scored = [(agreement(found, weights), "+".join(_named(weights))) for weights in several]
    best: dict[str, float] = {}
    for share, name in scored:
        best[name] = max(share, best.get(name, 0.0))
    ordered = sorted(best.items(), key=lambda item: -item[1])
    return "  ".join(f"{name} {share:.0%}" for name, share in ordered)


def _named(weights: Values) -> list[str]:
    return [f"{name}{'↑' if name in PERFECT else ''}" for name in weights]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
