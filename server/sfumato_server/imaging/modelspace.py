"""The way between crop px and model px for one crop and one model."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Float
from .resample import Size, model_size, pad_to_multiple, resized, unpad


@dataclass(frozen=True)
class ModelSpace:
    """crop, model: (width, height). multiple: what the model's sides are multiples of.

    Where the crop only lacks some px to the next multiple it is padded: no filter touches a pixel.
    """

    crop: Size
    model: Size
    multiple: int

    @classmethod
    def of(cls, width: int, height: int, native: int, multiple: int, largest: int) -> ModelSpace:
        """For a crop of width x height; the other arguments as of `model_size`."""
        model = model_size(width, height, native, multiple, largest)
        return cls((width, height), model, multiple)

    @property
    def scale(self) -> float:
        """Model px per crop px."""
        if self.padded:
            return 1.0
        area = (self.model[0] * self.model[1]) / (self.crop[0] * self.crop[1])
        return float(area**0.5)

    @property
    def padded(self) -> bool:
        """Whether the model's size is the crop's, rounded up to the next multiple."""
        return all(
            m == side + -side % self.multiple for m, side in zip(self.model, self.crop, strict=True)
        )

    def enter(self, pixels: Float) -> Float:
        """A picture or mask (H, W[, C]) of the crop at the model's size."""
        if self.padded:
            return pad_to_multiple(pixels, self.multiple)
        return resized(pixels, self.model)

    def leave(self, pixels: Float) -> Float:
        """A picture of the model's, or a smaller preview of it, at the crop's size."""
        if self.padded and pixels.shape[1::-1] == self.model:
            return unpad(pixels, self.crop)
        return resized(pixels, self.crop)
