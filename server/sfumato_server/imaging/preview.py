"""Small pictures to look at while a pass runs, mixed at the size at which they are looked at."""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Flags, Float, Window
from .resample import shrunk

LONGEST = 384
_QUALITY = 80


class Preview:
    """A crop as it will look after a pass, its longer side at most `LONGEST` px.

    picture: the crop before it, (H, W, 3) float32 sRGB 0..1. alpha: A of the pass, (H, W) float32
    0..1.
    """

    def __init__(self, picture: Float, alpha: Float) -> None:
        self._crop = picture.shape[:2]
        self._before = shrunk(picture, LONGEST)
        self._alpha = shrunk(alpha, LONGEST)[..., None]
        self._made = self._before

    def keep(self, made: Float, at: Window, own: Flags) -> None:
        """Take note of a finished part of the pass. made: (h, w, 3), at any size, what was made of
        the window `at` of the crop. own: (H', W') the px of the window that it is for."""
        self._made = self._with(made, at, own)

    def jpeg(self, made: Float, at: Window, own: Flags) -> bytes:
        """A JPEG of the crop with an unfinished part; the arguments are those of `keep`."""
        mixed = self._before + self._alpha * (self._with(made, at, own) - self._before)
        return jpeg(mixed)

    def _with(self, made: Float, at: Window, own: Flags) -> Float:
        rows, columns = map(self._small, at, self._crop, self._before.shape[:2])
        size = (columns.stop - columns.start, rows.stop - rows.start)
        part = cv2.resize(made, size, interpolation=cv2.INTER_AREA)
        where = cv2.resize(own.view(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        whole = self._made.copy()
        np.copyto(whole[rows, columns], part, where=where[..., None])
        return whole

    @staticmethod
    def _small(span: slice, long: int, short: int) -> slice:
        start = min(span.start * short // long, short - 1)
        return slice(start, max(start + 1, -(-span.stop * short // long)))


def jpeg(rgb: Float) -> bytes:
    """A JPEG of `rgb` (H, W, 3) float32 sRGB 0..1, its longer side at most `LONGEST` px."""
    pixels = np.rint(np.clip(shrunk(rgb, LONGEST), 0, 1) * 255).astype(np.uint8)
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
    if not done:
        raise ValueError(f"Got a preview of shape {rgb.shape} that JPEG cannot hold.")
    return encoded.tobytes()
