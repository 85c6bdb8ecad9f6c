"""The islands of a selection, and what of a pass's lengths each place gets."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.geometry import LEAST_FEATHER, LEAST_GROW, RING, Extent, island_extent

from ..arrays import Flags, Float
from .distance import FAR

_PER_PX = 8
_BETWEEN = 2.0

Length = Float | float


class Islands:
    """Connected parts (8 neighbours) of where `distance`, (H, W) float32, is positive."""

    def __init__(self, distance: Float) -> None:
        self._distance = distance
        inside = (distance > 0).astype(np.uint8)
        count, label = cv2.connectedComponents(inside, connectivity=8)
        self._label: NDArray[np.int32] = label.view(np.int32)
        self.radii = np.full(count, 1e-3, np.float32)
        if count == 2:
            self.radii[1] = distance.max()
        else:
            at = np.flatnonzero(inside)
            np.maximum.at(self.radii, self._label.ravel()[at], distance.ravel()[at])

    @property
    def largest(self) -> float:
        """Radius in px of the largest disc that fits into any island; 0 without islands."""
        return float(self.radii[1:].max(initial=0))

    @cached_property
    def depth(self) -> Float:
        """(H, W): the radius of the island that a pixel belongs to, `FAR` outside."""
        radii = self.radii.copy()
        radii[0] = FAR
        return radii[self._label]

    def lengths(self, extent: Extent) -> tuple[Length, Length, Length]:
        """Grow, feather and width in px, one for all or (H, W) float32, of the nearest island.

        What is fitted to islands is also shortened in proportion where two of them lie close, so
        that each reaches less than half the gap and they stay apart; but not under the least
        grow and feather (or the extent's `narrowest`), over which islands 6 px apart may meet, and
        not with keep_inside, where none reaches out.
        """
        if extent.fit == 0:
            return extent.grow, extent.feather, extent.width
        if self.radii.size <= 2:
            only = island_extent(extent, self.largest)
            return only.grow, only.feather, only.width
        table = self._table(extent)
        reach = table[:, 1] + table[:, 2 if extent.zone == RING else 0]
        floor = np.minimum(reach, max(LEAST_FEATHER, extent.narrowest) + LEAST_GROW)
        if extent.keep_inside:
            floor = reach
        alike = np.ptp(table[1:], axis=0).max() == 0
        if alike and ((reach <= floor).all() or _room(self._closest) >= reach.max()):
            return float(table[1, 0]), float(table[1, 1]), float(table[1, 2])
        nearest, gap = self._around
        most = reach[nearest]
        share = np.clip(_room(gap), floor[nearest], most) / np.maximum(most, np.float32(1e-3))
        grow, feather, width = (column[nearest] * share for column in table.T)
        return grow, feather, width

    def _table(self, extent: Extent) -> Float:
        """(islands, 3): grow, feather, width of each; radii to 1/8 px. Row 0 is never nearest."""
        steps = np.rint(np.minimum(self.radii, 1024) * _PER_PX).astype(np.int64)
        found, which = np.unique(steps, return_inverse=True)
        rows = [island_extent(extent, float(step) / _PER_PX) for step in found]
        table = np.array([(row.grow, row.feather, row.width) for row in rows], np.float32)
        return table[which.ravel()]

    @cached_property
    def _cells(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Float]:
        """Of cells of 2x2 px: the island in them, the nearest one, and the px to the next one.

        One pair of distance transforms for each binary digit of the islands' numbers: to those that
        have it and to those that have not. The lesser of a pair belongs to the nearest island and
        tells its digit; the least of the greater ones is the distance to the next island.
        """
        height, width = self._label.shape
        padded = np.pad(self._label, ((0, height % 2), (0, width % 2)))
        pairs = np.maximum(padded[::2], padded[1::2])
        cells = np.maximum(pairs[:, ::2], pairs[:, 1::2])
        nearest = np.zeros(cells.shape, np.int32)
        second = np.full(cells.shape, FAR, np.float32)
        for digit in range(int(self.radii.size - 1).bit_length()):
            has = (cells >> digit & 1).astype(bool)
            one, other = _to(has), _to((cells > 0) & ~has)
            nearest |= (one < other).astype(np.int32) << digit
            np.minimum(second, np.maximum(one, other), out=second)
        # Where two are equally near the digits of both may mix.
        nearest[(nearest == 0) | (nearest >= self.radii.size)] = 1
        return cells, nearest, 2 * second

    @cached_property
    def _closest(self) -> float:
        """The least gap between any two islands, px."""
        cells, _, second = self._cells
        return float(second[cells > 0].min()) - 2

    @cached_property
    def _around(self) -> tuple[NDArray[np.int32], Float]:
        """(H, W) each: the nearest island's number, and the gap between it and the next one, px."""
        height, width = self._label.shape
        cells, nearest, second = self._cells
        rows, columns = cells.shape
        near = nearest.repeat(2, 0).repeat(2, 1)[:height, :width]
        wide = cv2.resize(second, (2 * columns, 2 * rows))[:height, :width]
        gap = wide + np.maximum(-self._distance, 0)
        return np.where(self._label > 0, self._label, near), gap.astype(np.float32)


def _room(gap: Length) -> Length:
    """How far an island may reach into a gap so that another does not meet it, px: half
    of it, less 2 px for cells of 2x2 px and 2 % for what a distance transform errs by."""
    return gap * 0.48 - _BETWEEN


def _to(part: Flags) -> Float:
    if not part.any():
        return np.full(part.shape, FAR, np.float32)
    found = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(found, np.float32)
