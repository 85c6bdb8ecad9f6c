"""Grain: the noise that a photograph has everywhere and a painted region lacks.

What a region should have is what lies beside it has (`wanted`), whatever the rest of the picture
is like: a smooth sky over grainy ground stays smooth. Texture beside it is no grain, and below full
strength a region that was smoother than what is beside it, as one out of focus, stays so.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np

from .arrays import Flags, Float, Mask, bounds, window
from .noise import BANDS, SIGMAS, Noise, Wide, bands, estimate, kernel_size

NEAR = 24.0  # px beside the mask that are looked at, at least
_MOST_GAIN = 2.0
# The part of a band's power that a few dozen blocks can tell from chance.
_TELLABLE = np.array([0.15, 0.2, 0.35])


def beside(denoise: Float) -> Flags:
    """What lies next to the mask, (H, W): D = 0, at most `NEAR` px off, or as far as the masked
    region's inscribed radius if that is more."""
    free = denoise > 0
    depth = cv2.distanceTransform(np.pad(free, 1).view(np.uint8), cv2.DIST_L2, 5)
    away = cv2.distanceTransform((~free).view(np.uint8), cv2.DIST_L2, 5)
    near: Flags = ~free & (away <= max(NEAR, float(depth.max())))
    return near


def wanted(context: Float, denoise: Float, block: int, strength: float = 1.0) -> Noise | None:
    """The grain that a region should have, None where none can be told.

    That of the flattest blocks of `block` px beside it, if it is grain and no texture
    (`Noise.is_grain`). Below strength 1 of each band and channel no more than the region itself
    had: if it was smoother than what is beside it, it was so for a reason.
    """
    found = estimate(context, beside(denoise), block)
    if found is None or not found.is_grain:
        return None
    own = estimate(context, denoise == 1, block) if strength < 1 else None
    if own is None:
        return found
    limited = replace(found, variance=np.minimum(found.variance, own.variance))
    return limited if limited.is_grain else None


def match(
    result: Float, context: Float, denoise: Float, blend: Mask, seed: int, strength: float = 1.0
) -> Float:
    """`result` with grain of the strength and spectrum that is `wanted`, where it is smoother.

    result, context: (H, W, 3) float32 sRGB 0..1. denoise: D. blend: A, uint8; where it mixes result
    and context their noise would average out, so there the result gets up to twice as much. The
    same seed gives the same grain. Without grain beside the mask, or where the result has as much,
    `result` itself.
    """
    frame, pair = bounds(blend), _pair(result, context, denoise, strength)
    if frame is None or pair is None:
        return result
    gains = _gains(*pair)
    if not gains.any():
        return result
    at = window(frame)
    noise = _noise(blend[at].shape, gains, pair[1].correlation, seed)
    share = np.maximum(blend[at].astype(np.float32) / 255, 1 / 255)
    noise *= np.minimum(np.sqrt((2 - share) / share), _MOST_GAIN)[..., None]
    grained = result.copy()
    grained[at] = np.clip(result[at] + noise, 0, 1)
    return grained


def _pair(
    result: Float, context: Float, denoise: Float, strength: float
) -> tuple[Noise, Noise] | None:
    """Noise that the core has and that it should have, measured in blocks of one size."""
    for block in (16, 8):
        ours = estimate(result, denoise == 1, block)
        if ours is None:
            continue
        if estimate(context, beside(denoise), block) is None:
            continue
        aim = wanted(context, denoise, block, strength)
        return None if aim is None else (ours, aim)
    return None


def _gains(ours: Noise, wanted: Noise) -> Wide:
    """Factor of each band and channel of unit white noise that fills what `ours` lacks."""
    response = _response()
    white = response.sum(axis=(1, 2))
    target = wanted.variance.copy()
    for band in range(1, BANDS):
        if not wanted.even[band]:
            # Texture covers the grain of this band: no more than white noise would have there.
            ceiling = target[band - 1] * (white[band] / white[band - 1])
            target[band] = np.minimum(target[band], ceiling)
    lacking = np.maximum(target - ours.variance, 0)
    lacking[lacking < _TELLABLE[:, None] * target] = 0
    gains: Wide = np.sqrt(lacking / white[:, None])
    for _ in range(20):
        made = np.einsum("ijk,jc,kc->ic", response, gains, gains)
        gains *= np.sqrt(lacking / np.maximum(made, 1e-12))
    return gains


@lru_cache(maxsize=1)
def _response() -> Wide:
    """[i, j, k]: power that bands j and k of unit white noise put together into band i."""
    lows = [np.ones((128, 128))]
    for sigma in SIGMAS:
        kernel = cv2.getGaussianKernel(kernel_size(sigma)[0], sigma).ravel()
        along = np.abs(np.fft.fft(kernel, 128))
        lows.append(np.outer(along, along))
    parts = np.array([fine - coarse for fine, coarse in pairwise(lows)])
    power: Wide = np.einsum("iyx,jyx,kyx->ijk", parts**2, parts, parts, optimize=True) / 128**2
    return power


def _noise(shape: tuple[int, int], gains: Wide, correlation: Wide, seed: int) -> Float:
    """(H, W, 3) noise with the given bands, its channels correlated."""
    mixing = np.linalg.cholesky(_nearest_definite(correlation)).astype(np.float32)
    white = np.random.default_rng(seed).standard_normal((*shape, 3), np.float32) @ mixing.T
    total = np.zeros_like(white)
    for band, gain in zip(bands(white[None]), gains.astype(np.float32), strict=True):
        total += band[0] * gain
    return total


def _nearest_definite(correlation: Wide) -> Wide:
    values, vectors = np.linalg.eigh(correlation)
    definite = (vectors * np.maximum(values, 1e-3)) @ vectors.T
    scale = np.sqrt(np.diag(definite))
    unit: Wide = definite / np.outer(scale, scale)
    return unit
