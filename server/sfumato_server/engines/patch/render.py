"""The last picture: every px copied from one place, the cuts closed in the gradient domain.

Nothing is averaged, so grain survives. With v the gradients of the copies, over a cut the mean of
both sides', the picture u is the minimum of

    Σ_pq w (u_q − u_p − v_pq)² + λ Σ_p (u_p − copy_p)²,     u fixed outside,

after Pérez, Gangnet and Blake, "Poisson image editing", 2003. Where the two sides of a cut have
other gradients an edge ends there: w = 1 / (1 + |Δv|² / g²) lets it, where it would run out into
the surroundings otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...imaging.arrays import Flags, Float, Window, bounds, window
from .labels import moved
from .offsets import Index
from .pyramid import Level

PULL = np.float32(0.003)  # λ
SOFT = np.float32(0.05)  # g, of 0..1
ROUNDS, PARTS = 10, 10  # of conjugate gradients, and how often so many
TINY = np.float32(1e-20)


@dataclass(frozen=True)
class Equation:
    """(pull − div w ∇) u = source where `free` (h, w, 1). weights: (h−1, w, 1) and (h, w−1, 1)."""

    weights: tuple[Float, Float]
    free: Flags

    def applied(self, u: Float) -> Float:
        """The left side, 0 where not free."""
        bent = self.spread(np.diff(u, axis=0), np.diff(u, axis=1))
        return np.asarray((bent + PULL * u) * self.free, np.float32)

    def spread(self, down: Float, across: Float) -> Float:
        """−div w (down, across): (h, w, C)."""
        first, second = down * self.weights[0], across * self.weights[1]
        total = np.zeros((*self.free.shape[:2], down.shape[2]), np.float32)
        total[:-1] -= first
        total[1:] += first
        total[:, :-1] -= second
        total[:, 1:] += second
        return total

    def diagonal(self) -> Float:
        """(h, w, 1): what a px itself is multiplied by."""
        total = np.full(self.free.shape, PULL, np.float32)
        total[:-1] += self.weights[0]
        total[1:] += self.weights[0]
        total[:, :-1] += self.weights[1]
        total[:, 1:] += self.weights[1]
        return total


def copied(level: Level, field: Index) -> Float:
    """(h, w, 5): the level's picture, in the hole what is at its offsets."""
    y, x = np.nonzero(level.hole)
    place, _ = moved(level, y, x, field[y, x])
    picture = level.picture.copy()
    picture[y, x] = picture.reshape(level.hole.size, -1)[place]
    return picture


def closed(level: Level, field: Index) -> Iterator[Float]:
    """Yield u, (h, w, 3) float32, as it gets nearer; exactly the level's outside the hole."""
    picture, frame = copied(level, field)[..., :3], bounds(level.hole)
    assert frame is not None
    at = window(frame, 1)
    start, free = picture[at], level.hole[at][..., None]
    down, across = (_gradients(level, field, at, axis) for axis in (0, 1))
    equation = Equation((down[1], across[1]), free)
    source = (equation.spread(down[0], across[0]) + PULL * start) * free
    residual = source - equation.applied(start)
    diagonal = equation.diagonal()
    u, scaled = start, residual / diagonal
    direction, square = scaled, (residual * scaled).sum((0, 1))
    for turn in range(ROUNDS * PARTS):
        step = equation.applied(direction)
        length = square / np.maximum((direction * step).sum((0, 1)), TINY)
        u = u + length * direction
        residual = residual - length * step
        scaled = residual / diagonal
        last, square = square, (residual * scaled).sum((0, 1))
        direction = scaled + square / np.maximum(last, TINY) * direction
        if turn % ROUNDS == ROUNDS - 1:
            picture[at] = u
            yield picture


def _gradients(level: Level, field: Index, at: Window, axis: int) -> tuple[Float, Float]:
    """v and w of all neighbours in `at` along an axis; w is 0 between two that are known."""
    hole = level.hole[at]
    p, q = ((slice(None),) * axis + (part,) for part in (np.s_[:-1], np.s_[1:]))
    active = hole[p] | hole[q]
    here = np.nonzero(active)
    y, x = here[0] + at[0].start, here[1] + at[1].start
    ny, nx = y + (axis == 0), x + (axis == 1)
    colours = level.picture[..., :3].reshape(-1, 3)

    def step(by: Index) -> Float:
        ends = moved(level, ny, nx, by)[0], moved(level, y, x, by)[0]
        return colours[ends[0]] - colours[ends[1]]

    first, second = step(field[y, x]), step(field[ny, nx])
    inner = (level.hole[y, x] & level.hole[ny, nx])[:, None]
    mean = np.where(inner, (first + second) / 2, np.where(level.hole[y, x][:, None], first, second))
    apart = ((first - second) ** 2).sum(1, keepdims=True)
    v = np.zeros((*active.shape, 3), np.float32)
    w = np.zeros((*active.shape, 1), np.float32)
    v[here] = mean
    w[here] = np.where(inner, 1 / (1 + apart / SOFT**2), 1)
    return v, w
