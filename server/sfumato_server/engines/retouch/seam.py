"""A seam closed within a few px of its line: features aligned along it, then the step closed.

Align: the inside is moved along the line by s(t), the path of least cost

    sum_t |hp_out(t) - hp_in(t + s(t))|^2 + a |s(t)| + b |s(t) - s(t - 1)|

found by dynamic programming (Viterbi, 1967), hp what varies along the line within 12 px. It fades
inwards as (1 - (d / D)^2)^2. Close: the step j(t) that is left, log light extrapolated to the line
from both sides, is taken half from each side; its Fourier component k along the line fades as

    exp(-|d| sqrt(k^2 + 1 / 36)),

the decaying solution of a screened Laplace equation. Nothing is averaged, so grain survives.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Float, Numbers
from .grade import FLOOR, share
from .jump import trusted
from .outline import Outline, Strips, at, outlines, sides, smooth_along, strips

NEAR = np.array([0.5, 1.5, 2.5], np.float32)
DEPTHS = np.arange(0.5, 6, dtype=np.float32)
FADE = 6.0  # px off the line over which a step along all of it fades
DEEP = 24.0  # px off the line past which nothing moves
_OFFSETS = np.arange(-6, 6.25, 0.5).astype(np.float32)
_HIGH_PASS = 12.0
_STILL, _STIFF = 0.15, 0.2
_UNSEEN = 0.08
_FELT = 0.1  # px under which a move is not worth the filter
_LARGE = 2.4
_ALONG, _USUAL = 6.0, 1.2


@dataclass(frozen=True)
class Place:
    """Where the px near a line lie along it: rows, columns (M,), t (M,) px and d (M,) px."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    along: Float
    across: Float


def closed(image: Float, depth: Float, strength: float) -> Float:
    """(H, W, 3) `image` with the seam at `depth` 0 closed. depth: (H, W) px, signed."""
    picture, lines = image, outlines(depth)
    for line in lines:
        picture = _aligned(picture, line, depth, share(strength))
    light = np.log(picture + FLOOR)
    for line in lines:
        light = _joined(light, line, depth, share(strength))
    return np.asarray(np.clip(np.exp(light) - FLOOR, 0, 1), np.float32)


