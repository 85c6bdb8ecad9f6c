"""The smoothest picture through what is known of it.

u minimises  Σ w (u − p)² + Σ |∇u|², a membrane, or  Σ w (u − p)² + Σ (Δu)², a plate, which carries
slopes on, where p is known with weight w: 0 where it is unknown, `HELD` where u must be p. That is
w (u − p) − Δu = s, or w (u − p) + Δ²u = s, with s = 0; Poisson editing has another s. At the
picture's edge there is no slope.

Coarse to fine (cascadic multigrid; Bornemann and Deuflhard, 1996), on each level by conjugate
gradients (Hestenes and Stiefel, 1952), each px scaled by its own weight.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import Flags, Float, bounds, window

HELD = np.float32(1e6)
MEMBRANE, PLATE = 1, 2  # how often −Δ is applied

# Rounds of conjugate gradients: few where a level is large, the coarser one has done the rest; of a
# plate as many as one some 20 px across needs.
_MOST_ROUNDS, _LEAST_ROUNDS, _ROUND_PX, _PLATE_ROUNDS = 30, 6, 4000, 150
_NOTHING = np.float32(0)
_LAPLACIAN = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], np.float32)


def smooth_fill(picture: Float, weight: Float, kind: int = MEMBRANE) -> Float:
    """u of the module's docstring, (H, W, C) float32 with as many channels as there are.

    picture: p, any number where weight is 0. weight: w, (H, W) float32; above 0 somewhere.
    """
    if picture.shape[2] > 4:  # more than OpenCV resizes
        parts = (smooth_fill(part, weight, kind) for part in np.split(picture, [3], axis=2))
        return np.concatenate([*parts], axis=2)
    free = weight < HELD
    frame = bounds(free)
    if frame is None:
        return picture
    at = window(frame, 2 * kind)
    filled = _coarse_to_fine(picture[at], weight[at])
    if kind == PLATE:
        filled = relaxed(filled, picture[at], weight[at], _PLATE_ROUNDS, kind=PLATE)
    whole = picture.copy()
    whole[at][free[at]] = filled[free[at]]
    return whole


def membrane(picture: Float, hole: Flags) -> Float:
    """`picture` (H, W, C) with a membrane in `hole` (H, W), of whose content nothing is left.

    The picture itself where the hole is all of it.
    """
    if hole.all():
        return picture
    return smooth_fill(picture, np.where(hole, np.float32(0), HELD))


def plate(picture: Float, hole: Flags) -> Float:
    """The same with a plate, kept within 0..1; at least one px must be outside the hole."""
    filled = smooth_fill(picture, np.where(hole, np.float32(0), HELD), PLATE)
    return np.clip(filled, 0, 1)


def _coarse_to_fine(picture: Float, weight: Float) -> Float:
    height, width = weight.shape
    if max(height, width) <= 3:
        share = weight[..., None] / np.maximum(weight.sum(), np.float32(1e-6))
        start = np.broadcast_to((picture * share).sum((0, 1)), picture.shape)
    else:
        half = ((width + 1) // 2, (height + 1) // 2)
        # Σ |∇u|² is the same at half the size, Σ w (u − p)² has a quarter of the terms.
        less = 4 * cv2.resize(weight, half, interpolation=cv2.INTER_AREA).view(np.float32)
        sums = 4 * cv2.resize(picture * weight[..., None], half, interpolation=cv2.INTER_AREA)
        mean = sums.reshape(*less.shape, -1) / np.maximum(less, np.float32(1e-6))[..., None]
        coarse = _coarse_to_fine(np.asarray(mean, np.float32), less)
        start = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    rounds = max(_LEAST_ROUNDS, min(_MOST_ROUNDS, _ROUND_PX // max(height, width)))
    return relaxed(start.reshape(picture.shape).view(np.float32), picture, weight, rounds)


def relaxed(
    start: Float,
    picture: Float,
    weight: Float,
    rounds: int,
    source: Float | np.float32 = _NOTHING,
    kind: int = MEMBRANE,
) -> Float:
    """`start` brought nearer to u by `rounds` of conjugate gradients.

    source: s, (H, W, C); the rest as of `smooth_fill`. Exactly `picture` where it is held.
    """
    free = (weight < HELD)[..., None]
    pull = np.where(free, weight[..., None], np.float32(0))
    scale = pull + np.float32(4**kind)

    def applied(u: Float) -> Float:
        bent = u
        for _ in range(kind):
            around = cv2.filter2D(bent, -1, _LAPLACIAN, borderType=cv2.BORDER_REPLICATE)
            bent = around.reshape(u.shape).view(np.float32)
        return (pull * u + bent) * free

    u = np.where(free, start, picture)
    residual = (pull * picture + source) * free - applied(u)
    direction = scaled = residual / scale
    square = _products(residual, scaled)
    for _ in range(rounds):
        step = applied(direction)
        length = square / np.maximum(_products(direction, step), np.float32(1e-20))
        u = u + length * direction
        residual = residual - length * step
        scaled = residual / scale
        last, square = square, _products(residual, scaled)
        direction = scaled + square / np.maximum(last, np.float32(1e-20)) * direction
    return np.asarray(u, np.float32)


def _products(a: NDArray[Any], b: NDArray[Any]) -> Float:
    """The inner product of each channel, (C,)."""
    return np.asarray(np.einsum("yxc,yxc->c", a, b), np.float32)
