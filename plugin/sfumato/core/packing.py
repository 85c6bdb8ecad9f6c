"""A selection as it is stored with a job's record: where it is, and its coverage, packed."""

import struct
import zlib
from typing import Sequence, Tuple

from sfumato_protocol import blobs
from sfumato_protocol.errors import InvalidField
from sfumato_protocol.geometry import Rect

from . import again_sentences as sentences
from .types import Bytes, Refusal

# An area of the canvas, and its coverage, one byte a pixel.
Packed = Tuple[Rect, bytes]

_PLACE = struct.Struct("<4i")
_FASTEST = 1
LARGEST = 64 * 1024 * 1024  # more than any selection is, packed


def pack(area: Rect, coverage: Bytes) -> bytes:
    """Coverage of an area of the canvas, one byte a pixel; b"" for one of another size."""
    if len(coverage) != area.width * area.height:
        return b""
    place = _PLACE.pack(area.x, area.y, area.width, area.height)
    return place + zlib.compress(coverage, _FASTEST)


def unpack(content: bytes) -> Packed:
    """The inverse of `pack`. Raises `Refusal` for what it cannot have written."""
    try:
        area = Rect(*_PLACE.unpack_from(content))
        size = area.width * area.height
        if not 0 < size <= blobs.MAX_SIDE**2 or max(area.width, area.height) > blobs.MAX_SIDE:
            raise ValueError("size")
        opened = zlib.decompressobj()
        coverage = opened.decompress(content[_PLACE.size :], size)
        if len(coverage) != size:
            raise ValueError("length")
        return area, coverage
    except (struct.error, zlib.error, ValueError, InvalidField) as error:
        raise Refusal(sentences.no_stored_selection()) from error


def joined(parts: Sequence[Packed]) -> Packed:
    """The selections of a click's places as one. They may overlap. Raises `Refusal` for ones so far
    apart that they are of no canvas."""
    if len(parts) == 1:
        return parts[0]
    x, y = min(area.x for area, _ in parts), min(area.y for area, _ in parts)
    right = max(area.right for area, _ in parts)
    around = Rect(x, y, right - x, max(area.bottom for area, _ in parts) - y)
    if around.width * around.height > blobs.MAX_SIDE**2:
        raise Refusal(sentences.no_stored_selection())
    whole = bytearray(around.width * around.height)
    for area, coverage in parts:
        for row in range(area.height):
            line = coverage[row * area.width : (row + 1) * area.width]
            if line.count(0) == len(line):
                continue
            start = (area.y + row - y) * around.width + area.x - x
            there = whole[start : start + area.width]
            whole[start : start + area.width] = bytes(map(max, there, line))
    return around, bytes(whole)
