"""The arrays that pictures and masks are, and rectangles in them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]  # a picture (H, W, 3 or 4) or a mask (H, W), 0..1
Mask = NDArray[np.uint8]  # (H, W), 0..255
Numbers = NDArray[np.floating[Any]]  # of any precision and shape
Flags = NDArray[np.bool_]  # (H, W)

Bounds = tuple[int, int, int, int]
Window = tuple[slice, slice]


def bounds(mask: Mask | Flags) -> Bounds | None:
    """The smallest rectangle around what is above 0: (x, y, width, height), None if nothing is."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return (int(x), int(y), int(width), int(height)) if width and height else None


def window(frame: Bounds, margin: int = 0) -> Window:
    """What cuts a rectangle, `margin` px wider where there are as many, out of an array."""
    x, y, width, height = frame
    rows = slice(max(0, y - margin), y + height + margin)
    return rows, slice(max(0, x - margin), x + width + margin)
