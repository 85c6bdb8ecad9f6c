"""Arrays to blobs and back, and where a selection lies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.blobs import MAX_SIDE, ORDERS, RAW, ZLIB, Blob, make_blob
from sfumato_protocol.geometry import Rect

from .colour import SRGB
from .errors import ClientError

Image = NDArray[np.uint8] | NDArray[np.uint16]
Mask = NDArray[np.uint8]

_ORDERS = {3: "RGB", 4: "RGBA"}
_SAMPLES = {"uint8": "u8", "uint16": "u16"}
_DTYPES: dict[str, np.dtype[Any]] = {"u8": np.dtype("u1"), "u16": np.dtype("<u2")}


def checked(image: Any, selection: Any) -> tuple[Image, Mask]:
    """`image` (H, W, 3 or 4) uint8 or uint16 with its `selection` (H, W) uint8, unchanged.

    Raises `ValueError` for anything else.
    """
    if image.ndim != 3 or image.shape[2] not in _ORDERS or image.dtype.name not in _SAMPLES:
        got = f"an image of shape {image.shape} and type {image.dtype}"
        raise ValueError(f"got {got}; expected (height, width, 3 or 4) of uint8 or uint16")
    if selection.shape != image.shape[:2] or selection.dtype != np.uint8:
        got = f"a selection of shape {selection.shape} and type {selection.dtype}"
        raise ValueError(f"got {got}; expected {image.shape[:2]}, the image's size, of uint8")
    return image, selection


def bounds(selection: Mask) -> Rect:
    """The smallest rectangle that holds every pixel above 0; empty (0, 0, 0, 0) without one."""
    rows = np.flatnonzero(selection.any(axis=1))
    columns = np.flatnonzero(selection.any(axis=0))
    if not rows.size:
        return Rect(0, 0, 0, 0)
    x, y = int(columns[0]), int(rows[0])
    return Rect(x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y)


def cut(pixels: NDArray[Any], area: Rect) -> NDArray[Any]:
    """The part of an (H, W, ...) array that lies in `area`, as a contiguous copy."""
    return np.ascontiguousarray(pixels[area.y : area.bottom, area.x : area.right])


def image_blob(blob_id: int, image: Image, profile: str = SRGB) -> Blob:
    """A picture (H, W, 3 or 4), raw on the wire; profile: the name of what its numbers mean.
    Raises `ClientError` if it is too long."""
    _require_sendable(image)
    order, sample = _ORDERS[image.shape[2]], _SAMPLES[image.dtype.name]
    stored = image.astype(_DTYPES[sample], copy=False)
    return make_blob(blob_id, _bytes(stored), image.shape[:2], order, sample, profile, RAW)


def mask_blob(blob_id: int, mask: Mask) -> Blob:
    """A mask (H, W); masks are mostly flat, so they travel packed. Raises `ClientError` if it is
    too long."""
    _require_sendable(mask)
    return make_blob(blob_id, _bytes(mask), mask.shape, "G", encoding=ZLIB)


def array(blob: Blob) -> NDArray[Any]:
    """A blob's pixels: (H, W) for a mask, (H, W, channels) for a picture. Copies, writable."""
    info = blob.info
    flat = np.frombuffer(blob.pixels(), dtype=_DTYPES[info.sample])
    channels = ORDERS[info.order]
    shape = (info.height, info.width) + ((channels,) if channels > 1 else ())
    native: NDArray[Any] = flat.reshape(shape).astype(flat.dtype.newbyteorder("="), copy=True)
    return native


def _require_sendable(pixels: NDArray[Any]) -> None:
    height, width = pixels.shape[:2]
    if max(width, height) > MAX_SIDE:
        raise ClientError(
            f"got a selection that with its surroundings is {width}x{height} px; expected at most "
            f"{MAX_SIDE} px a side. Select a shorter part."
        )


def _bytes(pixels: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(pixels).data.cast("B")
