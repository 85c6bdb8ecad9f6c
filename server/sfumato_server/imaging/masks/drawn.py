"""The masks of passes as a client sees them: bytes, as small as it asks for."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sfumato_protocol.geometry import Extent

from ..arrays import Float, Mask
from .zones import SelectionShape, blend_mask

Pair = tuple[Mask, Mask]


def drawn(shape: SelectionShape, extents: Sequence[Extent], longest: int = 0) -> tuple[Pair, ...]:
    """(D, A) of each extent, (H, W) uint8, drawn at the crop's own size and then reduced by area
    means to a longer side of at most `longest` px, 0 for the crop's size."""
    known: dict[Extent, Pair] = {}
    for extent in extents:
        if extent not in known:
            denoise = shape.denoise_mask(extent)
            pair = _rounded(denoise), blend_mask(denoise)
            known[extent] = (_reduced(pair[0], longest), _reduced(pair[1], longest))
    return tuple(known[extent] for extent in extents)


def _rounded(mask: Float) -> Mask:
    return np.rint(mask * 255).astype(np.uint8)


def _reduced(mask: Mask, longest: int) -> Mask:
    height, width = mask.shape
    scale = longest / max(height, width)
    if longest == 0 or scale >= 1:
        return mask
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