def near(line: Outline, depth: Float, reach: float) -> Place:
    """The px within `reach` of a line, nearest to it of all its px."""
    height, width = depth.shape
    seeds = np.ones((height, width), np.uint8)
    x = np.clip(np.rint(line.points[:, 0]), 0, width - 1).astype(int)
    y = np.clip(np.rint(line.points[:, 1]), 0, height - 1).astype(int)
    seeds[y, x] = 0
    apart, label = cv2.distanceTransformWithLabels(
        seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    first = np.zeros(int(label.max()) + 1, np.int64)
    first[label[y, x]] = np.arange(len(x))
    rows, columns = np.nonzero(apart <= reach + 1)
    nearest = first[label[rows, columns]]
    normal = line.normals[nearest]
    offset = np.stack([columns, rows], 1) - line.points[nearest]
    tangent = offset[:, 1] * normal[:, 0] - offset[:, 0] * normal[:, 1]
    along = nearest + np.clip(tangent, -1, 1)
    return Place(rows, columns, along.astype(np.float32), depth[rows, columns])


def _aligned(image: Float, line: Outline, depth: Float, part: float) -> Float:
    inner, outer = sides(image, depth > 0)
    deep = min(DEEP, 0.35 * float(depth.max()))
    found = strips((np.log(inner + FLOOR), np.log(outer + FLOOR)), line, NEAR)
    offsets = part * _offsets(found.inner, found.outer) * (found.sound > 0.99)
    if not np.any(np.abs(offsets) > 0.1):
        return image
    place = near(line, depth, deep)
    use = (place.across > 0) & (place.across < deep)
    if not use.any():
        return image
    rows, columns = place.rows[use], place.columns[use]
    t, d = place.along[use], place.across[use]
    fade = (1 - (d / deep) ** 2) ** 2
    move = _cyclic(offsets[:, None], t)[:, 0] * fade
    nearest = np.rint(t).astype(int) % len(line.points)
    normal = line.normals[nearest]
    where = np.stack([columns + normal[:, 1] * -move, rows + normal[:, 0] * move], 1)
    moved = image.copy()
    there = at(inner, where[None].astype(np.float32), cv2.INTER_CUBIC)[0]
    far = np.abs(move) > _FELT
    moved[rows[far], columns[far]] = np.clip(there[far], 0, 1)
    return moved


def _offsets(inner: Float, outer: Float) -> Float:
    """s(t) in px along the line."""
    fine_in, fine_out = (side - smooth_along(side, _HIGH_PASS) for side in (inner, outer))
    count = len(inner)
    t = np.arange(count, dtype=np.float32)
    costs = np.stack(
        [((_cyclic(fine_in, t + s) - fine_out) ** 2).mean((1, 2)) for s in _OFFSETS], axis=1
    )
    usual = (fine_in**2 + fine_out**2).mean((1, 2)) + _UNSEEN**2
    costs = smooth_along(costs, 3.0) / smooth_along(usual, 6.0)[:, None]
    costs += _STILL * np.abs(_OFFSETS)
    lap = count // 4
    order = np.arange(-lap, count + lap) % count
    path = _least_path(costs[order])[lap : lap + count]
    return smooth_along(_OFFSETS[path], 4.0)


def _least_path(costs: Float) -> NDArray[np.int64]:
    """The row of states of least cost, neighbours at most one state apart."""
    total = costs[0].copy()
    back = np.zeros(costs.shape, np.int8)
    far = np.float32(1e9)
    for row in range(1, len(costs)):
        beside = np.stack([np.r_[far, total[:-1]] + _STIFF, total, np.r_[total[1:], far] + _STIFF])
        pick = beside.argmin(0)
        back[row] = pick - 1
        total = beside[pick, np.arange(len(total))] + costs[row]
    path = np.zeros(len(costs), int)
    path[-1] = int(total.argmin())
    for row in range(len(costs) - 1, 0, -1):
        path[row - 1] = path[row] + back[row, path[row]]
    return path


def _cyclic(values: Float, where: Numbers) -> Float:
    """`values` (N, ...) at (M,) places between its rows, which are closed."""
    low = np.floor(where).astype(int)
    part = (where - low).reshape(-1, *(1,) * (values.ndim - 1)).astype(np.float32)
    count = len(values)
    mixed: Float = values[low % count] * (1 - part) + values[(low + 1) % count] * part
    return mixed


def _joined(light: Float, line: Outline, depth: Float, part: float) -> Float:
    found = strips(sides(light, depth > 0), line, DEPTHS)
    step = _left(found)
    size = np.linalg.norm(step, axis=1, keepdims=True)
    step = part * step * np.sqrt(trusted(size, _LARGE)) * (found.sound[:, None] > 0.99)
    levels = np.arange(0, DEEP + 0.5, 0.5, dtype=np.float32)
    faded = _faded(step, levels)
    place = near(line, depth, DEEP - 1)
    layer = np.minimum(np.abs(place.across) * 2, len(levels) - 1.001)
    low = np.floor(layer).astype(int)
    share_up = (layer - low)[:, None]
    t = place.along
    change = _at_level(faded, low, t) * (1 - share_up) + _at_level(faded, low + 1, t) * share_up
    joined = light.copy()
    way = np.where(place.across > 0, -0.5, 0.5)[:, None]
    joined[place.rows, place.columns] += (way * change).astype(np.float32)
    return joined


def _left(found: Strips) -> Float:
    """(N, C): j(t), freed of what the picture itself has on lines 2 and 4 px beside it."""
    step = _met(found.inner[:, :2]) - _met(found.outer[:, :2])
    usual = np.zeros(len(step), np.float32)
    for side in (found.inner, found.outer):
        for depth in (2, 4):
            apart = _met(side[:, depth : depth + 2]) - _met(
                side[:, depth - 1 : depth - 3 if depth > 2 else None : -1]
            )
            usual += smooth_along((apart**2).sum(1), _ALONG) / 4
    power = smooth_along((step**2).sum(1), _ALONG)
    kept = np.clip(1 - _USUAL * usual / (power + 1e-9), 0, 1)
    return np.asarray(step * kept[:, None], np.float32)


def _met(two: Float) -> Float:
    """The line through two px, half a px on."""
    met: Float = 1.5 * two[:, 0] - 0.5 * two[:, 1]
    return met


def _faded(step: Float, levels: Float) -> Float:
    """(L, N, C): the step as it is at each of `levels` px off the line."""
    wave = 2 * np.pi * np.fft.rfftfreq(len(step))
    spectrum = np.fft.rfft(step, axis=0)
    decay = np.exp(-levels[:, None] * np.sqrt(wave**2 + 1 / FADE**2))
    return np.fft.irfft(spectrum[None] * decay[..., None], len(step), axis=1).astype(np.float32)


def _at_level(faded: Float, level: NDArray[np.int64], t: Float) -> Float:
    low = np.floor(t).astype(int)
    part = (t - low)[:, None]
    count = faded.shape[1]
    mixed: Float = faded[level, low % count] * (1 - part) + faded[level, (low + 1) % count] * part
    return mixed
