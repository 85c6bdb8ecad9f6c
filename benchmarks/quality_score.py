"""One number for a result, smaller is better, by the kind of case.

Each is a weighted sum of figures, chosen by how often it agrees with choices made by eye between
results of shuffled methods (docs/quality.md; `quality_eyes` counts it).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from benchmarks.quality_figures import HIGHER_IS_BETTER, Figures

Weights = Mapping[str, float]
PASTED: Weights = {"seam": 1.0, "low": 1.0, "keep": 20.0}
CLEAN: Weights = {"change": 1.0}
FILLED: Weights = {"low": 1.0, "ssim": 10.0, "texture": 1.0}
SCORES: Mapping[str, Weights] = {
    "paste": PASTED,
    "feathered": PASTED,
    "clean": CLEAN,
    "wide": CLEAN,
    "spot": FILLED,
    "scratch": FILLED,
    "defect": FILLED,
    "hole": FILLED,
    "straight": FILLED,
    "sky": {"error": 1.0},
    "removal": FILLED,
}


def score(kind: str, figures: Figures) -> float:
    """The weighted sum; of a figure that is better when higher, what it lacks to 1 counts."""
    return weighted(SCORES[kind], vars(figures))


def weighted(weights: Weights, figures: Mapping[str, float]) -> float:
    """Figures that cannot be measured (nan) count nothing."""
    total = 0.0
    for name, weight in weights.items():
        value = figures[name]
        if not isnan(value):
            total += weight * (1 - value if name in HIGHER_IS_BETTER else value)
    return total
