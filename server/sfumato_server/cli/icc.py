"""What a file's ICC profile says of its numbers: whether it is theirs, and whether they are light.

ICC.1:2022, sections 7.2 (header), 7.3 (tag table), 10.6 (curves) and 10.18 (parametric curves).
"""

from __future__ import annotations

import io
import struct

from PIL import ImageCms

LARGEST = 16 * 1024 * 1024
_CURVES = (b"rTRC", b"gTRC", b"bTRC")
_IDENTITY = b"curv" + bytes(8)
_NEAR = 0.02
_HEADER = 128


class BrokenProfile(ValueError):
    """Bytes that are no usable profile; the text says why."""


def space(icc: bytes) -> str:
    """The profile's colour space: "RGB", "GRAY", "CMYK", "Lab" … Raises `BrokenProfile`."""
    if len(icc) > LARGEST or icc[36:40] != b"acsp":
        raise BrokenProfile("its colour profile is damaged")
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise BrokenProfile("its colour profile is damaged") from error
    return icc[16:20].decode("latin-1").strip()


def is_linear(icc: bytes) -> bool:
    """Whether an RGB profile's numbers are proportional to light."""
    curve = _tags(icc).get(b"rTRC")
    return curve is not None and abs(_middle(curve) - 0.5) < _NEAR


def of_grey(icc: bytes) -> bytes:
    """An RGB profile in which equal numbers look as they do by a profile for grey."""
    curve = _tags(icc).get(b"kTRC")
    if curve is None:
        raise BrokenProfile("its colour profile has no curve")
    return _with_curve(curve)


def linear() -> bytes:
    """sRGB's primaries with numbers proportional to light."""
    return _with_curve(_IDENTITY)


def _with_curve(curve: bytes) -> bytes:
    base = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tags = {**_tags(base), **dict.fromkeys(_CURVES, curve)}
    place = _HEADER + 4 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", place + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    size = struct.pack(">I", place + len(content))
    return size + base[4:84] + bytes(44) + table + content  # 84 on: the old one's digest


def _tags(icc: bytes) -> dict[bytes, bytes]:
    count = struct.unpack_from(">I", icc, _HEADER)[0] if len(icc) >= _HEADER + 4 else 0
    found = {}
    for index in range(min(count, 200)):
        entry = icc[_HEADER + 4 + 12 * index :][:12]
        if len(entry) == 12:
            name, start, size = struct.unpack(">4sII", entry)
            found[name] = icc[start : start + size]
    return found


def _middle(curve: bytes) -> float:
    """A curve's value at one half; 0 for what cannot be told."""
    try:
        if curve[:4] == b"curv":
            count = struct.unpack_from(">I", curve, 8)[0]
            if count == 0:
                return 0.5
            if count == 1:
                return float(0.5 ** (struct.unpack_from(">H", curve, 12)[0] / 256))
            return float(struct.unpack_from(">H", curve, 12 + 2 * (count // 2))[0] / 65535)
        kind = struct.unpack_from(">H", curve, 8)[0]
        gamma = struct.unpack_from(">i", curve, 12)[0] / 65536
        scale, offset = (1.0, 0.0)
        if kind in (1, 2, 3, 4):
            scale, offset = (part / 65536 for part in struct.unpack_from(">ii", curve, 16))
        return float(max(0.5 * scale + offset, 0.0) ** gamma)
    except (struct.error, OverflowError, ZeroDivisionError):
        return 0.0
