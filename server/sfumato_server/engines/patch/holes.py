"""The connected holes of a mask."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float


def holes(mask: Float, margin: int) -> Iterator[tuple[tuple[slice, slice], Flags]]:
    """Each connected part of `mask` (H, W) > 0: a window `margin` px wider, and the part in it.

    The part is bool, of the window's size.
    """
    hole = (mask > 0).astype(np.uint8)
    _, labels, bounds, _ = cv2.connectedComponentsWithStats(hole, connectivity=8)
    for label, (x, y, width, height, _) in enumerate(bounds[1:], 1):
        rows = slice(max(0, y - margin), y + height + margin)
        at = rows, slice(max(0, x - margin), x + width + margin)
        yield at, labels[at] == label
