"""PNG bytes from arrays, 8 or 16 bits a sample, marked as sRGB.

With 8 bits the short sRGB chunk says so. With 16 bits Krita asks the artist which colour space is
meant unless there is a profile, so one is put in.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .pixels import Image

_TO_CV = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
_HEADER_END = 8 + 25
_PERCEPTUAL = b"\0"


def encode(image: Image) -> bytes:
    """`image` (H, W, 3 or 4), uint8 or uint16, as PNG."""
    swapped = cv2.cvtColor(np.ascontiguousarray(image), _TO_CV[image.shape[2]])
    done, data = cv2.imencode(".png", swapped, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise ValueError(f"got an image of shape {image.shape} that does not encode as PNG")
    content = data.tobytes()
    colour = _profile() if image.dtype == np.uint16 else _chunk(b"sRGB", _PERCEPTUAL)
    # Between the header and the first pixels (PNG specification, 11.3.2).
    return content[:_HEADER_END] + colour + content[_HEADER_END:]


def with_alpha(colour: NDArray[Any], mask: NDArray[np.uint8]) -> Image:
    """`colour` (h, w, 3 or 4) with `mask` (h, w) as its alpha, times its own where it has one."""
    top = int(np.iinfo(colour.dtype).max)
    alpha = mask.astype(np.uint32) * (top // 255)
    if colour.shape[2] == 4:
        alpha = (alpha * colour[..., 3].astype(np.uint64) + top // 2) // top
    joined: Image = np.dstack([colour[..., :3], alpha.astype(colour.dtype)])
    return joined


@cache
def _profile() -> bytes:
    from PIL import ImageCms  # slower to import than all the rest here

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return _chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
