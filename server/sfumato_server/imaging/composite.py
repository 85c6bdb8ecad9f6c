"""Laying a result over a picture."""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Float, Mask

Bounds = tuple[int, int, int, int]


def over(base: Float, result: Float, alpha: Float) -> Float:
    """Porter-Duff "over" of an opaque source times `alpha`, as a masked layer composites.

    base: (H, W, 4) RGBA, not premultiplied. result: (H, W, 3). alpha: (H, W), 0..1. All float32 in
    the document's own encoding. Returns (H, W, 4) float32, bit for bit `base` where alpha is 0:
    a = alpha + a_b (1 - alpha), c = (c_r alpha + c_b a_b (1 - alpha)) / a.
    """
    composite = base.copy()
    frame = bounds((alpha > 0).astype(np.uint8))
    if frame is None:
        return composite
    x, y, width, height = frame
    window = np.s_[y : y + height, x : x + width]
    source = alpha[window][..., None]
    below = base[window]
    share = below[..., 3:] * (1 - source)
    total = source + share
    colour = (result[window] * source + below[..., :3] * share) / np.maximum(total, 1e-12)
    laid = np.concatenate([colour, total], axis=2, dtype=np.float32)
    np.copyto(composite[window], laid, where=source > 0)
    return composite


def bounds(mask: Mask) -> Bounds | None:
    """The smallest rectangle around what is above 0: (x, y, width, height), None if nothing is."""
    x, y, width, height = cv2.boundingRect(mask)
    return (int(x), int(y), int(width), int(height)) if width and height else None
