"""From the jumps along a line to a field over the region: what was put over all of it, and a rest.

What is pasted has one light over it, so the jumps lie near

    J(x, y) = a + b x + c y

which is drawn robustly (RANSAC; Fischler and Bolles, 1981) from three places at a time. A rest that
varies smoothly along the line is extended into the region by (laplacian - 1 / l^2) u = 0 with l the
region's inscribed radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Numbers
from ...imaging.smooth_fill import HELD, smooth_fill
from .jump import Jump, trusted
from .outline import Outline, smooth_along

_DRAWS = 600
_RIDGE = 0.08
_FIT = 0.18
_PRIOR = 0.15
_USUAL = 0.35
_AT_ONCE = 12  # parts in which guesses are looked at
_GRID = 90  # cells along the longer side


@dataclass(frozen=True)
class Fit:
    """factors: a, b, c of every channel, (3, C), x and y from the centre in half sizes. evidence:
    0..1, how sure it is that anything was put over the region at all. speaks: share of the line
    that agrees with it and not with nothing."""

    factors: Numbers
    evidence: float
    speaks: float


def smoothstep(t: float) -> float:
    """t^2 (3 - 2 t) of t clamped to 0..1."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def terms(points: Numbers, frame: tuple[float, float, float]) -> Numbers:
    """(N, 3): 1, x, y in units of the region's half size. frame: centre x, y and half size."""
    x, y, half = frame
    across, down = (points[:, 0] - x) / half, (points[:, 1] - y) / half
    return np.stack([np.ones(len(points)), across, down], 1)


def light(fit: Fit, frame: tuple[float, float, float], shape: tuple[int, ...]) -> Numbers:
    """(H, W, C) the light of a fit at every px of a picture of `shape`."""
    height, width = shape[:2]
    y, x = np.mgrid[:height, :width]
    over = terms(np.stack([x.ravel(), y.ravel()], 1), frame) @ fit.factors
    return np.asarray(over.reshape(height, width, -1))


def fitted(jumps: Jump, base: Numbers, seed: int, least: float) -> Fit:
    """The light over the region, from (N,) jumps at places with terms `base` (N, 3)."""
    steps, trust = jumps.step.astype(np.float64), jumps.trust.astype(np.float64)
    total = max(float(trust.sum()), 1e-6)

    def support(factors: Numbers) -> Numbers:
        """Of (..., 3, C) light, the share of trust that agrees with it."""
        off = steps - base @ factors
        misses = np.einsum("...c,...c->...", off, off)
        weight: Numbers = trust * (1 + misses / _FIT**2) ** -2
        return np.asarray(weight.sum(-1) / total)

    guesses = _guesses(steps, trust, base, seed)
    size = (guesses[:, 0] ** 2).sum(-1) + (guesses[:, 1:] ** 2).sum((-1, -2))
    agree = [support(part) for part in np.array_split(guesses, _AT_ONCE)]
    best = guesses[np.argmax(np.concatenate(agree) - _PRIOR * size / _USUAL**2)]
    for turn in range(15):
        scale = 0.24 * 0.5 ** (turn / 14)
        weight = trust * trusted(np.linalg.norm(steps - base @ best, axis=-1), scale)
        best = solved(base, steps, weight)
    none, found = float(support(np.zeros_like(best))), float(support(best))
    gain = (found - none) / max(found, 1e-6)
    sure = max(smoothstep((found - 0.25) / 0.25), smoothstep((gain - 0.65) / 0.25))
    speaks = (found - none) * total / len(base)
    evidence = smoothstep((gain - 0.25) / 0.2) * (0.3 + 0.7 * sure)
    evidence *= smoothstep((speaks - least) / (2 * least))
    return Fit(best, evidence, speaks)


def _guesses(steps: Numbers, trust: Numbers, base: Numbers, seed: int) -> Numbers:
    """(G, 3, C) lights: nothing, the middle one, and those through three places at a time."""
    chance = trust / trust.sum() if trust.sum() > 0 else np.full(len(trust), 1 / len(trust))
    drawn = np.random.default_rng(seed).choice(len(trust), (_DRAWS, 3), p=chance)
    full = solved(base[drawn], steps[drawn], np.ones((_DRAWS, 3)))
    grey = full.copy()
    grey[:, 1:] = full[:, 1:].mean(2, keepdims=True)
    level = np.zeros_like(full)
    level[:, 0] = steps[drawn].mean(1)
    plain = np.zeros((2, 3, steps.shape[1]))
    plain[1, 0] = np.median(steps, axis=0)
    return np.concatenate([plain, full, grey, level])


def solved(base: Numbers, steps: Numbers, weight: Numbers, ridge: float = _RIDGE) -> Numbers:
    """The weighted least squares (..., 3, C) of steps (..., N, C) in terms (..., N, 3).

    ridge: what a light's slopes cost, of the weight's sum."""
    turned = np.swapaxes(base * weight[..., None], -1, -2)
    price = np.diag([1e-6, ridge, ridge]) * np.maximum(weight.sum(-1), 1e-6)[..., None, None]
    return np.asarray(np.linalg.solve(turned @ base + price, turned @ steps))


def rest_along(jumps: Jump, fit: Fit, base: Numbers) -> Float:
    """(N, C) what the fit leaves, smooth along the line, nothing where nothing is trusted."""
    sigma = max(8.0, len(base) / 40)
    off = jumps.step - base @ fit.factors
    weight = jumps.trust * trusted(np.linalg.norm(off, axis=1), 0.25)
    usual = 0.15 * float(np.percentile(weight, 90)) + 1e-6
    sums = smooth_along(weight[:, None] * off, sigma)
    return (sums / (smooth_along(weight, sigma)[:, None] + usual)).astype(np.float32)


def extended(lines: list[tuple[Outline, Float]], inside: Flags, length: float) -> Float:
    """u (H, W, C) with the given values on the lines, falling off over `length` px."""
    height, width = inside.shape
    cell = max(1.0, max(height, width) / _GRID)
    size = (max(2, round(width / cell)), max(2, round(height / cell)))
    channels = lines[0][1].shape[1]
    sums = np.zeros((size[1], size[0], channels), np.float32)
    count = np.zeros((size[1], size[0]), np.float32)
    for line, values in lines:
        x = np.clip(line.points[:, 0] * size[0] / width, 0, size[0] - 1).astype(int)
        y = np.clip(line.points[:, 1] * size[1] / height, 0, size[1] - 1).astype(int)
        np.add.at(sums, (y, x), values)
        np.add.at(count, (y, x), 1)
    weight = np.where(count > 0, HELD, np.float32((cell / max(length, cell)) ** 2))
    picture = sums / np.maximum(count, 1)[..., None]
    small = smooth_fill(picture.astype(np.float32), weight.astype(np.float32))
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).view(np.float32)


def joined(jumps: list[Jump]) -> Jump:
    """The jumps of several lines as of one."""
    return Jump(
        np.concatenate([one.step for one in jumps]), np.concatenate([one.trust for one in jumps])
    )
