"""Whether what was inside is still there: structure and colour against C[0]."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Flags, Float, bounds, window

DEPTH = 12.0  # px inside, from which on structure is judged
_LEAST_PX = 64
_WIDE, _NARROW, _DRIFT = 12.0, 1.5, 8.0  # Gaussians, px
_UNSEEN = np.float32((3 / 255) ** 2)
_ROOM = 36
_LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)


def identity(first: Float, after: Float, inside: Flags) -> float | None:
    """Structure of C[0] that is left deep inside a region: 1 all of it, 0 none.

    first, after: C[0] and C[k], (H, W, 3) float32 sRGB 0..1. inside: (H, W). Structural similarity
    without levels (Z. Wang et al., 2004) of luma freed of its Gaussian of 12 px, taken inside,
    so that a change of light is none of structure: (2 <xy> + c) / (<xx> + <yy> + c), <.> a Gaussian
    of 1.5 px, c = (3/255)²; the mean of px 12 px and more inside. None for fewer than 64 of them.
    """
    depth = cv2.distanceTransform(inside.view(np.uint8), cv2.DIST_L2, 5)
    core: Flags = depth > DEPTH
    frame = bounds(core)
    if frame is None or np.count_nonzero(core) < _LEAST_PX:
        return None
    at = window(frame, _ROOM)
    x, y = (_detail(picture[at], inside[at]) for picture in (first, after))
    xx, yy, xy = (_blurred(field, _NARROW) for field in (x * x, y * y, x * y))
    alike = (2 * xy + _UNSEEN) / (xx + yy + _UNSEEN)
    return float(alike[core[at]].mean(dtype=np.float64))


def drift(first: Float, after: Float, core: Flags) -> float | None:
    """How far colours inside have gone from C[0]: the mean CIE 1976 difference in `core`, (H, W),
    of the pictures blurred by 8 px inside it; 0 is not at all. None for fewer than 64 px."""
    frame = bounds(core)
    if frame is None or np.count_nonzero(core) < _LEAST_PX:
        return None
    at = window(frame)
    means = (_blurred_inside(picture[at], core[at], _DRIFT) for picture in (first, after))
    labs = (cv2.cvtColor(np.clip(mean, 0, 1), cv2.COLOR_RGB2Lab) for mean in means)
    apart = np.linalg.norm(np.subtract(*labs), axis=2)
    return float(apart[core[at]].mean(dtype=np.float64))


def _detail(picture: Float, inside: Flags) -> Float:
    luma = cv2.transform(picture, _LUMA).view(np.float32)[..., None]
    detail: Float = (luma - _blurred_inside(luma, inside, _WIDE))[..., 0]
    return detail


def _blurred_inside(picture: Float, inside: Flags, sigma: float) -> Float:
    """Of (H, W, C), nothing from outside mixed in; of no meaning far from `inside`."""
    weight = inside.astype(np.float32)
    total = _blurred(picture * weight[..., None], sigma).reshape(picture.shape)
    share = np.maximum(_blurred(weight, sigma), np.float32(1e-6))[..., None]
    return (total / share).astype(np.float32)


def _blurred(field: Float, sigma: float) -> Float:
    return cv2.GaussianBlur(field, (0, 0), sigma).view(np.float32)
