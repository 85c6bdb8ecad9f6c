"""What of a picture one click sends: one crop, or one for each far part of the selection.

Everything is refused or divided by sizes, before the picture's pixels are read.
"""

import math
from dataclasses import dataclass, field
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
from sfumato_protocol.messages import Limits, PassSpec

from . import sentences
from .hand import MaskHand, in_hand
from .parts import far_parts
from .types import Coverage, Frame, Refusal

_MOST_PARTS = 64  # more are a texture, not places
_CHEAP = 2048 * 2048  # px of a crop that is not worth dividing
_GAIN = 4  # times less to send, or a crop that could be sent whole is not divided


@dataclass(frozen=True)
class Framing:
    """The `Frames` of a ladder on a server. Called, it tells what each job of a click works on.

    One frame of all that is selected, its context reduced if need be; but where the server does
    not take so large a crop, or most of a large one would be sent for nothing, the parts that lie
    far apart get crops of their own, as few as will do. Raises `Refusal` for what cannot be sent.
    """

    passes: Tuple[PassSpec, ...]
    limits: Limits
    hand: MaskHand = field(default_factory=MaskHand)

    def __call__(self, canvas: Rect, bounds: Rect, coverage: Coverage) -> Tuple[Frame, ...]:
        whole = Frame(bounds, self.crop(canvas, bounds))
        fits = self._fits(whole.crop)
        if fits and _pixels(whole) <= _CHEAP:
            return (whole,)
        frames = self._divided(canvas, bounds, coverage)
        apart = 1 < len(frames) <= self.limits.jobs and all(self._fits(one.crop) for one in frames)
        if fits:
            worth = apart and _GAIN * sum(map(_pixels, frames)) <= _pixels(whole)
            return frames if worth else (whole,)
        if not apart:
            raise self._too_large(frames or (whole,))
        return frames

    def _divided(self, canvas: Rect, bounds: Rect, coverage: Coverage) -> Tuple[Frame, ...]:
        """A frame for each far part of the selection, or for some that share one; none if there is
        only one part, or more than can be places."""
        reach = max([extent.reach for extent in self.extents(canvas, bounds)], default=0.0)
        gap = 2 * math.ceil(reach) + MIN_CONTEXT  # so that no mask reaches into another's crop
        parts = far_parts(bounds.intersected(canvas), coverage, gap)
        if not 1 < len(parts) <= _MOST_PARTS:
            return ()
        groups = ((_around(group), tuple(group)) for group in self._grouped(canvas, parts))
        return tuple(Frame(frame, self.crop(canvas, frame), own) for frame, own in groups)

    def extents(self, canvas: Rect, bounds: Rect) -> Tuple[Extent, ...]:
        """The masks that the passes will draw of a selection with these bounds."""
        masks = in_hand(default_masks(canvas, bounds), self.hand)
        return tuple(pass_extent(p.zone, p.feather, p.width, masks) for p in self.passes)

    def crop(self, canvas: Rect, bounds: Rect) -> Rect:
        """The context crop, as small as the server needs it if that can be."""
        most = self.limits.crop_pixels
        extents = self.extents(canvas, bounds)
        return context_crop(bounds, canvas, extents, most, blobs.MAX_SIDE, self.hand.context)

    def _fits(self, crop: Rect) -> bool:
        pixels, side = crop.width * crop.height, max(crop.width, crop.height)
        return pixels <= self.limits.crop_pixels and side <= blobs.MAX_SIDE

    def _too_large(self, frames: Tuple[Frame, ...]) -> Refusal:
        """Why these frames cannot be sent, the first that is too large by itself before all."""
        for crop in (frame.crop for frame in frames):
            pixels, longest = crop.width * crop.height, max(crop.width, crop.height)
            if pixels > self.limits.crop_pixels:
                return Refusal(sentences.too_large(pixels, self.limits.crop_pixels))
            if longest > blobs.MAX_SIDE:
                return Refusal(sentences.too_long(longest, blobs.MAX_SIDE))
        return Refusal(sentences.too_many_places(len(frames), self.limits.jobs))

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


def _pixels(frame: Frame) -> int:
    return frame.crop.width * frame.crop.height
