"""The line round a region, and the picture unrolled along it.

A strip X(t, d) holds the picture at t px along the line and d px across it, positive inside. Each
side is sampled from its own px only, extended by the nearest one, so that nothing bleeds across.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Numbers

LEAST_LENGTH = 16  # px of arc under which a line says nothing
_SMOOTH = 2.0  # px along the line
_NORMALS = 3.0
FAR = 1000.0
_WIDEST = 16384  # px of a row; OpenCV samples no wider picture than 32766


@dataclass(frozen=True)
class Outline:
    """points: (N, 2) x, y, one px of arc apart, closed. normals: (N, 2), unit, into the region."""

    points: Float
    normals: Float


@dataclass(frozen=True)
class Strips:
    """inner, outer: (N, K, C) samples at depths d = -+|depths|. sound: (N,) 0..1, share of samples
    that lie in the picture on both sides."""

    inner: Float
    outer: Float
    depths: Float
    sound: Float


def outlines(depth: Float) -> list[Outline]:
    """The closed lines where `depth` (H, W), px, signed, positive inside, is 0."""
    inside = (depth > 0).astype(np.uint8)
    found, _ = cv2.findContours(inside, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    soft = cv2.GaussianBlur(np.clip(depth, -FAR, FAR), (0, 0), 2)
    falls = [cv2.Scharr(soft, cv2.CV_32F, dx, 1 - dx) for dx in (1, 0)]
    slope = np.stack(falls, axis=2).astype(np.float32)
    lines = (_line(points[:, 0].astype(np.float32), depth, slope) for points in found)
    return [line for line in lines if line is not None]


def _line(points: Float, depth: Float, slope: Float) -> Outline | None:
    if len(points) < LEAST_LENGTH:
        return None
    points = even(smooth_along(points, _SMOOTH))
    if len(points) < LEAST_LENGTH:
        return None
    normals = unit(smooth_along(at(slope, points), _NORMALS))
    offset = at(depth, points)[:, None]
    moved = points - np.clip(offset, -2, 2) * normals
    return Outline(moved.astype(np.float32), normals)


def even(points: Float) -> Float:
    """A closed line (N, 2) resampled to about one px of arc."""
    ring = np.concatenate([points, points[:1]])
    arc = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    count = max(3, round(float(arc[-1])))
    where = np.arange(count) * (arc[-1] / count)
    return np.stack([np.interp(where, arc, ring[:, axis]) for axis in (0, 1)], 1).astype(np.float32)


def unit(vectors: Float) -> Float:
    """Each of (N, 2) at length 1."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-6), np.float32)


def at(field: Float, points: Float, way: int = cv2.INTER_LINEAR) -> Float:
    """`field` (H, W[, C]) between px at (..., 2) x, y; the nearest px outside."""
    count = points[..., 0].size
    rows = max(1, -(-count // _WIDEST))
    x, y = (
        np.resize(points[..., axis], (rows, -(-count // rows))).astype(np.float32)
        for axis in (0, 1)
    )
    found = cv2.remap(field, x, y, way, borderMode=cv2.BORDER_REPLICATE)
    found = np.asarray(found, np.float32).reshape(-1, *field.shape[2:])[:count]
    return found.reshape(*points.shape[:-1], *field.shape[2:])


def smooth_along(values: Numbers, sigma: float) -> Float:
    """Gaussian of `sigma` px along the first axis of (N, ...), which is closed."""
    frequency = np.fft.rfftfreq(len(values))
    pass_band = np.exp(-2 * (np.pi * sigma * frequency) ** 2)
    shape = (-1,) + (1,) * (values.ndim - 1)
    spectrum = np.fft.rfft(values, axis=0) * pass_band.reshape(shape)
    return np.fft.irfft(spectrum, len(values), axis=0).astype(np.float32)


def sides(picture: Float, inside: Flags) -> tuple[Float, Float]:
    """The picture with every px outside replaced by the nearest one inside, and the reverse."""
    return _extended(picture, inside), _extended(picture, ~inside)


def _extended(picture: Float, known: Flags) -> Float:
    if known.all() or not known.any():
        return picture
    _, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    source = np.zeros(int(label.max()) + 1, np.int64)
    where = np.flatnonzero(known)
    source[label.ravel()[where]] = where
    flat = picture.reshape(-1, picture.shape[2])
    taken: Float = flat[source[label.ravel()]].reshape(picture.shape)
    return taken


def strips(pair: tuple[Float, Float], line: Outline, depths: Float) -> Strips:
    """Both sides' pictures along the line at `depths`, px, positive."""
    height, width = pair[0].shape[:2]
    samples, lies = [], []
    for picture, way in zip(pair, (1, -1), strict=True):
        where = line.points[:, None] + way * depths[:, None] * line.normals[:, None]
        samples.append(at(picture, where))
        x, y = where[..., 0], where[..., 1]
        lies.append(((x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)).mean(1))
    sound = (lies[0] * lies[1]).astype(np.float32)
    return Strips(samples[0], samples[1], depths, sound)
