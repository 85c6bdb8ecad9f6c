"""What an engine sees of a picture that is transparent in places, and where it may be changed.

Alpha is shape and belongs to the artist: no pass changes it. Where it is below 1/16 a colour is
hardly seen and often chance, as in a cut-out's rim: such px are neither shown to an engine nor
changed by one.
"""

from __future__ import annotations

import numpy as np

from .arrays import Flags, Float
from .smooth_fill import membrane

LEAST_ALPHA = np.float32(1 / 16)


def clear(rgba: Float) -> Flags:
    """Where a picture (H, W, 4) counts as transparent: alpha below `LEAST_ALPHA`."""
    hardly: Flags = rgba[..., 3] < LEAST_ALPHA
    return hardly


def backdrop(rgba: Float) -> Float:
    """What an engine sees where a crop is `clear`, (H, W, 3): the smoothest continuation of the
    colours beside it (`smooth_fill.membrane`), mid grey if there are none; elsewhere the colours.

    rgba: (H, W, 4) float32, alpha not premultiplied.
    """
    hole = clear(rgba)
    if hole.all():
        return np.full((*hole.shape, 3), 0.5, np.float32)
    return membrane(np.ascontiguousarray(rgba[..., :3]), hole)


def opaque(rgba: Float, behind: Float | None = None) -> Float:
    """What an engine sees of a crop, (H, W, 3): its own colours, not dimmed by alpha, and `behind`,
    its `backdrop` if that is not given, where it is `clear`. rgba: (H, W, 4) float32, alpha not
    premultiplied.

    A rim of half-transparent px so shows the colour of what it is the rim of, and what comes back
    for it is that colour again: no trace of a backdrop gets into the picture.
    """
    hole = clear(rgba)
    if not hole.any():
        return np.ascontiguousarray(rgba[..., :3])
    if behind is None:
        behind = backdrop(rgba)
    return np.where(hole[..., None], behind, rgba[..., :3])
