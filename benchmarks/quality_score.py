"""One number for a result, smaller is better, by the kind of case.

Each is a weighted sum of figures, chosen by how often it agrees with choices made by eye between
results of shuffled methods (docs/quality.md; `quality_eyes` counts it).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from benchmarks.quality_figures import Figures

Weights = Mapping[str, float]
PASTED: Weights = {"seam": 1.0, "low": 1.0, "keep": 20.0}
CLEAN: Weights = {"change": 1.0}
SPOT: Weights = {"psnr": 1.0, "appeared": 0.5}
TEXTURE: Weights = {"ssim": 10.0, "gradient": 1.0, "blob": 0.1}
PERFECT = {"keep": 1.0, "psnr": 40.0, "ssim": 1.0}  # of figures that are better when higher
SCORES: Mapping[str, Weights] = {
    "paste": PASTED,
    "feathered": PASTED,
    "clean": CLEAN,
    "wide": CLEAN,
    "spot": SPOT,
    "scratch": SPOT,
    "defect": TEXTURE,
    "hole": TEXTURE,
    "straight": TEXTURE,
    "sky": {"error": 1.0},
    "removal": TEXTURE,
}


def score(kind: str, figures: Figures) -> float:
    """The weighted sum; of figures that are better when higher, what they lack to `PERFECT`."""
    return weighted(SCORES[kind], vars(figures))


def weighted(weights: Weights, figures: Mapping[str, float]) -> float:
    """Figures that cannot be measured (nan) count nothing."""
    total = 0.0
    for name, weight in weights.items():
        value = figures[name]
        if not isnan(value):
            total += weight * (PERFECT[name] - value if name in PERFECT else value)
    return total
