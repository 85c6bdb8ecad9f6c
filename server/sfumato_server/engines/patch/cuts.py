"""A shift map brought to a finer level: its regions moved by a px, its cuts where they cost least.

The energy is that of `labels`. Regions keep their shape but for their borders, over which px take a
neighbour's offset where that costs less (iterated conditional modes, checkerboard by checkerboard).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Flags, Float, bounds, window
from .labels import CUT, NEVER, PLAIN, SIDES, features, moved
from .offsets import Index
from .pyramid import Level, nearest

NUDGES = 4  # parts of the regions that are moved at a time
BETTER = 0.98  # of the cost, below which a region is moved
TRIED = [(0, 0), *((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x)]


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
        self._busy = level.busy.ravel()
        frame = bounds(level.hole)
        assert frame is not None
        self._at = window(frame, 1)

    def nudge(self, part: int) -> None:
        """Move the regions of a part, 0 to `NUDGES` − 1, by up to a px, where their border then
        costs less."""
        field, hole = self.field[self._at], self._level.hole[self._at]
        for offset in np.unique(field[hole], axis=0)[part::NUDGES]:
            region = hole & (field == offset).all(axis=2)
            inner = cv2.erode(region.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
            y, x = self._placed(region & (inner == 0))
            if y.size:
                tried = [offset + np.array(each) for each in TRIED]
                costs = [float(self.cost(y, x, each, offset).sum()) for each in tried]
                least = int(np.argmin(costs))
                if costs[least] < BETTER * costs[0]:
                    field[region] = tried[least]

    def settle(self, turn: int) -> None:
        """Let the px of one colour of the checkerboard that lie at a cut take a neighbour's."""
        y, x = self._placed(self._cut())
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

    def energy(self) -> float:
        """What all px of the hole cost, cuts from both sides."""
        y, x = np.nonzero(self._level.hole)
        return float(self.cost(y, x, self.field[y, x]).sum())

    def _placed(self, found: Flags) -> tuple[Index, Index]:
        """The rows and columns, in the level, of what is marked in the hole's frame."""
        y, x = np.nonzero(found)
        return y + self._at[0].start, x + self._at[1].start

    def _cut(self) -> Flags:
        field, hole = self.field[self._at], self._level.hole[self._at]
        cut = np.zeros(hole.shape, bool)
        for axis in (0, 1):
            step = (np.diff(field, axis=axis) != 0).any(axis=2)
            first, second = ((slice(None),) * axis + (part,) for part in (np.s_[:-1], np.s_[1:]))
            cut[first] |= step
            cut[second] |= step
        return cut & hole

    def cost(self, y: Index, x: Index, by: Index, along: Index | None = None) -> Float:
        """(N,) the energy of px (y, x) with offsets `by`, its neighbours' as they are; of those of
        offset `along`, that move with them, nothing."""
        place, bad = moved(self._level, y, x, by)
        total = np.where(bad, NEVER, self._level.loud.ravel()[place])
        for dy, dx in SIDES:
            ny, nx, inside = self._beside(y, x, dy, dx)
            theirs = self.field[ny, nx]
            known = ~self._level.hole[ny, nx]
            if along is not None:
                inside &= known | (theirs != along).any(axis=1)
            near = self._gap(place, moved(self._level, y, x, theirs)[0])
            ends = [moved(self._level, ny, nx, each)[0] for each in (by, theirs)]
            far = self._gap(*ends)
            cut = CUT * (theirs != by).any(axis=1)
            total += np.where(inside, np.where(known, 2 * far, far + near + cut), np.float32(0))
        return np.asarray(total, np.float32)

    def _gap(self, first: Index, second: Index) -> Float:
        """(N,) what the copies from two places differ by, where they are busy less."""
        gap = self._flat[first] - self._flat[second]
        less = PLAIN / (PLAIN + self._busy[first] + self._busy[second])
        return np.asarray(np.einsum("nc,nc->n", gap, gap) * less, np.float32)

    def _beside(
        self, y: Index, x: Index, dy: int, dx: int
    ) -> tuple[Index, Index, NDArray[np.bool_]]:
        """The neighbours, kept in the level, and which are there."""
        height, width = self._level.size
        ny, nx = (y + dy).clip(0, height - 1), (x + dx).clip(0, width - 1)
        return ny, nx, (ny == y + dy) & (nx == x + dx)
