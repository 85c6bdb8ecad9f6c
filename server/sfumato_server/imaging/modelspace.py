"""The way between crop px and model px for one crop and one model."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .arrays import Float
from .resample import Size, fitted, model_size, pad_to, resized, unpad


@dataclass(frozen=True)
class ModelSpace:
    """crop, content, model: (width, height).

    The crop is brought to the size `content`, which keeps its proportions within 1 %; where that is
    less than `model` it is mirrored on at the right and below. A crop that only lacks some px to
    the next multiple is its own content: no filter touches a pixel.
    """

    crop: Size
    content: Size
    model: Size

    @classmethod
    def of(cls, width: int, height: int, native: int, multiple: int, largest: int) -> ModelSpace:
        """For a crop of width x height; the arguments are those of `model_size`."""
        model = model_size(width, height, native, multiple, largest)
        return cls((width, height), fitted((width, height), model, multiple), model)

    @property
    def scale(self) -> float:
        """Model px per crop px."""
        return math.sqrt(math.prod(self.content) / math.prod(self.crop))

    def enter(self, pixels: Float) -> Float:
        """A picture or mask (H, W[, C]) of the crop at the model's size."""
        return pad_to(resized(pixels, self.content), self.model)

    def leave(self, pixels: Float) -> Float:
        """A picture of the model's, or a smaller preview of it, at the crop's size."""
        return resized(self.content_of(pixels), self.crop)

    def content_of(self, pixels: Float) -> Float:
        """What of a picture of the model's, or of a smaller preview of it, shows the crop."""
        shares = zip(pixels.shape[1::-1], self.content, self.model, strict=True)
        width, height = (max(1, round(side * part / whole)) for side, part, whole in shares)
        return unpad(pixels, (width, height))
