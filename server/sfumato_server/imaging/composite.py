"""Laying a result over a picture."""

from __future__ import annotations

import numpy as np

from .arrays import Float, bounds, window


def atop(base: Float, result: Float, alpha: Float) -> Float:
    """Porter-Duff "atop" of an opaque source times `alpha`: what a masked layer that inherits alpha
    shows in Krita, and one with `svg:src-atop` in OpenRaster. Over an opaque base it is "over".

    base: (H, W, 4) RGBA, not premultiplied. result: (H, W, 3). alpha: A, (H, W), 0..1. All float32
    in the document's own encoding. Returns (H, W, 4) float32:
    c = c_b + A (c_r - c_b), the base's alpha as it is; bit for bit `base` where A or the base's
    alpha is 0.

    No layer laid "over" could do it: a_b + A (1 - a_b) is above a_b wherever a_b is below 1, so
    that a cut-out's rim would thicken from pass to pass.
    """
    composite = base.copy()
    shown = (alpha > 0) & (base[..., 3] > 0)
    frame = bounds(shown)
    if frame is None:
        return composite
    at = window(frame)
    below = base[at][..., :3]
    colour = below + (result[at] - below) * alpha[at][..., None]
    np.copyto(composite[at][..., :3], colour, where=shown[at][..., None])
    return composite
