"""TIFF files as arrays, as deep as they are: planar ones, grey with white at 0, premultiplied ones
and CMYK."""

from __future__ import annotations

import io
import logging
import lzma
import zlib
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from .samples import Samples, TooStrange

_READ = ("MINISBLACK", "MINISWHITE", "RGB", "SEPARATED")
_COLOURS = {"MINISBLACK": 1, "MINISWHITE": 1, "RGB": 3, "SEPARATED": 4}
_DEEP = {np.dtype(np.uint16), np.dtype(np.uint32)}


STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
DAMAGED = (tifffile.TiffFileError, zlib.error, lzma.LZMAError)
MOST_PIXELS = 178_956_970  # as many as of other formats


@dataclass(frozen=True)
class Page:
    """samples: not turned. orientation: as EXIF has it. profile: ICC, or None."""

    samples: Samples
    orientation: int
    profile: bytes | None
    dpi: tuple[float, float] | None


def read(file: bytes) -> Page | None:
    """A TIFF's first page; None where another reader does as well or better.

    Raises `TooStrange` for sizes, depths and colours that cannot be read.
    """
    logging.getLogger(tifffile.__name__).disabled = True  # what it prints is said in a sentence
    with tifffile.TiffFile(io.BytesIO(file)) as opened:
        page = opened.pages[0]
        if not isinstance(page, tifffile.TiffPage) or page.dtype is None:
            raise TooStrange("has pixels of a kind that cannot be read; expected 8 or 16 bits")
        if page.imagewidth * page.imagelength > MOST_PIXELS:
            most = MOST_PIXELS // 1_000_000
            raise TooStrange(f"has more than {most} megapixels. Cut out the part to work on")
        if page.dtype.kind == "f":
            raise TooStrange(
                "has floating-point pixels; expected 8 or 16 bits a channel. Convert it"
            )
        kind = getattr(page.photometric, "name", str(page.photometric))
        deep = page.dtype in _DEEP
        if page.dtype.kind == "b":
            return None
        if kind not in _READ or page.dtype.kind != "u" or page.bitspersample < 8:
            if deep or page.dtype.kind != "u":
                raise TooStrange(f"has {page.dtype} pixels in {kind}; expected RGB or grey")
            return None
        stored = _stored(file, page, deep)
        if stored is None:
            return None
        turn = page.tags.valueof(274, 1)
        orientation = turn if turn in range(1, 9) else 1
        profile = page.tags.valueof(34675)
        return Page(
            _sorted(stored, page, kind),
            orientation,
            profile if isinstance(profile, bytes) else None,
            _dpi(page),
        )


def _dpi(page: tifffile.TiffPage) -> tuple[float, float] | None:
    """Only where the file tells it in inches or centimetres."""
    unit = {2: 1.0, 3: 2.54}.get(int(page.tags.valueof(296, 2)))
    try:
        told = [page.tags.valueof(tag) for tag in (282, 283)]
        across, down = (value[0] / value[1] * unit for value in told)
    except (TypeError, ZeroDivisionError, IndexError):
        return None
    return (across, down) if across > 1 and down > 1 else None


def _stored(file: bytes, page: tifffile.TiffPage, deep: bool) -> NDArray[Any] | None:
    """(H, W, samples) as in the file, top bits used; None where it is not packed as we can read."""
    height, width, count = page.imagelength, page.imagewidth, page.samplesperpixel
    try:
        found = np.asarray(page.asarray())
    except (ValueError, KeyError, ImportError):  # a packing of which the library has no reader
        if not deep:
            return None
        found = _by_opencv(file, page)
    if found.shape == (count, height, width) and count > 1 and page.planarconfig == 2:
        found = np.moveaxis(found, 0, 2)
    if found.size != height * width * count:
        raise TooStrange("has several pictures in one; expected one")
    found = found.reshape(height, width, count)
    top = (1 << page.bitspersample) - 1
    if found.dtype == np.uint32:
        return (found >> 16).astype(np.uint16)
    if found.dtype == np.uint16 and top != 65535:
        return np.rint(found * (65535 / top)).astype(np.uint16)
    return found


def _by_opencv(file: bytes, page: tifffile.TiffPage) -> NDArray[Any]:
    turned = page.tags.get(274)
    if turned is not None:  # which it cannot read at a depth of 16 bits
        order = page.parent.byteorder
        one = (1).to_bytes(2, "little" if order == "<" else "big")
        file = file[: turned.valueoffset] + one + file[turned.valueoffset + 2 :]
    found = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != page.dtype or page.photometric == 5:
        packing = getattr(page.compression, "name", page.compression)
        raise TooStrange(
            f"is {page.bitspersample}-bit and packed by {packing}, which cannot be read at that "
            "depth. Save it uncompressed or with Deflate (ZIP)"
        )
    swap = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    return found if found.ndim == 2 else np.asarray(cv2.cvtColor(found, swap[found.shape[2]]))


def _sorted(stored: NDArray[Any], page: tifffile.TiffPage, kind: str) -> Samples:
    colours = _COLOURS[kind]
    colour = stored[..., :colours]
    if kind == "MINISWHITE":
        colour = np.iinfo(stored.dtype).max - colour
    alpha, premultiplied = None, False
    extras = [int(extra) for extra in page.extrasamples]
    for place, extra in enumerate(extras):
        if extra in (1, 2) and colours + place < stored.shape[2]:
            alpha, premultiplied = stored[..., colours + place], extra == 1
            break
    notes = []
    if page.bitspersample > 16:
        notes.append(f"has {page.bitspersample} bits a channel; 16 of them are used.")
    if extras and (alpha is None or len(extras) > 1):
        notes.append("has channels beside colour and alpha; they are left out.")
    return Samples(colour, alpha, premultiplied, tuple(notes))
