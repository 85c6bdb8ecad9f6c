"""Between crop px and model px: the size a model gets, and pictures brought to it and back."""

from __future__ import annotations

import math
from itertools import product

import cv2
import numpy as np

from .arrays import Float

Size = tuple[int, int]

STRETCH = 0.01  # of proportions: too little to be seen in a face


def model_size(width: int, height: int, native: int, multiple: int, largest: int) -> Size:
    """The (width, height) in model px for a crop of `width` x `height` crop px.

    With native > 0 the area of native x native, else the crop's own size, cut down so that no side
    passes `largest`. Sides are multiples of `multiple`, at least one, at most `largest`; of the
    multiples around, those that keep the proportions best, then the area. A crop that keeps its own
    size is rounded up instead, so that padding is enough (`pad_to`).
    Raises ValueError if a size is not positive or `largest` is under `multiple`.
    """
    if min(width, height, multiple) < 1 or native < 0 or largest < multiple:
        raise ValueError(
            f"Got {width}x{height}, native {native}, multiple {multiple}, largest {largest}; "
            "expected positive sizes and largest >= multiple."
        )
    wanted = native / math.sqrt(width * height) if native else 1.0
    scale = min(wanted, largest / max(width, height))
    most = largest // multiple
    if scale == 1:
        ceiling = -(-width // multiple), -(-height // multiple)
        if max(ceiling) <= most:
            return ceiling[0] * multiple, ceiling[1] * multiple
    return _nearest(width, height, scale, multiple, most)


def fitted(crop: Size, model: Size, multiple: int) -> Size:
    """The (width, height) that a crop has within a model's size.

    Its own where that is rounded up to multiples; all of `model` where that stretches the crop by
    at most 1 %; else the largest of the crop's proportions that `model` has room for.
    """
    if model == tuple(-(-side // multiple) * multiple for side in crop):
        return crop
    across, down = (there / here for here, there in zip(crop, model, strict=True))
    if max(across, down) <= (1 + STRETCH) * min(across, down):
        return model
    scale = min(across, down)
    return max(1, round(crop[0] * scale)), max(1, round(crop[1] * scale))


def _nearest(width: int, height: int, scale: float, multiple: int, most: int) -> Size:
    cells_x, cells_y = width * scale / multiple, height * scale / multiple

    def misfit(cells: Size) -> float:
        proportion = math.log((cells[0] * height) / (cells[1] * width))
        area = math.log((cells[0] * cells[1]) / (cells_x * cells_y))
        return abs(proportion) + abs(area) / 4

    around = product(_whole(cells_x, most), _whole(cells_y, most))
    across, down = min(around, key=misfit)
    return across * multiple, down * multiple


def _whole(cells: float, most: int) -> list[int]:
    return sorted({min(max(count, 1), most) for count in (math.floor(cells), math.ceil(cells))})


def resized(image: Float, size: Size) -> Float:
    """`image` (H, W) or (H, W, C) float32 0..1 at `size` (width, height), clamped to 0..1.

    Area means when it gets smaller, Lanczos (8x8) when larger; the very values at the same size.
    """
    height, width = image.shape[:2]
    if (width, height) == size:
        return image
    smaller = size[0] * size[1] < width * height
    method = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    scaled = cv2.resize(image, size, interpolation=method).view(np.float32)
    return np.clip(scaled, 0, 1, out=scaled)


def shrunk(picture: Float, longest: int) -> Float:
    """`picture` (H, W, C) by area means, its longer side at most `longest` px; 1 px at least."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).view(np.float32)


def pad_to(image: Float, size: Size) -> Float:
    """`image` (H, W[, C]) mirrored on at the right and below to `size` (width, height)."""
    height, width = image.shape[:2]
    right, below = size[0] - width, size[1] - height
    if not below and not right:
        return image
    padded = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REFLECT_101)
    return padded.view(np.float32)


def unpad(image: Float, size: Size) -> Float:
    """The top left `size` (width, height) of `image`: undoes `pad_to` exactly."""
    width, height = size
    return np.ascontiguousarray(image[:height, :width])
