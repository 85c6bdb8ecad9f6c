"""Signed distance to the edge of an anti-aliased selection, with sub-pixel precision.

The edge is the half level of the coverage. Each pixel beside it gets the foot of its perpendicular
on the edge, from coverage and gradient (the idea of S. Gustavson and R. Strand, "Anti-aliased
Euclidean distance transform", 2011); feet with their normals are short segments of the edge. Near
the edge the distance is the least over the segments around; further out, where it is smooth, it is
found on a grid of half the resolution from the nearest segment, and interpolated.

All that costs by the length of the edge. A dithered selection is nearly all edge and has no line
that could be met with more precision than that of its pixels: it gets the plain exact transform.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Float, Mask

FAR = np.float32(1e6)
HALF_LEVEL = 128

_PAD = 4
_REACH = 2
_LEAST_GRADIENT = 0.12
_LEAST_DISTANCE = np.float32(1e-3)
_BLOCK = 16384
_PARTIAL = 8
_STEPS = 5
# A chamfer label may name a segment some px beside the nearest one. Steps along its tangent, px at
# most each, try others: a long one is right on a straight edge, short ones where it curves away
# from a distant point. The least distance wins.
_TANGENT_STEPS = (6.0, 1e6, 2.0)
# Beyond these an edge is no line: segments, and pairs of them that may lie on one line (about 22
# for each segment of a straight edge).
_MOST_SEGMENTS = 300_000
_MOST_PAIRS = 8_000_000


def edge_distance(coverage: Mask) -> Float:
    """Distance in px from each pixel centre to the half level of `coverage`, positive inside.

    coverage: (H, W) uint8, 255 is wholly selected. Returns (H, W) float32. The picture continues
    past its border as it ends there, so that the border itself is no edge. Without any edge the
    distance is `FAR` everywhere, positive where selected and negative where not.
    """
    height, width = coverage.shape
    right, bottom = _PAD + width % 2, _PAD + height % 2
    padded: Mask = np.pad(coverage, ((_PAD, bottom), (_PAD, right)), mode="edge")
    inside = (padded >= HALF_LEVEL).astype(np.uint8)
    beside = _beside_edge(inside)
    at = np.flatnonzero(beside.view(bool))
    if at.size == 0:
        return np.full(coverage.shape, FAR if inside[0, 0] else -FAR, np.float32)
    distance = _by_pixel(inside) if at.size > _MOST_SEGMENTS else _by_line(padded, inside, beside)
    # A line through the steps of single pixels may meet a centre, which is still inside or not.
    np.maximum(distance, _LEAST_DISTANCE, out=distance)
    distance *= inside.astype(np.float32) * 2 - 1
    return np.ascontiguousarray(distance[_PAD : _PAD + height, _PAD : _PAD + width])


def _by_line(padded: Mask, inside: Mask, beside: Mask) -> Float:
    """Unsigned distance to the line through the coverages, (H, W) float32."""
    at = np.flatnonzero(beside.view(bool))
    segments = _segments(padded, inside, at)
    if _is_stepped(padded.ravel()[at]) and _pairs(beside) <= _MOST_PAIRS:
        segments = _smoothed(segments, at, padded.shape)
    distance = _far(padded.shape, at, segments)
    _near(distance, beside, at, segments)
    return distance


def _by_pixel(inside: Mask) -> Float:
    """Unsigned distance to half-way between pixel centres on both sides, (H, W) float32."""
    distance = np.zeros(inside.shape, np.float32)
    for part in (inside, 1 - inside):
        distance += cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    distance -= np.float32(0.5)
    return distance


def _pairs(beside: Mask) -> float:
    """How many pairs of segments lie within `_STEPS` px of each other, each counted twice."""
    side = 2 * _STEPS + 1
    around = cv2.boxFilter(beside, cv2.CV_32F, (side, side), normalize=False)
    return float(np.multiply(around, beside, dtype=np.float64).sum())


def _beside_edge(inside: Mask) -> Mask:
    """1 for pixels with a 4-neighbour on the other side of the edge."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    beside = cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, cross).view(np.uint8)
    beside[[0, -1]] = 0
    beside[:, [0, -1]] = 0
    return beside


