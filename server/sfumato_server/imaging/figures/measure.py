"""What is measured of every pass, for the artist and for comparison."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Float, Mask, bounds, window
from ..grain import grain_ratio
from .ghosting import ghosting
from .seam import seam

_CELL = 8
_LONGEST = 512
_LEAST_CORE = 64


def measure(
    first: Float, before: Float, painted: Float, after: Float, denoise: Float, blend: Mask
) -> dict[str, float]:
    """Figures of one pass by name; one that cannot be told for this mask is left out.

    first: C[0]; before: C[k-1]; painted: the engine's output before any correction; after: C[k] as
    composited; all (H, W, 3) float32, sRGB-encoded 0..1. denoise: D; blend: A, uint8.

    seam: visibility of A's edge, 1 is invisible (`seam.seam`). shift: see `shift`, in CIE 1976
    colour differences. drift: see `drift`, 0 to 1. grain: noise of the core over the context's,
    1 is alike (`grain.grain_ratio`). ghosting: doubled edges, 0 to 1 (`ghosting.ghosting`).
    outside: greatest change of a channel where A = 0; anything but 0 is a fault.
    """
    found = {
        "seam": seam(after, blend),
        "shift": shift(painted, before, denoise),
        "drift": drift(first, after, blend),
        "grain": grain_ratio(after, before, denoise),
        "ghosting": ghosting(before, after, blend),
        "outside": outside(before, after, blend),
    }
    return {name: float(value) for name, value in found.items() if value is not None}


def shift(painted: Float, context: Float, denoise: Float) -> float | None:
    """Mean CIE 1976 colour difference between engine output and context where D = 0.

    Of means over cells of 8x8 px, so that it tells a shift of colour and not lost detail. None if
    D = 0 in no whole cell.
    """
    size = tuple(max(1, side // _CELL) for side in denoise.shape[::-1])
    known = cv2.resize((denoise == 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    whole = known > 0.999
    if not whole.any():
        return None
    cells = (cv2.resize(field, size, interpolation=cv2.INTER_AREA) for field in (painted, context))
    ours, wanted = (cv2.cvtColor(cell, cv2.COLOR_RGB2Lab) for cell in cells)
    return float(np.linalg.norm(ours - wanted, axis=2)[whole].mean())


def drift(first: Float, after: Float, blend: Mask) -> float | None:
    """1 - structural similarity of luma to C[0] in the core, where A is full.

    Z. Wang et al., "Image quality assessment: from error visibility to structural similarity",
    2004: Gaussian window of 1.5 px, K1 = 0.01, K2 = 0.03; on pictures halved until the core is at
    most 512 px long, as its authors advise. None for a core of fewer than 64 px.
    """
    core = (blend == 255).astype(np.uint8)
    frame = bounds(core)
    if frame is None or cv2.countNonZero(core) < _LEAST_CORE:
        return None
    at, size = window(frame), frame[2:]
    while max(size) > _LONGEST:
        size = (max(1, size[0] // 2), max(1, size[1] // 2))
    a, b = (_luma(picture[at], size) for picture in (first, after))
    judged = cv2.resize(core[at].astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    if not judged.any():
        return None
    return float(np.clip(1 - _similarity(a, b)[judged].mean(), 0, 1))


def outside(before: Float, after: Float, blend: Mask) -> float:
    """Greatest |after - before| of any channel where A = 0; 0 if there is no such pixel."""
    untouched = (blend == 0).astype(np.uint8)
    return float(cv2.norm(before, after, cv2.NORM_INF, untouched))


def _luma(picture: Float, size: tuple[int, int]) -> Float:
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.resize(luma, size, interpolation=cv2.INTER_AREA).view(np.float32)


def _similarity(a: Float, b: Float) -> Float:
    def mean(field: Float) -> Float:
        return cv2.GaussianBlur(field, (11, 11), 1.5).view(np.float32)

    mean_a, mean_b = mean(a), mean(b)
    spread_a, spread_b = mean(a * a) - mean_a * mean_a, mean(b * b) - mean_b * mean_b
    joint = mean(a * b) - mean_a * mean_b
    small, smaller = np.float32(0.03**2), np.float32(0.01**2)
    alike = (2 * mean_a * mean_b + smaller) / (mean_a * mean_a + mean_b * mean_b + smaller)
    alike *= (2 * joint + small) / (spread_a + spread_b + small)
    return alike.astype(np.float32)
