"""Taking back the colour shift that an engine puts over its whole output.

Where nothing was to change (D = 0) the shift E = context - result is known. It varies over the
frame, so one mean and deviation for all of it (a global match) cannot undo it, and would pull a
fill that is meant to differ towards its surround. Here E is averaged in cells; a quadratic in x and
y, fitted robustly by the mask, follows its trend; what that leaves is extended under the mask as a
membrane, the u that minimises

    integral of  w (u - e)^2 + length^2 |grad u|^2

with w = 1 where the shift is known and 0 under the mask. The data term makes it a low-pass where
the shift is known, the membrane carries it on where it is not.
"""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Float
from .smooth_fill import smooth_fill

_CELLS = 96
_LENGTH = 12.0
_NEAR = 0.15
_LEAST_KNOWN = 0.01


def known_share(denoise: Float) -> float:
    """Share of the crop where D = 0, from which the shift is known: at 0 nothing is corrected."""
    return 1.0 - cv2.countNonZero(denoise) / denoise.size


def correct(result: Float, context: Float, denoise: Float) -> Float:
    """`result` without the smooth colour shift it has where nothing was to change.

    result: the engine's whole output, before it is laid over anything; context: what the engine
    was given; both (H, W, 3) float32, sRGB-encoded 0..1. denoise: D, (H, W) float32. Returns
    (H, W, 3) float32 clamped to 0..1. Where less than 1 % of the crop is known (a mask over all of
    it), `result` itself: see `known_share`.
    """
    if known_share(denoise) < _LEAST_KNOWN:
        return result
    field = shift_field(result, context, denoise)
    corrected = result + field
    return np.clip(corrected, 0, 1, out=corrected)


def shift_field(result: Float, context: Float, denoise: Float) -> Float:
    """The smooth context - result, (H, W, 3) float32, known where D = 0 and extended elsewhere."""
    height, width = denoise.shape
    error, weight = _cells(result, context, denoise)
    trend = _quadratic(error, weight * _nearness(weight))
    length = np.float32(_LENGTH / _cell_side(height, width))
    rest = smooth_fill(error - trend, weight / length**2)
    field = trend + rest
    # A quadratic can run away where it is not held from all sides.
    known = error[weight > 0.5] if (weight > 0.5).any() else error[weight > 0]
    low, high = np.percentile(known, (1, 99), axis=0)
    slack = (high - low) / 4 + np.float32(2 / 255)
    np.clip(field, low - slack, high + slack, out=field)
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR).view(np.float32)


def _cell_side(height: int, width: int) -> float:
    return max(1.0, max(height, width) / _CELLS)


def _cells(result: Float, context: Float, denoise: Float) -> tuple[Float, Float]:
    """Mean shift (h, w, 3) and known share (h, w) of each cell."""
    height, width = denoise.shape
    side = _cell_side(height, width)
    size = (max(1, round(width / side)), max(1, round(height / side)))
    known = (denoise == 0).astype(np.float32)
    error = cv2.subtract(context, result)
    error *= known[..., None]
    sums = cv2.resize(error, size, interpolation=cv2.INTER_AREA).view(np.float32)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA).view(np.float32)
    return sums / np.maximum(weight, 1e-6)[..., None], weight


def _nearness(weight: Float) -> Float:
    """How much a cell says of the shift under the mask: what lies by the mask counts most."""
    unknown = (weight < 0.5).astype(np.float32)
    near = cv2.GaussianBlur(unknown, (0, 0), _NEAR * max(weight.shape)).view(np.float32)
    near /= np.maximum(near.max(), np.float32(1e-6))
    near += np.float32(0.02)
    return near


def _quadratic(error: Float, weight: Float) -> Float:
    """The quadratic in x and y nearest to `error`, outliers weighing less, at every cell.

    Weighted least squares, then twice again with Cauchy weights at three times the median residual
    (P. Huber, "Robust Statistics", 1981). Curvature has a small price, so that cells on one side of
    the mask only do not bend it.
    """
    rows, columns = weight.shape
    y, x = (np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in (rows, columns))
    one = np.ones((rows, columns))
    x, y = x * one, y[:, None] * one
    terms = np.stack([one, x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)
    wanted = error.reshape(-1, 3).astype(np.float64)
    known = weight.ravel().astype(np.float64)
    price = np.diag([1e-6, 1e-4, 1e-4, 1e-3, 1e-3, 1e-3]) * known.sum()
    trust = known
    for _ in range(3):
        weighted = terms * trust[:, None]
        factors = np.linalg.solve(terms.T @ weighted + price, weighted.T @ wanted)
        off = np.linalg.norm(wanted - terms @ factors, axis=1)
        usual = 3 * float(np.median(off[known > 0])) + 1e-4
        trust = known / (1 + (off / usual) ** 2)
    fitted: Float = (terms @ factors).reshape(error.shape).astype(np.float32)
    return fitted
