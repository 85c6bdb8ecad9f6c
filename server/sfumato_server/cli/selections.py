"""Selections from the command line: a shape in words, or a mask image."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..client.pixels import Image as Pixels
from ..client.pixels import Mask
from . import pictures

_SHAPE = re.compile(r"(ellipse|rect):(-?\d+),(-?\d+),(\d+),(\d+)\Z")
_FINE = 8
_NEARLY_BLACK = 13  # a coverage under 5 %
_BLACK = 20  # the highest level that may be meant so
_NOISE = 3
_COMMON = 0.005  # of all px
_LUMA = np.array([0.299, 0.587, 0.114])  # Rec. ITU-R BT.601


class BadSelection(ValueError):
    """Words or a file that give no selection of this picture; the text says what would."""


def parse(words: str, width: int, height: int) -> Mask:
    """The coverage (height, width) uint8 that `words` describe. Raises `BadSelection`."""
    shape = _SHAPE.match(words)
    if shape:
        x, y, w, h = (int(number) for number in shape.groups()[1:])
        drawn = _rectangle if shape[1] == "rect" else _ellipse
        mask = drawn((x, y, w, h), width, height)
    elif re.match(r"(ellipse|rect):", words):
        raise BadSelection(f"got {words}; expected four numbers in px, x,y,width,height")
    else:
        mask = _from_file(Path(words), width, height)
    if not mask.any():
        got = f"{words}, which selects no pixel of the picture"
        raise BadSelection(f"got {got}; expected some of its {width}x{height} px")
    if mask.max() < _NEARLY_BLACK:
        got = f"{words}, which is nearly black: its brightest level is {mask.max()} of 255"
        raise BadSelection(f"got {got}; expected white, 255, where the picture is selected")
    return mask


def _rectangle(box: tuple[int, int, int, int], width: int, height: int) -> Mask:
    x, y, w, h = box
    mask = np.zeros((height, width), np.uint8)
    mask[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = 255
    return mask


def _ellipse(box: tuple[int, int, int, int], width: int, height: int) -> Mask:
    """The ellipse in `box`, anti-aliased: of each px the mean of its share of 8 lines across."""
    x, y, w, h = box
    mask = np.zeros((height, width), np.uint8)
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + w), min(height, y + h)
    if right <= left or bottom <= top:
        return mask
    columns = np.arange(left, right, dtype=np.float64)
    for row in range(top, bottom):
        down = (row + (np.arange(_FINE) + 0.5) / _FINE - (y + h / 2)) / (h / 2)
        reach = w / 2 * np.sqrt(1 - down[:, None] ** 2)
        ends = (np.clip(x + w / 2 + way * reach, columns, columns + 1) for way in (1, -1))
        mask[row, left:right] = np.rint(np.subtract(*ends).mean(axis=0) * 255)
    return mask


def _from_file(path: Path, width: int, height: int) -> Mask:
    if not os.path.isfile(path):  # Path.is_file raises for a name that is too long
        raise BadSelection(
            f"got {str(path)[:80]}; expected a mask image or ellipse:x,y,width,height or "
            "rect:x,y,width,height"
        )
    try:
        mask = _coverage(pictures.read(path))
    except pictures.UnreadablePicture as error:
        raise BadSelection(f"the mask {error}") from error
    if mask.shape != (height, width):
        got = f"a mask of {mask.shape[1]}x{mask.shape[0]} px"
        raise BadSelection(
            f"got {got}; expected the picture's size, {width}x{height}. Scale it or draw it anew."
        )
    return mask


def _coverage(drawn: Pixels) -> Mask:
    """How white a mask image (H, W, 3 or 4) is, 0..255; what is transparent is not selected.

    Labels, 0 and 1 alone, are black and white. A black of up to 20 is black: the crop is
    cut round all that is not. What counts as white is the server's to say.
    """
    if drawn.max(initial=0) == 1 and (drawn[..., :3] == 0).any():
        drawn = drawn[..., :3] * np.iinfo(drawn.dtype).max
    white: NDArray[np.float64] = drawn[..., :3].astype(np.float64) @ _LUMA
    top = float(np.iinfo(drawn.dtype).max)
    if drawn.shape[2] == 4:
        white *= drawn[..., 3] / top
    return _black_at_0(np.rint(white / top * 255).astype(np.uint8))


def _black_at_0(coverage: Mask) -> Mask:
    """Without a black that is a little above 0; all between it and white in proportion."""
    counts = np.bincount(coverage.ravel(), minlength=256)
    common = np.flatnonzero(counts > _COMMON * coverage.size)
    black = int(common[0]) if common.size else 0
    if not 0 < black <= _BLACK or coverage.max() < 128:
        return coverage
    table = np.rint((np.arange(256) - black) * (255 / (255 - black)))
    table[: black + _NOISE + 1] = 0
    clear: Mask = table.astype(np.uint8)[coverage]
    return clear
