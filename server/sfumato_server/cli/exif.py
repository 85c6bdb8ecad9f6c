"""What a picture file says of itself beside its pixels: which way up, EXIF, dpi."""

from __future__ import annotations

import io
import struct

from PIL import Image

_ORIENTATION = 0x0112
# Of the first directory: description, maker, model, resolution, software, date, artist, rights, and
# the directories of the exposure and of the place. In a TIFF it also holds the file's own layout.
_KEPT = {
    0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x8298, 0x8769, 0x8825,
}  # fmt: skip
_LARGEST = 1 << 20
_BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, struct.error,
           OverflowError, RuntimeError, AttributeError)  # fmt: skip


def about(opened: Image.Image) -> tuple[bytes, int]:
    """(EXIF as TIFF bytes without orientation and thumbnail, b"" without; orientation, 1 to 8).

    opened: loaded before, for a TIFF turns itself by what is taken out here.
    """
    try:
        found = opened.getexif()
        orientation = found.get(_ORIENTATION, 1)
        turned = orientation if orientation in range(1, 9) else 1
    except _BROKEN:
        return b"", 1
    try:
        for directory in (0x8769, 0x8825):
            found.get_ifd(directory)
        for tag in [tag for tag in found if tag not in _KEPT]:
            del found[tag]
        kept = found.tobytes() if len(found) else b""
    except _BROKEN:
        return b"", turned
    kept = kept.removeprefix(b"Exif\0\0")
    return (kept if len(kept) <= _LARGEST else b""), turned


def of_tiff(file: bytes) -> bytes:
    """The EXIF data of a TIFF, b"" where it has none that can be had."""
    try:
        with Image.open(io.BytesIO(file)) as opened:
            return about(opened)[0]
    except _BROKEN:
        return b""


def dpi(opened: Image.Image) -> tuple[float, float] | None:
    """Dots per inch across and down, None where the file does not say (1 is said by those that
    know none)."""
    try:
        across, down = (float(value) for value in opened.info["dpi"])
    except (KeyError, TypeError, ValueError):
        return None
    return (across, down) if 1 < across < 1e5 and 1 < down < 1e5 else None
