"""Which of several fills is best, told without the truth: by its texture and its edge.

A good fill has the texture of what is around it, and an edge that cannot be seen:

    misfit = mean over bands |log₂ (spread inside / spread in a ring around)|
             + ½ |log₂ (step across the edge / steps beside it)|

with three octave bands, differences of Gaussians. Each connected hole is judged by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float
from ...imaging.figures.seam import steps
from ...imaging.masks.region import parts

RING = 16  # px
MARGIN = 40  # px around a hole that are looked at: the ring, and what its bands reach
BANDS = (0.7, 1.4, 2.8)  # px, each Gaussian less the one twice as wide
UNSEEN = 1e-3  # of 0..1, added to every spread so that plain grounds have a ratio
EDGE_WEIGHT = 0.5


def best(pictures: Sequence[Float], mask: Float) -> Float:
    """(H, W, 3): for each connected hole of `mask` (H, W) > 0 the picture that fits best there.

    pictures: fills of one picture, alike outside the holes, all (H, W, 3) 0..1.
    """
    if len(pictures) == 1:
        return pictures[0]
    healed = pictures[0].copy()
    for at, inside in parts(mask, MARGIN):
        apart = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
        ring = (apart <= RING) & (mask[at] == 0)
        if ring.any():
            misfits = [_misfit(picture[at], inside, ring) for picture in pictures]
            found = pictures[int(np.argmin(misfits))]
            healed[at][inside] = found[at][inside]
    return healed


def _misfit(picture: Float, inside: Flags, ring: Flags) -> float:
    ratios = []
    for sigma in BANDS:
        fine = cv2.GaussianBlur(picture, (0, 0), sigma)
        band = fine - cv2.GaussianBlur(picture, (0, 0), 2 * sigma)
        ratios.append((band[inside].std() + UNSEEN) / (band[ring].std() + UNSEEN))
    texture = float(np.abs(np.log2(ratios)).mean())
    return texture + EDGE_WEIGHT * abs(float(np.log2(steps(picture, inside).visibility)))
