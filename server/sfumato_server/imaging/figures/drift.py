"""How far a pass has gone from the picture that was sent."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Float, Mask, bounds, window

_LONGEST = 512
_LEAST_CORE = 64


def drift(first: Float, after: Float, blend: Mask) -> float | None:
    """1 - structural similarity of luma to C[0] in the core, where A is full.

    Z. Wang et al., "Image quality assessment: from error visibility to structural similarity",
    2004: Gaussian window of 1.5 px, K1 = 0.01, K2 = 0.03; on pictures halved until the core is at
    most 512 px long, as its authors advise. None for a core of fewer than 64 px.
    """
    core = (blend == 255).astype(np.uint8)
    frame = bounds(core)
    if frame is None or cv2.countNonZero(core) < _LEAST_CORE:
        return None
    at, size = window(frame), frame[2:]
    while max(size) > _LONGEST:
        size = (max(1, size[0] // 2), max(1, size[1] // 2))
    a, b = (_luma(picture[at], size) for picture in (first, after))
    judged = cv2.resize(core[at].astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    if not judged.any():
        return None
    return float(np.clip(1 - _similarity(a, b)[judged].mean(), 0, 1))


def _luma(picture: Float, size: tuple[int, int]) -> Float:
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.resize(luma, size, interpolation=cv2.INTER_AREA).view(np.float32)


def _similarity(a: Float, b: Float) -> Float:
    def mean(field: Float) -> Float:
        return cv2.GaussianBlur(field, (11, 11), 1.5).view(np.float32)

    mean_a, mean_b = mean(a), mean(b)
    spread_a, spread_b = mean(a * a) - mean_a * mean_a, mean(b * b) - mean_b * mean_b
    joint = mean(a * b) - mean_a * mean_b
    small, smaller = np.float32(0.03**2), np.float32(0.01**2)
    alike = (2 * mean_a * mean_b + smaller) / (mean_a * mean_a + mean_b * mean_b + smaller)
    alike *= (2 * joint + small) / (spread_a + spread_b + small)
    return alike.astype(np.float32)
