"""Small pictures to look at while a pass runs."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def jpeg(rgb: NDArray[np.float32], longest: int = 384, quality: int = 80) -> bytes:
    """A JPEG of `rgb` (H, W, 3) float32 sRGB 0..1, its longer side at most `longest` px."""
    height, width = rgb.shape[:2]
    scale = longest / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).view(np.float32)
    pixels = np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, quality))
    if not done:
        raise ValueError(f"Got a preview of {width}x{height} that JPEG cannot hold.")
    return encoded.tobytes()
