"""How visible a hole's edge is: the colour step across it against the steps beside it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float

BESIDE = (3.0, 6.0)  # px from the edge, where steps are compared with those across it
UNSEEN = 1e-3  # of 0..1, added to every step so that plain grounds have a ratio


@dataclass(frozen=True)
class Steps:
    """Mean colour steps between neighbours, 0..1 a channel: across the edge, and 3–6 px inside and
    outside it. NaN where there are none."""

    across: float
    inner: float
    outer: float
    beside: float  # of the inner and outer ones together

    @property
    def visibility(self) -> float:
        """The step across over those beside: 1 cannot be seen; 1 also where there is no edge."""
        ratio = self.across / self.beside
        return 1.0 if np.isnan(ratio) else ratio


def steps(picture: Float, inside: Flags) -> Steps:
    """The steps of `picture` (h, w, 3) 0..1 at the edge of `inside` (h, w)."""
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    depth = depth - cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    over, inner, outer = [], [], []
    for axis in (0, 1):
        step = np.linalg.norm(np.diff(picture, axis=axis), axis=2)
        near, far = (depth[:-1], depth[1:]) if axis == 0 else (depth[:, :-1], depth[:, 1:])
        middle = (near + far) / 2
        crosses = np.sign(near) != np.sign(far)
        beside = ~crosses & (np.abs(middle) >= BESIDE[0]) & (np.abs(middle) <= BESIDE[1])
        over.append(step[crosses])
        inner.append(step[beside & (middle > 0)])
        outer.append(step[beside & (middle < 0)])
    return Steps(_mean(*over), _mean(*inner), _mean(*outer), _mean(*inner, *outer))


def _mean(*parts: Float) -> float:
    values = np.concatenate(parts)
    return float(values.mean()) + UNSEEN if values.size else float("nan")
