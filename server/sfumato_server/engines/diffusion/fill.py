"""Fills a region smoothly from what surrounds it, so that its old content leaves no trace.

A picture is encoded by a coder that looks some px around each cell; at strength 1 nothing of the
old content may reach the result, not even so. Pyramid of weighted means (push and pull: Gortler
and others, 1996): each level halves the size; where nothing is known the coarser level is taken.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..base import Float


def filled_in(image: Float, region: NDArray[np.bool_]) -> Float:
    """`image` (H, W, 3), `region` (H, W) of it replaced; the same where nothing or all is."""
    if region.all() or not region.any():
        return image
    known = (~region).astype(np.float32)
    smooth = _pulled(image * known[..., None], known)
    return np.where(region[..., None], smooth, image)


def _pulled(colours: Float, weights: Float) -> Float:
    """Means of `colours` (premultiplied by `weights`) defined everywhere, (H, W, 3)."""
    height, width = weights.shape
    if max(height, width) <= 1:
        return np.asarray(colours / np.maximum(weights, 1e-6)[..., None], dtype=np.float32)
    half = max(1, (width + 1) // 2), max(1, (height + 1) // 2)
    coarse_weights = cv2.resize(weights, half, interpolation=cv2.INTER_AREA)
    coarse_colours = cv2.resize(colours, half, interpolation=cv2.INTER_AREA)
    # A level's cell is known as soon as a part of it is: weights saturate.
    full = np.minimum(4 * coarse_weights, 1)
    factor = full / np.maximum(coarse_weights, 1e-6)
    coarse = _pulled(np.asarray(coarse_colours * factor[..., None], dtype=np.float32), full)
    beyond = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    mixed = colours + (1 - weights)[..., None] * beyond
    return np.asarray(mixed, dtype=np.float32)
