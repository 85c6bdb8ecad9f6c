"""The masks of passes as a client sees them: bytes, as small as it asks for."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from sfumato_protocol.geometry import Extent

from ..arrays import Float, Mask
from .zones import SelectionShape, blend_mask

Pair = tuple[Mask, Mask]


def drawn(shape: SelectionShape, extents: Iterable[Extent], longest: int = 0) -> tuple[Pair, ...]:
    """(D, A) of each extent as `pair` has them."""
    return tuple(pair(shape.denoise_mask(extent), longest) for extent in extents)


def pair(denoise: Float, longest: int = 0) -> Pair:
    """D and A of a pass with that D, (H, W) uint8: at the crop's own size, then reduced by area
    means to a longer side of at most `longest` px, 0 for the crop's size."""
    return _reduced(_rounded(denoise), longest), _reduced(blend_mask(denoise), longest)


def _rounded(mask: Float) -> Mask:
    return np.rint(mask * 255).astype(np.uint8)


def _reduced(mask: Mask, longest: int) -> Mask:
    height, width = mask.shape
    scale = longest / max(height, width)
    if longest == 0 or scale >= 1:
        return mask
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