def _segments(padded: Mask, inside: Mask, at: NDArray[np.int64]) -> Float:
    """(N, 4) float32: foot x, y and unit normal x, y (out of the selection) of the pixels `at`."""
    stride = padded.shape[1]
    level = padded.ravel()[at] * np.float32(1 / 255)
    side = inside.ravel()[at].astype(np.float32) * 2 - 1
    gap_x, way_x = _crossing(padded, inside, at, 1, level, side)
    gap_y, way_y = _crossing(padded, inside, at, stride, level, side)
    # The line through both crossings serves where the gradient says nothing, as on a hairline.
    inverse_x, inverse_y = way_x / gap_x, way_y / gap_y
    length = 1 / np.hypot(inverse_x, inverse_y)
    normal_x, normal_y = inverse_x * length * side, inverse_y * length * side
    gradient_x = _outward_gradient(padded, at, 1, stride)
    gradient_y = _outward_gradient(padded, at, stride, 1)
    steep = np.hypot(gradient_x, gradient_y)
    unit_x, unit_y = gradient_x / (steep + 1e-6), gradient_y / (steep + 1e-6)
    use_x = (gap_x < FAR) & (way_x * side * unit_x > 0.2)
    use_y = (gap_y < FAR) & (way_y * side * unit_y > 0.2)
    use_x &= (np.abs(unit_x) >= np.abs(unit_y)) | ~use_y
    clear = (use_x | use_y) & (steep > _LEAST_GRADIENT)
    along = np.where(use_x, gap_x * np.abs(unit_x), gap_y * np.abs(unit_y))
    length = np.where(clear, along, length)
    normal_x, normal_y = np.where(clear, unit_x, normal_x), np.where(clear, unit_y, normal_y)
    y, x = np.divmod(at, stride)
    foot_x, foot_y = x + side * length * normal_x, y + side * length * normal_y
    return np.stack([foot_x, foot_y, normal_x, normal_y], axis=1).astype(np.float32)


def _is_stepped(beside: Mask) -> bool:
    """Whether the pixels beside the edge are hardly ever partly covered: no anti-aliasing."""
    partial = (beside > _PARTIAL) & (beside < 255 - _PARTIAL)
    return bool(np.count_nonzero(partial) < beside.size / 10)


def _smoothed(segments: Float, at: NDArray[np.int64], shape: tuple[int, ...]) -> Float:
    """Segments of a stepped edge, moved onto the line that goes through the steps around.

    The mean foot and normal of the segments up to `_STEPS` px away that face the same way on about
    the same line, if they lie to both sides: corners, ends and both sides of a hairline stay. The
    mean lies on the chord of a curved edge: half of mean((foot - mean foot) . normal) takes it out
    to the arc.
    """
    index = np.full(shape[0] * shape[1], -1, np.int32)
    index[at] = np.arange(at.size)
    foot_x, foot_y, normal_x, normal_y = np.ascontiguousarray(segments.T)
    sums = np.zeros((6, at.size), np.float32)
    for dy in range(-_STEPS, _STEPS + 1):
        for dx in range(-_STEPS, _STEPS + 1):
            there = index.take(at + dy * shape[1] + dx, mode="clip")
            one = np.flatnonzero(there >= 0)
            other = there[one]
            off_x, off_y = foot_x[other] - foot_x[one], foot_y[other] - foot_y[one]
            along_x, along_y = normal_x[other], normal_y[other]
            like = along_x * normal_x[one] + along_y * normal_y[one] > 0.8
            like &= np.abs(off_x * normal_x[one] + off_y * normal_y[one]) < 1.5
            bulge = off_x * along_x + off_y * along_y
            terms = (off_x, off_y, along_x, along_y, bulge)
            for total, term in zip(sums, (*terms, np.ones_like(bulge)), strict=True):
                total[one] += term * like
    sums = sums.T
    means = sums[:, :5] / sums[:, 5:]
    normal = means[:, 2:4] / np.linalg.norm(means[:, 2:4], axis=1, keepdims=True)
    bulge = means[:, 4] - (means[:, :2] * means[:, 2:4]).sum(axis=1)
    move = (means[:, :2] * normal).sum(axis=1) + bulge / 2
    aside = np.abs(means[:, 0] * normal[:, 1] - means[:, 1] * normal[:, 0])
    amid = (aside < 1.7) & (sums[:, 5] >= _STEPS)
    moved = np.concatenate([segments[:, :2] + normal * move[:, None], normal], axis=1)
    return np.where(amid[:, None], moved, segments)


