"""Doubled edges: what a pass leaves when it half repaints a contour beside its old place."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Float, Mask, bounds, window

Vectors = tuple[Float, Float]

_LONGEST = 384
_BLOCK = 32
_RINGS = ((3.5, 8), (6.0, 12), (8.5, 16))
_REACH = 9
_LEAST_ENERGY = 1e-5


def ghosting(before: Float, after: Float, core: Mask) -> float:
    """How far edges stand twice after a pass, 0 to 1.

    before, after: C[k-1] and C[k], (H, W, 3) float32 sRGB 0..1. core: (H, W) uint8, above 127
    where it is judged. On luma, at most 384 px long, in blocks of 32 px of it: g is the
    gradient before, h after, and with sums over a block

        kept   = <h, g> / <g, g>                         what is left of the old edges
        copied = max over t of <h - kept g, g at t> / <g, g>    what stands beside, 3 to 9 px away

    Edges stand twice where they are partly kept and partly copied: 2 min(kept, copied), averaged
    over the blocks with weight <g, g>^1/2. Of a picture left alone, softened, repainted, or with
    its edges moved whole little is either kept or copied; an even mix with a displaced copy is
    near 1. It is the second peak of a cross-correlation, as used to find reflections in echoes.
    """
    frame = bounds(core)
    if frame is None:
        return 0.0
    at, (_, _, width, height) = window(frame), frame
    scale = min(1.0, _LONGEST / max(width, height)) / _BLOCK
    size = (max(1, round(width * scale)) * _BLOCK, max(1, round(height * scale)) * _BLOCK)
    judged = cv2.resize(core[at], size, interpolation=cv2.INTER_AREA) > 127
    old, new = (_gradient(_luma(picture[at], size)) for picture in (before, after))
    old = (old[0] * judged, old[1] * judged)
    energy, common = _sums(_dot(old, old)), _sums(_dot(old, new))
    total = np.maximum(energy, _LEAST_ENERGY)
    kept = common / total
    spread = [cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in (common, total)]
    share = spread[0].view(np.float32) / spread[1].view(np.float32)
    rest: list[Float] = [
        np.pad(judged * (h - share * g), _REACH) for h, g in zip(new, old, strict=True)
    ]
    copied = _greatest_echo(old, rest) / total
    weight = np.sqrt(np.where(energy > _LEAST_ENERGY, energy, 0))
    if not weight.any():
        return 0.0
    return float(np.average(2 * np.clip(np.minimum(kept, copied), 0, 0.5), weights=weight))


def _greatest_echo(old: Vectors, rest: list[Float]) -> Float:
    """For each block the largest mean of <rest, old> over the offsets; `rest` is padded."""
    height, width = old[0].shape
    greatest = np.zeros((height // _BLOCK, width // _BLOCK), np.float32)
    for dx, dy in _offsets():
        rows = slice(_REACH + dy, _REACH + dy + height)
        columns = slice(_REACH + dx, _REACH + dx + width)
        beside = (rest[0][rows, columns], rest[1][rows, columns])
        np.maximum(greatest, _sums(_dot(old, beside)), out=greatest)
    return greatest


def _luma(picture: Float, size: tuple[int, int]) -> Float:
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (5, 5), 0.8).view(np.float32)


def _gradient(luma: Float) -> Vectors:
    along_x, along_y = (
        cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8).view(np.float32)
        for dx in (1, 0)
    )
    return along_x, along_y


def _dot(a: Vectors, b: Vectors) -> Float:
    product = a[0] * b[0]
    product += a[1] * b[1]
    return product


def _sums(field: Float) -> Float:
    """Means over blocks."""
    size = (field.shape[1] // _BLOCK, field.shape[0] // _BLOCK)
    return cv2.resize(field, size, interpolation=cv2.INTER_AREA).view(np.float32)


def _offsets() -> set[tuple[int, int]]:
    return {
        (round(radius * np.cos(turn)), round(radius * np.sin(turn)))
        for radius, count in _RINGS
        for turn in np.arange(count) * (2 * np.pi / count)
    }
