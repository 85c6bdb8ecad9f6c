"""What is measured of every pass, for the artist and for comparison."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Float, Mask
from ..grain import grain_ratio
from .drift import drift
from .ghosting import ghosting
from .seam import seam

_CELL = 8


def measure(
    first: Float, before: Float, painted: Float, after: Float, denoise: Float, blend: Mask
) -> dict[str, float]:
    """Figures of one pass by name; one that cannot be told for this mask is left out.

    first: C[0]; before: C[k-1]; painted: the engine's output before any correction; after: C[k] as
    composited; all (H, W, 3) float32, sRGB-encoded 0..1. denoise: D; blend: A, uint8.

    seam: visibility of A's edge, 1 is invisible (`seam.seam`). shift: see `shift`, in CIE 1976
    colour differences. drift: 0 to 1 (`drift.drift`). grain: noise of the core over the context's,
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


def outside(before: Float, after: Float, blend: Mask) -> float:
    """Greatest |after - before| of any channel where A = 0; 0 if there is no such pixel."""
    untouched = (blend == 0).astype(np.uint8)
    return float(cv2.norm(before, after, cv2.NORM_INF, untouched))
