"""What a finished job is to a client: passes in order, each a layer over the picture."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import PlannedPass, Submit

from .pixels import Image, Mask


@dataclass(frozen=True)
class PassResult:
    """One pass: `pixels` R (h, w, channels) with `mask` A (h, w) uint8 for `area` of the canvas.

    figures: what the server measured, by name.
    """

    planned: PlannedPass
    area: Rect
    pixels: Image
    mask: Mask
    seconds: float
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The layer's name, as in Krita."""
        return self.planned.title


@dataclass(frozen=True)
class Inpainted:
    """A finished job over `image` (H, W, channels): its passes in the order they ran.

    submit: what was asked. engine: the one that did it. selection: (H, W) uint8, as given.
    """

    submit: Submit
    engine: str
    image: Image
    selection: Mask
    passes: tuple[PassResult, ...] = ()
    seconds: float = 0.0

    def stages(self) -> Iterator[Image]:
        """The whole picture after each pass."""
        picture = self.image
        for done in self.passes:
            picture = laid_over(picture, done)
            yield picture

    @property
    def flattened(self) -> Image:
        """The picture with every pass, as a viewer of the layers sees it."""
        return functools.reduce(laid_over, self.passes, self.image)


def laid_over(picture: Image, done: PassResult) -> Image:
    """`picture` with one pass's layer on it, rounded once; where A is 0 nothing changes.

    C = (a R + (1 - a) p B) / alpha over premultiplied colour, with a = A times R's own alpha,
    p = (B's alpha) and alpha = a + (1 - a) p: the usual "over", which for opaque pictures is
    A R + (1 - A) B.
    """
    area = done.area
    place = np.s_[area.y : area.bottom, area.x : area.right]
    top = np.iinfo(picture.dtype).max
    below = picture[place].astype(np.float32) / top
    above = done.pixels.astype(np.float32) / top
    a = done.mask.astype(np.float32)[..., None] / 255.0
    mixed = _over(above, a, below)
    changed = picture.copy()
    touched = done.mask > 0
    changed[place][touched] = np.rint(mixed * top).astype(picture.dtype)[touched]
    return changed


def _over(above: NDArray[Any], a: NDArray[Any], below: NDArray[Any]) -> NDArray[Any]:
    if above.shape[2] == 3:
        mixed: NDArray[Any] = a * above + (1.0 - a) * below
        return mixed
    a = a * above[..., 3:]
    under = (1.0 - a) * below[..., 3:]
    alpha = a + under
    colour = (a * above[..., :3] + under * below[..., :3]) / np.maximum(alpha, 1e-6)
    return np.concatenate([colour, alpha], axis=2)
