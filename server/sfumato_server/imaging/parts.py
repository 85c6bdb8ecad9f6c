"""The parts of a mask that lie apart, each to be run in a window of its own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import Bounds, Float, bounds, window

Labels = NDArray[np.int32]  # (H, W): the number of the part that a px is of, 0 for none


def parts_of(mask: Float, near: int) -> tuple[list[Bounds], Labels]:
    """The bounds of each part of `mask` (H, W) > 0, numbered from 1, and what belongs to it.

    Parts of fewer than about `near` px between them are one.
    """
    masked = (mask > 0).astype(np.uint8)
    joined = cv2.dilate(masked, np.ones((near, near), np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(joined)
    labels = numbers.view(np.int32) * masked
    found = []
    for number, (x, y, width, height, _) in enumerate(stats[1:], 1):
        inner = bounds(labels[window((x, y, width, height))] == number)
        assert inner is not None
        found.append((int(x) + inner[0], int(y) + inner[1], inner[2], inner[3]))
    return found, labels
