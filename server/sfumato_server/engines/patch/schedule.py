"""What strength means to the patch sampler: noise per level, steps, and how old content fades.

At strength s the old content is put under noise of σ(s) in full-resolution px, −1..1 units. A
level reduced k times averages k × k px, so the noise there is σ(s)/k: weak runs redraw the fine
detail only, strong ones everything. At s = 1 the old content is never read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

COARSE_START = 0.8  # noise from which a level knows nothing
STEPS = {8: 14, 4: 8, 2: 8, 1: 4}
SLACK = 1e-6  # of a mask's value, for rounding
FINEST_END, COARSE_END = 0.02, 0.05  # noise of the last step at k = 1 and above


@dataclass(frozen=True)
class LevelPlan:
    """scale: the reduction k. sigmas: noise of each step, falling, in −1..1 units of the level."""

    scale: int
    sigmas: tuple[float, ...]


def noise_of(strength: float) -> float:
    """σ(s), −1..1 units at full resolution; inf at 1.

    Chosen so that 0.25 redraws grain and fine texture (σ 0.2) and 0.6 everything up to the
    size of a scratch (σ 1.2).
    """
    return math.inf if strength >= 1 else 0.2 * math.exp(5.2 * (strength - 0.25))


def plan_level(
    scale: int, coarsest: bool, strength: float, detail: float, factor: float
) -> LevelPlan:
    """The steps of one level.

    detail: what this level adds to the coarser one, root mean square, −1..1 units. factor: steps
    asked for, relative to the engine's own number.
    """
    blur = noise_of(strength) / scale
    last = FINEST_END if scale == 1 else COARSE_END
    cap = COARSE_START if coarsest else min(max(1.2 * detail, 0.03, 1.5 * last), 0.35)
    least = 4 if scale == 1 else 2
    first = max(min(cap, blur), 1e-3)
    last = min(last, first / 2)
    share = math.log(first / last) / math.log(cap / last)
    steps = max(least, round(STEPS[scale] * factor * min(share, 1.0)))
    ratio = (last / first) ** (1 / (steps - 1))
    return LevelPlan(scale, tuple(first * ratio**turn for turn in range(steps)))


def blur_by_mask(plans: tuple[LevelPlan, ...], strength: float) -> tuple[tuple[float, float], ...]:
    """What noise, in full-resolution px, old content is put under, by denoise mask.

    Pairs (least mask, noise), masks falling: a pixel freed at a step meets that step's noise, one
    free from the first step on the noise of the run's strength.
    """
    noises = [sigma * plan.scale for plan in plans for sigma in plan.sigmas]
    start = noise_of(strength)
    steps = len(noises)
    later = [(1 - step / steps, min(noises[step], start)) for step in range(1, steps)]
    return ((1.0, start), *later)


def freed(mask: Tensor, step: int, steps: int) -> Tensor:
    """Where a pixel takes part in step `step`, from 0, of the run's `steps`: bool, as `mask`.

    The step starts at progress step / steps; a pixel of mask D is free when that is ≥ 1 − D, that
    is in the last ⌊D · steps⌋ steps.
    """
    return (mask > 0) & (mask >= 1 - step / steps - SLACK)


def trust(strength: float) -> float:
    """Weight of the old content in the coarsest level's start, against smoothness of weight 1."""
    return 20.0 * ((1 - strength) / 0.5) ** 4


def doubt(strength: float) -> float:
    """Misfit to the known patches, −1..1 units, at which old content is taken for a defect."""
    return 0.08 * math.exp(8 * (0.6 - strength))
