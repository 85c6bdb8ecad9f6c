"""The plate through many pictures at once, solved exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arrays import Flags, Float, Numbers
from .smooth_fill import membrane

_MOST = 2500  # px, of a dense matrix that is solved in a second
_STENCIL = ((0, 0, 4), (1, 0, -1), (-1, 0, -1), (0, 1, -1), (0, -1, -1))


def exact_plates(pictures: Float, hole: Flags) -> Float:
    """`pictures` (H, W, C) with Δ²u = 0 in `hole` (H, W); at the edge of the array no slope.

    Over `_MOST` px of hole membranes, Δu = 0. At least one px must be known.
    """
    if hole.sum() > _MOST:
        return membrane(pictures, hole)
    known = np.where(hole[..., None], np.float64(0), pictures)
    wanted = -_bent(_bent(known))[hole]
    known[hole] = np.linalg.solve(_matrix(hole), wanted)
    return known.astype(np.float32)


def _bent(pictures: Numbers) -> Numbers:
    """-Δ of each."""
    wide = np.pad(pictures, ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = wide[2:, 1:-1] + wide[:-2, 1:-1] + wide[1:-1, 2:] + wide[1:-1, :-2]
    return np.asarray(4 * pictures - around)


def _matrix(hole: Flags) -> NDArray[np.float64]:
    """Δ² between the px of the hole, (n, n)."""
    height, width = hole.shape
    y, x = np.nonzero(hole)
    number = np.full(hole.shape, -1)
    number[hole] = np.arange(len(y))
    found = np.zeros((len(y), len(y)))
    for down, across, weight in _STENCIL:
        near_y, near_x = _within(y + down, height), _within(x + across, width)
        for further_down, further_across, other in _STENCIL:
            at = number[
                _within(near_y + further_down, height), _within(near_x + further_across, width)
            ]
            inside = np.flatnonzero(at >= 0)
            np.add.at(found, (inside, at[inside]), weight * other)
    return found


def _within(index: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    return np.clip(index, 0, length - 1)
