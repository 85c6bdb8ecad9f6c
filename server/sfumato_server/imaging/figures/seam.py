"""How visible the edge of a result is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Float, Mask
from ..composite import bounds

Places = NDArray[np.int64]

_AWAY = 2
_PARALLEL = 10
_ROOM = 16
_MOST = 12000
_UNSEEN = 0.2


def seam(picture: Float, blend: Mask) -> float | None:
    """Colour gradient across the edge of `blend` over that across lines parallel to it.

    picture: the composite, (H, W, 3) float32 sRGB 0..1. blend: A, (H, W) uint8. The gradient is
    the change of CIE L*a*b* per px along the normal of A, after a Gaussian of 1 px: at the edge
    averaged with weight |grad A|, which is where a difference between result and picture shows; on
    the parallels averaged over the pixels 2 to 10 px inside and outside A's ramp. 1 is invisible, a
    hard step on a plain ground is far above. 0.2 units of L*a*b* per px, which no one sees, are
    added to both, so that plain grounds have a figure. None where A has no edge in the crop.

    The idea, a gradient at the border against the usual gradient beside it, follows blocking
    measures such as Z. Wang et al., "Blind measurement of blocking artifacts", 2000.
    """
    frame = bounds(blend)
    if frame is None:
        return None
    window = _grown(frame, blend.shape)
    alpha = np.ascontiguousarray(blend[window]).astype(np.float32)
    weight = np.hypot(*_slopes(alpha))
    if not weight.any():
        return None
    colour = cv2.GaussianBlur(picture[window], (5, 5), 1.0).view(np.float32)
    normal = _slopes(cv2.GaussianBlur(alpha, (0, 0), 5).view(np.float32))
    apart = cv2.distanceTransform((weight == 0).astype(np.uint8), cv2.DIST_L2, 3)
    beside = (apart > _AWAY) & (apart <= _PARALLEL)
    edge = _some(weight > 0)
    at_edge = np.average(_across(colour, normal, edge), weights=weight.ravel()[edge])
    sides = [_some(beside & (alpha >= 128)), _some(beside & (alpha < 128))]
    means = [_across(colour, normal, side).mean() for side in sides if side.size >= 16]
    if not means:
        return None
    return float((at_edge + _UNSEEN) / (np.mean(means) + _UNSEEN))


def _grown(frame: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[slice, slice]:
    x, y, width, height = frame
    rows = slice(max(0, y - _ROOM), min(shape[0], y + height + _ROOM))
    return rows, slice(max(0, x - _ROOM), min(shape[1], x + width + _ROOM))


def _slopes(field: Float) -> tuple[Float, Float]:
    """Central differences along x and y; 0 on the border."""
    along_x, along_y = np.zeros_like(field), np.zeros_like(field)
    along_x[:, 1:-1] = (field[:, 2:] - field[:, :-2]) / 2
    along_y[1:-1] = (field[2:] - field[:-2]) / 2
    along_x[[0, -1]] = 0
    along_y[:, [0, -1]] = 0
    return along_x, along_y


def _some(where: NDArray[np.bool_]) -> Places:
    """Flat indices of at most `_MOST` of the pixels, evenly taken, none on the border."""
    inner = where.copy()
    inner[[0, -1]] = False
    inner[:, [0, -1]] = False
    places = np.flatnonzero(inner)
    return places[:: places.size // _MOST + 1]


def _across(colour: Float, normal: tuple[Float, Float], at: Places) -> Float:
    """Change of L*a*b* per px along the normal, at some pixels."""
    flat = colour.reshape(-1, 3)
    stride = colour.shape[1]
    lab = [_lab(flat[at + step]) for step in (1, -1, stride, -stride)]
    n_x, n_y = (slope.ravel()[at] for slope in normal)
    length = np.hypot(n_x, n_y) + 1e-12
    along_x, along_y = (lab[0] - lab[1]) / 2, (lab[2] - lab[3]) / 2
    change = along_x * (n_x / length)[:, None] + along_y * (n_y / length)[:, None]
    steep: Float = np.linalg.norm(change, axis=1).astype(np.float32)
    return steep


def _lab(colours: Float) -> Float:
    lab = cv2.cvtColor(colours[None], cv2.COLOR_RGB2Lab).view(np.float32)
    return lab.reshape(-1, 3)
