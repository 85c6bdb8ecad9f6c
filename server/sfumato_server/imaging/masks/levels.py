"""Levels of a selection: what counts as black and as white, and where its edge is half selected."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Float, Mask
from .distance import HALF_LEVEL

FAINT = 13

_DEAD = 3
_NEAR = 20
_OUTLIERS = 0.005
_BOX = np.ones((5, 5), np.uint8)


def spread(selection: Mask) -> Mask:
    """The coverage with its black at 0 and its white at 255. (H, W) uint8, both.

    Masks of other programs may have 16 and 235 there. Black is the lowest level that more than
    0.5 % of all px do not exceed, white the highest that more than 0.5 % of the px from the half
    level on reach. They count in full up to 20 levels from 0 or 255 and less and less over 20 more:
    a coverage of 30 % is meant. Levels up to 3 from the ends are then 0 and 255, the next nine are
    steeper for it; all between stay as they are drawn.
    """
    counts = cv2.calcHist([selection], [0], None, [256], [0, 256]).ravel()
    below = np.cumsum(counts)
    black = int(np.searchsorted(below, _OUTLIERS * below[-1], side="right"))
    upper = below[255] - below[HALF_LEVEL - 1]
    above = np.cumsum(counts[::-1])
    missing = int(np.searchsorted(above, _OUTLIERS * upper, side="right"))
    highest = 255 - int(np.searchsorted(above, 0, side="right"))
    low = min(_counted(black), highest / 8)
    high = 255 - _counted(missing) if upper else 255.0
    levels = (np.arange(256) - low) * (255 / (high - low))
    knees = [0, _DEAD, 4 * _DEAD, 255 - 4 * _DEAD, 255 - _DEAD, 255]
    table = np.interp(levels, knees, [0, 0, 4 * _DEAD, 255 - 4 * _DEAD, 255, 255])
    return np.asarray(cv2.LUT(selection, np.rint(table).astype(np.uint8)), np.uint8)


def _counted(off: int) -> float:
    """How many of `off` levels between a mask's end and the scale's are taken away."""
    return off * min(max(2 - off / _NEAR, 0.0), 1.0)


def is_sharp(selection: Mask) -> bool:
    """Whether all edges are at most anti-aliased, and nothing is partly selected all over.

    An anti-aliased edge, at any angle, never covers a whole 3x3 neighbourhood partially.
    """
    partial = cv2.inRange(selection, 1, 254)
    return cv2.countNonZero(cv2.erode(partial, np.ones((3, 3), np.uint8))) == 0


def thinness(selection: Mask) -> Float:
    """(H, W) float32: 1 on lines and dots of up to 4 px, which no 5x5 square fits into; else 0."""
    around = cv2.dilate(selection, _BOX)
    square = cv2.dilate(cv2.morphologyEx(selection, cv2.MORPH_OPEN, _BOX), _BOX)
    left = square / np.maximum(around, 1, dtype=np.float32)
    thin = np.clip((np.float32(0.6) - left) * 5, 0, 1)
    thin[selection < FAINT] = 0
    return thin.astype(np.float32)


def raised(selection: Mask, thin: Float | None = None) -> Mask:
    """With ridges too thin to be half selected lifted over the half level, from 5 % on.

    thin: where only what is thin may be lifted; None where nothing else is under the half level.
    """
    around = cv2.dilate(selection, _BOX)
    faint = (around < HALF_LEVEL) & (selection >= FAINT)
    if thin is not None:
        faint &= thin > 0.5
    if not faint.any():
        return selection
    lifted = selection.copy()
    lifted[faint] = np.minimum(selection[faint] * (140 / around[faint]), 255)
    return lifted


def normal(selection: Mask) -> Float:
    """(H, W) float32 0..1: the coverage as a share of the highest in each connected part."""
    parts, label = cv2.connectedComponents((selection >= FAINT).astype(np.uint8), connectivity=8)
    top = np.full(parts, FAINT, np.float32)
    if parts == 2:
        top[1] = selection.max()
    elif parts > 2:
        at = np.flatnonzero(label)
        np.maximum.at(top, label.view(np.int32).ravel()[at], selection.ravel()[at])
    top[0] = 255
    return np.asarray(selection / top[label], np.float32)
