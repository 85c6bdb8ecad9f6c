"""How visible an edge is: the colour step across it against the steps beside it.

Steps are distances of colours between neighbours down and across. Where A, the share of what is
laid over, changes, they are steps across the edge, weighted by the change: that is where a
difference between result and picture shows. Those 3 to 6 px inside and outside its ramp are steps
beside it. The idea, a gradient at the border against the usual gradient near it, follows blocking
measures such as Z. Wang et al., "Blind measurement of blocking artifacts", 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..arrays import Flags, Float, Mask, bounds, window

BESIDE = (3.0, 6.0)  # px off the edge's ramp
UNSEEN = 1e-3  # of 0..1, added to every step so that plain grounds have a ratio

_LEAST_EDGE = 32  # px
_ROOM = 16  # px around the edge that are looked at
_UNSEEN_LAB = 0.2  # units of L*a*b* per px, which no one sees


@dataclass(frozen=True)
class Steps:
    """Mean colour steps, never 0: across the edge; beside it inside, outside and both together.
    NaN where there are none."""

    across: float
    inner: float
    outer: float
    beside: float

    @property
    def visibility(self) -> float:
        """The step across over those beside: 1 cannot be seen; 1 also where there is no edge."""
        ratio = self.across / self.beside
        return 1.0 if np.isnan(ratio) else ratio


def steps(picture: Float, region: Float | Flags, unseen: float = UNSEEN) -> Steps:
    """The steps of `picture` (h, w, channels) at the edge of `region` (h, w): A, 0..1, or flags."""
    alpha = region.astype(np.float32)
    depth = _distance(alpha >= 1) - _distance(alpha <= 0)
    across: list[Float] = []
    inner: list[Float] = []
    outer: list[Float] = []
    changes: list[Float] = []
    for axis in (0, 1):
        change = np.abs(np.diff(alpha, axis=axis))
        here, there = _neighbours(depth, axis)
        middle = (here + there) / 2
        beside = (change == 0) & (np.abs(middle) >= BESIDE[0]) & (np.abs(middle) <= BESIDE[1])
        here, there = _neighbours(picture, axis)
        places = (change > 0, beside & (middle > 0), beside & (middle < 0))
        for found, at in zip((across, inner, outer), places, strict=True):
            found.append(np.linalg.norm(there[at] - here[at], axis=1))
        changes.append(change[change > 0])
    means = (_mean(across, changes), _mean(inner), _mean(outer), _mean(inner + outer))
    return Steps(*(mean + unseen for mean in means))


def seam(picture: Float, blend: Mask) -> float | None:
    """How visible the edge of A, `blend` (H, W) uint8, is in the composite: 1 cannot be seen, a
    hard step on a plain ground is far above. None where A has fewer than 32 px of edge in the crop.

    picture: (H, W, 3) float32 sRGB 0..1; its steps are taken in CIE L*a*b*, after a Gaussian of
    1 px.
    """
    frame = bounds(blend)
    if frame is None:
        return None
    at = window(frame, _ROOM)
    lab = cv2.cvtColor(cv2.GaussianBlur(picture[at], (5, 5), 1.0), cv2.COLOR_RGB2Lab)
    if sum(np.count_nonzero(np.diff(blend[at], axis=axis)) for axis in (0, 1)) < _LEAST_EDGE:
        return None
    alpha = blend[at].astype(np.float32) / np.float32(255)
    found = steps(lab.view(np.float32), alpha, _UNSEEN_LAB)
    return None if np.isnan(found.across / found.beside) else found.visibility


def _distance(region: Flags) -> Float:
    """Of each px to the nearest one that is not in `region`, at most 1000 px."""
    apart = cv2.distanceTransform(region.astype(np.uint8), cv2.DIST_L2, 5)
    return np.minimum(apart, np.float32(1000)).view(np.float32)


def _neighbours(field: Float, axis: int) -> tuple[Float, Float]:
    """Each px and the one after it along an axis."""
    if axis == 0:
        return field[:-1], field[1:]
    return field[:, :-1], field[:, 1:]


def _mean(parts: list[Float], weights: list[Float] | None = None) -> float:
    values = np.concatenate(parts)
    if not values.size:
        return float("nan")
    return float(np.average(values, weights=np.concatenate(weights) if weights else None))
