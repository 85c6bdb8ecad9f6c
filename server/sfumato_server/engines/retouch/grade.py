"""Light and colour of a region brought to what lies around it; its detail stays.

    L = log(v + 4/255) of each sRGB-encoded channel,
    out = L - share * e * log(1 + p (exp(fit + u) - 1))

fit + u: the mismatch along the region's edge (`jump`), as a light over all of it and a smooth rest
(`field`), e the evidence that there is one, p how much of a px was pasted (`jump.ramp`). Only
that field is subtracted, so everything finer keeps its contrast. share grows with strength s:
1 - (1 - min(s, .7) / .7)^2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Numbers
from . import field
from .field import smoothstep
from .jump import SIGMA, Jump, depths, jump, ramp
from .outline import Outline, Strips, outlines, sides, strips
from .soft import SOFT, soft

FLOOR = np.float32(4 / 255)
FULL_AT = 0.7
MOST = 0.9
LEAST, LEAST_SOFT = 0.005, 0.012  # share of the line that must speak for a mismatch
UNHEARD = 0.4  # what is heard of a feather where there is none
FEATHERS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def share(strength: float) -> float:
    """The part of the mismatch that is taken back at a denoising strength, 0..1."""
    return 1 - (1 - min(strength, FULL_AT) / FULL_AT) ** 2


def graded(image: Float, depth: Float, strength: float, seed: int = 0) -> Float:
    """(H, W, 3) `image` graded where `depth` (H, W), px to the region's edge, is above 0."""
    light = np.log(image + FLOOR)
    found = mismatch(light, depth, seed)
    if found is None:
        return image
    over = np.clip(found.over, -MOST, MOST)
    part = share(strength) * found.evidence
    ramps = [ramp(depth, found.sigma)]
    if found.sigma == 0:
        ramps.append(np.clip(depth + np.float32(0.5), 0, 1))  # pasted along an anti-aliased edge
    pictures = [_freed(image, light, each[..., None], over, part) for each in ramps]
    return min(pictures, key=lambda picture: _roughness(picture, depth))


def _freed(image: Float, light: Float, pasted: Float, over: Float, part: float) -> Float:
    """`image` without the light `over` it that lies on the share `pasted`."""
    mixed = np.log1p(pasted * np.expm1(over))
    freed = np.exp(light - np.float32(part) * mixed) - FLOOR
    return np.where(pasted > 0, np.clip(freed, 0, 1), image).astype(np.float32)


def _roughness(picture: Float, depth: Float) -> float:
    """Mean square by which px on the line differ from those 2 to 4 px beside it."""
    away = np.abs(depth)
    on, beside = away < 1.3, ((away > 1.5) & (away < 4)).astype(np.float32)
    luma = picture @ _LUMA
    sums = cv2.GaussianBlur(luma * beside, (0, 0), 2)
    weight = cv2.GaussianBlur(beside, (0, 0), 2)
    off = (luma - sums / np.maximum(weight, 1e-6))[on & (weight > 0.02)]
    return float((off**2).mean()) if off.size else 0.0


@dataclass(frozen=True)
class Mismatch:
    """over: (H, W, C) log light that lies over the region. evidence: 0..1. sigma: px by which
    the edge of what was pasted is blurred."""

    over: Float
    evidence: float
    sigma: float


def mismatch(light: Float, depth: Float, seed: int) -> Mismatch | None:
    """What lies over the region where `depth` (H, W) is above 0, None where nothing can be said.

    Of the feathers that a paste may have the one for which most of the line speaks (`jump`), or the
    one that is heard on the line and not beside it (`soft`), whichever is surer.
    """
    lines = outlines(depth)
    if not lines:
        return None
    frame, radius = _frame(depth > 0), float(depth.max())
    base = field.terms(np.concatenate([line.points for line in lines]), frame)
    pair = sides(light, depth > 0)
    best = _spoken(pair, lines, base, radius, seed)
    heard = soft(pair, lines, base, radius)
    jumps, fit, sigma = best.jumps, best.fit, SIGMA * best.feather
    if heard and sigma > 0:
        fit = replace(fit, evidence=fit.evidence * smoothstep((heard.clear - UNHEARD) / UNHEARD))
    if heard and heard.sigma >= SOFT and heard.surer_than(fit):
        jumps, fit, sigma = heard.jumps, heard.fit, heard.sigma
    if fit.evidence <= 0:
        return None
    places = np.cumsum([len(line.points) for line in lines])[:-1]
    rests = [
        (line, field.rest_along(each, fit, part))
        for line, each, part in zip(lines, jumps, np.split(base, places), strict=True)
    ]
    over = field.light(fit, frame, depth.shape) + field.extended(rests, depth > 0, radius)
    return Mismatch(over.astype(np.float32), fit.evidence, sigma)


@dataclass(frozen=True)
class _Tried:
    feather: float
    jumps: list[Jump]
    fit: field.Fit


def _spoken(
    pair: tuple[Float, Float], lines: list[Outline], base: Numbers, radius: float, seed: int
) -> _Tried:
    feathers = [feather for feather in FEATHERS if feather <= radius / 3]
    best, *others = (_tried(pair, lines, base, feather, seed) for feather in feathers)
    for other in others:
        best = other if other.fit.speaks > 1.1 * best.fit.speaks else best
    return best


def _tried(
    pair: tuple[Float, Float], lines: list[Outline], base: Numbers, feather: float, seed: int
) -> _Tried:
    found = [strips(pair, line, depths(feather)) for line in lines]
    jumps = [jump(each, _luma_of(each), feather) for each in found]
    least = LEAST if feather == 0 else LEAST_SOFT
    return _Tried(feather, jumps, field.fitted(field.joined(jumps), base, seed, least))


def _frame(inside: Flags) -> tuple[float, float, float]:
    """Centre x, y and half of the longer side, px."""
    ys, xs = np.nonzero(inside)
    half = max(int(np.ptp(xs)), int(np.ptp(ys)), 2) / 2
    return float(xs.mean()), float(ys.mean()), half


def _luma_of(found: Strips) -> Float:
    light = (found.inner.mean(1) + found.outer.mean(1)) / 2
    return np.asarray((np.exp(light) - FLOOR) @ _LUMA, np.float32)
