"""What of a picture one click sends: one crop, or one for each far part of the selection.

Everything is refused or divided by sizes, before the picture's pixels are read.
"""

import math
from dataclasses import dataclass
from typing import List, Tuple

from sfumato_protocol import blobs
from sfumato_protocol.geometry import (
    MIN_CONTEXT,
    Extent,
    Rect,
    context_crop,
    default_masks,
    pass_extent,
)
from sfumato_protocol.messages import Limits, RecipeInfo

from . import sentences
from .parts import far_parts
from .types import Coverage, Frame, Refusal

_MOST_PARTS = 64  # more are a texture, not places
_CHEAP = 2048 * 2048  # px of a crop that is not worth dividing


@dataclass(frozen=True)
class Framing:
    """The `Frames` of a recipe on a server. Called, it tells what each job of a click works on.

    One frame, as long as the server takes a crop with all of the selection, its context reduced if
    need be; only else the parts that lie far apart get crops of their own, as few as will do.
    Raises `Refusal` for what cannot be sent.
    """

    recipe: RecipeInfo
    limits: Limits

    def __call__(self, canvas: Rect, bounds: Rect, coverage: Coverage) -> Tuple[Frame, ...]:
        crop = self.crop(canvas, bounds)
        if self._fits(crop):
            return (Frame(bounds, crop),)
        reach = max(extent.reach for extent in self.extents(canvas, bounds))
        gap = 2 * math.ceil(reach) + MIN_CONTEXT  # so that no mask reaches into another's crop
        parts = far_parts(bounds.intersected(canvas), coverage, gap)
        if not 1 < len(parts) <= _MOST_PARTS:
            raise self._too_large(crop)
        for part in parts:
            alone = self.crop(canvas, part)
            if not self._fits(alone):
                raise self._too_large(alone)
        groups = self._grouped(canvas, parts)
        if len(groups) > self.limits.jobs:
            raise Refusal(sentences.too_many_places(len(groups), self.limits.jobs))
        frames = ((_around(group), tuple(group)) for group in groups)
        return tuple(Frame(frame, self.crop(canvas, frame), own) for frame, own in frames)

    def extents(self, canvas: Rect, bounds: Rect) -> Tuple[Extent, ...]:
        """The masks that the recipe's passes will draw of a selection with these bounds."""
        masks = default_masks(canvas, bounds)
        return tuple(pass_extent(p.zone, p.feather, p.width, masks) for p in self.recipe.passes)

    def crop(self, canvas: Rect, bounds: Rect) -> Rect:
        """The context crop, as small as the server needs it if that can be."""
        most = self.limits.crop_pixels
        return context_crop(bounds, canvas, self.extents(canvas, bounds), most, blobs.MAX_SIDE)

    def _fits(self, crop: Rect) -> bool:
        pixels, side = crop.width * crop.height, max(crop.width, crop.height)
        return pixels <= self.limits.crop_pixels and side <= blobs.MAX_SIDE

    def _too_large(self, crop: Rect) -> Refusal:
        longest = max(crop.width, crop.height)
        pixels, limit = crop.width * crop.height, self.limits.crop_pixels
        if pixels > limit:
            return Refusal(sentences.too_large(pixels, limit))
        return Refusal(sentences.too_long(longest, blobs.MAX_SIDE))

    def _grouped(self, canvas: Rect, parts: Tuple[Rect, ...]) -> List[List[Rect]]:
        """Parts that share a crop: those that are cheap together; and where the server does not
        take that many jobs, whatever fits into one."""
        most = min(_CHEAP, self.limits.crop_pixels)
        groups = self._joined(canvas, [[part] for part in parts], most)
        if len(groups) > self.limits.jobs:
            groups = self._joined(canvas, groups, self.limits.crop_pixels)
        return groups

    def _joined(self, canvas: Rect, given: List[List[Rect]], most: int) -> List[List[Rect]]:
        """Each group joins the first that it can, in a crop of at most `most` px."""
        groups: List[List[Rect]] = []
        for one in given:
            for group in groups:
                shared = self.crop(canvas, _around(group + one))
                if shared.width * shared.height <= most and self._fits(shared):
                    group.extend(one)
                    break
            else:
                groups.append(list(one))
        return groups


def _around(rects: List[Rect]) -> Rect:
    x, y = min(rect.x for rect in rects), min(rect.y for rect in rects)
    right, bottom = max(rect.right for rect in rects), max(rect.bottom for rect in rects)
    return Rect(x, y, right - x, bottom - y)
