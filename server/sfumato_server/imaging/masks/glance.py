"""A large selection made smaller, for masks that are only looked at: what runs is drawn in full."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from sfumato_protocol.geometry import Extent

from ..arrays import Mask
from .zones import SelectionShape

SIDE = 640  # px of the longer side from which masks in a panel are reduced
_LEAST_SCALE = 1.2
_LEAST_RADIUS = 12.0  # px: from here on what islands get grows with them
_LEAST_RAMP = 6.0  # px of radius times fit, likewise
_LEAST_FEATHER = 1.5  # px
_RAMP = 6.0  # px, which a ramp of 4 is partly selected over at least
_FEW = 0.02
_TOLERANCE = 64
_AROUND = np.ones((5, 5), np.uint8)


@dataclass(frozen=True)
class Glance:
    """A selection as it is drawn. scale: crop px to one px of `shape`, 1 for the selection itself.

    Where scale is above 1, edges of masks lie within one px of where those of the selection itself
    lie once they are reduced to the px of `shape`.
    """

    shape: SelectionShape
    scale: float = 1.0

    def scaled(self, extent: Extent) -> Extent:
        """The extent with its lengths in px of the shape."""
        if self.scale == 1:
            return extent
        lengths = ("grow", "feather", "width", "narrowest")
        return replace(extent, **{name: getattr(extent, name) / self.scale for name in lengths})

    def suits(self, extents: Iterable[Extent]) -> bool:
        """Whether these may be drawn so. What is fitted to islands too small for it may not, nor
        ramps that are finer than what is drawn, nor what stays inside a part that is nowhere
        selected in full."""
        if self.scale == 1:
            return True
        wanted = tuple(extents)
        if any(extent.feather < _LEAST_FEATHER * self.scale for extent in wanted):
            return False
        if self.shape.brightest < 255 and any(extent.keep_inside for extent in wanted):
            return False  # how far inside depends on levels beside the edge
        least = float(self.shape.islands.radii[1:].min(initial=math.inf))
        fits = [extent.fit for extent in wanted if extent.fit]
        return not fits or (least >= _LEAST_RADIUS and least * min(fits) >= _LEAST_RAMP)


def glance(selection: Mask, longest: int) -> Glance:
    """The selection, (H, W) uint8, as it is to be drawn for masks of `longest` px a side, 0 for its
    own size; reduced where it is a lot larger, and nothing in it is too thin for that."""
    height, width = selection.shape
    scale = max(height, width) / max(SIDE, longest) if longest else 1.0
    partial = cv2.inRange(selection, 1, 254) if scale >= _LEAST_SCALE else selection
    while scale >= _LEAST_SCALE:
        size = (max(1, round(width / scale)), max(1, round(height / scale)))
        reduced = np.asarray(cv2.resize(selection, size, interpolation=cv2.INTER_AREA), np.uint8)
        if not _has_steep_ramps(partial, scale) and not _is_thin(selection, reduced, scale):
            return Glance(SelectionShape(reduced), scale)
        scale /= 2
    return Glance(SelectionShape(selection))


def _has_steep_ramps(partial: cv2.typing.MatLike, scale: float) -> bool:
    """Whether ramps that are told from a sharp edge would not be once they are reduced. partial:
    where something is partly selected."""
    soft = cv2.erode(partial, np.ones((3, 3), np.uint8))
    side = math.ceil(_RAMP * scale)
    wide = cv2.morphologyEx(partial, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    few = _FEW * cv2.countNonZero(soft)
    return cv2.countNonZero(cv2.subtract(soft, wide)) > few


def _is_thin(selection: Mask, reduced: Mask, scale: float) -> bool:
    """Whether the means over `scale` px lose a line, a dot or a gap: its level is not in `reduced`
    around it."""
    size = (reduced.shape[1], reduced.shape[0])
    block = np.ones((math.ceil(scale), math.ceil(scale)), np.uint8)

    def seen(extreme: cv2.typing.MatLike) -> cv2.typing.MatLike:
        return cv2.resize(extreme, size, interpolation=cv2.INTER_NEAREST)

    lost = cv2.subtract(seen(cv2.dilate(selection, block)), cv2.dilate(reduced, _AROUND))
    filled = cv2.subtract(cv2.erode(reduced, _AROUND), seen(cv2.erode(selection, block)))
    return bool(max(lost.max(initial=0), filled.max(initial=0)) > _TOLERANCE)
