"""PNG bytes from arrays, 8 or 16 bits a sample, with their colour profile, EXIF, dpi and texts.

sRGB with 8 bits is told by the short sRGB chunk. With 16 bits Krita asks the artist which colour
space is meant unless there is a profile, so one is put in.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .colour import Colour
from .pixels import Image
from .png_chunks import chunk

_TO_CV = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
_HEADER_END = 8 + 25
_PERCEPTUAL = b"\0"
_INCHES = 0.0254


def encode(
    image: Image, colour: Colour | None = None, texts: Mapping[str, bytes] | None = None
) -> bytes:
    """`image` (H, W, 3 or 4), uint8 or uint16, as PNG.

    colour: what its numbers mean, sRGB where None. texts: UTF-8 by keyword (Latin-1, up to 79).
    """
    swapped = cv2.cvtColor(np.ascontiguousarray(image), _TO_CV[image.shape[2]])
    done, data = cv2.imencode(".png", swapped, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise ValueError(f"got an image of shape {image.shape} that does not encode as PNG")
    content = data.tobytes()
    told = _told(colour or Colour(), image.dtype == np.uint16)
    for keyword, text in (texts or {}).items():
        told += chunk(b"iTXt", keyword.encode("latin-1") + bytes(5) + text)
    # Between the header and the first pixels (PNG specification, 11.3.2).
    return content[:_HEADER_END] + told + content[_HEADER_END:]


def with_alpha(colour: NDArray[Any], mask: NDArray[np.uint8]) -> Image:
    """`colour` (h, w, 3 or 4) with `mask` (h, w) as its alpha, times its own where it has one."""
    top = int(np.iinfo(colour.dtype).max)
    alpha = mask.astype(np.uint32) * (top // 255)
    if colour.shape[2] == 4:
        alpha = (alpha * colour[..., 3].astype(np.uint64) + top // 2) // top
    joined: Image = np.dstack([colour[..., :3], alpha.astype(colour.dtype)])
    return joined


def _told(colour: Colour, deep: bool) -> bytes:
    if colour.icc is None:
        told = _srgb_profile() if deep else chunk(b"sRGB", _PERCEPTUAL)
    else:
        told = _profile(b"ICC profile", colour.icc)
    if colour.dpi is not None:
        a_metre = (round(value / _INCHES).to_bytes(4, "big") for value in colour.dpi)
        told += chunk(b"pHYs", b"".join(a_metre) + b"\1")
    return told + (chunk(b"eXIf", colour.exif) if colour.exif else b"")


@cache
def _srgb_profile() -> bytes:
    from PIL import ImageCms  # slower to import than all the rest here

    return _profile(b"sRGB", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def _profile(name: bytes, icc: bytes) -> bytes:
    return chunk(b"iCCP", name + b"\0\0" + zlib.compress(icc))
