"""What is measured of a result. Pictures: (H, W, 3) float32 0..1; masks (H, W) bool.

The mask is the selection: what a method changes around it counts in `around`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import nan

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from sfumato_server.imaging.arrays import Float

Bool = NDArray[np.bool_]
LUMA = np.array([0.299, 0.587, 0.114], np.float32) * 255
BANDS = (0.0, 0.8, 1.6, 3.2, 6.4)  # sigmas in px whose differences are octaves
BAND = 6.0  # px, to either side of an edge
CORE = 12.0  # px inside from where identity is looked at
NEAR = 24.0  # px around in which harm counts
BLOB = 2.5  # px, sigma at which a feature shows and grain does not


@dataclass(frozen=True)
class Figures:
    """Of one result. nan where there is nothing to measure.

    seam: mean step of CIE Lab across the mask's edge in excess of the truth's, ΔE. low: CIEDE2000
    of both pictures blurred by 8 px, inside. keep: SSIM without levels to the given picture, 12 px
    and more inside. psnr: dB, ssim: inside. texture: mean |log₂| ratio of the spread in four
    octaves to the truth's. gradient: Wasserstein distance of gradient magnitudes, levels. blob: the
    largest |ΔL*| to the truth of pictures blurred by 2.5 px. change: mean CIEDE2000 to the given
    picture, inside. moved: mean |Δ| to it, levels. around: mean CIEDE2000 to the truth up to 24 px
    outside. appeared: see the function. error: mean |Δ| to the truth inside, levels.
    """

    seam: float
    low: float
    keep: float
    psnr: float
    ssim: float
    texture: float
    gradient: float
    blob: float
    change: float
    moved: float
    around: float
    appeared: float
    error: float


def measure(result: Float, truth: Float, given: Float, mask: Bool) -> Figures:
    """All figures of one result. Sizes must be equal; the mask must select at least one px."""
    offset = distance(mask)
    error = float(np.square(result - truth)[mask].mean())
    similar = structural_similarity(truth, result, channel_axis=2, data_range=1, full=True)[1]
    near = (offset < 0) & (offset >= -NEAR)
    return Figures(
        seam=_seam(result, truth, offset),
        low=float(_delta_e(_blur(result, 8), _blur(truth, 8))[mask].mean()),
        keep=_keep(result, given, offset),
        psnr=-10 * float(np.log10(max(error, 1e-10))),
        ssim=float(similar[mask].mean()),
        texture=_texture(result, truth, mask),
        gradient=float(wasserstein_distance(_slopes(result, mask), _slopes(truth, mask))),
        blob=outline(result, truth, mask),
        change=float(_delta_e(result, given)[mask].mean()),
        moved=255 * float(np.abs(result - given)[mask].mean()),
        around=float(_delta_e(result, truth)[near].mean()) if near.any() else 0.0,
        appeared=appeared(result, truth, mask),
        error=255 * float(np.abs(result - truth)[mask].mean()),
    )


def distance(mask: Bool) -> Float:
    """Distance to the mask's edge in px, positive inside, negative outside."""
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(inside - outside, dtype=np.float32)


def outline(result: Float, truth: Float, mask: Bool) -> float:
    """The largest |ΔL*| inside between both pictures blurred by 2.5 px: what is there as a feature
    of one and not of the other."""
    lightness = [rgb2lab(_blur(each, BLOB))[..., 0] for each in (result, truth)]
    return float(np.abs(lightness[0] - lightness[1])[mask].max())


def appeared(result: Float, truth: Float, mask: Bool) -> float:
    """The strongest outline inside, |L*|, that the truth has nowhere within 5 px: an eye, a mouth's
    corner or a strand where there was skin. Outlines are what a 2.5 px blur keeps and an 8 px blur
    takes away; dark and light ones are told apart. At most 0 where nothing appeared."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
    ours, its = (_outlines(each) for each in (result, truth))
    light = ours - cv2.dilate(its, disc)
    dark = cv2.erode(its, disc) - ours
    return float(np.maximum(light, dark)[mask].max())


def _outlines(picture: Float) -> Float:
    lightness = np.asarray(rgb2lab(_blur(picture, BLOB))[..., 0], np.float32)
    return np.asarray(lightness - _blur(lightness, 8), np.float32)


def seam(result: Float, truth: Float, mask: Bool) -> float:
    """See `Figures.seam`."""
    return _seam(result, truth, distance(mask))


def _seam(result: Float, truth: Float, offset: Float) -> float:
    inner, outer = (offset > 0) & (offset <= BAND), (offset < 0) & (offset >= -BAND)
    weights = [_blur(band.astype(np.float32), 5) for band in (inner, outer)]
    edge = (np.abs(offset) < 1.5) & (weights[0] > 0.02) & (weights[1] > 0.02)
    if not edge.any():
        return nan
    steps = [_step(rgb2lab(each), (inner, outer), weights) for each in (result, truth)]
    return float(np.linalg.norm(steps[0] - steps[1], axis=2)[edge].mean())


def _step(lab: Float, bands: tuple[Bool, Bool], weights: list[Float]) -> Float:
    """The difference of both sides' means near each px."""
    means = [
        _blur(np.asarray(lab * band[..., None], np.float32), 5)
        / np.maximum(weight, 1e-6)[..., None]
        for band, weight in zip(bands, weights, strict=True)
    ]
    return np.asarray(means[0] - means[1], np.float32)


def _keep(result: Float, given: Float, offset: Float) -> float:
    """SSIM's contrast-structure term, Wang et al. 2004, of both without what a 12 px blur keeps."""
    core = offset > CORE
    if not core.any():
        return nan
    x, y = (luma - _blur(luma, 12) for luma in (result @ LUMA, given @ LUMA))
    xx, yy, xy = _blur(x * x, 1.5), _blur(y * y, 1.5), _blur(x * y, 1.5)
    return float(((2 * xy + 9) / (xx + yy + 9))[core].mean())


def _texture(result: Float, truth: Float, mask: Bool) -> float:
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    where = inner if inner.sum() >= 60 else mask
    ratios = []
    for fine, coarse in pairwise(BANDS):
        spreads = [
            float((_blur(luma, fine) - _blur(luma, coarse))[where].std()) + 0.3
            for luma in (result @ LUMA, truth @ LUMA)
        ]
        ratios.append(abs(float(np.log2(spreads[0] / spreads[1]))))
    return float(np.mean(ratios))


def _slopes(picture: Float, mask: Bool) -> Float:
    dy, dx = np.gradient(picture @ LUMA)
    return np.asarray(np.hypot(dy, dx)[mask], dtype=np.float32)


def _delta_e(one: Float, other: Float) -> Float:
    return np.asarray(deltaE_ciede2000(rgb2lab(one), rgb2lab(other)), dtype=np.float32)


def _blur(picture: Float, sigma: float) -> Float:
    if sigma <= 0:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)
