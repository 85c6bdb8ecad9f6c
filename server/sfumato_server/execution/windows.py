"""Which parts of a crop an engine is shown one by one, so that none of them is shrunk for others.

Islands of the mask that lie far apart make a large crop, which the model gets shrunk: a spot that
would be a hundred model px by itself is ten of them. Islands share a window where all of them fit
into it with little loss, and each window has the context that a crop of its islands would have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sfumato_protocol.geometry import Rect, context_crop

from ..engines.base import EngineTraits
from ..imaging.arrays import Flags, Float, Window
from ..imaging.parts import Labels, parts_of

_KEEPS = 0.9  # share of its scale that an island keeps in a window with others
_GAINS = 1.25  # by how much some island is seen larger where a crop is worth dividing
_NEAR = 16  # px: islands that are nearer to each other are one
_MOST = 500  # islands; more are a texture, which is looked at as a whole


@dataclass(frozen=True)
class View:
    """A window of the crop, `frame` in crop px, and where in it are the islands that it is for,
    (height, width); other islands in it are for other windows."""

    frame: Rect
    own: Flags

    @property
    def at(self) -> Window:
        """What cuts the window out of the crop."""
        frame = self.frame
        return slice(frame.y, frame.bottom), slice(frame.x, frame.right)


def views(denoise: Float, traits: EngineTraits) -> tuple[View, ...]:
    """The windows in which an engine runs a pass with the mask `denoise`, (H, W) float32.

    One, of the whole crop, unless the mask has islands that are seen clearly larger by themselves.
    """
    height, width = denoise.shape
    crop = Rect(0, 0, width, height)
    whole = (View(crop, denoise > 0),)
    if _scale(crop, traits) > 1 / _GAINS:
        return whole
    found, labels = parts_of(denoise, _NEAR)
    islands = [Rect(*frame) for frame in found]
    if not 1 < len(islands) <= _MOST:
        return whole
    groups = _grouped(islands, crop, traits)
    best = max(_scale(context_crop(frame, crop, ()), traits) for frame, _ in groups)
    if len(groups) == 1 or best < _GAINS * _scale(crop, traits):
        return whole
    return tuple(_view(frame, members, crop, labels) for frame, members in groups)


def _view(frame: Rect, members: list[int], crop: Rect, labels: Labels) -> View:
    view = View(context_crop(frame, crop, ()), np.zeros((0, 0), bool))
    return View(view.frame, np.isin(labels[view.at], members))


def _grouped(islands: list[Rect], crop: Rect, traits: EngineTraits) -> list[tuple[Rect, list[int]]]:
    """Bounds and numbers of the islands that share a window: each joins the first that it can."""
    groups: list[tuple[Rect, list[int]]] = []
    for number, island in _by_place(islands):
        for index, (frame, members) in enumerate(groups):
            both = _around(frame, island)
            scales = (_scale(context_crop(one, crop, ()), traits) for one in (frame, island, both))
            alone, other, shared = scales
            if shared >= _KEEPS * max(alone, other):
                groups[index] = (both, [*members, number])
                break
        else:
            groups.append((island, [number]))
    return groups


def _by_place(islands: list[Rect]) -> Iterator[tuple[int, Rect]]:
    """Islands with their numbers, neighbours after each other."""
    return iter(sorted(enumerate(islands, 1), key=lambda one: (one[1].y // 256, one[1].x)))


def _around(one: Rect, other: Rect) -> Rect:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Rect(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)


def _scale(frame: Rect, traits: EngineTraits) -> float:
    """Model px per crop px in a window; above 1 there is nothing more to be seen."""
    return min(1.0, traits.space(frame.width, frame.height).scale)
