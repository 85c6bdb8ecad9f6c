"""Small pictures of what a job works on, taken from a few of its pixels. No Qt, nothing decoded."""

from dataclasses import dataclass
from typing import Optional

from sfumato_protocol.colour import LINEAR_PROFILES
from sfumato_protocol.geometry import Rect

from .colours import DEPTHS
from .types import Bytes, ColourSpace

SIDE = 96
_CHANNELS = 4
_OPAQUE = 255
# What a screen wants of the value of a linear picture.
GAMMA = bytes(round(255 * (value / 255) ** (1 / 2.2)) for value in range(256))


@dataclass(frozen=True)
class Thumbnail:
    """area: where it belongs, canvas px. pixels: B, G, R, A of columns × rows, one byte each, the
    alpha not multiplied in; its longer side has `SIDE` to 2 · `SIDE` px, or the area's own."""

    area: Rect
    columns: int
    rows: int
    pixels: bytes


def thumbnail(
    pixels: Bytes, area: Rect, colour: ColourSpace, mask: Optional[Bytes] = None
) -> Optional[Thumbnail]:
    """Of an area's pixels as Krita gives them. mask: its alpha, one byte a pixel, None for opaque.
    None where there are no pixels."""
    size = DEPTHS[colour.depth].pixel_bytes if colour.depth in DEPTHS else 0
    if area.empty or not size or len(pixels) != area.width * area.height * size:
        return None
    step = max(1, max(area.width, area.height) // SIDE)
    columns, rows = -(-area.width // step), -(-area.height // step)
    table = GAMMA if colour.profile in LINEAR_PROFILES else None
    taken = bytearray(columns * rows * _CHANNELS)
    view = memoryview(pixels)
    for row in range(rows):
        start = row * step * area.width
        line = bytes(view[start * size : (start + area.width) * size])
        made = bytearray(columns * _CHANNELS)
        for channel in range(_CHANNELS - 1):
            high = (channel + 1) * size // _CHANNELS - 1  # its most significant byte
            values = line[high :: size * step]
            made[channel::_CHANNELS] = values.translate(table) if table else values
        made[_CHANNELS - 1 :: _CHANNELS] = _alpha(mask, start, area.width, step)
        taken[row * columns * _CHANNELS : (row + 1) * columns * _CHANNELS] = made
    return Thumbnail(area, columns, rows, bytes(taken))


def _alpha(mask: Optional[Bytes], start: int, width: int, step: int) -> bytes:
    if mask is None:
        return bytes([_OPAQUE]) * -(-width // step)
    return bytes(memoryview(mask)[start : start + width])[::step]
