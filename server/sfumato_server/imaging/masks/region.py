"""What a mask is like: how thick, how much of the crop, whether it reaches the border."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ..arrays import Flags, Float, Mask, Window, window
from .distance import HALF_LEVEL


def thickness(denoise: Float) -> float:
    """Diameter in crop px of the largest disc that fits where the denoise mask D, (H, W), is 1."""
    full = (denoise >= 1).astype(np.uint8)
    return 2 * float(cv2.distanceTransform(full, cv2.DIST_L2, 3).max())


def inscribed(region: Flags) -> float:
    """Radius in px of the largest disc in `region` (H, W); the picture's edge bounds it."""
    padded = np.pad(region.astype(np.uint8), 1)
    return float(cv2.distanceTransform(padded, cv2.DIST_L2, 5).max())


def covered(denoise: Float) -> float:
    """Share of the crop where the denoise mask D, (H, W), is above 0."""
    return cv2.countNonZero(denoise) / denoise.size


def selected(coverage: Mask) -> float:
    """Share of the crop that is at least half selected. coverage: (H, W) uint8."""
    return int(np.count_nonzero(coverage >= HALF_LEVEL)) / coverage.size


def touches_border(coverage: Mask) -> bool:
    """Whether a pixel on the crop's border is at least half selected."""
    sides = (coverage[0], coverage[-1], coverage[:, 0], coverage[:, -1])
    return any(bool((side >= HALF_LEVEL).any()) for side in sides)


def parts(mask: Float, margin: int) -> Iterator[tuple[Window, Flags]]:
    """Each connected part of `mask` (H, W) > 0: a window `margin` px wider than it, and the part in
    the window."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((mask > 0).astype(np.uint8))
    for label, (x, y, width, height, _) in enumerate(stats[1:], 1):
        at = window((x, y, width, height), margin)
        yield at, labels[at] == label
