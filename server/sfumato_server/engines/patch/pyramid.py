"""The crop at several scales: masked averages, texture channels, smooth fills.

Pictures are float32 tensors (H, W, C) in −1..1, masks (H, W). Unknown pixels never leak: an
averaged pixel is the mean of its known pixels only.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ...imaging.smooth_fill import membrane

TEXTURE_GAIN = 2.0


@dataclass(frozen=True)
class Level:
    """The crop reduced k times. Lengths in px of this level.

    clean: (h, w, C) the averages of the known pixels, with the fill where nothing is known.
    content: (h, w, C) the same with the old content where not `known`. mask: (h, w) the denoise
    mask D, 0 where nothing may change.
    known: (h, w) bool, pixels that may be copied from; where D is small it may change as well.
    C is 3, or 5 with texture channels.
    """

    scale: int
    clean: Tensor
    content: Tensor
    mask: Tensor
    known: Tensor

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)."""
        return self.clean.shape[0], self.clean.shape[1]


def build_level(image: Tensor, mask: Tensor, fixed: Tensor, known: Tensor, scale: int) -> Level:
    """One level. image: (H, W, 3) in −1..1. mask: (H, W) 0..1. fixed: (H, W) bool, pixels that
    stay; known: (H, W) bool, these and more that may be copied from.

    A cell at least half known stands for its known pixels, another for its unknown ones.
    """
    textured = scale >= 2
    everything = known.new_ones(known.shape)
    clean, share = _reduced(with_texture(image, known) if textured else image, known, scale)
    old = with_texture(image, everything) if textured else image
    content, _ = _reduced(old, ~known, scale)
    freedom, loose = _reduced(mask[..., None], ~fixed, scale)
    level_known = share >= 0.5
    level_mask = freedom[..., 0].masked_fill(loose <= 0.5, 0.0)
    clean = filled(clean, share > 0)
    content = torch.where(level_known[..., None], clean, content)
    return Level(scale, clean, content, level_mask, level_known)


def with_texture(image: Tensor, known: Tensor) -> Tensor:
    """(H, W, 5): `image` and twice the 9 × 9 mean of |∂x| and |∂y| over known pixels.

    Texture features after Newson, Almansa, Gousseau and Pérez, "Non-local patch-based image
    inpainting", IPOL 2017: averages alone cannot tell grass from a green wall.
    """
    features = []
    for axis in (1, 0):
        slope = (image.diff(dim=axis).abs()).mean(2, keepdim=True)
        length = image.shape[axis] - 1
        both = known.narrow(axis, 0, length) & known.narrow(axis, 1, length)
        pad = (0, 0, 0, 1) if axis == 1 else (0, 0, 0, 0, 0, 1)
        slope = torch.nn.functional.pad(slope * both[..., None], pad)
        counted = torch.nn.functional.pad(both[..., None].float(), pad)
        features.append(TEXTURE_GAIN * box(slope, 9) / box(counted, 9).clamp(min=1e-6))
    return torch.cat([image, *features], dim=2)


def box(picture: Tensor, side: int) -> Tensor:
    """Mean over side × side px, zeros beyond the edge."""
    planes = picture.permute(2, 0, 1)[None]
    half = side // 2
    down = torch.nn.functional.avg_pool2d(planes, (side, 1), 1, (half, 0))
    mean = torch.nn.functional.avg_pool2d(down, (1, side), 1, (0, half))
    return mean[0].permute(1, 2, 0)


def _reduced(picture: Tensor, known: Tensor, scale: int) -> tuple[Tensor, Tensor]:
    """Means of the known pixels of each scale × scale cell, and the share known (h, w)."""
    height, width = known.shape
    pad = (0, -width % scale, 0, -height % scale)
    there = torch.nn.functional.pad(known.float()[None, None], pad)
    planes = torch.nn.functional.pad(picture.permute(2, 0, 1)[None], pad) * there
    inside = torch.nn.functional.pad(torch.ones(1, 1, height, width), pad)
    pooled = [torch.nn.functional.avg_pool2d(each, scale) for each in (planes, there, inside)]
    mean = (pooled[0] / pooled[1].clamp(min=1e-6))[0].permute(1, 2, 0)
    return mean, (pooled[1] / pooled[2])[0, 0]


def filled(picture: Tensor, known: Tensor) -> Tensor:
    """`picture` (H, W, C) with a membrane where not `known` (H, W), if anything is."""
    return torch.from_numpy(membrane(picture.numpy(), ~known.numpy()))


def detail(level: Level) -> float:
    """Root mean square of what halving the resolution loses, over the known pixels."""
    planes = level.clean[..., :3].permute(2, 0, 1)[None]
    size = planes.shape[2:]
    small = torch.nn.functional.interpolate(planes, scale_factor=0.5, mode="area")
    large = torch.nn.functional.interpolate(small, size=size, mode="bilinear")
    gap = (planes - large)[0].permute(1, 2, 0)[level.known]
    return float(gap.square().mean().sqrt()) if gap.numel() else 0.03
