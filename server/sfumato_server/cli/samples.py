"""What picture files hold, before it is made into colour and alpha."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..client.pixels import Image

_TURNS = {3: 2, 6: 3, 8: 1, 5: 1, 7: 3}  # of EXIF's orientations; quarters against the clock
_MIRRORED = {2, 4, 5, 7}


class TooStrange(ValueError):
    """A file whose pixels cannot be had; the text goes on from its name and has no full stop."""


@dataclass(frozen=True)
class Samples:
    """colour: (H, W, 1, 3 or 4) uint8 or uint16: grey, RGB or CMYK (full is ink). alpha: (H, W) of
    the same type, or None. notes: what was left out, each a sentence that goes on from a name."""

    colour: NDArray[Any]
    alpha: NDArray[Any] | None = None
    premultiplied: bool = False
    notes: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        """The colour space as ICC calls it."""
        return {1: "GRAY", 3: "RGB", 4: "CMYK"}[self.colour.shape[2]]


def to_rgb(samples: Samples) -> Image:
    """(H, W, 3 or 4), alpha not premultiplied; grey becomes colour, CMYK by the plain formula."""
    colour = samples.colour
    top = int(np.iinfo(colour.dtype).max)
    if samples.space == "GRAY":
        colour = np.repeat(colour, 3, axis=2)
    elif samples.space == "CMYK":
        light = top - colour.astype(np.uint64)
        colour = ((light[..., :3] * light[..., 3:] + top // 2) // top).astype(colour.dtype)
    if samples.alpha is None:
        return np.ascontiguousarray(colour)
    if samples.premultiplied:
        share = np.maximum(samples.alpha, 1).astype(np.uint64)[..., None]
        whole = (colour.astype(np.uint64) * top + share // 2) // share
        colour = np.minimum(whole, top).astype(colour.dtype)
    joined: Image = np.dstack([colour, samples.alpha])
    return joined


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """A picture (H, W, …) turned as EXIF's `orientation`, 1 to 8, asks; anything else is 1."""
    if orientation in _MIRRORED:
        pixels = pixels[::-1] if orientation == 4 else pixels[:, ::-1]
    return np.ascontiguousarray(np.rot90(pixels, _TURNS.get(orientation, 0)))
