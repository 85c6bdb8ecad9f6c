"""How a picture's numbers are meant, and what else of its file goes into what is written."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

SRGB = "sRGB-elle-V2-srgbtrc.icc"
LINEAR = "sRGB-elle-V2-g10.icc"


@dataclass(frozen=True)
class Colour:
    """Of one picture file.

    profile: the name under which a server takes the numbers as they are, `SRGB` or `LINEAR`. Wide
    gamuts are taken so too: nothing is converted, so nothing is clipped. icc: the file's own
    profile, None for sRGB. exif: its EXIF data as TIFF bytes, upright, b"" without. dpi: across and
    down.
    """

    profile: str = SRGB
    icc: bytes | None = None
    exif: bytes = b""
    dpi: tuple[float, float] | None = None


def for_screens(pixels: NDArray[Any], colour: Colour) -> NDArray[np.uint8]:
    """(H, W, 3 or 4) uint8 or uint16 as `colour` means it → uint8 sRGB, to be looked at."""
    top = np.iinfo(pixels.dtype).max
    if colour.profile == LINEAR:
        light = pixels[..., :3].astype(np.float32) / top
        curved = np.float32(1.055) * np.power(light, np.float32(1 / 2.4)) - np.float32(0.055)
        rgb = np.where(light <= 0.0031308, light * np.float32(12.92), curved) * 255
        eight = (pixels // (top // 255)).astype(np.uint8)
        eight[..., :3] = np.rint(rgb)
        return eight
    eight = (pixels // (top // 255)).astype(np.uint8)
    if colour.icc is None:
        return eight
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(colour.icc))
        rgb8 = Image.fromarray(np.ascontiguousarray(eight[..., :3]))
        shown = ImageCms.profileToProfile(rgb8, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return eight
    return np.asarray(cv2.merge([*cv2.split(np.asarray(shown)), *cv2.split(eight)[3:]]), np.uint8)
