"""The window around a hole at several scales. Nothing of the hole's content leaks.

Pictures are (h, w, C) float32: three sRGB channels 0..1 and two of texture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Flags, Float
from ...imaging.masks.region import inscribed
from ...imaging.standout import standout

Number = TypeVar("Number", np.float32, np.int64)

TEXTURE_GAIN = 2.0
TEXTURE_SIDE = 9  # px of the full resolution
LOUD = np.float32(0.1)  # c
RIM = 0.35  # of the hole's inscribed radius, that the rim is wide
ROUNDING = 0.5 / 255  # of 0..1 a px


@dataclass(frozen=True)
class Level:
    """The window reduced k = `scale` times. Lengths in px of this level.

    picture: (h, w, 5), means of the known px, in the hole those of the nearest. hole: (h, w).
    loud: (h, w), what it costs to copy a px: c e², e how far it stands out of what the hole's rim
    is used to (`imaging.standout`), so that no eye or nostril is copied onto plain skin.
    """

    scale: int
    picture: Float
    hole: Flags
    loud: Float

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)."""
        return self.hole.shape[0], self.hole.shape[1]

    @property
    def busy(self) -> Float:
        """(h, w): the texture of each px, mean of both channels."""
        return np.asarray(self.picture[..., 3:].mean(axis=2), np.float32)


def build_level(image: Float, hole: Flags, scale: int) -> Level:
    """One level of `image` (H, W, 3). A cell at least half known stands for its known px."""
    textured = _with_texture(image, ~hole)
    mean, share = _reduced(textured, ~hole, scale)
    unknown = share < 0.5
    picture = nearest(mean, ~unknown)
    return Level(scale, picture, unknown, _loud(picture, unknown))


def _loud(picture: Float, hole: Flags) -> Float:
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    rim = (away > 1.5) & (away < max(6.0, RIM * inscribed(hole)))
    return LOUD * standout(picture[..., :3].mean(axis=2), rim, ROUNDING) ** 2


def nearest(field: NDArray[Number], known: Flags) -> NDArray[Number]:
    """`field` (h, w, C) with, where not `known`, what the nearest known px has."""
    _, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((int(label.max()) + 1, field.shape[2]), field.dtype)
    table[label[known]] = field[known]
    return np.asarray(np.where(known[..., None], field, table[label]), field.dtype)


def _with_texture(image: Float, known: Flags) -> Float:
    """(H, W, 5): `image` and twice the mean of |∂x| and of |∂y| over the known px near.

    After Newson, Almansa, Gousseau and Pérez, "Non-local patch-based image inpainting", IPOL 2017:
    averages alone cannot tell grass from a green wall.
    """
    features = [image]
    for axis in (1, 0):
        both = np.zeros(known.shape, np.float32)
        slope = np.zeros(known.shape, np.float32)
        first, second = ((slice(None),) * axis + (part,) for part in (np.s_[:-1], np.s_[1:]))
        both[first] = known[first] & known[second]
        slope[first] = np.abs(np.diff(image, axis=axis)).mean(2)
        counted = np.maximum(_box(both), np.float32(1e-6))
        mean = np.float32(TEXTURE_GAIN) * _box(slope * both) / counted
        features.append(np.asarray(mean, np.float32)[..., None])
    return np.concatenate(features, axis=2).astype(np.float32)


def _box(plane: Float) -> Float:
    side = (TEXTURE_SIDE, TEXTURE_SIDE)
    return np.asarray(cv2.blur(plane, side, borderType=cv2.BORDER_CONSTANT), np.float32)


def _reduced(picture: Float, known: Flags, scale: int) -> tuple[Float, Float]:
    """Means of the known px of each scale × scale cell, and the share known (h, w)."""
    rows, columns = (-(-side // scale) for side in known.shape)
    room = ((0, -known.shape[0] % scale), (0, -known.shape[1] % scale), (0, 0))

    def sums(field: Float) -> Float:
        cells = np.pad(field, room).reshape(rows, scale, columns, scale, -1)
        return np.asarray(cells.sum((1, 3)), np.float32)

    there = known[..., None].astype(np.float32)
    total, counted = sums(picture * there), sums(there)
    mean = total / np.maximum(counted, np.float32(1e-6))
    share = counted / sums(np.ones_like(there))
    return np.asarray(mean, np.float32), np.asarray(share[..., 0], np.float32)
