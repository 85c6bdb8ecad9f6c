"""A shift map brought to a finer level: its regions moved by a px, its cuts where they cost least.

The energy is that of `labels`. Regions keep their shape but for their borders, over which px take a
neighbour's offset where that costs less (iterated conditional modes, checkerboard by checkerboard).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Flags, Float
from .labels import CUT, NEVER, SIDES, features, moved, nearest
from .offsets import Index
from .pyramid import Level

BETTER = 0.98  # of the cost, below which a region is moved
NUDGES = [(0, 0), *((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x)]


def finer(coarse: Level, field: Index, level: Level) -> Index:
    """`field` of a level of twice the scale, doubled: (h, w, 2)."""
    height, width = level.size
    up = np.repeat(np.repeat(2 * field, 2, axis=0), 2, axis=1)[:height, :width]
    inside = np.repeat(np.repeat(coarse.hole, 2, axis=0), 2, axis=1)[:height, :width]
    return np.where(level.hole[..., None], nearest(up, inside), 0)


class Cuts:
    """The offsets `field` (h, w, 2) of a level, changed in place."""

    def __init__(self, level: Level, field: Index) -> None:
        self.field = field
        self._level = level
        self._flat = features(level).reshape(level.hole.size, -1)

    def nudge(self) -> None:
        """Move each region by up to a px, where its border then costs less."""
        level, height, width = self._level, *self._level.size
        key = (self.field[..., 0] + height) * (4 * width) + self.field[..., 1] + width
        for value in np.unique(key[level.hole]):
            region = level.hole & (key == value)
            inner = cv2.erode(region.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
            y, x = np.nonzero(region & (inner == 0))
            if y.size:
                first = self.field[y[0], x[0]].copy()
                tried = [first + np.array(each) for each in NUDGES]
                costs = [float(self.cost(y, x, each, region).sum()) for each in tried]
                least = int(np.argmin(costs))
                if costs[least] < BETTER * costs[0]:
                    self.field[region] = tried[least]

    def settle(self, turn: int) -> None:
        """Let the px of one colour of the checkerboard that lie at a cut take a neighbour's."""
        y, x = np.nonzero(self._at_cut())
        mine = (y + x) % 2 == turn % 2
        y, x = y[mine], x[mine]
        best = self.field[y, x]
        cost = self.cost(y, x, best)
        for dy, dx in SIDES:
            ny, nx, inside = self._beside(y, x, dy, dx)
            other = self.field[ny, nx]
            differs = inside & self._level.hole[ny, nx] & (other != best).any(axis=1)
            found = self.cost(y[differs], x[differs], other[differs])
            better = found < cost[differs]
            at = np.flatnonzero(differs)[better]
            best[at], cost[at] = other[at], found[better]
        self.field[y, x] = best

    def _at_cut(self) -> Flags:
        cut = np.zeros(self._level.size, bool)
        for axis in (0, 1):
            step = (np.diff(self.field, axis=axis) != 0).any(axis=2)
            first, second = ((slice(None),) * axis + (part,) for part in (np.s_[:-1], np.s_[1:]))
            cut[first] |= step
            cut[second] |= step
        return cut & self._level.hole

    def cost(self, y: Index, x: Index, by: Index, region: Flags | None = None) -> Float:
        """(N,) the energy of px (y, x) with offsets `by`, its neighbours' as they are; of those in
        `region` (h, w), that move along, nothing."""
        place, bad = moved(self._level, y, x, by)
        copied = self._flat[place]
        total = np.where(bad, NEVER, np.float32(0))
        for dy, dx in SIDES:
            ny, nx, inside = self._beside(y, x, dy, dx)
            if region is not None:
                inside &= ~region[ny, nx]
            theirs = self.field[ny, nx]
            known = ~self._level.hole[ny, nx]
            here = copied - self._flat[moved(self._level, y, x, theirs)[0]]
            there = self._flat[moved(self._level, ny, nx, by)[0]]
            there = there - self._flat[moved(self._level, ny, nx, theirs)[0]]
            far, near = (np.einsum("nc,nc->n", gap, gap) for gap in (there, here))
            cut = CUT * (theirs != by).any(axis=1)
            total += np.where(inside, np.where(known, 2 * far, far + near + cut), np.float32(0))
        return np.asarray(total, np.float32)

    def _beside(
        self, y: Index, x: Index, dy: int, dx: int
    ) -> tuple[Index, Index, NDArray[np.bool_]]:
        """The neighbours, kept in the level, and which are there."""
        height, width = self._level.size
        ny, nx = (y + dy).clip(0, height - 1), (x + dx).clip(0, width - 1)
        return ny, nx, (ny == y + dy) & (nx == x + dx)
