"""Holes in what is smooth but for its grain: a sky, a wall, a backdrop.

There every copied px would be a risk and a smooth surface is right: a polynomial of third degree,
fitted to a ring, and a membrane for what it misses at the rim. It gets the ring's own grain, copied
in one piece. Whether the ring is smooth is told by what the polynomial leaves, once fine grain is
blurred out of it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Flags, Float, bounds, window
from ...imaging.masks.region import inscribed
from ...imaging.smooth_fill import membrane

DEGREE = 3
RING = 0.6  # of the inscribed radius, and at least 10 px
LEAST = 60  # px that a ring must have
BLUR = 2.0  # px, that take grain away
LEFT = 0.8 / 255  # of 0..1, that may be left of the ring after the fit and the blur, as deviation
MOST = 3.0  # times that, at the worst per cent of px
GRAINY = 0.45 / 255  # deviation above which there is grain; rounding to 8 bit makes 0.29 levels
GRAIN_BLUR = 3.0  # px: what is coarser is not grain


def clear(image: Float, hole: Flags, rng: np.random.Generator) -> Float | None:
    """(H, W, 3) `image` with `hole` (H, W) filled smoothly; None where its ring is not smooth."""
    apart = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    ring = (apart > 0) & (apart <= max(10.0, RING * inscribed(hole)))
    frame = bounds(ring | hole)
    if frame is None or ring.sum() < LEAST:
        return None
    at = window(frame)
    surface = _surface(image[at], hole[at], ring[at])
    missed = np.where(ring[at][..., None], image[at] - surface, np.float32(0))
    missed = _blurred(missed, ring[at])
    left = missed[ring[at]]
    if left.std(0).max() > LEFT or np.percentile(np.abs(left), 99) > MOST * LEFT:
        return None
    filled = image.copy()
    filled[at] = surface + membrane(missed, hole[at])
    filled += _grain(image, hole, ring, rng)
    return np.where(hole[..., None], np.clip(filled, 0, 1), image).astype(np.float32)


def _surface(image: Float, hole: Flags, ring: Flags) -> Float:
    """The polynomial fitted to `ring`, (H, W, 3), where `hole` or `ring`, else 0."""
    place = hole | ring
    y, x = np.nonzero(place)
    terms = _terms(y, x)
    fitted = ring[y, x]
    known = terms[fitted]
    found = np.linalg.lstsq(known.T @ known, known.T @ image[y, x][fitted], rcond=None)[0]
    surface = np.zeros_like(image)
    surface[y, x] = terms @ found
    return surface


def _terms(y: NDArray[np.int64], x: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N, 10) Chebyshev products up to the third degree, over the px' own frame."""
    across = [2 * (axis - axis.min()) / max(1, np.ptp(axis)) - 1 for axis in (y, x)]
    ty, tx = (np.polynomial.chebyshev.chebvander(axis, DEGREE) for axis in across)
    pairs = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return np.stack([ty[:, i] * tx[:, j] for i, j in pairs], axis=1)


def _blurred(field: Float, where: Flags) -> Float:
    """Means of `field` (H, W, 3) over the px of `where` near."""
    share = cv2.GaussianBlur(where.astype(np.float32), (0, 0), BLUR)
    total = cv2.GaussianBlur(field, (0, 0), BLUR)
    return np.asarray(total / np.maximum(share, 1e-6)[..., None], np.float32)


def _grain(image: Float, hole: Flags, ring: Flags, rng: np.random.Generator) -> Float:
    """(H, W, 3) grain for the hole, 0 elsewhere: what is finer than 3 px at one place near by
    where all that is copied is known; else drawn from the ring px by px."""
    known = (~hole)[..., None]
    share = cv2.GaussianBlur((~hole).astype(np.float32), (0, 0), GRAIN_BLUR)
    smooth = (
        cv2.GaussianBlur(image * known, (0, 0), GRAIN_BLUR) / np.maximum(share, 1e-6)[..., None]
    )
    fine = np.asarray((image - smooth) * known, np.float32)
    deviation = fine[ring].std(0).max()
    grain = np.zeros_like(image)
    if deviation < GRAINY:
        return grain
    y, x = np.nonzero(hole)
    place = _room(fine, hole, 4 * float(deviation))
    if place.size:
        dy, dx = place[rng.integers(len(place))]
        grain[y, x] = fine[y + dy, x + dx]
    else:
        grain[y, x] = fine[ring][rng.integers(0, ring.sum(), y.size)]
    return grain


def _room(fine: Float, hole: Flags, most: float) -> NDArray[np.int64]:
    """(N, 2) offsets that move the hole's frame to where all is known and nothing stands out."""
    y, x = np.nonzero(hole)
    top, left = int(y.min()), int(x.min())
    height, width = int(y.max()) - top + 1, int(x.max()) - left + 1
    loud = (np.abs(fine).max(axis=2) > most) | hole
    total = cv2.integral(loud.astype(np.uint8)).astype(np.int64)
    inside = total[height:, width:] - total[:-height, width:] - total[height:, :-width]
    inside = inside + total[:-height, :-width]
    found = np.argwhere(inside == 0)
    return np.asarray(found - np.array([top, left]), np.int64)
