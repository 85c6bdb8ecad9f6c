"""Grain: the noise that a photograph has everywhere and a painted region lacks.

Noise is measured in three bands, differences of Gaussians of 0, 0.8, 1.6 and 3.2 px, in the
flattest blocks of a region (flat by a coarser scale, so that choosing them does not choose low
noise), as in robust noise estimation from homogeneous blocks, e.g. A. Amer and E. Dubois, "Fast and
reliable structure-oriented video noise estimation", 2005. It is grain only if it is about the same
in all those blocks; texture is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import Flags, Float, Mask, bounds, window

Wide = NDArray[np.float64]

BANDS = 3
_SIGMAS = (0.8, 1.6, 3.2)
_FLATTEST = 0.1
_LEAST_BLOCKS = 6
_MOST_BLOCKS = 96
_MARGIN = 10
_EVEN = 0.6
_LEAST_GRAIN = 0.8 / 255
_MOST_GAIN = 2.0
# The part of a band's power that a few dozen blocks can tell from chance.
_TELLABLE = np.array([0.15, 0.2, 0.35])


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
        """Whether there is noise above what rounding to 8 bit makes, even over the region."""
        return self.even[0] and float(self.variance[0].mean()) > _LEAST_GRAIN**2


def grain_ratio(result: Float, context: Float, denoise: Float) -> float | None:
    """Noise of the result's core (D = 1) over that of the context (D = 0), as deviations.

    1 where grain matches, 0 where it is missing. None where the context has no grain, or one of the
    two is too small to tell.
    """
    pair = _pair(result, context, denoise)
    if pair is None or not pair[1].is_grain:
        return None
    ours, wanted = (noise.variance[:2].sum() for noise in pair)
    return float(np.sqrt(ours / wanted))


def match(result: Float, context: Float, denoise: Float, blend: Mask, seed: int) -> Float:
    """`result` with grain of the context's strength and spectrum where it is smoother.

    result, context: (H, W, 3) float32 sRGB 0..1. denoise: D. blend: A, uint8; where it mixes result
    and context their noise would average out, so there the result gets up to twice as much. The
    same seed gives the same grain. Without grain in the context, or where the result has as much,
    `result` itself.
    """
    frame, pair = bounds(blend), _pair(result, context, denoise)
    if frame is None or pair is None or not pair[1].is_grain:
        return result
    gains = _gains(*pair)
    if not gains.any():
        return result
    at = window(frame)
    noise = _noise(blend[at].shape, gains, pair[1].correlation, seed)
    share = np.maximum(blend[at].astype(np.float32) / 255, 1 / 255)
    noise *= np.minimum(np.sqrt((2 - share) / share), _MOST_GAIN)[..., None]
    grained = result.copy()
    grained[at] = np.clip(result[at] + noise, 0, 1)
    return grained


def _pair(result: Float, context: Float, denoise: Float) -> tuple[Noise, Noise] | None:
    """Noise of the core and of the context, measured in blocks of one size."""
    for block in (16, 8):
        ours = estimate(result, denoise == 1, block)
        wanted = estimate(context, denoise == 0, block)
        if ours is not None and wanted is not None:
            return ours, wanted
    return None


def estimate(picture: Float, region: Flags, block: int) -> Noise | None:
    """Noise of `picture`, (H, W, 3) float32 0..1, in `region` (H, W), measured in blocks of
    `block` px a side; None if too few of them lie in it."""
    flat = _flattest(picture, region, block)
    if flat is None:
        return None
    patches = _patches(picture, flat, block)
    bands = [band[:, _MARGIN : _MARGIN + block, _MARGIN:-_MARGIN] for band in _bands(patches)]
    powers = [(band * band).mean(axis=(1, 2), dtype=np.float64) for band in bands]
    even = tuple(_spread(power.mean(axis=1)) < _EVEN for power in powers)
    variance = np.array([np.median(power, axis=0) for power in powers])
    fine = bands[0].astype(np.float64)
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


def _bands(pictures: Float) -> list[Float]:
    """The bands of pictures (N, H, W, 3); what lies over another's border stays in the margin."""
    stack = pictures.reshape(-1, *pictures.shape[2:])
    lows = [stack]
    for sigma in _SIGMAS:
        lows.append(cv2.GaussianBlur(stack, _size(sigma), sigma).view(np.float32))
    return [(fine - coarse).reshape(pictures.shape) for fine, coarse in pairwise(lows)]


def _size(sigma: float) -> tuple[int, int]:
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


def _gains(ours: Noise, wanted: Noise) -> Wide:
    """Factor of each band and channel of unit white noise that fills what `ours` lacks."""
    response = _response()
    white = response.sum(axis=(1, 2))
    target = wanted.variance.copy()
    for band in range(1, BANDS):
        if not wanted.even[band]:
            # Texture covers the grain of this band: no more than white noise would have there.
            ceiling = target[band - 1] * (white[band] / white[band - 1])
            target[band] = np.minimum(target[band], ceiling)
    lacking = np.maximum(target - ours.variance, 0)
    lacking[lacking < _TELLABLE[:, None] * target] = 0
    gains: Wide = np.sqrt(lacking / white[:, None])
    for _ in range(20):
        made = np.einsum("ijk,jc,kc->ic", response, gains, gains)
        gains *= np.sqrt(lacking / np.maximum(made, 1e-12))
    return gains


@lru_cache(maxsize=1)
def _response() -> Wide:
    """[i, j, k]: power that bands j and k of unit white noise put together into band i."""
    lows = [np.ones((128, 128))]
    for sigma in _SIGMAS:
        kernel = cv2.getGaussianKernel(_size(sigma)[0], sigma).ravel()
        along = np.abs(np.fft.fft(kernel, 128))
        lows.append(np.outer(along, along))
    bands = np.array([fine - coarse for fine, coarse in pairwise(lows)])
    power: Wide = np.einsum("iyx,jyx,kyx->ijk", bands**2, bands, bands, optimize=True) / 128**2
    return power


def _noise(shape: tuple[int, int], gains: Wide, correlation: Wide, seed: int) -> Float:
    """(H, W, 3) noise with the given bands, its channels correlated."""
    mixing = np.linalg.cholesky(_nearest_definite(correlation)).astype(np.float32)
    white = np.random.default_rng(seed).standard_normal((*shape, 3), np.float32) @ mixing.T
    bands = (band[0] for band in _bands(white[None]))
    total = np.zeros_like(white)
    for band, gain in zip(bands, gains.astype(np.float32), strict=True):
        total += band * gain
    return total


def _nearest_definite(correlation: Wide) -> Wide:
    values, vectors = np.linalg.eigh(correlation)
    definite = (vectors * np.maximum(values, 1e-3)) @ vectors.T
    scale = np.sqrt(np.diag(definite))
    unit: Wide = definite / np.outer(scale, scale)
    return unit
