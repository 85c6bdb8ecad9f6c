"""Giving a fill the fine detail that copying takes away.

The nearest of many patches is on the whole smoother than what it stands for: what is random in a
texture never fits, and the smoother patch misses by less. So the fine detail of what was copied,
p − Gaussian(p), is raised by

    gain = bias · √(mean |∇| around the hole / mean |∇| of the fill),     1 ≤ gain ≤ 1.3

Runs under half strength redraw little, so that less of the gain is right: a share of it that falls
with the strength, or the passes of a ladder would sharpen again and again.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .pyramid import box

BIAS = 1.15
MOST = 1.3
WHOLE = 0.5  # strength from which all of the gain is given
REACH = 24  # px around the hole that show how much detail there should be
BLUR = 5  # px, side of the box that, applied twice, is nearly a Gaussian of 2 px
LUMA = (0.299, 0.587, 0.114)
UNSEEN = 0.0024  # −1..1 units per px, added to both slopes so that plain grounds have a ratio


def detailed(picture: Tensor, copied: Tensor, known: Tensor, strength: float) -> Tensor:
    """(h, w, C) `picture` with more fine detail where `copied` (h, w) bool.

    known: (h, w) bool, the pixels to compare with, of which those near are taken.
    strength: of the run, 0 to 1.
    """
    if not bool(copied.any()):
        return picture
    near, side = copied[None, None].float(), 2 * REACH + 1
    near = torch.nn.functional.max_pool2d(near, (side, 1), 1, (REACH, 0))
    near = torch.nn.functional.max_pool2d(near, (1, side), 1, (0, REACH))
    around = known & (near[0, 0] > 0)
    if not bool(around.any()):
        return picture
    slope = _slope(picture)
    ratio = float((slope[around].mean() + UNSEEN) / (slope[copied].mean() + UNSEEN))
    gain = min(max(BIAS * ratio**0.5, 1.0), MOST)
    more = (gain - 1) * min(1.0, strength / WHOLE)
    fine = picture - _blurred(picture)
    return torch.where(copied[..., None], picture + more * fine, picture)


def _slope(picture: Tensor) -> Tensor:
    """(h, w): |∇| of the luma, central differences."""
    luma = picture[..., :3] @ torch.tensor(LUMA)
    down, across = torch.gradient(luma)
    return torch.hypot(down, across)


def _blurred(picture: Tensor) -> Tensor:
    share = picture.new_ones((*picture.shape[:2], 1))
    for _ in range(2):
        picture, share = box(picture, BLUR), box(share, BLUR)
    return picture / share
