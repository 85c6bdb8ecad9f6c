"""Laying a result over a picture."""

from __future__ import annotations

import numpy as np

from .arrays import Float, bounds, window


def over(base: Float, result: Float, alpha: Float) -> Float:
    """Porter-Duff "over" of an opaque source times `alpha`, as a masked layer composites.

    base: (H, W, 4) RGBA, not premultiplied. result: (H, W, 3). alpha: (H, W), 0..1. All float32 in
    the document's own encoding. Returns (H, W, 4) float32, bit for bit `base` where alpha is 0:
    a = alpha + a_b (1 - alpha), c = (c_r alpha + c_b a_b (1 - alpha)) / a.
    """
    composite = base.copy()
    frame = bounds(alpha > 0)
    if frame is None:
        return composite
    at = window(frame)
    source = alpha[at][..., None]
    below = base[at]
    share = below[..., 3:] * (1 - source)
    total = source + share
    colour = (result[at] * source + below[..., :3] * share) / np.maximum(total, 1e-12)
    laid = np.concatenate([colour, total], axis=2, dtype=np.float32)
    np.copyto(composite[at], laid, where=source > 0)
    return composite
