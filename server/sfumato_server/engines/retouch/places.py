"""The places near by whose surroundings look most like those of a piece.

In Y'CrCb levels 0..255, for an offset o, with the ring's weights w:

    cost(o) = ssd(I - G10 * I) + .15 ssd(I) + 6 mean(excess^2)
              + .3 (min(n0, 60) + 2) (|o| / reach)^2

ssd: weighted mean of squares, means removed. excess: what of the source stands out
(`imaging.standout`), so that no outline is fetched where none is. n0: the ring's own variance.
"""

from __future__ import annotations

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Numbers
from ...imaging.standout import standout

_CANDIDATES = 16
_APART = 3
_ROUNDING = 0.5  # levels a px


def best(image: Float, hole: Flags, ring: Float, unknown: Flags) -> list[tuple[int, int]]:
    """The best offsets (dy, dx), best first, some px apart from each other; perhaps none.

    image: (H, W, 3), 0..1. hole: the piece, (H, W). ring: (H, W) weights of the px around it.
    unknown: (H, W), where no source may lie.
    """
    if not ring.any():
        return []
    return _chosen(_cost(_levels(image), hole, ring, unknown))


def _cost(levels: Float, hole: Flags, ring: Float, unknown: Flags) -> Numbers:
    height, width = hole.shape
    fine = levels - cv2.GaussianBlur(levels, (0, 0), 10)
    fit = _ssd(fine, ring) + 0.15 * _ssd(levels, ring)
    inside = (hole | (ring > 0)).astype(np.float32)
    excess = (
        _shifted_sums(standout(levels[..., 0], ring > 0, _ROUNDING) ** 2, inside) / inside.sum()
    )
    blocked = _shifted_sums(unknown.astype(np.float32), inside) > 0.5
    y, x = (np.fft.fftfreq(n, 1 / n) for n in (height, width))
    ys, xs = np.nonzero(inside)
    blocked |= ((y < -ys.min()) | (y > height - 1 - ys.max()))[:, None]
    blocked |= ((x < -xs.min()) | (x > width - 1 - xs.max()))[None]
    usual = float(_variance(fine, ring))
    reach = np.clip(2.5 * max(np.ptp(ys), np.ptp(xs)), 40, 110)
    distance = (y[:, None] ** 2 + x[None] ** 2) / reach**2
    far = 0.3 * (min(usual, 60) + 2) * distance
    return np.where(blocked | (distance > 1), np.inf, fit + 6 * excess + far)


def _levels(image: Float) -> Float:
    return cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb).view(np.float32) * np.float32(255)


def _shifted_sums(field: Numbers, weight: Numbers) -> Numbers:
    """For every offset o: sum over p of weight(p) field(p + o), offsets wrapped as of an FFT."""
    spectrum = np.fft.rfft2(field) * np.conj(np.fft.rfft2(weight))
    sums: Numbers = np.fft.irfft2(spectrum, field.shape)
    return sums


def _ssd(levels: Float, ring: Float) -> Numbers:
    """For every offset the weighted mean of squared differences, their means removed."""
    total = float(ring.sum())
    found = np.zeros(ring.shape)
    for channel in np.moveaxis(levels, 2, 0).astype(np.float64):
        mean = _shifted_sums(channel, ring) / total
        square = _shifted_sums(channel**2, ring) / total
        own = float((ring * channel).sum() / total)
        both = _shifted_sums(channel, ring * channel) / total
        found += square - 2 * both + float((ring * channel**2).sum() / total) - (mean - own) ** 2
    return np.maximum(found, 0)


def _variance(levels: Float, ring: Float) -> float:
    weight = ring[..., None] / ring.sum()
    mean = (levels * weight).sum((0, 1))
    return float((((levels - mean) ** 2) * weight).sum())


def _chosen(cost: Numbers) -> list[tuple[int, int]]:
    """The best offsets (dy, dx), some px apart from each other."""
    left, found = cost.copy(), []
    height, width = cost.shape
    for _ in range(_CANDIDATES):
        at = int(left.argmin())
        y, x = divmod(at, width)
        if not np.isfinite(left[y, x]):
            break
        found.append(
            (
                (y + height // 2) % height - height // 2,
                (x + width // 2) % width - width // 2,
            )
        )
        rows, columns = (
            np.arange(c - _APART, c + _APART + 1) % n for c, n in ((y, height), (x, width))
        )
        left[np.ix_(rows, columns)] = np.inf
    return found
