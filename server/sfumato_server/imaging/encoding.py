"""A document's pixels as floats and back, and between its encoding and sRGB's.

Documents are 8 or 16 bit, in sRGB's own curve or in linear light with sRGB's primaries; other
profiles are refused rather than shown wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.blobs import ORDERS
from sfumato_protocol.colour import LINEAR_PROFILES, PROFILES

from .arrays import Float

Bytes = bytes | bytearray | memoryview

_ORDERS = ("RGB", "RGBA", "BGRA")
_SAMPLES: dict[str, np.dtype[Any]] = {"u8": np.dtype("u1"), "u16": np.dtype("<u2")}


class UnsupportedColour(ValueError):
    """A document whose colours would come out wrong; the text is for people."""


@dataclass(frozen=True)
class Encoding:
    """How a document stores colour.

    order: "RGB", "RGBA" or "BGRA", interleaved. sample: "u8" or "u16" (little-endian). profile:
    the colour profile's name as Krita gives it.
    """

    order: str
    sample: str
    profile: str

    def check(self) -> None:
        """Raises `UnsupportedColour` unless channel order, depth and profile can be honoured."""
        if self.order not in _ORDERS or self.sample not in _SAMPLES:
            raise UnsupportedColour(
                f"The picture is {self.order} {self.sample}; expected RGB, RGBA or BGRA with u8 or "
                "u16 samples. Convert it to RGB/Alpha, 8 or 16 bits integer per channel."
            )
        if self.profile not in PROFILES:
            raise UnsupportedColour(
                f"The document's colour profile is “{self.profile}”; expected sRGB (such as "
                "sRGB-elle-V2-srgbtrc.icc) or linear sRGB (such as sRGB-elle-V2-g10.icc). Convert "
                "a copy with Image ▸ Convert Image Color Space."
            )

    @property
    def linear(self) -> bool:
        """Whether samples are proportional to light."""
        return self.profile in LINEAR_PROFILES

    @property
    def channels(self) -> int:
        return ORDERS[self.order]

    @property
    def dtype(self) -> np.dtype[Any]:
        return _SAMPLES[self.sample]


def to_float(data: Bytes, height: int, width: int, encoding: Encoding) -> Float:
    """Document pixels as (H, W, 4) float32 RGBA, 0..1, in the document's own encoding.

    data: rows from the top, interleaved. A document without alpha gets alpha 1. Raises
    `UnsupportedColour` as `Encoding.check` does, ValueError if the length does not fit.
    """
    encoding.check()
    samples = np.frombuffer(data, encoding.dtype)
    expected = height * width * encoding.channels
    if samples.size != expected:
        raise ValueError(
            f"Got {samples.nbytes} bytes of pixels, expected {expected * encoding.dtype.itemsize} "
            f"for {width}x{height} {encoding.order} {encoding.sample}."
        )
    top = np.float32(np.iinfo(encoding.dtype).max)
    pixels: NDArray[Any] = samples.reshape(height, width, encoding.channels)
    rgba = np.empty((height, width, 4), np.float32)
    if encoding.order == "RGB":
        rgba[..., 3] = 1
        np.divide(pixels, top, out=rgba[..., :3])
        return rgba
    if encoding.order == "BGRA":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA)
    np.divide(pixels, top, out=rgba)
    return rgba


def glimpse(data: Bytes, height: int, width: int, encoding: Encoding, longest: int = 1024) -> Float:
    """As `to_float`, but every so many px of it, at most twice `longest` a side: floats of all of a
    large picture take a gigabyte."""
    step = max(1, max(width, height) // longest)
    samples = np.frombuffer(data, encoding.dtype).reshape(height, width, encoding.channels)
    few = samples[::step, ::step]
    return to_float(few.tobytes(), few.shape[0], few.shape[1], encoding)


def from_float(rgba: Float, encoding: Encoding) -> bytes:
    """The inverse of `to_float`: (H, W, 4) float32, clamped to 0..1, rounded once to the nearest.

    Every u8 and u16 sample comes back as it was. "RGB" drops alpha. Raises `UnsupportedColour`.
    """
    encoding.check()
    scaled = rgba[..., : encoding.channels] * np.float32(np.iinfo(encoding.dtype).max)
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, np.iinfo(encoding.dtype).max, out=scaled)
    pixels: NDArray[Any] = scaled.astype(encoding.dtype)
    if encoding.order == "BGRA":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA)
    return pixels.tobytes()


def to_srgb(rgb: Float, encoding: Encoding) -> Float:
    """Colours from the document's encoding to sRGB's, float32 0..1 of any shape.

    IEC 61966-2-1: 12.92 v up to v = 0.0031308, then 1.055 v^(1/2.4) - 0.055; sRGB documents pass
    unchanged.
    """
    if not encoding.linear:
        return rgb
    light = np.clip(rgb, 0, 1)
    curved = np.float32(1.055) * np.power(light, np.float32(1 / 2.4)) - np.float32(0.055)
    return np.where(light <= np.float32(0.0031308), light * np.float32(12.92), curved)


def from_srgb(rgb: Float, encoding: Encoding) -> Float:
    """The inverse of `to_srgb`: v / 12.92 up to v = 0.04045, then ((v + 0.055) / 1.055)^2.4."""
    if not encoding.linear:
        return rgb
    code = np.clip(rgb, 0, 1)
    light = np.power((code + np.float32(0.055)) / np.float32(1.055), np.float32(2.4))
    return np.where(code <= np.float32(0.04045), code / np.float32(12.92), light)
