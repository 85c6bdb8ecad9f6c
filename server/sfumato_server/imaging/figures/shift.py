"""How far the colours on both sides of an edge lie apart."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Flags, Float, Mask, bounds, window

_BAND = 8.0  # px of each side beyond the edge's ramp
_ALONG = 6.0  # Gaussian along the edge, px
_LEAST_SHARE = 0.02
_LEAST_PX = 32
_ROOM = 24


def step(picture: Float, blend: Mask) -> float | None:
    """Mean CIE 1976 difference between the colours just inside and just outside A's edge.

    picture: (H, W, 3) float32 sRGB 0..1. blend: A, (H, W) uint8. The two sides are the px up to
    8 px beyond the edge's ramp, where A is 255 and where it is 0, averaged with a Gaussian of 6 px;
    their difference is taken along the edge. Where the ramp is so wide that the sides do not meet
    in it, or there are fewer than 32 px of edge, None.
    """
    frame = bounds(blend)
    if frame is None:
        return None
    at = window(frame, _ROOM)
    lab = cv2.cvtColor(np.clip(picture[at], 0, 1), cv2.COLOR_RGB2Lab).view(np.float32)
    inside: Flags = blend[at] == 255
    outside: Flags = blend[at] == 0
    if not inside.any() or not outside.any():
        return None
    to_inside, to_outside = (_distance(~side) for side in (inside, outside))
    middle = np.abs(to_inside - to_outside) <= 1
    reach = float(to_inside[middle].max()) if middle.any() else 0.0
    sigma = max(_ALONG, reach)
    inner, weight_in = _mean(lab, inside & (to_outside <= _BAND + 2 * reach), sigma)
    outer, weight_out = _mean(lab, outside & (to_inside <= _BAND + 2 * reach), sigma)
    told = middle & (weight_in > _LEAST_SHARE) & (weight_out > _LEAST_SHARE)
    if np.count_nonzero(told) < _LEAST_PX:
        return None
    return float(np.linalg.norm(inner - outer, axis=2)[told].mean(dtype=np.float64))


def _distance(region: Flags) -> Float:
    return cv2.distanceTransform(region.view(np.uint8), cv2.DIST_L2, 5).view(np.float32)


def _mean(lab: Float, band: Flags, sigma: float) -> tuple[Float, Float]:
    weight = cv2.GaussianBlur(band.astype(np.float32), (0, 0), sigma).view(np.float32)
    total = cv2.GaussianBlur(lab * band[..., None], (0, 0), sigma).view(np.float32)
    mean: Float = (total / np.maximum(weight, np.float32(1e-6))[..., None]).astype(np.float32)
    return mean, weight
