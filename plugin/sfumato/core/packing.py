"""A selection as it is stored with a job's record: where it is, and its coverage, packed."""

import struct
import zlib
from typing import Tuple

from sfumato_protocol import blobs
from sfumato_protocol.errors import InvalidField
from sfumato_protocol.geometry import Rect

from . import again_sentences as sentences
from .types import Bytes, Refusal

_PLACE = struct.Struct("<4i")
_FASTEST = 1
LARGEST = 64 * 1024 * 1024  # more than any selection is, packed


def pack(area: Rect, coverage: Bytes) -> bytes:
    """Coverage of an area of the canvas, one byte a pixel; b"" for one of another size."""
    if len(coverage) != area.width * area.height:
        return b""
    place = _PLACE.pack(area.x, area.y, area.width, area.height)
    return place + zlib.compress(coverage, _FASTEST)


def unpack(content: bytes) -> Tuple[Rect, bytes]:
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
