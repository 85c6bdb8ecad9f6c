"""What is measured of a healed picture. Pictures: (H, W, 3) float32 0..1; masks (H, W) bool."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from sfumato_server.imaging.arrays import Float

Bool = NDArray[np.bool_]
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Figures:
    """psnr: dB inside. ssim: mean inside. texture: mean |log₂| ratio to the truth of the spread
    in three octave bands. gradient: Wasserstein distance of the gradient magnitudes to the
    truth's, 8-bit levels. seam: |log₂| of the step across the edge against the lines 3–6 px on
    either side, less the truth's own. shift: CIEDE2000 of the mean colour inside. grain: |log₂|
    ratio of the noise level to the truth's. outside: largest change outside the mask.
    """

    psnr: float
    ssim: float
    texture: float
    gradient: float
    seam: float
    shift: float
    grain: float
    outside: float


def measure(result: Float, truth: Float, image: Float, mask: Bool) -> Figures:
    """All figures of one result; `image` is what was given to heal."""
    error = float(np.square(result - truth)[mask].mean())
    similar = structural_similarity(truth, result, channel_axis=2, data_range=1, full=True)[1]
    return Figures(
        psnr=-10 * np.log10(max(error, 1e-10)),
        ssim=float(similar[mask].mean()),
        texture=_texture(result, truth, mask),
        gradient=float(wasserstein_distance(_slopes(result, mask), _slopes(truth, mask))),
        seam=abs(_log2(seam_ratio(result, mask)) - _log2(seam_ratio(truth, mask))),
        shift=_shift(result, truth, mask),
        grain=abs(_log2(_noise(result, mask) / _noise(truth, mask))),
        outside=float(np.abs(result - image)[~mask].max()),
    )


def seam_ratio(picture: Float, mask: Bool) -> float:
    """Mean colour step across the mask's edge over that along parallel lines 3–6 px off it.

    1 is an edge that cannot be seen.
    """
    steps, depth = _steps(picture), _depth(mask)
    across = [(np.sign(a) != np.sign(b)) for a, b in _pairs(depth)]
    beside = [
        (np.abs(a + b) / 2 >= 3) & (np.abs(a + b) / 2 <= 6) & (np.sign(a) == np.sign(b))
        for a, b in _pairs(depth)
    ]
    at_edge = np.concatenate([step[where] for step, where in zip(steps, across, strict=True)])
    inside = np.concatenate([step[where] for step, where in zip(steps, beside, strict=True)])
    return float((at_edge.mean() + 1e-3) / (inside.mean() + 1e-3)) if inside.size else 1.0


def _steps(picture: Float) -> tuple[Float, Float]:
    """Colour distance between neighbours, down and across."""
    down = np.linalg.norm(np.diff(picture, axis=0), axis=2)
    across = np.linalg.norm(np.diff(picture, axis=1), axis=2)
    return down.astype(np.float32), across.astype(np.float32)


def _pairs(plane: Float) -> tuple[tuple[Float, Float], tuple[Float, Float]]:
    return (plane[:-1], plane[1:]), (plane[:, :-1], plane[:, 1:])


def _depth(mask: Bool) -> Float:
    """Signed distance to the mask's edge in px, positive inside, never 0."""
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(inside - outside, dtype=np.float32)


def _texture(result: Float, truth: Float, mask: Bool) -> float:
    ratios = []
    for sigma in (0.7, 1.4, 2.8):
        spreads = [float(_band(each, sigma)[mask].std()) + 1e-3 for each in (result, truth)]
        ratios.append(abs(_log2(spreads[0] / spreads[1])))
    return float(np.mean(ratios))


def _band(picture: Float, sigma: float) -> Float:
    fine = cv2.GaussianBlur(picture, (0, 0), sigma)
    return np.asarray(fine - cv2.GaussianBlur(picture, (0, 0), 2 * sigma), dtype=np.float32)


def _slopes(picture: Float, mask: Bool) -> Float:
    luma = picture @ LUMA
    dy, dx = np.gradient(luma)
    return np.asarray(255 * np.hypot(dy, dx)[mask], dtype=np.float32)


def _shift(result: Float, truth: Float, mask: Bool) -> float:
    means = [rgb2lab(each)[mask].mean(0) for each in (result, truth)]
    return float(deltaE_ciede2000(means[0], means[1]))


def _noise(picture: Float, mask: Bool) -> float:
    """Robust level of the finest detail: 1.4826 × median |x − 3 × 3 mean|, 0..1 units."""
    fine = np.abs(picture - cv2.blur(picture, (3, 3)))[mask]
    return 1.4826 * float(np.median(fine)) + 2e-4


def _log2(value: float) -> float:
    return float(np.log2(max(value, 1e-6)))
