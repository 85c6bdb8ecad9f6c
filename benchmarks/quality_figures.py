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
from sfumato_server.imaging.figures.seam import steps

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
        seam=abs(_log2(_seam(result, mask)) - _log2(_seam(truth, mask))),
        shift=_shift(result, truth, mask),
        grain=abs(_log2(_noise(result, mask) / _noise(truth, mask))),
        outside=float(np.abs(result - image)[~mask].max()),
    )


def _seam(picture: Float, mask: Bool) -> float:
    return steps(picture, mask).visibility


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
