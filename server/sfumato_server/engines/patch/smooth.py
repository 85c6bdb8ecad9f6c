"""The smoothest fill of thin regions: Δ²u = 0, slopes carried on from the rim."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ...imaging.arrays import Flags, Float
from .linear import solved
from .pyramid import harmonic_fill, neighbour_mean

ROUNDS = 150  # enough for regions some 20 px across
MARGIN = 4  # px around the region that are looked at


def smoothed(image: Float, hole: Flags) -> Float:
    """(H, W, 3) `image` 0..1 with the smoothest fill in `hole` (H, W), kept within 0..1.

    At least one pixel must be outside the hole.
    """
    filled = smooth_fill(torch.from_numpy(image), torch.from_numpy(~hole))
    return np.asarray(filled.clamp(0, 1).numpy(), dtype=np.float32)


def smooth_fill(picture: Tensor, known: Tensor) -> Tensor:
    """(H, W, C) `picture` where `known` (H, W) bool, the minimum of Σ (Δu)² elsewhere.

    At least one pixel must be known.
    """
    ys, xs = torch.nonzero(~known, as_tuple=True)
    if not ys.numel():
        return picture
    rows = slice(max(0, int(ys.min()) - MARGIN), int(ys.max()) + MARGIN + 1)
    columns = slice(max(0, int(xs.min()) - MARGIN), int(xs.max()) + MARGIN + 1)
    filled = picture.clone()
    filled[rows, columns] = _biharmonic(picture[rows, columns], known[rows, columns])
    return filled


def _biharmonic(picture: Tensor, known: Tensor) -> Tensor:
    hold = known[..., None]
    start = harmonic_fill(picture, known)

    def applied(u: Tensor) -> Tensor:
        return _laplacian(_laplacian(u)).masked_fill(hold, 0.0)

    right = -applied(start.masked_fill(~hold, 0.0))
    return picture.where(hold, solved(applied, right, start.masked_fill(hold, 0.0), ROUNDS))


def _laplacian(u: Tensor) -> Tensor:
    return 4 * (neighbour_mean(u) - u)
