"""Noise of a region, as a photograph's grain is measured.

Noise is measured in three bands, differences of Gaussians of 0, 0.8, 1.6 and 3.2 px, in the
flattest blocks of a region (flat by a coarser scale, so that choosing them does not choose low
noise), as in robust noise estimation from homogeneous blocks, e.g. A. Amer and E. Dubois, "Fast and
reliable structure-oriented video noise estimation", 2005. It is grain only if it is about the same
in all those blocks, and not much stronger in the coarsest band; texture is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import Flags, Float

Wide = NDArray[np.float64]

BANDS = 3
SIGMAS = (0.8, 1.6, 3.2)
LEAST_GRAIN = 0.8 / 255

_FLATTEST = 0.1
_LEAST_BLOCKS = 6
_MOST_BLOCKS = 96
_MARGIN = 10
_EVEN = 0.6
_MOST_RISE = 3.0


@dataclass(frozen=True)
class Noise:
    """Noise of a region.

    variance: (3 bands, 3 channels). correlation: (3, 3) of the channels in the finest band.
    even: per band, whether it is alike in all flat blocks, as grain is and texture is not.
    """

    variance: Wide
    correlation: Wide
    even: tuple[bool, ...]

    @property
    def is_grain(self) -> bool:
        """Whether there is noise above what rounding to 8 bit makes, even over the region, and not
        much stronger from band to band: bark and cloth are, grain, even when blurred, is not."""
        fine, middle, coarse = (float(power) for power in self.variance.mean(axis=1))
        return self.even[0] and fine > LEAST_GRAIN**2 and coarse < _MOST_RISE * middle

    @property
    def is_texture(self) -> bool:
        """Whether there is more than rounding makes and it is no grain."""
        return float(self.variance[0].mean()) > LEAST_GRAIN**2 and not self.is_grain

    @property
    def level(self) -> float:
        """Deviation in the two finer bands, all channels, of 0..1."""
        return float(np.sqrt(self.variance[:2].sum(axis=0).mean()))


def estimate(picture: Float, region: Flags, block: int) -> Noise | None:
    """Noise of `picture`, (H, W, 3) float32 0..1, in `region` (H, W), measured in blocks of
    `block` px a side; None if too few of them lie in it."""
    flat = _flattest(picture, region, block)
    if flat is None:
        return None
    patches = _patches(picture, flat, block)
    parts = [band[:, _MARGIN : _MARGIN + block, _MARGIN:-_MARGIN] for band in bands(patches)]
    powers = [(band * band).mean(axis=(1, 2), dtype=np.float64) for band in parts]
    even = tuple(_spread(power.mean(axis=1)) < _EVEN for power in powers)
    variance = np.array([np.median(power, axis=0) for power in powers])
    fine = parts[0].astype(np.float64)
    shared = np.einsum("nyxc,nyxd->ncd", fine, fine, optimize=True) / block**2
    return Noise(variance, _correlation(np.median(shared, axis=0)), even)


def _flattest(picture: Float, region: Flags, block: int) -> NDArray[np.int64] | None:
    """(N, 2) top left x and y of the flattest blocks wholly in the region, if there are enough.

    Flat by the variance of means over 4x4 px, smoothed, and neither near black nor near white.
    """
    rows, columns = (side // block for side in region.shape)
    if rows * columns < _LEAST_BLOCKS:
        return None
    cut = np.s_[: rows * block, : columns * block]

    def shrunk(field: Float, by: int) -> Float:
        size = (columns * block // by, rows * block // by)
        return cv2.resize(field, size, interpolation=cv2.INTER_AREA).view(np.float32)

    whole = shrunk(region[cut].astype(np.float32), block) > 0.999
    coarse = cv2.blur(shrunk(picture[cut], 4), (3, 3)).view(np.float32)
    level, square = (cv2.resize(field, (columns, rows), interpolation=cv2.INTER_AREA)
                     for field in (coarse, coarse * coarse))  # fmt: skip
    slope = (square - level * level).sum(axis=2)
    bright = level.mean(axis=2)
    usable = np.flatnonzero(whole & (bright > 0.03) & (bright < 0.97))
    if usable.size < _LEAST_BLOCKS:
        return None
    count = max(_LEAST_BLOCKS, 16 if usable.size > 64 else 0, int(usable.size * _FLATTEST))
    flat = usable[np.argsort(slope.ravel()[usable], kind="stable")[: min(count, _MOST_BLOCKS)]]
    y, x = np.divmod(flat, columns)
    return np.stack([x, y], axis=1) * block


def _patches(picture: Float, corners: NDArray[np.int64], block: int) -> Float:
    """(N, block + 2 margins, the same, 3): the blocks with what is around, mirrored at borders."""
    span = np.arange(-_MARGIN, block + _MARGIN)
    height, width = picture.shape[:2]
    x, y = (
        _mirrored(corners[:, axis, None] + span, side) for axis, side in enumerate((width, height))
    )
    return picture[y[:, :, None], x[:, None, :]]


def _mirrored(index: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    return np.clip(
        np.where(index < 0, -index, np.where(index >= side, 2 * side - 2 - index, index)),
        0,
        side - 1,
    )


def bands(pictures: Float) -> list[Float]:
    """The bands of pictures (N, H, W, 3); what lies over another's border stays in the margin."""
    stack = pictures.reshape(-1, *pictures.shape[2:])
    lows = [stack]
    for sigma in SIGMAS:
        lows.append(cv2.GaussianBlur(stack, kernel_size(sigma), sigma).view(np.float32))
    return [(fine - coarse).reshape(pictures.shape) for fine, coarse in pairwise(lows)]


def kernel_size(sigma: float) -> tuple[int, int]:
    side = 2 * round(3 * sigma) + 1
    return side, side


def _spread(power: Float) -> float:
    low, high = np.percentile(np.log(power + 1e-10), (25, 75))
    return float(high - low)


def _correlation(shared: Wide) -> Wide:
    deviation = np.sqrt(np.diag(shared)) + 1e-9
    unit: Wide = np.clip(shared / np.outer(deviation, deviation), 0, 0.99)
    np.fill_diagonal(unit, 1)
    return unit
