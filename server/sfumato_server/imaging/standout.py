"""What stands out of what a hole's rim is used to: the outlines that may not be copied there."""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Flags, Float

_SOFT = 1.5  # px, of the Gaussian over which a slope is one
_USED_TO = 1.3
_SHARE = 85  # % of the rim


def standout(plane: Float, rim: Flags, rounding: float) -> Float:
    """max(0, s - 1.3 q - rounding), (H, W): s the slope |grad G1.5 * plane| of `plane` (H, W), per
    px, q what 85 % of those where `rim` (H, W) stay under.

    rounding: a slope, in the plane's units, that is never an outline. 0 where there is no rim.
    """
    if not rim.any():
        return np.zeros_like(plane)
    soft = cv2.GaussianBlur(plane, (0, 0), _SOFT)
    slope = np.hypot(
        cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8),
    )
    most = _USED_TO * float(np.percentile(slope[rim], _SHARE)) + rounding
    return np.asarray(np.maximum(slope - most, 0), np.float32)