def _outward_gradient(padded: Mask, at: NDArray[np.int64], along: int, across: int) -> Float:
    """Fall of the coverage per px at the pixels `at`: Sobel's difference of step `along`."""
    fall = np.zeros(at.size, np.float32)
    flat = padded.ravel()
    for beside, weight in ((-across, 1), (0, 2), (across, 1)):
        before, after = flat[at + beside - along], flat[at + beside + along]
        fall += np.float32(weight / (8 * 255)) * (before.astype(np.float32) - after)
    return fall


def _crossing(
    padded: Mask, inside: Mask, at: NDArray[np.int64], step: int, level: Float, side: Float
) -> tuple[Float, Float]:
    """px along one axis to the nearer crossing of the edge (`FAR` if none), and its way, 1 or -1.

    Two neighbours that cover a and b in an axis-aligned edge put it a + b - 1/2 px from the centre
    of the inner one.
    """
    flat, flags = padded.ravel(), inside.ravel()
    gaps = []
    for neighbour in (at + step, at - step):
        other = flat[neighbour] * np.float32(1 / 255)
        inner = np.clip(level + other - 0.5, 0, 1)
        gap = np.where(side > 0, inner, 1 - inner)
        gaps.append(np.where(flags[at] != flags[neighbour], np.maximum(gap, _LEAST_DISTANCE), FAR))
    way = np.where(gaps[0] <= gaps[1], np.float32(1), np.float32(-1))
    return np.minimum(gaps[0], gaps[1]).astype(np.float32), way


def _to_segment(x: Float, y: Float, segment: Float) -> tuple[Float, Float]:
    """Distance of points to segments, and how far along their tangents.

    segment: (..., 6) foot x, y, normal x, y, half-length, and the radius around it.
    """
    off_x, off_y = x - segment[..., 0], y - segment[..., 1]
    across = off_x * segment[..., 2] + off_y * segment[..., 3]
    along = off_x * segment[..., 3] - off_y * segment[..., 2]
    past = np.maximum(np.abs(along) - segment[..., 4], 0)
    return np.sqrt(across * across + past * past) - segment[..., 5], along


