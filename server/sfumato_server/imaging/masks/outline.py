"""How wide the ramps are that the artist drew, along the outlines of a selection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np

from ..arrays import Flags, Float, Mask
from .distance import edge_distance
from .levels import normal, raised, thinness

# Central differences see an anti-aliased edge as a ramp of 2 to 2.5 px, and what `is_sharp` lets
# pass as one of up to 3.1.
_SHARP = 3.1
_LEAST_SOFT = 4.0
_STEEPEST = 1.5
_ROUNDING = np.float32(2 / 255)
_APART = 6
_STEP = 0.1
_CELL = 4
_BESIDE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Place:
    """What is around one outline of a selection, (H, W) float32 each.

    distance: px to it, positive inside. narrow: how narrow the drawn ramp is, 0..1. full: how much
    is selected inside of it, 0..1.
    """

    distance: Float
    narrow: Float
    full: Float


class Outline:
    """The outlines of a selection with soft places, (H, W) uint8."""

    def __init__(self, selection: Mask) -> None:
        self._selection = selection
        thin = thinness(selection)
        self._thin: Float = cv2.dilate(thin, _BESIDE).astype(np.float32)
        self._normal = normal(raised(selection, thin))
        across = cv2.Scharr(self._normal, cv2.CV_32F, 1, 0, scale=1 / 32)
        down = cv2.Scharr(self._normal, cv2.CV_32F, 0, 1, scale=1 / 32)
        self._steepness = cv2.dilate(cv2.magnitude(across, down), _BESIDE)

    @cached_property
    def distance(self) -> Float:
        """Distance to the half level of each connected part's highest coverage; see zones."""
        return self._distance(0.5)

    def _distance(self, level: float) -> Float:
        """A ramp is first made as steep as an anti-aliased edge, which a distance is taken from; an
        edge that is so steep already keeps its levels."""
        gain = np.clip(1 / np.maximum(self._steepness, np.float32(1e-4)) - 1, 1, 16)
        steep = (self._normal - np.float32(level)) * gain + np.float32(0.5)
        levels: Mask = np.rint(np.clip(steep, 0, 1) * 255).astype(np.uint8)
        return edge_distance(levels)

    @cached_property
    def _inner(self) -> tuple[tuple[Float, Flags], ...]:
        """Distances to the quarter and three quarter level, where sharp steps lie off the half
        level, and where these are: a region that is partly selected beside one that is more so.
        """
        sharp = self._width(5) <= _LEAST_SOFT
        sharp &= (self._steepness > _STEP) & (np.abs(self.distance) > _APART)
        if not sharp.any():
            return ()
        steps: Flags = cv2.dilate(sharp.astype(np.uint8), _BESIDE) > 0
        return tuple((self._distance(level), steps) for level in (0.25, 0.75))

    def _width(self, window: int) -> Float:
        """Width in px of the ramp in a window of so many px; the window's where it is wider."""
        box = np.ones((window, window), np.uint8)
        drop = cv2.dilate(self._normal, box) - cv2.erode(self._normal, box)
        return np.asarray(drop / np.maximum(self._steepness - _ROUNDING, np.float32(1e-4)))

    @cached_property
    def soft(self) -> float:
        """Share of the outline where the artist's ramp is told from anti-aliasing."""
        width = self._width(5)[np.abs(self.distance) < 1]
        return float(np.mean(width > _LEAST_SOFT)) if width.size else 1.0

    def places(self, feather: Float | float, reach: float) -> tuple[Place, ...]:
        """What is around the outline, and around sharp steps inside the selection if there are any.

        Read from the outline near by: means with Gaussian weights, sigma a third of `reach`. Narrow
        is 0 where the ramp's middle is no steeper than that of a smoothstep of `feather` px
        (1.5 / feather) or than 1 / 4 px, 1 where it is as steep as an anti-aliased edge, and
        linear in the ramp's width between. feather: px, (H, W) or one for all.
        """
        enough = np.maximum(np.asarray(feather, np.float32) / _STEEPEST, _LEAST_SOFT)
        window = 2 * int(np.ceil(enough.max() / 2)) + 1
        seen = _Seen(enough, self._width(window), _most(self._selection, window), self._thin)
        found = [_place(self.distance, np.abs(self.distance) < 1, seen, reach)]
        for distance, steps in self._inner:
            found.append(_place(distance, (np.abs(distance) < 1) & steps, seen, reach))
        return tuple(found)


class _Seen(NamedTuple):
    """What is known of a pixel if it lies on an outline, (H, W) each but `enough`, which may be one
    for all: the width in px that is honoured, the drawn one, the highest level around; thinness."""

    enough: Float
    width: Float
    most: Mask
    thin: Float


def _most(selection: Mask, window: int) -> Mask:
    return np.asarray(cv2.dilate(selection, np.ones((window, window), np.uint8)), np.uint8)


def _place(distance: Float, on: Flags, seen: _Seen, reach: float) -> Place:
    """The means of what is known `on` the outline; nothing is narrow far from it."""
    height, width = on.shape
    at = np.flatnonzero(on)
    y, x = np.divmod(at, width)
    enough = seen.enough.ravel()[at] if seen.enough.ndim else seen.enough
    narrow = np.clip((enough - seen.width.ravel()[at]) / (enough - _SHARP), 0, 1)
    thin = seen.thin.ravel()[at]
    known = (
        np.ones(at.size, np.float32),
        np.maximum(narrow, thin),
        np.maximum(seen.most.ravel()[at] * np.float32(1 / 255), thin),
    )
    rows, columns = -(-height // _CELL), -(-width // _CELL)
    cell = (y // _CELL) * columns + x // _CELL
    sums = [np.bincount(cell, each, rows * columns).reshape(rows, columns) for each in known]
    spots = np.stack(sums, axis=2).astype(np.float32)
    spread = cv2.GaussianBlur(spots, (0, 0), max(reach / 3 / _CELL, 1))
    size = (columns * _CELL, rows * _CELL)
    near, narrows, full = (  # one by one: to split large pictures costs more than all else here
        np.asarray(cv2.resize(part, size)[:height, :width], np.float32)
        for part in cv2.split(spread)
    )
    share = np.asarray(1 / np.maximum(near, np.float32(1e-12)), np.float32)
    return Place(distance, _share(narrows, share), _share(full, share))


def _share(total: Float, share: Float) -> Float:
    """In place: these are large."""
    total *= share
    return np.minimum(total, 1, out=total)
