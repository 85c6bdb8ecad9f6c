"""The crop's own detail, kept where an engine has changed nothing of it.

A model that works on a smaller or larger crop gives it back without what the way there and back
costs. That is known: it is crop - leave(enter(crop)). Where the engine's picture o agrees with what
it was given, e, it is due again:

    R = leave(o) + w (crop - leave(enter(crop)))

w follows how unlike the two are in two bands b, G(1) - G(3) and the finer rest, in px of the
coarser of crop and model:

    unlike = G(|b(o) - b(e)|^2) / (G(|b(o)|^2) + G(|b(e)|^2) + floor)

which is 1 for a picture of something else.

A shift of colour, which has no detail, keeps w at 1; a repainted place has 0, or the old picture
would shine through it.
"""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Float
from .modelspace import ModelSpace

_SIGMAS = (1.0, 3.0)
_WINDOW = 2.0
_FLOOR = 3 * (1 / 255) ** 2  # what rounding and the like may differ by, over the three channels
_ALIKE, _UNLIKE = 0.1, 0.35


def leave_with_detail(space: ModelSpace, painted: Float, entered: Float, crop: Float) -> Float:
    """The engine's picture in crop px, (H, W, 3) float32 0..1, with the crop's own detail.

    painted, entered: what came from the engine and what went in, in model px; crop: what `entered`
    was made of.
    """
    left = space.leave(painted)
    if space.content == space.crop:
        return left
    given = space.leave(entered)
    is_larger = space.scale > 1
    share = alike(left, given) if is_larger else space.leave(alike(painted, entered))
    left += share[..., None] * (crop - given)
    return np.clip(left, 0, 1, out=left)


def alike(picture: Float, other: Float) -> Float:
    """w of the module's docstring, (H, W) float32: 1 where two pictures (H, W, 3) have the same
    detail, 0 where they have not."""
    worst = np.zeros(picture.shape[:2], np.float32)
    for ours, theirs in zip(_bands(picture), _bands(other), strict=True):
        apart = _power(ours - theirs)
        worst = np.maximum(worst, apart / (_power(ours) + _power(theirs) + np.float32(_FLOOR)))
    t: Float = np.clip((_UNLIKE - worst) / np.float32(_UNLIKE - _ALIKE), 0, 1)
    return t * t * (3 - 2 * t)


def _bands(picture: Float) -> tuple[Float, Float]:
    fine, coarse = (cv2.GaussianBlur(picture, (0, 0), one).view(np.float32) for one in _SIGMAS)
    return picture - fine, fine - coarse


def _power(band: Float) -> Float:
    square: Float = np.einsum("yxc,yxc->yx", band, band)
    return cv2.GaussianBlur(square, (0, 0), _WINDOW).view(np.float32)
