"""Image files to arrays with their colour: numbers, depth, profile, EXIF and dpi as in the file."""

from __future__ import annotations

import io
import stat
import struct
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from ..client import png_chunks
from ..client.colour import LINEAR, Colour
from ..client.pixels import Image as Pixels
from . import exif, icc, tiff
from .samples import Samples, TooStrange, to_rgb, upright

_LARGEST = 4 << 30
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})  # of any size; nothing here reads them
_DAMAGED = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError,
    RuntimeError, MemoryError, struct.error, ImageCms.PyCMSError, cv2.error, *tiff.DAMAGED,
)  # fmt: skip


class UnreadablePicture(ValueError):
    """A file that cannot be taken as a picture; the text says why."""


@dataclass(frozen=True)
class Picture:
    """pixels: (H, W, 3 or 4) uint8 or uint16, upright, numbers as in the file where it is RGB or
    grey. notes: what was lost, a sentence each."""

    pixels: Pixels
    colour: Colour
    notes: tuple[str, ...] = ()


def read(path: Path) -> Pixels:
    """The pixels of `load` alone."""
    return load(path).pixels


def load(path: Path) -> Picture:
    """The picture in a file. Raises `UnreadablePicture`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's own file, however large or odd
            picture = _load(_content(path))
            return replace(picture, notes=tuple(f"{path} {note}" for note in picture.notes))
    except TooStrange as error:
        raise UnreadablePicture(f"{path} {error}.") from error
    except UnidentifiedImageError as error:
        raise UnreadablePicture(
            f"{path} is no image that can be read; expected PNG, TIFF, JPEG or WebP."
        ) from error
    except Image.DecompressionBombError as error:
        most = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise UnreadablePicture(
            f"{path} has more than {most} megapixels. Cut out the part to work on."
        ) from error
    except _DAMAGED as error:
        raise UnreadablePicture(
            f"{path} cannot be read ({str(error)[:200]}). It may be damaged: export it again."
        ) from error


def _content(path: Path) -> bytes:
    kind = path.stat().st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
        raise TooStrange("is no file")
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise TooStrange("has more than 4 GB. Cut out the part to work on")
    return content


def _load(file: bytes) -> Picture:
    plain, profile, notes = file, None, list[str]()
    if file.startswith(png_chunks.SIGNATURE):
        plain = png_chunks.without(file, _TEXTS | {b"iCCP"})
        try:
            profile = png_chunks.profile(file, icc.LARGEST)
        except ValueError:
            notes.append("has a damaged colour profile; it is taken as sRGB.")
    page = tiff.read(file) if file.startswith(tiff.STARTS) else None
    if page is not None:
        about, orientation, samples = exif.of_tiff(file), page.orientation, page.samples
        profile, dpi = page.profile, page.dpi
    else:
        with Image.open(io.BytesIO(plain)) as opened:
            profile = profile or opened.info.get("icc_profile")
            samples = _samples(opened, plain)
            (about, orientation), dpi = exif.about(opened), exif.dpi(opened)
            if opened.format == "TIFF":
                orientation = 1  # it was turned while it was loaded
            notes += _lost_depth(opened, plain)
            if not profile and abs(opened.info.get("gamma", 0.45) - 1) < 0.02:
                profile = icc.linear()
    pixels, colour, note = _meant(samples, profile)
    if orientation >= 5 and dpi is not None:
        dpi = dpi[::-1]
    colour = replace(colour, exif=about, dpi=dpi)
    return Picture(upright(pixels, orientation), colour, (*notes, *samples.notes, *note))


def _samples(opened: Image.Image, file: bytes) -> Samples:
    if opened.mode == "F":
        raise TooStrange("has floating-point pixels; expected 8 or 16 bits a channel. Convert it")
    maxval = _maxval(opened)
    opened.load()  # says what is wrong with a damaged file, before another reader prints it
    deep_png = opened.format == "PNG" and file[24] == 16
    if deep_png or (maxval > 255 and opened.mode == "RGB"):
        clear = opened.info.get("transparency")
        return _by_opencv(file, maxval if maxval > 255 else 65535, clear)
    if opened.mode.startswith("I"):
        grey = np.asarray(opened)
        if grey.min(initial=0) < 0 or grey.max(initial=0) > 65535:
            raise TooStrange("has 32 bits a channel; expected 8 or 16. Convert it")
        return Samples(grey.astype(np.uint16)[..., None])
    return _of_pillow(opened)


def _by_opencv(file: bytes, top: int, clear: object) -> Samples:
    """A 16-bit PNG or PPM, which Pillow would cut down to 8. clear: a grey that is not seen."""
    stored = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.dtype != np.uint16:
        raise ValueError("its pixels do not decode")
    if top != 65535:
        stored = np.rint(stored * (65535 / top)).astype(np.uint16)
    stored = stored.reshape(*stored.shape[:2], -1)
    if stored.shape[2] == 1:
        alpha = np.where(stored[..., 0] == clear, 0, 65535) if isinstance(clear, int) else None
        return Samples(stored, None if alpha is None else alpha.astype(np.uint16))
    colour = np.ascontiguousarray(stored[..., 2::-1])
    return Samples(colour, stored[..., 3] if stored.shape[2] == 4 else None)


def _of_pillow(opened: Image.Image) -> Samples:
    has_alpha = opened.has_transparency_data or opened.mode == "RGBa"
    if opened.mode in ("LA", "La"):
        stored = np.asarray(opened)
        return Samples(stored[..., :1], stored[..., 1], premultiplied=opened.mode == "La")
    if opened.mode == "CMYK":
        return Samples(np.asarray(opened))
    if opened.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(opened, lab, srgb, outputMode="RGB")
        return Samples(np.asarray(shown), notes=("is Lab and was converted to sRGB.",))
    grey_only = opened.mode in ("1", "L") and not has_alpha
    if grey_only:
        return Samples(np.asarray(opened.convert("L"))[..., None])
    stored = np.asarray(opened.convert("RGBA" if has_alpha else "RGB"))
    return Samples(stored[..., :3], stored[..., 3] if has_alpha else None)


def _maxval(opened: Image.Image) -> int:
    """The number that is white in a PPM or PGM file, 0 for others."""
    tiles: Any = getattr(opened, "tile", None)
    if opened.format != "PPM" or not tiles:
        return 0
    told = tiles[0][3]
    last = told[-1] if isinstance(told, tuple) else 0
    return int(last) if isinstance(last, int) else 0


def _lost_depth(opened: Image.Image, file: bytes) -> list[str]:
    """Of formats that only come with 8 bits here and may have more."""
    bits = 8
    if opened.format == "JPEG2000" and not opened.mode.startswith("I"):
        bits = (file[file.find(b"\xff\x51") + 40] & 127) + 1  # Ssiz of the SIZ marker
    elif opened.format == "AVIF" and b"pixi" in file[:4096]:
        bits = file[file.find(b"pixi") + 9]
    return [f"has {bits} bits a channel; 8 of them are used."] if bits > 8 else []


def _meant(samples: Samples, profile: bytes | None) -> tuple[Pixels, Colour, tuple[str, ...]]:
    """The pixels, and what their numbers mean by the file's profile."""
    if not profile:
        return to_rgb(samples), Colour(), ()
    try:
        space = icc.space(profile)
        if space == samples.space == "CMYK":
            return _printed(samples, profile)
        if space == "GRAY" == samples.space:
            profile = icc.of_grey(profile)
        elif space != "RGB" or samples.space == "CMYK":
            raise icc.BrokenProfile(
                f"its colour profile is for {space} and its pixels are {samples.space}"
            )
    except icc.BrokenProfile as error:
        return to_rgb(samples), Colour(), (f"is taken as sRGB: {error}.",)
    name = LINEAR if icc.is_linear(profile) else Colour().profile
    return to_rgb(samples), Colour(name, profile), ()


def _printed(samples: Samples, profile: bytes) -> tuple[Pixels, Colour, tuple[str, ...]]:
    """CMYK by its own profile to sRGB, with 8 bits: the colour engine takes no more of it."""
    deep = samples.colour.dtype == np.uint16
    eight = (samples.colour // 257).astype(np.uint8) if deep else samples.colour
    ink = Image.fromarray(np.ascontiguousarray(eight), "CMYK")
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    shown = ImageCms.profileToProfile(ink, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    alpha = samples.alpha
    if alpha is not None and deep:
        alpha = (alpha // 257).astype(np.uint8)
    kept = " Of 16 bits a channel 8 are used." if deep else ""
    rgb = to_rgb(Samples(np.asarray(shown), alpha))
    return rgb, Colour(), (f"is CMYK and was converted to sRGB.{kept}",)