def _far(shape: tuple[int, ...], at: NDArray[np.int64], segments: Float) -> Float:
    """(H, W) float32 unsigned distance, interpolated from cells of 2x2 px; H and W are even."""
    rows, columns = shape[0] // 2, shape[1] // 2
    y, x = np.divmod(at, shape[1])
    cell = (y >> 1) * columns + (x >> 1)
    count = np.bincount(cell, minlength=rows * columns)
    seeds = (count == 0).astype(np.uint8).reshape(rows, columns)
    _, label = cv2.distanceTransformWithLabels(
        seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    filled = np.flatnonzero(count)
    order = label.ravel()[filled]
    sums = (np.bincount(cell, values, rows * columns)[filled] for values in _moments(segments))
    foot_x, foot_y, normal_x, normal_y, bulge = (total / count[filled] for total in sums)
    bulge -= foot_x * normal_x + foot_y * normal_y
    # Where the edge turns within a cell its normals cancel and the mean foot lies on the chord:
    # the segment is shorter and goes out to the arc by half of mean((foot - mean foot) . normal),
    # which is the curvature times the feet's variance. On a hairline nothing is left of the
    # normals, and that mean is half of the hairline's width: a disc takes the segment's place.
    half = np.hypot(normal_x, normal_y)
    sure = half > 1e-3
    normal_x = np.where(sure, normal_x / np.maximum(half, 1e-3), 1)
    normal_y = np.where(sure, normal_y / np.maximum(half, 1e-3), 0)
    foot_x += normal_x * half * bulge / 2
    foot_y += normal_y * half * bulge / 2
    radius = np.abs(bulge) * np.maximum(1 - half, 0)
    means = np.zeros((filled.size + 1, 6), np.float32)
    means[order] = np.stack([foot_x, foot_y, normal_x, normal_y, half, radius], axis=1)
    distance = np.empty((rows, columns), np.float32)
    # In blocks of rows that stay in the processor's cache.
    high = max(1, _BLOCK // columns)
    for top in range(0, rows, high):
        block = slice(top, top + high)
        distance[block] = _least(label, means, block)
    size = (shape[1], shape[0])
    return cv2.resize(distance, size, interpolation=cv2.INTER_LINEAR).view(np.float32)


def _moments(segments: Float) -> tuple[Float, ...]:
    """Foot, normal and their product, of which a cell keeps the means."""
    foot_x, foot_y, normal_x, normal_y = segments.T.astype(np.float64)
    return foot_x, foot_y, normal_x, normal_y, foot_x * normal_x + foot_y * normal_y


def _least(label: NDArray[np.int32], means: Float, block: slice) -> Float:
    """Distance of the cells of some rows to the labelled segment, or to one it leads to."""
    rows, columns = label.shape
    x = np.arange(columns, dtype=np.float32) * 2 + 0.5
    y = (np.arange(rows, dtype=np.float32)[block] * 2 + 0.5)[:, None]
    segment = means.take(label[block], axis=0)
    least, along = _to_segment(x, y, segment)
    for step in _TANGENT_STEPS:
        np.clip(along, -step, step, out=along)
        next_x = (segment[..., 0] + along * segment[..., 3]) * 0.5 + 0.25
        next_y = (segment[..., 1] - along * segment[..., 2]) * 0.5 + 0.25
        np.clip(next_x, 0, columns - 1, out=next_x)
        np.clip(next_y, 0, rows - 1, out=next_y)
        moved = label.take(next_y.astype(np.int32) * columns + next_x.astype(np.int32))
        segment = means.take(moved, axis=0)
        distance, along = _to_segment(x, y, segment)
        np.minimum(least, distance, out=least)
    return least


def _near(distance: Float, beside: Mask, at: NDArray[np.int64], segments: Float) -> None:
    """Put the exact distance to the segments around into the pixels next to the edge."""
    side = 2 * _REACH + 1
    band = cv2.dilate(beside, np.ones((side, side), np.uint8))
    band[:_REACH] = band[-_REACH:] = 0
    band[:, :_REACH] = band[:, -_REACH:] = 0
    stride = distance.shape[1]
    pixels = np.flatnonzero(band.view(bool))
    rows, columns = np.divmod(pixels, stride)
    x, y = columns.astype(np.float32), rows.astype(np.float32)
    # Index 0 is a segment out of reach.
    index = np.zeros(distance.size, np.int32)
    index[at] = np.arange(1, at.size + 1)
    table = np.zeros((at.size + 1, 6), np.float32)
    table[0, :3] = FAR, FAR, 1
    table[1:, :4] = segments
    table[1:, 4] = 0.5
    least = np.full(pixels.size, FAR)
    for dy in range(-_REACH, _REACH + 1):
        for dx in range(-_REACH, _REACH + 1):
            segment = table.take(index.take(pixels + dy * stride + dx), axis=0)
            np.minimum(least, _to_segment(x, y, segment)[0], out=least)
    distance.ravel()[pixels] = least
