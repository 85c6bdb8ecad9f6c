"""Small pictures to look at while a pass runs."""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Float
from .resample import shrunk


def jpeg(rgb: Float, longest: int = 384, quality: int = 80) -> bytes:
    """A JPEG of `rgb` (H, W, 3) float32 sRGB 0..1, its longer side at most `longest` px."""
    pixels = np.rint(np.clip(shrunk(rgb, longest), 0, 1) * 255).astype(np.uint8)
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, quality))
    if not done:
        raise ValueError(f"Got a preview of shape {rgb.shape} that JPEG cannot hold.")
    return encoded.tobytes()
