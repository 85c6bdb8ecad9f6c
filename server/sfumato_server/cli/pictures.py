"""Image files to sRGB arrays."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from ..client.pixels import Image as Pixels

_TO_RGB = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}


class UnreadablePicture(ValueError):
    """A file that cannot be taken as a picture; the text says why."""


def read(path: Path, managed: bool = True) -> Pixels:
    """The picture as (H, W, 3 or 4) uint8 or uint16, upright, in sRGB if `managed`, else as stored.

    Raises `UnreadablePicture`, also for 16-bit files in another colour space: converting those
    would cost depth unnoticed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the user's own file
            return _read(path, managed)
    except UnreadablePicture:
        raise
    except UnidentifiedImageError as error:
        raise UnreadablePicture(
            f"{path} is no image that can be read; expected PNG, TIFF, JPEG or WebP."
        ) from error
    except Image.DecompressionBombError as error:
        most = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise UnreadablePicture(
            f"{path} has more than {most} megapixels. Cut out the part to work on."
        ) from error
    except (OSError, ValueError, SyntaxError, ImageCms.PyCMSError) as error:  # damaged files
        raise UnreadablePicture(
            f"{path} cannot be read ({error}). It may be damaged: export it again."
        ) from error


def _read(path: Path, managed: bool) -> Pixels:
    with Image.open(path) as opened:
        profile = opened.info.get("icc_profile") if managed else None
        if opened.mode == "F":
            raise UnreadablePicture(
                f"{path} has floating-point pixels; expected 8 or 16 bits a channel. Convert it."
            )
        opened.load()  # says what is wrong with a damaged file, before another reader prints it
        deep = _deep(path) if opened.format in ("PNG", "TIFF") else None
        if deep is None:
            return _shallow(opened, profile)
    if profile and "sRGB" not in _described(profile):
        raise UnreadablePicture(
            f"{path} has 16 bits in the colour space {_described(profile)}; expected sRGB. "
            "Convert it first."
        )
    return deep


def _deep(path: Path) -> Pixels | None:
    """The pixels of a 16-bit file with colour, None for any other."""
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.dtype != np.uint16:
        return None
    if stored.ndim == 2:
        return np.repeat(stored[..., None], 3, axis=2).astype(np.uint16)
    return np.asarray(cv2.cvtColor(stored, _TO_RGB[stored.shape[2]]), np.uint16)


def _shallow(opened: Image.Image, profile: bytes | None) -> Pixels:
    upright = ImageOps.exif_transpose(opened)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    if not profile:
        return np.asarray(upright.convert("RGBA" if has_alpha else "RGB"), np.uint8)
    plain = {"LA": "L"}.get(upright.mode, upright.mode)
    colour = upright.convert(plain if plain in ("RGB", "CMYK", "L") else "RGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(colour, source, target, outputMode="RGB")
    if converted is not None and has_alpha:
        converted.putalpha(upright.convert("RGBA").getchannel("A"))
    return np.asarray(converted, np.uint8)


def _described(profile: bytes) -> str:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.getProfileDescription(source).strip()
