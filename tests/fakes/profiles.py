"""Colour profiles that no computer need have."""

from __future__ import annotations

from PIL import ImageCms


def srgb() -> bytes:
    """sRGB's own."""
    return bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def swapped() -> bytes:
    """One whose red is sRGB's blue and the other way round."""
    found = srgb().replace(b"rXYZ", b"?", 1).replace(b"bXYZ", b"rXYZ", 1)
    return found.replace(b"?", b"bXYZ", 1)


def of_space(space: bytes) -> bytes:
    """One that says it is for another colour space, b"GRAY" say."""
    return srgb()[:16] + space + srgb()[20:]
